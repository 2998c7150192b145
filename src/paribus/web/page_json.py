"""Jobs and comparisons as the page's JSON. No figure is computed here."""

from __future__ import annotations

from functools import partial
from typing import Any

from paribus.comparison.words.power import foreseen_words
from paribus.comparison.words.verdict_text import headlines
from paribus.diagnosis.words.explanation import explanation_headline
from paribus.diagnosis.words.explanation_json import explained_json
from paribus.programs.view import program_view
from paribus.records.comparison import ArmView, Comparison
from paribus.records.design import Arm, Design
from paribus.records.explanation import Explanation
from paribus.records.tuned import Tuned
from paribus.report.page import tied
from paribus.web.comparison_request import order_again
from paribus.web.job_states import Job, offered
from paribus.web.queue import Queue
from paribus.words.translation import Lang, in_each_language, translator

_PAIRS_IN_A_LINE = 3  # of a comparison with many arms


def job_json(job: Job, queue: Queue) -> dict[str, Any]:
    """A job of the contract, without its runs."""
    kept = job.model_dump(mode="json", exclude={"budget", "runs", "problems"})
    told = {"place": queue.place(job), "commands": offered(job.state)}
    return {**kept, **told, "faults": [problem.answer() for problem in job.problems]}


def arms_json(of: Design | Comparison) -> list[dict[str, Any]]:
    """The arms' names, and what people call them."""
    return [{"name": arm.name, "label": in_each_language(partial(_label, of, arm))} for arm in of.arms]


def title_of(of: Design | Comparison) -> dict[str, str]:
    """What people call a comparison: its arms."""
    return in_each_language(lambda lang: " / ".join(_label(of, arm, lang) for arm in of.arms))


def _label(of: Design | Comparison, arm: Arm | ArmView, lang: Lang) -> str:
    return translator(lang).arm_label(arm.name, of.factor, arm.value)


def foreseen_json(design: Design, looks: tuple[int, ...]) -> dict[str, str] | None:
    """What the seeds of a comparison that is asked for can show; null after the last look."""
    from paribus.comparison.power.seeds_needed import foreseen  # SciPy is slow to load

    shown = foreseen(len(design.seeds), len(design.arms), looks=looks)
    return None if shown is None else in_each_language(lambda lang: foreseen_words(shown, True, translator(lang)))


def summary_json(comparison: Comparison) -> dict[str, Any]:
    """A comparison in a list."""
    c = comparison
    return {
        "id": c.id,
        "recipe_name": c.recipe_name,
        "title": title_of(c),
        "created": c.created,
        "seeds": len(c.seeds),
        "confounded": c.confounded,
        "headline": in_each_language(lambda lang: str(tied("; ".join(headlines(c, lang)[:_PAIRS_IN_A_LINE])))),
    }


def _line(comparison: Comparison, place: int, lang: str) -> str:
    return str(tied(headlines(comparison, lang)[place]))  # as in the report, no line ends inside a term


def comparison_page(
    c: Comparison, explanation: Explanation | None, faults: list[dict[str, Any]], tuned: Tuned | None = None
) -> dict[str, Any]:
    """One comparison with all its words. `faults`: what is wrong with an explanation that cannot be shown."""
    return {
        "comparison": explained_json(c, explanation, tuned),
        "title": title_of(c),
        "order": None if (order := order_again(c)) is None else order.model_dump(mode="json"),
        "pairs": [{"headline": in_each_language(partial(_line, c, place))} for place in range(len(headlines(c, "en")))],
        "why": None
        if explanation is None
        else {"headline": in_each_language(lambda lang: str(tied(explanation_headline(explanation, c, lang))))},
        "why_faults": faults,
        "networks": program_view(c.program).has_networks(c),
        "explains": {
            "arm": in_each_language(partial(_name, c, c.weakest)),
            "all_trained": all(arm.counted == arm.size for arm in c.arms),
        },
    }


def _name(of: Comparison, arm: ArmView, lang: Lang) -> str:
    """As it stands inside a sentence."""
    return translator(lang).arm_name(arm.name, of.factor, arm.value)

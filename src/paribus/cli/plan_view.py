"""A plan as the terminal shows it and as JSON."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import paribus
from paribus.cli.command_context import language
from paribus.comparison.words.power import foreseen_words
from paribus.core.messages import Message
from paribus.programs.recipe.built_in_recipes import BUILT_IN, DEFAULT
from paribus.runs.environment import package_version
from paribus.runs.planning import Plan
from paribus.runs.store import Store
from paribus.terminal.progress import PlanView
from paribus.words.translation import translator


def plan_view(plan: Plan, options: argparse.Namespace) -> PlanView:
    """As it is shown before anything runs."""
    return PlanView(
        design=plan.design,
        paribus=paribus.__version__,
        torch=package_version("torch") if plan.tasks[0].how.kernel else "",
        device=f"{plan.device} ({plan.device_name})",
        threads=plan.tasks[0].how.threads,
        workers=plan.workers,
        data=_data(plan, language(options)),
        finished=plan.finished,
        resumed=plan.resumed,
        seconds=plan.seconds,
        bytes=plan.bytes,
        notes=(*_recipe(plan, options), *plan.notes),
        foreseen=_foreseen(plan, options),
    )


def _recipe(plan: Plan, options: argparse.Namespace) -> tuple[Message, ...]:
    """What the built-in recipe that was named is; nothing of the usual one, or where networks are not the recipe's."""
    name = options.recipe
    if name not in BUILT_IN or name == DEFAULT:
        return ()
    recipe, meaning = BUILT_IN[name]
    if any(arm.fields.get("model") != recipe.model for arm in plan.design.arms):
        return ()
    return (Message("Recipe {recipe}: {meaning}.", recipe=name, meaning=Message(meaning)),)


def _foreseen(plan: Plan, options: argparse.Namespace) -> str:
    """What the seeds of a comparison can show, where any are still to be run."""
    design, paired = plan.design, plan.program.paired
    if options.quiet or plan.finished == len(plan.tasks) or len(design.arms) < 2:
        return ""
    from paribus.comparison.power.seeds_needed import foreseen  # SciPy is slow to load

    looks = Store(Path(plan.tasks[0].store)).looks(design.id)
    shown = foreseen(len(design.seeds), len(design.arms), paired, looks)
    return "" if shown is None else foreseen_words(shown, paired, translator(language(options)))


def _data(plan: Plan, lang: str) -> str:
    if plan.data is None:
        return ""
    return f"{plan.data.name}, {translator(lang).say(plan.data.parts)}"


def plan_json(plan: Plan) -> dict[str, Any]:
    """As `--dry-run --json` prints it."""
    return {
        "id": plan.design.id,
        "factor": plan.design.factor,
        "arms": [arm.name for arm in plan.design.arms],
        "seeds": len(plan.design.seeds),
        "confounded": plan.design.confounded,
        "runs": [task.run_id for task in plan.tasks],
        "finished": plan.finished,
        "resumed": plan.resumed,
        "workers": plan.workers,
        "device": plan.device,
        "seconds": plan.seconds,
        "bytes": plan.bytes,
    }

"""Each arm at its best, in words: what the two answers say together, how settings were chosen, what each came to.

Nothing is computed here; every figure is the record's own.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from paribus.comparison.words.factorial import level_name
from paribus.comparison.words.verdict_text import headlines, verdict_paragraphs
from paribus.core.messages import mark
from paribus.records.comparison import Comparison, PairView
from paribus.records.tuned import Edge, Try, Tuned, TunedArm, TunedField
from paribus.words.labels import initial_capital, plain_value
from paribus.words.metric_format import measure_of
from paribus.words.translation import Words, translator


class Answer(NamedTuple):
    """One of the two: what it is of, and its verdicts in short lines and in full."""

    title: str
    headlines: tuple[str, ...]
    paragraphs: tuple[str, ...]


def both_answers(same: Comparison, tuned: Tuned, lang: str) -> tuple[Answer, Answer]:
    """With the same settings, and with each arm at its best."""
    words = translator(lang)
    first = words.text("As given") if same.confounded else words.text("Same settings")
    best = tuned.comparison
    return (
        Answer(first, headlines(same, lang), verdict_paragraphs(same, lang)),
        Answer(words.text("Each at its best"), headlines(best, lang), verdict_paragraphs(best, lang)),
    )


def together(same: Comparison, tuned: Tuned, lang: str) -> tuple[str, ...]:
    """What both answers say together, a sentence a pair."""
    words = translator(lang)
    known = {frozenset((pair.a, pair.b)): pair for pair in tuned.comparison.pairs}
    pairs = [(pair, known.get(frozenset((pair.a, pair.b)))) for pair in same.pairs]
    return tuple(_together(same, tuned, one, other, words) for one, other in pairs if other is not None)


def _together(same: Comparison, tuned: Tuned, one: PairView, other: PairView, words: Words) -> str:
    names = {
        arm.name: words.name_of_arm(arm.name, same.factor, arm.value) for arm in same.arms if arm.name in (one.a, one.b)
    }
    first, second = _state(one), _state(other)
    told: dict[str, Any] = {"a": names[one.a], "b": names[one.b]}
    if first in names:
        told |= {"winner": names[first], "loser": names[one.b if first == one.a else one.a]}
    if second in names:
        told["tuned"] = names[second]
    kinds = tuple("better" if state in names else state for state in (first, second))
    gain = tuned.gain_of(first, one, other) if first in names else "alike"
    if kinds == ("better", "better"):
        said = _STAYS[gain] if first == second else _TURNS
    elif kinds == ("better", "open") and gain == "less":
        said = _SHRANK
    else:
        said = _SAID[kinds]
    return words.text(said, **told)


def _state(pair: PairView) -> str:
    """The better arm's name, or `equal` or `open`."""
    return {"a_better": pair.a, "b_better": pair.b}.get(pair.verdict, pair.verdict)


_STAYS = {
    "alike": mark(
        "{winner} is better than {loser} with the same settings, and with each at its best too: the settings do not "
        "explain it."
    ),
    "less": mark(
        "{winner} is better than {loser} with the same settings, and with each at its best too, but by less: the "
        "settings explain a part of it."
    ),
    "more": mark(
        "{winner} is better than {loser} with the same settings, and with each at its best by more: the settings hid a "
        "part of it."
    ),
}
_SHRANK = mark(
    "With the same settings {winner} is better than {loser}; with each at its best no difference is established, and "
    "one as large as that is ruled out. The settings suited {winner}."
)
_TURNS = mark(
    "The answer turns round: {winner} is better with the same settings, {tuned} with each at its best. The settings "
    "suited {winner}."
)
_SAID: Mapping[tuple[str, ...], str] = {
    ("better", "equal"): mark(
        "With the same settings {winner} is better; with each at its best {a} and {b} are practically equal. The "
        "settings suited {winner}."
    ),
    ("better", "open"): mark(
        "With the same settings {winner} is better than {loser}; with each at its best no difference is established. "
        "Perhaps the settings suited {winner}, perhaps more seeds are needed."
    ),
    ("equal", "better"): mark(
        "With the same settings {a} and {b} are practically equal; with each at its best {tuned} is better."
    ),
    ("open", "better"): mark(
        "With the same settings no difference between {a} and {b} is established; with each at its best {tuned} is "
        "better."
    ),
    ("equal", "equal"): mark("{a} and {b} are practically equal with the same settings, and with each at its best."),
    ("equal", "open"): mark(
        "With the same settings {a} and {b} are practically equal; with each at its best nothing is established."
    ),
    ("open", "equal"): mark(
        "With the same settings nothing is established; with each at its best {a} and {b} are practically equal."
    ),
    ("open", "open"): mark(
        "No difference between {a} and {b} is established, neither with the same settings nor with each at its best."
    ),
}


def setting_words(values: Mapping[str, Any], words: Words) -> str:
    """A setting inside a sentence: `learning rate 0.00316 and weight decay 0.1`."""
    return words.join([level_name(name, value, words) for name, value in values.items()])


def budget_words(tuned: Tuned, lang: str) -> tuple[str, ...]:
    """How each arm's best setting was sought: over what, how often, with which seeds, by what."""
    words = translator(lang)
    runs = words.plural("{n} run", "{n} runs", len(tuned.seeds))
    first, last = tuned.seeds[0], tuned.seeds[-1]
    seeds = words.text("seed {n}", n=f"{first:,}")
    if first != last:
        seeds = words.text("seeds {a} to {b}", a=f"{first:,}", b=f"{last:,}")
    tried = {len(arm.tries) for arm in tuned.arms}
    told = {"runs": runs, "seeds": seeds, "metric": measure_of(tuned.metric, lang).label}
    found = [
        words.text("Tuned for each arm: {ranges}.", ranges="; ".join(_range(field, words) for field in tuned.fields)),
        words.text(
            "Every arm had {n} tries of {runs} each ({seeds}, which no verdict uses), and is at its best where "
            "{metric} was best.",
            n=tried.pop(),
            **told,
        )
        if len(tried) == 1
        else words.text(
            "Every arm had up to {n} tries of {runs} each ({seeds}, which no verdict uses), and is at its best where "
            "{metric} was best.",
            n=max(tried),
            **told,
        ),
        _how(tuned, words),
    ]
    if tuned.by_verdict:
        found.append(
            words.text(
                "Settings were chosen by the metric that is judged, though with other seeds; another one to choose by, "
                "of validation data say, is given with --steer."
            )
        )
    return tuple(found)


def _how(tuned: Tuned, words: Words) -> str:
    if all(arm.whole for arm in tuned.arms):
        return words.text("These were all settings that there are.")
    if tuned.sampler == "tpe":
        return words.text(
            "The first half of the settings was drawn by chance, spread evenly and the same for all arms; the rest was "
            "proposed by Optuna (TPE) from what the arm's earlier tries came to."
        )
    return words.text("The settings were drawn by chance, spread evenly over the range and the same for all arms.")


def _range(field: TunedField, words: Words) -> str:
    name = words.field(field.name)
    if field.choices:
        return words.text("{field} among {values}", field=name, values=", ".join(map(plain_value, field.choices)))
    ends = [plain_value(round(end) if field.whole else end) for end in (field.low, field.high)]
    if field.logarithmic:
        return words.text("{field} from {low} to {high} on a log scale", field=name, low=ends[0], high=ends[1])
    return words.text("{field} from {low} to {high}", field=name, low=ends[0], high=ends[1])


def best_words(tuned: Tuned, lang: str) -> tuple[str, ...]:
    """Each arm's best setting and what it came to, a sentence an arm; and how many tries did not train."""
    return tuple(_best(tuned, arm, translator(lang)) for arm in tuned.arms)


def _best(tuned: Tuned, arm: TunedArm, words: Words) -> str:
    name, best = arm_called(tuned, arm.arm, words), arm.chosen
    if not best.counted:
        return words.text("{arm} trained with none of its {n} tries.", arm=name, n=len(arm.tries))
    told = {"arm": name, "setting": setting_words(best.values, words), "score": score_words(tuned, best, words)}
    if best.given:
        said = words.text("{arm} is at its best as given, with {setting} ({score}).", **told)
    else:
        said = words.text("{arm} is at its best with {setting} ({score}).", **told)
    if failed := sum(not one.worked for one in arm.tries):
        said += " " + words.plural(
            "{n} of its {of} tries did not train in every run.",
            "{n} of its {of} tries did not train in every run.",
            failed,
            of=len(arm.tries),
        )
    return said


def arm_called(tuned: Tuned, name: str, words: Words) -> str:
    """An arm, inside a sentence or at its beginning."""
    arm = next(arm for arm in tuned.comparison.arms if arm.name == name)
    return words.name_of_arm(arm.name, tuned.comparison.factor, arm.value)


def score_words(tuned: Tuned, one: Try, words: Words) -> str:
    """`validation loss 0.12`."""
    measure = measure_of(tuned.metric, words.lang)
    return f"{measure.label} {score_text(tuned, one, words)}"


def score_text(tuned: Tuned, one: Try, words: Words) -> str:
    """Its figure, with as many decimals as tell good tries apart."""
    measure = measure_of(tuned.metric, words.lang)
    best = [abs(arm.chosen.score) for arm in tuned.arms if arm.chosen.score is not None]
    return measure.value(one.score, 2 if measure.is_share else measure.places(max(best, default=0.0) / 100))


def edge_words(tuned: Tuned, lang: str) -> tuple[str, ...]:
    """Where a best value lies at the end of its range: then the range should be wider."""
    words = translator(lang)
    return tuple(_edge(tuned, arm, edge, words) for arm in tuned.arms for edge in arm.edges)


def _edge(tuned: Tuned, arm: TunedArm, edge: Edge, words: Words) -> str:
    field = next(field for field in tuned.fields if field.name == edge.field)
    value = arm.chosen.values[edge.field]
    told = {
        "arm": arm_called(tuned, arm.arm, words),
        "setting": initial_capital(level_name(edge.field, value, words)),
        "field": words.field(field.name),
    }
    if edge.end == "low":
        return words.text(
            "{setting}, the best of {arm}, is the lowest that was tried: a lower one may be better still. Widen the "
            "range of {field} downwards.",
            **told,
        )
    return words.text(
        "{setting}, the best of {arm}, is the highest that was tried: a higher one may be better still. Widen the "
        "range of {field} upwards.",
        **told,
    )


def tuned_words(same: Comparison, tuned: Tuned, lang: str) -> tuple[str, ...]:
    """All of it but the verdict of the same settings, in paragraphs: for text alone."""
    best = both_answers(same, tuned, lang)[1]
    choice = " ".join((*budget_words(tuned, lang), *best_words(tuned, lang), *edge_words(tuned, lang)))
    return (choice, *(f"{best.title}: {said}" for said in best.paragraphs), *together(same, tuned, lang))

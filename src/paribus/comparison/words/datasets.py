"""Several data sets in words: what holds over data sets like these, on these, and where they disagree.

Nothing is computed here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from paribus.core.messages import mark
from paribus.records.comparison import Comparison
from paribus.records.datasets import Datasets, OverDatasets, Scope
from paribus.records.verdict_parts import Answer
from paribus.words.labels import Name, initial_capital
from paribus.words.metric_format import Measure, measure_of
from paribus.words.numbers import p_text
from paribus.words.safe_text import one_line
from paribus.words.translation import Words, translator

_MOST_NAMED = 6  # in a sentence

# By the verdict over data sets like these, or else on these.
_HEADLINES = {
    "like": mark("{first} is better than {second} over data sets like these {n}: by {size} of {metric} on average"),
    "like_equal": mark("{first} and {second} are practically equal over data sets like these {n}, within {margin}"),
    "like_counts": mark("{first} trains more often than {second} over data sets like these {n}"),
    "these": mark(
        "On these {n} data sets {first} is better than {second}, by {size} of {metric} on average; on others like them "
        "it is open"
    ),
    "these_equal": mark(
        "On these {n} data sets {first} and {second} are practically equal on average; on others like them it is open"
    ),
    "these_counts": mark(
        "On these {n} data sets {first} trains more often than {second}; on others like them it is open"
    ),
}
_TRADE_OFF = mark("Open over {n} data sets: {often} trains more often, {good} is better where both train")
_OPEN = mark("Open: over {n} data sets neither {first} nor {second} is established to be better")


@dataclass(frozen=True)
class DatasetFacts:
    """A pair over data sets, turned to face the arm that leads; `sign` is 1 where that is b."""

    comparison: Comparison
    over: OverDatasets
    words: Words

    @property
    def measure(self) -> Measure:
        """How figures are written."""
        return measure_of(self.comparison.metric, self.words.lang)

    @property
    def scope(self) -> str:
        """`like` or `these`, whichever is decided; `like` where neither is."""
        return "these" if self.over.like.verdict == "open" and self.over.these.verdict != "open" else "like"

    @property
    def told(self) -> Scope:
        """What is said first."""
        return self.over.these if self.scope == "these" else self.over.like

    @property
    def sign(self) -> int:
        """1 where b leads."""
        if self.told.verdict in ("a_better", "b_better"):
            return 1 if self.told.verdict == "b_better" else -1
        return 1 if self.comparison.metric.gain(0.0, self.over.difference or 0.0) >= 0 else -1

    def name(self, arm: str) -> Name:
        """What people call an arm."""
        found = next(one for one in self.comparison.arms if one.name == arm)
        return self.words.name_of_arm(found.name, self.comparison.factor, found.value)

    @property
    def first(self) -> Name:
        """The arm that leads."""
        return self.name(self.over.b if self.sign > 0 else self.over.a)

    @property
    def second(self) -> Name:
        """The other one."""
        return self.name(self.over.a if self.sign > 0 else self.over.b)

    @property
    def places(self) -> int:
        """Decimals that tell differences apart."""
        low, high = self.over.like.low, self.over.like.high
        width = None if low is None or high is None else 5 * (high - low)
        return self.measure.places(self.over.difference, width)

    @property
    def size(self) -> str:
        """How large the mean difference is."""
        size = None if self.over.difference is None else abs(self.over.difference)
        return self.measure.with_unit(self.measure.number(size, self.places))

    def ends(self, low: float | None, high: float | None) -> str:
        """`0.4 to 2.7`, first minus second; where less is better, as the gain."""
        if low is None or high is None:
            return "–"
        turn = self.comparison.metric.gain(0.0, 1.0) * self.sign
        bounds = (low, high) if turn > 0 else (-high, -low)
        write = self.measure.number if min(bounds) > 0 else self.measure.signed
        told = [write(end, self.places) for end in bounds]
        return self.words.text("{low} to {high}", low=told[0], high=told[1])

    def values(self) -> dict[str, object]:
        """What sentences may name."""
        margin = self.measure.margin(self.comparison.margin)
        return {
            "first": self.first,
            "second": self.second,
            "n": len(self.over.on),
            "size": self.size,
            "metric": self.measure.label,
            "margin": self.measure.with_short_unit(margin),
            "level": self.words.level(self.over.level),
        }


def datasets_of(comparison: Comparison) -> Datasets:
    """The comparison's data sets. It has them."""
    if comparison.datasets is None:
        raise ValueError("a comparison of several data sets")
    return comparison.datasets


def dataset_facts(comparison: Comparison, lang: str) -> tuple[DatasetFacts, ...]:
    """Every pair, in order."""
    return tuple(DatasetFacts(comparison, over, translator(lang)) for over in datasets_of(comparison).over)


def dataset_headline(facts: DatasetFacts) -> str:
    """The verdict in a line."""
    told, values = facts.told, facts.values()
    if facts.over.like.reason == "trade_off":
        return facts.words.text(_TRADE_OFF, **values, **_sides(facts, facts.over.like))
    if told.verdict == "open":
        return initial_capital(facts.words.text(_OPEN, **values))
    kind = "_equal" if told.verdict == "equal" else "_counts" if told.reason == "trained_counts" else ""
    return facts.words.text(_HEADLINES[facts.scope + kind], **values)


def _sides(facts: DatasetFacts, scope: Scope) -> dict[str, object]:
    """Which arm trains more often, and which is better where both train."""
    arms = {"a_better": facts.over.a, "b_better": facts.over.b}
    told = {"often": scope.answers.trains, "good": scope.answers.figure}
    return {key: facts.name(arms[answer.verdict]) for key, answer in told.items() if answer and answer.verdict in arms}


def dataset_paragraph(facts: DatasetFacts) -> str:
    """All that is said of a pair: over data sets like these, on these, on each, and how far they differ."""
    sentences = [
        f"{dataset_headline(facts)}.",
        *_like(facts),
        *_these(facts),
        *_ahead(facts),
        *_own(facts),
        *_contrary(facts),
        *_between(facts),
        *_left_out(facts),
    ]
    return " ".join(sentences)


def _answer_words(facts: DatasetFacts, answer: Answer | None) -> str:
    """`p = 0.014, t test and sign flips over data sets`."""
    if answer is None:
        return "–"
    said = p_text(answer.p_adjusted, answer.level)
    name = facts.words.text(EQUAL_TESTS[answer.test] if answer.verdict == "equal" else DATASET_TESTS[answer.test])
    return facts.words.text("{p}, {test}", p=said, test=name)


DATASET_TESTS = {
    "t_and_sign_flips": mark("t test and sign flips over data sets"),
    "sign_flips": mark("sign flips over data sets"),
    "t_over_seeds": mark("t test over the seeds of every data set"),
    "stratified": mark("exact test of the counts, data set by data set"),
}
EQUAL_TESTS = {
    "t_and_sign_flips": mark("two one-sided t tests and sign flips over data sets"),
    "t_over_seeds": mark("two one-sided t tests over the seeds of every data set"),
}


def _like(facts: DatasetFacts) -> Iterator[str]:
    """What goes for data sets like these, or why nothing can be said of them."""
    words, over, like = facts.words, facts.over, facts.over.like
    k = len(over.differing)
    if like.reason == "too_few_datasets" and over.least:
        yield words.text(
            "Over data sets like these nothing can be established from {k}: it takes {least}, for that fewer all point "
            "one way happens too often by chance.",
            k=k, least=over.least,
        )  # fmt: skip
    if like.low is not None:
        ends = {"level": words.level(over.level), "ends": facts.ends(like.low, like.high), "k": k}
        answer = {"p": _answer_words(facts, like.answers.figure)}
        if like.reason == "too_few_datasets":
            yield words.text(
                "Were differences spread normally over such data sets, their mean would be {ends} ({level} interval).",
                **ends,
            )
        else:
            yield words.text("The mean over such data sets is {ends} ({level} interval over {k} data sets; {p}).",
                             **ends, **answer)  # fmt: skip
    if like.answers.trains is not None:
        yield words.text("Which trains more often over data sets like these: {p}.",
                         p=_answer_words(facts, like.answers.trains))  # fmt: skip


def _these(facts: DatasetFacts) -> Iterator[str]:
    """What goes for these data sets, by their seeds."""
    words, these = facts.words, facts.over.these
    if these.low is None:
        if facts.over.differing:
            yield words.text("How sure it is on these data sets alone cannot be said, for not all of them have several "
                             "seeds that differ.")  # fmt: skip
        return
    values = {"ends": facts.ends(these.low, these.high), "p": _answer_words(facts, these.answers.figure)}
    values["level"] = words.level(facts.over.level)
    yield words.text("On these data sets themselves it is {ends} ({level} interval over seeds; {p}).", **values)


def _ahead(facts: DatasetFacts) -> Iterator[str]:
    """On how many data sets which arm is ahead."""
    gains = [facts.comparison.metric.gain(0.0, one.difference or 0.0) * facts.sign for one in facts.over.differing]
    k, m, ties = sum(g > 0 for g in gains), sum(g < 0 for g in gains), sum(g == 0 for g in gains)
    said = {**facts.values(), "n": len(gains), "k": k, "m": m, "ties": ties}
    if ties and gains:
        yield facts.words.text("{first} is ahead on {k} of {n}, {second} on {m}; on {ties} they are level.", **said)
    elif gains:
        yield facts.words.text("{first} is ahead on {k} of {n}, {second} on {m}.", **said)


def _own(facts: DatasetFacts) -> Iterator[str]:
    """The data sets' own answers, where one has any."""
    on, words = facts.over.on, facts.words
    names = {
        verdict: [one.name for one in on if one.verdict == verdict] for verdict in ("a_better", "b_better", "equal")
    }
    ahead, behind = ("b_better", "a_better") if facts.sign > 0 else ("a_better", "b_better")
    said = []
    if names[ahead]:
        said.append(words.text("{arm} is better on {names}", arm=facts.first, names=listed(names[ahead], words)))
    if names[behind]:
        said.append(words.text("{arm} is better on {names}", arm=facts.second, names=listed(names[behind], words)))
    if names["equal"]:
        said.append(words.text("they are practically equal on {names}", names=listed(names["equal"], words)))
    if said:
        tests = datasets_of(facts.comparison).tests
        yield words.text("Each by its own runs, corrected for {n} tests: {said}.", n=tests, said="; ".join(said))


def _contrary(facts: DatasetFacts) -> Iterator[str]:
    over, words = facts.over, facts.words
    if over.contrary:
        yield words.text("So it goes the other way on {names}.", names=listed(over.contrary, words))
    if over.apart:
        yield words.text("Apart from the rest, more than chance would have it: {names}.",
                         names=listed(over.apart, words))  # fmt: skip


def _between(facts: DatasetFacts) -> Iterator[str]:
    """How far the data sets differ, and what one more would show."""
    over, words, measure = facts.over, facts.words, facts.measure
    if over.spread is not None:
        spread, low, high = (
            measure.number(value, facts.places) for value in (over.spread, over.spread_low, over.spread_high)
        )
        told = words.text("{low} to {high}", low=low, high=high)
        yield words.text(
            "Beyond what seeds explain the difference varies from data set to data set by {spread} (standard "
            "deviation; {level} interval {ends}).",
            spread=measure.with_unit(spread), ends=told, level=words.level(over.level),
        )  # fmt: skip
    if over.new_low is not None:
        ends = facts.ends(over.new_low, over.new_high)
        yield words.text("On one more data set like these it would likely lie at {ends}.", ends=ends)


def _left_out(facts: DatasetFacts) -> Iterator[str]:
    if facts.over.left_out:
        yield facts.words.text("Left out, since no runs of both can be compared there: {names}.",
                               names=listed(facts.over.left_out, facts.words))  # fmt: skip


def listed(names: Sequence[str], words: Words) -> str:
    """Names in a sentence; of many the first, and how many more."""
    shown = [one_line(name, 40) for name in names]
    if len(shown) <= _MOST_NAMED + 1:
        return words.join(shown)
    return words.text("{names} and {n} more", names=", ".join(shown[:_MOST_NAMED]), n=len(shown) - _MOST_NAMED)

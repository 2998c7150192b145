"""The sentences of a methods section on several data sets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from paribus.paper import citations
from paribus.paper.citations import Citation
from paribus.records.comparison import Comparison
from paribus.words.metric_format import measure_of
from paribus.words.translation import Words, mark


def dataset_sentences(
    comparison: Comparison, words: Words
) -> Iterator[tuple[str, Mapping[str, object], tuple[Citation, ...]]]:
    """How the mean difference was tested, over data sets like these and on these; how each data set was."""
    found = comparison.datasets
    over = found.over if found is not None else ()
    yield (
        mark(
            "The data sets were taken for a random sample: the mean of their differences was tested by the t test "
            "{cited} and by exact sign flips {cited1}, both of which had to hold."
        ),
        {},
        (citations.STUDENT, citations.SIGN_FLIPS),
    )
    if any(one.these.p is not None for one in over):
        held = mark("It had to hold on these data sets themselves too, by a t test over the seeds of each {cited}.")
        yield held, {}, (citations.WELCH,)
    if any(one.like.answers.trains is not None for one in over):
        counts = mark(
            "How many runs trained was tested by sign flips of the shares and an exact test in strata {cited}."
        )
        yield counts, {}, (citations.GART,)
    if comparison.margin:
        measure = measure_of(comparison.metric, words.lang)
        margin = {"margin": measure.with_unit(measure.margin(comparison.margin))}
        equal = mark("Practical equality within ±{margin} was tested by two one-sided tests of both kinds {cited}.")
        yield equal, margin, (citations.SCHUIRMANN,)
    if len(over) > 1:
        yield (
            mark("p values were corrected for {n} tests by Holm's method {cited}."),
            {"n": len(over)},
            (citations.HOLM,),
        )
    own = mark(
        "Each data set's own answer is corrected by Holm's method {cited} for all pairs on all data sets, {n} tests."
    )
    yield own, {"n": found.tests if found is not None else 0}, (citations.HOLM,)

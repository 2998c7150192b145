"""A methods section of a comparison: what was compared and how it was judged, from what its record holds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from paribus.paper import citations
from paribus.paper.citations import Citation
from paribus.paper.dataset_methods import dataset_sentences
from paribus.paper.writers import in_latex
from paribus.records.comparison import Comparison
from paribus.words.metric_format import measure_of
from paribus.words.translation import Words, mark, translator

_EDITIONS: dict[str, str] = {
    "first": mark("first edition"),
    "second": mark("second edition"),
    "anytime": mark("anytime-valid edition"),
}

Said = tuple[str, Mapping[str, object], tuple[Citation, ...]]  # a message, its values, what {cited} is


def methods_text(comparison: Comparison, lang: str, *, latex: bool = False) -> str:
    """The section; with `latex` escaped, and its citations as `\\cite{key}`."""
    words = translator(lang)
    said = [_filled(message, values, cited, words, latex) for message, values, cited in _sentences(comparison, words)]
    return " ".join(said)


def bibtex(comparison: Comparison) -> str:
    """An entry for every source that is cited, each once."""
    sentences = _sentences(comparison, translator("en"))
    used = dict.fromkeys(source for *_, cited in sentences for source in cited)
    return "\n".join([*(source.bibtex for source in used), _software(comparison).bibtex])


def _filled(message: str, values: Mapping[str, object], cited: tuple[Citation, ...], words: Words, latex: bool) -> str:
    """Citations are put in last, so that LaTeX's own signs stay what they are."""
    marks = {f"cited{i or ''}": f"\N{OBJECT REPLACEMENT CHARACTER}{i}" for i in range(len(cited))}
    text = words.text(message, **values, **marks)
    text = in_latex(text) if latex else text
    for i, source in enumerate(cited):
        shown = rf"\cite{{{source.key}}}" if latex else f"({source.cited})"
        text = text.replace(f"\N{OBJECT REPLACEMENT CHARACTER}{i}", shown)
    return text


def _sentences(comparison: Comparison, words: Words) -> Iterator[Said]:
    yield from _compared(comparison, words)
    yield from _tests(comparison, words)
    yield from _certainty(comparison, words)
    yield _versions(comparison, words)


def _compared(comparison: Comparison, words: Words) -> Iterator[Said]:
    told = {
        "arms": words.join([words.arm_name(arm.name, comparison.factor, arm.value) for arm in comparison.arms]),
        "metric": measure_of(comparison.metric, words.lang).label,
        "fields": words.join([words.field(field) for field in comparison.differences]),
        "runs": words.join([str(arm.size) for arm in comparison.arms]),
        "n": len(comparison.seeds),
    }
    if comparison.confounded:
        yield mark("The arms differ in {fields}."), told, ()
    if comparison.datasets is not None:
        told["k"] = len(comparison.datasets.names)
        yield mark("We compared {arms} in {metric} on {k} data sets, each of which counts the same."), told, ()
    elif comparison.paired:
        yield (
            mark("We compared {arms} in {metric} over {n} seeds; runs with the same seed were paired."),
            told,
            (),
        )
    else:
        yield mark("We compared {arms} in {metric}, over {runs} runs that were not paired."), told, ()
    if comparison.baseline:
        names = {arm.name: words.arm_name(arm.name, comparison.factor, arm.value) for arm in comparison.arms}
        baseline = {"baseline": names[comparison.baseline]}
        yield mark("Every other arm was tested against {baseline}, and no two others."), baseline, ()


def _tests(comparison: Comparison, words: Words) -> Iterator[Said]:
    by = {pair.decided_by for pair in comparison.pairs} | _of_answers(comparison) | _of_effects(comparison)
    if any(pair.anytime for pair in comparison.pairs):
        grew = mark(
            "Seeds were added one by one, and after each the arms were compared by an anytime-valid t test {cited}, "
            "and by one of the seeds in which one arm alone trained, until it was decided."
        )
        yield grew, {}, (citations.LAI,)
        return
    if comparison.datasets is not None:
        yield from dataset_sentences(comparison, words)
        return
    if comparison.factorial is not None:
        crossed = mark("Effects of two crossed factors are contrasts of the cells' figures within each seed.")
        yield crossed, {}, ()
    if "counts" in by:
        exact = mark("Of several cells, how many runs trained was tested by an exact unconditional test {cited}.")
        yield exact, {}, (citations.BARNARD,)
    if "t" in by:
        yield mark("Differences were tested by the paired t test {cited}."), {}, (citations.STUDENT,)
    if "welch" in by:
        yield mark("Differences were tested by Welch's t test {cited}."), {}, (citations.WELCH,)
    if "fisher" in by:
        counts = mark("Where runs did not train, how many did was tested by Fisher's exact test {cited}.")
        yield counts, {}, (citations.FISHER,)
    if "fisher" in by and comparison.rule == "second":
        shared = mark(
            "Both tests shared the level of a pair; where so few runs did not train that Fisher's test could not reach "
            "its share, the t test had all of it {cited}."
        )
        yield shared, {}, (citations.TARONE,)
    if comparison.margin and any(pair.p_equal is not None for pair in comparison.pairs):
        measure = measure_of(comparison.metric, words.lang)
        margin = {"margin": measure.with_unit(measure.margin(comparison.margin))}
        equal = mark("Practical equality within ±{margin} was tested by two one-sided t tests {cited}.")
        yield equal, margin, (citations.SCHUIRMANN,)
    tests = comparison.tests if comparison.factorial is None else comparison.factorial.tests
    if tests > 1:
        corrected = mark("p values were corrected for {n} tests by Holm's method {cited}.")
        yield corrected, {"n": tests}, (citations.HOLM,)


def _of_answers(comparison: Comparison) -> set[str]:
    """The tests that a verdict rests on: where runs did not train, those of both answers."""
    both = [pair.answers for pair in comparison.pairs if pair.answers is not None]
    return {answer.test for found in both for answer in (found.trains, found.figure) if answer is not None}


def _of_effects(comparison: Comparison) -> set[str]:
    """The tests of two factors' effects."""
    effects = () if comparison.factorial is None else comparison.factorial.effects
    answers = [answer for effect in effects for answer in (effect.answers.trains, effect.answers.figure)]
    return {answer.test for answer in answers if answer is not None}


def _certainty(comparison: Comparison, words: Words) -> Iterator[Said]:
    told = {"level": f"{comparison.alpha:.4g}", "look": comparison.look, "looks": comparison.looks_allowed}
    if any(pair.anytime for pair in comparison.pairs):
        yield mark("The error over all looks and pairs was at most {level}."), told, ()
    else:
        yield mark("The level was {level}, that of look {look} of at most {looks}."), told, ()
    interval = {"interval": words.level(0.95)}
    if comparison.datasets is not None:
        yield mark("Intervals of means are t intervals over data sets, at {interval}."), interval, ()
    elif any(arm.trained is not None for arm in comparison.arms):
        shares = mark("Intervals are at {interval}: t intervals of means over runs, Wilson's {cited} of shares.")
        yield shares, interval, (citations.WILSON,)
    else:
        yield mark("Intervals of means are t intervals over runs, at {interval}."), interval, ()


def _versions(comparison: Comparison, words: Words) -> Said:
    facts = comparison.environment
    names = {"PyTorch": facts.torch, "NumPy": facts.numpy, "Python": facts.python}
    others = words.join([f"{name} {version}" for name, version in names.items() if version])
    rule = words.text(_EDITIONS.get(comparison.rule, comparison.rule))
    told = {"version": comparison.paribus, "rule": rule, "others": others}
    return mark("Computed with Paribus {version} (rule: {rule}), {others}."), told, ()


def _software(comparison: Comparison) -> Citation:
    fields = (("title", "Paribus"), ("version", comparison.paribus), ("year", comparison.created[:4]))
    return Citation("paribus", "Paribus", "software", fields)

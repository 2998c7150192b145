"""The explanation as the report shows it: the answer, interventions as a tree, and what else was asked."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from paribus.comparison.words.verdict_text import headline
from paribus.diagnosis.words.activation_claims import CLAIMS, claim_sections, claim_verdict, claims_by_pair, timed_words
from paribus.diagnosis.words.explanation import before_and_after, explanation_headline, explanation_sections
from paribus.diagnosis.words.findings import finding_label
from paribus.diagnosis.words.intervention_outcomes import KINDS, intervention_words, removal_words, tested_words
from paribus.diagnosis.words.sections import Section
from paribus.figures.interventions import effect_figure, interventions_figure, learning_curve_figure
from paribus.figures.specification import titled
from paribus.figures.svg import svg
from paribus.records.comparison import ArmView, Comparison
from paribus.records.explanation import Explanation
from paribus.records.intervention import Effect, Kind, LearningCurve, Tested
from paribus.records.program import ProgramInfo
from paribus.report.contents import LearningCurves
from paribus.words.labels import initial_capital
from paribus.words.metric_format import Measure, measure_of
from paribus.words.translation import Words, mark, translator

MEANINGS: dict[Kind, str] = {
    "cause": mark("Its mechanism was measured, removing it restores training, and putting it back breaks it again."),
    "remedy": mark("It restores training, but its mechanism was not measured, or the cause is known already."),
    "contributing": mark("It helps, but only in part."),
    "ruled_out": mark("It was run at full length on fresh seeds, and does not help."),
    "no_effect_seen": mark("It was tested, and does not help within the length that was run."),
    "not_established": mark("It was not confirmed at full length, or not run."),
}
# The same of a program to which *trained* means nothing.
WITHOUT_TRAINED: dict[Kind, str] = {
    **MEANINGS,
    "cause": mark("A measurement or a value off its default pointed at it; without it what was lost is won back."),
    "remedy": mark("It wins back what was lost, but nothing pointed at it, or the cause is known already."),
    "contributing": mark("It helps, but wins back only a part of what was lost."),
    "ruled_out": mark("It was run at full length on fresh seeds, and makes little difference."),
    "no_effect_seen": mark("It was tested, and makes little difference within the length that was run."),
}


@dataclass(frozen=True)
class Leaf:
    """One intervention. `pointed`: the symptom that points at it, or nothing.

    `drawn`: how the steering metric went, as a curve over the epochs, or from end to end where the runs are gone.
    """

    change: str
    pointed: str
    drawn: Markup
    numbers: str
    sentence: str


@dataclass(frozen=True)
class Branch:
    """What came to the same. `kind` is for the style; `folded`: long, and not the answer."""

    kind: Kind
    title: str
    meaning: str
    leaves: tuple[Leaf, ...]
    folded: bool


@dataclass(frozen=True)
class ClaimCard:
    """A claim with its verdict, and in small tables what was measured. timed: on what, where seconds were taken."""

    claim: str
    verdict: str
    state: str
    measured: tuple[Section, ...]
    timed: str


Claims = tuple[str, tuple[ClaimCard, ...]]  # of one arm against another, below a title


@dataclass(frozen=True)
class Verdicts:
    """The verdict under one condition: a line and the arms' figures, for each pair a headline."""

    where: str
    headlines: tuple[str, ...]
    arms: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class WhyView:
    """All of it. `has_curves`: whether any intervention has one; `drawn`: what is drawn of each, in a sentence or two.

    `without_curves`: a sentence on those without.

    `picture`: all interventions in one figure, to be
    saved. `together`: the arms with the cause and without; None without a repaired comparison.
    """

    answer: str
    root: str
    picture: Markup
    has_curves: bool
    drawn: str
    without_curves: str
    branches: tuple[Branch, ...]
    verdicts: tuple[Verdicts, ...]
    together: Section | None
    symptoms: tuple[Section, ...]
    saturation: tuple[Section, ...]
    claims: tuple[Claims, ...]
    effort: str


def why_view(explanation: Explanation, comparison: Comparison, lang: str, curves: LearningCurves = ()) -> WhyView:
    """An explanation of `comparison` as the report and the lab page show it; `curves` as `ReportContents` has them."""
    words = translator(lang)
    sections = explanation_sections(explanation, comparison, words.lang)
    by_role = {
        role: tuple(s for s in sections if s.role == role) for role in ("symptoms", "saturation", "together", "effort")
    }
    return WhyView(
        answer=explanation_headline(explanation, comparison, words.lang),
        root=_root(explanation, comparison, words),
        picture=svg(titled(interventions_figure(comparison, explanation, words.lang))),
        has_curves=any(curve is not None for curve in curves),
        drawn=_of_drawings(any(curve is not None for curve in curves), explanation.program, words),
        without_curves=_without_curves(explanation, curves, words),
        branches=tuple(_branch(kind, explanation, curves, words) for kind in KINDS if explanation.of(kind)),
        verdicts=_verdicts(explanation, comparison, words),
        together=next(iter(by_role["together"]), None),
        symptoms=by_role["symptoms"],
        saturation=by_role["saturation"],
        claims=_claims(explanation, comparison, words),
        effort=" ".join(s for section in by_role["effort"] for s in section.sentences),
    )


def _root(explanation: Explanation, comparison: Comparison, words: Words) -> str:
    """What the branches grow from: the arm as it is."""
    arm = next(arm for arm in comparison.arms if arm.name == explanation.arm)
    label = words.arm_label(arm.name, comparison.factor, arm.value)
    if arm.trained is None:
        return words.text("{arm} as it is: {figure}", arm=label, figure=_judged(comparison, arm, words))
    return words.text("{arm} as it is: trained in {k} of {n} runs", arm=label, k=arm.trained, n=len(arm.runs))


def _judged(comparison: Comparison, arm: ArmView, words: Words) -> str:
    reached = comparison.judged(arm)
    return measure_of(comparison.metric, words.lang).value(reached.mean if reached else None, 2)


def _of_drawings(curves: bool, program: ProgramInfo, words: Words) -> str:
    """What is drawn of each intervention: a share on its whole scale, another figure as far as it goes."""
    metric = program.steering
    label = metric.label.text(words.lang)
    if curves and metric.unit == "share":
        return words.text(
            "Each curve is {metric} after each epoch, from 0 to 100 %: dashed without the change, solid with it, both "
            "means over the same seeds. The bar at the end is the interval of the difference.",
            metric=label,
        )
    if curves:
        return words.text(
            "Each curve is {metric} as the runs went on: dashed without the change, solid with it, both means over the "
            "same seeds. The bar at the end is the interval of the difference.",
            metric=label,
        )
    if metric.unit == "share":
        label = words.text("{metric} from 0 to 100 %", metric=initial_capital(label))
    return words.text(
        "{metric}: the ring is without the change, the dot with it, the bar its interval.",
        metric=initial_capital(label),
    )


def _without_curves(explanation: Explanation, curves: LearningCurves, words: Words) -> str:
    """A sentence on the interventions that were run and whose runs cannot be shown."""
    known = dict(zip(explanation.tested, curves, strict=False))
    effects = {tested: tested.confirmed or tested.screened for tested in explanation.tested}
    lost = [seen for tested, seen in effects.items() if seen is not None and known.get(tested) is None]
    if not lost:
        return ""
    if not any(curves) and not any(seen.runs_after for seen in lost):
        return words.text(
            "There are no curves: an earlier version of Paribus made this explanation, and did not keep the names of "
            "its runs. Ask why again to have them."
        )
    return words.plural(
        "{n} change has no curve, since its runs are no longer in the store.",
        "{n} changes have no curve, since their runs are no longer in the store.",
        len(lost),
    )


def _branch(kind: Kind, explanation: Explanation, curves: LearningCurves, words: Words) -> Branch:
    known = dict(zip(explanation.tested, curves, strict=False))
    program = explanation.program
    leaves = tuple(_leaf(kind, tested, known.get(tested), program, words) for tested in explanation.of(kind))
    meaning = (MEANINGS if explanation.counts_trained else WITHOUT_TRAINED)[kind]
    folded = kind in ("ruled_out", "no_effect_seen", "not_established") and len(leaves) > 1
    return Branch(kind, words.text(KINDS[kind]), words.text(meaning), leaves, folded)


def _leaf(kind: Kind, tested: Tested, curve: LearningCurve | None, program: ProgramInfo, words: Words) -> Leaf:
    seen, pointed = tested.confirmed or tested.screened, tested.intervention.finding
    measure = measure_of(program.steering, words.lang)
    return Leaf(
        change=initial_capital(intervention_words(tested.intervention, words.lang)),
        pointed=finding_label(pointed, words.lang) if pointed else "",
        drawn=_drawn(kind, seen, curve, measure) if seen else Markup(),
        numbers=_numbers(seen, measure) if seen else words.text("not run"),
        sentence=tested_words(tested, program, words.lang),
    )


def _numbers(seen: Effect, measure: Measure) -> str:
    return " → ".join(measure.value(value, measure.places()) for value in (seen.before, seen.after))


def _drawn(kind: Kind, seen: Effect, curve: LearningCurve | None, measure: Measure) -> Markup:
    if curve is None:
        return svg(effect_figure(seen, kind, measure), kind="effect")
    return svg(learning_curve_figure(curve, seen, kind, measure), kind="learned")


def _verdicts(explanation: Explanation, comparison: Comparison, words: Words) -> tuple[Verdicts, ...]:
    """The comparison as it is and without its cause; nothing where that was not run."""
    if explanation.repaired is None:
        return ()
    both = before_and_after(explanation, comparison, explanation.repaired, words)
    return tuple(_verdict(where, one, words) for where, one in both)


def _verdict(where: str, comparison: Comparison, words: Words) -> Verdicts:
    arms = tuple(
        (words.arm_label(arm.name, comparison.factor, arm.value), _standing(comparison, arm, words))
        for arm in comparison.arms
    )
    return Verdicts(where, tuple(headline(comparison, pair, words.lang) for pair in comparison.pairs), arms)


def _standing(comparison: Comparison, arm: ArmView, words: Words) -> str:
    """Its figure, and of how many runs where some did not train."""
    figure = _judged(comparison, arm, words)
    if arm.trained is None:
        return figure
    return words.text("{accuracy} ({k} of {n} trained)", accuracy=figure, k=arm.trained, n=len(arm.runs))


def _claims(explanation: Explanation, comparison: Comparison, words: Words) -> tuple[Claims, ...]:
    names = {a.name: words.arm_name(a.name, comparison.factor, a.value) for a in comparison.arms}
    removed = removal_words(explanation, words.lang)
    found = []
    for title, made in claims_by_pair(explanation.claims, names, words).items():
        cards = tuple(
            ClaimCard(
                claim=words.text(CLAIMS[claim.name]),
                verdict=claim_verdict(claim, words),
                state=claim.verdict,
                measured=claim_sections(claim, names, removed, words),
                timed=timed_words(claim, words),
            )
            for claim in made
        )
        found.append((title, cards))
    return tuple(found)

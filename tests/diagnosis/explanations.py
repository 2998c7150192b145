"""Explanations as they end, made by hand: no training."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from paribus.diagnosis.interaction import interaction
from paribus.diagnosis.search import Question
from paribus.programs.recipe.info import RECIPE
from paribus.programs.recipe.recipe import Recipe
from paribus.records.activation_claims import Claim, Measured
from paribus.records.comparison import Comparison
from paribus.records.explanation import Explanation, Saturation, Spent, Symptoms, UnitsSeen
from paribus.records.finding import Evidence, Finding
from paribus.records.intervention import Change, Effect, Intervention, Kind, Placebo, Tested
from paribus.records.program import Fields
from tests.factories import make_comparison

COLLAPSE = Finding(
    name="collapse_to_zero",
    strength="strong",
    layers=("conv1", "conv2", "fc1"),
    first_step=0,
    last_step=700,
    evidence=(
        Evidence(quantity="force_balance", value=23.4567, threshold=1.0, source="Loshchilov and Hutter 2019, sec. 2"),
        Evidence(quantity="weights_left", value=0.01, threshold=0.5, source="by definition"),
    ),
)
SORTED = COLLAPSE.model_copy(update={"name": "batch_order", "strength": "weak", "layers": (), "evidence": ()})


def an_effect(before: float, after: float, *, epochs: int, seeds: int, trained: tuple[int, int]) -> Effect:
    """With an interval of 0.2 points to each side where there are several seeds."""
    several, difference = seeds > 1, after - before
    return Effect(
        epochs=epochs,
        seeds=tuple(range(6, 6 + seeds)) if several else (0,),
        before=before,
        after=after,
        low=difference - 0.002 if several else None,
        high=difference + 0.002 if several else None,
        explained_before=before,
        explained_after=after,
        explained_low=difference - 0.002 if several else None,
        trained_before=trained[0],
        trained_after=trained[1],
    )


def a_change(factor: str, before: Any, after: Any, finding: str | None = None) -> Intervention:
    return Intervention(changes=(Change(factor=factor, before=before, after=after),), finding=finding)


def of_two_findings(asked: Question) -> Question:
    """Another symptom points at AdamW, so that it may be a cause beside the first."""
    other = {"finding": "noise_too_strong"}
    proposed = [i.model_copy(update=other) if i.changes[0].after == "adamw" else i for i in asked.proposed]
    return replace(asked, proposed=tuple(proposed))


SHORT = an_effect(0.112, 0.9, epochs=1, seeds=1, trained=(0, 1))
FAILED = an_effect(0.112, 0.098, epochs=3, seeds=1, trained=(0, 0))
LONG = an_effect(0.112, 0.912, epochs=15, seeds=3, trained=(0, 3))
HELPED = an_effect(0.112, 0.4, epochs=15, seeds=3, trained=(0, 1))

NO_DECAY = Tested(
    intervention=a_change("weight_decay", 0.1, 0.0, "collapse_to_zero"), kind="cause", screened=SHORT, confirmed=LONG
)
DECOUPLED = Tested(
    intervention=a_change("optimizer", "adam", "adamw", "collapse_to_zero"),
    kind="remedy",
    screened=SHORT,
    confirmed=LONG,
)
PAIR = Tested(
    intervention=Intervention(
        changes=(
            Change(factor="initialisation", before="default", after="xavier"),
            Change(factor="batch_norm", before=False, after=True),
        ),
        finding=None,
    ),
    kind="contributing",
    screened=SHORT,
    confirmed=HELPED,
)
SHUFFLED = Tested(
    intervention=a_change("batch_order", "as_is", "shuffled", "batch_order"), kind="no_effect_seen", screened=FAILED
)
SLOWER = Tested(intervention=a_change("learning_rate", 0.001, 0.0001), kind="not_established", screened=SHORT)
LONGER = Tested(intervention=a_change("epochs", 15, 45), kind="not_established")


PLACEBO = Placebo(kind="ruled_out", effect=an_effect(0.112, 0.114, epochs=15, seeds=3, trained=(0, 0)))
XAVIER = a_change("initialisation", "default", "xavier")
SIX = tuple(range(6))
FASTER = Claim(
    name="converges_faster",
    of="relu",
    against="sigmoid",
    verdict="holds",
    measured=(
        Measured(
            quantity="epochs_to_accuracy",
            repaired=True,
            seeds=SIX,
            of=2.5,
            against=7.0,
            difference=-4.5,
            low=-5.25,
            high=-3.75,
            least=0.5,
            accuracy=0.98,
            trained=(6, 6),
            runs=6,
            verdict="holds",
        ),
        Measured(quantity="epochs_to_accuracy", repaired=False, seeds=(), trained=(5, 0), runs=6),
    ),
)
CHEAPER = Claim(
    name="cheaper",
    of="relu",
    against="sigmoid",
    verdict="open",
    measured=(
        Measured(
            quantity="epoch_seconds",
            repaired=False,
            seeds=(0,),
            of=1.9,
            against=2.0,
            difference=-0.1,
            least=0.04,
            trained=(1, 0),
            runs=1,
            verdict="open",
        ),
    ),
    kernel="native-avx512",
    device="cpu",
)
UNITS = (
    UnitsSeen(layer="conv1", low=0.001, high=0.0, pre_mean=-0.02, pre_std=0.41),
    UnitsSeen(layer="fc1", low=0.0, high=0.0, pre_mean=0.1, pre_std=0.05),
)


def a_saturation(arm: str, *tested: Intervention) -> Saturation:
    return Saturation(arm=arm, verdict="refuted", early=UNITS, late=UNITS, tested=tested)


def an_explanation(
    *tested: Tested, comparison: Comparison | None = None, complete: bool = False, fair: Comparison | None = None
) -> Explanation:
    """Of the lesson's recipe, or of the lesson's comparison, whose sigmoid arm has two symptoms."""
    names = [arm.name for arm in comparison.arms] if comparison else [""]
    symptoms = [Symptoms(arm=names[0], seeds=(0, 1, 2), findings=(COLLAPSE, SORTED))]
    symptoms += [Symptoms(arm=name, seeds=(0, 1, 2), findings=()) for name in names[1:]]
    repaired = (fair or make_comparison("fair")) if comparison and any(t.kind == "cause" for t in tested) else None
    return Explanation(
        subject=comparison.id if comparison else "lesson",
        arm=names[0],
        program=RECIPE,
        fields=comparison.arms[0].fields if comparison else Fields(Recipe(activation="sigmoid").model_dump()),
        symptoms=tuple(symptoms),
        tested=tested,
        repaired=repaired,
        spent=Spent(allowed=None if complete else 300.0, seconds=251.4, complete=complete),
        saturation=(a_saturation(names[0], XAVIER) if comparison else a_saturation(""),),
        interaction=interaction(NO_DECAY.intervention, comparison, repaired) if comparison and repaired else None,
        claims=(FASTER, CHEAPER) if comparison and comparison.factor == "activation" else (),
        placebo=PLACEBO if repaired else None,
    )


EVERY_KIND = (NO_DECAY, DECOUPLED, PAIR, SHUFFLED, SLOWER, LONGER)
KINDS: tuple[Kind, ...] = ("cause", "remedy", "contributing", "ruled_out", "no_effect_seen", "not_established")

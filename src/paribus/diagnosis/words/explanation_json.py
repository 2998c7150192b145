"""The explanation as the JSON object of docs/json.md, its claims, saturation and table of arms by cause included."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from paribus.comparison.words.json_view import comparison_json, program_json, strict
from paribus.comparison.words.tuned_json import tuned_json
from paribus.diagnosis.words.activation_claims import claim_words
from paribus.diagnosis.words.findings import finding_sentence
from paribus.diagnosis.words.interaction import interaction_section
from paribus.diagnosis.words.intervention_outcomes import placebo_words, removal_words, tested_words
from paribus.diagnosis.words.saturation import saturation_words
from paribus.programs.view import program_view
from paribus.records.activation_claims import Claim
from paribus.records.comparison import Comparison
from paribus.records.explanation import Explanation, Symptoms
from paribus.records.intervention import Effect, Intervention, Kind, Placebo, Tested
from paribus.records.program import ProgramInfo
from paribus.records.tuned import Tuned
from paribus.words.metric_format import measure_of
from paribus.words.translation import LANGUAGES, Lang, in_each_language, translator


def evidence_json(explanation: Explanation) -> dict[str, Any]:
    """`claims`, `saturation` and `interaction`, each with its words in both languages."""
    together = explanation.interaction
    return {
        "claims": [
            {**claim.model_dump(), "text": {lang: _claim_text(explanation, claim, lang) for lang in LANGUAGES}}
            for claim in explanation.claims
        ],
        "saturation": [
            {
                **one.model_dump(exclude={"tested", "restoring"}),
                "tested": [intervention_json(i) for i in one.tested],
                "restoring": [intervention_json(i) for i in one.restoring],
                "text": {
                    lang: " ".join(saturation_words(one, one.arm == explanation.arm, translator(lang)))
                    for lang in LANGUAGES
                },
            }
            for one in explanation.saturation
        ],
        "interaction": None
        if together is None
        else {
            **together.model_dump(exclude={"cause"}),
            "cause": intervention_json(together.cause),
            "text": {lang: _interaction_text(explanation, lang) for lang in LANGUAGES},
        },
    }


def intervention_json(intervention: Intervention) -> dict[str, Any]:
    """Field, from and to; of two fields lists of both."""
    changes = intervention.changes
    return {
        "factor": "+".join(c.factor for c in changes),
        "from": changes[0].before if len(changes) == 1 else [c.before for c in changes],
        "to": changes[0].after if len(changes) == 1 else [c.after for c in changes],
        "finding": intervention.finding,
    }


def _names(explanation: Explanation, lang: Lang) -> dict[str, str]:
    """The arms as people call them. Claims are of activations, whose arms are named by their values."""
    claimed = {arm for claim in explanation.claims for arm in (claim.of, claim.against)}
    names = {arm: translator(lang).arm_name(arm, "activation", arm) for arm in claimed}
    if (again := explanation.repaired) is not None:
        names |= {arm.name: translator(lang).arm_name(arm.name, again.factor, arm.value) for arm in again.arms}
    return names


def _claim_text(explanation: Explanation, claim: Claim, lang: Lang) -> str:
    return claim_words(claim, _names(explanation, lang), removal_words(explanation, lang), translator(lang))


def _interaction_text(explanation: Explanation, lang: Lang) -> str:
    if explanation.interaction is None or explanation.repaired is None:
        return ""
    measure, names = measure_of(explanation.program.judging, lang), _names(explanation, lang)
    return " ".join(interaction_section(explanation.interaction, explanation.repaired.factor, names, measure).sentences)


KEYS: dict[Kind, str] = {
    "cause": "causes",
    "remedy": "remedies",
    "contributing": "contributing",
    "ruled_out": "ruled_out",
    "no_effect_seen": "no_effect_seen",
    "not_established": "not_established",
}


def explained_json(
    comparison: Comparison, explanation: Explanation | None, tuned: Tuned | None = None
) -> dict[str, Any]:
    """The comparison's object with its `explanation`, and `tuned`; each is null where nobody asked for it."""
    return {
        **comparison_json(comparison),
        "explanation": None if explanation is None else strict(explanation_json(explanation)),
        "tuned": None if tuned is None else tuned_json(comparison, tuned),
    }


def explanation_json(explanation: Explanation) -> dict[str, Any]:
    """Interventions by what they came to; `repaired` is the repaired comparison's own object."""
    repaired = explanation.repaired
    view = {
        **program_json(explanation.program, explanation.program.steering),
        "fields": dict(explanation.fields),
        "subject": explanation.subject,
        "arm": explanation.arm,
        **{key: [_tested(t, explanation.program) for t in explanation.of(kind)] for kind, key in KEYS.items()},
        "symptoms": [_symptoms(s) for s in explanation.symptoms],
        "placebo": None if explanation.placebo is None else _placebo(explanation.placebo, explanation.program),
        "repaired": None if repaired is None else comparison_json(repaired),
        **evidence_json(explanation),
        "budget": explanation.spent.model_dump(),
    }
    return program_view(explanation.program).explanation_json(view)


def interventions_json(interventions: Sequence[Intervention]) -> list[dict[str, Any]]:
    """What would be tested, in this order."""
    return [intervention_json(intervention) for intervention in interventions]


def _tested(tested: Tested, program: ProgramInfo) -> dict[str, Any]:
    seen = tested.confirmed or tested.screened
    return {
        **intervention_json(tested.intervention),
        "effect": None if seen is None else _effect(seen),
        "confirmed": tested.confirmed is not None,
        "epochs": None if seen is None else seen.epochs,
        "seeds": [] if seen is None else seen.seeds,
        "text": in_each_language(partial(tested_words, tested, program)),
    }


def _placebo(placebo: Placebo, program: ProgramInfo) -> dict[str, Any]:
    return {
        "kind": placebo.kind,
        "effect": _effect(placebo.effect),
        "text": in_each_language(partial(placebo_words, placebo, program)),
    }


def _effect(seen: Effect) -> dict[str, Any]:
    return seen.model_dump(include={"before", "after", "low", "high", "trained_before", "trained_after"})


def _symptoms(symptoms: Symptoms) -> dict[str, Any]:
    return {
        "arm": symptoms.arm,
        "seeds": symptoms.seeds,
        "traced": symptoms.traced,
        "findings": [
            {**f.model_dump(), "text": in_each_language(partial(finding_sentence, f))} for f in symptoms.findings
        ],
    }

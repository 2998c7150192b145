"""The explanation as the JSON object of docs/json.md."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from paribus.comparison.words.json_view import comparison_json, program_json, strict
from paribus.diagnosis.words.evidence_json import evidence_json, intervention_json
from paribus.diagnosis.words.findings import finding_sentence
from paribus.diagnosis.words.interventions import tested_words
from paribus.programs.view import program_view
from paribus.records.comparison import Comparison
from paribus.records.explanation import Effect, Explanation, Intervention, Kind, Symptoms, Tested
from paribus.records.program import ProgramInfo
from paribus.words.translation import in_each_language

KEYS: dict[Kind, str] = {
    "cause": "causes",
    "remedy": "remedies",
    "contributing": "contributing",
    "ruled_out": "ruled_out",
    "not_established": "not_established",
}


def explained_json(comparison: Comparison, explanation: Explanation | None) -> dict[str, Any]:
    """The comparison's object with its `explanation`, which is null where nobody asked why."""
    return {
        **comparison_json(comparison),
        "explanation": None if explanation is None else strict(explanation_json(explanation)),
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

"""Claims, saturation, and factor and cause together, as JSON: part of the object of an explanation."""

from __future__ import annotations

from typing import Any

from paribus.diagnosis.words.claims import claim_words
from paribus.diagnosis.words.interaction import interaction_section
from paribus.diagnosis.words.interventions import intervention_words
from paribus.diagnosis.words.saturation import saturation_words
from paribus.records.claims import Claim
from paribus.records.explanation import Explanation, Intervention, Saturation
from paribus.words.measure import measure_of
from paribus.words.translation import LANGUAGES, Lang, translator


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
                "text": {lang: _saturation_text(explanation, one, lang) for lang in LANGUAGES},
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
    causes = explanation.of("cause")
    removed = intervention_words(causes[0].intervention, lang) if causes else ""
    return claim_words(claim, _names(explanation, lang), removed, translator(lang))


def _saturation_text(explanation: Explanation, one: Saturation, lang: Lang) -> str:
    explained = one.arm == explanation.arm
    return " ".join(saturation_words(one, explained, lambda i: intervention_words(i, lang), translator(lang)))


def _interaction_text(explanation: Explanation, lang: Lang) -> str:
    if explanation.interaction is None or explanation.repaired is None:
        return ""
    measure, names = measure_of(explanation.program.judging, lang), _names(explanation, lang)
    return " ".join(interaction_section(explanation.interaction, explanation.repaired.factor, names, measure).sentences)

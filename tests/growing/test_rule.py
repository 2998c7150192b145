"""A finding rule is one record in one file: added here in passing, it is asked, told, and points at its change."""

from __future__ import annotations

from statistics import median

import pytest

from paribus.diagnosis.findings import findings_of
from paribus.diagnosis.findings.history import DEFINITION, History, measured
from paribus.diagnosis.findings.rule import Quantity, Rule
from paribus.diagnosis.findings.rules import RULES
from paribus.diagnosis.findings.what_to_try import to
from paribus.diagnosis.words.findings import evidence_text, finding_label, finding_sentence
from paribus.diagnosis.words.intervention_outcomes import planned_words
from paribus.programs.recipe.proposing import proposals, undoes
from paribus.programs.recipe.recipe import Recipe
from paribus.records.finding import Finding
from tests.diagnosis.traces import make_trace, stuck

ONE = 1.0


def detect(history: History) -> Finding | None:
    """Each step sees one sample."""
    sizes = [step.batch_size for step in history.steps if step.batch_size is not None]
    if not sizes or median(sizes) > ONE:
        return None
    evidence = measured("batch_size", median(sizes), ONE, DEFINITION)
    return history.finding("one_sample_a_step", history.strength, evidence)


RULE = Rule(
    name="one_sample_a_step",
    label="one sample a step",
    sentence="Each step follows the gradient of one sample.",
    detect=detect,
    quantities={"batch_size": Quantity("samples a step")},
    refuted="two samples a step or more",
    changes=(to("batch_size", 64),),
    explains=frozenset({"labels_at_chance"}),
)


def test_it_is_asked_told_and_points_at_its_change(monkeypatch: pytest.MonkeyPatch) -> None:
    trace = make_trace(output=stuck, network=lambda step: {**stuck(step), "batch_size": 1})
    before = [finding.name for finding in findings_of(trace)]
    monkeypatch.setitem(RULES, "one_sample_a_step", RULE)
    found = findings_of(trace)
    assert "labels_at_chance" in before
    assert [f.name for f in found] == ["one_sample_a_step"]
    for lang in ("en", "ko"):  # a sentence without its Korean stays English
        assert finding_label(RULE.name, lang) == RULE.label
        assert finding_sentence(found[-1], lang) == RULE.sentence
        assert "samples a step: 1" in evidence_text(found[-1].evidence[0], lang)
    recipe = Recipe(batch_size=1)
    first = proposals(recipe, found[-1:])[0]
    assert (first.changes[0].factor, first.changes[0].after, first.finding) == ("batch_size", 64, RULE.name)
    assert planned_words(first, "en") == "Batch size 1 → 64 (one sample a step)"
    assert undoes(recipe, first, RULE.name)

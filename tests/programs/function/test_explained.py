"""`paribus why` of a function: mends and fields of a known role are proposed, run, judged and kept; nothing else is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Annotated, Any

import pytest

import paribus as pb
from paribus.core.errors import FaultsError, ParibusError
from paribus.diagnosis.intervention_outcomes import Scale, judge
from paribus.diagnosis.words import intervention_outcomes as words
from paribus.diagnosis.words.explanation import explanation_headline
from paribus.diagnosis.words.explanation_json import explanation_json
from paribus.programs.function.proposing import function_proposals
from paribus.programs.function.roles import roles_of
from paribus.programs.function.signature import signature_of
from paribus.records.explanation import Explanation
from paribus.records.finding import Evidence, Finding
from paribus.records.intervention import Change, Effect, Intervention
from paribus.records.program import Fields
from paribus.runs.store import Store
from tests.programs.function.making import as_program, make, written

IDLE = {"mend.no_clip": True}

# Gradients pile up; `rate` is known by its annotation; the clipping that could be left out is not there.
LOOP = """
    from typing import Annotated
    import paribus as pb
    import torch
    import torch.nn.functional as F

    def train(seed: int, *, rate: Annotated[float, pb.role("learning_rate")] = 0.5, widget: int = 3):
        x = torch.randn(200, 6)
        y = (x[:, 0] > 0).long() + 2 * (x[:, 1] > 0).long()
        model = torch.nn.Sequential(torch.nn.Linear(6, 16), torch.nn.ReLU(), torch.nn.Linear(16, 4))
        optimizer = torch.optim.SGD(model.parameters(), rate, momentum=0.9)
        for rows in torch.randperm(200).repeat(8).split(50):
            loss = F.cross_entropy(model(x[rows]), y[rows])
            loss.backward()  # line 14
            optimizer.step()
        with torch.no_grad():
            return {"loss": float(F.cross_entropy(model(x), y))}
"""


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("explained")
    written(folder, "piled", LOOP)
    return folder


def explained(here: Path) -> Explanation:
    with pytest.MonkeyPatch.context() as patch, ThreadPoolExecutor(1) as executor:
        patch.chdir(here)
        patch.syspath_prepend(str(here))
        return pb.explain("piled:train", metric="loss:min", executor=executor, workers=1, out=here / "lab")


@pytest.fixture(scope="module")
def explanation(here: Path) -> Explanation:
    """Some twenty runs, each in a process of its own: of all this the one whole search."""
    return explained(here)


def test_the_mistake_is_the_cause_and_its_line_is_told(explanation: Explanation) -> None:
    (cause,) = explanation.of("cause")
    assert cause.intervention == mend("clear_gradients", "gradients_piled_up")
    assert cause.confirmed is not None
    assert cause.confirmed.seeds == (3, 4, 5)
    assert cause.confirmed.after < 0.5 < 1 < cause.confirmed.before
    finding = explanation.symptoms[0].findings[0]
    assert (finding.name, finding.place) == ("gradients_piled_up", "piled.py:14")
    assert {c.factor for t in explanation.tested for c in t.intervention.changes} == {"mend.clear_gradients", "rate"}
    said = explanation_headline(explanation, None, "en")
    assert "because of gradients that are not cleared" in said
    assert "clearing gradients after each step" in said
    told = explanation_json(explanation)["causes"][0]
    assert (told["factor"], told["from"], told["to"]) == ("mend.clear_gradients", None, True)


def test_what_was_mended_is_of_the_runs_record_and_identity(here: Path, explanation: Explanation) -> None:
    runs = {run.id: run for run in Store(here / "lab").runs()}
    (cause,) = explanation.of("cause")
    assert cause.confirmed is not None
    pairs = zip(cause.confirmed.runs_before, cause.confirmed.runs_after, strict=True)
    for before, after in ((runs[a], runs[b]) for a, b in pairs):
        assert after.fields == before.fields.replace(**{"mend.clear_gradients": True})
        assert after.code_identity != before.code_identity
        assert after.mended == {"mend.clear_gradients": 31}, "all but the first of 32 backward passes"
        assert (before.mended, after.idle) == ({}, False)


def test_the_same_question_makes_no_run_again(here: Path, explanation: Explanation) -> None:
    ended = {run.id: run.ended for run in Store(here / "lab").runs()}
    again = explained(here)
    assert again.tested == explanation.tested
    assert {run.id: run.ended for run in Store(here / "lab").runs()} == ended


def test_a_mend_that_is_never_met_was_not_run(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(here)
    monkeypatch.syspath_prepend(str(here))
    made = make("piled:train", here / "lab", metric="loss:min", factor="rate", values=(0.01, 0.02), fields=IDLE)
    run = made.first
    assert (run.record.mended, run.record.idle) == ({"mend.no_clip": 0}, True)


def mend(name: str, finding: str | None = None, after: Any = True) -> Intervention:
    return Intervention(changes=(Change(factor=f"mend.{name}", before=None, after=after),), finding=finding)


def test_an_idle_one_is_neither_ruled_out_nor_confirmed() -> None:
    seen = Effect(
        epochs=1, seeds=(0,), before=0.1, after=0.1, low=None, high=None, explained_before=0.1, explained_after=0.1,
        explained_low=None, trained_before=None, trained_after=None, idle=True,
    )  # fmt: skip
    (tested,) = judge([(mend("no_clip"), seen, None)], Scale(0.0))
    assert tested.kind == "not_established"
    program = as_program(lambda seed, lr=0.1: 0.0, "loss:min").info
    assert "was not run" in words.tested_words(tested, program, "en")


def found(name: str, **evidence: float) -> Finding:
    numbers = tuple(Evidence(quantity=q, value=v, threshold=1.0, source="") for q, v in evidence.items())
    return Finding(name=name, strength="strong", layers=(), first_step=0, last_step=9, evidence=numbers)


def known(
    seed: int,
    *,
    lr: float = 0.1,
    wd: float = 0.5,
    clip: float = 1.0,
    batch_size: int = 256,
    depth: int = 3,
    slow: Annotated[float, pb.role("momentum")] = 0.0,
    momentum: float = 7.0,
) -> float:
    return 0.0


def hard_coded(seed: int, *, depth: int = 3) -> float:
    return 0.0


def proposed(
    function: Any, findings: Sequence[Finding] = (), fixed: Sequence[str] = (), **set_to: Any
) -> Mapping[tuple[str, Any], str | None]:
    signature = signature_of(function, "f")
    made = function_proposals(
        signature.fields(set_to),
        findings,
        fixed,
        roles=roles_of(signature),
        defaults={name: spec.default for name, spec in signature.specifications.items()},
        mends=True,
        valid=lambda values: Fields(values),
    )
    return {(c.factor, c.after): one.finding for one in made for c in one.changes}


def test_fields_are_known_by_their_usual_names_or_by_their_annotation() -> None:
    assert roles_of(signature_of(known, "known")) == {
        "learning_rate": "lr",
        "weight_decay": "wd",
        "clip": "clip",
        "batch_size": "batch_size",
        "momentum": "slow",
    }
    assert proposed(known) == dict.fromkeys(
        [("lr", 1.0), ("lr", 0.01), ("wd", 0.0), ("mend.no_clip", True), ("slow", 0.9), ("batch_size", 64)]
    )


def test_a_field_whose_role_nobody_knows_is_at_most_set_back() -> None:
    assert proposed(known, depth=9)["depth", 3] == "off_default"
    assert [factor for factor, _ in proposed(known) if factor in ("depth", "momentum")] == []


def test_without_a_field_of_its_own_the_rate_is_changed_from_outside() -> None:
    seen = proposed(hard_coded, [found("learning_rate_too_low", update_ratio=1e-6)])
    assert seen["mend.learning_rate", 1000.0] == "learning_rate_too_low"
    assert proposed(hard_coded) == dict.fromkeys([("mend.learning_rate", 10.0), ("mend.learning_rate", 0.1)])
    assert proposed(known, fixed=("lr",)).keys().isdisjoint({("lr", 1.0), ("mend.learning_rate", 10.0)})


def test_what_a_rule_changes_in_a_recipe_is_mended() -> None:
    seen = proposed(hard_coded, [found("inputs_not_normalised"), found("batch_order"), found("collapse_to_zero")])
    assert seen["mend.standard_inputs", True] == "inputs_not_normalised"
    assert seen["mend.shuffle", True] == "batch_order"
    assert seen["mend.no_decay", True] == "collapse_to_zero"
    assert proposed(known, [found("collapse_to_zero")])["wd", 0.0] == "collapse_to_zero"


def test_what_is_no_mend_and_what_is_no_role_is_refused() -> None:
    program = as_program(known, "loss:min")
    assert program.fields({"mend.learning_rate": 0.1})["mend.learning_rate"] == 0.1
    with pytest.raises(FaultsError, match="did you mean"):
        program.fields({"mend.clear_gradient": True})
    with pytest.raises(FaultsError, match="must be true"):
        program.fields({"mend.no_clip": False})
    with pytest.raises(FaultsError, match="greater than 0"):
        program.fields({"mend.learning_rate": -1})
    with pytest.raises(ParibusError, match="did you mean learning_rate"):
        pb.role("learningrate")  # type: ignore[arg-type]

"""The rules together: silence where nothing is wrong, order, and no trace that they cannot take."""

import math
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from paribus.diagnosis.findings import findings_of, rule_of, rules
from paribus.diagnosis.findings.mistakes import MISTAKES
from paribus.diagnosis.findings.rules import RULES
from paribus.records.loop_trace import AnswersTrace, Bound, LoopTrace, LossKind, LossTrace
from paribus.records.program import Epoch
from paribus.records.trace import LayerTrace, OutputTrace, StepTrace
from tests.diagnosis.refutations import REFUTED, Told
from tests.diagnosis.traces import PRIOR, make_metrics, make_trace, stuck

ANY = st.one_of(st.none(), st.floats(), st.sampled_from([0.0, 1.0, 1e-30, 1e30]))
NUMBER = st.one_of(st.floats(), st.sampled_from([0.0, 1.0, 1e-30, 1e30]))


def _values(cls: type, fixed: tuple[str, ...] = ()) -> dict[str, st.SearchStrategy[Any]]:
    fields = cls.model_fields  # type: ignore[attr-defined]
    return {n: NUMBER if info.is_required() else ANY for n, info in fields.items() if n not in fixed}


LAYER = st.builds(LayerTrace, **_values(LayerTrace))
OUTPUT = st.builds(OutputTrace, classes=st.one_of(st.none(), st.integers(0, 100)), **_values(OutputTrace, ("classes",)))
LOSS = st.builds(
    LossTrace,
    kind=st.sampled_from(get_args(LossKind)),
    uphill=st.one_of(st.none(), st.booleans()),
    samples=st.one_of(st.none(), st.integers(0, 100)),
    dimension=st.one_of(st.none(), st.integers(0, 1)),
    given=st.sampled_from([None, *get_args(Bound)]),
    likely=st.sampled_from([None, *get_args(Bound)]),
    over=st.sampled_from([None, 1, 10]),
    bits=st.one_of(st.none(), st.booleans()),
    **_values(LossTrace, ("kind", "uphill", "samples", "dimension", "given", "likely", "over", "bits")),
)
ANSWERS = st.builds(
    AnswersTrace,
    distribution=st.booleans(),
    log=st.booleans(),
    classes=st.one_of(st.none(), st.integers(1, 100)),
    bound=st.sampled_from([None, *get_args(Bound)]),
    crossed=st.sampled_from([None, 0, 1]),
    **_values(AnswersTrace, ("distribution", "log", "classes", "bound", "crossed")),
)
SOME = st.lists(st.sampled_from("abcd"), max_size=2).map(tuple)
MAYBE = st.one_of(st.none(), st.booleans())
COUNT = st.integers(0, 100)
OF_LOOP: dict[str, st.SearchStrategy[Any]] = {
    "loss": st.one_of(st.none(), LOSS),
    "answers": st.one_of(st.none(), ANSWERS),
    "places": st.just({}),
    **dict.fromkeys(("missing", "cut", "unregistered", "squeezed"), SOME),
    **dict.fromkeys(("erased", "between", "training", "modes_matter", "others_moved", "same"), MAYBE),
    **dict.fromkeys(("updates", "backwards", "forwards", "evaluated_training", "fresh", "few"), COUNT),
}
LOOP = st.builds(LoopTrace, **OF_LOOP, **_values(LoopTrace, tuple(OF_LOOP)))
STEP = st.builds(
    StepTrace,
    step=st.integers(0, 10_000),
    layers=st.dictionaries(st.sampled_from("abcd"), LAYER, max_size=3),
    decoupled=st.one_of(st.none(), st.booleans()),
    batch_size=st.one_of(st.none(), st.integers(0, 1000)),
    output=st.one_of(st.none(), OUTPUT),
    loop=st.one_of(st.none(), LOOP),
    **_values(StepTrace, ("step", "layers", "decoupled", "batch_size", "output", "loop")),
)
NAMES = ("train_loss", "train_accuracy", "val_loss", "val_accuracy", "learning_rate")
METRICS = st.builds(
    Epoch, epoch=st.integers(1, 100), figures=st.fixed_dictionaries(dict.fromkeys(NAMES, NUMBER)), seconds=NUMBER
)


@settings(max_examples=60, deadline=None)
@given(st.lists(STEP, max_size=5), st.lists(METRICS, max_size=3))
def test_no_trace_makes_a_rule_fail(trace: list[StepTrace], metrics: list[Epoch]) -> None:
    for finding in findings_of(trace, metrics):
        assert finding.evidence
        assert finding.first_step <= finding.last_step
        rule = rule_of(finding.name)
        assert rule is not None
        assert all(e.quantity in rule.quantities for e in finding.evidence)


# Numbers on both sides of every threshold, so that rules speak often.
USUAL = st.sampled_from([0.0, 1e-9, 1e-5, 1e-3, 0.02, 0.2, 0.5, 0.9, 1.0, 2.0, 5.0, 20.0, 500.0, 1e6])


def _plain(cls: type, **more: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Traces of numbers as they may be."""
    fields = cls.model_fields  # type: ignore[attr-defined]
    taken = {n: USUAL if i.is_required() else st.one_of(st.none(), USUAL, USUAL) for n, i in fields.items()}
    return st.builds(cls, **{**taken, **more})


PLAIN_LOSS = _plain(
    LossTrace,
    kind=st.sampled_from(get_args(LossKind)),
    uphill=MAYBE,
    samples=st.sampled_from([None, 8, 50]),
    dimension=st.sampled_from([None, 0, 0, 1]),
    given=st.sampled_from([None, None, *get_args(Bound)]),
    likely=st.sampled_from([None, None, *get_args(Bound)]),
    over=st.sampled_from([None, 1, 10]),
    bits=MAYBE,
)
PLAIN_ANSWERS = _plain(
    AnswersTrace,
    distribution=st.booleans(),
    log=st.booleans(),
    classes=st.sampled_from([None, 1, 2, 10]),
    bound=st.sampled_from([None, *get_args(Bound)]),
    crossed=st.sampled_from([None, 0, 1]),
)
FEW_OF = st.sampled_from([0, 0, 1, 3, 40])
PLAIN_LOOP = _plain(
    LoopTrace,
    **{
        **OF_LOOP,
        "loss": st.one_of(st.none(), PLAIN_LOSS),
        "answers": st.one_of(st.none(), PLAIN_ANSWERS),
        **dict.fromkeys(("updates", "backwards", "forwards", "evaluated_training", "fresh", "few"), FEW_OF),
    },
)
PLAIN_STEP = _plain(
    StepTrace,
    step=st.integers(0, 200),
    layers=st.dictionaries(st.sampled_from("ab"), _plain(LayerTrace), min_size=1, max_size=2),
    decoupled=MAYBE,
    batch_size=st.sampled_from([None, 8, 64]),
    output=st.one_of(st.none(), _plain(OutputTrace, classes=st.sampled_from([None, 2, 10]))),
    loop=st.one_of(st.none(), PLAIN_LOOP),
)
PLAIN_METRICS = st.builds(
    Epoch, epoch=st.integers(1, 100), figures=st.fixed_dictionaries(dict.fromkeys(NAMES, USUAL)), seconds=USUAL
)
MANY = settings(max_examples=100, deadline=None)


def not_refuted(trace: list[StepTrace], metrics: list[Epoch]) -> None:
    for finding in findings_of(trace, metrics):
        told = Told(finding, sorted(trace, key=lambda s: s.step), sorted(metrics, key=lambda m: m.epoch))
        assert not REFUTED[finding.name](told), finding.name


@MANY
@given(st.lists(PLAIN_STEP, min_size=1, max_size=4), st.lists(PLAIN_METRICS, max_size=2))
def test_no_finding_stands_beside_a_number_that_refutes_it(trace: list[StepTrace], metrics: list[Epoch]) -> None:
    not_refuted(trace, metrics)


@settings(max_examples=100, deadline=None)
@given(st.lists(STEP, min_size=1, max_size=5), st.lists(METRICS, max_size=2))
def test_nor_where_numbers_are_not_finite(trace: list[StepTrace], metrics: list[Epoch]) -> None:
    not_refuted(trace, metrics)


def test_every_rule_has_its_refutation() -> None:
    assert set(REFUTED) == {*MISTAKES, *RULES}


def test_a_healthy_training_has_no_findings() -> None:
    metrics = make_metrics([0.8, 0.95], [0.9, 0.94], [0.6, 0.2], [0.3, 0.25])
    assert findings_of(make_trace(), metrics) == ()
    assert findings_of(make_trace(activations=False)) == ()


def test_no_trace_no_finding() -> None:
    assert findings_of([]) == ()
    assert findings_of(make_trace(steps=[0])) == ()


def test_a_trace_of_norms_alone_has_no_findings() -> None:
    """As light probes once wrote it."""
    layers = {
        "fc1": LayerTrace(weight_norm=5.0, gradient_norm=0.1),
        "fc2": LayerTrace(weight_norm=2.0, gradient_norm=0.3),
    }
    assert findings_of([StepTrace(step=step, layers=layers) for step in range(5)]) == ()


def test_the_order_of_steps_does_not_matter() -> None:
    trace = make_trace(lambda name, step: {"weight_norm": 5 * 0.9**step, "decay_pull": 0.9**step}, stuck, stuck)
    assert findings_of(trace) == findings_of(trace[::-1])
    assert findings_of(trace)[0].name == "collapse_to_zero"


def test_every_file_of_the_folder_has_a_rule_that_is_asked() -> None:
    files = {path.stem for path in Path(rules.__file__).parent.glob("*.py")} - {"__init__"}
    assert {"saturation" if name.startswith("saturation_") else name for name in RULES} == files
    assert all(name == rule.name for name, rule in RULES.items())


def test_nothing_explains_itself_in_a_round() -> None:
    every = {**MISTAKES, **RULES}
    assert len(every) == len(MISTAKES) + len(RULES)
    explains = {name: rule.explains for name, rule in every.items()}
    assert set(TopologicalSorter(explains).static_order()) <= set(every)


def test_causes_come_first_and_what_they_explain_is_left_out() -> None:
    """Constant inputs: the first layer gets no gradient and stays, the answers are constant."""

    def layer(name: str, step: int) -> dict[str, float]:
        return {"update_norm": 0.0, "gradient_norm": 0.0} if name == "first" else {}

    def network(step: int) -> dict[str, float]:
        return {"input_std": 0.0, "loss": PRIOR}

    found = findings_of(make_trace(layer, lambda step: {"loss": PRIOR, "spread": 0.0}, network))
    assert [(f.name, f.strength) for f in found] == [("inputs_constant", "strong"), ("constant_predictor", "strong")]
    without = findings_of(make_trace(layer, stuck, stuck))
    assert [(f.name, f.layers) for f in without] == [("frozen_layer", ("first",))]


def test_some_dead_units_do_not_hide_a_layer_that_is_cut_off() -> None:
    def layer(name: str, step: int) -> dict[str, float]:
        return (
            {"update_norm": 0.0, "gradient_norm": 0.0} if name == "first" else {"dead": 0.2} if name == "second" else {}
        )

    found = findings_of(make_trace(layer, lambda step: {"loss": 0.6 * PRIOR}))
    assert "frozen_layer" in [f.name for f in found]
    trained = findings_of(make_trace(layer))
    assert [(f.name, f.strength) for f in trained] == [("frozen_layer", "weak")]


@pytest.mark.parametrize("classes", [2, 100])
def test_findings_do_not_depend_on_the_number_of_classes(classes: int) -> None:
    prior = math.log(classes)

    def output(step: int) -> dict[str, float]:
        return {"loss": prior, "prior_entropy": prior, "spread": 1e-6, "classes": classes}

    def network(step: int) -> dict[str, float]:
        return {"loss": prior, "label_entropy": min(prior, math.log(64)) * 0.9}

    found = findings_of(make_trace(lambda n, s: {"dead": 1.0 if n == "second" else 0.0}, output, network))
    assert [f.name for f in found] == ["dead_units", "constant_predictor"]

"""A function's signature as fields."""

from __future__ import annotations

import enum
import json
from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np
import pytest
from annotated_types import Ge, Unit
from hypothesis import given
from hypothesis import strategies as st

from paribus.core.errors import ParibusError
from paribus.programs.function.signature import signature_of
from tests.programs.function.making import as_program


class Order(enum.Enum):
    SORTED = "sorted"
    MIXED = "mixed"


class Net:
    pass


def many(
    seed: int,
    *,
    lr: float = 1,
    decay: Annotated[float, Ge(0), Unit("per step")] = 0.0,
    layers=3,
    name: str = "net",
    wide: bool = False,
    act: Literal["relu", "gelu"] = "relu",
    widths: list[int] = [1, 2],  # noqa: B006
    shape: tuple[int, ...] = (3,),
    clip: float = None,  # type: ignore[assignment] # noqa: RUF013
    data: Path = Path("data"),
    order: Order = Order.SORTED,
    copy: int = 1,
    network: type = Net,
    bound: float = float("inf"),
    again: np.ndarray | None = None,  # type: ignore[type-arg]
    needed: int,
    **rest: Any,
) -> dict[str, float]:
    assert isinstance(data, Path)
    assert isinstance(order, Order)
    assert isinstance(shape, tuple)
    return {"x": lr}


SIGNATURE = signature_of(many, "m:many")


def test_parameters_are_fields_with_their_types_limits_and_units() -> None:
    known = SIGNATURE.specifications
    kinds = {name: spec.kind for name, spec in known.items()}
    assert kinds == {
        "lr": "number", "decay": "number", "layers": "whole", "name": "text", "wide": "switch", "act": "choice",
        "widths": "list", "shape": "list", "clip": "number", "data": "text", "order": "choice", "copy": "whole",
        "needed": "whole",
    }  # fmt: skip
    assert (known["decay"].limits, known["decay"].about.unit) == ({"at_least": 0}, "per step")
    assert (known["needed"].required, known["shape"].default, known["data"].default) == (True, (3,), "data")
    assert set(SIGNATURE.kept) == {"network", "bound", "again"}


def test_fields_are_plain_and_the_function_gets_what_it_declared() -> None:
    fields = SIGNATURE.fields({"needed": np.int64(4), "order": Order.MIXED, "data": Path("d"), "clip": 2, "lr": 1})
    assert json.loads(json.dumps(dict(fields)))["order"] == "mixed"
    assert (fields["clip"], fields["lr"], fields["shape"], fields["needed"]) == (2.0, 1.0, (3,), 4)
    named = SIGNATURE.arguments(fields)
    assert (named["order"], named["data"], named["widths"], named["shape"]) == (Order.MIXED, Path("d"), [1, 2], (3,))
    assert SIGNATURE.fields(fields) == fields


def test_nothing_is_written_none() -> None:
    assert SIGNATURE.fields({"needed": 1, "clip": "none"})["clip"] is None
    assert SIGNATURE.fields({"needed": 1, "name": "none"})["name"] == "none"


@pytest.mark.parametrize(
    ("field", "text", "value"),
    [
        ("name", "3", "3"),
        ("name", "1e-3", "1e-3"),
        ("name", "true", "true"),
        ("name", "'a,b'", "a,b"),
        ("data", "2024-01-01", "2024-01-01"),
        ("act", "gelu", "gelu"),
        ("order", "mixed", "mixed"),
        ("lr", "1e-3", 0.001),
        ("layers", "3", 3),
        ("wide", "true", True),
        ("widths", "[3, 4]", (3, 4)),
        ("clip", "none", None),
        ("clip", "2", 2.0),
    ],
)
def test_words_of_a_command_line_are_read_by_the_field_s_type(field: str, text: str, value: Any) -> None:
    program = as_program(many)
    fields = program.fields({"needed": 1, field: program.value(field, text)})
    assert fields[field] == value
    again = program.fields({"needed": 1, field: program.value(field, program.word(field, value))})
    assert again == fields
    told = program.start_words(fields, ())
    assert told[-1] == "--set=needed=1"
    assert program.start_words(fields, {"needed", field}) == []


def test_everything_that_is_wrong_is_said_at_once() -> None:
    wrong = {"lrr": 3, "lr": "x", "layers": 1.5, "wide": 1, "act": "rel", "decay": -1, "network": 3, "name": 3,
             "widths": ["a"], "order": "sort"}  # fmt: skip
    with pytest.raises(ParibusError) as caught:
        SIGNATURE.fields(wrong)
    said = str(caught.value)
    for one in (
        'unknown field "lrr"; did you mean lr?',
        'lr must be a number; got "x"',
        "layers must be a whole number; got 1.5",
        "wide must be true or false; got 1",
        'act must be one of relu, gelu; got "rel"; did you mean relu?',
        "decay must be at least 0",
        "network keeps its default",
        "name must be a text; got 3",
        'order must be one of sorted, mixed; got "sort"; did you mean sorted?',
        "needed must be given: it has no default",
    ):
        assert one in said


def positional(a, b=1, /, *c, seed): ...  # type: ignore[no-untyped-def]
def seedless(*, a: int = 1) -> dict[str, float]: ...
def foreign(seed: int, *, a: np.ndarray) -> None: ...  # type: ignore[type-arg]
def unknown(seed: int, *, a: Nowhere = 1) -> None: ...  # type: ignore[name-defined] # noqa: F821


@pytest.mark.parametrize(
    ("function", "said"),
    [
        (positional, r"a: only parameters that are given by name[\s\S]*b: only[\s\S]*\*c: only"),
        (seedless, "takes no seed"),
        (foreign, "a cannot be a field"),
        (unknown, "Nowhere"),
        ("tests.programs.function.test_fields:man", "did you mean many?"),
        ("tests.programs.function.test_field:many", "no module 'tests.programs.function.test_field'"),
        ("tests.programs.function.test_fields:Order.MIXED", "has no callable"),
    ],
)
def test_functions_that_cannot_be_used_are_refused(function: Any, said: str) -> None:
    with pytest.raises(ParibusError, match=said):
        as_program(function)


def test_who_draws_their_own_luck_says_so() -> None:
    assert as_program(seedless, unpaired=True).paired is False
    assert as_program(many).paired is True


@given(
    st.fixed_dictionaries(
        {"needed": st.integers(-(2**62), 2**62)},
        optional={
            "lr": st.floats(allow_nan=False, allow_infinity=False),
            "decay": st.floats(0, 1e300),
            "name": st.text(),
            "wide": st.booleans(),
            "act": st.sampled_from(["relu", "gelu"]),
            "widths": st.lists(st.integers(-(2**62), 2**62)),
            "clip": st.none() | st.floats(allow_nan=False, allow_infinity=False),
        },
    )
)
def test_right_values_come_through_as_they_are(values: dict[str, Any]) -> None:
    fields = SIGNATURE.fields(values)
    assert all(fields[name] == (tuple(value) if name == "widths" else value) for name, value in values.items())
    assert SIGNATURE.fields(json.loads(json.dumps(dict(fields)))) == fields


@given(
    st.dictionaries(
        st.text(max_size=5) | st.sampled_from(["lr", "name", "widths"]), st.none() | st.binary() | st.text()
    )
)
def test_any_values_are_fields_or_refused(values: dict[str, Any]) -> None:
    try:
        SIGNATURE.fields(values)
    except ParibusError as error:
        assert str(error)

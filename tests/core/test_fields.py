"""Specifications of fields: read from any pydantic model, as from a recipe."""

from typing import Annotated, Literal

import pytest
from pydantic import Field, ValidationError, create_model

from paribus.core.field_faults import faults_of
from paribus.core.fields import About, Labels, OneOf, specifications
from paribus.programs.recipe.own_code import BY_NAME
from paribus.programs.recipe.recipe import SPECIFICATIONS, Recipe

# As a function's signature would give it: fit(degree, penalty=0.1, basis="monomial", weighted=False, ...).
MODEL = create_model(
    "Fit",
    degree=(Annotated[int, Field(ge=1, lt=20)], ...),
    penalty=(Annotated[float, Field(gt=0, le=10, description="how strongly weights are pulled to zero")], 0.1),
    basis=(Literal["monomial", "chebyshev"], "monomial"),
    weighted=(bool, False),
    knots=(tuple[float, ...], (0.5,)),
    title=(str, ""),
    start=(Annotated[float, Field(allow_inf_nan=False)] | Literal["mean"], "mean"),
    solver=(
        Annotated[str, OneOf({"qr": "QR", "svd": "SVD"}), About(label="solver", used_with=("weighted", ("True",)))],
        "qr",
    ),
)


def test_a_model_says_what_its_fields_are():
    found = specifications(MODEL)
    assert {name: spec.kind for name, spec in found.items()} == {
        "degree": "whole",
        "penalty": "number",
        "basis": "choice",
        "weighted": "switch",
        "knots": "list",
        "title": "text",
        "start": "number",
        "solver": "choice",
    }
    assert found["degree"].limits == {"at_least": 1, "below": 20}
    assert found["penalty"].limits == {"above": 0, "at_most": 10}
    assert [name for name, spec in found.items() if spec.required] == ["degree"]
    assert found["penalty"].help == "how strongly weights are pulled to zero"
    assert found["penalty"].label == "penalty"  # nobody gave it another
    assert dict(found["basis"].choices) == {"monomial": "monomial", "chebyshev": "chebyshev"}
    assert dict(found["solver"].choices) == {"qr": "QR", "svd": "SVD"}
    assert found["knots"].default == (0.5,)


def test_what_is_wrong_with_any_models_fields_is_said_alike():
    with pytest.raises(ValidationError) as caught:
        MODEL.model_validate({"degree": 0, "penalty": 11, "solver": "qrr"})
    said = [str(fault) for fault in faults_of(caught.value, specifications(MODEL))]
    assert said == [
        "degree must be at least 1; got 0",
        "penalty must be at most 10.0; got 11",
        'solver must be one of qr, svd; got "qrr"; did you mean qr?',
    ]


def test_labels_are_those_of_what_the_table_holds_now():
    class Record:
        def __init__(self, label: str) -> None:
            self.label = label

    table = {"a": Record("first")}
    labels = Labels(table)
    table["b"] = Record("second")
    assert dict(labels) == {"a": "first", "b": "second"}
    assert len(labels) == 2


def test_a_recipe_s_fields_are_described_whole():
    assert list(SPECIFICATIONS) == list(Recipe.model_fields)
    spellings = [spelling for spec in SPECIFICATIONS.values() for spelling in spec.about.spellings]
    assert len(set(spellings)) == len(spellings)
    assert not set(spellings) & set(SPECIFICATIONS)
    assert [name for name, spec in SPECIFICATIONS.items() if not spec.about.factor] == ["dataset"]
    needed = [spec.about.used_with for spec in SPECIFICATIONS.values() if spec.about.used_with]
    for other, values in needed:
        own = {"package.module:name"} if other in BY_NAME else set()  # code of the user's own may stand there too
        assert set(values) < {*SPECIFICATIONS[other].choices, *own}

"""Fields, metrics and what is known of a program."""

from __future__ import annotations

import hashlib
import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from paribus.records.program import Epoch, Fields, Label, Metric, ProgramInfo

LOSS = Metric(name="loss", direction="min", label=Label(en="loss", ko="손실"))
SHARE = Metric(name="right", direction="max", unit="share", label=Label(en="right"))

numbers = st.integers(-(10**9), 10**9) | st.floats(allow_nan=False, allow_infinity=False)
scalars = st.none() | st.booleans() | numbers | st.text(max_size=8)
values = st.recursive(scalars, lambda inner: st.lists(inner, max_size=3), max_leaves=6)
many = st.dictionaries(st.text(min_size=1, max_size=6), values, max_size=5)


class _Holder(BaseModel):
    fields: Fields


@given(many)
def test_fields_are_a_plain_object_in_json_and_come_back_the_same(plain: dict[str, object]) -> None:
    fields = Fields(plain)
    text = _Holder(fields=fields).model_dump_json()
    assert json.loads(text) == {"fields": json.loads(json.dumps(plain))}
    again = _Holder.model_validate_json(text).fields
    assert again == fields
    assert hash(again) == hash(fields)
    assert again.digest() == fields.digest()
    assert list(again) == list(plain)


def test_every_field_counts_in_the_digest_and_the_order_does_not() -> None:
    fields = Fields(degree=3, widths=(2, 4))
    assert fields.digest() == Fields(widths=[2, 4], degree=3).digest()
    assert fields == Fields(widths=[2, 4], degree=3)
    assert fields == {"degree": 3, "widths": (2, 4)}
    assert len({fields.digest(), Fields(degree=3).digest(), Fields(degree=3.5, widths=(2, 4)).digest()}) == 3
    text = b'{"degree":3,"widths":[2,4]}'
    assert fields.digest() == hashlib.sha256(text).hexdigest()


def test_fields_cannot_be_changed_and_differences_name_both_values() -> None:
    fields = Fields(degree=3, ridge=0.1)
    with pytest.raises(TypeError):
        fields["degree"] = 4  # type: ignore[index]
    changed = fields.replace(ridge=0.0)
    assert (fields["ridge"], changed["ridge"]) == (0.1, 0.0)
    assert fields.differences(changed) == {"ridge": (0.1, 0.0)}
    assert fields.differences(Fields(degree=3)) == {"ridge": (0.1, None)}


def test_what_is_no_object_is_refused_as_fields() -> None:
    for text in ('{"fields": 3}', '{"fields": [1]}', '{"fields": null}'):
        with pytest.raises(ValidationError):
            _Holder.model_validate_json(text)


def test_a_metric_knows_which_way_is_better() -> None:
    assert (LOSS.text, SHARE.text) == ("loss:min", "right:max")
    assert LOSS.gain(3.0, 1.0) == 2.0
    assert SHARE.gain(0.5, 0.25) == -0.25
    assert LOSS.better(1.0, 3.0)
    assert not LOSS.better(3.0, 3.0)
    assert LOSS.better(1e300, LOSS.worst)
    assert SHARE.better(0.0, SHARE.worst)
    assert (SHARE.of_items(50).items, SHARE.of_items(50).resolution) == (50, 0.02)


def test_a_label_falls_back_on_english() -> None:
    assert (LOSS.label.text("ko"), LOSS.label.text("en"), SHARE.label.text("ko")) == ("손실", "loss", "right")
    third = Label.model_validate({"en": "loss", "eo": "perdo"})
    assert (third.text("eo"), third.text("ko")) == ("perdo", "loss")


def test_a_program_names_its_metrics_and_its_length() -> None:
    info = ProgramInfo(kind="test", name="poly", metrics=(LOSS, SHARE), steers="loss", judged="right", length="steps")
    assert (info.steering, info.judging) == (LOSS, SHARE)
    assert info.length_of(Fields(steps=7)) == 7
    assert info.model_copy(update={"length": None}).length_of(Fields(steps=7)) == 1
    with pytest.raises(KeyError):
        info.metric("accuracy")
    with pytest.raises(ValidationError):
        ProgramInfo(kind="test", name="poly", metrics=(LOSS,), steers="loss", judged="right")


def test_an_epochs_figures_keep_what_is_not_finite() -> None:
    epoch = Epoch(epoch=1, figures={"loss": math.nan, "right": math.inf}, seconds=0.5)
    again = Epoch.model_validate_json(epoch.model_dump_json())
    assert math.isnan(again.figures["loss"])
    assert again.figures["right"] == math.inf

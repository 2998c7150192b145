"""What the page asks for, read: every fault of an order is told at once."""

import pytest

from paribus.core.errors import ParibusError
from paribus.web.comparison_request import read_order

ORDER = {"factor": "activation", "values": ["sigmoid"], "seeds": 0, "settings": {"train_size": -5}}


def faults(**changes: object) -> list[str]:
    with pytest.raises(ParibusError) as raised:
        read_order(ORDER | changes, own_models=False)
    return [str(fault).split()[0] for fault in raised.value.faults]


def test_what_cannot_be_read_hides_no_other_fault() -> None:
    assert faults(epochs="x") == ["epochs", "seeds", "train_size", "a"]
    assert faults(epochs="x", seeds=6, values=["sigmoid", "relu"], settings={}) == ["epochs"]


def test_nothing_more_is_said_where_the_question_itself_cannot_be_read() -> None:
    assert faults(values=3, epochs="x") == ["values", "epochs"]


def test_code_of_somebodys_own_is_named_once() -> None:
    own = {"factor": "model", "values": ["os:system", "lenet"], "seeds": 2, "settings": {}}
    assert faults(**own) == ["model"]
    assert faults(**own, epochs="x") == ["epochs", "model"]

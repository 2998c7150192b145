"""Classes and functions as values of a field, as a notebook's cell has them."""

import functools
import inspect

import pytest

import paribus as pb
from paribus.programs.function.choices import Choosing, by_name


class One:
    value = 0.25


class Two:
    value = 0.75


def run(seed, *, model=One, scale: float = 1.0):
    return {"figure": scale * model().value + seed / 1000}


def test_classes_are_arms_by_their_names(tmp_path):
    compared = pb.compare("model", [One, Two], program=run, metric="figure", seeds=3, out=tmp_path, workers=1)
    assert [arm.name for arm in compared.comparison.arms] == ["One", "Two"]
    assert [run.figures["figure"] for run in compared.comparison.arms[1].runs] == [0.75, 0.751, 0.752]
    again = pb.compare("model", [One, Two], program=run, metric="figure", seeds=3, out=tmp_path, workers=1)
    assert again.comparison.id == compared.comparison.id


def test_the_signature_has_the_names_as_choices():
    program, values = by_name(run, "model", [One, Two])
    assert values == ["One", "Two"]
    assert inspect.signature(program).parameters["model"].default == "One"
    assert program(2, model="Two") == {"figure": 0.752}


def test_what_are_no_classes_stays_as_it_is():
    for given in ((run, "scale", [1.0, 2.0]), ("module:run", "model", [One, Two]), (None, "activation", ["a", "b"])):
        assert by_name(*given) == (given[0], given[2])


def test_two_of_one_name_are_refused():
    with pytest.raises(pb.ParibusError, match="need different names"):
        by_name(run, "model", [One, functools.partial(One), functools.partial(Two)])


def test_its_name_is_the_functions():
    from paribus.programs.function.function_pickle import name_of

    assert name_of(Choosing(run, "model", {})).endswith(":run")

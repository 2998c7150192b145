"""Faults gathered from several checks are said at once; what is no user's mistake is not held back."""

import pytest

from paribus.core.errors import ComparisonError, ErrorCollector, Fault, FaultsError, ParibusError, nearest, shown


def test_nothing_wrong_is_nothing_raised():
    errors = ErrorCollector("the plan")
    with errors:
        pass
    errors.raise_all()


def test_one_error_stays_what_it_is():
    errors = ErrorCollector("the plan")
    error = ComparisonError("the arms must differ")
    with errors:
        raise error
    with pytest.raises(ComparisonError) as caught:
        errors.raise_all()
    assert caught.value is error


def test_faults_of_several_errors_are_one_list_without_repeats():
    errors = ErrorCollector("the plan")
    seeds = Fault("seeds must be at least 1", 0)
    widths = Fault("dense_widths must be whole numbers", [0])  # a value without a hash
    for error in (FaultsError("a", [seeds, widths]), FaultsError("b", [seeds])):
        with errors:
            raise error
    with errors:
        raise ParibusError("nothing was started")
    with pytest.raises(FaultsError) as caught:
        errors.raise_all()
    assert str(caught.value).splitlines() == [
        "the plan has 3 faults:",
        "  - seeds must be at least 1; got 0",
        "  - dense_widths must be whole numbers; got [0]",
        "  - nothing was started",
    ]


@pytest.mark.parametrize("error", [ValueError("a bug"), KeyboardInterrupt()])
def test_what_is_no_users_mistake_passes(error):
    errors = ErrorCollector("the plan")
    with pytest.raises(type(error)), errors:
        raise error


def test_values_are_shown_as_one_short_line():
    assert shown("a\nb") == '"a\\nb"'
    assert shown([1, 2.5, True]) == "[1, 2.5, true]"
    assert shown({1, 2}) == "{1, 2}"
    assert len(shown("x" * 1000)) == 80


def test_the_nearest_name_is_offered_only_where_one_is_near():
    assert str(nearest("activatoin", ["activation", "pooling"])) == "did you mean activation?"
    assert nearest("zzz", ["activation", "pooling"]) is None

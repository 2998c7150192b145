"""Predictions are chances, and their score is Brier's."""

import pytest

import paribus as pb
from paribus.core.errors import ParibusError


def test_the_score_is_that_of_briers_paper():
    """Brier 1950, sec. 3: two classes, chances of 0.7 and 0.3; by hand, (0.7 - 1)² + 0.3² = 0.18."""
    made = pb.lesson.predict({"rain": 0.7, "no rain": 0.3}, by=3, because="clouds")
    assert made.brier("rain") == pytest.approx(0.18)
    assert made.brier("no rain") == pytest.approx(0.98)
    assert pb.lesson.predict({"a": 1, "b": 0}).brier("a") == 0
    assert pb.lesson.predict({"a": 1, "b": 0}).brier("b") == 2


@pytest.mark.parametrize("chances", [{"a": 0.5, "b": 0.6}, {"a": 1.5, "b": -0.5}, {"a": 1}, {"a": "1", "b": 0}])
def test_what_are_no_chances_is_refused(chances):
    with pytest.raises(pb.ParibusError, match="must add up to 1"):
        pb.lesson.predict(chances)


def test_an_outcome_without_a_chance_is_refused():
    with pytest.raises(pb.ParibusError, match="must be one of"):
        pb.lesson.scores("c", one=pb.lesson.predict({"a": 0.5, "b": 0.5}))


def test_scores_show_themselves_in_both_languages():
    before, after = (pb.lesson.predict({"a": p, "<b>": 1 - p}) for p in (0.5, 1))
    scored = pb.lesson.scores("a", before=before, after=after)
    assert scored.brier == {"before": pytest.approx(0.5), "after": 0}
    assert "before   0.50   0.500" in str(scored)
    assert pb.lesson.scores("a", lang="ko", before=before)._repr_html_().startswith('<div lang="ko">')
    assert "<b>" not in pb.lesson.scores("<b>", before=before)._repr_html_()


def test_who_gave_neither_no_chance_expected_it_with_none():
    assert pb.lesson.predict({"a": 0.8, "b": 0.2}).brier("neither") == pytest.approx(0.64 + 0.04 + 1)
    assert "0.00" in str(pb.lesson.scores("neither", before=pb.lesson.predict({"a": 0.8, "b": 0.2})))


@pytest.mark.parametrize("blank", [{"by": ...}, {"because": ...}])
def test_a_blank_that_is_left_is_named_at_once(blank):
    with pytest.raises(ParibusError, match="a blank is left: " + next(iter(blank))):
        pb.lesson.predict({"a": 0.8, "b": 0.2}, **blank)

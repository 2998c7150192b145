"""Practise why: cases show their run and not what was spoilt; what is said of them is checked, scored and answered."""

from __future__ import annotations

import re

import pytest

import paribus as pb
from paribus.core.errors import ParibusError
from paribus.lesson.cases import CAUSES, SIZE, START, TWELVE
from paribus.lesson.practising import KINDS


def test_each_case_is_spoilt_in_one_field_that_may_be():
    sound = pb.recipe(START, **SIZE)
    for spoilt in TWELVE:
        before, after = pb.recipe(START, **SIZE, **spoilt.sound), pb.recipe(START, **spoilt.settings)
        assert list(before.differences(after)) == [spoilt.field]
        assert spoilt.field in CAUSES
        assert {"activation", "optimizer", "learning_rate"} >= set(sound.differences(before))
    assert len(TWELVE) == 12
    assert len({(spoilt.field, spoilt.value) for spoilt in TWELVE}) == 12


@pytest.fixture(scope="module")
def case(tmp_path_factory):
    return pb.lesson.case(6, out=tmp_path_factory.mktemp("practice") / "lab", lang="ko")


def test_a_case_shows_its_run_and_not_what_was_spoilt(case):
    shown = case._repr_html_()
    assert shown.count("<svg") == len(KINDS)
    seen = re.sub(r"<[^>]*>", " ", shown)
    assert "zeros" not in seen
    assert "initialisation" not in seen
    assert "초기화" not in seen
    assert "zeros" not in f"{case} {case!r} {vars(case.figure('signal'))}"
    assert "ReLU" in str(case)
    with pytest.raises(ParibusError, match="kind must be one of curves"):
        case.figure("nothing")


@pytest.mark.slow
def test_a_case_is_answered_and_the_prediction_scored(case):
    found = case.reveal(pb.lesson.predict({"initialisation": 0.75, "dropout": 0.25}))
    assert (found.outcome, found.named) == ("initialisation", "initialisation")
    assert found.score == pytest.approx(0.25**2 + 0.25**2)
    assert set(found.prediction.chances) == set(CAUSES)
    assert found.prediction.brier("bias_value") == pytest.approx(1 + 0.75**2 + 0.25**2)
    for shown in (str(found), found._repr_html_()):
        assert "initialisation = zeros" in shown
        assert "0.125" in shown


def test_only_a_prediction_of_the_causes_that_may_be_is_answered(case):
    for said in ({"dropout": 1.0}, pb.lesson.predict({"drop": 0.5, "dropout": 0.5})):
        with pytest.raises(ParibusError, match="[Cc]ase 6"):
            case.reveal(said)
    for number in (-1, 13, True, "1"):
        with pytest.raises(ParibusError, match="from 0 to 12"):
            pb.lesson.case(number)


def sure(**chances):
    return pb.lesson.predict({**chances, "dropout": 1 - sum(chances.values())}, because="it shows")


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ([sure(init_gain=0.5)], "must be a dictionary"),
        ({13: sure(init_gain=0.5)}, "no case 13"),
        ({1: {"dropout": 1.0}}, "must come from pb.lesson.predict"),
        ({1: sure(gain=0.5)}, "must be one of label_noise"),
        ({1: pb.lesson.predict({"dropout": 0.5, "init_gain": 0.5}, because=" ")}, "no reason"),
        ({n: sure(init_gain=0.5) for n in range(1, 6)}, "at least 6"),
    ],
)
def test_what_is_said_of_the_cases_is_checked_before_it_is_answered(said, told):
    found = pb.lesson.check("said", said)
    assert told in found.faults[0]
    assert pb.lesson.check("said", said, lang="ko").faults[0] != found.faults[0]


def test_who_is_wrong_with_good_reasons_passes_the_check():
    assert pb.lesson.check("said", {n: sure(init_gain=0.5) for n in range(1, 7)}).ok


def test_the_causes_are_listed_with_their_meaning_in_both_languages():
    for lang in ("en", "ko"):
        shown = str(pb.lesson.causes(lang))
        assert [line.split()[0] for line in shown.splitlines()] == list(CAUSES)
    assert "가중치 감쇠" in pb.lesson.causes("ko")._repr_html_()

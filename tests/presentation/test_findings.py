from typing import get_args

import pytest

from paribus.presentation.findings import (
    FINDINGS,
    QUANTITIES,
    STRENGTHS,
    evidence_text,
    finding_label,
    finding_sentence,
    strength_label,
)
from paribus.presentation.translation import LANGUAGES, Lang
from paribus.values.findings import Evidence, Finding, FindingName, Quantity, Strength

BALANCE = Evidence(quantity="force_balance", value=23.4567, threshold=1.0, source="Loshchilov and Hutter 2019, sec. 2")


def make_finding(name: FindingName, *layers: str) -> Finding:
    return Finding(name=name, strength="strong", layers=layers, first_step=0, last_step=9, evidence=(BALANCE,))


def test_every_finding_strength_and_quantity_has_words() -> None:
    assert set(FINDINGS) == set(get_args(FindingName))
    assert set(STRENGTHS) == set(get_args(Strength))
    assert set(QUANTITIES) == set(get_args(Quantity))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_words_differ_and_are_whole_sentences(lang: Lang) -> None:
    names: tuple[FindingName, ...] = get_args(FindingName)
    assert len({finding_label(name, lang) for name in names}) == len(names)
    sentences = [finding_sentence(make_finding(name, "conv1"), lang) for name in names]
    assert len(set(sentences)) == len(names)
    assert all(sentence.endswith(".") and "{" not in sentence for sentence in sentences)


def test_a_sentence_names_the_layers() -> None:
    finding = make_finding("collapse_to_zero", "conv1", "conv2", "fc1")
    assert finding_sentence(finding, "en") == (
        "Weight decay outweighs the data gradient, and the weights of conv1, conv2 and fc1 shrink towards zero."
    )
    assert "conv1, conv2와 fc1의 가중치가 0으로" in finding_sentence(finding, "ko")


def test_many_layers_are_not_all_named() -> None:
    finding = make_finding("frozen_layer", *(f"fc{i}" for i in range(1, 10)))
    assert finding_sentence(finding, "en") == "No update changes the weights of fc1, fc2, fc3 and 6 more."
    assert "fc1, fc2, fc3 외 6개 층의" in finding_sentence(finding, "ko")


def test_a_users_layer_name_is_inert() -> None:
    assert "\x1b" not in finding_sentence(make_finding("dead_units", "block\x1b[2J"), "en")


def test_evidence_has_its_threshold_and_source() -> None:
    assert evidence_text(BALANCE, "en") == (
        "pull of decay over the data gradient: 23.5 (threshold 1; Loshchilov and Hutter 2019, sec. 2)"
    )
    assert evidence_text(BALANCE, "ko").startswith("데이터의 기울기에 대한 감쇠의 당김: 23.5 (기준 1; ")
    endless = Evidence(quantity="loss_spike", value=float("inf"), threshold=2.0, source="by definition")
    assert evidence_text(endless, "ko").endswith("정의에 따름)")


def test_strengths_have_names() -> None:
    assert [strength_label(s, "ko") for s in ("weak", "moderate", "strong")] == ["약함", "보통", "강함"]

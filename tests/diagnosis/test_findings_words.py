from typing import get_args

import pytest

from paribus.diagnosis.findings.mistakes import MISTAKES
from paribus.diagnosis.findings.rules import RULES
from paribus.diagnosis.words.findings import STRENGTHS, evidence_text, finding_label, finding_sentence, strength_label
from paribus.records.finding import Evidence, Finding, Strength
from paribus.words.translation import LANGUAGES, Lang

BALANCE = Evidence(quantity="force_balance", value=23.4567, threshold=1.0, source="Loshchilov and Hutter 2019, sec. 2")


def make_finding(name: str, *layers: str) -> Finding:
    return Finding(name=name, strength="strong", layers=layers, first_step=0, last_step=9, evidence=(BALANCE,))


def test_every_finding_strength_and_quantity_has_words() -> None:
    assert set(STRENGTHS) == set(get_args(Strength))
    words: dict[str, set[str]] = {}
    for rule in (*RULES.values(), *MISTAKES.values()):
        assert all((rule.label, rule.sentence, rule.refuted, rule.quantities, rule.changes or rule.advice)), rule.name
        for name, quantity in rule.quantities.items():
            words.setdefault(name, set()).add(quantity.label)
    assert len(words) >= 30
    assert all(len(labels) == 1 for labels in words.values()), "one name for what is measured, whichever rule does it"


def test_what_no_rule_says_any_more_keeps_its_name() -> None:
    """A store may be of a later version, or of anybody."""
    finding = make_finding("of_tomorrow\x1b[2J")
    assert finding_label(finding.name, "ko") == finding_sentence(finding, "en") == "of_tomorrow�[2J"
    evidence = BALANCE.model_copy(update={"quantity": "pull\n"})
    assert evidence_text(evidence, "en").startswith("pull: 23.5")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_words_differ_and_are_whole_sentences(lang: Lang) -> None:
    names = (*RULES, *MISTAKES)
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
        "pull of decay over the data gradient: 23.5× (threshold 1×; Loshchilov and Hutter 2019, sec. 2)"
    )
    assert evidence_text(BALANCE, "ko").startswith("데이터 기울기와 비교해 가중치 감쇠가 당기는 힘: 23.5배 (기준 1배; ")
    shrunk = Evidence(quantity="weights_left", value=4.17e-5, threshold=0.01, source="python benchmarks/findings.py")
    assert evidence_text(shrunk, "en") == "norm of the weights over their first: 0.00417 % (threshold 1 %; measured)"
    assert evidence_text(shrunk, "ko") == "처음과 비교한 가중치 크기: 0.00417% (기준 1%; 실측)"
    large = BALANCE.model_copy(update={"value": 1331.4})
    assert evidence_text(large, "ko").startswith("데이터 기울기와 비교해 가중치 감쇠가 당기는 힘: 1,330배")
    endless = Evidence(quantity="loss_spike", value=float("inf"), threshold=2.0, source="by definition")
    assert evidence_text(endless, "ko").endswith("정의에 따름)")


def test_strengths_have_names() -> None:
    assert [strength_label(s, "ko") for s in ("weak", "moderate", "strong")] == ["약함", "보통", "강함"]

"""Faults in Korean: every rule that the page can meet is translated, and no part of it gets lost."""

from __future__ import annotations

import pytest

from paribus.comparison.compare import design_for
from paribus.comparison.margin import check_margin
from paribus.core.errors import Fault, ParibusError, nearest
from paribus.core.messages import Message
from paribus.programs.recipe.recipe import FIELDS, LESSON
from paribus.words.errors import PARTS, TERMS, message_words
from paribus.words.translation import translator
from tests.page.hostile import NAMES


def rules_of(factor, values, **settings) -> list[Message]:
    with pytest.raises(ParibusError) as caught:
        design_for(factor, values, "lesson", settings, settings.pop("seeds", 1), None, False)
    return [fault.message for fault in caught.value.faults]


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("value", [None, -1, 2.5, "", "nonsense", [], [0], True, 1e300, "x" * 5000], ids=str)
def test_whatever_is_wrong_with_a_field_is_said_in_korean(field, value):
    try:
        LESSON.with_field(field, value)
    except ParibusError as error:
        for fault in error.faults:
            said = message_words(fault.rule, "ko")
            assert said != str(fault.rule)
            assert any("가" <= letter <= "힣" for letter in said)
            assert fault.field == field


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        (lambda: rules_of("activation", ["relu", "relu"]), "활성화 함수에 같은 값이 두 번 있습니다"),
        (lambda: rules_of("activation", ["relu"]), "요인에는 값이 2~20개 필요합니다"),
        (lambda: rules_of("activation", []), "요인에는 값이 둘 이상 필요합니다"),
        (lambda: rules_of("actvation", [1, 2]), "혹시 activation입니까?"),
        (lambda: rules_of("momentum", [0.0, 0.9]), "옵티마이저가 sgd 또는 rmsprop일 때만 쓰입니다"),
        (lambda: rules_of("step_factor", [0.1, 0.5]), "학습률 스케줄이 step일 때만 쓰입니다"),
        (lambda: rules_of("dataset", ["mnist", "kmnist"]), "모두 같은 데이터셋을 써야 합니다"),
        (lambda: rules_of("activation", ["relu", "tanh"], seeds=0), "시드 수는 1 이상이어야 합니다"),
    ],
)
def test_what_is_wrong_with_a_comparison_is_said_in_korean(rules, said):
    found = [message_words(rule, "ko") for rule in rules()]
    assert any(said in words for words in found), found


def test_a_margin_is_said_in_korean():
    with pytest.raises(ParibusError) as caught:
        check_margin(0)
    (fault,) = caught.value.faults
    said = "사실상 같다고 볼 차이는 0보다 크고 100퍼센트포인트 이하여야 합니다"
    assert message_words(fault.rule, "ko") == said


@pytest.mark.parametrize("name", [*PARTS.values(), *TERMS])
def test_names_of_things_are_translated(name):
    assert translator("ko").text(name) != name


@pytest.mark.parametrize("name", NAMES, ids=range(len(NAMES)))
def test_hostile_names_pass_through_as_they_are(name):
    assert message_words(Message(name), "ko") == name
    assert name in message_words(Message("{path}: missing", path=name), "ko")
    assert message_words(Fault("unknown field {name!q}", name=name, hint=nearest("epoch", ["epochs"])).message, "ko")

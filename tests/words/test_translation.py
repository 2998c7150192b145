import pytest

from paribus.core.errors import ParibusError
from paribus.words.translation import language_from_locale, translator


@pytest.mark.parametrize(
    ("env", "lang"),
    [
        ({}, "en"),
        ({"LANG": "ko_KR.UTF-8"}, "ko"),
        ({"LANG": "en_GB.UTF-8"}, "en"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({"LANG": "C"}, "en"),
        ({"LC_ALL": "C", "LANG": "ko_KR.UTF-8"}, "en"),  # LC_ALL wins
        ({"LC_ALL": "", "LC_MESSAGES": "ko_KR", "LANG": "en_US"}, "ko"),  # empty counts as unset
        ({"LC_MESSAGES": "en_US.UTF-8", "LANG": "ko_KR.UTF-8"}, "en"),
        ({"LANGUAGE": "de:ko:en", "LANG": "de_DE.UTF-8"}, "ko"),  # the first that there is
        ({"LANGUAGE": "ko", "LANG": "C.UTF-8"}, "en"),  # as GNU gettext: not in the C locale
        ({"LANG": "ko_KR@test"}, "ko"),
        ({"LANG": "kok_IN.UTF-8"}, "en"),  # Konkani is not Korean
    ],
)
def test_the_language_is_found_as_gettext_finds_it(env: dict[str, str], lang: str) -> None:
    assert language_from_locale(env) == lang


def test_an_unknown_language_is_refused_with_the_choices() -> None:
    with pytest.raises(ParibusError, match='lang must be one of en, ko; got "fr"'):
        translator("fr")


def test_placeholders_and_particles() -> None:
    korean = translator("ko")
    assert korean.text("{most} and {last}", most="활성화 함수", last="학습률") == "활성화 함수와 학습률"
    assert korean.join(["a", "모델", "학습률"]) == "a, 모델과 학습률"
    assert translator("en").join(["a", "b", "c"]) == "a, b and c"
    assert translator("en").join(["a"]) == "a"
    assert translator("en").join([]) == ""


def test_plurals() -> None:
    english, korean = translator("en"), translator("ko")
    assert english.plural("{n} run", "{n} runs", 1) == "1 run"
    assert english.plural("{n} run", "{n} runs", 2) == "2 runs"
    assert korean.plural("{n} run", "{n} runs", 1) == "실행 1번"


def test_braces_in_a_value_stay_as_they_are() -> None:
    assert translator("en").text("{n} of {total} runs", n="{total}", total="{n.__class__}") == (
        "{total} of {n.__class__} runs"
    )


def test_a_sentence_begins_with_a_name_as_sentences_begin() -> None:
    english, korean = translator("en"), translator("ko")
    tanh, own = (english.name_of_arm("x", "activation", "tanh"), english.name_of_arm("mine.toml", "recipe", None))
    assert english.text("{most} and {last}", most=tanh, last=tanh) == "Tanh and tanh"
    assert english.text("{most} and {last}", most=own, last=tanh) == "mine.toml and tanh"
    assert korean.text("{most} and {last}", most=tanh, last="ReLU") == "Tanh와 ReLU"
    assert english.text("{n} of {total} runs", n=1, total=tanh) == "1 of tanh runs"

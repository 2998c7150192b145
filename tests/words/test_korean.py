import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paribus.words.korean import PARTICLES, final, particle

SYLLABLES = st.characters(min_codepoint=ord("가"), max_codepoint=ord("힣"))


@given(st.text(SYLLABLES, min_size=1))
def test_a_hangul_words_final_is_the_one_that_unicode_decomposes_it_into(word: str) -> None:
    jamo = unicodedata.normalize("NFD", word[-1])
    expected = ord(jamo[2]) - 0x11A7 if len(jamo) == 3 else 0
    assert final(word) == expected


@pytest.mark.parametrize(
    ("word", "topic", "subject", "object_", "with_", "to"),
    [
        ("시그모이드", "는", "가", "를", "와", "로"),
        ("평균 풀링", "은", "이", "을", "과", "으로"),
        ("학습률", "은", "이", "을", "과", "로"),  # ㄹ takes 로
        ("가중치 감쇠", "는", "가", "를", "와", "로"),
        ("ReLU", "는", "가", "를", "와", "로"),  # 렐루
        ("Leaky ReLU", "는", "가", "를", "와", "로"),
        ("SELU", "는", "가", "를", "와", "로"),
        ("SiLU", "는", "가", "를", "와", "로"),
        ("tanh", "는", "가", "를", "와", "로"),  # 하이퍼볼릭 탄젠트
        ("Adam", "은", "이", "을", "과", "으로"),  # 아담
        ("AdamW", "는", "가", "를", "와", "로"),  # 아담더블유
        ("SGD", "는", "가", "를", "와", "로"),  # 에스지디
        ("RMSprop", "은", "이", "을", "과", "으로"),  # 알엠에스프롭
        ("MNIST", "는", "가", "를", "와", "로"),  # 엠니스트
        ("LeNet", "은", "이", "을", "과", "으로"),  # 르넷
        ("model", "은", "이", "을", "과", "로"),  # 모델
        ("RNN", "은", "이", "을", "과", "으로"),  # 알엔엔
        ("cosine", "은", "이", "을", "과", "으로"),  # 코사인
        ("none", "은", "이", "을", "과", "으로"),  # 넌
        ("tune", "은", "이", "을", "과", "으로"),  # 튠
        ("baseline", "은", "이", "을", "과", "으로"),  # 베이스라인
        ("runtime", "은", "이", "을", "과", "으로"),  # 런타임
        ("prototype", "은", "이", "을", "과", "으로"),  # 프로토타입
        ("cosine_schedule", "은", "이", "을", "과", "로"),  # 스케줄
        ("notebook", "은", "이", "을", "과", "으로"),  # 노트북
        ("mode", "는", "가", "를", "와", "로"),  # 모드
        ("learning rate", "는", "가", "를", "와", "로"),  # 레이트
        ("core", "는", "가", "를", "와", "로"),  # 코어
        ("acme", "는", "가", "를", "와", "로"),  # 애크미
        ("VGG", "는", "가", "를", "와", "로"),
        ("가중치 감쇠 0.1", "은", "이", "을", "과", "로"),  # 영점일
        ("0.001", "은", "이", "을", "과", "로"),
        ("0.05", "는", "가", "를", "와", "로"),  # 오
        ("3", "은", "이", "을", "과", "으로"),  # 삼
        ("6", "은", "이", "을", "과", "으로"),  # 육
        ("0", "은", "이", "을", "과", "으로"),  # 영
        ("10", "은", "이", "을", "과", "으로"),  # 십
        ("1,000", "은", "이", "을", "과", "으로"),  # 천
        ("100000000", "은", "이", "을", "과", "으로"),  # 억
        ("1e-4", "는", "가", "를", "와", "로"),  # 사
        ("92.1%", "는", "가", "를", "와", "로"),  # 퍼센트
        ("[120, 84]", "는", "가", "를", "와", "로"),  # 사
        ('"초기화"', "는", "가", "를", "와", "로"),
        ("", "는", "가", "를", "와", "로"),
        ("★", "는", "가", "를", "와", "로"),
    ],
)
def test_particles(word: str, topic: str, subject: str, object_: str, with_: str, to: str) -> None:
    found = tuple(particle(word, form) for form in ("은", "이", "을", "과", "으로"))
    assert found == (topic, subject, object_, with_, to)


@given(st.text(), st.sampled_from(sorted(PARTICLES)))
def test_any_word_gets_one_of_both_forms(word: str, form: str) -> None:
    assert particle(word, form) in (form, PARTICLES[form])

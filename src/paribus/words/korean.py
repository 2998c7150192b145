"""Korean particles: which of 은/는, 이/가, 을/를, 과/와 or 으로/로 follows depends on how a word ends in speech.

Names come from recipes, so they may be Hangul, Latin letters or numbers. `{arm:은}` in a Korean message asks for the
word with the right particle; `particle` decides it.
"""

from __future__ import annotations

import re

# The form after a consonant -> the form after a vowel. `으로` is special: after ㄹ it is `로` as well.
PARTICLES: dict[str, str] = {
    "은": "는",
    "이": "가",
    "을": "를",
    "과": "와",
    "으로": "로",
    "이라": "라",
}

_GLOSS = re.compile(r"(?<=[가-힣])\([^()]*\)$")
# A silent e after a vowel and n or m: 넌, 튠, 본, 타임, 프로그램. Not acne, acme: 애크니, 애크미.
_SILENT = re.compile(r"[aeiouyrgn](n)e|[aeiouym](m)e")
_RIEUL = 8  # index of ㄹ among the 28 finals of a Hangul syllable

# Digits are read in Sino-Korean (영 일 이 삼 ...). The value is the final of the last syllable, 0 for none.
_DIGIT_FINALS = {"0": 21, "1": 8, "2": 0, "3": 16, "4": 0, "5": 0, "6": 1, "7": 8, "8": 8, "9": 0}
# A single Latin letter, or an all-capital abbreviation, is spelled out: 엘, 엠, 엔, 알 end in a consonant.
_LETTER_FINALS = {"L": 8, "M": 16, "N": 4, "R": 8}


def final(word: str) -> int:
    """The final consonant of a word's last syllable as it is said: 0 for a vowel, else 1 to 27 (8 is ㄹ).

    Hangul is exact; digits are read in Sino-Korean; Latin words follow the sounds of their last
    letters. Closing brackets, quotes and a percent sign are looked past or read aloud. A gloss in
    brackets after Hangul, as in 학습률(learning_rate), is not spoken.
    """
    spoken = _GLOSS.sub("", word).rstrip("\"'”’)]}»>.,;:!? ")
    if not spoken:
        return 0
    last = spoken[-1]
    if "가" <= last <= "힣":
        return (ord(last) - ord("가")) % 28
    if last.isdecimal() and last.isascii():
        return _number_final(spoken)
    if last == "%":
        return 0  # 퍼센트
    return _latin_final(spoken)


def _number_final(text: str) -> int:
    text = text.replace(",", "")
    digits = text[len(text.rstrip("0123456789")) :]
    whole = not text[: -len(digits)].endswith(".")
    zeros = len(digits) - len(digits.rstrip("0"))
    if whole and digits.strip("0") and zeros:
        # 십 ㅂ, 백 ㄱ, 천 ㄴ, 만 ㄴ, 십만 ㄴ, ... 억 ㄱ: the unit is what is said last.
        return {1: 17, 2: 1, 3: 4}.get(zeros, 4 if zeros < 8 else 1)
    return _DIGIT_FINALS[digits[-1]]


def _latin_final(text: str) -> int:
    start = len(text)
    while start and text[start - 1].isascii() and text[start - 1].isalpha():
        start -= 1
    word = text[start:]
    if not word:
        return 0
    if len(word) == 1 or word.isupper():
        return _LETTER_FINALS.get(word[-1].upper(), 0)
    lower = word.lower()
    for ending, value in (("ng", 21), ("le", 8), ("l", 8), ("m", 16), ("n", 4), ("type", 17), ("ook", 1)):
        if lower.endswith(ending):
            return value
    if silent := _SILENT.fullmatch(lower[-3:]):
        return 4 if silent[1] else 16
    # 스텝, 넷, 블록: a short vowel before a last k, p, b or t is closed by it; after a long one, 으 is added.
    short = len(lower) > 2 and lower[-2] in "aeiou" and lower[-3] not in "aeiou"
    if short or lower.endswith("ck"):
        return {"k": 1, "p": 17, "b": 17, "t": 19}.get(lower[-1], 0)
    return 0


def particle(word: str, form: str) -> str:
    """The particle that follows `word`; `form` is its spelling after a consonant, one of `PARTICLES`."""
    ending = final(word)
    if ending == 0 or (form == "으로" and ending == _RIEUL):
        return PARTICLES[form]
    return form

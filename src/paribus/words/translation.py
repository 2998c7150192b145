"""What is said in one language: gettext's translations of the English message ids, numbers, and names of things.

`tools/compile_messages.py` collects the ids (`text`, `plural` and `mark` calls) and compiles the catalogue.
"""

from __future__ import annotations

import gettext
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

from paribus.core.errors import ParibusError, closest
from paribus.core.messages import Message, Phrasing, mark
from paribus.programs.fields import known_fields
from paribus.records.program import Label
from paribus.records.run import Status
from paribus.words.korean import PARTICLES, particle
from paribus.words.labels import STATUS_LABELS, Name, capitalised, led, own_arm_name, own_name, plain_value, value_names
from paribus.words.languages import DOMAIN, LANGUAGES, LOCALE, SOURCE, Lang, language_from_locale
from paribus.words.numbers import percentage
from paribus.words.safe_text import one_line

__all__ = [
    "LANGUAGES",
    "SOURCE",
    "Lang",
    "Words",
    "field_called",
    "in_each_language",
    "language_from_locale",
    "mark",
    "translator",
]


class Words(Phrasing):
    """Everything that is said in one language: sentences, numbers with their signs, what people call things.

    Whatever differs from language to language is a message, so a language is its catalogue and nothing else.

    Besides what messages may ask for, a Korean one asks for `{word:은}`: the word with the particle that suits it.
    """

    def __init__(self, lang: Lang) -> None:
        self.lang: Lang = lang
        self._catalogue = (
            gettext.NullTranslations() if lang == SOURCE else gettext.translation(DOMAIN, LOCALE, languages=[lang])
        )

    def say(self, message: Message) -> str:
        """A message in this language; in English where there is no translation."""
        return self.filled(self._catalogue.gettext(message.id), message.values)

    def filled(self, sentence: str, values: Mapping[str, Any]) -> str:
        """The sentence with its places filled; a name that it begins with, as a sentence begins with it."""
        said = super().filled(sentence, values)
        first = values.get(next(iter(self.parse(sentence)))[1] or "") if values and sentence.startswith("{") else None
        return own_name(first.initial + said[len(first) :]) if isinstance(first, Name) else said

    def text(self, msgid: str, /, **values: object) -> str:
        """The message in this language with its `{placeholders}` filled in."""
        return self.filled(self._catalogue.gettext(msgid), values)

    def plural(self, one: str, many: str, n: int, /, **values: object) -> str:
        """The message for `n` things; `{n}` is given."""
        return self.filled(self._catalogue.ngettext(one, many, n), {"n": n, **values})

    def format_field(self, value: Any, format_spec: str) -> str:
        """A place, and after it the particle that its format asks for: `{count:,이}`."""
        asked = next((form for form in PARTICLES if format_spec.endswith(form)), None)
        if asked is None:
            return super().format_field(value, format_spec)
        text = super().format_field(value, format_spec.removesuffix(asked))
        return text + particle(text, asked)

    def join(self, names: Sequence[str]) -> str:
        """A list in a sentence: `a, b and c`."""
        if len(names) < 2:
            return names[0] if names else ""
        said = self.text("{most} and {last}", most=", ".join(names[:-1]), last=names[-1])
        return led(names[0], said)

    @property
    def percent_sign(self) -> str:
        """What follows a number in per cent: ` %`, in Korean `%`."""
        return self.text(" %")

    def percent(self, value: float | None, places: int = 1) -> str:
        """A fraction as a percentage, `92.1 %`. What is short of 100 % is not rounded up to it, nor 0 % down to it."""
        number = percentage(value, places)
        return "–" if number is None else number + self.percent_sign

    def level(self, level: float) -> str:
        """A confidence level: `95 %`, `98.3 %`."""
        return f"{round(100 * level, 1):g}{self.percent_sign}"

    def duration(self, seconds: float) -> str:
        """A span of time, to the precision that one plans by: `40 s`, `12 min`, `2 h 05 min`; never less than `1 s`."""
        if seconds < 99.5:
            return self.text("{n} s", n=max(1, round(seconds)))
        minutes = round(seconds / 60)
        if minutes < 100:
            return self.text("{n} min", n=minutes)
        return self.text("{hours} h {minutes} min", hours=minutes // 60, minutes=f"{minutes % 60:02d}")

    def field(self, name: str) -> str:
        """What people call a recipe field: `weight_decay` is `weight decay`, `가중치 감쇠`. Other names stay."""
        spec = known_fields().get(name)
        return own_name(one_line(name)) if spec is None else self.text(spec.label)

    def meaning(self, field: str) -> str:
        """What a recipe field is for, in a few words."""
        return self.text(known_fields()[field].help)

    def called(self, label: Label) -> str:
        """A program's own label: its word in this language, else its English, translated where that is known."""
        own = label.text(self.lang)
        return self.text(own) if own == label.en else own

    def status(self, status: Status) -> str:
        """What people call a run's status."""
        return self.text(STATUS_LABELS[status])

    def value_name(self, field: str, value: Any) -> str:
        """What people call a field's value, inside a sentence: `ReLU`, `max pooling`, `weight decay 0.1`."""
        if isinstance(value, (str, bool)) and (named := value_names(field).get(plain_value(value))) is not None:
            return self.text(named)
        if isinstance(value, bool):
            return self.text("yes") if value else self.text("no")
        if isinstance(value, str):
            return own_name(one_line(value))
        called = self.field(field)
        return led(called, f"{called} {plain_value(value)}")

    def value_label(self, field: str, value: Any) -> str:
        """The same, good as an arm's name: `ReLU`, `Max pooling`, `Weight decay 0.1`."""
        return capitalised(self.value_name(field, value), field, value)

    def arm_name(self, name: str, factor: str, value: Any) -> str:
        """What people call an arm, inside a sentence: its value's name where the factor is a field, else its own."""
        return self.value_name(factor, value) if factor in known_fields() else own_arm_name(name, factor)

    def name_of_arm(self, name: str, factor: str, value: Any) -> Name:
        """Both of them: for sentences, which may begin with it. A user's own name gets no capital of ours."""
        inside = self.arm_name(name, factor, value)
        return Name(inside, capitalised(inside, factor, value if factor in known_fields() else name))

    def arm_label(self, name: str, factor: str, value: Any) -> str:
        """The same, good as a title."""
        return self.value_label(factor, value) if factor in known_fields() else own_arm_name(name, factor)


@cache
def translator(lang: str) -> Words:
    """The words of one language. Raises ParibusError for a language that there are no messages in."""
    for known in LANGUAGES:
        if lang == known:
            return Words(known)
    raise ParibusError("{field} must be one of {choices}", field="lang", choices=LANGUAGES, got=lang)


def in_each_language(say: Callable[[Lang], str]) -> dict[Lang, str]:
    """The same words in every language, by its code: as JSON has them."""
    return {lang: say(lang) for lang in LANGUAGES}


def field_called(name: str) -> str | None:
    """The field that people call `name` in any language, or nearly so: `학습률` and `learning rate` are learning_rate.

    None where nothing is near. Names in Latin letters must fit exactly: they may be a field's own, mistyped.
    """
    labels = {_plain(translator(lang).field(field)): field for lang in LANGUAGES for field in known_fields()}
    plain = _plain(name)
    if plain in labels or plain.isascii():
        return labels.get(plain)
    begun = [label for label in labels if label.startswith(plain)]
    near = begun[0] if begun else closest(plain, labels)
    return labels.get(near)


def _plain(label: str) -> str:
    return "".join(label.split()).lower()

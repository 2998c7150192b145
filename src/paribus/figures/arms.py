"""The arms as figures name them."""

from __future__ import annotations

from paribus.records.comparison import Comparison
from paribus.words.translation import translator


def arm_names(comparison: Comparison, lang: str) -> tuple[str, ...]:
    """The arms as people call them, in order."""
    words = translator(lang)
    return tuple(words.arm_label(arm.name, comparison.factor, arm.value) for arm in comparison.arms)


def names_by_arm(comparison: Comparison, lang: str) -> dict[str, str]:
    """The same by the names that the comparison has for them."""
    return dict(zip((arm.name for arm in comparison.arms), arm_names(comparison, lang), strict=True))


def short_names(comparison: Comparison, lang: str) -> tuple[str, ...]:
    """The same where the factor is named beside them: `0.05` for `Learning rate 0.05`."""
    label = translator(lang).field(comparison.factor)
    prefix = f"{label[:1].upper()}{label[1:]} "
    return tuple(name.removeprefix(prefix) for name in arm_names(comparison, lang))

"""What is wrong, in the user's language. Errors are raised in English, by floors that know of no other."""

from __future__ import annotations


def rule_words(rule: str, lang: str) -> str:
    """The rule of a fault in this language; in English where nobody has written it in that."""
    return rule

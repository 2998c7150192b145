"""An explanation as text, for a notebook's output."""

from __future__ import annotations

from paribus.diagnosis.words.explanation import explanation_headline, explanation_sections
from paribus.records.explanation import Explanation
from paribus.words.translation import translator


def told(explanation: Explanation, lang: str = "en") -> str:
    """The short answer, and what each suspected cause came to, in `en` or `ko`."""
    language = translator(lang).lang
    parts = [explanation_headline(explanation, None, language)]
    for section in explanation_sections(explanation, None, language):
        parts.append("\n".join([section.title, *(f"  - {sentence}" for sentence in section.sentences)]))
    return "\n\n".join(parts)

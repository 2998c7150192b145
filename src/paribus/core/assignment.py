"""`field=value` and `field=v1,v2`, the words by which people set fields: read here, wherever they stand."""

from __future__ import annotations

from paribus.core.errors import ParibusError


def assigned(word: str) -> tuple[str, list[str]]:
    """`field=v1,v2` as a name and the texts of its values. Commas inside brackets or quotes do not separate."""
    field, equals, rest = word.partition("=")
    if not equals or not field.strip() or not rest.strip():
        raise ParibusError("a field and its value are written field=value", got=word)
    pieces, depth, quote, piece, escaped = [], 0, "", "", False
    for letter in rest:
        if escaped:
            escaped = False
        elif quote == '"' and letter == "\\":
            escaped = True
        elif quote:
            quote = "" if letter == quote else quote
        elif letter in "\"'":
            quote = letter
        else:
            depth += (letter in "[{") - (letter in "]}")
        if letter == "," and depth == 0 and not quote:
            pieces.append(piece)
            piece = ""
        else:
            piece += letter
    return field.strip(), [p.strip() for p in [*pieces, piece]]

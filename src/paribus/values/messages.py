"""What is written in values to be read by people, in English: presentation translates it where it is shown."""

from __future__ import annotations


def mark(msgid: str) -> str:
    """Says that `msgid` is a message, for tools/compile_messages.py: it is translated where it is shown."""
    return msgid

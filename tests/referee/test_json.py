"""The keys of a try's JSON are those of docs/json.md."""

from __future__ import annotations

import re

from tests.docs.markdown import ROOT


def test_the_keys_are_documented(loop):
    text = (ROOT / "docs" / "json.md").read_text(encoding="utf-8").partition("## A loop of edits")[2]
    documented = re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE)
    assert list(loop.tried(code=10)) == documented

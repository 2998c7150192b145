"""Data inside a page: JSON in `<script type="application/json">`, which the browser never runs."""

from __future__ import annotations

import json
from typing import Any

from markupsafe import Markup

from paribus.comparison.words.json_view import strict


def json_block(block: str, data: Any) -> Markup:
    """The element with the id `block`. Nothing in its text can end it; numbers that JSON has no word for are null."""
    written = json.dumps(strict(data), separators=(",", ":"), allow_nan=False).replace("<", "\\u003c")
    return Markup('<script type="application/json" id="{}">').format(block) + Markup(written) + Markup("</script>")

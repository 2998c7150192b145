"""Data inside a page: JSON in `<script type="application/json">`, which the browser never runs."""

from __future__ import annotations

import json
import math
from typing import Any

from markupsafe import Markup


def json_block(block: str, data: Any) -> Markup:
    """The element with the id `block`. Nothing in its text can end it; numbers that JSON has no word for are null."""
    written = json.dumps(_finite(data), separators=(",", ":"), allow_nan=False).replace("<", "\\u003c")
    return Markup('<script type="application/json" id="{}">').format(block) + Markup(written) + Markup("</script>")


def _finite(data: Any) -> Any:
    if isinstance(data, dict):
        return {str(key): _finite(value) for key, value in data.items()}
    if isinstance(data, (list, tuple)):
        return [_finite(value) for value in data]
    if isinstance(data, float) and not math.isfinite(data):
        return None
    return data

"""JSON in and out: bodies within bounds, answers in ASCII, and what is wrong as faults in both languages."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Sequence
from typing import Any, NoReturn

from starlette.requests import Request
from starlette.responses import Response

from paribus.presentation.faults import rule_words
from paribus.presentation.json_view import strict
from paribus.presentation.words import LANGUAGES
from paribus.values.errors import Fault, FaultsError, ParibusError, shown
from paribus.values.recipe import FIELDS
from paribus.web.events import written

LARGEST_BODY = 64 * 1024  # bytes
DEEPEST_BODY = 8  # brackets within brackets: an order has three
JSON_TYPE = "application/json"


class BadRequest(ParibusError):
    """A request that is none of ours. `status`: of the answer."""

    def __init__(self, rule: str, status: int = 400) -> None:
        self.status = status
        super().__init__(rule)


def answer(data: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """Strict JSON that no cache keeps."""
    kept = {"cache-control": "no-store", **(headers or {})}
    return Response(written(strict(data)), status, kept, media_type=JSON_TYPE)


def refusal(status: int, rule: str, headers: dict[str, str] | None = None) -> Response:
    """One fault that has no value."""
    return answer({"faults": [fault_json(rule, None)]}, status, headers)


def refused(error: ParibusError, status: int) -> Response:
    """All that is wrong."""
    return answer({"faults": faults_json(error)}, status)


def faults_json(error: ParibusError) -> list[dict[str, Any]]:
    """Each fault of an error."""
    faults = error.faults if isinstance(error, FaultsError) else (Fault(str(error), has_value=False),)
    return [fault_json(fault.rule, shown(fault.got) if fault.has_value else None) for fault in faults]


def fault_json(rule: str, received: str | None) -> dict[str, Any]:
    """The rule in words, the value received, the valid choices, and the recipe field that it is about."""
    field = rule.split(" ", 1)[0]
    _, one_of, listed = rule.partition("must be one of ")
    choices: Sequence[str] = listed.split(";")[0].split(", ") if one_of else ()
    return {
        "rule": {lang: rule_words(rule, lang) for lang in LANGUAGES},
        "received": received,
        "choices": list(choices),
        "field": field if field in FIELDS else None,
    }


async def read_json(request: Request, parts: Iterable[str] | None = None) -> dict[str, Any]:
    """The body, one JSON object; `parts`: the names it may have. Raises BadRequest."""
    if request.headers.getlist("content-type") != [JSON_TYPE]:
        raise BadRequest(f"the content type must be {JSON_TYPE}", 415)
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > LARGEST_BODY:
            raise BadRequest(f"a body must have at most {LARGEST_BODY} bytes", 413)
    data = _parsed(bytes(body))
    if not isinstance(data, dict):
        raise BadRequest("the body must be a JSON object")
    if parts is not None and (unknown := data.keys() - set(parts)):
        raise BadRequest(f"unknown {shown(sorted(unknown)[0])}; the parts are {', '.join(parts) or 'none'}")
    return data


def _parsed(body: bytes) -> Any:
    try:
        data = json.loads(body.decode(), parse_constant=_no_constant, object_pairs_hook=_no_twins)
        _check(data, DEEPEST_BODY)
    except BadRequest:
        raise
    except (ValueError, RecursionError):  # also bytes that are no UTF-8, and numbers of thousands of digits
        raise BadRequest("the body must be JSON in UTF-8") from None
    return data


def _no_constant(name: str) -> NoReturn:
    raise BadRequest(f"{name} is not JSON")


def _no_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(dict(pairs)) < len(pairs):
        raise BadRequest("an object must have each name once")
    return dict(pairs)


def _check(value: Any, depth: int) -> None:
    if depth < 0:
        raise BadRequest(f"the body must not be deeper than {DEEPEST_BODY} brackets")
    if isinstance(value, str):
        value.encode()  # half of a surrogate pair is a UnicodeEncodeError, a ValueError
    elif isinstance(value, float) and not math.isfinite(value):
        raise BadRequest("a number must be finite")
    elif isinstance(value, dict):
        for name, item in value.items():
            _check(name, depth)
            _check(item, depth - 1)
    elif isinstance(value, list):
        for item in value:
            _check(item, depth - 1)

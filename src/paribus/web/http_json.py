"""JSON in and out: bodies within bounds, answers in ASCII, and what is wrong as faults in both languages."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from typing import Any, NoReturn

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from paribus.comparison.words.json_view import strict
from paribus.core.errors import Fault, ParibusError
from paribus.core.messages import Message
from paribus.web.events import written
from paribus.web.problems import Problem, Refusal, problems_of

LARGEST_BODY = 64 * 1024  # bytes
DEEPEST_BODY = 8  # brackets within brackets: an order has three
JSON_TYPE = "application/json"


class BadRequest(Refusal):
    """A request that is none of ours."""


class TooLarge(BadRequest):
    """More than we read."""

    status = 413


class WrongType(BadRequest):
    """Not JSON."""

    status = 415


def answer(data: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """Strict JSON that no cache keeps."""
    kept = {"cache-control": "no-store", **(headers or {})}
    return Response(written(strict(data)), status, kept, media_type=JSON_TYPE)


def refusal(status: int, *faults: Fault, headers: dict[str, str] | None = None) -> Response:
    """What is wrong."""
    return answer({"faults": [Problem.of(fault).answer() for fault in faults]}, status, headers)


def faults_json(error: ParibusError) -> list[dict[str, Any]]:
    """Each fault of an error."""
    return [problem.answer() for problem in problems_of(error)]


async def read_json(request: Request, parts: Iterable[str] | None = None) -> dict[str, Any]:
    """The body, one JSON object; `parts`: the names it may have. Raises BadRequest."""
    if request.headers.getlist("content-type") != [JSON_TYPE]:
        raise WrongType("the content type must be {name}", name=JSON_TYPE)
    body = bytearray()
    try:
        async for piece in request.stream():
            body += piece
            if len(body) > LARGEST_BODY:
                raise TooLarge("a body must have at most {most} bytes", most=LARGEST_BODY)
    except ClientDisconnect:
        raise BadRequest("the body must be JSON in UTF-8") from None
    data = _parsed(bytes(body))
    if not isinstance(data, dict):
        raise BadRequest("the body must be a JSON object")
    if parts is not None and (unknown := data.keys() - set(parts)):
        raise BadRequest(
            "unknown {name!q}; the parts are {choices}", name=min(unknown), choices=tuple(parts) or Message("none")
        )
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
    raise BadRequest("{name} is not JSON", name=name)


def _no_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(dict(pairs)) < len(pairs):
        raise BadRequest("an object must have each name once")
    return dict(pairs)


def _check(value: Any, depth: int) -> None:
    if depth < 0:
        raise BadRequest("the body must not be deeper than {most} brackets", most=DEEPEST_BODY)
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

"""The application: routes behind the guard, and errors as faults, never as a traceback."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp

from paribus.core.errors import Fault, ParibusError, StoreError
from paribus.web.answers import BadRequest, refusal, refused
from paribus.web.lab import Lab
from paribus.web.problems import Missing
from paribus.web.queue import Refused
from paribus.web.routes import ROUTES
from paribus.web.security import Guard, Keys


def make_app(lab: Lab, keys: Keys) -> ASGIApp:
    """What uvicorn serves."""

    @contextlib.asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with lab.open():
            yield

    handlers = {ParibusError: _mendable, HTTPException: _http, Exception: _unforeseen}
    app = Starlette(routes=ROUTES, lifespan=lifespan, exception_handlers=handlers)
    app.state.lab = lab
    return Guard(app, keys)


def _mendable(request: Request, error: Exception) -> Response:
    assert isinstance(error, ParibusError)
    return refused(error, _status(error))


def _status(error: ParibusError) -> int:
    match error:
        case BadRequest():
            return error.status
        case Missing():
            return 404
        case Refused():
            return 409
        case StoreError():
            return 500 if error.__cause__ is not None else 422
        case _:
            return 422


def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    known = {404: Fault("there is nothing at this address"), 405: Fault("this address takes another method")}
    return refusal(error.status_code, known.get(error.status_code, Fault(error.detail)), dict(error.headers or {}))


def _unforeseen(request: Request, error: Exception) -> Response:
    """Starlette raises it again for the server's terminal; the page hears that much."""
    return refusal(500, Fault("something went wrong that should not; the server's terminal says what"))

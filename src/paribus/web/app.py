"""The application: routes behind the guard, and errors as faults, never as a traceback."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp

from paribus.core.errors import Fault, ParibusError, StoreError, refused_by_system
from paribus.web.http_json import refusal
from paribus.web.problems import Refusal
from paribus.web.routes import ROUTES
from paribus.web.security import Guard, Keys
from paribus.web.server_state import Lab


def make_app(lab: Lab, keys: Keys) -> ASGIApp:
    """What uvicorn serves."""

    @contextlib.asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with lab.open():
            yield

    handlers = {ParibusError: _mendable, OSError: _refused, HTTPException: _http, Exception: _unforeseen}
    app = Starlette(routes=ROUTES, lifespan=lifespan, exception_handlers=handlers)
    app.router.redirect_slashes = False  # an address is written in one way
    app.state.lab = lab
    return Guard(app, keys)


def _mendable(request: Request, error: Exception) -> Response:
    assert isinstance(error, ParibusError)
    status = 500 if isinstance(error, StoreError) and error.__cause__ is not None else 422
    return refusal(error.status if isinstance(error, Refusal) else status, *error.faults)


def _refused(request: Request, error: Exception) -> Response:
    """A file that the system refuses, in whatever call: its name, and no traceback."""
    if (told := refused_by_system(error)) is None:
        raise error
    return refusal(500, *told.faults)


def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    known = {404: Fault("there is nothing at this address"), 405: Fault("this address takes another method")}
    fault = known.get(error.status_code, Fault(error.detail))
    return refusal(error.status_code, fault, headers=dict(error.headers or {}))


def _unforeseen(request: Request, error: Exception) -> Response:
    """Starlette raises it again for the server's terminal; the page hears that much."""
    return refusal(500, Fault("something went wrong that should not; the server's terminal says what"))

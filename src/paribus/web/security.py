"""Who may ask: the guard in front of every route.

A page of any other origin can make a browser send requests to this server. So each request must name this very server
as its host (a foreign name that resolves to this machine does not), come from no other origin, and carry the cookie
that only the holder of the token has. https://owasp.org/www-community/attacks/DNS_Rebinding
"""

from __future__ import annotations

import secrets
from collections.abc import Collection
from dataclasses import dataclass, field

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from paribus.core.errors import Fault
from paribus.web.http_json import refusal
from paribus.web.page import browser_language, gate_page

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self' data:; img-src 'self' data: blob:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
# Of every answer, also of those that the server gives by itself to what is no request (`server.Protocol`).
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cross-origin-embedder-policy": "require-corp",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
}
OWN_SITES = ("same-origin", "none")  # Sec-Fetch-Site: the page itself, or somebody who typed the address
READING = ("GET", "HEAD")


@dataclass(frozen=True)
class Keys:
    """`token`: what the printed address holds, new with each start. `session`: what the cookie holds."""

    hosts: Collection[str]
    cookie: str
    token: str = field(default_factory=lambda: secrets.token_urlsafe(24), repr=False)
    session: str = field(default_factory=lambda: secrets.token_urlsafe(32), repr=False)


class Guard:
    """ASGI middleware. Outermost, so that it also stands before routes that do not exist."""

    def __init__(self, app: ASGIApp, keys: Keys) -> None:
        self._app = app
        self._keys = keys

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or answer it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        answer = self._stopped(Request(scope))
        await (answer or self._app)(scope, receive, send)

    def _stopped(self, request: Request) -> Response | None:
        """The answer to who may not pass; None for who may."""
        if fault := self._stranger(request):
            return refusal(403, fault)
        if request.scope["path"] == "/" and request.method in READING and "token" in request.query_params:
            return self._with_token(request)
        if not self._has_session(request.headers):
            if request.scope["path"] == "/":
                return HTMLResponse(gate_page(browser_language(request)), status_code=401, headers=_PRIVATE)
            return refusal(401, Fault("this needs the cookie that the address with the token sets"))
        return None

    def _stranger(self, request: Request) -> Fault | None:
        headers = request.headers
        if len(headers.getlist("host")) != 1 or headers["host"] not in self._keys.hosts:
            return Fault("the host must be one of {choices}", choices=sorted(self._keys.hosts))
        own = f"http://{headers['host']}"
        origins = headers.getlist("origin")
        if any(origin != own for origin in origins) or len(origins) > 1:
            return Fault("the origin must be {name}", name=own)
        if request.method not in READING and not origins:
            return Fault("what changes something needs an Origin, {name}", name=own)
        fetched = [name for name in headers if name.startswith("sec-fetch-")]
        if len(fetched) > len(set(fetched)):
            return Fault("a header that begins with Sec-Fetch- must be given once")
        entering = request.scope["path"] == "/" and request.method in READING
        if not entering and headers.get("sec-fetch-site", "none") not in OWN_SITES:
            return Fault("only the page itself may ask for this")
        return None

    def _with_token(self, request: Request) -> Response:
        given = request.query_params.getlist("token")
        if len(given) != 1 or not _same(given[0], self._keys.token):
            return HTMLResponse(gate_page(browser_language(request)), status_code=401, headers=_PRIVATE)
        if request.headers.get("sec-fetch-site", "none") in OWN_SITES:
            answer = Response(status_code=303, headers={"location": "/", **_PRIVATE})
        else:  # a strict cookie does not go with a redirect that a link on another site began; with a refresh it does
            answer = HTMLResponse(
                gate_page(browser_language(request), entering=True), headers={"refresh": "0; url=/", **_PRIVATE}
            )
        answer.set_cookie(self._keys.cookie, self._keys.session, httponly=True, samesite="strict", path="/")
        return answer

    def _has_session(self, headers: Headers) -> bool:
        found = [value for text in headers.getlist("cookie") for value in _cookies(text, self._keys.cookie)]
        return len(found) == 1 and _same(found[0], self._keys.session)


_PRIVATE = {"cache-control": "no-store"}


def _cookies(text: str, name: str) -> list[str]:
    """The values that a header gives to `name`.

    Programs on other ports of this machine share its cookies, and some of theirs (JSON, say) are none by RFC 6265: the
    standard library's parser then gives up on the whole header, so ours reads each for itself.
    """
    pairs = [piece.strip().partition("=") for piece in text.split(";")]
    return [value for key, _, value in pairs if key == name]


def _same(given: str, right: str) -> bool:
    return secrets.compare_digest(given.encode("utf-8", "surrogateescape"), right.encode())

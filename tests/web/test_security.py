"""Who may ask, on every route: token, host, origin, content type, method; and nothing outside the store is read."""

from __future__ import annotations

import socket

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from starlette.routing import Route

from paribus.figures.fonts import FAMILY
from paribus.web.http_json import DEEPEST_BODY, LARGEST_BODY
from paribus.web.routes import ROUTES
from paribus.web.security import HEADERS
from tests.web.client import Answer, Client
from tests.web.conftest import TINY

FILLED = {"{name:path}": "state.js", "{id}": "none", "{run}": "none"}
PRIVATE = [(method, route.path) for route in ROUTES for method in route.methods or () if method != "HEAD"]
POSTS = [path for method, path in PRIVATE if method == "POST"]
STREAM = "/api/events"  # does not end


def filled(path: str) -> str:
    for place, value in FILLED.items():
        path = path.replace(place, value)
    return path


def refused(answer: Answer, status: int) -> str:
    """A refusal is faults, in both languages, behind all headers, and nothing else."""
    assert answer.status == status, answer.body
    assert list(answer.json) == ["faults"]
    assert answer.json["faults"]
    for fault in answer.json["faults"]:
        assert set(fault) == {"rule", "received", "choices", "field", "id", "values"}
        assert set(fault["rule"]) == {"en", "ko"}
        assert "Traceback" not in fault["rule"]["en"]
    secured(answer)
    return str(answer.json["faults"][0]["rule"]["en"])


def secured(answer: Answer) -> None:
    missing = [name for name, value in HEADERS.items() if answer.headers.get(name) != value]
    assert missing == []
    assert "server" not in answer.headers
    assert "access-control-allow-origin" not in answer.headers


def test_the_table_has_every_route():
    assert all(isinstance(route, Route) for route in ROUTES)
    assert len(PRIVATE) == len(set(PRIVATE)) > 20


@pytest.mark.parametrize(("method", "path"), PRIVATE)
def test_without_the_cookie_nothing_is_told(client: Client, method, path):
    own = {**client.own, "Cookie": ""}
    for cookie in ("", "x=1", client.cookie + "x", client.cookie[:-1], client.cookie.partition("=")[0] + "="):
        answer = client.send(method, filled(path), {**own, "Cookie": cookie}, b"{}" if method == "POST" else None)
        if path == "/":
            assert answer.status == 401
            assert b"?token=" in answer.body
            assert b"<script" not in answer.body
            secured(answer)
        else:
            refused(answer, 401)


@pytest.mark.parametrize(("method", "path"), PRIVATE)
def test_another_host_or_origin_is_refused(client: Client, method, path):
    name, _, port = client.host.partition(":")
    for host in ("evil.example", f"evil.example:{port}", name, f"{name}:1", f"{client.host}.evil.example", ""):
        body = b"{}" if method == "POST" else None
        refused(client.send(method, filled(path), {**client.own, "Host": host}, body), 403)
    for origin in ("http://evil.example", "null", f"https://{client.host}", f"http://{name}", f"http://{client.host}/"):
        body = b"{}" if method == "POST" else None
        refused(client.send(method, filled(path), {**client.own, "Origin": origin}, body), 403)


@pytest.mark.parametrize(("method", "path"), [pair for pair in PRIVATE if pair[1] != "/"])
def test_what_another_site_makes_a_browser_ask_is_refused(client: Client, method, path):
    for site in ("cross-site", "same-site"):
        body = b"{}" if method == "POST" else None
        refused(client.send(method, filled(path), {**client.own, "Sec-Fetch-Site": site}, body), 403)


@pytest.mark.parametrize("path", POSTS)
def test_a_post_is_json_of_the_page_itself_and_bounded(client: Client, path):
    own = client.own
    plain = {name: value for name, value in own.items() if name != "Origin"}
    assert "Origin" in refused(client.send("POST", filled(path), plain, b"{}"), 403)
    if path.endswith("/jobs/{id}/why"):  # the job is looked for first
        return
    for kind in ("text/plain", "application/x-www-form-urlencoded", "application/json; charset=utf-8", ""):
        refused(client.send("POST", filled(path), {**own, "Content-Type": kind}, b"{}"), 415)
    for body in (b"", b"[]", b"1", b"{", b'{"a": NaN}', b'{"a": 1, "a": 2}', b'{"a": "\xff"}', b'{"a": "\\ud800"}'):
        refused(client.send("POST", filled(path), own, body), 400)
    deep = b'{"a": ' + b"[" * (DEEPEST_BODY + 1) + b"]" * (DEEPEST_BODY + 1) + b"}"
    for body in (deep, b'{"a": ' + b"[" * 30000 + b"}", b'{"a": 1e999}', b'{"a": ' + b"9" * 5000 + b"}"):
        refused(client.send("POST", filled(path), own, body), 400)
    refused(client.send("POST", filled(path), own, b" " * (LARGEST_BODY + 1)), 413)


@pytest.mark.parametrize(("method", "path"), PRIVATE)
def test_other_methods_are_refused(client: Client, method, path):
    for other in ("PUT", "DELETE", "PATCH", "OPTIONS", *(["GET"] if method == "POST" else ["POST"])):
        if (other, path) in PRIVATE:
            continue
        refused(client.send(other, filled(path), client.own, b"{}"), 405)


def test_two_hosts_or_cookies_or_origins_are_none(client: Client):
    name = client.cookie.partition("=")[0]
    address, _, port = client.host.partition(":")
    with socket.create_connection((address, int(port))) as sock:
        twice = f"GET /api/jobs HTTP/1.1\r\nHost: {client.host}\r\nHost: evil.example\r\n\r\n"
        sock.sendall(twice.encode())
        assert sock.recv(4096).startswith((b"HTTP/1.1 400 ", b"HTTP/1.1 403 "))
    for both in (f"{client.cookie}; {name}=other", f"{name}=other; {client.cookie}"):
        refused(client.send("GET", "/api/jobs", {"Host": client.host, "Cookie": both}), 401)


@pytest.mark.parametrize("other", ['theme={"a": 1}', "a[b]=1", "flag", "name=\u00ed\u0095\u009c", "a=1 2", "a=; $x=2"])
def test_cookies_of_programs_on_other_ports_do_not_lock_out(client: Client, other):
    for both in (f"{other}; {client.cookie}", f"{client.cookie}; {other}"):
        assert client.send("GET", "/api/jobs", {"Host": client.host, "Cookie": both}).status == 200


def test_the_token_lets_in_once_per_browser_and_a_wrong_one_does_not(client: Client):
    plain = {"Host": client.host}
    for token in ("", "x", client.token[:-1], client.token + "x", "%00", "%F0%9F", f"{client.token}&token=x"):
        answer = client.send("GET", f"/?token={token}", plain)
        assert answer.status == 401
        assert "set-cookie" not in answer.headers
        assert client.token.encode() not in answer.body
    right = client.send("GET", f"/?token={client.token}", plain)
    assert (right.status, right.headers["location"]) == (303, "/")
    cookie = right.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "samesite=strict" in cookie.lower()
    assert client.token not in cookie
    assert right.headers["cache-control"] == "no-store"
    # A strict cookie does not go with a redirect that another site's link began.
    linked = client.send("GET", f"/?token={client.token}", {**plain, "Sec-Fetch-Site": "cross-site"})
    assert (linked.status, linked.headers["refresh"]) == (200, "0; url=/")
    assert linked.headers["set-cookie"] == cookie


def test_the_plain_page_is_in_the_browsers_language(client: Client):
    korean = client.send("GET", "/", {"Host": client.host, "Accept-Language": "ko-KR,ko;q=0.9"})
    assert '<html lang="ko">' in korean.body.decode()
    assert "토큰" in korean.body.decode()
    for wanted, lang in (("ko-KR,ko;q=0.9", "ko"), ("fr, ko;q=0.8, en;q=0.5", "ko"), ("en-US", "en"), ("kok", "en")):
        page = client.get("/", Accept_Language=wanted)
        assert f'<html lang="{lang}"' in page.body.decode()


@pytest.mark.parametrize(
    "path", ["/", "/api/jobs", "/api/options", "/api/comparisons", "/assets/theme.css", "/nothing"]
)
def test_every_answer_has_the_policy(client: Client, path):
    answer = client.get(path)
    secured(answer)
    policy = answer.headers["content-security-policy"]
    assert "unsafe" not in policy
    assert policy.startswith("default-src 'none';")


HOSTILE_NAMES = [
    "..",
    "../../etc/passwd",
    "..%2f..%2fetc%2fpasswd",
    "%2e%2e%2f%2e%2e%2fpyproject.toml",
    "..%5c..%5cwindows",
    "/etc/passwd",
    "%2fetc%2fpasswd",
    "con",
    "%00",
    "a%00b",
    ".hidden",
    "x" * 5000,
    "%ed%a0%80",
    "%EA%B0%80",
    "<script>alert(1)</script>",
    "a/../../..",
    "//evil.example/x",
]


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_no_name_leads_out_of_the_store_or_the_assets(client: Client, name):
    for path in (
        f"/assets/{name}",
        f"/assets/vendor/{name}",
        f"/api/jobs/{name}",
        f"/api/comparisons/{name}",
        f"/api/comparisons/{name}/report",
        f"/api/comparisons/{name}/lab",
        f"/api/comparisons/{name}/verdict",
        f"/api/runs/{name}/weights",
        f"/api/runs/{name}/story",
    ):
        answer = client.get(path.replace("<", "%3C").replace(">", "%3E"))
        assert answer.status in (404, 422), (path, answer.status)
        assert b"root:" not in answer.body
        secured(answer)
    for command in ("pause", "move", "why"):
        body = {"before": None} if command == "move" else {}
        answer = client.post(f"/api/jobs/{name}/{command}".replace("<", "%3C").replace(">", "%3E"), body)
        assert answer.status in (404, 405, 422)


def test_assets_are_what_they_are_and_are_checked_anew(client: Client):
    kinds = {
        "app.js": "text/javascript; charset=utf-8",
        "state.js": "text/javascript; charset=utf-8",
        "page.css": "text/css; charset=utf-8",
        "vendor/uplot.js": "text/javascript; charset=utf-8",
        "fonts/ParibusSans-Regular.woff2": "font/woff2",
        "theme.css": "text/css; charset=utf-8",
    }
    for name, kind in kinds.items():
        first = client.get(f"/assets/{name}")
        assert (first.status, first.headers["content-type"]) == (200, kind)
        assert first.headers["cache-control"] == "no-cache"
        again = client.get(f"/assets/{name}", If_None_Match=first.headers["etag"])
        assert (again.status, again.body) == (304, b"")
    assert FAMILY in client.get("/assets/theme.css").body.decode()
    for name in ("bundling.py", "__init__.py", "vendor/uplot.LICENSE", "fonts/ParibusSans-Regular.ttf", ""):
        assert client.get(f"/assets/{name}").status == 404


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
PARTS = st.sampled_from([*TINY, "first_seed", "margin", "why", "start", "__proto__"])
ORDERS = st.fixed_dictionaries({}, optional={name: JSON | st.just(value) for name, value in TINY.items()})


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(order=ORDERS, more=st.dictionaries(PARTS | st.text(max_size=5), JSON, max_size=3))
@example(order={**TINY, "settings": {"start": 1}}, more={})
@example(order={**TINY, "values": [{"a": 1}, []]}, more={})
@example(order={**TINY, "values": [10**400, 1]}, more={})
@example(order={**TINY, "seeds": 10**15}, more={})
@example(order={**TINY, "settings": {"learning_rate": "\x1b[31m\u202e"}}, more={})
def test_no_body_breaks_the_check(client: Client, order, more):
    body = {**order, **more, "seeds": 0}  # so that none is ever right, and trained
    answer = client.post("/api/check", body)
    assert answer.status in (200, 400, 413), answer.body
    secured(answer)
    assert answer.json["faults"]
    assert answer.json.get("ok") in (None, False)
    assert b"Traceback" not in answer.body
    assert client.post("/api/comparisons", body).status in (400, 413, 422)


def test_models_that_are_code_are_refused_unless_the_server_was_told_so(client: Client):
    before = client.get("/api/jobs").json
    for order in (
        {**TINY, "settings": {"model": "os:system"}},
        {**TINY, "factor": "model", "values": ["lenet", "os:system"]},
    ):
        checked = client.post("/api/check", order).json
        assert not checked["ok"]
        assert "--own-models" in checked["faults"][0]["rule"]["en"]
        assert checked["faults"][0]["field"] == "model"
        assert client.post("/api/comparisons", order).status == 422
    assert client.get("/api/jobs").json == before


def raw(client: Client, request: bytes, leave: bool = False) -> bytes:
    """What the server answers to just these bytes. leave: nothing more will come."""
    address, _, port = client.host.partition(":")
    with socket.create_connection((address, int(port)), timeout=30) as sock:
        sock.sendall(request)
        if leave:
            sock.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: sock.recv(4096), b""))


def head_of(client: Client, line: bytes = b"GET /api/jobs HTTP/1.1") -> bytes:
    return line + f"\r\nHost: {client.host}\r\nCookie: {client.cookie}\r\nConnection: close\r\n".encode()


HOSTILE_REQUESTS = {
    b"Sec-Fetch-Site: same-origin\r\nSec-Fetch-Site: cross-site\r\n\r\n": b"403",
    b"Sec-Fetch-Site: none\r\nSec-Fetch-Site: none\r\n\r\n": b"403",
    b"sec-fetch-mode: cors\r\nSec-Fetch-Mode: navigate\r\n\r\n": b"403",
    b"Sec-Fetch-Site: same-origin, cross-site\r\n\r\n": b"403",
    b"Sec-Fetch-Site:\r\n\r\n": b"403",
    b"no header\r\n\r\n": b"400",
    b"Content-Length: x\r\n\r\n": b"400",
    b"Sec-Fetch-Site: same-origin\r\n\r\n": b"200",
}


@pytest.mark.parametrize(("rest", "status"), HOSTILE_REQUESTS.items(), ids=range(len(HOSTILE_REQUESTS)))
def test_a_header_given_twice_lets_nobody_in_and_every_refusal_has_the_policy(client: Client, rest, status):
    answer = raw(client, head_of(client) + rest)
    head = answer.partition(b"\r\n\r\n")[0].lower()
    assert answer.split()[1] == status, answer
    for name, value in HEADERS.items():
        assert head.count(f"{name}: {value}".lower().encode()) == 1, (name, answer)


HOSTILE_LINES = {
    b"GET /?token=" + b"x&a=1" * 20 + b" HTTP/1.1": b"401",
    b"GET /?token=%ff\xff HTTP/1.1": b"400",  # h11 takes no such bytes
    b"GET /?token=%FF%FE HTTP/1.1": b"401",
    b"GET /api/jobs/ HTTP/1.1": b"404",
    b"GET //evil.example HTTP/1.1": b"404",
    b"GET http://[::1/ HTTP/1.1": b"404",
    b"POST /api/check HTTP/1.1": b"403",
    b"nonsense": b"400",
}


@pytest.mark.parametrize(("line", "status"), HOSTILE_LINES.items(), ids=range(len(HOSTILE_LINES)))
def test_no_first_line_is_a_fault_of_the_server(client: Client, line, status, capfd):
    assert raw(client, head_of(client, line) + b"\r\n").split()[1] == status
    assert "Traceback" not in capfd.readouterr().err


def test_who_leaves_within_a_body_is_no_fault_of_the_server(client: Client, capfd):
    own = f"Origin: http://{client.host}\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n".encode()
    raw(client, head_of(client, b"POST /api/check HTTP/1.1") + own + b'{"factor": ', leave=True)
    assert client.get("/api/jobs").status == 200
    assert "Traceback" not in capfd.readouterr().err

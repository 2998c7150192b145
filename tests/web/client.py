"""A client as plain as a hostile one: http.client, with every header in the test's own hand."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

PATIENCE = 120.0


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body as strict JSON."""
        return json.loads(self.body, parse_constant=_refuse)


def _refuse(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


class Client:
    """One browser's worth of requests to one server."""

    def __init__(self, address: str) -> None:
        parts = urlsplit(address)
        self.host = parts.netloc
        self.token = parse_qs(parts.query).get("token", [""])[0]
        self.cookie = ""

    def enter(self) -> Client:
        """Take the cookie that the address with the token sets."""
        answer = self.send("GET", f"/?token={self.token}", {"Host": self.host})
        assert answer.status == 303
        self.cookie = answer.headers["set-cookie"].partition(";")[0]
        return self

    @property
    def own(self) -> dict[str, str]:
        """What a browser sends along from the page itself."""
        origin = f"http://{self.host}"
        return {"Host": self.host, "Cookie": self.cookie, "Origin": origin, "Content-Type": "application/json"}

    def get(self, path: str, **headers: str) -> Answer:
        """As the page asks for it."""
        plain = {"Host": self.host, "Cookie": self.cookie}
        return self.send("GET", path, {**plain, **{name.replace("_", "-"): value for name, value in headers.items()}})

    def post(self, path: str, body: Any = None) -> Answer:
        """As the page asks for it."""
        return self.send("POST", path, self.own, json.dumps({} if body is None else body).encode())

    def send(self, method: str, path: str, headers: Mapping[str, str], body: bytes | None = None) -> Answer:
        """Just this."""
        connection = http.client.HTTPConnection(self.host, timeout=PATIENCE)
        try:
            connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
            for name, value in headers.items():
                connection.putheader(name, value)
            if body is not None and "Content-Length" not in headers:
                connection.putheader("Content-Length", str(len(body)))
            connection.endheaders(body)
            got = connection.getresponse()
            return Answer(got.status, {name.lower(): value for name, value in got.getheaders()}, got.read())
        finally:
            connection.close()

    @contextmanager
    def events(self, last_id: str | None = None) -> Iterator[Iterator[tuple[str, str, Any]]]:
        """The stream: id, name and data of each event."""
        connection = http.client.HTTPConnection(self.host, timeout=PATIENCE)
        headers = {"Cookie": self.cookie, **({} if last_id is None else {"Last-Event-ID": last_id})}
        try:
            connection.request("GET", "/api/events", headers=headers)
            got = connection.getresponse()
            assert got.status == 200
            yield _parsed(got)
        finally:
            connection.close()

    def until(self, job_id: str, *states: str, seconds: float = PATIENCE) -> dict[str, Any]:
        """Wait until a job is in one of these states."""
        end = time.monotonic() + seconds
        while True:
            job = self.get(f"/api/jobs/{job_id}").json
            if job["state"] in states:
                return dict(job)
            assert job["state"] != "failed", job["faults"]
            assert time.monotonic() < end, f"waited {seconds} s in vain: {job}"
            time.sleep(0.05)


def _parsed(got: http.client.HTTPResponse) -> Iterator[tuple[str, str, Any]]:
    fields: dict[str, str] = {}
    for line in iter(got.readline, b""):
        name, _, value = line.decode().rstrip("\n").partition(": ")
        if name:
            fields[name] = value
        elif "data" in fields:
            yield fields.get("id", ""), fields.get("event", ""), json.loads(fields["data"])
            fields = {}

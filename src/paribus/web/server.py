"""`paribus serve`: one address, one store, until somebody stops it."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import ipaddress
import logging
import os
import secrets
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

import h11
import uvicorn
from filelock import FileLock, Timeout
from uvicorn.protocols.http.h11_impl import H11Protocol

from paribus.core.errors import ParibusError, reason_of
from paribus.runs.planning import store_at
from paribus.runs.store.files import make_private
from paribus.web.app import make_app
from paribus.web.read_store import kept_session
from paribus.web.security import HEADERS, Keys
from paribus.web.server_state import Lab

PORT = 8321
HOST = "127.0.0.1"
PORTS_TRIED = 20  # from PORT on, where nobody asked for one
MOST_CONNECTIONS = 1000
_PLAIN_PORT = 80  # which browsers leave out
GRACE_SECONDS = 5  # that open connections have to end


@dataclass(frozen=True)
class ServerOptions:
    """How to serve. port: None for 8321 or the next that is free; 0 for any. lang: the page's; None: the browser's."""

    out: str | Path | None = None
    host: str = HOST
    port: int | None = None
    workers: int | None = None
    own_models: bool = False
    lang: str | None = None


@dataclass(frozen=True)
class Served:
    """A server that is about to answer. address: with the token. stop: from any thread, as Ctrl-C does."""

    address: str
    store: Path
    waiting: int  # jobs of an earlier server that go on now
    stop: Callable[[], None]


def serve(options: ServerOptions, ready: Callable[[Served], None]) -> None:
    """Serve until Ctrl-C. `ready` is called once the port is ours.

    Raises ParibusError where the port is taken, or the store is served by another process.
    """
    if options.workers is not None and options.workers < 1:
        raise ParibusError("{field} must be at least {limit}", field="workers", limit=1, got=options.workers)
    store = store_at(options.out).resolve()  # whole, for processes that may work in another folder
    with _alone(store), _listening(options) as sock:
        lab = Lab(store, options.workers, options.own_models, options.lang)
        port = sock.getsockname()[1]
        session = kept_session(store) if is_loopback(options.host) else secrets.token_urlsafe(32)
        keys = Keys(own_hosts(options.host, port), f"paribus-{port}", session=session)
        server = _Server(_config(lab, keys), lab)
        address = f"http://{_in_address(_name(options.host))}:{port}/?token={keys.token}"
        with _stopping(server.stop):
            ready(Served(address, store, sum(job.state == "waiting" for job in lab.queue.jobs), server.stop))
            asyncio.run(server.serve(sockets=[sock]))


@contextlib.contextmanager
def _stopping(stop: Callable[[], None]) -> Iterator[None]:
    """Ctrl-C, SIGTERM and a closed terminal end the server well from here on: before uvicorn listens, and after it.

    (It raises what came once more at its end, for whoever handled it before.) A SIGTERM or SIGHUP that the caller
    ignores stays ignored, as under nohup; a SIGINT is heeded also in a script's background job, as uvicorn does, or one
    that came a moment before it listens would be lost.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    ending = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]
    heeded = [n for n in ending if n == signal.SIGINT or signal.getsignal(n) is not signal.SIG_IGN]
    before = {number: signal.signal(number, lambda *_: stop()) for number in heeded}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


class _Server(uvicorn.Server):
    """Ends streams of events and plans first: an open one would keep it from ending."""

    def __init__(self, config: uvicorn.Config, lab: Lab) -> None:
        super().__init__(config)
        self._lab = lab
        self._loop: asyncio.AbstractEventLoop | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        self._loop = asyncio.get_running_loop()
        await super().startup(sockets)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        super().handle_exit(sig, frame)
        self.stop()

    def stop(self) -> None:
        self.should_exit = True
        # A request that is still answered when the grace is over is cancelled, and uvicorn would print where it was.
        logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)  # until the next Config
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._lab.give_up)


class Protocol(H11Protocol):
    """Answers what is no request with the headers of all answers."""

    def send_400_response(self, msg: str) -> None:
        """As uvicorn's own, which has no headers."""
        kind = [(b"content-type", b"text/plain; charset=utf-8"), (b"connection", b"close")]
        headers = [*self.server_state.default_headers, *kind]
        told = h11.Response(status_code=400, headers=headers, reason=b"Bad Request")
        for event in (told, h11.Data(data=msg.encode("ascii")), h11.EndOfMessage()):
            self.transport.write(self.conn.send(event) or b"")
        self.transport.close()


def _config(lab: Lab, keys: Keys) -> uvicorn.Config:
    return uvicorn.Config(
        make_app(lab, keys),
        http=Protocol,
        headers=list(HEADERS.items()),
        ws="none",
        lifespan="on",
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        limit_concurrency=MOST_CONNECTIONS,
        timeout_keep_alive=30,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )


@contextlib.contextmanager
def _alone(store: Path) -> Iterator[None]:
    """One server a store: two queues would each think that they are the only one."""
    path = store / "locks" / "serve.lock"
    try:
        make_private(path.parent)
        lock = FileLock(path)
        lock.acquire(timeout=0)
    except Timeout:
        raise ParibusError(
            "{path} is served already, by another paribus serve: use its page, or stop it", path=store
        ) from None
    except OSError as error:
        raise ParibusError(
            "{path}: cannot be written: {reason}. Choose another folder with --out", path=path, reason=reason_of(error)
        ) from None
    try:
        yield
    finally:
        lock.release()


@contextlib.contextmanager
def _listening(options: ServerOptions) -> Iterator[socket.socket]:
    wished = range(PORT, PORT + PORTS_TRIED) if options.port is None else (options.port,)
    if not 0 <= wished[0] <= 65535:
        raise ParibusError("port must be from 0 to 65535", got=wished[0])
    for port in wished:
        if (sock := _bound(options.host, port)) is not None:
            with sock:
                yield sock
            return
    tried = f"{wished[0]} is" if len(wished) == 1 else f"{wished[0]} to {wished[-1]} are"
    raise ParibusError(
        "port {choices} in use on {name}: choose another with --port, or 0 for any that is free",
        choices=tried,
        name=options.host,
    )


def _bound(host: str, port: int) -> socket.socket | None:
    """A socket at that address; None where another program has it."""
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        sock = socket.socket(family, socket.SOCK_STREAM)
    except OSError as error:
        raise ParibusError(
            "host must be an address of this machine; got {name!q}: {reason}", name=host, reason=reason_of(error)
        ) from None
    try:
        if os.name == "posix":  # elsewhere it would let two programs have one port
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind(address)
        sock.listen(128)
    except OSError as error:
        sock.close()
        if error.errno == errno.EADDRINUSE:
            return None
        raise ParibusError(
            "{name} port {number} cannot be had: {reason}", name=host, number=port, reason=reason_of(error)
        ) from None
    sock.setblocking(False)
    return sock


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach that address."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def own_hosts(host: str, port: int) -> frozenset[str]:
    """What a browser may call this server; where it listens on all networks, every name this machine has for itself."""
    names = {host, "localhost"} if is_loopback(host) else {host}
    if host in ("0.0.0.0", "::"):
        names = {"127.0.0.1", "::1", "localhost", _name(host), socket.gethostname(), socket.getfqdn()}
    written = {_in_address(_as_browsers_write(name)) for name in names}
    return frozenset(f"{name}:{port}" for name in written) | (written if port == _PLAIN_PORT else frozenset())


def _as_browsers_write(name: str) -> str:
    """Names in lower case, IPv6 in its short form (RFC 5952)."""
    try:
        return ipaddress.ip_address(name).compressed
    except ValueError:
        return name.lower()


def _name(host: str) -> str:
    """The address to print. For all networks: the one that this machine would use to reach others; nothing is sent."""
    if host not in ("0.0.0.0", "::"):
        return host
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        try:
            sock.connect(("192.0.2.1", 9))  # of the block for documentation (RFC 5737)
            return str(sock.getsockname()[0])
        except OSError:
            return "127.0.0.1"


def _in_address(name: str) -> str:
    return f"[{name}]" if ":" in name else name

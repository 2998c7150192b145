"""Downloads, from a server on this machine: pinned digests, mirrors in turn, one paragraph when there is none."""

from __future__ import annotations

import gzip
import hashlib
import io
import shutil
import ssl
import subprocess
import tarfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from paribus.core.errors import DataError
from paribus.programs.recipe.data import catalogue, fetch, open_dataset, verify
from paribus.programs.recipe.data.known import CIFAR_10, FASHION_MNIST, KMNIST, KNOWN, KnownSet
from tests.recipe.idx_files import NAMES, small_set, write
from tests.recipe.test_data_cifar import as_python_2, binary_ten, python_ten

FILES = {f"{name}.gz": gzip.compress(content, mtime=0) for name, content in small_set(classes=10).items()}


@dataclass
class Server:
    """Serves `files` below /; every path asked for is noted."""

    url: str
    files: dict[str, bytes] = field(default_factory=lambda: dict(FILES))
    asked: list[str] = field(default_factory=list)


@contextmanager
def serving(certificate: tuple[Path, Path] | None = None) -> Iterator[Server]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:  # the name that http.server calls
            noted.asked.append(self.path)
            content = noted.files.get(self.path.rpartition("/")[2])
            self.send_response(200 if content is not None else 404)
            self.send_header("Content-Length", str(len(content or b"")))
            self.end_headers()
            self.wfile.write(content or b"")

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        noted = Server(f"{'https' if certificate else 'http'}://127.0.0.1:{http.server_port}/")
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*certificate)
            http.socket = context.wrap_socket(http.socket, server_side=True)
        thread = threading.Thread(target=http.serve_forever)
        thread.start()
        yield noted
        http.shutdown()
        thread.join()


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as running:
        yield running


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[Path, Path]:
    """A certificate for 127.0.0.1 that nobody trusts, and its key."""
    if not (openssl := shutil.which("openssl")):
        pytest.skip("needs the openssl command to make a certificate")
    paths = tmp_path / "certificate.pem", tmp_path / "key.pem"
    command = f"{openssl} req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=127.0.0.1"
    command += f" -addext subjectAltName=IP:127.0.0.1 -out {paths[0]} -keyout {paths[1]}"
    subprocess.run(command.split(), check=True, capture_output=True)
    return paths


@pytest.fixture
def known(server: Server, cache: Path, monkeypatch: pytest.MonkeyPatch) -> KnownSet:
    """KMNIST with the small set's digests, from the server; the first mirror has nothing."""
    digests = {name: hashlib.sha256(FILES[f"{name}.gz"]).hexdigest() for name in NAMES}
    changed = replace(KMNIST, gzip_sha256=digests, mirrors=(f"{server.url}", f"{server.url}second/"))
    for module in ("dataset", "inventory", "downloads"):
        monkeypatch.setattr(f"paribus.programs.recipe.data.{module}.KNOWN", {"kmnist": changed})
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    return changed


def downloaded(cache: Path) -> list[str]:
    return sorted(path.name for path in (cache / "downloads").rglob("*") if path.is_file() and path.name != ".lock")


def test_a_named_set_is_downloaded_once(known: KnownSet, server: Server, cache: Path) -> None:
    assert not catalogue()[0].available
    dataset = open_dataset("kmnist")
    assert dataset.class_names == ("o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo")
    assert len(dataset.train_images) == 60
    assert sorted(server.asked) == sorted(f"/{name}" for name in FILES)
    assert downloaded(cache) == sorted(FILES)
    server.asked.clear()
    assert open_dataset("kmnist").digest == dataset.digest
    told: list[str] = []
    assert [path.name for path in fetch("kmnist", told.append).values()] == list(FILES)
    assert server.asked == []
    assert catalogue()[0].available
    assert all(check.ok for check in verify("kmnist"))


def test_the_next_mirror_is_tried_when_one_has_nothing(known: KnownSet, server: Server, cache: Path) -> None:
    changed = replace(known, mirrors=("http://127.0.0.1:9/", f"{server.url}absent/", server.url))
    told: list[str] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("paribus.programs.recipe.data.downloads.KNOWN", {"kmnist": changed})
        fetch("kmnist", told.append)
    assert told[:2] == [f"http://127.0.0.1:9/{NAMES[0]}.gz", f"{server.url}absent/{NAMES[0]}.gz"]
    assert downloaded(cache) == sorted(FILES)


def test_another_digest_is_refused_and_leaves_nothing(known: KnownSet, server: Server, cache: Path) -> None:
    server.files[f"{NAMES[0]}.gz"] = b"not the file"
    with pytest.raises(DataError, match=f"{NAMES[0]}.gz of kmnist could not be downloaded .*another SHA-256") as caught:
        open_dataset("kmnist")
    assert "\n" not in str(caught.value)
    assert downloaded(cache) == []
    assert len([path for path in server.asked if NAMES[0] in path]) == 2  # both mirrors


def test_a_connection_cut_short_leaves_nothing(known: KnownSet, server: Server, cache: Path) -> None:
    whole = server.files[f"{NAMES[0]}.gz"]
    server.files[f"{NAMES[0]}.gz"] = whole[: len(whole) // 2]
    with pytest.raises(DataError, match="could not be downloaded"):
        fetch("kmnist")
    assert downloaded(cache) == []


def test_a_damaged_download_is_named_and_fetched_again(known: KnownSet, server: Server, cache: Path) -> None:
    fetch("kmnist")
    path = cache / "downloads" / "kmnist" / f"{NAMES[1]}.gz"
    path.write_bytes(gzip.compress(small_set(train=61)[NAMES[1]]))
    assert [check.file for check in verify("kmnist") if not check.ok] == [NAMES[1]]
    with pytest.raises(DataError, match=rf"{NAMES[1]}.gz is not the file it should be.*paribus data fetch kmnist"):
        open_dataset("kmnist")
    fetch("kmnist")
    assert len(open_dataset("kmnist").train_labels) == 60


def packed(folder: Path) -> bytes:
    """A folder as an archive of it is published."""
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w:gz") as archive:
        archive.add(folder, arcname="cifar-10-batches-py")
    return content.getvalue()


def test_cifar_10_is_one_archive_read_without_being_unpacked(
    server: Server, cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, name = python_ten(tmp_path / "p", as_python_2), "cifar-10-python.tar.gz"
    server.files[name] = packed(folder)
    (folder / "data_batch_3").unlink()
    lacking = packed(folder)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")

    def pinned(content: bytes) -> None:
        digest = {name: hashlib.sha256(content).hexdigest()}
        changed = replace(CIFAR_10, archive_sha256=digest, mirrors=(server.url,))
        for module in ("dataset", "inventory", "downloads"):
            monkeypatch.setattr(f"paribus.programs.recipe.data.{module}.KNOWN", {"cifar-10": changed})

    pinned(server.files[name])
    assert [path.name for path in fetch("cifar-10").values()] == [name]
    dataset = open_dataset("cifar-10")
    assert dataset.digest == open_dataset(str(binary_ten(tmp_path / "b"))).digest
    assert dataset.class_names == CIFAR_10.class_names
    assert [check.file for check in verify("cifar-10")] == [name, *NAMES]
    assert all(check.ok for check in verify("cifar-10"))
    assert downloaded(cache) == [name]
    path = cache / "downloads" / "cifar-10" / name
    path.write_bytes(path.read_bytes()[:-100])
    (problem,) = verify("cifar-10")
    assert not problem.ok
    for content, says in ((lacking, r"lacks data_batch_3"), (lacking[:-500], "damaged archive")):
        path.write_bytes(content)
        pinned(content)
        with pytest.raises(DataError, match=says):
            open_dataset("cifar-10")


def test_offline_is_one_paragraph_that_says_what_to_do(known: KnownSet, cache: Path) -> None:
    changed = replace(known, mirrors=("http://127.0.0.1:9/",))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("paribus.programs.recipe.data.downloads.KNOWN", {"kmnist": changed})
        with pytest.raises(DataError) as caught:
            fetch("kmnist")
    message = str(caught.value)
    assert "offline" in message
    assert "refused" in message
    assert KMNIST.homepage in message
    assert str(cache / "downloads" / "kmnist") in message
    assert "\n" not in message


def test_a_mirror_whose_certificate_is_not_trusted_is_not_used(
    known: KnownSet, certificate: tuple[Path, Path], cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(certificate) as secure:
        monkeypatch.setattr(
            "paribus.programs.recipe.data.downloads.KNOWN", {"kmnist": replace(known, mirrors=(secure.url,))}
        )
        with pytest.raises(DataError, match=r"(?i)certificate"):
            fetch("kmnist")
        assert secure.asked == []
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate[0]))  # the same server, trusted
        assert len(fetch("kmnist")) == 4
    assert downloaded(cache) == sorted(FILES)


def test_files_of_a_system_package_are_used_and_not_downloaded(known: KnownSet, server: Server, tmp_path: Path) -> None:
    write(tmp_path / "package", small_set(classes=10), zipped=True)
    changed = replace(known, folders=(tmp_path / "package",))
    with pytest.MonkeyPatch.context() as patch:
        for module in ("dataset", "downloads"):
            patch.setattr(f"paribus.programs.recipe.data.{module}.KNOWN", {"kmnist": changed})
        assert set(fetch("kmnist")) == set(NAMES)
        assert len(open_dataset("kmnist").test_labels) == 20
    assert server.asked == []


def test_mnist_needs_no_download_and_an_unknown_name_is_refused() -> None:
    assert fetch("mnist") == {}
    with pytest.raises(
        DataError, match=r"must be one of mnist, fashion-mnist, kmnist, cifar-10; got .*did you mean kmnist"
    ):
        fetch("kmnits")


def test_every_mirror_is_https_and_every_file_pinned() -> None:
    for known in (FASHION_MNIST, KMNIST):
        assert all(mirror.startswith("https://") and mirror.endswith("/") for mirror in known.mirrors)
        assert set(known.gzip_sha256) == set(NAMES)
    assert CIFAR_10.mirrors[0].startswith("https://")
    pinned = [(known.gzip_sha256, known.idx_sha256, known.archive_sha256) for known in KNOWN.values()]
    digests = [digest for of_one in pinned for digests in of_one for digest in digests.values()]
    assert len(set(digests)) == len(digests) == 17
    assert all(len(digest) == 64 and int(digest, 16) for digest in digests)

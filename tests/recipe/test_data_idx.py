"""read_idx: what it reads, and one paragraph that names the file for everything that it does not."""

from __future__ import annotations

import gzip
import hashlib
import os
import struct
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from paribus.core.errors import DataError
from paribus.programs.recipe.data.idx import idx_header, idx_sha256, read_idx
from tests.recipe.idx_files import idx

SMALL = np.arange(24, dtype=np.uint8).reshape(2, 3, 4)
uint8_arrays = st.lists(st.integers(1, 5), min_size=1, max_size=4).flatmap(lambda shape: arrays(np.uint8, shape))


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("idx") / "file"


def refusal(path: Path, content: bytes | None = None, max_bytes: int = 1 << 20) -> str:
    """The error's message, which must be one paragraph and name the file."""
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(DataError) as caught:
        read_idx(path, max_bytes)
    message = str(caught.value)
    assert str(path) in message
    assert "\n" not in message
    return message


@given(array=uint8_arrays, zipped=st.booleans())
def test_what_was_written_is_read(scratch: Path, array: np.ndarray, zipped: bool) -> None:
    scratch.write_bytes(gzip.compress(idx(array)) if zipped else idx(array))
    read = read_idx(scratch)
    assert read.dtype == np.uint8
    np.testing.assert_array_equal(read, array, strict=True)


@given(array=uint8_arrays)
def test_header_and_digest_are_those_of_the_file(array: np.ndarray) -> None:
    assert idx_header(array.shape) + array.tobytes() == idx(array)
    assert idx_sha256(array) == hashlib.sha256(idx(array)).hexdigest()


def test_content_decides_whether_a_file_is_gzipped_not_its_name(tmp_path: Path) -> None:
    (tmp_path / "plain.gz").write_bytes(idx(SMALL))
    (tmp_path / "zipped").write_bytes(gzip.compress(idx(SMALL)))
    for path in tmp_path.iterdir():
        np.testing.assert_array_equal(read_idx(path), SMALL)


def test_a_gzip_file_of_two_members_is_one_file(tmp_path: Path) -> None:
    content = idx(SMALL)
    (tmp_path / "two").write_bytes(gzip.compress(content[:20]) + gzip.compress(content[20:]))
    np.testing.assert_array_equal(read_idx(tmp_path / "two"), SMALL)


@given(data=st.data())
def test_a_damaged_gzip_file_gives_the_same_array_or_an_error(scratch: Path, data: st.DataObject) -> None:
    good = gzip.compress(idx(SMALL), mtime=0)
    bad = bytearray(good)
    for _ in range(data.draw(st.integers(1, 3))):
        bad[data.draw(st.integers(0, len(good) - 1))] = data.draw(st.integers(0, 255))
    scratch.write_bytes(bad[: data.draw(st.integers(0, len(good)))])
    try:
        np.testing.assert_array_equal(read_idx(scratch), SMALL, strict=True)
    except DataError as error:
        assert str(scratch) in str(error)


@given(data=st.data())
def test_a_damaged_plain_file_gives_the_bytes_that_are_there_or_an_error(scratch: Path, data: st.DataObject) -> None:
    bad = bytearray(idx(SMALL))
    at = data.draw(st.integers(0, len(bad) - 1))
    bad[at] ^= data.draw(st.integers(1, 255))
    scratch.write_bytes(bad)
    try:
        read = read_idx(scratch)
    except DataError as error:
        assert at < 16
        assert str(scratch) in str(error)
    else:
        assert at >= 16 or (at, bad[at]) == (2, 9)  # signed bytes, which the format has as well
        assert read.tobytes() == bytes(bad[16:])
        assert read.shape == SMALL.shape


@given(kept=st.integers(0, 39))
def test_a_truncated_plain_file_is_refused(scratch: Path, kept: int) -> None:
    assert len(idx(SMALL)) == 40
    refusal(scratch, idx(SMALL)[:kept])


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (gzip.compress(idx(SMALL))[:-12], "truncated or corrupt gzip"),
        (gzip.compress(idx(SMALL))[:15], "truncated or corrupt gzip"),
        (b"\x1f\x8b" + bytes(40), "truncated or corrupt gzip"),
        (gzip.compress(idx(SMALL))[:-8] + bytes(8), "truncated or corrupt gzip"),
        (b"\x89PNG\r\n\x1a\n" + bytes(40), "begins with 89 50 4e 47"),
        (b"", "begins with nothing"),
        (struct.pack(">HBB2I", 0, 0x0A, 2, 2, 3) + bytes(24), "type 0x0a; the types are 0x08, 0x09, 0x0b"),
        (struct.pack(">HBB", 0, 8, 0), "not an IDX file"),
        (struct.pack(">HBB9I", 0, 8, 9, *[1] * 9) + b"x", "not an IDX file"),
        (struct.pack(">HBB2I", 0, 8, 3, 2, 2), "ends within its header"),
        (struct.pack(">HBB3I", 0, 8, 3, 2, 3, 5) + SMALL.tobytes(), "ends after 24 of the 30 bytes"),
        (gzip.compress(struct.pack(">HBB3I", 0, 8, 3, 2, 3, 5) + SMALL.tobytes()), "ends after 24 of the 30 bytes"),
        (struct.pack(">HBB3I", 0, 8, 3, 20, 3, 4) + SMALL.tobytes(), "too short for its header, which says 20 x 3 x 4"),
        (struct.pack(">HBB3I", 0, 8, 3, 2, 3, 3) + SMALL.tobytes(), "holds more than its header says"),
        (gzip.compress(idx(SMALL) + b"x"), "holds more than its header says"),
        (struct.pack(">HBB3I", 0, 8, 3, 0, 28, 28), "is empty"),
        (struct.pack(">HBB4I", 0, 8, 4, *[0xFFFFFFFF] * 4), "at most 1,048,576 are read"),
        (gzip.compress(struct.pack(">HBB2I", 0, 8, 2, 1024, 1025) + bytes(2000)), "at most 1,048,576 are read"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_wrong_with_a_file_is_said(tmp_path: Path, content: bytes, says: str) -> None:
    assert says in refusal(tmp_path / "train-images-idx3-ubyte", content)


def test_a_bomb_is_refused_in_bounded_memory(tmp_path: Path) -> None:
    """100 KB that unpack to 100 MB behind a header for 24 bytes; and a header that promises a GiB."""
    bomb = gzip.compress(idx(SMALL) + bytes(100_000_000), mtime=0)
    lie = gzip.compress(struct.pack(">HBBI", 0, 8, 1, 1 << 30) + bytes(1000), mtime=0)
    assert len(bomb) < 120_000
    (tmp_path / "bomb").write_bytes(bomb)
    (tmp_path / "lie").write_bytes(lie)
    del bomb
    tracemalloc.start()
    try:
        for name in ("bomb", "lie"):
            refusal(tmp_path / name, max_bytes=1 << 30)
        assert tracemalloc.get_traced_memory()[1] < 4_000_000
    finally:
        tracemalloc.stop()


def test_a_path_that_is_no_file_is_refused(tmp_path: Path) -> None:
    assert "No such file" in refusal(tmp_path / "absent")
    assert "not a regular file" in refusal(tmp_path)
    with pytest.raises(DataError, match="cannot be read"):
        read_idx("a\0b")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_is_refused_rather_than_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert "not a regular file" in refusal(tmp_path / "pipe")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission_is_refused(tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(idx(SMALL))
    (tmp_path / "secret").chmod(0)
    assert "Permission denied" in refusal(tmp_path / "secret")


def test_an_unreadable_file_is_refused_also_where_root_runs_the_tests(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "secret"
    path.write_bytes(idx(SMALL))

    def denied(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", denied)
    with pytest.raises(DataError, match=r"secret cannot be read \(Permission denied"):
        read_idx(path)

"""Which files a command's figures may depend on, and their digests."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import shutil
import stat
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from paribus.programs.command.versions import git
from paribus.programs.earlier_code import Digests

_SETTLED_NS = 100_000_000  # a file that was changed more recently may change again under the same time stamp
# What a store of ours holds, wherever it lies; all of it is below what stands before that.
_STORE = re.compile(
    r"((?:.*/)?)(?:runs/[^/]+-s\d+[^/]*|locks/[^/]+-s\d+[^/]*\.lock|(?:comparisons|maps)/[^/]+/plan\.json)(?:/|$)"
)
_OF_STORES = ("runs/", "locks/", "comparisons/", "maps/", "removed/", "sources/")
CODE = re.compile(
    r"\.(?:py|pyi|pyx|ipynb|sh|bash|zsh|r|jl|m|lua|pl|rb|js|ts|c|cc|cpp|cu|cuh|h|hpp|rs|go|java|kt|scala|swift|f90"
    r"|yaml|yml|toml|ini|cfg|conf|gin)$"
    r"|(?:conf|cfg|param|setting|option|args)[^/]*\.json$",  # all other JSON is figures and data
    re.IGNORECASE,
)
_COMPILED = re.compile(r"(?:^|/)__pycache__/|\.py[co]$")

_listings: dict[Path, tuple[list[int], set[Path], list[str]]] = {}
_known: dict[Path, tuple[tuple[int, ...], str]] = {}  # digests of this process, by what would tell a change


def digest_of(path: Path) -> str | None:
    """SHA-256 (hex) of a file's content, and of where a link leads; None where there is no file."""
    try:
        facts = path.stat()
        if not stat.S_ISREG(facts.st_mode):
            return None
        known = (facts.st_size, facts.st_mtime_ns, facts.st_ctime_ns, facts.st_ino, facts.st_dev)
        if path not in _known or _known[path][0] != known:
            with path.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
            if time.time_ns() - max(facts.st_mtime_ns, facts.st_ctime_ns) < _SETTLED_NS:
                return digest
            _known[path] = known, digest
        return _known[path][1]
    except OSError:
        return None


def digests(place: Path, names: Iterable[str]) -> dict[str, str]:
    """The digests of files, by their paths from `place`; those that are not there are left out."""
    found = {name: digest_of(place / name) for name in sorted(set(names))}
    return {name: digest for name, digest in found.items() if digest is not None}


def whole(files: Digests) -> str:
    """One digest of all."""
    return hashlib.sha256("".join(f"{name}\0{digest}\n" for name, digest in sorted(files.items())).encode()).hexdigest()


def listed_again(place: Path) -> list[str]:
    """The same, as it was, where no folder of these files has had a new file or folder in it since."""
    known = _listings.get(place)
    if known is None or known[0] != _stamps(known[1]):
        names = listed(place)
        folders = {place, *((place / name).parent for name in names)}
        stamps = _stamps(folders)
        if any(time.time_ns() - stamp < _SETTLED_NS for stamp in stamps):
            return names
        _listings[place] = known = stamps, folders, names
    return known[2]


def _stamps(folders: Iterable[Path]) -> list[int]:
    found = []
    for folder in folders:
        with contextlib.suppress(OSError):
            found.append(folder.stat().st_mtime_ns)
    return found


def listed(place: Path) -> list[str]:
    """The files below a folder that git tracks or does not ignore, but for what Paribus and Python write themselves.

    None of them where there is no git.
    """
    said = git(place, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    names = (said or "").split("\0")[:-1]
    for name in [name for name in names if (place / name).is_dir() and not (place / name).is_symlink()]:
        names += [f"{name.rstrip('/')}/{inner}" for inner in listed(place / name)]  # a repository in this one
    roots = {match[1] for name in names if (match := _STORE.match(name))}
    ours = tuple(inner for root in roots for inner in ([root] if root else _OF_STORES))
    return [name for name in names if not name.startswith(ours) and not _COMPILED.search(name)]


def named(place: Path, words: Sequence[str]) -> Iterator[str]:
    """The words that are files, also behind an equals sign or as the module behind `-m`: the script is among them."""
    for before, word in zip(("", *words), words, strict=False):
        tried = [word, word.partition("=")[2]]
        if before == "-m":
            module = word.replace(".", "/")
            tried += [f"{module}.py", f"{module}/__main__.py"]
        yield from (name for name in tried if name and "\0" not in name and (place / name).is_file())


def beside(place: Path, scripts: Iterable[str]) -> Iterator[str]:
    """Where git says nothing: the code beside scripts and in the current folder, and in the folders there.

    Of a package that is all below it, of another folder what lies in it.
    """
    for folder in dict.fromkeys([place, *((place / name).parent for name in scripts)]):
        for name in _inside(folder):
            package = (folder / name / "__init__.py").is_file()
            found = below(folder, name) if package else [name, *(f"{name}/{inner}" for inner in _inside(folder / name))]
            yield from (os.path.relpath(folder / inner, place) for inner in found if CODE.search(inner))


def _inside(folder: Path) -> list[str]:
    """The names in a folder, but for hidden ones; none of what is no folder or cannot be read."""
    try:
        return [path.name for path in folder.iterdir() if not path.name.startswith(".")]
    except OSError:
        return []


def below(place: Path, name: str) -> Iterator[str]:
    """The files of a folder that is named as such, ignored or not; a file itself."""
    if not (place / name).is_dir():
        yield name
    for parent, _, names in os.walk(place / name):
        yield from (os.path.relpath(Path(parent) / inner, place) for inner in names)


def facts_of(path: Path) -> str:
    """Size and time of change, in place of a digest: of data, which may be large."""
    with contextlib.suppress(OSError):
        facts = path.stat()
        return f"{facts.st_size} {facts.st_mtime_ns}"
    return ""


def now(place: Path, known: Digests) -> dict[str, str]:
    """The same files as they are now; a digest that is of no file, under no name, stays."""
    found = {}
    for name, digest in known.items():
        state = digest if not name else facts_of(place / name) if " " in digest else digest_of(place / name)
        if state:
            found[name] = state
    return found


def executable(place: Path, word: str) -> Path | None:
    """The file that a command's first word starts, past all links; None where there is none that may be executed."""
    found = shutil.which(word if os.sep not in word else str(place / word))
    return Path(found).resolve() if found else None

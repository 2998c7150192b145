"""The modules that a function's code comes from, found without running any: the user's own, and installed packages.

Own modules are those that lie neither in the standard library nor among installed packages. What they import, and so
on, is read from their source, also imports inside functions. A module counts by its syntax tree, so comments and the
shape of lines change nothing.
"""

from __future__ import annotations

import ast
import functools
import hashlib
import importlib.metadata
import importlib.util
import site
import sys
import sysconfig
from collections.abc import Iterable, Iterator
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path

from paribus.core.bounded_read import files_below

_DIGITS = 16  # of a digest that tells one part from another
OPTIMISERS = "torch.optim"  # which `import torch` does not name
_LARGEST_SOURCE = 1 << 24  # bytes


def parts_of(roots: Iterable[str]) -> tuple[dict[str, str], frozenset[str]]:
    """What these modules and all that they import are, by name: digests of own files, versions of packages.

    And the modules of packages that are imported, by their whole names.
    """
    found: dict[str, str] = {}
    foreign: set[str] = set()
    todo, seen = list(roots), set()
    while todo:
        name = todo.pop()
        if name in seen:
            continue
        seen.add(name)
        top = name.partition(".")[0]
        if top == "paribus":
            todo.append("numpy")  # of which its streams are
        if not _may_be_own(top) or (spec := find(name)) is None:
            continue
        if not _is_own(spec):
            found[top] = _version(top)
            foreign.add(name)
            continue
        if spec.origin is not None and (path := Path(spec.origin)).is_file():
            digest, imports = _read(path, _stamp(path))
            found[_file_name(name, path)] = digest
            package = name if spec.submodule_search_locations is not None else name.rpartition(".")[0]
            todo += [full for level, one in imports if (full := _absolute(one, level, package))]
        if "." in name:  # a package's own file runs before those in it
            todo.append(name.rpartition(".")[0])
    return dict(sorted(found.items())), frozenset(foreign)


def find(name: str) -> ModuleSpec | None:
    """Where a module is; None where it is not, or is no file. Runs nothing of it, nor of the packages that it is in."""
    top, *inner = name.split(".")
    try:
        spec = importlib.util.find_spec(top)
    except (ValueError, ImportError):  # one that was made by hand, say
        return None
    whole = top
    for part in inner:
        if spec is None or spec.submodule_search_locations is None:
            return None
        whole, places = f"{whole}.{part}", list(spec.submodule_search_locations)
        try:
            spec = PathFinder.find_spec(whole, places)
        except KeyError:  # a folder without a file of its own, whose parent Python looks up among what is loaded
            spec = ModuleSpec(whole, None, is_package=True)
            spec.submodule_search_locations = [str(Path(place, part)) for place in places if Path(place, part).is_dir()]
    return spec


def is_own(name: str) -> bool:
    """Whether a module is the user's own."""
    return _may_be_own(name.partition(".")[0]) and ((spec := find(name)) is None or _is_own(spec))


def file_digest(path: Path) -> str:
    """What a file or a folder that a function reads is. Raises OSError."""
    if path.is_dir():
        files = [one for one in files_below(path) if one.is_file()]
        listed = "".join(f"{one.relative_to(path).as_posix()} {file_digest(one)}\n" for one in files)
        return hashlib.sha256(listed.encode()).hexdigest()[:_DIGITS]
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:_DIGITS]


def _may_be_own(top: str) -> bool:
    return top not in sys.stdlib_module_names and top not in ("paribus", "__main__")


def _is_own(spec: ModuleSpec) -> bool:
    places = [spec.origin] if spec.origin else list(spec.submodule_search_locations or ())
    if spec.origin in ("built-in", "frozen"):
        return False
    return bool(places) and not any(Path(place).is_relative_to(other) for place in places for other in _installed())


@functools.cache
def _installed() -> tuple[str, ...]:
    """Folders of the standard library and of installed packages."""
    named = ("stdlib", "platstdlib", "purelib", "platlib")
    places = [*(sysconfig.get_path(name) for name in named), *site.getsitepackages(), site.getusersitepackages()]
    return tuple(dict.fromkeys(place for place in places if place))


@functools.cache
def _version(package: str) -> str:
    """Of an installed package, by the name that is imported."""
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        names = importlib.metadata.packages_distributions().get(package, ())
        return " ".join(f"{name} {importlib.metadata.version(name)}" for name in sorted(set(names)))


def _stamp(path: Path) -> tuple[int, int]:
    facts = path.stat()
    return facts.st_mtime_ns, facts.st_size


@functools.lru_cache(maxsize=4096)
def _read(path: Path, stamp: tuple[int, int]) -> tuple[str, tuple[tuple[int, str], ...]]:
    """A module's digest, and what it imports, with the number of dots before each. stamp: of the file as it is."""
    source = path.read_bytes()
    try:
        tree = ast.parse(source) if path.suffix == ".py" and len(source) <= _LARGEST_SOURCE else None
    except (SyntaxError, ValueError):
        tree = None
    if tree is None:  # compiled code, or what cannot be read: by its bytes
        return hashlib.sha256(source).hexdigest()[:_DIGITS], ()
    digest = hashlib.sha256(ast.dump(tree).encode()).hexdigest()[:_DIGITS]
    return digest, tuple(_imports(tree))


def _imports(tree: ast.AST) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((0, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = node.module or ""
            if module:
                yield node.level, module
            for alias in node.names:  # it may be a module
                yield node.level, f"{module}.{alias.name}".lstrip(".")
        elif isinstance(node, ast.Attribute) and node.attr == "optim":
            yield 0, OPTIMISERS


def _absolute(name: str, level: int, package: str) -> str:
    """The whole name of what a module of `package` imports; empty where there is no such."""
    if level == 0:
        return name
    above = package.split(".")
    kept = above[: len(above) - (level - 1)]
    return ".".join([*kept, name]) if package and kept else ""


def _file_name(module: str, path: Path) -> str:
    """What a module's file is called wherever it lies: `helpers/data.py`."""
    ending = f"/{path.name}" if path.stem == "__init__" else path.suffix
    return module.replace(".", "/") + ending

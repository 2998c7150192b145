"""ES modules made into one script, for a page that is one file: no build step, no tool beside Python.

Each module becomes a function that is called once and returns what it exports, in the order in which they need each
other. So modules keep their own top-level names, and the page's global scope stays empty.
"""

from __future__ import annotations

import base64
import hashlib
import json
import posixpath
import re
from functools import cache
from pathlib import Path

from paribus.core.activations import ACTIVATIONS

HERE = Path(__file__).parent

_NAME = r"[A-Za-z_$][\w$]*"
_IMPORT = re.compile(r'^import\s*\{([^}]*)\}\s*from\s*"(\.[\w./-]*)";[ \t]*$', re.MULTILINE)
_DECLARED = re.compile(rf"^export\s+((?:async\s+)?(?:function\s*\*?|class|const)\s+({_NAME}))", re.MULTILINE)
_LISTED = re.compile(r"^export\s*\{([^}]*)\};[ \t]*$", re.MULTILINE)
_LEFT = re.compile(r"^(?:import|export)\b.*|\bimport\s*\(|\bimport\.meta\b|^await\b.*", re.MULTILINE)
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)  # types in comments import, too
_ENDS_SCRIPT = re.compile(r"</script|<!--", re.IGNORECASE)


@cache
def modules(entry: str, folder: Path = HERE) -> tuple[str, ...]:
    """The entry's modules by path inside `folder`, each after those that it imports; the entry comes last.

    Raises ValueError where modules import each other in a circle.
    """
    order: list[str] = []
    _visit(entry, folder, (), order)
    return tuple(order)


@cache
def bundle(entry: str, folder: Path = HERE) -> str:
    """One script that does what `<script type="module" src=ENTRY>` does. Modules may write:

        import {a, b as c} from "./other.js";       on one line or several, at the line's start
        export function a() {}                      also async, class, const
        export {a, b as c};

    Raises ValueError for every other form, and for text that would end the script element.
    """
    order = modules(entry, folder)
    script = "\n".join(_scoped(name, folder) for name in order)
    if found := _ENDS_SCRIPT.search(script):
        raise ValueError(f"a script inside a page cannot hold {found.group()!r}")
    return script


def module_source(path: Path) -> str:
    """The text of a module, with the formulas of the activations where they belong."""
    return path.read_text("utf-8").replace("  // ACTIVATIONS", _activations())


def _activations() -> str:
    return "\n".join(
        f"  {name}: {{ f: (x) => ({a.formula}), bounded: {json.dumps(a.bounded)} }}," for name, a in ACTIVATIONS.items()
    )


def content_hash(text: str) -> str:
    """What a Content-Security-Policy calls this inline script or style: `'sha256-…'`."""
    digest = base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")
    return f"'sha256-{digest}'"


def _visit(name: str, folder: Path, above: tuple[str, ...], order: list[str]) -> None:
    if name in above:
        raise ValueError("modules import each other in a circle: " + " > ".join((*above, name)))
    if name in order:
        return
    for _, target in _IMPORT.findall(module_source(folder / name)):
        _visit(_beside(name, target), folder, (*above, name), order)
    order.append(name)


def _scoped(name: str, folder: Path) -> str:
    source = module_source(folder / name)
    exports = [(own, own) for _, own in _DECLARED.findall(source)]
    for listed in _LISTED.findall(source):
        exports += _pairs(listed, name)
    body = _IMPORT.sub(lambda found: _taken(found, name), source)
    body = _LISTED.sub("", _DECLARED.sub(r"\1", body))
    if left := _LEFT.search(_COMMENT.sub("", body)):
        raise ValueError(f"{name}: a module in a bundle cannot hold {left.group()!r}")
    given = ", ".join(f"{outer}: {own}" for own, outer in exports)
    return f"const {_variable(name)} = (() => {{\n{body.strip()}\nreturn {{{given}}};\n}})();"


def _taken(found: re.Match[str], name: str) -> str:
    names = ", ".join(f"{theirs}: {own}" for theirs, own in _pairs(found.group(1), name))
    return f"const {{{names}}} = {_variable(_beside(name, found.group(2)))};"


def _pairs(listed: str, module: str) -> list[tuple[str, str]]:
    """`a, b as c` as (a, a), (b, c)."""
    pairs = []
    for part in filter(None, (part.strip() for part in listed.split(","))):
        found = re.fullmatch(rf"({_NAME})(?:\s+as\s+({_NAME}))?", part)
        if found is None:
            raise ValueError(f"{module}: cannot import or export {part!r}")
        pairs.append((found.group(1), found.group(2) or found.group(1)))
    return pairs


def _beside(name: str, target: str) -> str:
    return posixpath.normpath(posixpath.join(posixpath.dirname(name), target))


def _variable(name: str) -> str:
    return "$" + re.sub(r"\W", "_", name.removesuffix(".js"))

"""The page's parts: modules, style sheets and fonts by a flat name, each checked anew by its digest."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

from paribus import page
from paribus.figures import fonts
from paribus.figures.palette import arm_rules, theme_rules
from paribus.page.bundling import module_source
from paribus.web.problems import Missing

MOST_ARMS = 20  # of a comparison
THEME = "theme.css"

_TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".woff2": "font/woff2",
    ".svg": "image/svg+xml",
    ".png": "image/png",
}
_PAGE = Path(page.__file__).parent
_FOLDERS: Mapping[str, tuple[Path, ...]] = {
    "": (Path(__file__).parent / "static", _PAGE),
    "vendor/": (_PAGE / "vendor",),
    "fonts/": (Path(fonts.__file__).parent,),
}


def asset(request: Request) -> Response:
    """One of the files that there are; a name is looked up among theirs, never joined to a path."""
    name = request.path_params["name"]
    kind = _TYPES.get("." + name.rpartition(".")[2])
    if name == THEME:
        data = _theme()
    elif (path := _files().get(name)) is not None and kind is not None:
        facts = path.stat()
        data = _read(path, facts.st_mtime_ns, facts.st_size)
    else:
        raise Missing("the page has no such part")
    tag = f'"{hashlib.sha256(data).hexdigest()[:32]}"'
    headers = {"etag": tag, "cache-control": "no-cache"}
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    return Response(data, headers={**headers, "content-type": kind or ""})


def _files() -> dict[str, Path]:
    """By name. The page's own come before the shared ones."""
    return {
        prefix + path.name: path
        for prefix, folders in _FOLDERS.items()
        for folder in reversed(folders)
        if folder.is_dir()
        for path in folder.iterdir()
        if path.suffix in _TYPES and path.is_file()
    }


@lru_cache(maxsize=128)
def _read(path: Path, changed: int, size: int) -> bytes:
    return module_source(path).encode() if path.suffix == ".js" else path.read_bytes()


@cache
def _theme() -> bytes:
    rules = (fonts.web_font_css("/assets/fonts"), theme_rules(MOST_ARMS), arm_rules(MOST_ARMS))
    return "\n".join(rules).encode()

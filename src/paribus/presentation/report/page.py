"""The report as a file: the template filled in, with a policy that lets the page load nothing and run nothing."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import os
import re
import secrets
from functools import cache
from pathlib import Path

import jinja2
from markupsafe import Markup

from paribus.presentation.figures.theme import arm_rules, theme_variables
from paribus.presentation.numbers import percent
from paribus.presentation.report.view import report_view
from paribus.presentation.translation import translator
from paribus.values.comparison import Comparison
from paribus.values.errors import StoreError

HERE = Path(__file__).parent
_LOOSE = re.compile(r"(?<=\d) (?=%)|(?<=\bp) (?=[=<])|(?<=\bp [=<]) ")
ICON = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16">'
    '<path d="M2 5h12" stroke="#0069a8" stroke-width="3"/><path d="M2 11h12" stroke="#bf4b00" stroke-width="3"/></svg>'
)


def render(comparison: Comparison, lang: str = "en") -> str:
    """The report as one HTML document, in English (`en`) or Korean (`ko`).

    Raises ParibusError on another language, or where an image's pixels do not fit its size.
    """
    words = translator(lang)
    view = report_view(comparison, lang)
    style = style_sheet(len(comparison.arms))
    return template("report.html.j2").render(
        view=view,
        text=words.text,
        plural=words.plural,
        percent=lambda value: percent(value, words.lang, 0),
        icon="data:image/svg+xml;base64," + base64.b64encode(ICON.encode("ascii")).decode("ascii"),
        style=style,
        policy=policy(style),
    )


def write_report(comparison: Comparison, path: Path, lang: str = "en") -> Path:
    """Write the report to `path` and return it. The file appears whole or not at all.

    Raises StoreError where it cannot be written.
    """
    content = render(comparison, lang).encode("utf-8")
    partial = path.with_name(f".{path.name}.{secrets.token_hex(8)}.partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with partial.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    except OSError as error:
        raise StoreError(f"{path}: the report cannot be written here; {error.strerror}") from None
    finally:
        _remove(partial)
    return path


def _remove(partial: Path) -> None:
    with contextlib.suppress(OSError):
        partial.unlink()


def style_sheet(arms: int) -> str:
    """The page's whole style: what is written in style.css, and the arms' colours for both themes."""
    light, dark = theme_variables(arms, dark=False), theme_variables(arms, dark=True)
    written = (HERE / "style.css").read_text("utf-8")
    written = written.replace("/* light palette */", light).replace("/* dark palette */", dark)
    return f"{written}\n{arm_rules(arms)}\n"


def policy(style: str) -> str:
    """A Content-Security-Policy that allows this style and images inside the file, and nothing else."""
    digest = base64.b64encode(hashlib.sha256(style.encode("utf-8")).digest()).decode("ascii")
    return f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'"


def tied(value: object) -> object:
    """Words without a line break between a number and its per cent sign, nor around the sign of `p = 0.031`."""
    if not isinstance(value, str) or isinstance(value, Markup):
        return value
    return _LOOSE.sub("\N{NO-BREAK SPACE}", value)


@cache
def template(name: str) -> jinja2.Template:
    """One of the templates beside this module; what is filled in is escaped, and its numbers do not break."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(HERE / "templates"),
        autoescape=True,
        finalize=tied,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return environment.get_template(name)

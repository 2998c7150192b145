"""The report as a file: the template filled in, with a policy that lets the page load nothing and run only itself."""

from __future__ import annotations

import base64
import re
from functools import cache
from pathlib import Path

import jinja2
from markupsafe import Markup

from paribus.core import atomic
from paribus.core.errors import StoreError, reason_of
from paribus.figures.fonts import web_font_css
from paribus.figures.palette import arm_rules, theme_rules
from paribus.figures.svg import swatch
from paribus.page.blocks import json_block
from paribus.page.bundling import HERE as SCRIPTS
from paribus.page.bundling import bundle, content_hash, modules
from paribus.page.curves_data import curves_data
from paribus.page.words import page_words
from paribus.programs.view import program_view
from paribus.records.comparison import Comparison
from paribus.report.contents import NOTHING, ReportContents
from paribus.report.data import tables_data, tuned_tables, why_tables
from paribus.report.reach import reach_table, reach_view
from paribus.report.tuned import tuned_view
from paribus.report.view import ReportView, report_view
from paribus.report.why import why_view
from paribus.runs.store.digests import stamped
from paribus.words.errors import message_words
from paribus.words.numbers import p_number
from paribus.words.safe_text import one_line, printable
from paribus.words.translation import translator

HERE = Path(__file__).parent
_LOOSE = re.compile(
    r"(?<=\d) (?=%)|(?<=\bp) (?=[=<])|(?<=\bp [=<]) |(?<=\d) (?=of \d)|(?<=\d of) (?=\d)"
    r"|(?<=\d번) (?=중 \d)|(?<=\d번 중) (?=\d)|(?<=학습) (?=성공)|(?<=가중치) (?=감쇠|초기화)|(?<=활성화) (?=함수)"
)
_CUT = re.compile(r"(?<=%)(?=[가-힣])")  # a browser may end a line there, inside a Korean word
_ICON = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16">'
    '<path d="M2 5h12" stroke="#0069a8" stroke-width="3"/><path d="M2 11h12" stroke="#bf4b00" stroke-width="3"/></svg>'
)


def render(comparison: Comparison, lang: str = "en", contents: ReportContents = NOTHING) -> str:
    """The report as one HTML document, in English (`en`) or Korean (`ko`), with what `contents` has beside it.

    Raises ParibusError on another language, or where an image's pixels do not fit its size.
    """
    words = translator(lang)
    view = report_view(comparison, lang, contents)
    reach = None if contents.verdict_map is None else reach_view(contents.verdict_map, comparison, lang)
    found = contents.explanation
    why = None if found is None else why_view(found, comparison, lang, contents.curves)
    arms = max(len(comparison.arms), reach.arms if reach else 0)
    style, script = style_sheet(arms), bundle("report.js")
    return template("report.html.j2").render(
        view=view,
        comparison=comparison,
        program=program_view(comparison.program),
        words=words,
        opens_images=contents.tests is not None,
        text=words.text,
        plural=words.plural,
        p_number=p_number,
        percent=lambda value: words.percent(value, 0),
        why=why,
        tuned=None if contents.tuned is None else tuned_view(comparison, contents.tuned, lang),
        alone=False,
        reach=reach,
        left_out=[message_words(said, lang) for said in contents.damaged],
        blocks=_blocks(comparison, view, contents, lang),
        style=style,
        script=script,
        policy=policy(style, script),
    )


def _blocks(comparison: Comparison, view: ReportView, contents: ReportContents, lang: str) -> dict[str, Markup]:
    """The data that scripts take, by the part that they are for: `report.js` reads them when it needs them."""
    tables = tables_data(comparison, view, lang)
    if contents.verdict_map is not None:
        tables["tables"]["map"] = reach_table(contents.verdict_map, lang)
    if contents.tuned is not None:
        tables["tables"] |= tuned_tables(contents.tuned, lang)
    if contents.explanation is not None:
        tables["tables"] |= why_tables(contents.explanation, contents.curves, lang)
    scripts = tuple(SCRIPTS / name for name in modules("report.js"))
    blocks = {
        "words": json_block("words", page_words(scripts, (lang,))),
        "curves": json_block("curves-data", curves_data(comparison, lang)),
        "tables": json_block("tables-data", tables),
    }
    own = program_view(comparison.program).report_data(comparison, view.own, contents.tests)
    blocks |= {name: json_block(f"{name}-data", data) for name, data in own.items()}
    if contents.lab is not None:
        blocks["lab"] = json_block("lab-data", contents.lab)
    return blocks


def prepare() -> None:
    """Do beforehand what a report takes whatever it is of: its templates compiled, its script in one piece."""
    bundle("report.js")
    environment = template("report.html.j2").environment
    for name in environment.list_templates():
        environment.get_template(name)


def write_report(comparison: Comparison, path: Path, lang: str = "en", contents: ReportContents = NOTHING) -> Path:
    """Write the report to `path` and return it. The file appears whole or not at all.

    Raises StoreError where it cannot be written.
    """
    write_file(path, render(comparison, lang, contents))
    return path


def write_file(path: Path, text: str) -> None:
    """Put a report in its place, whole or not at all. Raises StoreError where it cannot be written."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        atomic.sweep(path.parent)
        atomic.write_whole(path, stamped(text.encode()) if path.suffix == ".html" else text.encode())
    except OSError as error:
        raise StoreError(
            "{path}: the report cannot be written here; {reason}", path=path, reason=reason_of(error)
        ) from error


SHEETS = ("page.css", "vendor/uplot.css", "charts.css", "mistakes.css", "network.css", "why.css")


def style_sheet(arms: int) -> str:
    """The page's whole style: the typeface, what all pages share, and what the report alone needs."""
    own = (HERE / "style.css").read_text("utf-8")
    shared = (SCRIPTS.joinpath(name).read_text("utf-8") for name in SHEETS)
    return "\n".join((web_font_css(), theme_rules(arms), *shared, arm_rules(arms), own))


def policy(style: str, script: str) -> str:
    """A Content-Security-Policy that allows this style, this script, and images and fonts inside the file.

    Everything else is forbidden: requests to anywhere, other scripts, and making markup of text (trusted types).
    """
    rules = {
        "default-src": "'none'",
        "script-src": content_hash(script),
        "style-src": content_hash(style),
        "img-src": "data:",
        "font-src": "data:",
        "connect-src": "'none'",
        "base-uri": "'none'",
        "form-action": "'none'",
        "require-trusted-types-for": "'script'",
        "trusted-types": "'none'",
    }
    return "; ".join(f"{name} {value}" for name, value in rules.items())


def tied(value: object) -> object:
    """Words without a line break between a number and its per cent sign, around the sign of `p = 0.031`, in a count
    (`5 of 6`), or inside a Korean term of two words."""
    if not isinstance(value, str) or isinstance(value, Markup):
        return value
    return _CUT.sub("\N{WORD JOINER}", _LOOSE.sub("\N{NO-BREAK SPACE}", value))


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
    environment.filters |= {"one_line": one_line, "printable": printable}
    icon = "data:image/svg+xml;base64," + base64.b64encode(_ICON.encode("ascii")).decode("ascii")
    environment.globals |= {"swatch": swatch, "icon": icon}
    return environment.get_template(name)

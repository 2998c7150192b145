"""Collects the messages of the source, brings the catalogues up to date, and compiles them.

    python tools/compile_messages.py          update locale/*/LC_MESSAGES/paribus.po and compile each to .mo
    python tools/compile_messages.py --prune  the same, and drop messages that nothing uses any longer
    python tools/compile_messages.py --check  change nothing; exit with 1 where something is stale or untranslated

Messages are the first arguments of `text(...)`, `plural(...)`, `mark(...)`, `Message(...)`, `Fault(...)` and of every
error in Python, and of `text(...)` and `plural(...)` in Jinja templates, and those of
`t(...)` and its like in the page's scripts. Write each as one literal. The meanings of
recipe fields and recipes, which stand in the source as plain English, are messages as well, and so is all that
`--help` says.
"""

from __future__ import annotations

import argparse
import io
import re
import sys
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from paribus.cli import help_words
from paribus.cli.parser import make_parser
from paribus.page.words import script_sentences

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src" / "paribus"
LOCALE = SOURCE / "words" / "locale"
KEYWORDS = {"text": None, "plural": (1, 2), "mark": None}
SAYING = (
    "Message",
    "Fault",
    "ErrorCollector",
    "BrokenRule",
    "ParibusError",
)  # whose first argument is an id
CLASS = re.compile(r"^ *class (\w+)\(([^)]*)\)", re.MULTILINE)
METHODS = [("**.py", "python"), ("**/templates/**", "jinja2.ext:babel_extract")]


def saying() -> frozenset[str]:
    """The names of the classes that are made of a message: errors, and what they hold."""
    texts = [path.read_text(encoding="utf-8") for path in SOURCE.rglob("*.py")]
    classes = [found for text in texts for found in CLASS.findall(text)]  # a syntax tree of them all takes seconds
    bases = {name: set(re.findall(r"[\w.]+", above)) for name, above in classes}
    found = set(SAYING)
    while more := {name for name, above in bases.items() if above & found} - found:
        found |= more
    return frozenset(found)


@cache
def messages() -> Catalog:
    """Every message that the source uses."""
    catalog = Catalog()
    keywords = {**KEYWORDS, **dict.fromkeys(saying())}
    found = extract_from_dir(SOURCE, METHODS, {"**/templates/**": {"silent": "false"}}, keywords)
    for _, _, message, _, _ in found:
        if message and not isinstance(message, str):
            message = tuple(message)
        if message:
            catalog.add(message)
    for script in SOURCE.rglob("*.js"):
        for sentence in script_sentences(script.read_text(encoding="utf-8")):
            catalog.add(sentence)
    for sentence in help_words.sentences(make_parser("")):
        catalog.add(sentence)
    return catalog


def updated(path: Path, *, prune: bool) -> Catalog:
    """The catalogue at `path` with today's messages: new ones empty, no guesses, unused ones gone if `prune`."""
    with path.open("rb") as file:
        catalog = read_po(file, locale=path.parents[1].name, domain="paribus")
    catalog.update(messages(), no_fuzzy_matching=True, update_creation_date=False, update_header_comment=False)
    if prune:
        catalog.obsolete.clear()
    return catalog


def untranslated(catalog: Catalog) -> list[str]:
    """The messages without a translation."""
    strings = {str(m.id): (m.string,) if isinstance(m.string, str) else m.string for m in catalog if m.id}
    return [msgid for msgid, forms in strings.items() if not forms or not all(forms)]


def po_bytes(catalog: Catalog) -> bytes:
    """The catalogue as .po text, by message and without places of use, so that edits and moves change nothing."""
    buffer = io.BytesIO()
    write_po(buffer, catalog, width=118, sort_output=True, no_location=True, omit_header=True)
    header = _HEADER.format(lang=catalog.locale_identifier, plurals=catalog.plural_forms)
    return header.encode() + buffer.getvalue().lstrip()


def mo_bytes(po: bytes, lang: str) -> bytes:
    """The compiled catalogue."""
    buffer = io.BytesIO()
    catalog = read_po(io.BytesIO(po), locale=lang, domain="paribus")
    catalog.creation_date = _EPOCH  # babel would write the time of this compile
    write_mo(buffer, catalog)
    return buffer.getvalue()


_EPOCH = datetime(2026, 1, 1, tzinfo=UTC)

# Written by us, for babel's own header holds dates, which would make each compile differ.
_HEADER = """\
msgid ""
msgstr ""
"Project-Id-Version: paribus\\n"
"Language: {lang}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: {plurals}\\n"

"""


def main(arguments: list[str]) -> int:
    """Runs the command; returns the exit status."""
    parser = argparse.ArgumentParser(description="Update and compile the message catalogues.")
    parser.add_argument("--check", action="store_true", help="change nothing; fail where something is stale")
    parser.add_argument("--prune", action="store_true", help="drop messages that nothing uses any longer")
    options = parser.parse_args(arguments)
    stale = False
    for path in sorted(LOCALE.glob("*/LC_MESSAGES/paribus.po")):
        catalog = updated(path, prune=options.prune or options.check)
        po = po_bytes(catalog)
        mo = mo_bytes(po, path.parents[1].name)
        missing = untranslated(catalog)
        for msgid in missing:
            print(f"{path.parents[1].name}: not translated: {msgid}", file=sys.stderr)
        old = path.read_bytes(), path.with_suffix(".mo").read_bytes() if path.with_suffix(".mo").exists() else b""
        stale = stale or bool(missing) or old != (po, mo)
        if not options.check:
            path.write_bytes(po)
            path.with_suffix(".mo").write_bytes(mo)
    return 1 if options.check and stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

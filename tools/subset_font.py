"""Cuts the package's fonts to what it writes.

    python tools/subset_font.py                 the web fonts anew, for the characters of today's texts
    python tools/subset_font.py --source DIR    before that the fonts for figures, from Pretendard 1.3.9's TrueType
                                                files (`dist/public/static/alternative` of its npm package)
    python tools/subset_font.py --check         change nothing; exit with 1 where a text has a character too many

Run it when a new Korean sentence has a syllable that no other had: a test says so.
"""

from __future__ import annotations

import argparse
import ast
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from babel.messages.pofile import read_po
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

from paribus.figures.fonts import FAMILY, figure_fonts, web_fonts

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src" / "paribus"
LOCALE = SOURCE / "words" / "locale"
# Whose texts figures and pages show.
SHOWN = ("words", "comparison/words", "diagnosis/words", "maps/words", "figures", "page", "report", "programs/recipe")
PAGES = ("*.j2", "*.js", "*.css", "*.html")
KOREAN = ("README.ko.md", "lessons/*.ko.ipynb")

ASCII = frozenset(map(chr, range(0x20, 0x7F)))
LATIN_1 = frozenset(map(chr, range(0xA0, 0x100)))
GREEK = frozenset("αβγδεζηθικλμνξοπρςστυφχψωΓΔΘΛΞΠΣΦΨΩ")
SIGNS = frozenset("–—‘’“”…•‖′″⁰¹²³⁴⁵⁶⁷⁸⁹₀₁₂₃₄₅₆₇₈₉←↑→↓↔−±×÷≈≠≤≥√∑∂∏∞■□▲△▶▷▼▽◀◁◆◇○●✓✗")
JAMO = frozenset(map(chr, range(0x3131, 0x3164)))
KS_X_1001 = frozenset(
    bytes([row, cell]).decode("euc-kr") for row in range(0xB0, 0xC9) for cell in range(0xA1, 0xFF)
)  # the 2,350 syllables that written Korean is nearly all made of
NAMES_KEPT = [0, 1, 2, 3, 4, 5, 6, 13, 14]  # of the `name` table: copyright, names, version, licence
FEATURES = ["kern", "tnum"]  # kerning, and figures of one width for tables


@cache
def package_texts() -> frozenset[str]:
    """Every character beyond spaces of the catalogues and of the texts in the Python of what is shown.

    A terminal draws with a font of its own, so what only it writes does not count. Nor does the sign that stands for
    an unreadable character, which no text has on purpose.
    """
    found: set[str] = set()
    for path in LOCALE.glob("*/LC_MESSAGES/paribus.po"):
        with path.open("rb") as file:
            for message in read_po(file):
                for text in (message.id, message.string):
                    found.update("".join(text) if isinstance(text, tuple | list) else text or "")
    for path in (path for folder in SHOWN for path in (SOURCE / folder).rglob("*.py")):
        found.update(*_literals(ast.parse(path.read_text("utf-8"))))
    return frozenset(c for c in found if c.isprintable() and not c.isspace() and c != "\N{REPLACEMENT CHARACTER}")


def _literals(tree: ast.AST) -> Iterator[str]:
    """The texts of a module, its docstrings apart."""
    documents = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documents:
            yield node.value


def web_texts() -> frozenset[str]:
    """What a page may show: the package's texts and whatever its templates, modules and style sheets hold.

    And what Korean documents hold, for the next sentence is likely to be of the same syllables.
    """
    files = [path for kind in PAGES for path in SOURCE.rglob(kind) if "vendor" not in path.parts]
    files += [path for kind in KOREAN for path in ROOT.glob(kind)]
    written = {c for path in files for c in path.read_text("utf-8") if c.isprintable()}
    return package_texts() | written | ASCII | SIGNS


def cut(source: Path, target: Path, characters: frozenset[str]) -> None:
    """Write to `target` the glyphs of `source` for these characters, under the family's own name."""
    options = Options()
    options.layout_features = FEATURES
    options.name_IDs = NAMES_KEPT
    options.name_languages = [0x409]
    options.hinting = False
    options.notdef_outline = True
    font = TTFont(source, recalcTimestamp=False)  # the same input gives the same bytes
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=sorted(map(ord, characters)))
    subsetter.subset(font)
    if "DSIG" in font:
        del font["DSIG"]  # signs the whole font
    _rename(font, target.stem.partition("-")[2])
    font.flavor = "woff2" if target.suffix == ".woff2" else None
    font.save(target)
    print(f"{target.name}: {target.stat().st_size:,} bytes, {len(font.getBestCmap())} characters")


def _rename(font: TTFont, style: str) -> None:
    """Pretendard's licence reserves its name for the unmodified font."""
    postscript = f"{FAMILY.replace(' ', '')}-{style}"
    names = {1: FAMILY, 2: style, 3: postscript, 4: f"{FAMILY} {style}", 6: postscript}
    for number, name in names.items():
        font["name"].setName(name, number, 3, 1, 0x409)


def missing() -> dict[str, str]:
    """File name -> the characters of the package's texts that the font has no glyph for."""
    wanted = package_texts()
    lacking = {p.name: wanted - set(map(chr, TTFont(p).getBestCmap())) for p in (*figure_fonts(), *web_fonts())}
    return {name: "".join(sorted(characters)) for name, characters in lacking.items() if characters}


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description="Cut the package's fonts to what it writes.")
    parser.add_argument("--source", type=Path, help="folder of Pretendard's TrueType files")
    parser.add_argument("--check", action="store_true", help="change nothing, and say what is missing")
    options = parser.parse_args()
    if not options.check:
        if options.source is not None:
            for target in figure_fonts():
                style = target.stem.partition("-")[2]
                whole = ASCII | LATIN_1 | GREEK | SIGNS | JAMO | KS_X_1001 | package_texts()
                cut(options.source / f"Pretendard-{style}.ttf", target, whole)
        for kept, target in zip(figure_fonts(), web_fonts(), strict=True):
            cut(kept, target, web_texts())
    lacking = missing()
    for name, characters in lacking.items():
        print(f"{name} has no glyph for {characters}", file=sys.stderr)
    sys.exit(1 if lacking else 0)


if __name__ == "__main__":
    main()

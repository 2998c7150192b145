"""The package's fonts: a glyph for every character that Paribus writes, the licence beside them, rules for a page."""

from __future__ import annotations

import base64
import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from fontTools.ttLib import TTFont

from paribus.figures import fonts
from tools import subset_font

ALL = (*fonts.figure_fonts(), *fonts.web_fonts())
KO = subset_font.LOCALE / "ko" / "LC_MESSAGES" / "paribus.po"


@pytest.mark.parametrize("path", ALL, ids=lambda path: path.name)
def test_every_character_of_the_texts_has_a_glyph(path: Path) -> None:
    font = TTFont(path)
    cmap = font.getBestCmap()
    missing = {c for c in subset_font.package_texts() if ord(c) not in cmap}
    assert not missing, f"{path.name} lacks {''.join(sorted(missing))}: run tools/subset_font.py"
    empty = [c for c in "가한값→−" if font["glyf"][cmap[ord(c)]].numberOfContours == 0]
    assert not empty  # a glyph is more than an entry in the table


def test_the_texts_are_those_of_the_catalogue() -> None:
    with KO.open("rb") as file:
        texts = [m.string if isinstance(m.string, str) else "".join(m.string) for m in read_po(file) if m.id]
    syllables = {c for text in texts for c in text if "가" <= c <= "힣"}
    assert len(syllables) > 400
    assert syllables <= subset_font.package_texts()


@pytest.mark.parametrize("path", fonts.figure_fonts(), ids=lambda path: path.name)
def test_what_users_write_in_korean_has_a_glyph_in_figures(path: Path) -> None:
    assert len(subset_font.KS_X_1001) == 2350
    assert {ord(c) for c in subset_font.KS_X_1001 | subset_font.ASCII} <= set(TTFont(path).getBestCmap())


@pytest.mark.parametrize("path", ALL, ids=lambda path: path.name)
def test_a_subset_does_not_bear_the_reserved_name(path: Path) -> None:
    names = {record.nameID: str(record) for record in TTFont(path)["name"].names}
    assert names[1] == fonts.FAMILY
    assert not any("Pretendard" in names.get(number, "") for number in (1, 3, 4, 6, 16))
    assert "Kil Hyung-jin" in names[0]
    assert "Open Font License" in names[13]
    assert "SIL OPEN FONT LICENSE Version 1.1" in (fonts.FOLDER / "LICENSE.txt").read_text("utf-8")


def test_fonts_of_a_page_are_small() -> None:
    assert all(path.stat().st_size < 100_000 for path in fonts.web_fonts())


def test_rules_for_a_page_hold_the_fonts_themselves() -> None:
    css = fonts.web_font_css()
    held = [base64.b64decode(text) for text in re.findall(r"data:font/woff2;base64,([A-Za-z0-9+/=]+)", css)]
    assert held == [path.read_bytes() for path in fonts.web_fonts()]
    assert css.count(f'font-family: "{fonts.FAMILY}"') == 2
    assert 'url("/fonts/ParibusSans-Regular.woff2")' in fonts.web_font_css("/fonts/")

"""The typeface of figures and pages: "Paribus Sans", a part of Pretendard that has what Paribus writes.

Pretendard 1.3.9 is by Kil Hyung-jin, under the SIL Open Font License 1.1 (LICENSE.txt beside this file), which asks
that a modified font have another name. `tools/subset_font.py` makes these files. The `.ttf` ones have Latin, Greek,
signs and the 2,350 syllables of KS X 1001, for what users write; the `.woff2` ones only what the catalogues hold.
"""

from __future__ import annotations

import base64
from functools import cache
from pathlib import Path

FAMILY = "Paribus Sans"
FOLDER = Path(__file__).parent

# File name without its ending -> the CSS weights that it serves.
WEIGHTS = {"ParibusSans-Regular": "100 500", "ParibusSans-SemiBold": "600 900"}


def figure_fonts() -> tuple[Path, ...]:
    """The TrueType files, for matplotlib: regular, then semibold."""
    return tuple(FOLDER / f"{name}.ttf" for name in WEIGHTS)


def web_fonts() -> tuple[Path, ...]:
    """The WOFF2 files, for a browser: regular, then semibold."""
    return tuple(FOLDER / f"{name}.woff2" for name in WEIGHTS)


@cache
def web_font_css(folder: str | None = None) -> str:
    """`@font-face` rules of the family, one a weight.

    `folder`: the address that the `.woff2` files are served below; None puts them into the rules as `data:` URIs, so
    that a page needs no other file. A Content-Security-Policy must then allow `font-src data:`.
    """
    return "\n".join(
        f'@font-face {{ font-family: "{FAMILY}"; font-weight: {weights}; font-style: normal; font-display: swap; '
        f'src: url("{_address(path, folder)}") format("woff2"); }}'
        for path, weights in zip(web_fonts(), WEIGHTS.values(), strict=True)
    )


def _address(path: Path, folder: str | None) -> str:
    if folder is not None:
        return f"{folder.rstrip('/')}/{path.name}"
    return f"data:font/woff2;base64,{base64.b64encode(path.read_bytes()).decode('ascii')}"

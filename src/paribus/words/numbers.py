"""Numbers as people read them: shares in percent, differences in percentage points, p values.

Every function takes fractions (0.921) and gives text (`92.1 %`, in Korean `92.1%`).
"""

from __future__ import annotations

import math

_MINUS = "\N{MINUS SIGN}"


def decimals(*spreads: float | None) -> int:
    """How many decimal places of a percentage tell such differences (fractions) apart: 1, or 2 below one point."""
    known = [abs(s) for s in spreads if s is not None and math.isfinite(s)]
    return 2 if known and min(known) < 0.01 else 1


def percentage(value: float | None, places: int = 1) -> str | None:
    """A fraction in per cent, without the sign; None where there is none.

    A value short of 100 % is not rounded up to it, nor one above 0 % down to it.
    """
    if value is None or not math.isfinite(value):
        return None
    while 0 < value < 1 and float(f"{100 * value:.{places}f}") in (0, 100) and places < 6:
        places += 1
    return _number(100 * value, places)


def points(value: float | None, places: int = 1) -> str:
    """A difference of fractions in percentage points, without the unit: `82.1`."""
    return fixed(None if value is None else 100 * value, places)


def signed_points(value: float | None, places: int = 1) -> str:
    """The same with its sign: `+0.12`."""
    return signed(None if value is None else 100 * value, places)


def fixed(value: float | None, places: int) -> str:
    """A number with so many decimals: `1.72`, `−0.3`."""
    return "–" if value is None or not math.isfinite(value) else _number(value, places)


def signed(value: float | None, places: int) -> str:
    """The same with its sign: `+0.24`."""
    text = fixed(value, places)
    return f"+{text}" if value is not None and math.isfinite(value) and float(f"{value:.{places}f}") > 0 else text


def p_text(p: float | None, level: float = 0.05) -> str:
    """A p value: `p = 0.031`, `p < 0.001`. More places where rounding would move it across `level`."""
    number = p_number(p, level)
    return f"p {number}" if number[0] in "–<" else f"p = {number}"


def p_number(p: float | None, level: float = 0.05) -> str:
    """The same without `p =`, for tables."""
    if p is None or not math.isfinite(p):
        return "–"
    if p < 0.001:
        return "< 0.001"
    places = 3 if p < 0.0995 else 2
    while places < 6 and float(f"{p:.{places}f}") == level != p:
        places += 1
    return f"{p:.{places}f}"


def alpha_text(alpha: float) -> str:
    """A significance level: `0.05`, `0.0167`."""
    return f"{alpha:.3g}"


def loss(value: float | None, places: int = 3) -> str:
    """A loss in nats. NaN and infinities are said, not hidden."""
    if value is None:
        return "–"
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "∞" if value > 0 else f"{_MINUS}∞"
    return f"{value:.{places}f}" if abs(value) < 1000 else f"{value:.2e}"


def number(value: float) -> str:
    """A setting as one writes it: `0.1`, `0`, `1e-4`."""
    if value == 0 or not math.isfinite(value) or 1e-3 <= abs(value) < 1e6:
        return f"{value:.12g}".replace("-", _MINUS)
    mantissa, _, exponent = f"{value:.12e}".partition("e")
    return f"{float(mantissa):g}e{int(exponent)}".replace("-", _MINUS, 1 if value < 0 else 0)


def _number(value: float, places: int) -> str:
    text = f"{value:.{places}f}"
    if float(text) == 0:
        text = text.lstrip("-")
    return text.replace("-", _MINUS)


def bytes_text(count: int) -> str:
    """A size on disk: `820 kB`, `31 MB`, `1.2 GB` (powers of 1000)."""
    size = float(count)
    for unit in ("B", "kB", "MB", "GB"):
        if size < 999.5:
            return f"{size:.1f} {unit}" if unit != "B" and size < 9.95 else f"{size:.0f} {unit}"
        size /= 1000
    return f"{size:.1f} TB"

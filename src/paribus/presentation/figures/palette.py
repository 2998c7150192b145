"""Colours for the arms, after Okabe and Ito: the first three are told apart under every kind of colour vision.

Source: M. Okabe, K. Ito, "Color Universal Design" (2008). Their eight colours are made for areas; as lines and
words on a page some are too pale, so each is darkened (light theme) or lightened (dark theme) until it has a contrast
of at least 4.5:1 with its page (WCAG 2.2, 1.4.3), and ordered so that near ones come late. Colour is never the only
difference: each arm has a dash pattern too, and its name at the line's end.
"""

from __future__ import annotations

from dataclasses import dataclass

PAGE_LIGHT = "#fbfaf7"
PAGE_DARK = "#14171d"


@dataclass(frozen=True)
class ArmColour:
    """One arm's colour as `#rrggbb` in each theme."""

    name: str
    light: str
    dark: str


ARM_COLOURS: tuple[ArmColour, ...] = (
    ArmColour("blue", "#0069a8", "#5cb8f0"),
    ArmColour("vermillion", "#bf4b00", "#ff8f4d"),
    ArmColour("purple", "#a04a7d", "#e3a0c6"),
    ArmColour("green", "#00795a", "#2ec79b"),
    ArmColour("ink", "#3f4652", "#c9ced8"),
    ArmColour("ochre", "#8a6100", "#e8bd4a"),
)

# Lengths of dash and gap in px. Five patterns beside six colours share no divisor: 30 arms before two look alike.
DASHES: tuple[tuple[float, ...], ...] = ((), (8, 4), (2, 3), (10, 3, 2, 3), (5, 2))


def arm_colour(index: int) -> ArmColour:
    """The colour of arm `index`, counted from 0."""
    return ARM_COLOURS[index % len(ARM_COLOURS)]


def arm_dash(index: int) -> tuple[float, ...]:
    """The dash pattern of arm `index`; empty is a solid line."""
    return DASHES[index % len(DASHES)]


def luminance(colour: str) -> float:
    """Relative luminance of `#rrggbb`, 0 to 1 (WCAG 2.2)."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours, 1 to 21 (WCAG 2.2)."""
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)

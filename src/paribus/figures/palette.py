"""Every colour: of the pages in their light and dark theme, and of the arms, after Okabe and Ito.

Source: M. Okabe, K. Ito, "Color Universal Design" (2008). Their eight colours are made for areas; as lines and
words on a page some are too pale, so each is darkened (light theme) or lightened (dark theme) until it has a contrast
of at least 4.5:1 with its page (WCAG 2.2, 1.4.3), and ordered so that near ones come late: the first three are told
apart under every kind of colour vision. Colour is never the only difference: each arm has a dash pattern too, and its
name at the line's end.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

PAGE_LIGHT = "#fbfaf7"
PAGE_DARK = "#14171d"

# Custom property: (light, dark). Words in `ink`, `ink-2`, `accent`, `good`, `bad` have a contrast of at least 4.5:1
# with `page`, `panel` and `soft`; `edge` marks what can be pressed with at least 3:1 (WCAG 2.2, 1.4.3 and 1.4.11).
COLOURS: dict[str, tuple[str, str]] = {
    "page": (PAGE_LIGHT, PAGE_DARK),
    "panel": ("#ffffff", "#1b1f27"),
    "soft": ("#f1eee6", "#20252e"),
    "ink": ("#1b2130", "#eceae4"),
    "ink-2": ("#4b5262", "#b1b5bf"),
    "rule": ("#dcd8cd", "#333945"),
    "edge": ("#878c98", "#7b828f"),
    "accent": ("#005c94", "#6bbff2"),
    "on-accent": ("#ffffff", "#10141a"),
    "good": ("#1d6b4c", "#63c99d"),
    "bad": ("#a33a12", "#ff9d73"),
    "banner": ("#fbe9c8", "#4a3710"),
    "banner-ink": ("#4a3200", "#ffe3a8"),
}
# Numbers as colours: from nothing to much, and from below zero over zero to above it.
RAMP = ("#fbfaf7", "#1b2130")
SIGNED = ("#0069a8", "#fbfaf7", "#bf4b00")


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


def on_white(colour: int | str) -> str:
    """An arm's or a role's colour as `#rrggbb`, on paper."""
    return arm_colour(colour).light if isinstance(colour, int) else COLOURS[colour][0]


@cache
def on_page(colour: int | str) -> str:
    """The same in the page's theme; where there is no page, the light one."""
    name = f"arm-{colour}" if isinstance(colour, int) else colour
    return f"var(--{name}, {on_white(colour)})"


def declarations(arms: int, *, dark: bool) -> str:
    """The custom properties of one theme: the roles, and `--arm-0` and so on for `arms` arms."""
    pairs = [f"--{name}: {both[dark]};" for name, both in COLOURS.items()]
    colours = [arm_colour(index) for index in range(arms)]
    return " ".join([*pairs, *(f"--arm-{i}: {c.dark if dark else c.light};" for i, c in enumerate(colours))])


@cache
def theme_rules(arms: int) -> str:
    """Light, and dark where the reader's system wants it or `data-theme` on the root says so; paper is light."""
    light, dark = declarations(arms, dark=False), declarations(arms, dark=True)
    return (
        f":root {{ color-scheme: light; {light} }}\n"
        f"@media screen {{ :root[data-theme=dark] {{ color-scheme: dark; {dark} }} }}\n"
        "@media screen and (prefers-color-scheme: dark) "
        f"{{ :root:not([data-theme=light]) {{ color-scheme: dark; {dark} }} }}\n"
    )


def arm_rules(arms: int, scope: str = "") -> str:
    """`.arm-0 { color: var(--arm-0) }` and so on; what stands beside names is drawn with `currentColor`."""
    return "\n".join(f"{scope} .arm-{i} {{ color: var(--arm-{i}); }}".lstrip() for i in range(arms))

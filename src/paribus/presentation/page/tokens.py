"""The colours of every page, in its light and its dark theme, and the style sheets that use them."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from paribus.presentation.figures.palette import PAGE_DARK, PAGE_LIGHT, arm_colour
from paribus.presentation.figures.theme import arm_rules

HERE = Path(__file__).parent

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
LIGHT, DARK = 0, 1


def declarations(theme: int, arms: int) -> str:
    """The custom properties of one theme (`LIGHT` or `DARK`), and `--arm-0` and so on for `arms` arms."""
    pairs = [f"--{name}: {both[theme]};" for name, both in COLOURS.items()]
    for index in range(arms):
        colour = arm_colour(index)
        pairs.append(f"--arm-{index}: {colour.light if theme == LIGHT else colour.dark};")
    return " ".join(pairs)


@cache
def theme_rules(arms: int) -> str:
    """Light, and dark where the reader's system wants it or `data-theme` on the root says so; paper is light."""
    light, dark = declarations(LIGHT, arms), declarations(DARK, arms)
    return (
        f":root {{ color-scheme: light; {light} }}\n"
        f"@media screen {{ :root[data-theme=dark] {{ color-scheme: dark; {dark} }} }}\n"
        "@media screen and (prefers-color-scheme: dark) "
        f"{{ :root:not([data-theme=light]) {{ color-scheme: dark; {dark} }} }}\n"
    )


@cache
def page_style(arms: int, *sheets: str) -> str:
    """The style of a page: its colours, and the `sheets` beside this module in order (`page.css`, ...)."""
    written = (HERE.joinpath(name).read_text("utf-8") for name in sheets)
    return "\n".join((theme_rules(arms), *written, arm_rules(arms)))

"""The style sheets of every page, in a light and a dark theme."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from paribus.figures.palette import arm_rules, declarations

HERE = Path(__file__).parent


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


@cache
def page_style(arms: int, *sheets: str) -> str:
    """The style of a page: its colours, and the `sheets` beside this module in order (`page.css`, ...)."""
    written = (HERE.joinpath(name).read_text("utf-8") for name in sheets)
    return "\n".join((theme_rules(arms), *written, arm_rules(arms)))

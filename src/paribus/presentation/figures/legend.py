"""The legend: each arm's name beside a piece of its line."""

from __future__ import annotations

from markupsafe import Markup

from paribus.presentation.figures.markup import element
from paribus.presentation.figures.palette import arm_colour
from paribus.presentation.figures.svg_parts import dash_attribute


def swatch(index: int) -> Markup:
    """A short piece of arm `index`'s line, colour and dash, to stand beside its name."""
    line = element(
        "line",
        x1=1,
        x2=27,
        y1=6,
        y2=6,
        stroke="currentColor",
        stroke_width=3,
        stroke_dasharray=dash_attribute(index),
    )
    drawing = element("svg", line, viewBox="0 0 28 12", width=28, height=12, aria_hidden="true", class_="swatch")
    return element("span", drawing, class_=f"arm-{index}", color=arm_colour(index).light)

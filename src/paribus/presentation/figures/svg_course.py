"""The small curve of one intervention: validation accuracy after each epoch, without the change and with it.

All have the same size and the same scale from 0 to 100 %, so that a tree of them can be compared by eye.
"""

from __future__ import annotations

from markupsafe import Markup

from paribus.presentation.figures.markup import element
from paribus.presentation.figures.svg_parts import Box
from paribus.presentation.numbers import percent
from paribus.presentation.translation import Words
from paribus.values.explanation import Course, Effect

WIDE, HIGH = 250, 92  # SVG units, which are the page's px
_BOX = Box(40, 8, WIDE - 14, HIGH - 20)
_SMALL = 11


def course_chart(course: Course, seen: Effect, words: Words) -> Markup:
    """The unchanged runs dashed, the changed ones solid, and at the end the interval of the difference.

    Its label says every number, for those who hear the page. One epoch is two points, joined.
    """
    epochs = len(course.after)
    parts = [*_frame(epochs, words)]
    if epochs == 1:
        ends = ((x, _y(side[0])) for x, side in zip(_last(1), (course.before, course.after), strict=True))
        parts.append(element("path", d="M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in ends), class_="way"))
    else:
        parts.append(element("path", d=_line(course.before), class_="without"))
        parts.append(element("path", d=_line(course.after), class_="with"))
    parts += _end(course, seen)
    return element(
        "svg", *parts, class_="learned", viewBox=f"0 0 {WIDE} {HIGH}", role="img", aria_label=_label(course, words)
    )


def _frame(epochs: int, words: Words) -> list[Markup]:
    """Lines at 0, 50 and 100 %, and which epochs these are."""
    parts = []
    for share in (0.0, 0.5, 1.0):
        parts.append(element("path", d=f"M{_BOX.left:g} {_y(share):.1f}H{_BOX.right:g}", class_="grid"))
    for share in (0.0, 1.0):
        said = percent(share, words.lang, 0)
        parts.append(_text(_BOX.left - 5, _y(share) + 4, said, "end"))
    if epochs > 1:
        parts.append(_text(_BOX.left, HIGH - 5, "1", "start"))
        parts.append(_text(_BOX.right, HIGH - 5, words.text("epoch {n}", n=epochs), "end"))
    else:
        parts.append(_text(_x(1, 1), HIGH - 5, words.text("epoch {n}", n=1), "middle"))
    return parts


def _end(course: Course, seen: Effect) -> list[Markup]:
    """A ring where the unchanged runs end, a dot where the changed ones do, and the interval around that."""
    left, x = _last(len(course.after))
    parts = []
    if seen.low is not None and seen.high is not None:
        low, high = (_y(seen.before + end) for end in (seen.low, seen.high))
        drawn = f"M{x - 4:g} {low:.1f}h8M{x - 4:g} {high:.1f}h8M{x:g} {low:.1f}V{high:.1f}"
        parts.append(element("path", d=drawn, class_="between"))
    parts.append(element("circle", cx=left, cy=_y(course.before[-1]), r=4.5, class_="before"))
    parts.append(element("circle", cx=x, cy=_y(course.after[-1]), r=3, class_="after"))
    return parts


def _last(epochs: int) -> tuple[float, float]:
    """Where the unchanged and the changed runs end: side by side where there is no line that leads to the end."""
    x = _x(epochs, epochs)
    return (x - 12, x + 12) if epochs == 1 else (x, x)


def _line(shares: tuple[float, ...]) -> str:
    points = (f"{_x(epoch, len(shares)):.1f} {_y(share):.1f}" for epoch, share in enumerate(shares, start=1))
    return "M" + "L".join(points)


def _x(epoch: int, epochs: int) -> float:
    return _BOX.x((epoch - 1) / (epochs - 1) if epochs > 1 else 0.5)


def _y(share: float) -> float:
    return _BOX.y(min(1.0, max(0.0, share)))


def _text(x: float, y: float, said: str, anchor: str) -> Markup:
    return element("text", said, x=x, y=y, text_anchor=anchor, font_size=_SMALL)


def _label(course: Course, words: Words) -> str:
    before, after = (", ".join(percent(share, words.lang) for share in side) for side in (course.before, course.after))
    return words.text(
        "Validation accuracy after each epoch. Without the change: {before}. With it: {after}.",
        before=before,
        after=after,
    )

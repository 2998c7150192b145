"""The style sheet's part that follows from the palette: the arms' colours in both themes."""

from __future__ import annotations

from paribus.presentation.figures.palette import PAGE_DARK, PAGE_LIGHT, arm_colour, arm_dash


def theme_variables(arms: int, *, dark: bool) -> str:
    """Custom properties: the page's colour and `--arm-0` and so on."""
    page = PAGE_DARK if dark else PAGE_LIGHT
    colours = [arm_colour(index) for index in range(arms)]
    pairs = [f"--arm-{i}: {c.dark if dark else c.light};" for i, c in enumerate(colours)]
    return " ".join([f"--page: {page};", *pairs])


def arm_rules(arms: int, scope: str = "") -> str:
    """`.arm-0 { color: var(--arm-0) }` and so on; charts and swatches draw with `currentColor`."""
    return "\n".join(f"{scope} .arm-{i} {{ color: var(--arm-{i}); }}".lstrip() for i in range(arms))


def dash_rules(arms: int) -> str:
    """`.arm-0 { --dash: none }` and so on: marks beside names are dashed as the lines of charts are."""
    dashes = (" ".join(f"{length:g}px" for length in arm_dash(index)) or "none" for index in range(arms))
    return "\n".join(f".arm-{index} {{ --dash: {dash}; }}" for index, dash in enumerate(dashes))

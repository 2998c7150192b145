"""A report opened at its lab, and what a hand does there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page


@dataclass
class Lab:
    """A report opened at its lab."""

    page: Page
    noise: list[str]

    def answer(self, arm: int) -> str:
        return self.page.locator(".answer .said").nth(arm).inner_text()

    def at(self) -> str:
        return self.page.locator(".moment-label").inner_text()

    def picture(self, layer: int, arm: int = 0) -> str:
        """What a layer's canvas holds."""
        canvas = self.page.locator(".layer").nth(layer).locator("canvas").nth(arm)
        canvas.scroll_into_view_if_needed()
        self.settle()
        return str(canvas.evaluate("(canvas) => canvas.toDataURL()"))

    def settle(self) -> None:
        """Two frames: what was asked for is drawn."""
        self.page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")


def draw_a_one(lab: Lab) -> None:
    """A stroke from top to bottom."""
    pad = lab.page.locator("canvas.pad")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    assert box is not None
    mouse = lab.page.mouse
    middle = box["x"] + box["width"] / 2
    mouse.move(middle, box["y"] + box["height"] * 0.15)
    mouse.down()
    mouse.move(middle, box["y"] + box["height"] * 0.85, steps=12)
    mouse.up()
    lab.settle()

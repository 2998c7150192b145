"""How fast the report opens in a browser, and how long a frame takes while somebody draws.

    python benchmarks/report_page.py [--epochs N] [--rounds N] [--frames N]
    python benchmarks/report_page.py --report FILE.html

Without `--report` the lesson's pair is trained for some epochs with one seed, so that the page is as large as reports
become. Needs chromium and playwright. What was aimed at: open within 1 s, and a frame within 16 ms.

Opening: from the start of navigation to the first words (first contentful paint) and to the end of loading. A frame:
a pen's move is dispatched, and the next frame runs the networks and draws. Counted is all that the page's thread does
from one move to the next, style, layout and paint included: as time on the clock, for which nothing else should run
meanwhile, and as time of the processor, from the browser's own trace.
"""

from __future__ import annotations

import argparse
import bisect
import json
import shutil
import statistics
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

FRAME = 16.0  # ms
CLOCK, PROCESSOR = "work by the clock", "work of the processor"
OPENING = """() => {
  const [navigation] = performance.getEntriesByType("navigation");
  const paint = performance.getEntriesByName("first-contentful-paint")[0];
  return [paint ? paint.startTime : 0, navigation.loadEventEnd];
}"""
# A circle that goes round and grows, drawn move by move. After a frame's paint the message arrives.
DRAWING = """async (frames) => {
  const pad = document.querySelector("canvas.pad");
  pad.scrollIntoView({block: "center"});
  const nextFrame = () => new Promise(requestAnimationFrame);
  const afterPaint = () => new Promise((done) => {
    const {port1, port2} = new MessageChannel();
    port1.onmessage = done;
    port2.postMessage(null);
  });
  const move = (kind, i) => {
    const box = pad.getBoundingClientRect(), turn = i / 14, reach = 0.15 + 0.2 * Math.min(1, i / 200);
    pad.dispatchEvent(new PointerEvent(kind, {
      pointerId: 1, pointerType: "mouse", button: 0, buttons: 1, bubbles: true, cancelable: true,
      clientX: box.left + box.width * (0.5 + reach * Math.cos(turn)),
      clientY: box.top + box.height * (0.5 + reach * Math.sin(turn)),
    }));
  };
  pad.setPointerCapture = () => {};
  await nextFrame();
  move("pointerdown", 0);
  const between = [];
  let last = 0;
  for (let i = 1; i <= frames; i++) {
    performance.mark("stroke-frame");
    const coming = nextFrame();
    move("pointermove", i);
    const stamp = await coming;
    await afterPaint();
    if (last) between.push(stamp - last);
    last = stamp;
  }
  performance.mark("stroke-frame");
  move("pointerup", frames);
  return between;
}"""
TRACED = ["blink.user_timing", "disabled-by-default-devtools.timeline"]


def main() -> int:
    """Print both tables; 2 where there is no browser."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--report", type=Path, help="a report that is there already")
    parser.add_argument("--epochs", type=int, default=3, help="that the lesson's pair is trained for, without --report")
    parser.add_argument("--rounds", type=int, default=9, help="how often the page is opened")
    parser.add_argument("--frames", type=int, default=400)
    options = parser.parse_args()
    chromium = next(
        (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None
    )
    if chromium is None:
        print("chromium is needed and was not found on the PATH", file=sys.stderr)
        return 2

    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        report = options.report or trained(Path(folder), options.epochs)
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        print(f"chromium {browser.version}; a report of {report.stat().st_size / 1e6:.2f} MB\n")
        openings = [opening(browser, report) for _ in range(options.rounds + 1)][1:]  # the first one warms up
        print("| opening | ms (least to most) |\n|---|---|")
        for name, times in zip(("first words", "loaded"), zip(*openings, strict=True), strict=True):
            print(f"| {name} | {spread(times)} |")
        stroke = drawing(browser, report, options.frames)
        print(f"\n| a stroke, {options.frames} frames | median ms | 95 % within | longest |\n|---|---|---|---|")
        for name, found in stroke.items():
            print(f"| {name} | {statistics.median(found):.1f} | {percentile(found, 95):.1f} | {max(found):.1f} |")
        for name in (CLOCK, PROCESSOR):
            share = sum(took <= FRAME for took in stroke[name]) / len(stroke[name])
            print(f"\n{share:.1%} of the frames: {name} at most {FRAME:.0f} ms.")
        browser.close()
    return 0


def trained(folder: Path, epochs: int) -> Path:
    """The report of the lesson's pair, one seed."""
    import paribus as pb

    result = pb.compare("activation", ["sigmoid", "relu"], recipe="lesson", seeds=1, epochs=epochs, out=folder)
    return result.report(folder / "report.html")


def opening(browser: Browser, report: Path) -> tuple[float, float]:
    """Milliseconds to the first words, and to the end of loading, in a context that has cached nothing."""
    page = opened(browser, report)
    page.wait_for_timeout(200)  # the entries of the paint come after it
    first, loaded = page.evaluate(OPENING)
    page.context.close()
    return first, loaded


def drawing(browser: Browser, report: Path, frames: int) -> dict[str, list[float]]:
    """Of each frame of a stroke: the work by clock and by processor, and the time since the frame before, in ms."""
    page = opened(browser, report)
    page.locator("[data-mount=lab]").scroll_into_view_if_needed()
    page.wait_for_selector(".network-lab .checked", timeout=60_000)
    browser.start_tracing(page=page, categories=TRACED)
    between: list[float] = page.evaluate(DRAWING, frames)
    events = json.loads(browser.stop_tracing())["traceEvents"]
    page.context.close()
    clock, processor = work_of_frames(events)
    return {CLOCK: clock, PROCESSOR: processor, "from frame to frame": between}


def work_of_frames(events: Sequence[dict[str, Any]]) -> tuple[list[float], list[float]]:
    """What the page's thread did between each mark and the next, by clock and by processor, in ms."""
    marks = sorted((event for event in events if event["name"] == "stroke-frame"), key=lambda event: event["ts"])
    times = [mark["ts"] for mark in marks]
    thread = marks[0]["pid"], marks[0]["tid"]
    clock, processor = [0.0] * (len(times) - 1), [0.0] * (len(times) - 1)
    for event in events:
        if event["name"] == "RunTask" and (event["pid"], event["tid"]) == thread:
            frame = bisect.bisect(times, event["ts"]) - 1
            if 0 <= frame < len(clock):
                clock[frame] += event["dur"] / 1000
                processor[frame] += event["tdur"] / 1000
    return clock, processor


def opened(browser: Browser, report: Path) -> Page:
    page = browser.new_context(viewport={"width": 1440, "height": 900}).new_page()
    page.goto(report.absolute().as_uri())
    return page


def spread(times: Sequence[float]) -> str:
    return f"{statistics.median(times):.0f} ({min(times):.0f} to {max(times):.0f})"


def percentile(times: Sequence[float], share: int) -> float:
    return statistics.quantiles(times, n=100)[share - 1]


if __name__ == "__main__":
    sys.exit(main())

"""The report as one uses it, in a real browser: curves, cells that open, files saved, hostile names, no barrier."""

from __future__ import annotations

import csv
import io
import re
import struct
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

import numpy as np
import pytest

from paribus.figures.curves import curves_view
from paribus.page.bundling import bundle
from paribus.programs.recipe.lab.mistake_images import Answered, TestAnswers
from paribus.report import write_report
from paribus.report.contents import ReportContents
from tests.diagnosis.explanations import EVERY_KIND, an_explanation
from tests.factories import evidence, make_comparison, make_test_set
from tests.map_cases import a_map
from tests.page.hostile import CORPUS, hostile_batches
from tests.page.opened import Opened, written
from tests.synthetic_runs import make_run

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator

    from paribus.records.comparison import Comparison

pytestmark = pytest.mark.browser

FORMULA = re.compile(r"^[\s\x00-\x1f]*[=+\-@\uff1d\uff0b\uff0d\uff20]")


def answers(comparison: Comparison) -> TestAnswers:
    """The lesson's first seed: sigmoid says one class, ReLU is right in 92.3 %."""
    tests, outcomes = make_test_set(), ("collapsed", 0.923)
    arms = enumerate(zip(comparison.arms, outcomes, strict=True))
    found = [Answered(arm.name, 0, made_run(arm, outcome, place)) for place, (arm, outcome) in arms]
    return TestAnswers(tests.labels, tests.images, tuple(found))


def made_run(arm: Any, outcome: Any, place: int) -> np.ndarray:
    classes = make_run(arm, 0, outcome, place).items["classes"]
    assert classes is not None
    return classes


@pytest.fixture(scope="module")
def lesson(tmp_path_factory: pytest.TempPathFactory) -> Path:
    comparison = make_comparison("lesson")
    target = tmp_path_factory.mktemp("live") / "lesson.html"
    return write_report(comparison, target, "en", ReportContents(tests=answers(comparison)))


def saved(opened: Opened, button: Locator) -> tuple[str, bytes]:
    with opened.page.expect_download() as waiting:
        button.click()
    return waiting.value.suggested_filename, Path(waiting.value.path()).read_bytes()


def rows_of(text: bytes) -> list[list[str]]:
    assert text.startswith(b"\xef\xbb\xbf"), "spreadsheets take it for UTF-8"
    return list(csv.reader(io.StringIO(text.decode("utf-8-sig"), newline="")))


def test_curves_say_the_comparisons_values_at_the_epoch_that_keys_choose(browser: Browser, lesson: Path) -> None:
    view = curves_view(make_comparison("lesson"))
    with Opened(browser, lesson) as opened:
        opened.mount_all()
        chart = opened.page.locator(".chart-canvas")
        chart.focus()
        said = lambda: chart.get_attribute("aria-valuetext") or ""  # noqa: E731
        for key, epoch in (("Home", 1), ("ArrowRight", 2), ("End", 15), ("ArrowLeft", 14)):
            opened.page.keyboard.press(key)
            relu = view.panel("val_accuracy").arms[1].band[epoch - 1]
            places = 2 if relu.high - relu.low < 0.01 else 1
            assert said().startswith(f"Epoch {epoch};")
            assert f"ReLU {100 * relu.mean:.{places}f} % ({100 * relu.low:.{places}f} %" in said()
        opened.page.get_by_role("button", name="Validation loss").click()
        assert f"Sigmoid {view.panel('val_loss').arms[0].band[-1].mean:.3f}" in said()
        opened.page.get_by_role("button", name="Sigmoid").click()
        assert "Sigmoid" not in said()
        assert opened.noise == []


def test_curves_are_looked_into_by_dragging_wheel_and_keys_and_shown_whole_again(
    browser: Browser, lesson: Path
) -> None:
    with Opened(browser, lesson) as opened:
        opened.mount_all()
        page, chart = opened.page, opened.page.locator(".chart-canvas")
        whole = page.get_by_role("button", name="Whole range")
        assert whole.is_disabled()
        chart.scroll_into_view_if_needed()
        box = page.locator(".u-over").bounding_box()
        assert box is not None
        middle = box["y"] + box["height"] / 2
        page.mouse.move(box["x"] + 0.2 * box["width"], middle)
        page.mouse.down()
        page.mouse.move(box["x"] + 0.6 * box["width"], middle, steps=4)
        page.mouse.up()
        assert whole.is_enabled(), "dragging looks closer"
        page.mouse.dblclick(box["x"] + 0.5 * box["width"], middle)
        assert whole.is_disabled(), "a double click shows the whole"
        chart.focus()
        page.keyboard.press("+")
        assert whole.is_enabled()
        page.keyboard.press("0")
        assert whole.is_disabled()
        page.mouse.move(box["x"] + 0.5 * box["width"], middle)
        before = page.evaluate("scrollY")
        page.mouse.wheel(0, -240)
        page.wait_for_function("() => !document.querySelector('.toolbar button:nth-child(2):last-child').disabled")
        assert page.evaluate("scrollY") == before, "with the chart in focus a wheel does not scroll the page"
        whole.click()
        page.get_by_role("button", name="Training loss").click()
        log = page.get_by_role("button", name="Logarithmic axis")
        log.click()
        assert log.get_attribute("aria-pressed") == "true"
        page.get_by_role("button", name="Seed 3").click()
        assert opened.noise == []


PINCH = """(chart) => {
  const over = chart.querySelector('.u-over'), box = over.getBoundingClientRect();
  const finger = (kind, id, share) => over.dispatchEvent(new PointerEvent(kind, {
    pointerId: id, pointerType: 'touch', bubbles: true,
    clientX: box.left + share * box.width, clientY: box.top + box.height / 2,
  }));
  finger('pointerdown', 1, 0.45); finger('pointerdown', 2, 0.55);
  finger('pointermove', 1, 0.2); finger('pointermove', 2, 0.8);
  finger('pointerup', 1, 0.2); finger('pointerup', 2, 0.8);
}"""


def test_two_fingers_look_closer(browser: Browser, lesson: Path) -> None:
    with Opened(browser, lesson, width=360) as opened:
        opened.mount_all()
        chart = opened.page.locator(".chart-canvas")
        chart.evaluate(PINCH)
        whole = opened.page.get_by_role("button", name="Whole range")
        whole.click()
        assert whole.is_disabled()
        assert opened.noise == []


def test_every_control_is_reached_by_the_keyboard_and_seen_to_be(browser: Browser, lesson: Path) -> None:
    """Tab walks from the skip link to the last fold, once round; each stop shows where it is."""
    with Opened(browser, lesson) as opened:
        opened.mount_all()
        opened.page.evaluate("() => { scrollTo(0, 0); document.activeElement.blur(); }")
        seen: list[str] = []
        for _ in range(120):
            opened.page.keyboard.press("Tab")
            name, outline = opened.page.evaluate(
                """() => {
                  const at = document.activeElement, style = getComputedStyle(at);
                  const name = at.tagName + ' ' + (at.ariaLabel ?? at.textContent).trim().slice(0, 40);
                  return [at === document.body ? '' : name,
                    style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0];
                }"""
            )
            if not name or (seen and name == seen[0]):
                break
            assert outline, name
            seen.append(name)
        assert seen[0] == "A To the verdict"
        for wanted in (
            "BUTTON Validation loss",
            "BUTTON Seed 3",
            "BUTTON Save the figures as CSV",
            "DIV Validation accuracy.",
        ):
            assert any(name.startswith(wanted) for name in seen), wanted
        assert len([name for name in seen if name.startswith("BUTTON shows")]) == 2, "one cell of each matrix"
        assert opened.noise == []


def test_a_charts_figures_and_picture_are_saved_as_they_are_shown(browser: Browser, lesson: Path) -> None:
    panel = curves_view(make_comparison("lesson")).panel("val_accuracy")
    with Opened(browser, lesson) as opened:
        opened.mount_all()
        chart = opened.page.locator("[data-mount=curves]")
        name, text = saved(opened, chart.get_by_role("button", name="CSV"))
        assert name == "activation-sigmoid-relu-curves.csv"
        head, *rows = rows_of(text)
        assert head == ["Arm", "Epoch", "Mean", "Lowest", "Highest", *(f"Seed {n}" for n in range(6))]
        assert len(rows) == 2 * 15
        relu = [row for row in rows if row[0] == "ReLU"]
        assert [float(row[2]) for row in relu] == pytest.approx([p.mean for p in panel.arms[1].band], rel=1e-5)
        last = [line.points[-1][1] for line in panel.arms[1].lines]
        assert [float(value) for value in relu[-1][5:]] == pytest.approx(last, rel=1e-5)
        name, drawn = saved(opened, chart.get_by_role("button", name="SVG"))
        assert name.endswith(".svg")
        check_drawing(ElementTree.fromstring(drawn), [p.mean for p in panel.arms[1].band])
        name, image = saved(opened, chart.get_by_role("button", name="PNG"))
        assert image.startswith(b"\x89PNG")
        assert struct.unpack(">II", image[16:24])[0] == 1440
        for kind in ("differences",):
            figure = opened.page.locator(f"[data-chart={kind}]")
            head, row = rows_of(saved(opened, figure.get_by_role("button", name="CSV"))[1])
            (pair,) = make_comparison("lesson").pairs
            assert float(row[1]) == pytest.approx(100 * (pair.difference or 0), abs=1e-3)
            ElementTree.fromstring(saved(opened, figure.get_by_role("button", name="SVG"))[1])
        assert opened.noise == []


def check_drawing(root: ElementTree.Element, means: list[float]) -> None:
    """The dashed line is ReLU's mean: its points lie where the drawing's own ticks say."""
    space = "{http://www.w3.org/2000/svg}"
    ticks = {e.text: float(e.get("y") or 0) - 4 for e in root.iter(f"{space}text") if e.get("text-anchor") == "end"}
    zero, whole = ticks["0 %"], ticks["100 %"]
    (path,) = [e for e in root.iter(f"{space}path") if e.get("stroke-width") == "2.5" and e.get("stroke-dasharray")]
    heights = [float(y) for _, y in re.findall(r"([\d.]+) ([\d.]+)", path.get("d") or "")]
    assert [(y - zero) / (whole - zero) for y in heights] == pytest.approx(means, abs=0.001)


def test_a_cell_of_a_confusion_matrix_opens_the_images_that_the_run_called_so(browser: Browser, lesson: Path) -> None:
    comparison = make_comparison("lesson")
    tests = answers(comparison)
    with Opened(browser, lesson) as opened:
        opened.mount_all()
        matrix, counts = opened.page.locator(".matrix").nth(1), evidence(comparison).confusion["relu"]
        cells = [(t, s) for t in range(10) for s in range(10) if t != s and counts[t][s]]
        true, said = max(cells, key=lambda cell: counts[cell[0]][cell[1]])
        start = matrix.locator("button[tabindex='0']")
        label = f"shows {true}, called {said}: {evidence(comparison).confusion['relu'][true][said]:,}"
        assert start.get_attribute("aria-label") == label
        start.focus()
        opened.page.keyboard.press("Enter")
        numbers = np.flatnonzero((tests.labels == true) & (tests.answers[1].classes == said))
        shown = matrix.locator(".thumbs canvas")
        shown.first.wait_for()
        assert shown.count() == min(12, len(numbers))
        assert f"{len(numbers)} in the run of seed 0" in (matrix.locator(".cell-images").text_content() or "")
        assert shown.first.get_attribute("aria-label") == f"Test image {numbers[0]}"
        pixels = shown.first.evaluate(
            "(c) => [...c.getContext('2d').getImageData(0, 0, c.width, c.height).data].filter((_, i) => i % 4 === 0)"
        )
        assert pixels == tests.images[numbers[0], 0].flatten().tolist()
        opened.page.keyboard.press("ArrowLeft")
        assert opened.page.evaluate("document.activeElement.getAttribute('aria-label')") != label
        opened.page.keyboard.press("Escape")
        assert shown.count() == 0
        head, *rows = rows_of(saved(opened, matrix.get_by_role("button", name="CSV"))[1])
        assert head == ["Shows", *"0123456789"]
        assert [[int(value) for value in row[1:]] for row in rows] == [list(r) for r in counts]
        ElementTree.fromstring(saved(opened, matrix.get_by_role("button", name="SVG"))[1])
        assert opened.noise == []


def test_interventions_map_and_matrices_are_saved_as_their_figures_on_white(browser: Browser, tmp_path: Path) -> None:
    comparison = make_comparison("lesson")
    explanation = an_explanation(*EVERY_KIND, comparison=comparison)
    contents = ReportContents(explanation=explanation, verdict_map=a_map())
    file = write_report(comparison, tmp_path / "report.html", "en", contents)
    with Opened(browser, file, theme="dark") as opened:
        opened.mount_all()
        hosts = {
            "[data-chart=interventions]": "Weight decay 0.1 → 0",
            "[data-chart=map]": "● ReLU",
            ".matrix": "Sigmoid",
        }
        for host, words in hosts.items():
            button = opened.page.locator(host).first.get_by_role("button", name="Save the picture as SVG")
            text = saved(opened, button)[1].decode()
            root = ElementTree.fromstring(text)
            assert words in [e.text for e in root.iter() if e.tag.endswith("text")], host
            assert root[0].get("fill") == "#ffffff"
            assert "var(" not in text, "no page is there whose colours it could have"
        assert opened.noise == []


@pytest.mark.parametrize(
    ("lang", "width", "theme"), [("en", 1440, "light"), ("ko", 360, "dark")], ids=["wide", "narrow"]
)
def test_axe_finds_no_barrier(browser: Browser, tmp_path: Path, lang: str, width: int, theme: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    comparison = make_comparison("lesson")
    explanation = an_explanation(*EVERY_KIND, comparison=comparison)
    contents = ReportContents(tests=answers(comparison), explanation=explanation, verdict_map=a_map())
    file = write_report(comparison, tmp_path / "report.html", lang, contents)
    # axe is put in by the test, past the page's policy: the context must allow that.
    with Opened(browser, file, width=width, theme=theme) as opened:
        opened.mount_all()
        opened.page.evaluate("() => document.querySelectorAll('details').forEach((d) => { d.open = true })")
        opened.page.locator(".confusion button[tabindex='0']").last.click()
        found = Axe().run(opened.page)
        faults = [(v["id"], n["html"][:120]) for v in found.response["violations"] for n in v["nodes"]]
        assert faults == []


def test_without_scripts_everything_that_is_drawn_is_there(browser: Browser, lesson: Path) -> None:
    with Opened(browser, lesson, scripts=False) as opened:
        assert opened.page.locator("svg.chart:visible").count() == 5
        assert opened.page.locator(".confusion td").first.is_visible()
        assert not opened.page.get_by_text("A cell opens its images.").is_visible()


def test_the_policy_stops_requests_scripts_and_markup_from_text(browser: Browser, lesson: Path) -> None:
    with Opened(browser, lesson) as opened:
        stopped = opened.page.evaluate(
            """async () => {
              const stopped = [];
              document.addEventListener('securitypolicyviolation', (e) => stopped.push(e.effectiveDirective));
              try { await fetch('https://example.invalid/'); } catch { stopped.push('fetch'); }
              const script = document.createElement('script');
              try { script.text = 'window.ran = true'; } catch { stopped.push('script text'); }
              document.body.append(script);
              try { document.body.innerHTML = '<p>'; } catch { stopped.push('innerHTML'); }
              // Later, for what a debugger evaluates may call eval.
              setTimeout(() => { try { eval('window.ran = true'); } catch { stopped.push('eval'); } });
              const image = new Image();
              image.src = 'https://example.invalid/x.png';
              await new Promise((done) => setTimeout(done, 100));
              return [...stopped, window.ran ?? 'nothing ran'];
            }"""
        )
        assert {"fetch", "innerHTML", "eval", "nothing ran", "connect-src", "img-src", "script text"} <= set(stopped)


def test_three_hundred_hostile_names_are_inert_in_page_charts_and_files(browser: Browser, tmp_path: Path) -> None:
    assert len(CORPUS) >= 300
    batches = hostile_batches(make_comparison("lesson", repeated=4), CORPUS)  # many to a page
    for number, comparison in enumerate(batches):
        width = (360, 1440)[number % 2]
        with Opened(browser, written(tmp_path, comparison, ("en", "ko")[number % 2]), width=width) as opened:
            opened.mount_all()
            opened.page.locator("summary").last.click()
            assert opened.page.evaluate("document.documentElement.scrollWidth") == width
            assert opened.page.evaluate("document.querySelectorAll('script:not([type])').length") == 0
            name, text = saved(opened, opened.page.locator("[data-table=runs] button"))
            assert re.fullmatch(r"[\w.-]{1,100}", name), name
            assert not name.startswith((".", "-"))
            rows = rows_of(text)
            assert len(rows) == 1 + 48, "no name begins a row of its own"
            assert {len(row) for row in rows} == {10}
            assert not [cell for row in rows for cell in row if FORMULA.match(cell)]
            name, drawn = saved(opened, opened.page.locator("[data-mount=curves] .saves button").last)
            assert {e.tag.rpartition("}")[2] for e in ElementTree.fromstring(drawn).iter()} <= {
                *("svg", "rect", "line", "path", "text")
            }
            assert opened.noise == [], evidence(comparison).class_names


def test_csv_cells_and_file_names_of_every_hostile_name_are_harmless(browser: Browser) -> None:
    with Opened.blank(browser) as opened:
        opened.page.add_script_tag(content=bundle("export.js") + "\nwindow.exported = $export;")
        names = [name for name in CORPUS if not any("\ud800" <= letter <= "\udfff" for letter in name)]
        text = opened.page.evaluate(
            "(names) => exported.csv({columns: ['a', 'b'], rows: names.map((n) => [n, -1])})", names
        )
        head, *rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")))
        assert head == ["a", "b"]
        assert [row[1] for row in rows] == ["-1"] * len(names), "numbers stay numbers"
        for row, name in zip(rows, names, strict=True):
            assert row[0].removeprefix("'") == name.removeprefix("'")
            assert not FORMULA.match(row[0])
        files = opened.page.evaluate("(names) => names.map(exported.fileName)", names)
        for file in files:
            assert re.fullmatch(r"\w[\w.-]{0,90}", file), file
            assert ".." not in file
            assert file.partition(".")[0].lower() not in {"con", "nul"}
        assert opened.noise == []

"""The networks inside a report: on the real test set as PyTorch has them, and in a real browser as people use them."""

from __future__ import annotations

import json
import shutil
from base64 import b64decode
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import torch

import paribus as pb
from paribus.page.packing import pack_arrays
from paribus.programs.recipe.data.prepare import prepare
from paribus.programs.recipe.lab import report_contents
from paribus.programs.recipe.lab.report_contents import Opened, lab_material, report_lab
from paribus.programs.recipe.lab.report_parts import answers_on_tests
from paribus.programs.recipe.recipe import recipe_of
from paribus.report import gather as report
from paribus.results import ComparisonResult
from paribus.runs.store import RunFolder, Store, prune, to_prune
from tests.factories import evidence
from tests.page.modules import module_page
from tests.report.opened_lab import Lab, draw_a_one

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.slow

ANSWERS = """async ({lab, images}) => {
  const {createNetworks} = await import("/lab_networks.js");
  const {imageInput} = await import("/network.js");
  const {unpackArrays} = await import("/unpack.js");
  const networks = createNetworks(lab);
  await networks.ready;
  const {pixels} = await unpackArrays(images);
  const last = lab.moments.length - 1, size = 28 * 28, input = new Float32Array(size);
  return networks.arms.map((arm) => {  // as bytes in letters: a list of numbers takes long on its way
    const logits = [];
    for (let i = 0; i < pixels.length; i += size) {
      logits.push(...arm.at(last).run(imageInput(pixels.subarray(i, i + size), arm.table, input)).logits);
    }
    const bytes = new Uint8Array(Float32Array.from(logits).buffer);
    let letters = "";
    for (let i = 0; i < bytes.length; i += 8192) letters += String.fromCharCode(...bytes.subarray(i, i + 8192));
    return btoa(letters);
  });
}"""


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> ComparisonResult:
    """Both arms of the lesson, trained for one epoch on a part of MNIST."""
    settings = {"train_size": 6400, "validation_fraction": 0.02}
    out = tmp_path_factory.mktemp("lab")
    return pb.compare("activation", ["sigmoid", "relu"], recipe="fair", settings=settings, seeds=1, epochs=2, out=out)


@pytest.mark.browser
@pytest.mark.parametrize("count", [1_000, pytest.param(10_000, marks=pytest.mark.exhaustive)])
def test_the_page_answers_test_images_as_pytorch_does(browser: Browser, trained: ComparisonResult, count: int) -> None:
    lab = report_lab(trained.comparison, trained.store, "en")
    dataset = pb.open_dataset("mnist")
    with module_page(browser) as page:
        given = {"lab": lab, "images": pack_arrays({"pixels": dataset.test_images[:count]}, "uint8")}
        answered = [np.frombuffer(b64decode(text), "<f4").reshape(-1, 10) for text in page.evaluate(ANSWERS, given)]
    assert len(answered) == len(trained.comparison.arms)
    for arm, ours in zip(trained.comparison.arms, answered, strict=True):
        run = pb.load_run(arm.runs[0].id, out=trained.store.root)
        data = prepare(dataset, recipe_of(arm.fields), 0, torch.device("cpu"))
        with torch.no_grad():
            theirs = run.model()(data.test_x[:count]).numpy()
        assert ours.shape == theirs.shape == (count, 10)
        error = float(np.abs(ours - theirs).max())
        two_best = np.sort(theirs, axis=1)[:, -2:]
        clear = two_best[:, 1] - two_best[:, 0] > 2 * error  # either logit may be off by that much
        same = ours.argmax(1) == theirs.argmax(1)
        print(f"{arm.name}: largest logit difference {error:.2e}; {clear.sum()} images clear, {same.sum()} the same")
        assert error < 1e-4
        assert same[clear].all()
        assert clear.mean() > 0.99


@pytest.fixture(scope="module")
def reports(trained: ComparisonResult, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("reports")
    return {lang: trained.in_language(lang).report(folder / f"{lang}.html") for lang in ("en", "ko")}


@pytest.fixture
def lab(browser: Browser, reports: dict[str, Path], request: pytest.FixtureRequest) -> Iterator[Lab]:
    """Whatever the page says beside its work, or asks of anybody, is a fault."""
    options: dict[str, Any] = {"width": 1000, "lang": "en", "theme": "light", **getattr(request, "param", {})}
    context = browser.new_context(
        viewport={"width": options["width"], "height": 900}, color_scheme=options["theme"], reduced_motion="reduce"
    )
    page = context.new_page()
    noise: list[str] = []
    page.on("console", lambda message: noise.append(message.text))
    page.on("pageerror", lambda error: noise.append(str(error)))
    page.on("request", lambda request: request.url.startswith(("file:", "data:")) or noise.append(request.url))
    page.goto(reports[options["lang"]].as_uri())
    page.locator("[data-mount=lab]").scroll_into_view_if_needed()
    page.wait_for_selector(".network-lab .checked")
    yield Lab(page, noise)
    context.close()
    assert noise == []


@pytest.mark.browser
def test_a_drawing_is_answered_and_can_be_cleared(lab: Lab) -> None:
    from playwright.sync_api import expect

    assert lab.page.locator(".checked").inner_text().startswith("Checked: on 60 of 60 test images")
    before = lab.picture(0)
    draw_a_one(lab)
    assert lab.answer(1) == "1", "the arm that learned most knows a stroke from top to bottom"
    assert lab.picture(0) != before
    assert lab.page.locator(".seen-row").inner_text().endswith("Your drawing")
    lab.page.get_by_role("button", name="Clear").click()
    lab.settle()
    assert lab.page.locator(".seen-row").inner_text().endswith("Nothing is drawn")
    expect(lab.page.locator(".network-lab [role=status]")).to_contain_text("ReLU: ")


@pytest.mark.browser
def test_by_keyboard_alone_an_image_is_picked_and_training_walked_through(lab: Lab) -> None:
    from playwright.sync_api import expect

    keyboard = lab.page.keyboard
    lab.page.locator("canvas.pad").focus()
    seen = []
    for _ in range(9):
        keyboard.press("ArrowRight")
        lab.settle()
        seen.append(lab.page.locator(".seen-row").inner_text().split(": ")[-1])
    assert seen == [str(label) for label in range(1, 10)], "one image of each class comes first"
    keyboard.press("Tab")
    keyboard.press("Tab")
    assert lab.page.evaluate("document.activeElement.textContent") == "Eraser"
    slider = lab.page.locator(".lab-scrubber input")
    slider.focus()
    assert lab.at() == "after epoch 2"
    curves = lab.page.locator(".chart-epoch, .chart-value")
    ended = curves.all_inner_texts()
    assert ended[0] == "Epoch 2"
    first = lab.picture(0, 1)
    keyboard.press("Home")
    lab.settle()
    assert lab.at() == "after 1 step"
    assert slider.get_attribute("aria-valuetext") == "after 1 step"
    assert curves.all_inner_texts() == ["after 1 step", "–", "–"], "the curves are read where their line stands"
    assert lab.picture(0, 1) != first, "the filters are those of that moment"
    norm = lab.page.locator(".forces tbody tr").nth(2).locator(".of-norm .figure-text")
    early = float(norm.inner_text())
    keyboard.press("End")
    lab.settle()
    assert float(norm.inner_text()) != early, "the forces' table goes with the slider"
    assert curves.all_inner_texts() == ended
    lab.page.get_by_role("button", name="Play").press("Enter")
    expect(lab.page.locator(".moment-label")).to_have_text("after 2 steps")
    lab.page.get_by_role("button", name="Pause").press("Enter")


@pytest.mark.browser
def test_an_eraser_changes_the_image_that_is_there_and_a_pen_begins_anew(lab: Lab) -> None:
    pad = "document.querySelector('canvas.pad').getContext('2d').getImageData(0, 0, 280, 280).data"
    ink = f"() => {pad}.filter((value, i) => i % 4 === 3 && value > 0).length"
    whole = lab.page.evaluate(ink)
    lab.page.get_by_role("button", name="Eraser").click()
    draw_a_one(lab)
    assert 0.3 * whole < lab.page.evaluate(ink) < whole
    lab.page.locator(".strip-image").nth(3).click()
    lab.page.get_by_role("button", name="Pen").click()
    draw_a_one(lab)
    assert lab.answer(1) == "1", "nothing is left of the three"


@pytest.mark.browser
@pytest.mark.parametrize(
    "lab",
    [{"width": 360, "lang": "ko", "theme": "dark"}, {"width": 1440, "lang": "en", "theme": "light"}],
    indirect=True,
    ids=["phone", "handler"],
)
def test_it_fits_every_window_and_axe_finds_nothing(lab: Lab) -> None:
    from axe_playwright_python.sync_playwright import Axe

    width = lab.page.viewport_size["width"]  # type: ignore[index]
    assert lab.page.evaluate("document.documentElement.scrollWidth") == width
    # the report's policy forbids what axe's runner adds by itself: it is evaluated in the page's own world
    found = Axe().run(lab.page, context=".network-lab")
    assert found.violations_count == 0, found.generate_report()


def test_what_was_pruned_leaves_the_trained_networks(trained: ComparisonResult, tmp_path: Path) -> None:
    store = Store(shutil.copytree(trained.store.root, tmp_path / "store"))
    prune(store, to_prune(store))
    lab = report_lab(trained.comparison, store, "en")
    assert lab["absent"] is None
    assert [moment["label"] for moment in lab["moments"]] == ["after epoch 2"]


@pytest.mark.parametrize("what", ["final", "step", "record", "trace"])
def test_what_is_damaged_is_left_out_and_the_report_made(trained: ComparisonResult, tmp_path: Path, what: str) -> None:
    store = Store(shutil.copytree(trained.store.root, tmp_path / "store"))
    folder = store.run_folder(trained.comparison.arms[0].runs[0].id)
    place = {"final": "checkpoints/epoch-0002.safetensors", "step": "checkpoints/step-000010.safetensors"}
    file = folder / place.get(what, {"record": "record.json", "trace": "trace.jsonl"}.get(what, ""))
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 0x40  # in the weights: another number, in a file that still opens
    file.write_bytes(content if what != "step" else content[:100])
    lab = report_lab(trained.comparison, store, "en")
    if what == "step":
        assert lab["absent"] is None
        assert "after 10 steps" not in [moment["label"] for moment in lab["moments"]]
    elif what == "trace":
        assert lab["absent"] is None
        assert [arm["story"] is None for arm in lab["arms"]] == [True, False]
    else:
        assert lab["absent"].startswith("The stored networks of this comparison cannot be read")
    assert all(file.name in said for said in lab["left_out"])
    assert lab["left_out"]
    with pytest.warns(UserWarning, match=f"left out, since it cannot be read: .*{file.name}"):
        written = ComparisonResult(trained.comparison, store).report(tmp_path / "report.html")
    assert file.name in written.read_text("utf-8")
    assert written.stat().st_size < 5_000_000
    json.dumps(lab, allow_nan=False)


def test_a_seed_is_shown_with_which_every_arm_went_as_usual(trained: ComparisonResult) -> None:
    material = lab_material(Opened(trained.comparison, trained.store))
    assert (material.seed, material.typical) == (0, True)
    assert [arm.steps_per_epoch for arm in material.arms] == [100, 100]
    labels = pb.open_dataset("mnist").test_labels
    assert material.labels == tuple(labels[place] for place in material.places)
    assert set(material.labels[:10]) == set(range(10))


def test_the_answers_in_a_report_are_those_of_the_seeds_stored_runs(trained: ComparisonResult) -> None:
    found = answers_on_tests(Opened(trained.comparison, trained.store))
    assert found is not None
    assert np.array_equal(found.labels, pb.open_dataset("mnist").test_labels)
    for arm, answered in zip(trained.comparison.arms, found.answers, strict=True):
        result = trained.store.result(arm.runs[0].id)
        assert result is not None
        assert (answered.arm, answered.seed) == (arm.name, 0)
        assert np.array_equal(answered.classes, result.items["classes"])
        counts = np.zeros((10, 10), int)
        np.add.at(counts, (found.labels, answered.classes), 1)
        assert counts.tolist() == [list(row) for row in evidence(trained.comparison).confusion[arm.name]]


def test_a_report_opens_its_data_and_every_runs_answers_once(
    trained: ComparisonResult, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    result, dataset = RunFolder.result, report_contents.open_dataset
    monkeypatch.setattr(RunFolder, "result", lambda folder: told.append(folder.path.name) or result(folder))
    monkeypatch.setattr(report_contents, "open_dataset", lambda name: told.append(name) or dataset(name))
    report.report_contents(trained.comparison, trained.store, "en")
    assert sorted(told) == sorted(["mnist", *(arm.runs[0].id for arm in trained.comparison.arms)])


def test_a_report_is_made_of_the_comparison_alone_where_the_runs_are_gone(
    trained: ComparisonResult, tmp_path: Path
) -> None:
    store = Store(shutil.copytree(trained.store.root, tmp_path / "store"))
    shutil.rmtree(store.root / "runs")
    (store.comparison_folder(trained.comparison.id) / "explanation.json").write_text("{", "utf-8")
    contents = report.report_contents(trained.comparison, store, "en")
    assert contents.tests is None
    assert contents.explanation is None
    assert contents.verdict_map is None
    with pytest.warns(UserWarning, match=r"explanation\.json") as warned:  # what is gone is no damage
        html = ComparisonResult(trained.comparison, store).report(tmp_path / "report.html").read_text("utf-8")
    assert len(warned) == 1
    assert "A cell opens its images." not in html

"""The lab's modules in a real browser: a drawing placed as MNIST's images are, names that stay names, networks gone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from scipy import ndimage

import paribus as pb
from paribus.page.packing import pack_arrays
from paribus.programs.recipe.lab.lab_data import lab_data
from paribus.programs.recipe.lab.training_moments import nothing
from tests.factories import make_comparison
from tests.page.hostile import NAMES, hostile_comparison
from tests.page.modules import module_page
from tests.page.test_lab_data import arm, material

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

MOUNT = """async (data) => {
  const {mount} = await import("/lab.js");
  const {createState} = await import("/state.js");
  const host = document.body.appendChild(document.createElement("div"));
  mount(host, data, globalThis.shared = createState());
}"""

CENTRED = """async (packed) => {
  const {centredImage} = await import("/ink_to_image.js");
  const {inks} = await (await import("/unpack.js")).unpackArrays(packed);
  const found = [];
  for (let i = 0; i < inks.length; i += 280 * 280) {
    found.push([...centredImage(Float32Array.from(inks.subarray(i, i + 280 * 280), (v) => v / 255), 280, 28, 28)]);
  }
  return found;
}"""


def centred(page: Page, drawings: list[np.ndarray[Any, Any]]) -> np.ndarray[Any, Any]:
    """[n, 28, 28] what the networks see of drawings [280, 280] from 0 to 1."""
    packed = pack_arrays({"inks": np.round(255 * np.stack(drawings)).astype(np.uint8)}, "uint8")
    found = page.evaluate(CENTRED, packed)
    return np.array(found).reshape(-1, 28, 28)


def test_a_drawing_is_placed_as_mnists_images_are(browser: Browser) -> None:
    """MNIST's images are placed already: drawn ten times as large, moved and made smaller, they come back."""
    images = pb.open_dataset("mnist").test_images[:60, 0].astype(np.float64) / 255
    drawings = []
    for place, image in enumerate(images):
        scale = (7, 10)[place % 2]
        pad = np.zeros((280, 280))
        pad[: 28 * scale, -28 * scale :] = np.kron(image, np.ones((scale, scale)))
        drawings.append(pad)
    with module_page(browser) as page:
        found = centred(page, drawings) / 255
    alike = [np.corrcoef(image.ravel(), ours.ravel())[0, 1] for image, ours in zip(images, found, strict=True)]
    assert min(alike) > 0.98
    centres = np.array([ndimage.center_of_mass(ours) for ours in found])
    np.testing.assert_allclose(centres, 14, atol=0.55)


def test_no_ink_is_an_empty_image_and_a_dot_has_a_place(browser: Browser) -> None:
    dot = np.zeros((280, 280))
    dot[3, 270] = 1.0
    with module_page(browser) as page:
        empty, spot = centred(page, [np.zeros((280, 280)), dot])
    assert not empty.any()
    assert (spot > 0).sum() == 400, "the box of a single pixel is scaled as any other, to 20 x 20"
    np.testing.assert_allclose(ndimage.center_of_mass(spot), 14, atol=0.5)


def test_names_are_only_letters(browser: Browser) -> None:
    with module_page(browser) as page:
        dialogs: list[str] = []
        page.on("dialog", lambda dialog: dialogs.append(dialog.message))
        for name in NAMES:
            comparison = hostile_comparison(make_comparison("lesson"), name)
            lab = lab_data(comparison, material(arm(100, 1), arm(100, 1)), "en")
            page.evaluate("() => document.body.replaceChildren()")
            page.evaluate(MOUNT, lab)
            page.wait_for_selector(".checked")
            made = page.evaluate("() => [...document.body.querySelectorAll('*')].map((e) => e.tagName.toLowerCase())")
            assert not {"script", "img", "iframe", "style", "object", "link"} & set(made)
            shown = page.locator(".answer h3").all_inner_texts()
            assert [" ".join(text.split()) for text in shown] == [" ".join(one["name"].split()) for one in lab["arms"]]
        assert dialogs == []


def test_without_networks_the_slider_and_the_forces_are_there(browser: Browser) -> None:
    lab = lab_data(make_comparison("lesson"), nothing(0, "own_model", (arm(100, 2), arm(100, 2))), "ko")
    with module_page(browser) as page:
        page.evaluate(MOUNT, lab)
        assert page.locator(".network-lab > p").first.inner_text() == lab["absent"]
        assert page.locator("canvas").count() == 0
        slider = page.locator("input[type=range]")
        slider.focus()
        page.keyboard.press("Home")
        assert page.evaluate("shared.get('time')") == 0
        assert page.locator(".forces tbody tr").count() == 2


def test_a_network_of_no_numbers_says_so(browser: Browser) -> None:
    broken = arm(100, 1)
    broken.snapshots[-1].weights["fc3.bias"][:] = np.nan
    lab = lab_data(make_comparison("lesson"), material(arm(100, 1), broken), "en")
    with module_page(browser) as page:
        page.evaluate(MOUNT, lab)
        page.wait_for_selector(".checked")
        assert page.locator(".answer .said").nth(1).inner_text() == "no number"
        assert set(page.locator(".answer").nth(1).locator(".bar-percent").all_inner_texts()) == {"–"}


def test_what_cannot_be_unpacked_is_said(browser: Browser) -> None:
    lab = lab_data(make_comparison("lesson"), material(arm(100, 1), arm(100, 1)), "en")
    lab["arms"][0]["final"]["data"] = lab["arms"][0]["final"]["data"][:60]
    with module_page(browser) as page:
        page.evaluate(MOUNT, lab)
        assert "cannot be unpacked" in page.locator("[role=alert]").inner_text()

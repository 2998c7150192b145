"""`paribus figure` and `c.figure` on a comparison that was trained: every kind, or what makes what is missing."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import paribus as pb
from paribus.figures.figure_inputs import comparison_figure
from paribus.programs.recipe.figures.features import FeaturesView
from paribus.programs.recipe.figures.run import RunMaterial
from paribus.records.map import VerdictMap
from paribus.runs.store import Store
from tests.cli.lab import DIGITS, Done, paribus, refused, well
from tests.map_cases import a_map


@pytest.mark.parametrize(
    ("kind", "form", "start"),
    [("curves", "svg", b"<?xml"), ("forces", "pdf", b"%PDF"), ("features", "png", b"\x89PNG")],
)
def test_a_figure_is_written_where_it_is_asked_for(
    pair: Done, store: Path, tmp_path: Path, kind: str, form: str, start: bytes
) -> None:
    target = tmp_path / f"one.{form}"
    done = well(paribus("figure", pair.json["id"], f"--kind={kind}", "--to", target, "--lang=ko", "--out", store))
    assert done.out.strip() == str(target)
    assert target.read_bytes().startswith(start)
    assert done.err == ""


def test_without_a_place_it_goes_beside_the_comparison(pair: Done, store: Path) -> None:
    path = Path(well(paribus("figure", pair.json["id"], "--format=pdf", "--out", store)).out.strip())
    assert path == store / "comparisons" / pair.json["id"] / "curves.pdf"
    path.unlink()


@pytest.mark.parametrize(
    ("words", "texts"),
    [
        (["--kind=curve"], ["kind must be one of", "did you mean curves?"]),
        (["--kind=interventions"], ["nobody asked for one yet: paribus why activation-"]),
        (["--kind=map"], ["This would make one: paribus map activation=sigmoid,relu --over", "--set=train_size=512"]),
        (["--kind=forces", "--seed=7"], ["seed must be one of 0, 1; got 7"]),
        (["--kind=features", "--image=-1"], ["image must be from 0 to 499", "-1"]),
        (["--to=one.gif"], [".svg, .pdf, .png", "one.gif"]),
        (["--to=nowhere/one.svg"], ["a folder that is there"]),
    ],
)
def test_what_is_missing_is_named_with_what_makes_it(
    pair: Done, store: Path, tmp_path: Path, words: list[str], texts: list[str]
) -> None:
    refused(paribus("figure", pair.json["id"], *words, "--out", store, cwd=tmp_path), *texts)


def test_runs_that_are_gone_are_named_with_the_command_that_makes_them(pair: Done, store: Path, tmp_path: Path) -> None:
    comparison = Store(store).load_comparison(pair.json["id"])
    for kind in ("forces", "features"):
        with pytest.raises(pb.ParibusError, match="This makes it again: paribus compare activation=sigmoid,relu"):
            comparison_figure(comparison, Store(tmp_path), kind, "en")


def test_features_are_what_the_trained_network_computes(
    pair: Done, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import torch

    from paribus.programs.recipe.data import open_dataset
    from paribus.programs.recipe.data.prepare import input_table

    seen: list[FeaturesView] = []
    monkeypatch.setattr(
        "paribus.figures.figure_inputs.figure",
        lambda c, kind, lang, material: seen.append(material.features),
    )
    c = pb.load_comparison(pair.json["id"], store)
    c.figure("features", seed=1, image=3)
    (view,) = seen
    data = open_dataset(str(DIGITS))
    np.testing.assert_array_equal(view.image[:, :, 0], data.test_images[3, 0])
    assert (view.label, view.seed, [arm.arm for arm in view.arms]) == (data.test_labels[3], 1, ["sigmoid", "relu"])
    run = pb.load_run(c.comparison.arms[1].runs[1].id, store)
    network = run.model()
    x = torch.from_numpy(input_table(data, run.recipe)[data.test_images[3:4]])
    with torch.no_grad():
        hooked: dict[str, torch.Tensor] = {}
        network.conv2.register_forward_hook(lambda module, inputs, output: hooked.update(conv2=torch.relu(output)))
        network.kernel = "pytorch"  # the layers one by one, so that the hook sees them
        logits = network(x)
    np.testing.assert_allclose(view.arms[1].probabilities, logits[0].softmax(0), rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(view.arms[1].second, hooked["conv2"][0], rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(view.arms[1].filters, network.conv1.weight.detach()[:, 0])
    assert view.arms[1].first.shape == (6, 28, 28)


def test_a_comparison_finds_the_maps_that_reach_it(pair: Done, store: Path, tmp_path: Path) -> None:
    c = pb.load_comparison(pair.json["id"], store)
    assert c.maps == ()
    other = Store(tmp_path)
    near: VerdictMap = a_map().model_copy(update={"fields": c.comparison.arms[0].fields})
    far = a_map().model_copy(update={"id": "map-far"})
    other.save_map(near)
    other.save_map(far)
    assert type(c)(c.comparison, other).maps == (near,)


def test_a_run_is_drawn_by_kinds_of_its_own(pair: Done, store: Path, tmp_path: Path) -> None:
    run = pair.json["arms"][0]["runs"][1]["id"]
    for kind, words in (("units", ()), ("features", ("--image=3", "--lang=ko"))):
        target = tmp_path / f"{kind}.svg"
        assert well(paribus("figure", run, f"--kind={kind}", "--to", target, *words, "--out", store)).out.strip()
        assert target.read_bytes().startswith(b"<?xml")
    refused(paribus("figure", run, "--kind=differences", "--out", store), "drawn of a comparison", "curves, answers")
    refused(paribus("figure", pair.json["id"], "--kind=units", "--out", store), "drawn of a single run", "curves, diff")


def test_how_a_run_cannot_be_drawn_is_said_before_it_is_trained(tmp_path: Path) -> None:
    refused(
        paribus("train", "--figure=unit", "--out", tmp_path / "store"), "kind must be one of", "did you mean units?"
    )
    refused(paribus("train", "--figure=units", "--probes=off", "--out", tmp_path / "store"), "Without them: curves")
    assert not (tmp_path / "store").exists()


def test_showing_a_run_tells_its_symptoms(pair: Done, store: Path) -> None:
    run = pb.load_run(pair.json["arms"][0]["runs"][0]["id"], store)
    told = well(paribus("show", run.record.id, "--out", store)).out.partition("Symptoms\n")[2]
    assert run.findings()  # sigmoid after eight steps
    assert told.count("·") == len(run.findings())


def test_shares_of_classes_are_counted_from_labels_and_answers(
    pair: Done, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[RunMaterial] = []
    monkeypatch.setattr("paribus.figures.figure_inputs.run_figure", lambda material, kind, lang: seen.append(material))
    run = pb.load_run(pair.json["arms"][1]["runs"][0]["id"], store)
    run.figure("classes")
    shares = seen[0].shares
    result = run.folder.result()
    assert shares is not None
    assert result is not None
    np.testing.assert_allclose(shares.answered, np.bincount(result.items["classes"], minlength=10) / 500)
    assert shares.tested[1] == pytest.approx(0.134)  # 67 ones are among the first 500 test images of MNIST
    assert round(sum(512 * share for share in shares.trained)) == 512

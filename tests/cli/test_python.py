"""The same lab from Python: a script as a user writes it, and everything that a comparison and a run offer."""

from __future__ import annotations

import json
import subprocess
import sys

import numpy as np
import pytest
import torch
from torch import nn

import paribus as pb
from paribus.programs.recipe.data import open_dataset
from tests.cli.lab import DIGITS, OVERRIDES, digests, environment, timeless

REDUCED = {"dataset": str(DIGITS), "train_size": 512, "epochs": 1}


@pytest.fixture
def result(pair, store, monkeypatch):
    """The comparison of `pair`, loaded from its store."""
    monkeypatch.setenv("PARIBUS_CACHE", OVERRIDES["PARIBUS_CACHE"])
    return pb.load_comparison(pair.json["id"], out=store)


def script(tmp_path, text, *words):
    """Run a script of the user's own; what it printed."""
    path = tmp_path / "mine.py"
    path.write_text(text, encoding="utf-8")
    command = [sys.executable, str(path), *map(str, words)]
    done = subprocess.run(
        command, env=environment(), cwd=tmp_path, capture_output=True, text=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return done.stdout


AT_TOP_LEVEL = """
import json, sys
import paribus as pb
print("begun")
c = pb.compare("activation", ["sigmoid", "relu"], recipe="fair", seeds=2, out=sys.argv[1],
               settings={"dataset": "DIGITS", "train_size": 512}, epochs=1)
print(json.dumps(c.to_dict()))
print(c)
""".replace("DIGITS", str(DIGITS))


def test_a_script_that_compares_at_its_top_level_runs_once(pair, store, tmp_path):
    first, document, *text = script(tmp_path, AT_TOP_LEVEL, tmp_path / "lab").splitlines()
    assert first == "begun"
    assert digests(tmp_path / "lab").items() <= digests(store).items()
    ours, theirs = json.loads(document), pair.json
    for c in (ours, theirs):
        for run in (run for arm in c["arms"] for run in arm["runs"]):
            run["seconds"] = None  # it trained anew
        c["created"] = c["command"] = None  # which names the store
    assert ours == theirs
    assert pair.json["verdict"]["en"] in " ".join(text)


OWN_EXECUTOR = """
import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
import paribus as pb
if __name__ == "__main__":
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as executor:
        pb.compare("activation", ["sigmoid", "relu"], recipe="fair", seeds=1, out=sys.argv[1], executor=executor,
                   settings={"dataset": "DIGITS", "train_size": 512, "epochs": 1})
        print(executor.submit(abs, -1).result())
""".replace("DIGITS", str(DIGITS))


def test_any_executor_makes_the_same_runs_and_stays_usable(pair, store, tmp_path):
    assert script(tmp_path, OWN_EXECUTOR, tmp_path / "lab").strip() == "1"
    made = digests(tmp_path / "lab")
    assert len(made) == 2
    assert made.items() <= digests(store).items()


def test_a_comparison_is_the_json_that_the_command_printed(pair, result):
    assert timeless(result.to_dict()) == timeless(pair.json)
    assert result.verdict == pair.json["verdict"]["en"]
    assert result.in_language("ko").verdict == pair.json["verdict"]["ko"]


def test_without_pandas_a_table_says_what_to_install(result, monkeypatch):
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(pb.ParibusError, match=r"pip install 'paribus\[pandas\]'"):
        result.to_pandas()


def test_a_comparison_as_text_html_figure_and_report(pair, result, tmp_path):
    assert pair.json["verdict"]["en"].split(".")[0] in str(result)
    assert repr(result) == str(result)
    page = result._repr_html_()
    assert "<svg" in page
    assert "<table" in page
    assert "<script" not in page
    figure = result.figure("curves")
    figure.savefig(tmp_path / "curves.png")
    assert (tmp_path / "curves.png").read_bytes().startswith(b"\x89PNG")
    with pytest.raises(pb.ParibusError, match="curves"):
        result.figure("pie")
    path = result.in_language("ko").report(tmp_path / "mine.html")
    assert "시그모이드" in path.read_text(encoding="utf-8")


REPRODUCE = """
import sys
import numpy as np
from safetensors.numpy import load_file
import paribus as pb
from paribus.runs.training_process import settle_process
from paribus.programs.recipe.training.evaluate import evaluate
from paribus.programs.recipe.data import open_dataset, prepare
import torch
settle_process()
run = pb.load_run(sys.argv[1], out=sys.argv[2])
data = prepare(open_dataset(run.recipe.dataset), run.recipe, run.record.seed, torch.device("cpu"))
answers = evaluate(run.model(), data.test_x, data.test_y)
stored = load_file(sys.argv[3])
print(np.array_equal(answers.probabilities.numpy(), stored["probabilities"]), answers.accuracy)
"""


@pytest.mark.parametrize("arm", [0, 1])
def test_a_loaded_model_gives_the_stored_answers_bit_for_bit(pair, store, tmp_path, arm):
    run = pair.json["arms"][arm]["runs"][1]
    answers = store / "runs" / run["id"] / "predictions.safetensors"
    same, accuracy = script(tmp_path, REPRODUCE, run["id"], store, answers).split()
    assert same == "True"
    assert float(accuracy) == run["test_accuracy"]


def test_a_loaded_model_is_a_plain_module(pair, result, store):
    run = pb.load_run(pair.json["arms"][1]["runs"][0]["id"][:-1] + "0", out=store)
    assert run.record.status == "finished"
    model = run.model()
    assert not model.training
    data = open_dataset(run.recipe.dataset)
    images = torch.from_numpy(np.array(data.test_images[:512])).float().div(255).sub(data.mean).div(data.std)
    with torch.no_grad():
        classes = model(images).argmax(1).numpy()
    stored = run.folder.result().items["classes"][:512]
    assert (classes == stored).mean() > 0.99  # other normalisation arithmetic, so a tie may fall otherwise


def test_lenet_trains_in_a_loop_of_ones_own():
    torch.manual_seed(0)
    model = pb.LeNet(activation="tanh", in_channels=3, image_size=(16, 20), classes=4)
    assert isinstance(model, nn.Module)
    x, y = torch.randn(64, 3, 16, 20), torch.arange(64) % 4
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    losses = []
    for _ in range(30):
        loss = nn.functional.cross_entropy(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(float(loss.detach()))
    assert losses[0] == pytest.approx(np.log(4), abs=0.1)
    assert losses[-1] < 0.2


def test_recipes_from_python_name_all_faults():
    assert pb.recipe("fair", **REDUCED).train_size == 512
    with pytest.raises(pb.ParibusError) as caught:
        pb.recipe("fair", epochs=0, poolling="max", lr=-1)
    assert all(text in str(caught.value) for text in ("3 faults", "did you mean pooling?", "learning_rate", "epochs"))


@pytest.mark.parametrize(
    ("arguments", "texts"),
    [
        ({"factor": "activation", "values": None}, ["needs two values or more"]),
        (
            {"factor": "activaton", "values": ["relu", "tanh"], "seeds": 0},
            ["did you mean activation?", "seeds must be"],
        ),
        ({"factor": "activation", "values": ["relu", "tanh"], "margin": 0}, ["margin must be greater than 0"]),
        ({"factor": [pb.recipe("lesson"), pb.recipe("lesson")]}, ["the same recipe"]),
        ({"factor": ["lesson", "fair"]}, ["batch_order", "weight_decay"]),
        (
            {"factor": "activation", "values": ["relu", "tanh"], "probes": "all", "workers": 0},
            ["probes must", "workers"],
        ),
    ],
)
def test_a_comparison_that_cannot_be(tmp_path, arguments, texts):
    with pytest.raises(pb.ParibusError) as caught:
        pb.compare(**arguments, out=tmp_path / "lab")
    assert all(text in str(caught.value) for text in texts)
    assert not (tmp_path / "lab").exists()


def test_the_package_names_what_it_offers():
    assert set(pb.__all__) <= set(dir(pb))
    assert all(getattr(pb, name) is not None for name in pb.__all__)
    with pytest.raises(AttributeError, match="no attribute 'comapre'"):
        pb.comapre  # noqa: B018

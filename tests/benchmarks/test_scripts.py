"""Every benchmark says what it does without loading torch, and says what it lacks instead of failing."""

import importlib.util
import math
import runpy
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

FOLDER = Path(__file__).parents[2] / "benchmarks"
SCRIPTS = [path for path in sorted(FOLDER.glob("*.py")) if "__main__" in path.read_text("utf-8").rpartition("\n\n")[2]]


class NoTorch:
    """Fails an import of torch."""

    def find_spec(self, name, path=None, target=None):
        assert name != "torch", "torch was imported"


def load(name: str):
    """A script as a module, under the name of its file."""
    spec = importlib.util.spec_from_file_location(name, FOLDER / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses look themselves up there
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def peers(monkeypatch):
    monkeypatch.delitem(sys.modules, "peers", raising=False)
    yield load("peers")
    sys.modules.pop("peers", None)


@pytest.fixture
def performance():
    yield load("performance")
    sys.modules.pop("performance", None)


@pytest.fixture
def lesson_pair():
    yield load("lesson_pair")
    sys.modules.pop("lesson_pair", None)


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_help_needs_no_torch(script, monkeypatch, capsys):
    monkeypatch.delitem(sys.modules, "torch", raising=False)
    monkeypatch.setattr(sys, "meta_path", [NoTorch(), *sys.meta_path])
    monkeypatch.setattr(sys, "argv", [str(script), "--help"])
    monkeypatch.syspath_prepend(FOLDER)
    with pytest.raises(SystemExit) as left:
        runpy.run_path(str(script), run_name="__main__")
    assert left.value.code == 0
    assert capsys.readouterr().out.startswith("usage: ")


def test_peers_without_environments_are_skipped_with_the_reason(peers, tmp_path, monkeypatch):
    monkeypatch.setattr(peers, "PEERS", [peer for peer in peers.PEERS if peer.name not in ("dlib (C++)", "Paribus")])
    monkeypatch.setattr(sys, "argv", ["peers.py", "--environments", str(tmp_path)])
    found, skipped = peers.measure(peers.parse(), tmp_path)
    assert found == {}
    assert skipped["JAX, jit"] == "there is no environment `jax`: --install makes it"
    assert len(skipped) == 5


def test_a_peer_that_fails_is_skipped_with_its_last_words(peers, tmp_path, monkeypatch):
    failing = peers.Peer("broken", lambda *_: [sys.executable, "-c", "raise SystemExit('no such thing')"])
    monkeypatch.setattr(peers, "PEERS", [failing])
    monkeypatch.setattr(sys, "argv", ["peers.py", "--environments", str(tmp_path)])
    assert peers.measure(peers.parse(), tmp_path) == ({}, {"broken": "it failed: no such thing"})


def test_a_peer_is_held_against_the_plain_loop_of_the_same_round(peers, tmp_path, monkeypatch, capsys):
    def rounds(*ms):
        line = {"first_s": 1.0, "loss": 0.5, "optimizer": "Adam", "versions": {"package": "1"}}
        return [{name: {**line, "ms": each} for name in ("sigmoid", "relu")} for each in ms]

    monkeypatch.setattr(sys, "argv", ["peers.py", "--environments", str(tmp_path), "--rounds", "3"])
    peers.show(peers.parse(), {peers.BASE: rounds(8, 16, 12), "other": rounds(4, 4, 4)}, {"gone": "it left"})
    printed = capsys.readouterr().out
    assert "| other | 4.00 | 3.00 (2.00 to 4.00) | 1.00 | 0.500 |" in printed
    assert "- gone: not measured; it left." in printed


def test_the_lessons_pair_is_held_against_the_notebook_of_the_same_round(lesson_pair, monkeypatch, capsys):
    both = ["--baseline-python", "python", "--baseline-script", "notebook.py"]
    monkeypatch.setattr(sys, "argv", ["lesson_pair.py", *both])
    seconds = {"notebook": [300.0, 600.0], "paribus compare": [30.0, 30.0], "six seeds": [150.0]}
    lesson_pair.show(lesson_pair.parse(), {**seconds, lesson_pair.EAGER: [90.0, 90.0]})
    printed = capsys.readouterr().out
    assert "| `paribus compare --seeds 1` | 1 | 2 | 30.0 | 15.00 (10.00 to 20.00) | 3.00 (3.00 to 3.00) |" in printed
    assert "| `paribus compare --seeds 6` | 6 | 1 | 150.0 | 2.00 | 0.60 |" in printed
    assert "Six paired seeds take 0.50 of the time of the notebook's one pair." in printed
    assert "timed over 1 of its 15 epochs" in printed


def test_what_was_not_timed_of_the_notebook_is_added_at_the_mean(lesson_pair, tmp_path, monkeypatch):
    script = tmp_path / "notebook.py"
    script.write_text("print('sigmoid epoch 0: 1.00 s')\nprint('relu epoch 0: 3.00 s')", encoding="utf-8")
    both = ["--baseline-python", sys.executable, "--baseline-script", str(script)]
    monkeypatch.setattr(sys, "argv", ["lesson_pair.py", *both])
    whole = lesson_pair.time_notebook(lesson_pair.parse(), tmp_path)
    assert 14 * 2 * 2.0 < whole < 14 * 2 * 2.0 + 30  # 14 epochs of both models at 2 s each, and the script itself


@pytest.mark.parametrize("script", ["pytorch_loop", "paribus_engine"])
def test_a_peer_trains_on_the_files_that_the_driver_writes(script, peers, tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(FOLDER / "peers")
    peers.write_data(tmp_path, 40)
    images = np.fromfile(tmp_path / "images.f32", np.float32).reshape(-1, 28, 28)
    labels = np.fromfile(tmp_path / "labels.u8", np.uint8).astype(np.int64)
    assert labels[:5].tolist() == [5, 0, 4, 1, 9]  # MNIST's first
    assert images[:, 0, 0] == pytest.approx(-0.1307 / 0.3081, abs=1e-3)  # black, normalised
    with torch.random.fork_rng():
        train = load(f"peers/{script}").begin("relu", images, labels)
        assert train(0, 1) == pytest.approx(math.log(10), abs=0.5)
        train(1, 38)
        assert 0 < train(39, 1) < 1
    del sys.modules["timing"]


def test_a_page_without_environments_says_what_was_not_measured(performance, tmp_path, monkeypatch):
    benchmarks = {"peers.py", "lesson_pair.py"}
    monkeypatch.setattr(performance, "SECTIONS", [s for s in performance.SECTIONS if s.script in benchmarks])
    page = tmp_path / "page.md"
    monkeypatch.setattr(sys, "argv", ["performance.py", "--to", str(page)])
    assert performance.main() == 0
    text = page.read_text(encoding="utf-8")
    assert "Not measured here: no --environments was given." in text
    assert "Not measured here: no --baseline-python was given." in text
    assert "| processor | " in text


def test_a_page_holds_what_a_benchmark_printed_or_that_it_failed(performance, tmp_path, monkeypatch):
    (tmp_path / "good.py").write_text("print('| a | 1 |')", encoding="utf-8")
    (tmp_path / "bad.py").write_text("raise SystemExit(3)", encoding="utf-8")
    sections = [performance.Section(name, "What.", f"{name}.py", (), ()) for name in ("good", "bad")]
    monkeypatch.setattr(performance, "HERE", tmp_path)
    monkeypatch.setattr(performance, "SECTIONS", sections)
    monkeypatch.setattr(sys, "argv", ["performance.py", "--to", str(tmp_path / "page.md")])
    assert performance.main() == 1
    text = (tmp_path / "page.md").read_text(encoding="utf-8")
    assert "    python benchmarks/good.py\n\n| a | 1 |\n" in text
    assert "Not measured here: the benchmark failed." in text


def test_a_section_is_measured_again_and_the_others_stay(performance, tmp_path, monkeypatch):
    page, script = tmp_path / "page.md", tmp_path / "second.py"
    (tmp_path / "first.py").write_text("print('first')", encoding="utf-8")
    script.write_text("print('old')", encoding="utf-8")
    sections = [performance.Section(name, "What.", f"{name}.py", (), ()) for name in ("first", "second")]
    monkeypatch.setattr(performance, "HERE", tmp_path)
    monkeypatch.setattr(performance, "SECTIONS", sections)
    monkeypatch.setattr(sys, "argv", ["performance.py", "--to", str(page)])
    assert performance.main() == 0
    before = page.read_text(encoding="utf-8")
    script.write_text("print('new')", encoding="utf-8")
    monkeypatch.setattr(sys, "argv", ["performance.py", "--to", str(page), "--only", "second.py"])
    for _ in range(2):  # saying when is not said twice
        assert performance.main() == 0
        after = page.read_text(encoding="utf-8")
        assert after.count("Measured by itself on ") == 1
        kept = [line for line in after.splitlines() if not line.startswith("Measured by itself on ")]
        expected = before.replace("\nold\n", "\nnew\n").splitlines()
        assert [line for line in kept if line] == [line for line in expected if line]

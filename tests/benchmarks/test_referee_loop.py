"""The real loop of the referee: its edits fit its scripts, it goes on where it was stopped, and it scores right."""

import json
import sys
import tomllib

import pytest

from tests.benchmarks.test_scripts import FOLDER
from tests.cli.lab import _forked, environment


@pytest.fixture
def referee_loop(monkeypatch):
    monkeypatch.syspath_prepend(FOLDER)
    names = ("referee_loop", "referee_laws", "referee_levels")
    import referee_loop

    yield referee_loop
    for name in names:
        sys.modules.pop(name, None)


def edits_of(task):
    return tomllib.loads((FOLDER / "referee_scripts" / f"{task}.toml").read_text(encoding="utf-8"))["edit"]


@pytest.mark.parametrize("task", ["language", "lenet"])
def test_a_third_of_the_edits_is_of_each_kind_and_each_changes_its_script(task, referee_loop):
    source = (FOLDER / "referee_scripts" / f"{task}.py").read_text(encoding="utf-8")
    edits = [referee_loop.Edit(**one) for one in edits_of(task)]
    assert sorted(edit.kind for edit in edits) == ["harmful"] * 10 + ["idle"] * 10 + ["real"] * 10
    assert len({edit.of(source) for edit in edits} - {source}) == 30
    for edit in edits:
        compile(edit.of(source), edit.name, "exec")


def pretended(calls):
    """A training whose loss knows which edits are in the source, and whose luck is its seed's."""

    def train(source, seed):
        from referee_loop import Ran

        from paribus.core.seeds import generator

        calls.append(seed)
        luck = 0.01 * generator(seed, f"luck/{len(source)}").standard_normal()
        loss = 2.0 - 0.1 * ("betas=" in source) - 0.1 * ("nn.GELU" in source) + 0.2 * ("SGD" in source) + luck
        return Ran({"val_loss": loss, "test_loss": loss + 1}, 60.0)

    return train


def test_it_goes_on_where_it_was_stopped_and_prints_what_was_kept(referee_loop, tmp_path, monkeypatch, capsys):
    calls = []
    monkeypatch.setattr(referee_loop, "train", pretended(calls))
    arguments = referee_loop.parse(["language", "--folder", str(tmp_path), "--truth", "4"])
    referee_loop.show(referee_loop.TASKS["language"], arguments)
    first = capsys.readouterr().out
    line = next(line for line in first.splitlines() if line.startswith("| referee |"))
    _, name, right, wrong, missed, runs, minutes, end, _ = (cell.strip() for cell in line.split("|"))
    assert (name, right, wrong, missed) == ("referee", "2", "0", "0")
    assert float(minutes) == float(runs)
    assert float(end.split()[0]) == pytest.approx(2.8, abs=0.02)

    made, text = len(calls), (tmp_path / "language.jsonl").read_text(encoding="utf-8")
    referee_loop.show(referee_loop.TASKS["language"], arguments)
    assert (capsys.readouterr().out, len(calls)) == (first, made)
    (tmp_path / "language.jsonl").write_text(text[:-20], encoding="utf-8")  # killed while it wrote
    referee_loop.show(referee_loop.TASKS["language"], arguments)
    assert (capsys.readouterr().out, len(calls)) == (first, made + 1)


def test_a_run_is_a_process_whose_own_seconds_count(referee_loop):
    told = "import sys, time; time.sleep(0.3); print('first'); print('{\"val_loss\": ' + sys.argv[2] + '}')"
    assert referee_loop.train(told, 7).figures == {"val_loss": 7}
    assert referee_loop.train(told, 7).seconds < 0.3
    assert referee_loop.train(f"{told}; sys.exit(1)", 7).figures is None


@pytest.mark.slow
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="runs are forked from a process that has torch")
def test_a_quick_loop_with_real_runs(referee_loop, tmp_path, monkeypatch, capsys):
    def train(source, seed):
        script = tmp_path / "train.py"
        script.write_text(source, encoding="utf-8")
        given = {"words": ["--seed", str(seed)], "script": str(script), "cwd": str(tmp_path), "env": environment()}
        return referee_loop.Ran(json.loads(_forked(given).out), 1.0)

    monkeypatch.setattr(referee_loop, "train", train)
    arguments = ["language", "--quick", "--edits", "1", "--truth", "2", "--folder", str(tmp_path)]
    referee_loop.show(referee_loop.TASKS["language"], referee_loop.parse(arguments))
    assert "### language: 1 edits" in capsys.readouterr().out
    rows = [json.loads(line) for line in (tmp_path / "language.jsonl").read_text(encoding="utf-8").splitlines() if line]
    assert len(rows) > 5
    assert all(figures["val_loss"] > 2 for _, _, figures, _ in rows)

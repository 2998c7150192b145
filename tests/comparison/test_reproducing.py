"""A bundle made again: the same bits here, figures that moved told from seed noise, and no code without a word."""

import json
import sys
from concurrent.futures import Executor, Future

import pytest

import paribus as pb
from paribus.cli.main import parsed, run
from paribus.comparison import reproducing
from paribus.comparison.reproducing import AgainArm, opened, planned, reproduced
from paribus.core.errors import ParibusError
from paribus.records.comparison import Estimate
from paribus.runs.planning import Settings
from paribus.runs.store.bundles import pack
from tests.recipe.idx_files import small_set, write


class Inline(Executor):
    """Each call is done as it is submitted."""

    def submit(self, function, /, *args):
        future = Future()
        future.set_running_or_notify_cancel()
        future.set_result(function(*args))
        return future


@pytest.fixture(autouse=True)
def _private(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


@pytest.fixture
def small(tmp_path):
    """The bundle of a tiny comparison of recipes."""
    data = write(tmp_path / "data", small_set(60, 20, (12, 12)))
    fields = {"conv_channels": (2, 2), "dense_widths": (4,), "batch_size": 16, "dataset": str(data), "epochs": 1}
    made = pb.compare(
        "activation", ["sigmoid", "relu"], seeds=2, settings=fields, out=tmp_path / "lab", executor=Inline()
    )
    return pack(made.store, made.comparison.id, tmp_path / "it.zip", pb.__version__)


def test_what_is_made_again_here_is_the_same_in_every_bit(small, tmp_path):
    sent = opened(small, tmp_path / "again")
    plan = planned(sent, Settings(tmp_path / "again" / "made", workers=1), trust=False)
    assert plan.finished == 0, "nothing of the bundle passes for a run of one's own"
    found = reproduced(sent, plan, lambda event: None, Inline())
    assert found.same
    assert [(run.then, run.now) for run in found.runs] == [(run.then, run.then) for run in found.runs]
    assert [pair.verdict for pair in found.made.pairs] == [pair.verdict for pair in found.sent.pairs]
    again = opened(small, tmp_path / "again")  # a second command goes on
    assert planned(again, Settings(tmp_path / "again" / "made", workers=1), trust=False).finished == len(found.runs)


def test_the_command_says_so(small, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(reproducing, "run_plan", lambda *given: _inline(*given))
    assert run(parsed(["reproduce", str(small), "--to", str(tmp_path / "again"), "--workers", "1"]), []) == 0
    said = capsys.readouterr().out
    assert "Every run came out the same in every bit." in said
    assert run(parsed(["reproduce", str(small), "--to", str(tmp_path / "again"), "--json", "--quiet"]), []) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["same"] is True
    assert told["verdicts"] == told["verdicts_now"]


def _inline(plan, margin, on_event, executor):
    from paribus.comparison.compare import run_plan

    return run_plan(plan, margin, on_event, Inline())


def test_code_is_run_only_where_somebody_says_so(tmp_path):
    script = tmp_path / "it.py"
    script.write_text("print('{\"score\": 1.0}')")
    words = [sys.executable, "-I", "-S", str(script), "{seed}", "{gain}"]
    made = pb.compare(
        *("gain", ["1", "2"]), program=words, metric="score:max", seeds=1, out=tmp_path / "lab", executor=Inline()
    )
    sent = opened(pack(made.store, made.comparison.id, tmp_path / "it.zip", ""), tmp_path / "again")
    how = Settings(tmp_path / "again" / "made", workers=1)
    with pytest.raises(ParibusError, match="--trust"):
        planned(sent, how, trust=False)
    assert planned(sent, how, trust=True).finished == 0


@pytest.mark.parametrize(("mean", "within"), [(0.5, True), (0.6, True), (0.61, False)])
def test_seed_noise_is_the_interval_of_then(mean, within):
    class Arm:
        name = "a"

        def __init__(self, mean, low, high):
            self.figures = {"m": Estimate(mean=mean, low=low, high=high, level=0.95, n=3)}

    assert reproducing._arm(Arm(0.5, 0.4, 0.6), Arm(mean, None, None), "m") == AgainArm("a", 0.5, mean, within)
    assert reproducing._arm(Arm(0.5, None, None), Arm(mean, None, None), "m").within is None

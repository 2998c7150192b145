"""The extra `optuna`: its sampler proposes each arm's settings, and finds the best where it is known."""

import math
import os

import pytest

import paribus as pb

if os.environ.get("PARIBUS_EXTRA") != "optuna":
    pytest.skip("`make extras` runs it where Optuna is installed", allow_module_level=True)

from concurrent.futures import ThreadPoolExecutor

from paribus.core.errors import ParibusError
from paribus.records.events import TryEnded
from tests.programs import contrived
from tests.programs.contrived import BEST


@pytest.fixture(scope="module")
def executor():
    with ThreadPoolExecutor(1) as pool:
        yield pool


def compared(out, executor, **options):
    how = {"program": contrived.made_known(), "out": out, "executor": executor, "workers": 1, "margin": 0.05}
    return pb.compare("arm", ["a", "b"], **{"tune": {"rate": (1e-5, 1.0)}, "tune_tries": 24, **how, **options})


def test_it_is_taken_where_it_is_installed_and_proposes_near_the_best(tmp_path, executor):
    result = compared(tmp_path, executor)
    tuned = result.tuned
    assert tuned.sampler == "tpe"
    assert [pair.verdict for pair in result.comparison.pairs] == ["b_better"]
    assert [pair.verdict for pair in tuned.comparison.pairs] == ["equal"]
    for arm in tuned.arms:
        off = [abs(math.log10(one.values["rate"] / BEST[arm.arm])) for one in arm.tries]
        assert len(off) == 24
        assert sum(off[12:]) < sum(off[:12])  # what it proposes lies nearer than what chance draws
        assert off[arm.best] < 0.2
    assert "--tune-sampler=tpe" in tuned.comparison.command or not tuned.comparison.command


def test_the_first_half_is_that_of_chance_and_the_same_for_all_arms(tmp_path, executor):
    tpe, random = (compared(tmp_path, executor, tune_sampler=name).tuned for name in ("tpe", "random"))
    for arm in range(2):
        assert tpe.arms[arm].tries[:12] == random.arms[arm].tries[:12]
    assert [one.values for one in tpe.arms[0].tries[:12]] == [one.values for one in tpe.arms[1].tries[:12]]


def test_stopped_it_goes_on_to_the_same_end_whatever_the_workers(tmp_path, executor):
    class Stopped(Exception):
        pass

    def stop(event):
        if isinstance(event, TryEnded) and event.number == 33:
            raise Stopped

    with pytest.raises(Stopped):
        compared(tmp_path / "a", executor, on_event=stop)
    resumed = compared(tmp_path / "a", executor).tuned
    whole = compared(tmp_path / "b", executor, workers=3).tuned
    assert [arm.best for arm in resumed.arms] == [arm.best for arm in whole.arms]
    assert [[t.values for t in arm.tries] for arm in resumed.arms] == [[t.values for t in a.tries] for a in whole.arms]


def test_fields_of_every_kind(tmp_path, executor):
    tune = {"rate": (1e-5, 1.0), "spin": (0, 8), "kind": ["plain", "fancy"]}
    b = compared(tmp_path, executor, tune=tune, tune_tries=30).tuned.arms[1]
    settings = [tuple(one.values.items()) for one in b.tries]
    assert len(set(settings)) == len(settings) == 30
    assert {type(one.values["spin"]) for one in b.tries} == {int}
    assert {one.values["kind"] for one in b.tries} == {"plain", "fancy"}


def test_runs_that_come_to_nothing_are_the_worst_for_it_too(tmp_path, executor):
    a = compared(tmp_path, executor, settings={"rate": 9.0}, tune={"rate": (0.3, 9.0)}, tune_tries=6).tuned.arms[0]
    assert len(a.tries) == 6
    with pytest.raises(ParibusError, match="must be one of"):
        compared(tmp_path, executor, tune_sampler="gp")

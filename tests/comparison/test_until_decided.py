"""Comparisons that grow seed by seed until they are decided, with real runs of a tiny function."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor

import pytest

import paribus as pb
from paribus.comparison.anytime.rule import median_pairs
from paribus.comparison.words.verdict_text import verdict_words


def tiny(shift: float = 0.0, seed: int = 0) -> dict[str, float]:
    """A figure whose luck the arms share; with a shift of 0.5 and an odd seed the run fails."""
    if shift == 0.5 and seed % 2:
        raise RuntimeError("odd")
    own = random.Random(f"{seed}/{shift}")
    return {"score": round(random.Random(seed).gauss(0, 5) + own.gauss(0, 0.5) + shift, 4)}


def grow(out, values, **options):
    options = {"max_seeds": 12, "workers": 1, "repeat_check": False, "metric": "score", **options}
    with ThreadPoolExecutor(options["workers"]) as pool:  # in this process: a run takes no time
        return pb.compare("shift", values, program=tiny, out=out, until_decided=True, executor=pool, **options)


def test_it_ends_when_it_is_decided_and_says_by_which_rule(tmp_path):
    found = grow(tmp_path, [0.0, 2.0])
    comparison, (pair,) = found.comparison, found.comparison.pairs
    assert (comparison.rule, comparison.look, comparison.alpha) == ("anytime", 1, 0.05)
    assert (pair.verdict, pair.decided_by, pair.anytime.status) == ("b_better", "anytime", "decided")
    assert len(comparison.seeds) == pair.anytime.decided_at < 12
    judge = pb.Sequential("score", most=12)
    states = [
        judge.add(a.figures["score"], b.figures["score"])
        for a, b in zip(*(arm.runs for arm in comparison.arms), strict=True)
    ]
    assert [state.status for state in states] == ["go_on"] * (len(states) - 1) + ["decided"]
    assert (pair.low, pair.high, pair.p_decision) == (states[-1].low, states[-1].high, states[-1].p)
    assert f"It was decided after {len(states)} seeds, of at most 12." in found.verdict
    assert "anytime-valid rule" in found.verdict
    assert "상시 유효 규칙" in verdict_words(comparison, "ko")
    assert "--until-decided --max-seeds=12" in comparison.command or not comparison.command


def test_the_verdict_does_not_depend_on_workers_or_on_what_was_there(tmp_path):
    one = grow(tmp_path / "one", [0.0, 2.0]).comparison
    more = grow(tmp_path / "more", [0.0, 2.0], workers=3).comparison
    pb.compare("shift", [0.0, 2.0], program=tiny, metric="score", out=tmp_path / "there", seeds=9, repeat_check=False)
    there = grow(tmp_path / "there", [0.0, 2.0]).comparison
    assert one.pairs == more.pairs == there.pairs
    assert there.look == 1


def test_it_goes_on_with_a_higher_bound_and_is_read_again(tmp_path):
    first = grow(tmp_path, [0.0, 0.4], max_seeds=3).comparison
    assert (first.pairs[0].anytime.status, first.pairs[0].verdict) == ("hopeless", "open")
    assert "All 3 seeds that were allowed are used." in verdict_words(first, "en")
    second = grow(tmp_path, [0.0, 0.4], max_seeds=40).comparison
    assert first.id == second.id
    assert len(second.seeds) > 3
    assert pb.load_comparison(second.id, out=tmp_path).comparison == second


def test_arms_that_are_settled_stop(tmp_path):
    comparison = grow(tmp_path, [0.0, 0.6, 20.0], max_seeds=40).comparison
    sizes = {arm.name: arm.size for arm in comparison.arms}
    assert sizes["20"] < max(sizes.values())
    assert [pair.level for pair in comparison.pairs] == [pytest.approx(1 - 0.05 / 3)] * 3
    assert pb.load_comparison(comparison.id, out=tmp_path).comparison == comparison
    assert "Each of the 3 pairs" in verdict_words(comparison, "en")
    assert pb.load_comparison(comparison.id, out=tmp_path).report().exists()


def test_runs_that_fail_are_an_answer_of_their_own(tmp_path):
    comparison = grow(tmp_path, [0.0, 0.5], max_seeds=30).comparison
    (pair,) = comparison.pairs
    assert pair.answers.trains.test == "anytime_counts"
    assert pair.answers.figure.test == "anytime_t"
    assert (pair.verdict, pair.reason) == ("a_better", "trained_counts")


def test_a_budget_ends_it_and_the_same_command_goes_on(tmp_path, monkeypatch):
    with pytest.raises(pb.ParibusError, match="before a pair of runs had ended"):
        grow(tmp_path, [0.0, 2.0], budget=1e-9)
    clock = iter(range(0, 10**6, 10))
    monkeypatch.setattr("paribus.comparison.anytime.until_decided.time.monotonic", lambda: float(next(clock)))
    stopped = grow(tmp_path, [0.0, 2.0], budget=45.0).comparison
    assert stopped.pairs[0].anytime.status == "go_on"
    assert "The time was used up after" in verdict_words(stopped, "en")
    monkeypatch.undo()
    assert grow(tmp_path, [0.0, 2.0]).comparison.pairs == grow(tmp_path / "other", [0.0, 2.0]).comparison.pairs


def test_bounds_without_growing_or_out_of_range_are_refused(tmp_path):
    with pytest.raises(pb.ParibusError, match="say until_decided too"):
        pb.compare("shift", [0, 1], program=tiny, metric="score", max_seeds=4, out=tmp_path)
    with pytest.raises(pb.ParibusError, match="one seed decides nothing; got 1"):
        grow(tmp_path, [0, 1], max_seeds=1)
    with pytest.raises(pb.ParibusError, match="budget must be a number of seconds"):
        grow(tmp_path, [0, 1], budget=0)


def test_what_it_costs_is_simulated_beforehand():
    assert median_pairs(2.0, 1, 30) == 7
    assert 11 <= median_pairs(1.0, 1, 30) <= 13
    assert median_pairs(2.0, 3, 30) > 7
    assert median_pairs(0.1, 1, 10) is None

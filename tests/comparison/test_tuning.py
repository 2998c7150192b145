"""Tuned against tuned: the search, its fairness, and what both answers say where the truth is known."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import paribus as pb
from paribus.comparison.tuning.plan import FIRST_TUNING_SEED, Tuning, active
from paribus.comparison.tuning.ranges import Range, tuned_field
from paribus.comparison.tuning.samplers import Spread
from paribus.comparison.tuning.search import edges
from paribus.comparison.words.tuned import together, tuned_words
from paribus.core.errors import ParibusError, StoreError
from paribus.records.events import RunEnded, TryEnded
from paribus.records.tuned import Edge, Try, Tuned, TunedField
from paribus.results import ComparisonResult
from paribus.runs.store.prune import to_prune
from tests.programs import contrived
from tests.programs.contrived import BEST, Contrived

PROGRAM = Contrived()
RATE = tuned_field("rate", Range(1e-5, 1.0), PROGRAM)
SPIN = tuned_field("spin", Range(0, 8), PROGRAM)


@pytest.fixture(scope="module")
def executor() -> Iterator[Executor]:
    """In this process: a run takes no time."""
    with ThreadPoolExecutor(1) as pool:
        yield pool


def compared(out: Path, executor: Executor, arms: str = "ab", **options: Any) -> ComparisonResult:
    """At the rate that is best for b, unless said otherwise."""
    given = {"tune": {"rate": (1e-5, 1.0)}, "seeds": 6, "tune_sampler": "random", **options}
    if given["tune"] is None:
        del given["tune"], given["tune_sampler"]
    how = {"program": contrived.made_known(), "out": out, "workers": 1, "executor": executor}
    return pb.compare("arm", list(arms), margin=given.pop("margin", 0.05), **how, **given)


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory, executor: Executor) -> ComparisonResult:
    return compared(tmp_path_factory.mktemp("tuned"), executor)


def tuned_of(result: ComparisonResult) -> Tuned:
    found = result.tuned
    assert found is not None
    return found


def test_the_same_settings_say_better_and_each_at_its_best_says_equal(done: ComparisonResult) -> None:
    """The classic objection: the learning rate suited one arm."""
    tuned = tuned_of(done)
    assert [pair.verdict for pair in done.comparison.pairs] == ["b_better"]
    assert [pair.verdict for pair in tuned.comparison.pairs] == ["equal"]
    for arm in tuned.arms:
        chosen = arm.chosen.values["rate"]
        assert abs(math.log10(chosen / BEST[arm.arm])) < 0.25  # half of what twelve tries over five decades lie apart
        assert arm.edges == ()
    assert together(done.comparison, tuned, "en") == (
        "With the same settings b is better; with each at its best a and b are practically equal. The settings suited "
        "b.",
    )


def test_over_many_repetitions_the_answers_are_what_they_should_be(tmp_path: Path, executor: Executor) -> None:
    """16 searches on fresh seeds: b always looks better as given, and at its best none by more than the margin."""
    same, best, off = [], [], []
    for first in range(0, 16_000, 1000):
        result = compared(tmp_path / str(first), executor, first_seed=first)
        tuned = tuned_of(result)
        same += [pair.verdict for pair in result.comparison.pairs]
        best += [pair.verdict for pair in tuned.comparison.pairs]
        off += [abs(math.log10(arm.chosen.values["rate"] / BEST[arm.arm])) for arm in tuned.arms]
    assert set(same) == {"b_better"}
    assert not {"a_better", "b_better"} & set(best)
    assert best.count("equal") >= 14
    assert max(off) < 0.45


def test_every_arm_has_as_many_tries_with_as_many_runs_and_the_same_settings(done: ComparisonResult) -> None:
    tuned = tuned_of(done)
    a, b = tuned.arms
    assert len(a.tries) == len(b.tries) == tuned.tries == 12
    assert [one.values for one in a.tries] == [one.values for one in b.tries]
    assert {len(one.runs) for arm in tuned.arms for one in arm.tries} == {2}
    assert a.tries[0].given
    assert a.tries[0].values == {"rate": 0.1}  # as they came


def test_what_is_chosen_is_what_steers_best_over_the_runs_of_the_store(done: ComparisonResult) -> None:
    """Scores computed again from the records, by NumPy."""
    tuned = tuned_of(done)
    for arm in tuned.arms:
        scores = []
        for one in arm.tries:
            figures = [done.store.record(run).figures.get("steer", math.nan) for run in one.runs]
            scores.append(-math.inf if np.isnan(figures).any() else float(np.mean(figures)))
            assert one.score == (None if scores[-1] == -math.inf else pytest.approx(scores[-1], abs=1e-12))
        assert arm.best == int(np.argmax(scores))


def test_the_verdict_has_no_seed_of_the_search(done: ComparisonResult) -> None:
    tuned = tuned_of(done)
    searched = {done.store.record(run).seed for arm in tuned.arms for one in arm.tries for run in one.runs}
    assert searched == set(tuned.seeds) == {FIRST_TUNING_SEED, FIRST_TUNING_SEED + 1}
    assert not searched & {*done.comparison.seeds, *tuned.comparison.seeds}
    assert tuned.comparison.seeds == done.comparison.seeds
    from paribus.comparison.fair_design import LARGEST_FIRST_SEED, MOST_SEEDS

    assert LARGEST_FIRST_SEED + MOST_SEEDS < FIRST_TUNING_SEED  # nor will it ever, whatever seeds are added


def test_a_run_that_comes_to_nothing_makes_its_try_the_worst(done: ComparisonResult) -> None:
    a = tuned_of(done).arms[0]
    failed = [one for one in a.tries if one.values["rate"] > BEST["a"] * 10**contrived.CLIFF]
    assert failed
    assert all(one.score is None and one.counted == 0 and not one.worked for one in failed)
    assert a.chosen not in failed


def test_where_no_try_trains_nothing_crashes_and_the_words_say_so(tmp_path: Path, executor: Executor) -> None:
    result = compared(tmp_path, executor, "ac", settings={"rate": 9.0}, tune={"rate": (5.0, 9.0)}, tune_tries=3)
    tuned = tuned_of(result)
    assert [arm.chosen.given for arm in tuned.arms] == [True, True]
    assert tuned.arms[0].edges == ()
    assert "a trained with none of its 3 tries." in tuned_words(result.comparison, tuned, "en")[0]


def test_given_again_everything_is_found_again(done: ComparisonResult, executor: Executor) -> None:
    made: list[RunEnded] = []
    again = compared(done.store.root, executor, on_event=lambda e: made.append(e) if isinstance(e, RunEnded) else None)
    assert all(event.reused for event in made)
    assert tuned_of(again).arms == tuned_of(done).arms
    assert again.comparison.look == 1
    assert tuned_of(again).comparison.look == 1


def test_more_tries_keep_the_earlier_ones(done: ComparisonResult, executor: Executor) -> None:
    before = tuned_of(done)
    after = tuned_of(compared(done.store.root, executor, tune_tries=20))
    compared(done.store.root, executor)  # leaves the store as it was
    for arm, longer in zip(before.arms, after.arms, strict=True):
        assert longer.tries[:12] == arm.tries
        assert len(longer.tries) == 20
    assert after.comparison.id != before.comparison.id


def test_a_search_that_was_stopped_goes_on_where_it_was(tmp_path: Path, executor: Executor) -> None:
    class Stopped(Exception):
        pass

    def stop(event: object) -> None:
        if isinstance(event, TryEnded) and event.number == 7:
            raise Stopped

    with pytest.raises(Stopped):
        compared(tmp_path, executor, on_event=stop)
    there = {record.id for record in pb.load_comparison("arm-a-b", tmp_path).store.runs()}
    made: list[str] = []
    result = compared(
        tmp_path,
        executor,
        on_event=lambda e: made.append(e.run_id) if isinstance(e, RunEnded) and not e.reused else None,
    )
    assert not there & set(made)
    assert tuned_of(result).comparison.pairs


def test_an_ordinary_comparison_beside_it_stays_as_it_was(tmp_path: Path, executor: Executor) -> None:
    """Neither its name nor a run's, nor its verdict nor its look."""
    plain = compared(tmp_path / "plain", executor, tune=None)
    tuned = compared(tmp_path / "tuned", executor)
    assert tuned.comparison.id == plain.comparison.id
    assert tuned.comparison.pairs == plain.comparison.pairs
    ids = [[run.id for arm in found.comparison.arms for run in arm.runs] for found in (plain, tuned)]
    assert ids[0] == ids[1]
    assert plain.tuned is None
    with pytest.raises(ParibusError, match="these arms were not tuned"):
        _ = plain.at_best


def test_the_arms_at_their_best_are_a_comparison_of_the_store(done: ComparisonResult) -> None:
    best = tuned_of(done).comparison
    again = pb.load_comparison(best.id, done.store.root)
    assert again.comparison == best == done.at_best.comparison
    assert best.tuned_fields == ("rate",)
    assert not best.confounded
    assert set(best.differences) == {"arm", "rate"}
    assert best.id.startswith(f"tuned-{done.comparison.id}-")
    assert "Each arm has its own best rate." in again.verdict
    assert (again.folder / "a.toml").read_text() != (again.folder / "b.toml").read_text()


def test_prune_keeps_the_runs_of_the_search(done: ComparisonResult) -> None:
    gone = {pruning.run_id for pruning in to_prune(done.store, runs=True) if pruning.what == "run"}
    assert not gone & {run for arm in tuned_of(done).arms for one in arm.tries for run in one.runs}


def test_a_field_that_does_nothing_in_an_arm_stays_there_as_it_is(tmp_path: Path, executor: Executor) -> None:
    tune = {"rate": (1e-5, 1.0), "spin": (0, 8)}
    tuned = tuned_of(compared(tmp_path, executor, tune=tune, settings={"spin": 0}, tune_tries=30))
    assert [arm.fields for arm in tuned.arms] == [("rate",), ("rate", "spin")]
    assert {len(arm.tries) for arm in tuned.arms} == {30}
    assert tuned.comparison.arms[0].fields["spin"] == 0
    assert abs(tuned.arms[1].chosen.values["spin"] - 4) <= 1


def test_where_settings_are_few_all_of_them_are_tried(tmp_path: Path, executor: Executor) -> None:
    tuned = tuned_of(compared(tmp_path, executor, tune={"rate": [1e-4, 1e-3, 1e-2, 1e-1]}))
    a, b = tuned.arms
    assert a.whole
    assert sorted(one.values["rate"] for one in a.tries) == [1e-4, 1e-3, 1e-2, 1e-1]
    assert (a.chosen.values["rate"], a.edges) == (1e-3, ())
    assert b.edges == (Edge(field="rate", end="high"),)


def test_a_range_that_ends_too_early_is_said(tmp_path: Path, executor: Executor) -> None:
    result = compared(tmp_path, executor, tune={"rate": (1e-5, 1e-2)})
    tuned = tuned_of(result)
    a, b = tuned.arms
    assert (a.edges, b.edges) == ((), (Edge(field="rate", end="high"),))
    assert not any(one.given for arm in tuned.arms for one in arm.tries)  # 0.1 is out of the range
    said = tuned_words(result.comparison, tuned, "en")[0]
    value = f"{b.chosen.values['rate']:g}"
    assert f"rate={value}, the best of b, is the highest that was tried" in said
    assert "Widen the range of rate upwards." in said


def tries(*values: float) -> list[Try]:
    return [Try(values={"rate": value}, runs=("r",), counted=1, score=-abs(value)) for value in values]


def test_an_edge_is_told_of_a_middle() -> None:
    def at(best: list[Try], *all_tries: Try, field: TunedField = RATE) -> list[str]:
        return [edge.end for edge in edges([field], all_tries, best, PROGRAM)]

    few = tries(0.1, 0.2, 0.3)
    assert at(few[:1], *few) == ["low"]
    assert at(few[2:], *few) == ["high"]
    assert at(few[1:2], *few) == []
    assert at(few[:2], *few) == []  # as good elsewhere
    assert at(few[:1], *few[:2]) == []  # two say nothing of a middle
    zero = tuned_field("rate", Range(0, 0.3), PROGRAM)
    assert at(few[:1], *few, field=zero) == []  # below zero there are no rates


def test_tries_are_spread_evenly_and_in_two_fields_at_once() -> None:
    """Against the gaps of independent draws; whatever the seed."""
    start = PROGRAM.fields({"arm": "b", "rate": 9.0})
    widest, random = [], []
    for seed in range(50):
        found = Spread([RATE], [RATE], start, 16, seed, PROGRAM).next()
        places = sorted((math.log10(values["rate"]) + 5) / 5 for values, _ in found)
        widest.append(max(b - a for a, b in itertools.pairwise([0.0, *places, 1.0])))
        draws = np.sort(np.random.default_rng(seed).random(16))
        random.append(float(np.diff([0.0, *draws, 1.0]).max()))
    assert max(widest) < 0.12 < np.mean(random)
    both = Spread([RATE, SPIN], [RATE, SPIN], start, 45, 0, PROGRAM).next()
    cells = {(int(math.log10(v["rate"]) + 5) // 2, int(v["spin"]) // 3) for v, _ in both}
    assert cells == set(itertools.product(range(3), range(3)))


def test_arms_share_their_draws_in_the_fields_that_they_share() -> None:
    a, b = (PROGRAM.fields({"arm": arm, "rate": 9.0}) for arm in "ab")
    shared = [RATE, SPIN]
    of_a = Spread(active(shared, a, PROGRAM), shared, a, 10, 3, PROGRAM).next()
    of_b = Spread(active(shared, b, PROGRAM), shared, b, 10, 3, PROGRAM).next()
    assert [values["rate"] for values, _ in of_a] == [values["rate"] for values, _ in of_b]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"tune": {"arm": ["a", "b"]}}, "arm is what the arms differ in, so that it cannot be tuned"),
        (
            {"tune": {"rat": (0.1, 1.0)}},
            'a tuned field must be a field of the contrived; got "rat"',
        ),
        ({"tune": {}}, "nothing is tuned: name a field and its range"),
        ({"tune": {"rate": (1.0, 0.1)}}, "a range goes from its lower end to its higher one"),
        ({"tune": {"rate": (-1.0, 0.1)}}, "rate must be at least 0"),
        (
            {"tune": {"spin": (0, 8)}},
            "every arm must have something to tune, and spin would change nothing in the arm",
        ),
        ({"tune_tries": 0}, "tune_tries must be a whole number from 2 to 1,000; got 0"),
        ({"tune_tries": 1}, "tune_tries must be a whole number from 2 to 1,000; got 1"),
        ({"tune_seeds": 0}, "tune_seeds must be a whole number from 1 to 100; got 0"),
        ({"tune_sampler": "grid"}, "tune_sampler must be one of auto, random, tpe"),
        ({"until_decided": True}, "arms at their best are judged once"),
        ({"factorial": True}, "arms that differ in one factor are tuned"),
    ],
)
def test_what_makes_no_sense_is_refused(tmp_path: Path, executor: Executor, options: dict[str, Any], said: str) -> None:
    with pytest.raises(ParibusError) as error:
        compared(tmp_path, executor, **options)
    assert said in str(error.value)
    assert not (tmp_path / "runs").exists()  # before anything runs


def test_without_a_field_there_is_nothing_to_be_said_of_tries(tmp_path: Path, executor: Executor) -> None:
    with pytest.raises(ParibusError, match="say which one too, by tune"):
        pb.compare("arm", ["a", "b"], program=contrived.made_known(), out=tmp_path, tune_tries=3, executor=executor)


def test_all_faults_are_told_at_once(tmp_path: Path, executor: Executor) -> None:
    with pytest.raises(ParibusError) as error:
        compared(tmp_path, executor, tune={"rat": (1, 2), "rate": (2.0, 2.0), "arm": ["a", "c"]}, margin=-1.0)
    for said in ('got "rat"', "more than one value", "what the arms differ in", "margin"):
        assert said in str(error.value)


def test_three_arms_and_a_baseline(tmp_path: Path, executor: Executor) -> None:
    result = compared(tmp_path, executor, "abc", baseline="b")
    best = tuned_of(result).comparison
    assert best.baseline == "b"
    assert [{pair.a, pair.b} for pair in best.pairs] == [{"a", "b"}, {"b", "c"}]
    assert len(together(result.comparison, tuned_of(result), "ko")) == 2


def test_a_damaged_or_foreign_file_is_an_error_that_names_it(done: ComparisonResult, tmp_path: Path) -> None:
    store, tuned = done.store, tuned_of(done)
    path = store.comparison_folder(done.comparison.id) / "tuned.json"
    kept = path.read_bytes()
    try:
        for changed in (
            tuned.model_copy(update={"arms": tuned.arms[:1]}),
            tuned.model_copy(update={"fields": ()}),
            tuned.model_copy(update={"arms": tuple(a.model_copy(update={"best": 99}) for a in tuned.arms)}),
        ):
            store.save_tuned(done.comparison.id, changed)
            with pytest.raises(StoreError, match=r"tuned\.json"):
                store.tuned(done.comparison.id)
        path.write_bytes(kept[:-40])
        with pytest.raises(StoreError, match=r"tuned\.json"):
            store.tuned(done.comparison.id)
        with pytest.warns(UserWarning, match=r"tuned\.json"):  # left out, and said; no failure
            assert b"Each at its best" not in done.report(tmp_path / "report.html").read_bytes()
    finally:
        path.write_bytes(kept)
    assert done.tuned == tuned


def test_the_name_holds_what_was_tuned_and_how(done: ComparisonResult) -> None:
    from paribus.comparison.compare import design_for

    design = design_for("arm", ["a", "b"], None, {}, 6, None, False, program=PROGRAM)
    ways = [
        Tuning((RATE,)),
        Tuning((RATE,), tries=13),
        Tuning((RATE,), seeds=3),
        Tuning((RATE,), sampler="tpe"),
        Tuning((RATE, SPIN)),
        Tuning((tuned_field("rate", Range(1e-5, 2.0), PROGRAM),)),
    ]
    assert len({tuning.id_of(design, PROGRAM) for tuning in ways}) == len(ways)
    assert ways[0].id_of(design, PROGRAM) == tuned_of(done).comparison.id

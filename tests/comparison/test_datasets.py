"""Several data sets: the figures against SciPy and by hand, who disagrees, what few data sets can say, the error."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from scipy import stats

import paribus as pb
from paribus.comparison.datasets import statistics as ds
from paribus.comparison.judgement import Judgement
from paribus.core.errors import ParibusError
from paribus.records.datasets import OverDatasets

# AUC of four variants of C4.5 on 14 data sets: Demsar 2006, tables 2 and 6.
DEMSAR = {
    "C4.5": [.763, .599, .954, .628, .882, .936, .661, .583, .775, 1.000, .940, .619, .972, .957],
    "C4.5+m": [.768, .591, .971, .661, .888, .931, .668, .583, .838, 1.000, .962, .666, .981, .978],
    "C4.5+cf": [.771, .590, .968, .654, .886, .916, .609, .563, .866, 1.000, .965, .614, .975, .946],
    "C4.5+m+cf": [.798, .569, .967, .657, .898, .931, .685, .625, .875, 1.000, .962, .669, .975, .970],
}  # fmt: skip


def demsar(*arms: str, **more) -> Judgement:
    figures = {arm: {f"set {i}": value for i, value in enumerate(DEMSAR[arm])} for arm in arms or DEMSAR}
    return pb.judge(figures, datasets=True, metric="auc:max", **more)


def made(rng: np.random.Generator, effects, seeds=5, noise=0.01, **arms) -> dict[str, dict[str, dict[int, float]]]:
    """Two arms, paired by seed, b better by each data set's effect."""
    figures: dict[str, dict[str, dict[int, float]]] = {"a": {}, "b": {}}
    for i, effect in enumerate(effects):
        n = seeds if isinstance(seeds, int) else seeds[i % len(seeds)]
        base = rng.normal(0.8, 0.02, n)
        figures["a"][f"d{i}"] = dict(enumerate(base + rng.normal(0, noise, n)))
        figures["b"][f"d{i}"] = dict(enumerate(base + effect + rng.normal(0, noise, n)))
    return figures


def over_of(judgement: Judgement, a: str = "a", b: str = "b") -> OverDatasets:
    assert judgement.comparison.datasets is not None
    return judgement.comparison.datasets.of(a, b)


def differences_of(figures, name: str) -> np.ndarray:
    return np.array([figures["b"][name][s] - figures["a"][name][s] for s in figures["a"][name]])


def test_the_mean_over_data_sets_is_scipys_t_and_all_sign_flips() -> None:
    figures = made(np.random.default_rng(1), [0.02, 0.01, 0.03, 0.0, 0.02, 0.015, 0.025], seeds=[3, 5, 8])
    over = over_of(pb.judge(figures, datasets=True, metric="score:max", resolution=1e-9))
    means = np.array([differences_of(figures, name).mean() for name in figures["a"]])
    t = stats.ttest_1samp(means, 0)
    assert over.difference == pytest.approx(means.mean())
    assert over.p_t == pytest.approx(t.pvalue)
    flips = [abs(np.dot(signs, means)) for signs in itertools.product((-1, 1), repeat=7)]
    assert over.p_sign_flip == pytest.approx(np.mean(np.array(flips) >= abs(means.sum()) - 1e-12))
    assert over.p_wilcoxon == pytest.approx(stats.wilcoxon(means, method="exact").pvalue)
    assert over.like.p == pytest.approx(max(over.p_t, over.p_sign_flip, over.these.p))
    low, high = t.confidence_interval(0.95)
    assert over.like.low <= low + 1e-12
    assert over.like.high >= high - 1e-12


def test_on_these_data_sets_the_variances_of_their_seeds_add_up() -> None:
    figures = made(np.random.default_rng(2), [0.02, 0.03, 0.01], seeds=[4, 6, 9])
    over = over_of(pb.judge(figures, datasets=True, metric="score:max", resolution=1e-9))
    parts = [differences_of(figures, name) for name in figures["a"]]
    variances, df = np.array([d.var(ddof=1) / len(d) for d in parts]), np.array([len(d) - 1 for d in parts])
    error = variances.sum() ** 0.5 / 3
    degrees = variances.sum() ** 2 / (variances**2 / df).sum()
    mean = np.mean([d.mean() for d in parts])
    assert over.these.p == pytest.approx(2 * stats.t.sf(abs(mean) / error, degrees))
    assert over.these.low == pytest.approx(mean - error * stats.t.ppf(0.975, degrees))
    assert over.these.high == pytest.approx(mean + error * stats.t.ppf(0.975, degrees))


def test_on_two_data_sets_it_is_welchs_test() -> None:
    """The difference of two independent means, turned into a sum, has Welch's t."""
    rng = np.random.default_rng(3)
    x, y = rng.normal(1, 1, 6), rng.normal(0.5, 3, 9)
    found = ds.fixed_mean(np.array([x.mean(), -y.mean()]), np.array([stats.sem(x), stats.sem(y)]), np.array([5.0, 8.0]))
    assert found.p() == pytest.approx(stats.ttest_ind(x, y, equal_var=False).pvalue)


def test_one_data_set_counts_as_fishers_exact_test() -> None:
    for a, n, b, m in ((0, 6, 5, 6), (2, 5, 6, 7), (3, 3, 0, 4)):
        found = ds.stratified_counts([a], [n], [b], [m])
        assert found.p == pytest.approx(stats.fisher_exact([[a, n - a], [b, m - b]]).pvalue)


def test_counts_of_several_data_sets_are_all_tables_with_their_totals() -> None:
    tables = [(1, 4, 3, 4), (0, 3, 2, 3), (2, 5, 2, 2)]
    laws = []
    for a, n, b, m in tables:
        total = a + b
        laws.append([(k, stats.hypergeom.pmf(k, n + m, total, m)) for k in range(max(0, total - n), min(m, total) + 1)])
    sums: dict[int, float] = {}
    for choice in itertools.product(*laws):
        k = sum(count for count, _ in choice)
        sums[k] = sums.get(k, 0.0) + math.prod(p for _, p in choice)
    seen = sums[sum(b for _, _, b, _ in tables)]
    found = ds.stratified_counts(*zip(*tables, strict=True))
    assert found.p == pytest.approx(sum(p for p in sums.values() if p <= seen * (1 + 1e-7)))
    assert found.least == pytest.approx(min(sums[min(sums)], sums[max(sums)]), rel=1e-6)


def test_signed_ranks_with_ties_are_scipys_by_permutation() -> None:
    values = np.array([0.1, 0.1, -0.1, 0.3, 0.3, 0.5, -0.2, 0.0])
    known = values[values != 0]
    ranks = stats.rankdata(np.abs(known)) * np.sign(known)
    every = [abs(np.dot(signs, np.abs(ranks))) for signs in itertools.product((-1, 1), repeat=len(known))]
    assert ds.wilcoxon_p(values) == pytest.approx(np.mean(np.array(every) >= abs(ranks.sum()) - 1e-9))


def test_the_interval_of_the_sign_flips_ends_where_they_decide() -> None:
    """By hand at six, of which five per cent leave out no more than the least and the greatest; else by shifting."""
    values = np.array([0.3, 1.0, -0.2, 0.7, 0.4, 1.4])
    assert ds.flipped_ends(values) == pytest.approx((-0.2, 1.4))
    nine = np.random.default_rng(4).normal(0.5, 1, 9)
    low, high = ds.flipped_ends(nine)
    for end, inside in ((low, 1e-9), (high, -1e-9)):
        assert ds.flipped_p(nine - end - inside) > 0.05
        assert ds.flipped_p(nine - end + inside) <= 0.05


def test_a_deleted_residual_is_scipys_prediction() -> None:
    values = np.array([0.1, 0.2, 0.15, 0.9, 0.05])
    rest = np.delete(values, 3)
    t = (0.9 - rest.mean()) / (rest.std(ddof=1) * math.sqrt(1 + 1 / 4))
    assert ds.apart_p(values, np.full(5, np.nan), np.full(5, np.nan))[3] == pytest.approx(2 * stats.t.sf(t, 3))


def test_a_data_set_that_goes_the_other_way_is_named() -> None:
    rng = np.random.default_rng(5)
    effects = [0.03] * 11 + [-0.03]
    judgement = pb.judge(made(rng, effects, seeds=6, noise=0.004), datasets=True, metric="score:max")
    over = over_of(judgement)
    assert (judgement.verdict, over.contrary, over.apart) == ("b_better", ("d11",), ("d11",))
    assert "So it goes the other way on d11." in str(judgement)
    assert "d11에서는 결과가 반대입니다" in judgement.words("ko")


def test_few_data_sets_say_nothing_of_others_like_them() -> None:
    rng = np.random.default_rng(6)
    judgement = pb.judge(made(rng, [0.03] * 5, noise=0.003), datasets=True, metric="score:max")
    over = over_of(judgement)
    assert (over.these.verdict, over.like.verdict, over.like.reason) == ("b_better", "open", "too_few_datasets")
    assert over.least == 6
    assert str(judgement).startswith("On these 5 data sets b is better than a, by ")
    assert "nothing can be established from 5: it takes 6" in str(judgement)
    decided = pb.judge(made(rng, [0.03] * 6, noise=0.003), datasets=True, metric="score:max")
    assert decided.verdict == "b_better"


def test_the_least_number_of_data_sets_is_that_of_the_sign_flips() -> None:
    for level in (0.035, 0.035 / 3, 0.006, 0.003, 0.05):
        k = ds.least_datasets(level)
        assert 2.0 ** (1 - k) <= level < 2.0 ** (2 - k)


def test_one_figure_a_data_set_is_enough_over_data_sets_like_these() -> None:
    over = over_of(demsar("C4.5", "C4.5+m"), "C4.5", "C4.5+m")
    assert over.these.p is None
    assert over.spread is None
    assert over.like.verdict == "b_better"


def test_demsars_example() -> None:
    """The paper rejects by signed ranks (ranks of 93 and 12, critical 21) and by the sign test; so does ours."""
    over = over_of(demsar("C4.5", "C4.5+m"), "C4.5", "C4.5+m")
    d = np.array(DEMSAR["C4.5+m"]) - np.array(DEMSAR["C4.5"])
    ranks = stats.rankdata(np.round(np.abs(d), 9))
    halves = ranks[np.abs(d) < 1e-9].sum() / 2
    assert (ranks[d > 1e-9].sum() + halves, ranks[d < -1e-9].sum() + halves) == (93, 12)
    assert over.p_t == pytest.approx(stats.ttest_1samp(d, 0).pvalue, rel=1e-6)
    assert [round(p, 4) for p in (over.p_t, over.p_sign_flip, over.p_wilcoxon)] == [0.0138, 0.0073, 0.0073]
    assert over.difference == pytest.approx(0.0155)
    assert (over.like.low, over.like.high) == pytest.approx((0.0037, 0.0275), abs=5e-5)


def test_demsars_four_variants_against_the_plain_one() -> None:
    """The paper, Holm over mean ranks at 5 %: tuning m, alone or with cf, differs; cf alone does not."""
    table = np.array([DEMSAR[arm] for arm in DEMSAR]).T
    table[12, 2] += 1e-6  # voting: 0.975 twice in print, ranked 2 and 3
    means = stats.rankdata(-table, axis=1).mean(axis=0)
    assert means == pytest.approx([3.143, 2.000, 2.893, 1.964], abs=6e-4)
    judgement = demsar(baseline="C4.5")
    corrected = {pair.b: pair.p_holm for pair in judgement.pairs}
    assert {arm: p <= 0.05 for arm, p in corrected.items()} == {"C4.5+m": True, "C4.5+cf": False, "C4.5+m+cf": True}
    assert {pair.verdict for pair in judgement.pairs} == {"open"}  # at the first look's 3.5 %
    assert over_of(judgement, "C4.5", "C4.5+cf").apart == ("set 8",)


def deepsig() -> dict[str, dict[str, list[float]]]:
    """The three data sets of its README, drawn as there."""
    draw = np.random.RandomState(1234)
    mine = [draw.normal(loc=0.3, scale=0.8, size=5) for _ in range(3)]
    base = [draw.normal(loc=0, scale=1, size=5) for _ in range(3)]
    name = "data set {}".format
    return {
        "baseline": {name(i): values.tolist() for i, values in enumerate(base, 1)},
        "mine": {name(i): values.tolist() for i, values in enumerate(mine, 1)},
    }


def test_deepsigs_example() -> None:
    """Its README finds `mine` dominant on the first and third; without a difference ones as large are common."""
    figures = deepsig()
    over = over_of(pb.judge(figures, datasets=True), "baseline", "mine")
    assert {one.verdict for one in over.on} == {"open"}
    assert (over.these.verdict, over.like.verdict) == ("open", "open")
    for one, difference, p in zip(over.on, (0.155, -0.120, 0.565), (0.80, 0.84, 0.44), strict=True):
        a, b = np.array(figures["baseline"][one.name]), np.array(figures["mine"][one.name])
        assert one.difference == pytest.approx(difference, abs=5e-4)
        assert one.p == pytest.approx(stats.ttest_ind(b, a, equal_var=False).pvalue)
        assert round(one.p, 2) == pytest.approx(p, abs=0.011)


def test_a_data_set_without_an_arm_is_left_out_and_named(tmp_path) -> None:
    rng = np.random.default_rng(7)
    figures = made(rng, [0.03] * 7)
    rows = [
        f"{name},{arm},{seed},{value}"
        for arm, by in figures.items()
        for name, runs in by.items()
        for seed, value in runs.items()
        if not (arm == "b" and name == "d2")
    ]
    table = tmp_path / "results.csv"
    table.write_text("\n".join(["data,arm,seed,score", *rows]) + "\n")
    judgement = pb.judge(table, datasets="data", metric="score:max")
    over = over_of(judgement)
    assert over.left_out == ("d2",)
    assert len(over.on) == 6
    assert judgement.verdict == "b_better"
    assert "Left out, since no runs of both can be compared there: d2." in str(judgement)
    assert {arm.figures["score"].n for arm in judgement.comparison.arms} == {6}


def test_a_seed_that_one_arm_lacks_is_left_out_on_its_data_set() -> None:
    figures = made(np.random.default_rng(8), [0.02] * 6)
    del figures["b"]["d0"][3]
    over = over_of(pb.judge(figures, datasets=True, metric="score:max"))
    shared = np.array([figures["b"]["d0"][s] - figures["a"]["d0"][s] for s in (0, 1, 2, 4)])
    assert (over.on[0].runs_a, over.on[0].runs_b) == (4, 4)
    assert over.on[0].difference == pytest.approx(shared.mean())


def test_less_is_better_and_any_scale() -> None:
    figures = made(np.random.default_rng(9), [-30.0] * 8, noise=2.0)
    judgement = pb.judge(figures, datasets=True, metric="seconds_lost:min")
    assert judgement.verdict == "b_better"
    assert judgement.difference == pytest.approx(-30, abs=2)
    turned = pb.judge({"a": figures["b"], "b": figures["a"]}, datasets=True, metric="seconds_lost:min")
    assert turned.verdict == "a_better"
    assert turned.difference == pytest.approx(-judgement.difference)


def test_unpaired_arms_are_welchs_on_each_data_set() -> None:
    rng = np.random.default_rng(10)
    figures = {
        arm: {f"d{i}": (rng.normal(0.1 * (arm == "b"), 0.05, n)).tolist() for i in range(7)}
        for arm, n in (("a", 4), ("b", 7))
    }
    over = over_of(pb.judge(figures, datasets=True, metric="score:max"))
    for one in over.on:
        expected = stats.ttest_ind(figures["b"][one.name], figures["a"][one.name], equal_var=False)
        assert (one.test, one.p) == ("welch", pytest.approx(expected.pvalue, rel=1e-6))
    assert over.like.verdict == "b_better"


def test_the_data_sets_own_answers_are_one_family() -> None:
    figures = made(np.random.default_rng(11), [0.03, 0.02, 0.0, 0.01], noise=0.004)
    over = over_of(pb.judge(figures, datasets=True, metric="score:max", resolution=1e-9))
    raw = np.array([one.p for one in over.on])
    order = np.argsort(raw)
    stepped = np.minimum(1, np.maximum.accumulate(raw[order] * np.array([4, 3, 2, 1])))
    assert np.array([one.p_adjusted for one in over.on])[order] == pytest.approx(stepped)


def test_equal_over_data_sets_within_the_margin() -> None:
    figures = made(np.random.default_rng(12), [0.0] * 8, noise=0.001)
    judgement = pb.judge(figures, datasets=True, metric="score:max", margin=0.01)
    assert judgement.verdict == "equal"
    assert "practically equal over data sets like these 8" in str(judgement)
    assert pb.judge(figures, datasets=True, metric="score:max").verdict == "open"


def test_runs_that_do_not_train_are_asked_about_as_well() -> None:
    figures: dict = made(np.random.default_rng(13), [0.03] * 8, seeds=6, noise=0.004)
    for name in figures["a"]:
        figures["a"][name][0] = figures["a"][name][1] = None
    over = over_of(pb.judge(figures, datasets=True, metric="score:max"))
    assert over.like.answers.trains is not None
    assert over.like.answers.figure is not None
    assert over.like.answers.trains.p == pytest.approx(2 / 2**8)
    assert over.like.reason == "trained_and_figure"
    for name in figures["a"]:  # it trains less often, and is worse where it trains: or better
        for seed in (2, 3, 4, 5):
            figures["a"][name][seed] += 0.08
    traded = over_of(pb.judge(figures, datasets=True, metric="score:max"))
    assert (traded.like.verdict, traded.like.reason) == ("open", "trade_off")


def test_several_metrics_with_one_judged(tmp_path) -> None:
    rng, rows = np.random.default_rng(14), ["data,arm,seed,score,loss"]
    for i, seed, arm in itertools.product(range(7), range(4), "ab"):
        better = arm == "b"
        rows.append(f"d{i},{arm},{seed},{rng.normal(0.8 + 0.05 * better, 0.005)},{rng.normal(1 - 0.3 * better, 0.02)}")
    table = tmp_path / "results.csv"
    table.write_text("\n".join(rows) + "\n")
    judgement = pb.judge(table, datasets="data", metric=["score:max", "loss:min"])
    assert judgement.verdict == "b_better"
    (other,) = judgement.comparison.other_pairs
    assert (other.metric, other.verdict) == ("loss", "b_better")
    assert other.difference == pytest.approx(-0.3, abs=0.02)


def test_what_cannot_be_judged_is_refused_in_one_sentence(tmp_path) -> None:
    table = tmp_path / "results.csv"
    table.write_text("data,arm,seed,score\nx,a,0,1\nx,b,0,2\n")
    with pytest.raises(ParibusError, match="two data sets or more; got x"):
        pb.judge(table, datasets="data", metric="score:max")
    with pytest.raises(ParibusError, match='no column "dat"'):
        pb.judge(table, datasets="dat", metric="score:max")
    with pytest.raises(ParibusError, match="the column of the data sets is named"):
        pb.judge(table, datasets=True, metric="score:max")
    with pytest.raises(ParibusError, match="must be a mapping from data set to figures"):
        pb.judge({"a": [1.0, 2.0], "b": [1.0, 2.0]}, datasets=True)
    table.write_text("data,arm,seed,score\nx,a,0,1\ny,b,0,2\n")
    with pytest.raises(ParibusError, match="no data set has runs of two arms"):
        pb.judge(table, datasets="data", metric="score:max")
    table.write_text("data,arm,seed,score\nx,a,0,1\n,b,0,2\n")
    with pytest.raises(ParibusError, match=r"line 3.*names the data set is empty"):
        pb.judge(table, datasets="data", metric="score:max")


def test_a_build_may_demand_over_data_sets() -> None:
    judgement = pb.judge(made(np.random.default_rng(15), [-0.03] * 8, noise=0.004), datasets=True, metric="score:max")
    with pytest.raises(AssertionError, match="over data sets like these 8"):
        judgement.assert_not_worse()
    alike = pb.judge(made(np.random.default_rng(16), [0.0] * 8, noise=0.001), datasets=True, metric="score:max")
    alike.assert_not_worse(margin=0.02)


@pytest.mark.parametrize(("law", "k"), [("normal", 3), ("normal", 8), ("two", 6), ("two", 8), ("uniform", 6)])
def test_it_errs_within_the_level_whatever_the_spread(law: str, k: int) -> None:
    """2,000 trials with no difference on average: the level is 3.5 %, its standard error 0.41."""
    rng = np.random.default_rng(17)
    laws = {"normal": rng.standard_normal, "uniform": lambda size: rng.random(size) - 0.5}
    laws["two"] = lambda size: rng.integers(0, 2, size) - 0.5
    wrong = 0
    for _ in range(2000):
        spreads, seeds = np.array([0.2, 1, 5, 0.5, 2])[np.arange(k) % 5], np.array([3, 5, 10, 20, 4])[np.arange(k) % 5]
        means = 4 * laws[law](k) + spreads / np.sqrt(seeds) * rng.standard_normal(k)
        wrong += max(ds.sampled_p(means)) <= 0.035
    assert wrong / 2000 <= 0.035 + 2.5 * 0.0041

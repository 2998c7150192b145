"""The simulated loops: levels computed by hand, rules that keep what they should, and how a path is scored."""

import math
import sys

import pytest

from tests.benchmarks.test_scripts import FOLDER


@pytest.fixture
def simulation(monkeypatch):
    monkeypatch.syspath_prepend(FOLDER)
    import referee_simulation

    yield referee_simulation
    for name in ("referee_simulation", "referee_laws", "referee_levels"):
        sys.modules.pop(name, None)


def share(k):
    return 20 / ((k + 19) * (k + 20))


def levels_of(rule, p):
    """The level of the test that comes after these p."""
    levels = rule()
    for one in p:
        levels.rejects(one)
    return levels.level()


def test_levels_after_a_discovery_at_the_second_of_three_tests(simulation):
    p = [0.4, 0.0, 0.9]
    assert levels_of(simulation.Spending, p) == pytest.approx(0.05 * share(4))
    assert levels_of(simulation.Lond, p) == pytest.approx(2 * 0.05 * share(4))
    # LORD++: W0 g(4) + (error - W0) g(4 - 2); W0 is half the error.
    assert levels_of(simulation.Lord, p) == pytest.approx(0.025 * share(4) + 0.025 * share(2))
    # SAFFRON with lambda 1/2: two candidates in all, none after the discovery.
    assert levels_of(simulation.Saffron, p) == pytest.approx(0.5 * (0.025 * share(2) + 0.025 * share(2)))


def test_a_path_is_scored_by_what_was_real_on_it(simulation):
    from referee_laws import Rule, loops

    class Third(Rule):
        tries = 0

        def keeps(self, machine, baseline, candidate):
            self.tries += 1
            machine.gain(baseline, candidate)
            return self.tries != 2

    score = loops(Third, "normal", iter([[1.0, 1.0, 0.0], [1.0, 0.0, -1.0]]), 2)
    assert (score.real, score.kept_real, score.any_wrong, score.runs, score.tries) == (3, 2, 2, 12, 6)
    assert score.shares == [0.5, 0.5]
    assert score.power == pytest.approx(200 / 3)


def test_tables_are_printed_and_repeat(simulation, capsys):
    simulation.main(["--loops", "2", "--table", "rules"])
    first = capsys.readouterr().out
    assert "| referee | 0.0" in first
    assert "| greedy, one run | 100.0" in first
    simulation.main(["--loops", "2", "--table", "rules"])
    assert capsys.readouterr().out == first


def test_a_drifting_machine_gets_worse_run_by_run(simulation):
    from referee_laws import DRIFT, Machine

    from paribus.core.seeds import generator

    machine = Machine("drifting machine", generator(0, "drift"))
    figures = [machine.run(0.0) for _ in range(1000)]
    assert sum(figures[-500:]) / 500 - sum(figures[:500]) / 500 == pytest.approx(-500 * DRIFT, abs=0.3)
    assert not math.isnan(machine.gain(0.0, 1.0))

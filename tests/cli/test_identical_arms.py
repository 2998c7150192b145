"""A fair coin on real runs: identical arms with different seeds, judged by the decision rule."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.lab import environment

BENCHMARK = Path(__file__).parents[2] / "benchmarks" / "identical_arms.py"
ROW = re.compile(r"^\| (\d+) \| ([\d.]+) \| ([\d.]+) \| ([\d.]+) \|$", re.MULTILINE)


@pytest.mark.slow
def test_identical_arms_are_called_different_in_at_most_one_in_twenty(digits: Path):
    words = [f"--dataset={digits}", "--seeds=12", "--train-size=1000", "--epochs=1", "--draws=300"]
    done = subprocess.run(
        [sys.executable, str(BENCHMARK), *words], env=environment(), capture_output=True, text=True, check=True
    )
    rates = {int(seeds): (float(rate), float(error)) for seeds, rate, _, error in ROW.findall(done.stdout)}
    assert rates.keys() == {2, 3, 4, 6}
    assert "12 seeds" in done.stdout
    for rate, error in rates.values():
        assert rate <= 5 + 2 * error
    assert any(rate > 0 for rate, _ in rates.values())  # a rule that never decides would be no test

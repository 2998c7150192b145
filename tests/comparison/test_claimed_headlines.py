"""Where several metrics are claimed at once, each has its line at the head of a report."""

from __future__ import annotations

from pathlib import Path

import paribus as pb
from paribus.comparison.words.verdict_text import headlines


def test_every_claimed_metric_has_its_headline(tmp_path: Path) -> None:
    rows = [
        f"{arm},{seed},{0.9 + better * 0.01 + seed % 3 / 2000},{0.5 - better * 0.1 + seed / 100 + better * seed / 900}"
        for better, arm in enumerate("ab")
        for seed in range(6)
    ]
    path = tmp_path / "runs.csv"
    path.write_text("\n".join(["model,seed,acc,loss", *rows]), encoding="utf-8")
    asked = {"metric": ["acc:max", "loss:min"], "arm_column": "model", "pair_by": "seed"}
    claimed = pb.judge(path, claim_all=True, **asked)  # type: ignore[arg-type]
    lines = headlines(claimed.comparison, "en")
    assert [line.partition(":")[0] for line in lines] == ["Acc", "Loss"]
    assert all("b is better than a" in line for line in lines)
    (line,) = headlines(pb.judge(path, **asked).comparison, "en")  # type: ignore[arg-type]
    assert line.startswith("b is better than a")

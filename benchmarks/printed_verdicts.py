"""Every verdict that documents print from a table of their own, by the rule's first edition and by the second.

    python benchmarks/printed_verdicts.py

Reads the tables and the `paribus judge` lines of README and docs, judges them by both editions in a temporary folder,
and prints what each says, with the intervals in the metric's unit. The lesson's runs are no table: what they
give is in the notebooks (tools/execute_lessons.py), and by the first edition with `--rule first`.
"""

from __future__ import annotations

import argparse
import re
import shlex
import tempfile
from itertools import pairwise
from pathlib import Path

from decision_trials import table

import paribus as pb
from paribus.comparison.decision_rule.editions import EDITIONS
from paribus.comparison.words.verdict_text import headlines
from paribus.core.errors import ParibusError

ROOT = Path(__file__).resolve().parents[1]
DOCUMENTS = (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
_BLOCK = re.compile(r"^```csv (\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_LINE = re.compile(r"^    (paribus judge (\S+\.csv).*)$", re.MULTILINE)
_OPTIONS = {
    "--metric": "metric",
    "--margin": "margin",
    "--arm-column": "arm_column",
    "--pair-by": "pair_by",
    "--arms": "arms",
    "--factors": "factors",
    "--trained": "trained",
    "--baseline": "baseline",
}


def keywords(words: list[str]) -> dict[str, object]:
    """The options of a line that say how a table is read and judged, as pb.judge has them."""
    found: dict[str, object] = {}
    for option, value in pairwise(words):
        if name := _OPTIONS.get(option):
            found[name] = (
                float(value) if name == "margin" else value.split(",") if name in ("arms", "factors") else value
            )
    return found


def said(path: Path, options: dict[str, object], edition: str) -> str:
    try:
        found = pb.judge(path, rule=edition, **options)  # type: ignore[arg-type]
    except ParibusError as error:
        return f"refused: {str(error).splitlines()[0]}"
    ends = [
        f"{pair.low:.6g} to {pair.high:.6g}" for pair in found.pairs if pair.low is not None and pair.high is not None
    ]
    return "; ".join([*headlines(found.comparison, "en"), *ends])


def main() -> None:
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    rows = []
    with tempfile.TemporaryDirectory() as scratch:
        for document in DOCUMENTS:
            text, folder = document.read_text(encoding="utf-8"), Path(scratch) / document.stem
            folder.mkdir()
            for name, body in _BLOCK.findall(text):
                (folder / name).write_text(body, encoding="utf-8")
            for line, name in dict.fromkeys(_LINE.findall(text)):
                if (folder / name).is_file():
                    told = [
                        said(folder / name, keywords(shlex.split(line)), edition) for edition in ("first", "second")
                    ]
                    rows.append([document.name, f"`{line}`", *told, "yes" if told[0] == told[1] else "no"])
    table("Verdicts that documents print", ["document", "command", *sorted(EDITIONS), "the same"], rows)


if __name__ == "__main__":
    main()

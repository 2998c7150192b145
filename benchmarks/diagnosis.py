"""Does the explanation name the sabotage? Every recipe of tests/diagnosis/cases.py, through `pb.explain`.

    python benchmarks/diagnosis.py [--only TEXT ...] [--fast] [--datasets NAME ...] [--out STORE] [--json FILE]

A sabotaged recipe is judged right where the first cause that is named is the field that was spoilt. A healthy one,
where no finding is stronger than weak and no cause is named. Each is run on the data sets that its case lists; all of
them take about an hour on two quiet cores. With `--out` runs are kept and reused, so that the same command goes on
where it was stopped, and a change of the rules is judged in minutes.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))  # the cases are the tests' own

if TYPE_CHECKING:
    from paribus.records.explanation import Explanation
    from tests.diagnosis.cases import Case

NOTHING = "nothing"


@dataclass(frozen=True)
class Answer:
    """What was said of a case. `true`: fields that may be named, none for a healthy one; `named`: of causes, in order.

    `pointed`: the finding behind each cause; `findings`: those above weak, with their strengths.
    """

    case: str
    dataset: str
    true: tuple[str, ...]
    named: tuple[str, ...]
    pointed: tuple[str, ...]
    findings: tuple[str, ...]
    seconds: float

    @property
    def right(self) -> bool:
        """Whether the sabotage was named first; of a healthy one, whether there was nothing to name."""
        return self.named[:1] != () and self.named[0] in self.true if self.true else not self.named + self.findings


def main() -> None:
    """Explain every case that is wanted; print an answer a line, the matrix, and how many are right."""
    options = parse()
    from tests.diagnosis.cases import HEALTHY, SABOTAGED

    asked = [
        (case, dataset)
        for case in (*SABOTAGED, *HEALTHY)
        for dataset in options.datasets or case.datasets
        if any(text in case.name for text in options.only) and (case.fast or not options.fast)
    ]
    with tempfile.TemporaryDirectory() as scratch:
        answers = []
        print("| case | data | named | found | right |\n|---|---|---|---|---|")
        for case, dataset in asked:
            answers.append(answer(case, dataset, Path(options.out or scratch), options.workers))
            print(line(answers[-1]), flush=True)
    sabotaged, healthy = [a for a in answers if a.true], [a for a in answers if not a.true]
    print("\n".join(["", *matrix(sabotaged), "", summary(sabotaged, healthy)]))
    if options.json:
        rows = [{**asdict(a), "right": a.right} for a in answers]
        Path(options.json).write_text(json.dumps(rows, indent=1), encoding="utf-8")


def parse() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", default=[""], metavar="TEXT", help="cases whose name contains a TEXT")
    parser.add_argument("--fast", action="store_true", help="the cheap cases, which the tests run shorter")
    parser.add_argument("--datasets", nargs="+", metavar="NAME", help="run every case on these, whatever it lists")
    parser.add_argument("--out", metavar="STORE", help="keep runs here, and reuse what is there")
    parser.add_argument("--workers", type=int, metavar="N", help="processes; by default one a core")
    parser.add_argument("--json", metavar="FILE", help="write the answers there as well")
    return parser.parse_args()


def answer(case: Case, dataset: str, store: Path, workers: int | None = None) -> Answer:
    """Explain one case on one data set."""
    import paribus as pb

    begun = time.perf_counter()
    explanation = pb.explain(case.recipe(dataset), out=store, workers=workers)
    return judged(case, dataset, explanation, time.perf_counter() - begun)


def judged(case: Case, dataset: str, explanation: Explanation, seconds: float) -> Answer:
    """An explanation beside what is true of its case."""
    causes = [tested.intervention for tested in explanation.of("cause")]
    found = [f for symptoms in explanation.symptoms for f in symptoms.findings if f.strength != "weak"]
    return Answer(
        case=case.name,
        dataset=dataset,
        true=case.named,
        named=tuple("+".join(c.factor for c in cause.changes) for cause in causes),
        pointed=tuple(str(cause.finding) for cause in causes),
        findings=tuple(f"{f.strength} {f.name}" for f in found),
        seconds=round(seconds, 1),
    )


def line(one: Answer) -> str:
    """A row of the table of answers."""
    named = [f"{field} ({finding})" for field, finding in zip(one.named, one.pointed, strict=True)]
    cells = [one.case, one.dataset, ", ".join(named) or NOTHING, ", ".join(one.findings) or NOTHING]
    return f"| {' | '.join(cells)} | {'yes' if one.right else 'NO'} |"


def matrix(answers: Sequence[Answer]) -> list[str]:
    """How often which field was named first where which one was spoilt; any that may rightly be named counts as it."""
    pairs = Counter((one.true[0], one.true[0] if one.right else (*one.named, NOTHING)[0]) for one in answers)
    truths = _in_order(one.true[0] for one in answers)
    columns = _in_order([*truths, *(named for _, named in pairs)])
    rows = [[truth, *(str(pairs[truth, named] or "") for named in columns)] for truth in truths]
    return [_row(["spoilt \\ named", *columns]), _row(["---"] * (1 + len(columns))), *map(_row, rows)]


def _in_order(names: Iterable[str]) -> list[str]:
    return sorted(dict.fromkeys(names), key=lambda name: name == NOTHING)


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def summary(sabotaged: Sequence[Answer], healthy: Sequence[Answer]) -> str:
    """How many are right."""
    named, silent = sum(a.right for a in sabotaged), sum(a.right for a in healthy)
    return (
        f"Named rightly: {named} of {len(sabotaged)} spoilt recipes. "
        f"Nothing above weak found, and nothing named: {silent} of {len(healthy)} healthy ones."
    )


if __name__ == "__main__":
    main()

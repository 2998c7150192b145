"""Published faults of networks and their published repairs, judged anew: does the repair matter, is the fault named?

    python benchmarks/published_faults.py [--only TEXT] [--seeds N] [--out FILE] [--look]

Each fault (benchmarks/published) is a small training written from its description, and its repair is the same training
with what the source changes. Both run with the same seeds, on data, first weights and batches of each seed, and
`pb.judge` compares what they reach on held-out data: share of right classes, share of variance that is explained, or
closeness to targets of 0 and 1. A difference of less than one point is *no effect*. Runs are made in this process:
starting one for each, as `pb.compare` does, would take longer than most of these trainings. Then `pb.Probe` watches the
faulty training with the first seed: is what it finds first a name for the published fault, another, or nothing? And the
repaired one.

Every fault is kept in FILE as soon as it is judged, and is not run again: stop it and start it as you like, and take
another FILE after a change to a fault. After a change to the rules `--look` lets the probe alone look again, at those
that are kept, and writes what it finds into FILE. On one core all of them take some ten minutes.
"""

from __future__ import annotations

import argparse
import json
import math
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from published.fault import Fault, NotExpressed

FIRST_SEED = 1000  # none of those with which the trainings were written
MARGIN = 0.01
OUTCOMES = {"b_better": "cause", "equal": "no effect", "open": "open", "a_better": "made worse"}
NAMED, OTHER, NOTHING = "right", "other", "nothing"


@dataclass(frozen=True)
class Result:
    """What came of a fault: what each training reached, one number a seed (None: diverged), and what was found."""

    name: str
    seeds: int
    faulty: list[float | None]
    repaired: list[float | None]
    outcome: str
    difference: float | None
    interval: list[float] | None
    found: list[str]
    found_repaired: list[str]
    naming: str
    seconds: float


def judged(fault: Fault, seeds: int) -> Result:
    """Train, judge, and look."""
    from published.training import quiet, reached

    import paribus as pb

    begun = time.perf_counter()
    numbers = range(FIRST_SEED, FIRST_SEED + seeds)
    with quiet():
        faulty = {seed: reached(fault.faulty, seed) for seed in numbers}
        repaired = {seed: reached(fault.repaired, seed) for seed in numbers}
    found, found_repaired = looked_at(fault)
    judgement = pb.judge(
        {"faulty": faulty, "repaired": repaired}, metric="reached:max", margin=MARGIN, unit="share", resolution=1e-4
    )
    return Result(
        name=fault.name,
        seeds=seeds,
        faulty=[finite(figure) for figure in faulty.values()],
        repaired=[finite(figure) for figure in repaired.values()],
        outcome=OUTCOMES[judgement.verdict],
        difference=judgement.difference,
        interval=None if judgement.interval is None else list(judgement.interval),
        found=found,
        found_repaired=found_repaired,
        naming=naming(found, fault.named),
        seconds=time.perf_counter() - begun,
    )


def looked_at(fault: Fault) -> tuple[list[str], list[str]]:
    """What the probe finds in both trainings, with the first seed."""
    from published.training import quiet, said

    with quiet():
        faulty, repaired = said(fault.faulty, FIRST_SEED), said(fault.repaired, FIRST_SEED)
    return [f"{f.strength} {f.name}" for f in faulty], [f"{f.strength} {f.name}" for f in repaired]


def finite(figure: float) -> float | None:
    return None if math.isnan(figure) else figure


def naming(found: Sequence[str], named: Sequence[str]) -> str:
    """Of what was found first."""
    if not found:
        return NOTHING
    return NAMED if found[0].split()[1] in named else OTHER


def kept(path: Path, seeds: int) -> dict[str, Result]:
    """What earlier calls judged with as many seeds."""
    if not path.exists():
        return {}
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.endswith("}")]
    return {line["name"]: Result(**line) for line in lines if line["seeds"] == seeds}


def show(pairs: Sequence[tuple[Fault, Result]], missing: Sequence[NotExpressed]) -> None:
    """The tables and the totals."""
    from paribus.diagnosis.words.findings import finding_label

    print("| fault | source | repair | with the fault | repaired | repair | found first | named |")
    print("|---|---|---|---|---|---|---|---|")
    for fault, result in pairs:
        source = f"[{fault.source.title}]({fault.source.address})"
        first = finding_label(result.found[0].split()[1], "en") if result.found else NOTHING
        cells = [fault.name, source, fault.repair, mean(result.faulty), mean(result.repaired), result.outcome, first]
        print(f"| {' | '.join([*cells, result.naming])} |")
    totals([result for _, result in pairs])
    print("\nNot as in the source:\n")
    for fault, _ in pairs:
        if fault.otherwise:
            print(f"- {fault.name}: {fault.otherwise}.")
    print("\n| not expressed | source | why |\n|---|---|---|")
    for absent in missing:
        print(f"| {absent.name} | [{absent.source.title}]({absent.source.address}) | {absent.reason} |")


def mean(figures: Sequence[float | None]) -> str:
    """In per cent, over the runs that did not diverge."""
    left = [figure for figure in figures if figure is not None]
    diverged = f"{len(figures) - len(left)} of {len(figures)} diverged" if len(left) < len(figures) else ""
    shown = f"{100 * sum(left) / len(left):.1f} %" if left else ""
    return ", ".join(part for part in (shown, diverged) if part)


def totals(results: Sequence[Result]) -> None:
    """How many of each."""
    outcomes = Counter(result.outcome for result in results)
    print(f"\nOf {len(results)} published repairs: " + ", ".join(f"{outcomes[o]} {o}" for o in OUTCOMES.values()) + ".")
    for group, some in (
        ("whose repair helps", [r for r in results if r.outcome == "cause"]),
        ("of all", list(results)),
    ):
        names = Counter(result.naming for result in some)
        told = ", ".join(f"{names[kind]} {kind}" for kind in (NAMED, OTHER, NOTHING))
        print(f"Found first, of the {len(some)} faults {group}: {told}.")
    above = sum(any(not found.startswith("weak") for found in r.found_repaired) for r in results)
    print(f"Repaired trainings with a finding above weak: {above} of {len(results)}.")


def main() -> None:
    """Judge what is not kept yet, and show all."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="", metavar="TEXT", help="faults whose name or source contains TEXT")
    parser.add_argument("--seeds", type=int, default=6, metavar="N", help="paired seeds (default: 6)")
    parser.add_argument("--out", type=Path, default=Path("published_faults.jsonl"), metavar="FILE")
    parser.add_argument(
        "--look", action="store_true", help="look again at faults that are kept, and keep what is found"
    )
    wanted = parser.parse_args()

    from published.all_faults import FAULTS, NOT_EXPRESSED

    from paribus.runs.training_process import settle_process

    settle_process()
    done = kept(wanted.out, wanted.seeds)
    chosen = [f for f in FAULTS if wanted.only.lower() in f"{f.name} {f.source.title}".lower()]
    pairs = []
    for fault in chosen:
        if fault.name not in done or wanted.look:
            if fault.name in done:
                found, found_repaired = looked_at(fault)
                named = naming(found, fault.named)
                result = replace(done[fault.name], found=found, found_repaired=found_repaired, naming=named)
            else:
                result = judged(fault, wanted.seeds)
            with wanted.out.open("a", encoding="utf-8") as file:
                file.write(json.dumps(asdict(result)) + "\n")  # of two lines of a fault the later one counts
            done[fault.name] = result
        pairs.append((fault, done[fault.name]))
    show(pairs, NOT_EXPRESSED)


if __name__ == "__main__":
    main()

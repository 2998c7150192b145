"""Are mistakes in people's own loops named as what they are, and are healthy loops left alone?

    python benchmarks/loop_mistakes.py [--healthy | --mistakes] [--only TEXT] [--steps N]

Every loop of tests/diagnosis/loops, through `pb.Probe`, a few hundred steps each on 1,500 halved digits: mistakes on
several networks, optimisers and losses, and healthy loops of as many forms; then rarer ones, on small made data. Prints
which finding comes first for each kind of mistake, and what is found in healthy ones. On one core all of them take some
five minutes.
"""

from __future__ import annotations

import argparse
import importlib
import sys
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # the loops are the tests' own


def mistakes(only: str, steps: int | None) -> None:
    """A line a kind: how many of its loops are named rightly, and what is named first."""
    import torch

    table = importlib.import_module("tests.diagnosis.loops.mistakes").MISTAKES
    right = total = 0
    print("| mistake | named rightly | named first |\n| --- | --- | --- |")
    for mistake in table:
        if only not in mistake.name:
            continue
        first: Counter[str] = Counter()
        for network, optimizer in mistake.on:
            torch.manual_seed(0)
            loop = mistake.make(network, optimizer)
            loop.steps = steps or loop.steps
            found = loop.run().findings()
            first[found[0].name if found else "nothing"] += 1
        named = sum(count for name, count in first.items() if name in mistake.named)
        right, total = right + named, total + len(mistake.on)
        told = ", ".join(f"{name} {count}" for name, count in first.most_common())
        print(f"| {mistake.name} | {named} of {len(mistake.on)} | {told} |", flush=True)
    for name, (names, run) in importlib.import_module("tests.diagnosis.loops.rarer").RARER.items():
        if only not in name:
            continue
        torch.manual_seed(0)
        found = run().findings()
        told, is_named = (found[0].name if found else "nothing"), bool(found) and found[0].name in names
        right, total = right + is_named, total + 1
        print(f"| {name} | {int(is_named)} of 1 | {told} |", flush=True)
    print(f"\nNamed first, by name: {right} of {total} loops with a mistake.\n")


def healthy(only: str) -> None:
    """A line a loop in which something is found."""
    import torch

    sound = importlib.import_module("tests.diagnosis.loops.sound_rarer").SOUND
    table = [(loop.name, loop.probe) for loop in importlib.import_module("tests.diagnosis.loops.healthy").HEALTHY]
    above = weak = total = 0
    print("| healthy loop | found |\n| --- | --- |")
    for name, run in [*table, *sound.items()]:
        if only not in name:
            continue
        torch.manual_seed(0)
        found = run().findings()
        total += 1
        above += any(finding.strength != "weak" for finding in found)
        weak += any(finding.strength == "weak" for finding in found)
        if found:
            print(f"| {name} | {', '.join(f'{f.strength} {f.name}' for f in found)} |", flush=True)
    print(f"\nOf {total} healthy loops {above} have a finding above weak, and {weak} a weak one.")


def main() -> None:
    """Both tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mistakes", action="store_true", help="loops with mistakes alone")
    parser.add_argument("--healthy", action="store_true", help="healthy loops alone")
    parser.add_argument("--only", default="", metavar="TEXT", help="loops whose name contains TEXT")
    parser.add_argument("--steps", type=int, metavar="N", help="steps of each loop with a mistake; its own by default")
    wanted = parser.parse_args()

    from paribus.runs.training_process import settle_process

    settle_process()
    if not wanted.healthy:
        mistakes(wanted.only, wanted.steps)
    if not wanted.mistakes:
        healthy(wanted.only)


if __name__ == "__main__":
    main()

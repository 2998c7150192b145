"""The lesson's pair, whole commands from shell to verdict, against the notebook as a script, on all cores.

    python benchmarks/lesson_pair.py --baseline-python VENV/bin/python --baseline-script notebook.py [--rounds N]

The notebook's script needs torchvision, so it runs in an environment of its own; without the two options it is left
out. It is called with a folder of MNIST and a number of epochs, and prints a line an epoch that ends in its seconds.
With `--baseline-epochs 1` one epoch of each model is timed and multiplied. That flatters the notebook: once sigmoid's
weights have decayed to denormal numbers its epochs take longer. `--baseline-epochs 15` times it whole.

Paribus trains the pair with its own kernel, with PyTorch's operations (`--kernel pytorch`), and six times over with six
seeds; each into an empty store. All run in turn, round by round, so that a drift of the machine's speed touches all.
Six seeds take long and are timed in the first `--six-rounds` rounds only.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

LESSON_EPOCHS = 15
NOTEBOOK, OURS, EAGER, SIX = "notebook", "paribus compare", "paribus compare, PyTorch's operations", "six seeds"
COMMANDS = {OURS: ["--seeds=1"], EAGER: ["--seeds=1", "--kernel=pytorch"], SIX: ["--seeds=6"]}
TITLES = {
    NOTEBOOK: "the notebook as a script",
    OURS: "`paribus compare --seeds 1`",
    EAGER: "`paribus compare --seeds 1 --kernel pytorch`",
    SIX: "`paribus compare --seeds 6`",
}


def main() -> None:
    """Time all in turn; print the medians, and the ratios of the same round."""
    options = parse()
    times: dict[str, list[float]] = {name: [] for name in TITLES}
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch)
        write_idx(root / "data" / "MNIST" / "raw")
        for number in range(1, options.rounds + 1):
            if options.baseline_python:
                times[NOTEBOOK].append(time_notebook(options, root / "data"))
            for i, (name, arguments) in enumerate(COMMANDS.items()):
                if name == SIX and number > options.six_rounds:
                    continue
                times[name].append(time_paribus(options, arguments, root / f"store-{number}-{i}"))
            latest = ", ".join(f"{name} {found[-1]:.1f} s" for name, found in times.items() if found)
            print(f"round {number}: {latest}", file=sys.stderr, flush=True)
    show(options, times)


def parse() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--baseline-python", help="a Python with torch and torchvision")
    parser.add_argument("--baseline-script", type=Path, help="the notebook as a script")
    parser.add_argument("--baseline-epochs", type=int, default=1)
    parser.add_argument("--epochs", type=int, default=LESSON_EPOCHS)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--six-rounds", type=int, default=1)
    options = parser.parse_args()
    if (options.baseline_python is None) != (options.baseline_script is None):
        parser.error("--baseline-python and --baseline-script go together")
    return options


def time_notebook(options: argparse.Namespace, data: Path) -> float:
    """Seconds of the whole script; epochs beyond those timed are added at the mean of those timed."""
    command = [options.baseline_python, str(options.baseline_script), str(data), str(options.baseline_epochs)]
    start = time.perf_counter()
    printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    whole = time.perf_counter() - start
    epochs = [float(line.split()[-2]) for line in printed.splitlines() if line.endswith(" s")]
    return float(whole + (options.epochs - options.baseline_epochs) * 2 * statistics.mean(epochs))


def time_paribus(options: argparse.Namespace, arguments: Sequence[str], store: Path) -> float:
    """Seconds of the whole command, into an empty store."""
    command = [sys.executable, "-m", "paribus", "compare", "activation=sigmoid,relu", *arguments]
    start = time.perf_counter()
    subprocess.run([*command, f"--epochs={options.epochs}", f"--out={store}", "--quiet"], check=True, stdout=sys.stderr)
    return time.perf_counter() - start


def show(options: argparse.Namespace, times: dict[str, list[float]]) -> None:
    """The table, with what was timed and what multiplied."""
    from paribus.programs.recipe.kernels import native_kernel

    print(f"{os.cpu_count()} cores, {options.epochs} epochs; our kernel {native_kernel()}.")
    print("Medians of rounds; in brackets the least and the most.")
    if times[NOTEBOOK]:
        print(f"The notebook was timed over {options.baseline_epochs} of its {options.epochs} epochs.")
    else:
        print("The notebook was not measured: no --baseline-python was given.")
    print("\n| lesson's pair | pairs | rounds | seconds | times as fast as the notebook | as PyTorch's operations |")
    print("|---|---|---|---|---|---|")
    for name, found in times.items():
        if found:
            cells = [TITLES[name], "6" if name == SIX else "1", str(len(found)), f"{statistics.median(found):.1f}"]
            print(f"| {' | '.join(cells)} | {ratio(times[NOTEBOOK], found)} | {ratio(times[EAGER], found)} |")
    if times[NOTEBOOK] and times[SIX]:
        print(f"\nSix paired seeds take {ratio(times[SIX], times[NOTEBOOK])} of the time of the notebook's one pair.")


def ratio(above: Sequence[float], below: Sequence[float]) -> str:
    """Median, least and most of the quotients round by round; empty where one was not measured."""
    found = [a / b for a, b in zip(above, below, strict=False)]
    if not found:
        return ""
    spread = f" ({min(found):.2f} to {max(found):.2f})" if len(found) > 1 and above is not below else ""
    return f"{statistics.median(found):.2f}{spread}"


def write_idx(folder: Path) -> None:
    """The shipped MNIST as the four plain IDX files that torchvision reads."""
    from paribus.programs.recipe.data import open_dataset
    from paribus.programs.recipe.data.idx import idx_header

    dataset = open_dataset("mnist")
    folder.mkdir(parents=True)
    for part, images, labels in (
        ("train", dataset.train_images, dataset.train_labels),
        ("t10k", dataset.test_images, dataset.test_labels),
    ):
        for kind, array in (("images-idx3", images[:, 0]), ("labels-idx1", labels.astype("uint8"))):
            (folder / f"{part}-{kind}-ubyte").write_bytes(idx_header(array.shape) + array.tobytes())


if __name__ == "__main__":
    main()

"""The lesson's pair, whole command from shell to verdict, against the notebook as a script.

    python benchmarks/lesson_pair.py --baseline-python VENV/bin/python --baseline-script baseline_notebook.py

The notebook's script needs torchvision, so it runs in an environment of its own. Both run in turn, round by round,
so that a drift of the machine's speed touches both. The notebook's epochs all cost the same: with
`--baseline-epochs 1` one epoch of each model is timed and multiplied; `--baseline-epochs 15` times it whole.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

LESSON_EPOCHS = 15


def main() -> None:
    """Time both, print each round, the medians and their ratio."""
    options = parse()
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch)
        write_idx(root / "data" / "MNIST" / "raw")
        print(f"cores: {os.cpu_count()}; epochs: {options.epochs} (the notebook timed over {options.baseline_epochs})")
        ours, theirs = [], []
        for number in range(1, options.rounds + 1):
            theirs.append(time_notebook(options, root / "data"))
            ours.append(time_paribus(options, root / f"store-{number}"))
            print(f"round {number}: notebook {theirs[-1]:.1f} s, paribus {ours[-1]:.1f} s", flush=True)
    notebook, paribus = statistics.median(theirs), statistics.median(ours)
    print(f"| lesson's pair, one seed, {options.epochs} epochs | seconds | times as fast |\n|---|---|---|")
    print(f"| notebook | {notebook:.1f} | 1.0 |\n| paribus compare | {paribus:.1f} | {notebook / paribus:.1f} |")


def parse() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--baseline-python", required=True, help="a Python with torch and torchvision")
    parser.add_argument("--baseline-script", required=True, type=Path, help="the notebook as a script")
    parser.add_argument("--baseline-epochs", type=int, default=1)
    parser.add_argument("--epochs", type=int, default=LESSON_EPOCHS)
    parser.add_argument("--rounds", type=int, default=3)
    return parser.parse_args()


def time_notebook(options: argparse.Namespace, data: Path) -> float:
    """Seconds of the whole script; epochs beyond those timed are added at the mean of those timed."""
    command = [options.baseline_python, str(options.baseline_script), str(data), str(options.baseline_epochs)]
    start = time.perf_counter()
    printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    whole = time.perf_counter() - start
    epochs = [float(line.split()[-2]) for line in printed.splitlines() if line.endswith(" s")]
    return float(whole + (options.epochs - options.baseline_epochs) * 2 * statistics.mean(epochs))


def time_paribus(options: argparse.Namespace, store: Path) -> float:
    """Seconds of the whole command, into an empty store."""
    command = [sys.executable, "-m", "paribus", "compare", "activation=sigmoid,relu", "--seeds=1"]
    start = time.perf_counter()
    subprocess.run([*command, f"--epochs={options.epochs}", f"--out={store}", "--quiet"], check=True)
    return time.perf_counter() - start


def write_idx(folder: Path) -> None:
    """The shipped MNIST as the four plain IDX files that torchvision reads."""
    from paribus.matter.data import open_dataset
    from paribus.matter.data.idx import idx_header

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

"""What the notebook's way of counting does to an accuracy, on runs of a store.

    python benchmarks/notebook_counting.py [--out STORE]

The notebook evaluates in batches of 64, leaves out the last, partial batch and still divides by the whole set's
size: 9,984 of 10,000 test images are looked at, so even a perfect network would be given 99.84 %.
"""

from __future__ import annotations

import argparse

import numpy as np

BATCH = 64


def main() -> None:
    """Print each finished run's test accuracy, counted both ways."""
    from paribus.programs.recipe.data import open_dataset
    from paribus.runs.planning import store_at
    from paribus.runs.store import Store

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", help="the store")
    store = Store(store_at(parser.parse_args().out))
    print("| run | whole test set | as the notebook counts | difference, points |\n|---|---|---|---|")
    for record in store.runs():
        result = store.result(record.id)
        if result is None or "classes" not in result.items:
            continue
        labels = open_dataset(record.fields["dataset"]).test_labels
        hits = result.items["classes"] == labels
        whole = float(np.mean(hits))
        notebook = float(hits[: len(hits) // BATCH * BATCH].sum()) / len(hits)
        print(f"| {record.id} | {whole:.2%} | {notebook:.2%} | {100 * (notebook - whole):.2f} |")


if __name__ == "__main__":
    main()

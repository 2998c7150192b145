"""The pictures of docs/why.md, from an explained comparison of a store.

    python tools/why_pictures.py --store DIR --comparison NAME [--to docs/images]

They are what `paribus figure NAME --kind forces` and `--kind interventions` draw, at a screen's resolution.
"""

from __future__ import annotations

import argparse
from pathlib import Path

KINDS = ("forces", "interventions")
DOTS = 110  # an inch


def main() -> None:
    """Draw them all."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--store", help="the store (PARIBUS_OUT, or ./paribus-lab)")
    parser.add_argument("--comparison", required=True, help="its name, or the beginning of that")
    parser.add_argument("--to", type=Path, default=Path("docs/images"), help="folder for the pictures")
    options = parser.parse_args()
    import paribus as pb

    comparison = pb.load_comparison(options.comparison, out=options.store)
    for kind in KINDS:
        path = options.to / f"why-{kind}.png"
        comparison.figure(kind).savefig(path, dpi=DOTS)
        print(path)


if __name__ == "__main__":
    main()

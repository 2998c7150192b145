"""Write what documents quote of the whole runs: both comparisons' verdicts, in both languages.

python tools/quoted_verdicts.py              trains what ./paribus-lab lacks: 24 runs of 15 epochs
python tools/quoted_verdicts.py --out STORE  the same with another store
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from paribus.comparison.compare import compare
from paribus.comparison.words.verdict_text import verdict_words
from paribus.words.languages import LANGUAGES

PLACE = Path(__file__).resolve().parents[1] / "docs" / "verdicts.json"
RECIPES = ("lesson", "fair")


def main(words: list[str]) -> int:
    """Compare and write; returns the exit status."""
    parser = argparse.ArgumentParser(description="Write the verdicts that documents quote.")
    parser.add_argument("--out", type=Path, default=Path("paribus-lab"), help="the store (./paribus-lab)")
    store = parser.parse_args(words).out
    found = [compare("activation", ["sigmoid", "relu"], recipe=recipe, out=store).comparison for recipe in RECIPES]
    told = {lang: [verdict_words(comparison, lang) for comparison in found] for lang in LANGUAGES}
    PLACE.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

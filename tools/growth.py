"""Count the files that an addition touches: of each kind the last one that came, wherever it is known by its name.

    python tools/growth.py

CONTRIBUTING says which files those are, and a test holds it against what is counted here. `tests/growing/` adds one of
most kinds in passing, and `tests/words/test_languages.py` a language.
"""

from __future__ import annotations

import argparse
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

# What the last one of its kind is called where it is known, as a pattern.
LAST = {
    "an activation": "silu",
    "an initialisation": "lecun",
    "a finding rule": "symmetric_units",
    "a built-in model": "resnet|ResNet",
    "a statistic in the verdict": "p_sign_flip_holm",
    "a reason of a verdict": "too_few_seeds",
    "a data format": "read_images",
    "a language": "Language: ko",
}
SOURCE = (".py", ".js", ".hpp", ".cpp", ".j2", ".po")


def naming(pattern: str) -> set[str]:
    """The files of the source and the documents that have this word: each place that knows the thing by its name."""
    word = re.compile(rf"(?<!\w)(?:{pattern})(?!\w)")
    found = set()
    for folder, ends in (("src", SOURCE), ("docs", (".md",))):
        for path in (ROOT / folder).rglob("*"):
            if path.suffix in ends and word.search(path.read_text(encoding="utf-8")):
                found.add(path.relative_to(ROOT).as_posix())
    return found


def main() -> None:
    """Print a table: kind, files, which."""
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    print("| kind | the last one | files | which |\n| --- | --- | --- | --- |")
    for kind, pattern in LAST.items():
        files = sorted(naming(pattern))
        print(f"| {kind} | {pattern} | {len(files)} | {', '.join(files)} |")


if __name__ == "__main__":
    main()

"""The command line's words for `paribus lesson`. Few imports here, as in `parser`."""

from __future__ import annotations

import argparse
from typing import Any

from paribus.cli.common_options import add_language

LESSON_EXAMPLES = """\
examples:
  paribus lesson new lenet --lang ko
  paribus lesson check hand-in.json
  paribus lesson collect hand-ins/ --to class.csv
"""


def add_lesson(commands: Any) -> None:
    """The command."""
    lesson: argparse.ArgumentParser = commands.add_parser(
        "lesson",
        help="an exercise as a notebook, and what students hand in",
        description="Write an exercise as a notebook; check a hand-in; collect many in a table. Hand-ins are read as "
        "data, and nothing in them is run.",
        epilog=LESSON_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    lesson.add_argument("action", choices=("new", "check", "collect"))
    lesson.add_argument("what", nargs="*", metavar="NAME|FILE|FOLDER",
                        help="new: which lesson: lenet, decay, start or practice (lenet); check and collect: "
                        "hand-ins, or folders of them")  # fmt: skip
    lesson.add_argument("--solution", action="store_true", help="new: the solution in place of the exercise")
    lesson.add_argument("--to", metavar="FILE", help="where the notebook, or the table as CSV, is written")
    lesson.add_argument("--json", action="store_true", help="check and collect: print JSON")
    add_language(lesson)

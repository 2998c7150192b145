"""The command line's words for `paribus tag`. Few imports here, as in `parser`."""

from __future__ import annotations

from typing import Any

from paribus.cli.common_options import add_language, add_store


def add_tag(commands: Any) -> None:
    """The command."""
    tag = commands.add_parser("tag", help="tag a comparison with words by which to list it")
    tag.add_argument("name", help="a comparison's name, or its beginning")
    tag.add_argument("tags", nargs="*", metavar="TAG", help="words; none only says which it has")
    tag.add_argument("--remove", action="store_true", help="take these tags away")
    add_store(tag)
    add_language(tag)

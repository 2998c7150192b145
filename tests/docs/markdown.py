"""What the tests read out of a document: its code blocks, the commands in them, and its links."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
READMES = (ROOT / "README.md", ROOT / "README.ko.md")
DOCUMENTS = (
    *READMES,
    ROOT / "CONTRIBUTING.md",
    ROOT / "CHANGELOG.md",
    *sorted((ROOT / "docs").rglob("*.md")),
)

FENCE = re.compile(r"^```(\w*)(?: (\S+))?\s*$")
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
PROGRAMS = ("paribus", "make", "python", "python3", "pip", "pip3", ".", "source", "cd", "git")
FILE_NAME = re.compile(r"^# (\w+\.(?:py|toml))$")


@dataclass(frozen=True)
class Block:
    """One code block. `language` is empty for an indented block, and for a fence that names none.

    title: what follows the language, the name of the file that the block shows.
    """

    language: str
    text: str
    title: str | None = None

    @property
    def file_name(self) -> str | None:
        """The file that the block shows, where its title or its first line says so: `# mine.toml`."""
        if self.title:
            return self.title
        found = FILE_NAME.match(self.text.partition("\n")[0])
        return found[1] if found else None


def blocks(document: Path) -> list[Block]:
    """Fenced and indented code blocks, in order."""
    found: list[Block] = []
    lines: list[str] = []
    language: str | None = None
    title: str | None = None
    indented: list[str] = []
    for line in [*document.read_text(encoding="utf-8").splitlines(), ""]:
        fence = FENCE.match(line)
        if language is not None:
            if fence:
                found.append(Block(language, "\n".join(lines), title))
                language, lines = None, []
            else:
                lines.append(line)
        elif fence:
            language, title = fence.groups()
        elif line.startswith("    "):
            indented.append(line[4:])
        elif indented:
            found.append(Block("", "\n".join(indented)))
            indented = []
    assert language is None, f"{document}: a fence is not closed"
    return found


def commands(document: Path) -> list[str]:
    """The lines of shell blocks that start with a program's name, without their comments."""
    shell = [block for block in blocks(document) if block.language in ("", "sh", "bash", "console")]
    lines = [line.removeprefix("$ ").partition("  #")[0].strip() for block in shell for line in block.text.splitlines()]
    return [line for line in lines if line.split(" ")[0] in PROGRAMS]


def links(document: Path) -> list[str]:
    """Where its links and pictures point to, code blocks and code spans apart."""
    text = re.sub(r"```.*?```", "", document.read_text(encoding="utf-8"), flags=re.DOTALL)
    return LINK.findall(re.sub(r"`[^`\n]*`", "", text))

"""Users of one machine, each with a home of their own and code that leaves a mark wherever it runs."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.cli.lab import Done, paribus

MARK = "ran"  # the file that the code leaves in the folder in which it runs


class User:
    """Somebody with a home and a folder, in which a file of that name is their own or somebody else's."""

    def __init__(self, place: Path, file: str, code: str) -> None:
        self.home, self.folder = place / "home", place / "work"
        self.home.mkdir(parents=True)
        self.folder.mkdir()
        (self.folder / file).write_text(code)

    @property
    def ran(self) -> bool:
        """Whether the code ran."""
        return (self.folder / MARK).exists()

    def gives(self, *words: str) -> Done:
        """A command of this user's; what follows `--` is another's words."""
        env = {"HOME": str(self.home), "XDG_STATE_HOME": str(self.home / "state")}
        end = words.index("--") if "--" in words else len(words)
        return paribus(*words[:end], "--out=lab", *words[end:], cwd=self.folder, env=env)

    def names(self) -> tuple[str, str]:
        """A run and the comparison."""
        lab = self.folder / "lab"
        return min(p.name for p in (lab / "runs").iterdir()), min(p.name for p in (lab / "comparisons").iterdir())

    def takes_store_of(self, other: User) -> None:
        """A copy of it, as somebody sends one."""
        shutil.copytree(other.folder / "lab", self.folder / "lab")

"""Versions of the code that a loop tries: in a git repository of the referee's own, so that the user's is not touched.

Every version is a whole tree of files and a commit of it that has no parent, no date and no author but us: the same
files are always the same commit.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import subprocess
import zlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from paribus.core import atomic
from paribus.core.errors import Fault, FaultsError, ParibusError, reason_of
from paribus.core.messages import Message
from paribus.core.temporary import sweep_temporaries
from paribus.programs.command import sources, versions
from paribus.programs.command.versions import git
from paribus.records.referee import Version
from paribus.referee.internal_failure import RefereeBroke

CODE = "code.git"
_SHA1 = 40  # hexadecimal digits
_LARGEST = 1_000_000_000  # bytes of all files
_NOBODY = {
    f"GIT_{who}_{what}": value
    for who in ("AUTHOR", "COMMITTER")
    for what, value in (("NAME", "paribus"), ("EMAIL", "referee@paribus.invalid"), ("DATE", "2000-01-01T00:00:00Z"))
}


class Trees:
    """The versions of one loop.

    folder: of its state. place: where its command is run; where that is in no git repository all that lies below it
    is the code, but for what a .gitignore names.
    """

    def __init__(self, folder: Path, place: Path) -> None:
        self.git = folder.absolute() / CODE
        self.place = place.resolve()
        self._of_user = versions.top_of(place)
        self.top = (self._of_user or place).resolve()
        self.below = str(self.place.relative_to(self.top))

    @property
    def code(self) -> dict[str, str]:
        """What a program has to know of it."""
        return {"git": str(self.git), "below": self.below}

    def make(self) -> None:
        """The repository, where it is not there yet; and none of the checkouts that a killed command left."""
        sweep_temporaries()
        with contextlib.suppress(OSError):
            if "auto = 0" in (self.git / "config").read_text(encoding="utf-8"):
                return
        if git(self.git.parent, "version") is None:
            raise ParibusError("the referee needs git, to keep the versions of your code")
        with self._said():
            versions.git_or_error(self.git.parent, "init", "--quiet", "--bare", self.git.name)
            versions.git_or_error(self.git, "config", "gc.auto", "0")  # last: a repository that has it is whole

    def working(self) -> Version:
        """The working tree as it is: what git tracks or does not ignore."""
        names = sources.listed(self.top) if self._of_user else self._listed_here()
        names = [name for name in dict.fromkeys(names) if self._is_file(name)]
        self._check(names)
        known = (self._index("ls-files", "-z") or "").split("\0")[:-1]
        if gone := set(known) - set(names):
            self._index("update-index", "--force-remove", "-z", "--stdin", given="\0".join(gone) + "\0")
        with self._said():
            if names:
                self._index_or_error("update-index", "--add", "-z", "--stdin", given="\0".join(names) + "\0")
            return self._version(self._index_or_error("write-tree"))

    def _check(self, names: Sequence[str]) -> None:
        """Raise FaultsError for what no copy can have, or only at great cost."""
        sizes, faults = dict[str, int](), []
        for name in names:
            path = self.top / name
            if not path.is_symlink():
                with contextlib.suppress(OSError):
                    sizes[name] = path.stat().st_size
            elif not path.readlink().is_absolute() and not path.resolve().is_relative_to(self.top):
                faults.append(
                    Fault(
                        "{path} is a link out of {top}, which leads nowhere from a copy: make it absolute",
                        path=name,
                        top=self.top,
                    )
                )
        if (total := sum(sizes.values())) > _LARGEST:
            largest = sorted(sizes, key=lambda name: -sizes[name])[:3]
            faults.append(
                Fault(
                    "every run gets a copy of all that git does not ignore, which is {size:.1f} GB here, most of it in "
                    "{files}: name data in .gitignore, and give them by --link",
                    size=total / 1e9,
                    files=", ".join(largest),
                )
            )
        if faults:
            raise FaultsError("the code", faults)

    def _is_file(self, name: str) -> bool:
        """Whether there is one, or a link. A submodule is listed as a folder, and its files are listed beside it."""
        path = self.top / name
        return os.path.lexists(path) and (path.is_symlink() or not path.is_dir())

    def _listed_here(self) -> list[str]:
        """What git would list if the folder were a repository: all but what .gitignore says, and our own store."""
        said = self._index("ls-files", "-z", "--cached", "--others", "--exclude-standard") or ""
        store = self.git.parent.parent
        ours = f"{store.relative_to(self.top)}/" if store.is_relative_to(self.top) else "\0"
        return [name for name in said.split("\0")[:-1] if not name.startswith(ours) and "__pycache__" not in name]

    def _index(self, *words: str, given: str = "") -> str | None:
        return git(self.top, *words, given=given, **self._where)

    def _index_or_error(self, *words: str, given: str = "") -> str:
        return versions.git_or_error(self.top, *words, given=given, **self._where)

    @property
    def _where(self) -> dict[str, str]:
        """Our repository, an index of our own, and the user's files."""
        return {"GIT_DIR": str(self.git), "GIT_WORK_TREE": str(self.top), "GIT_INDEX_FILE": str(self.git / "working")}

    @contextlib.contextmanager
    def _said(self) -> Iterator[None]:
        """Raise RefereeBroke where git refuses, with what it says."""
        try:
            yield
        except (OSError, subprocess.CalledProcessError) as error:
            raise RefereeBroke(
                "git could not keep the files of {path} in {folder}: {reason}. Nothing was decided; once that is "
                "mended the same command goes on",
                path=self.top,
                folder=self.git,
                reason=reason_of(error) if isinstance(error, OSError) else versions.last_words(error),
            ) from None

    def revision(self, name: str) -> Version:
        """A revision of the user's repository, its files copied into ours. Raises ParibusError."""
        commit = versions.commit_of(self.place, name)
        if isinstance(commit, Fault):
            raise ParibusError(commit.message)
        tree = versions.tree_of(self.place, commit)
        listed = (git(self.top, "ls-tree", "-r", "-z", tree) or "").split("\0")
        if any(line.startswith("160000 ") for line in listed):
            raise ParibusError(
                "{name} has submodules, whose files are not in this repository: check it out, and try the working tree",
                name=name,
            )
        if git(self.git, "cat-file", "-e", f"{tree}^{{tree}}") is None:
            _copy(self.top, self.git, tree)
        return self._version(tree)

    def hint(self, said: str) -> str | Message:
        """What a run that failed, and said this, may have wanted: what git ignores is in no copy."""
        lines = [line for line in said.splitlines() if not line.lstrip().startswith("File ")]  # where Python lies
        parts = {*re.split(r"[\s'\"/:,()\[\]]+", "\n".join(lines))}
        names = [name for name in versions.ignored(self.place) if Path(name).name in parts]
        if not names:
            return ""
        return Message(
            "\n{files}: git ignores that, so it is in no copy of the code; --link {first} gives it",
            files=", ".join(names[:3]),
            first=names[0],
        )

    def _version(self, tree: str) -> Version:
        with self._said():
            return Version(commit=self._commit_of(tree.strip()), tree=tree.strip())

    def _commit_of(self, tree: str) -> str:
        """The commit of a tree. Written by hand where git's objects are files named by SHA-1: a process less."""
        if len(tree) != _SHA1:
            return versions.git_or_error(self.git, "commit-tree", tree, **_NOBODY).strip()
        who = "paribus <referee@paribus.invalid> 946684800 +0000"
        body = f"tree {tree}\nauthor {who}\ncommitter {who}\n\n".encode()
        body = b"commit %d\0%b" % (len(body), body)
        name = hashlib.sha1(body, usedforsecurity=False).hexdigest()
        path = self.git / "objects" / name[:2] / name[2:]
        if not path.exists():
            path.parent.mkdir(exist_ok=True)
            atomic.write_whole(path, zlib.compress(body), settled=False)
        return name

    def keep(self, name: str, version: Version) -> None:
        """Give a version a name in our repository, for people who look at it with git.

        By hand where names are files; a power cut may take one.
        """
        tags = self.git / "refs" / "tags"
        if not tags.is_dir():
            git(self.git, "update-ref", f"refs/tags/{name}", version.commit)
            return
        with contextlib.suppress(OSError):
            atomic.write_whole(tags / name, f"{version.commit}\n".encode(), durable=False)

    def differing(self, one: Version, other: Version) -> list[str]:
        """The files in which two versions differ, by their paths in the repository."""
        return [] if one == other else versions.differing(self.git, one.commit, other.commit)

    def patches(self, pairs: Sequence[tuple[Version, Version]]) -> list[str]:
        """By pair, what leads from the first version to the second, line by line without what stands around it."""
        names = [f"{one.tree} {other.tree}" for one, other in pairs]
        how = ("-r", "-p", "-U0", "--no-renames", "--full-index", "--no-ext-diff", "--no-textconv", "--no-color")
        given = "".join(f"{name}\n" for name in dict.fromkeys(names))
        said = git(self.git, "-c", "core.quotePath=off", "diff-tree", "--stdin", *how, given=given) or ""
        found = dict.fromkeys(names, "")
        _, *rest = re.split(r"^([0-9a-f]{40,64} [0-9a-f]{40,64})\n", said, flags=re.MULTILINE)
        found |= dict(zip(rest[::2], rest[1::2], strict=True))
        return [found[name] for name in names]

    def without(self, version: Version, before: Version, after: Version) -> Version | None:
        """A version with the edit from `before` to `after` taken out again; None where that cannot be done cleanly."""
        index = {"GIT_INDEX_FILE": str(self.git / "audit")}
        git(self.git, "read-tree", version.tree, **index)
        edit = git(self.git, "diff", "--binary", "--full-index", "--no-renames", after.commit, before.commit)
        if edit is None or git(self.git, "apply", "--cached", given=edit, **index) is None:
            return None
        with self._said():
            return self._version(versions.git_or_error(self.git, "write-tree", **index))

    def commit(self, paths: Iterable[str], message: str) -> str:
        """Commit these files to the user's branch, as they are in the working tree. Raises ParibusError."""
        names = [f":(top,literal){path}" for path in paths]
        if self._has_committed(names):  # and was killed before it was noted
            return (git(self.top, "rev-parse", "HEAD") or "").strip()
        try:
            versions.git_or_error(self.top, "add", "--all", "--", *names)
            versions.git_or_error(self.top, "commit", "--quiet", "--only", "-m", message, "--", *names, **_committer())
        except (OSError, subprocess.CalledProcessError) as error:
            raise ParibusError(
                "the edit is kept, but git did not commit it in {path}: {reason}. Mend that, and give the same command "
                "again: nothing is run twice",
                path=self.top,
                reason=reason_of(error) if isinstance(error, OSError) else versions.last_words(error),
            ) from None
        return (git(self.top, "rev-parse", "HEAD") or "").strip()

    def check_committer(self) -> None:
        """Raise ParibusError where git could not commit, before anything is run."""
        if git(self.top, "var", "GIT_COMMITTER_IDENT", **_committer()) is None:
            raise ParibusError(
                "--commit needs to know who commits: git config user.name NAME, and git config user.email ADDRESS"
            )

    def _has_committed(self, names: Sequence[str]) -> bool:
        """Whether the last commit has these files as the working tree has them."""
        return git(self.top, "diff", "--quiet", "HEAD", "--", *names) is not None and not git(
            self.top, "ls-files", "--others", "--exclude-standard", "--", *names
        )


def _committer() -> dict[str, str]:
    """Who commits, where the user's environment says so."""
    return {n: value for n, value in os.environ.items() if n.startswith(("GIT_AUTHOR_", "GIT_COMMITTER_"))}


def _copy(source: Path, target: Path, tree: str) -> None:
    """All files of a tree from one repository into another."""
    listed = git(source, "rev-list", "--objects", "--no-object-names", tree)
    pack = None if listed is None else git(source, "pack-objects", "--stdout", "--quiet", given=listed)
    if pack is None or git(target, "unpack-objects", "-q", given=pack) is None:
        raise ParibusError("git could not copy the revision's files from {path}", path=source)

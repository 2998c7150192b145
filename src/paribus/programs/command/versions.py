"""Two versions of the code: a revision of the user's git repository, checked out where nothing of theirs is touched.

A clone that shares the objects, in a folder of its own, and no `git worktree`: their repository notes nothing of it,
so that no kill can leave anything there.
"""

from __future__ import annotations

import contextlib
import functools
import os
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from paribus.core.errors import Fault, ParibusError, StoreError, nearest, reason_of
from paribus.core.temporary import make_temporary, sweep_temporaries


def git(place: Path, *words: str, given: str = "", **variables: str) -> str | None:
    """What git says in a folder; None where it refuses, or is not there. given: what it reads from stdin."""
    try:
        return git_or_error(place, *words, given=given, **variables)
    except (OSError, subprocess.SubprocessError):
        return None


def git_or_error(place: Path, *words: str, given: str = "", **variables: str) -> str:
    """The same. Raises OSError where git cannot be started, CalledProcessError where it refuses."""
    # Not the repository that a hook points to, and no lock in the user's own.
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    done = subprocess.run(
        ["git", "-C", str(place), *words],
        input=os.fsencode(given),
        capture_output=True,
        check=True,
        env=inherited | {"GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"} | variables,
    )
    return os.fsdecode(done.stdout)


def commit_of(place: Path, revision: str) -> str | Fault:
    """The commit that a revision names, or what is wrong with it."""
    if git(place, "rev-parse", "--show-toplevel") is None:
        return Fault("--arm NAME=GITREV takes revisions of a git repository, and {path} is in none", path=place)
    commit = git(place, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    if commit is None:
        names = (git(place, "for-each-ref", "--format=%(refname:short)") or "").split()
        return Fault("git knows no such revision", revision, hint=nearest(revision, ["HEAD", *names]))
    return commit.strip()


@functools.lru_cache(maxsize=64)  # a commit has one tree, and every plan and every run asks for it
def tree_of(place: Path, commit: str) -> str:
    """The digest of all files of a commit. Raises ParibusError where git no longer has it."""
    tree = git(place, "rev-parse", "--verify", "--quiet", f"{commit}^{{tree}}")
    if tree is None:
        raise ParibusError("git no longer has the revision {name} in {path}", name=commit[:12], path=place)
    return tree.strip()


def differing(place: Path, one: str, other: str) -> list[str]:
    """The files in which two commits differ."""
    return (git(place, "diff", "--name-only", "-z", one, other) or "").split("\0")[:-1]


def ignored(place: Path) -> list[str]:
    """Files and whole folders that git ignores below a folder."""
    words = ("ls-files", "-z", "--others", "--ignored", "--exclude-standard", "--directory", "--no-empty-directory")
    names = (git(place, *words) or "").split("\0")[:-1]
    return [name for name in names if not name.rstrip("/").endswith("__pycache__")]


def is_dirty(place: Path) -> bool:
    """Whether a tracked file has changes that are in no commit."""
    return bool(git(place, "status", "--porcelain", "--untracked-files=no"))


def top_of(place: Path) -> Path | None:
    """The folder of the repository that a folder is in; None where it is in none."""
    top = git(place, "rev-parse", "--show-toplevel")
    return None if top is None else Path(top.removesuffix("\n"))


@contextlib.contextmanager
def checked_out(
    place: Path, commit: str, links: Sequence[str], code: Mapping[str, str], ready: Ready | None = None
) -> Iterator[tuple[Path, Path]]:
    """The folder that `place` is in a clean checkout of the commit, and the checkout itself, which ends with this.

    links: what git ignores and runs need nevertheless: paths from `place`, linked to where the user has them.
    code: where the commit is, if that is no repository of the user's: `git`, and `below`, where `place` is in it (its
    owner removes what killed processes left). ready: the checkout, where it was made beforehand.
    """
    top = Path(code["git"]) if code else top_of(place)
    if top is None:
        raise ParibusError("{path} is in no git repository", path=place)
    below = code["below"] if code else place.resolve().relative_to(top.resolve())
    if not code:
        sweep_temporaries()
    checkout = (ready and ready.taken()) or _clean(top, commit, bare=bool(code))
    try:
        with _making(checkout):
            (checkout / below).mkdir(parents=True, exist_ok=True)
        for link in links:
            there = checkout / below / link
            if os.path.lexists(there):
                raise ParibusError(
                    "--link {name}: the revision {revision} has that already", name=link, revision=commit[:12]
                )
            with _making(there):
                there.parent.mkdir(parents=True, exist_ok=True)
                there.symlink_to((place / link).resolve())
        yield checkout / below, checkout
    finally:
        if code:
            _remove_meanwhile(checkout)
        else:
            shutil.rmtree(checkout, ignore_errors=True)


def _remove_meanwhile(checkout: Path) -> None:
    """While the next run goes on already: on some file systems each folder takes milliseconds."""
    threading.Thread(target=shutil.rmtree, args=(checkout,), kwargs={"ignore_errors": True}).start()


class Ready:
    """A checkout that a thread makes before a run asks for it, from a bare repository of ours.

    It is the run's that takes it, or it is removed.
    """

    def __init__(self, top: Path, commit: str) -> None:
        self._checkout: Path | None = None
        self._thread = threading.Thread(target=self._make, args=(top, commit))
        self._thread.start()

    def _make(self, top: Path, commit: str) -> None:
        with contextlib.suppress(StoreError):  # who takes none makes one, and says what is wrong
            self._checkout = _clean(top, commit, bare=True)

    def taken(self) -> Path | None:
        """The checkout, once; None where it could not be made."""
        self._thread.join()
        checkout, self._checkout = self._checkout, None
        return checkout

    def remove(self) -> None:
        """Nobody will take it."""
        if checkout := self.taken():
            _remove_meanwhile(checkout)


def _clean(top: Path, commit: str, bare: bool) -> Path:
    """A checkout in a temporary folder of its own. Raises StoreError, and leaves nothing, where it cannot be made."""
    with _making(Path(tempfile.gettempdir())):
        checkout = make_temporary("version")
    try:
        with _making(checkout):
            _make(checkout, top, commit, bare)
    except BaseException:
        shutil.rmtree(checkout, ignore_errors=True)
        raise
    return checkout


@contextlib.contextmanager
def _making(path: Path) -> Iterator[None]:
    """Whatever keeps a checkout from being made is no fault of what would run there. Raises StoreError."""
    try:
        yield
    except OSError as error:
        raise StoreError(
            "{path}: cannot be written: {reason}. It is for a clean copy of the code; TMPDIR names another temporary "
            "folder",
            path=path,
            reason=reason_of(error),
        ) from error


def _make(checkout: Path, top: Path, commit: str, bare: bool) -> None:
    """A clone that shares the objects, at the commit. Of a bare repository of ours, which nobody asks for its branches,
    written by hand: a process less for every run. Raises OSError with what git said where it refuses.
    """
    try:
        if bare:
            _make_by_hand(checkout, top, commit)
        else:
            git_or_error(checkout.parent, "clone", "--quiet", "--shared", "--no-checkout", str(top), str(checkout))
            git_or_error(checkout, "checkout", "--quiet", "--detach", commit)
    except subprocess.CalledProcessError as error:
        raise OSError(f"git: {last_words(error)}") from None


def last_words(error: subprocess.CalledProcessError) -> str:
    """What git said as it refused."""
    said = error.stderr.decode(errors="replace").split("\n") if error.stderr else []
    return next((line.strip() for line in reversed(said) if line.strip()), f"exit code {error.returncode}")


def _make_by_hand(checkout: Path, top: Path, commit: str) -> None:
    inside = checkout / ".git"
    (inside / "objects" / "info").mkdir(parents=True)
    (inside / "refs").mkdir()
    (inside / "objects" / "info" / "alternates").write_text(f"{top / 'objects'}\n")
    (inside / "config").write_text("[core]\n\trepositoryformatversion = 0\n\tbare = false\n")
    (inside / "HEAD").write_text(f"{commit}\n")
    git_or_error(checkout, "read-tree", "-u", "--reset", commit)

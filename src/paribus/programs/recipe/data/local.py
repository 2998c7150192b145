"""Where on this machine the files of a named set may lie: put there by a system package, or by a download."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from paribus.core.errors import DataError
from paribus.programs.recipe.data.cache import cache_root
from paribus.programs.recipe.data.folders import find_files
from paribus.programs.recipe.data.known import KnownSet


def system_files(known: KnownSet) -> Mapping[str, Path] | None:
    """The four files of a named set, where a system package has installed them."""
    for folder in known.folders:
        if folder.is_dir():
            try:
                return find_files(folder)
            except DataError:
                continue  # incomplete: as good as absent
    return None


def local_files(known: KnownSet) -> Mapping[str, Path] | None:
    """The four files of a named set, where a system package or a download has put them."""
    downloaded = {name: download_folder(known) / f"{name}.gz" for name in known.gzip_sha256}
    complete = bool(downloaded) and all(path.is_file() for path in downloaded.values())
    return system_files(known) or (downloaded if complete else None)


def download_folder(known: KnownSet) -> Path:
    """Where the files of a named set are put when they are downloaded."""
    return cache_root() / "downloads" / known.name

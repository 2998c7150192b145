"""Versions and machine: what a run's figures may depend on besides recipe, seed and code."""

from __future__ import annotations

import functools
import os
import platform
import re
import subprocess
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import paribus
from paribus.records.run import Environment


def describe(device: str, device_name: str, kernel: str, threads: int) -> Environment:
    """The environment of a run on this device."""
    revision, dirty = _git()
    return Environment(
        paribus=paribus.__version__,
        python=platform.python_version(),
        torch=package_version("torch"),
        numpy=package_version("numpy"),
        platform=platform.platform(),
        processor=processor(),
        device=device,
        device_name=device_name,
        kernel=kernel,
        threads=threads,
        git_revision=revision,
        git_dirty=dirty,
    )


@functools.cache  # a description has thousands of lines, and parsing them all takes ten milliseconds
def package_version(package: str) -> str:
    """A package's version; empty where it is not installed."""
    try:
        described = distribution(package).read_text("METADATA") or ""
    except PackageNotFoundError:
        return ""
    found = re.search(r"^Version: *(\S+)", described, re.MULTILINE)
    return found[1] if found else ""


@functools.cache
def processor() -> str:
    """What the processor calls itself."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        lines = []
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return models[0] if models else platform.processor() or platform.machine()


@functools.cache
def _git() -> tuple[str | None, bool | None]:
    """Revision of the checkout that Paribus runs from, and whether its source was changed; None where there is none."""
    source = Path(paribus.__file__).parent
    if not (source.parents[1] / ".git").exists():
        return None, None
    told = _output("git", "-C", str(source), "status", "--porcelain=v2", "--branch", "--", str(source))
    if told is None:
        return None, None
    lines = told.splitlines()
    found = next((line.split()[2] for line in lines if line.startswith("# branch.oid ")), "(initial)")
    return None if found == "(initial)" else found, any(not line.startswith("#") for line in lines)


def _output(*command: str) -> str | None:
    # Not the repository that a hook points to, and no lock in the user's own.
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    surroundings = inherited | {"GIT_OPTIONAL_LOCKS": "0"}
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=5, check=True, env=surroundings)
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip()

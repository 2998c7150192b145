"""What goes into the wheel: the package's own files, of known kinds, and nothing else of a checkout."""

import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ENDINGS = {
    ".LICENSE",
    ".css",
    ".j2",
    ".js",
    ".md",
    ".mo",
    ".po",
    ".py",
    ".svg",
    ".ttf",
    ".txt",
    ".typed",
    ".woff2",
    ".xz",
}
SOURCES = {".cpp", ".hpp"}  # of the native kernels, which the sdist has
ABOUT = {"METADATA", "WHEEL", "RECORD", "entry_points.txt", "licenses"}


@pytest.mark.slow  # builds it, in an environment of its own
def test_the_wheel_holds_the_package_and_nothing_else(tmp_path):
    words = ["wheel", "--quiet", "--no-deps", "--config-settings=wheel.cmake=false", "--wheel-dir", str(tmp_path), "."]
    built = subprocess.run([sys.executable, "-m", "pip", *words], cwd=ROOT, capture_output=True, text=True, check=False)
    if built.returncode and "scikit-build-core" in built.stderr:
        pytest.skip("what builds it cannot be installed here")
    assert built.returncode == 0, built.stderr
    tracked = subprocess.run(["git", "ls-files", "src/paribus"], cwd=ROOT, capture_output=True, text=True, check=True)
    own = {name.removeprefix("src/") for name in tracked.stdout.split()}
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    about = {name for name in names if ".dist-info/" in name}
    assert {name.split("/")[1] for name in about} == ABOUT
    assert names - about == {name for name in own if Path(name).suffix not in SOURCES}
    assert {Path(name).suffix for name in names - about} == ENDINGS


def test_every_file_of_the_lab_is_locked_by_its_digest_at_the_version_that_is_tested():
    text = (ROOT / "constraints" / "hashed.txt").read_text()
    locked = dict(
        re.findall(r"^([a-z0-9.-]+)==(\S+)(?: ;.*)? \\\n(?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+", text, re.M)
    )
    assert len(locked) == text.count("==") - text.count(" == '")
    tested = dict(line.split("==") for line in (ROOT / "constraints.txt").read_text().split() if "==" in line)
    assert not {name: v for name, v in tested.items() if locked.get(name.lower().replace("_", "-"), v) != v}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    asked = [*project["dependencies"], *project["optional-dependencies"]["lab"]]
    assert {re.split(r"[^a-z0-9-]", one)[0] for one in asked} <= locked.keys()

"""What holds the numbers of `programs.recipe.revisions` to the code: golden runs of 0.1.0, and the code's tokens."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from paribus.programs.recipe.recipe_text import recipe_from
from paribus.programs.recipe.revisions import as_in_0_1_0, parts
from tests.runs.training_code import GOLDEN, KEPT, Watch, digest, tokens

GOLDEN_RUNS = json.loads(GOLDEN.read_text())
ANEW = "python -m tests.runs.training_code --write"


@pytest.fixture(scope="module")
def now():
    """The golden runs made again, in a process of their own: what runs there is the same whichever test ran before."""
    command = [sys.executable, "-m", "tests.runs.training_code"]
    done = subprocess.run(command, cwd=Path(__file__).parents[2], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def comparable(now, kernel: str) -> bool:
    """Whether bits can be the same here: as the golden runs' machine, but for Python."""
    there = GOLDEN_RUNS["environment"]
    same = all(now["environment"][name] == there[name] for name in ("torch", "numpy", "processor", "device"))
    return same and now["sets"] and (now["native"] or not kernel.startswith("native"))


@pytest.mark.parametrize("place", range(len(GOLDEN_RUNS["runs"])))
def test_a_golden_run_ends_with_the_same_weights_or_one_of_its_parts_has_another_number(now, place):
    run = GOLDEN_RUNS["runs"][place]
    if not comparable(now, run["kernel"]):
        pytest.skip("another processor, instruction set, kernel, PyTorch or NumPy may round differently")
    recipe = recipe_from(run["fields"])
    if as_in_0_1_0(recipe, run["kernel"]):
        fault = f"other bits than 0.1.0's: raise the number of what changed among {parts(recipe, run['kernel'])}"
        assert now["weights"][place] == run["weights"], fault


def test_code_that_trains_is_as_it_was_when_its_numbers_were_given(now):
    kept = json.loads(KEPT.read_text())
    changed = sorted(name for name in kept.keys() | now["code"].keys() if kept.get(name) != now["code"].get(name))
    same = all(new == run["weights"] for new, run in zip(now["weights"], GOLDEN_RUNS["runs"], strict=True))
    told = "golden runs have the same bits here" if same else "golden runs cannot be compared here, or differ"
    assert changed == [], (
        f"code that trains has changed; {told}. Where figures changed, raise the numbers of those parts in "
        f"paribus.programs.recipe.revisions. Then: {ANEW}"
    )


BEFORE = '''
def step(self, x):
    """What it does."""
    # why
    y = x + 1  # more
    return f"{y!r} {{}}" if y else 'n o'
'''


@pytest.mark.parametrize(
    "same",
    [
        BEFORE.replace("    # why\n", ""),
        BEFORE.replace('    """What it does."""\n', ""),
        BEFORE.replace("x + 1", "x+1").replace("\n    y", "\n\n    y"),
        BEFORE.replace("(self, x)", "(\n    self, x\n)"),
    ],
)
def test_comments_docstrings_and_layout_do_not_count(same):
    assert digest(tokens(same)) == digest(tokens(BEFORE))


@pytest.mark.parametrize(
    ("old", "new"), [("+ 1", "+ 2"), ("+ 1", "- 1"), ("y!r", "x!r"), ("'n o'", "'n u'"), ("return", "yield")]
)
def test_what_the_code_says_counts(old, new):
    assert digest(tokens(BEFORE.replace(old, new))) != digest(tokens(BEFORE))


def test_the_code_is_told_alike_by_every_python():
    """As computed by Python 3.11, 3.12 and 3.13, which take f-strings apart differently."""
    assert digest(tokens(BEFORE)) == "171d9ba82cc14688"


def watched(root: Path, file: str, source: str) -> dict[str, str]:
    """What a call of `step` in that file leaves."""
    path = root / file
    path.parent.mkdir(parents=True)
    path.write_text(source)
    names: dict[str, object] = {}
    exec(compile(source, str(path), "exec"), names)
    watch = Watch(root)
    sys.setprofile(watch)
    try:
        names["step"](None, 1)  # type: ignore[operator]
    finally:
        sys.setprofile(None)
    return watch.digests()


def test_a_move_does_not_count_and_a_change_does(tmp_path):
    before = watched(tmp_path / "old", "programs/recipe/training/fit.py", BEFORE)
    assert before == {"step": digest(tokens(BEFORE.strip()))}
    assert watched(tmp_path / "new", "programs/recipe/training/loop.py", "import sys\n" + BEFORE) == before
    assert watched(tmp_path / "changed", "programs/recipe/training/fit.py", BEFORE.replace("+ 1", "+ 2")) != before

"""What makes two runs of a function the same run: code, what it refers to, files; and what does not matter."""

from __future__ import annotations

import functools
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from paribus.programs.function.modules import find
from paribus.runs.planning import Plan
from tests.programs.function.making import as_program, make, planned, written

MAIN = """
    import json
    from owned import helper
    from owned.deep import part as renamed

    def train(seed: int, *, a: int = 1):
        import owned.late
        return {"x": helper.SCALE * a + owned.late.ADDED}
"""


@pytest.fixture
def owned(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package of the user's own, as first written."""
    folder = tmp_path / "code"
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(folder))
    for name, text in {
        "mytrain_here": MAIN,
        "owned.__init__": "",
        "owned.helper": "SCALE = 2\n",
        "owned.late": "from .deep.other import ADDED\n",
        "owned.unrelated": "X = 1\n",
        "owned.deep.__init__": "",
        "owned.deep.part": "from ..helper import SCALE\n",
        "owned.deep.other": "ADDED = 0\n",
    }.items():
        written(folder, name, text)
    forgotten()
    return folder


def forgotten() -> None:
    """As in a new command."""
    for name in [one for one in sys.modules if one.startswith(("owned", "mytrain_here"))]:
        del sys.modules[name]


def plan_of(tmp_path: Path) -> Plan:
    forgotten()
    return planned("mytrain_here:train", tmp_path / "lab")


@pytest.mark.parametrize(
    ("module", "text", "anew"),
    [
        ("mytrain_here", MAIN.replace("* a", "* a * 1"), "mytrain_here.py"),
        ("mytrain_here", MAIN.replace("import json", "import json  # a comment\n"), ""),
        ("owned.helper", "SCALE = 3\n", "owned/helper.py"),
        ("owned.helper", "# a comment\nSCALE = (\n    2)\n", ""),
        ("owned.__init__", "import owned.unrelated\n", "owned/__init__.py, owned/unrelated.py"),
        ("owned.late", "from .deep.other import ADDED\n\nADDED += 1\n", "owned/late.py"),
        ("owned.deep.other", "ADDED = 5\n", "owned/deep/other.py"),
        ("owned.unrelated", "X = 2\n", ""),
    ],
)
def test_an_edited_module_makes_runs_anew_and_the_plan_says_which(
    owned: Path, tmp_path: Path, module: str, text: str, anew: str
) -> None:
    before = make("mytrain_here:train", tmp_path / "lab")
    written(owned, module, text)
    after = plan_of(tmp_path)
    same = [task.run_id for task in before.plan.tasks] == [task.run_id for task in after.tasks]
    assert (same, after.finished) == ((True, 2) if not anew else (False, 0))
    assert [str(note) for note in after.notes] == [
        f"Runs are made anew: {anew} changed since the earlier ones." for _ in range(1) if anew
    ]


def test_a_depended_on_file_counts(owned: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    (data / "a.csv").write_text("1")
    first = make("mytrain_here:train", tmp_path / "lab", depends=["data"])
    assert planned("mytrain_here:train", tmp_path / "lab", depends=[Path("data")]).finished == 2
    (data / "a.csv").write_text("2")
    after = planned("mytrain_here:train", tmp_path / "lab", depends=["data"])
    assert after.finished == 0
    assert "data changed" in str(after.notes[0])
    assert first.plan.design.id == after.design.id  # the same comparison, looked at again


def test_a_module_edited_after_the_plan_is_not_run_under_its_name(owned: Path, tmp_path: Path) -> None:
    from paribus.core.errors import StoreError
    from paribus.runs.engines.worker import perform_together

    plan = plan_of(tmp_path)
    written(owned, "owned.helper", "SCALE = 9\n")
    with pytest.raises(StoreError, match="not those of the plan"):
        perform_together(plan.tasks[:1])


def measured(seed: int, *, a: int = 1) -> dict[str, object]:
    return {"x": a, "acc": 92.0, "loss": float("nan"), "text": "0.1"}


def test_another_metric_reuses_the_runs_that_have_it(tmp_path: Path) -> None:
    first = make(measured, tmp_path, metric="x")
    second = make(measured, tmp_path, metric="acc:max:percent")
    assert (second.plan.finished, second.plan.design.id == first.plan.design.id) == (2, False)
    for metric, status in (("loss:min", "diverged"), ("text:min", "failed"), ("none:max", "failed"), ("acc", "failed")):
        made = make(measured, tmp_path, metric=metric)
        assert (made.plan.finished, made.first.record.status) == (0, status)
    assert make(measured, tmp_path, metric="x").first.record.figures["x"] == 1.0


CELL = """
import numpy as np
import torch
from dataclasses import dataclass
SCALE = 2
TABLE = np.arange(4)
UNUSED = 1
NAMES = {"b", "a", "c"}

@dataclass
class Options:
    width: int = 3

class Net(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = torch.nn.Linear(1, 1)

    def forward(self, x):
        return self.layer(x) * SCALE

def helper(x):
    return x * SCALE

def train(seed, *, a=1):
    assert NAMES
    Net()
    return {"x": helper(a) + TABLE.sum() + Options().width}
"""


def of_cell(*changes: tuple[str, str], name: str = "train") -> Any:
    """A function as a notebook has it, after its cell was changed and run."""
    text = CELL
    for before, after in changes:
        assert before in text
        text = text.replace(before, after)
    names: dict[str, Any] = {"__name__": "__main__"}
    exec(compile(text, "<cell>", "exec"), names)
    return names[name]


def identity(function: Callable[..., Any]) -> str:
    return as_program(function).info.identity


@pytest.mark.parametrize(
    "change",
    [
        ("SCALE = 2", "SCALE = 3"),
        ("np.arange(4)", "np.arange(5)"),
        ('"c"}', '"d"}'),
        ("width: int = 3", "width: int = 4"),
        ("return x * SCALE", "return x + SCALE"),
        ("torch.nn.Linear(1, 1)", "torch.nn.Linear(1, 1, bias=False)"),
        ("assert NAMES", "assert NAMES or a"),
    ],
)
def test_what_a_notebook_s_function_refers_to_counts(change: tuple[str, str]) -> None:
    assert identity(of_cell()) == identity(of_cell())
    assert identity(of_cell(change)) != identity(of_cell())


def test_what_it_does_not_refer_to_does_not_count() -> None:
    change = ("UNUSED = 1", "UNUSED = 2\n\n# moved down\n")
    assert identity(of_cell(change)) == identity(of_cell())


def test_a_notebook_s_function_reaches_the_workers(tmp_path: Path) -> None:
    cached = ("def helper(x)", "import functools\n@functools.cache\ndef helper(x)")
    made = make(of_cell(cached), tmp_path, pool=1)
    assert [found["x"] for found in made.figures.values()] == [2 + 6 + 3, 4 + 6 + 3]


def closure(value: object) -> Callable[..., Any]:
    def inner(seed: int, *, a: int = 1) -> Any:
        return value

    return inner


class Holder:
    def __init__(self, value: object) -> None:
        self.value = value

    def __call__(self, seed: int, *, a: int = 1) -> Any:
        return self.value


def with_option(seed: int, option: Any = None, *, a: int = 1) -> Any:
    return option


VALUES: list[Callable[[], Any]] = [
    lambda: 1,
    lambda: 1.0,
    lambda: True,
    lambda: "1",
    lambda: b"1",
    lambda: None,
    lambda: [1, 2],
    lambda: (1, 2),
    lambda: {"a": 1},
    lambda: {1, 2},
    lambda: np.arange(3),
    lambda: np.arange(3.0),
    lambda: np.float32(1),
    lambda: torch.arange(3),
    lambda: torch.arange(3).float(),
    lambda: torch.nn.ReLU(),
    lambda: torch.nn.GELU(),
    lambda: torch.relu,
    lambda: torch.float32,
    lambda: np.mean,
    lambda: np.std,
    lambda: len,
    lambda: Path("a"),
    lambda: np.random.default_rng(1),
    lambda: lambda x: x,
    lambda: lambda x: x + 1,
    lambda: Holder(1),
    lambda: Holder(2),
    lambda: functools.partial(with_option, option=2),
    lambda: functools.lru_cache(of_cell(name="helper")),
    lambda: functools.lru_cache(of_cell(("x * SCALE", "x"), name="helper")),
]


@pytest.mark.parametrize("wrap", [closure, Holder, lambda value: functools.partial(with_option, option=value)])
def test_values_are_told_apart_and_equal_ones_are_not(wrap: Callable[[object], Callable[..., Any]]) -> None:
    first, second = ([identity(wrap(value())) for value in VALUES] for _ in range(2))
    assert first == second
    assert len(set(first)) == len(VALUES)


def test_what_holds_itself_is_told() -> None:
    def looped(end: int) -> Callable[..., Any]:
        value: list[Any] = [1, end]
        value.append(value)
        return closure(value)

    assert identity(looped(1)) == identity(looped(1)) != identity(looped(2))


SCRIPT = """
import numpy as np
NAMES = {"b", "a", "c"}

class Options:
    tables = [np.arange(3), {1: {"x", "y"}}]

def train(seed, *, a=1, b=None):
    return {"x": len(NAMES | {"d", "e"}) + Options().tables[0][0]}

from paribus.programs.function.program import function_program
from paribus.programs.metrics import metric_named
print(function_program(train, metrics=[metric_named("x")]).info.identity)
"""


def test_the_identity_is_the_same_in_every_process(tmp_path: Path) -> None:
    (tmp_path / "script.py").write_text(SCRIPT)
    told = set()
    for seed in ("1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        command = [sys.executable, str(tmp_path / "script.py")]
        done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
        told.add(done.stdout)
    assert len(told) == 1
    assert len(told.pop()) == 65


def test_a_package_without_a_file_of_its_own_on_the_path_is_followed(tmp_path, monkeypatch):
    """Its folders may lie in several places, and nothing of it is loaded."""
    for place, name in (("one", "a"), ("two", "b")):
        (tmp_path / place / "spaces" / "inner").mkdir(parents=True)
        (tmp_path / place / "spaces" / "inner" / f"{name}.py").write_text("x = 1\n")
        monkeypatch.syspath_prepend(tmp_path / place)
    for name in ("a", "b"):
        spec = find(f"spaces.inner.{name}")
        assert spec is not None
        assert Path(str(spec.origin)).parts[-3:] == ("spaces", "inner", f"{name}.py")
    assert find("spaces.inner.c") is None
    assert "spaces" not in sys.modules

"""What makes a run the same run: recipe, seed, data, and the code that trains."""

import shutil
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

import paribus
from paribus.experiment import environment, identity
from paribus.experiment.identity import NOT_TRAINING, code_identity, code_of, device_identity, training_files
from paribus.experiment.store.names import is_safe
from paribus.values.recipe import LESSON, Recipe
from tests.tasks import recipe_run_id

SOURCE = Path(paribus.__file__).parent


@pytest.fixture
def copy(tmp_path, monkeypatch):
    """A copy of the source, which `code_identity` takes for the one that runs."""
    shutil.copytree(SOURCE, tmp_path / "paribus", ignore=shutil.ignore_patterns("*.gz", "*.npz", "__pycache__"))
    monkeypatch.setattr(paribus, "__file__", str(tmp_path / "paribus" / "__init__.py"))
    identity._source_digest.cache_clear()
    yield tmp_path / "paribus"
    identity._source_digest.cache_clear()


def identity_now():
    identity._source_digest.cache_clear()
    return code_identity("cpu", "pytorch")


def test_the_files_of_a_training_are_those_of_the_lower_floors():
    names = {path.relative_to(SOURCE).as_posix() for path in training_files()}
    floors = [SOURCE / floor for floor in ("values", "matter", "engine")]
    sources = [path for floor in floors for path in floor.rglob("*.py")]
    expected = {path.relative_to(SOURCE).as_posix() for path in sources}
    assert names == (expected | {"experiment/worker.py"}) - set(NOT_TRAINING)
    assert set(NOT_TRAINING) <= expected, "every exception names a file that is there"


def test_an_exception_is_a_file_that_the_training_loop_and_its_matter_do_not_use():
    """errors, events and recipe_faults word things; the others are never imported by what trains a run."""
    loaded = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys; from paribus.engine import fit, evaluate, state, optimizers, probes; "
            "from paribus.matter.models import build_model; "
            "print(*(m for m in sys.modules if m.startswith('paribus.')))",
        ],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    exceptions = {"paribus." + name.removesuffix(".py").replace("/", ".") for name in NOT_TRAINING}
    talk = {f"paribus.values.{name}" for name in ("errors", "events", "recipe_faults")}
    fetch = {m for m in exceptions if m.startswith("paribus.matter.data.")}  # opened by name, identified by digest
    assert exceptions & set(loaded) <= talk | fetch


@pytest.mark.parametrize(
    "name", ["engine/fit.py", "matter/models/built_in/lenet/network.py", "values/seeds.py", "experiment/worker.py"]
)
def test_code_that_trains_changes_the_identity_and_its_comments_do_not(copy, name):
    before = identity_now()
    source = (copy / name).read_text()
    (copy / name).write_text(source + "\n\n# a remark\n")
    assert identity_now() == before
    (copy / name).write_text(source + "\n_MORE = 1\n")
    assert identity_now() != before


def test_code_that_trains_nothing_and_line_ends_leave_the_identity(copy):
    before = identity_now()
    for name in (*NOT_TRAINING, "cli/main.py", "analysis/compare.py", "experiment/design.py"):
        (copy / name).write_text((copy / name).read_text() + "\n_MORE = 1\n")
    path = copy / "engine" / "fit.py"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert identity_now() == before


def test_a_new_file_of_a_lower_floor_changes_the_identity(copy):
    before = identity_now()
    (copy / "engine" / "more.py").write_text("MORE = 1\n")
    assert identity_now() != before


def test_comments_and_docstrings_do_nothing_and_texts_do():
    plain = "def f(x):\n    return x + 1\n\nclass A:\n    y = 1\n"
    told = (
        '"""Module."""\n\n# why\ndef f(x):\n    """Say."""\n\n    return (x +\n            1)\n\n'
        'class A:\n    "A."\n    y = 1\n'
    )
    assert code_of(plain) == code_of(told)
    assert code_of("x = 'a'") != code_of("x = 'b'")
    assert code_of("x = 1") != code_of("x = 1.0")


def test_a_native_kernel_counts_as_it_was_built(monkeypatch):
    built = {digest: [] for digest in ("one", "other")}
    for digest, found in built.items():
        monkeypatch.setattr(identity, "native_digest", lambda digest=digest: digest)
        found.extend([code_identity("cpu", "native-avx2"), code_identity("cpu", "pytorch")])
    assert built["one"][0] != built["other"][0]
    assert built["one"][1] == built["other"][1]


def test_gpus_of_two_models_are_two_devices_and_processors_are_one():
    assert device_identity("cuda", "A") != device_identity("cuda", "B")
    assert device_identity("cpu", "x86_64") == device_identity("cpu", "arm64") == "cpu"


def test_versions_device_kernel_and_a_model_of_ones_own_are_part_of_the_identity(monkeypatch):
    plain = code_identity("cpu", "pytorch")
    assert len(plain) == 64
    assert code_identity("cpu", "pytorch", "") == plain
    others = [
        code_identity("cuda", "pytorch"),
        code_identity("cpu", "other"),
        code_identity("cpu", "pytorch", "e" * 64),
    ]
    for package in ("torch", "numpy"):
        monkeypatch.setattr(
            identity, "version", lambda name, package=package: "0.0" if name == package else version(name)
        )
        others.append(code_identity("cpu", "pytorch"))
    assert len({plain, *others}) == 6


def test_planning_needs_no_torch():
    code = (
        "import sys; from paribus.experiment import design, environment, identity, store; "
        "identity.code_identity('cpu', 'pytorch'); environment.describe('cpu', 'x', 'pytorch', 1); "
        "sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_run_is_named_by_what_it_is_and_by_all_that_makes_it():
    name = recipe_run_id(Recipe(activation="sigmoid"), 3, "c" * 64, "d" * 64)
    assert name.startswith("lenet-sigmoid-")
    assert name.endswith("-s3")
    assert name == recipe_run_id(Recipe(activation="sigmoid"), 3, "c" * 64, "d" * 64)
    others = [
        recipe_run_id(Recipe(activation="sigmoid", epochs=14), 3, "c" * 64, "d" * 64),
        recipe_run_id(Recipe(activation="sigmoid"), 4, "c" * 64, "d" * 64),
        recipe_run_id(Recipe(activation="sigmoid"), 3, "e" * 64, "d" * 64),
        recipe_run_id(Recipe(activation="sigmoid"), 3, "c" * 64, "e" * 64),
    ]
    assert len({name, *others}) == 5


def test_the_name_of_a_run_does_not_change_from_one_version_to_the_next():
    """Users have these on their disks: SHA-256 of ["RECIPE'S DIGEST", "c...", "d..."], as computed by sha256sum."""
    assert recipe_run_id(LESSON, 0, "c" * 64, "d" * 64) == "lenet-relu-5d2d7dce13-s0"


@pytest.mark.parametrize("model", ["mine:_Private", "mine:모델", "mine:" + "x" * 300, "a.b.c:Big"])
def test_any_model_gives_a_safe_name(model):
    assert is_safe(recipe_run_id(Recipe(model=model), 10**9, "c" * 64, "d" * 64))


def test_the_environment_says_what_figures_may_depend_on():
    found = environment.describe("cpu", "Some CPU", "pytorch", 1)
    assert (found.device, found.device_name, found.kernel, found.threads) == ("cpu", "Some CPU", "pytorch", 1)
    assert found.torch == version("torch")
    assert found.numpy == version("numpy")
    assert found.python == ".".join(map(str, sys.version_info[:3]))
    assert found.processor


def git(folder, *words):
    subprocess.run(
        ["git", "-c", "user.name=A", "-c", "user.email=a@example.org", "-C", str(folder), *words],
        check=True,
        capture_output=True,
    )


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    """A checkout that the package seems to run from."""
    package = tmp_path / "src" / "paribus"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("")
    monkeypatch.setattr(paribus, "__file__", str(package / "__init__.py"))
    environment._git.cache_clear()
    yield tmp_path
    environment._git.cache_clear()


def test_the_revision_is_that_of_the_checkout_and_dirty_where_its_source_was_changed(checkout, monkeypatch):
    monkeypatch.setenv("GIT_DIR", "/nowhere")  # as inside a hook of another repository
    environment._git.cache_clear()
    assert environment._git() == (None, None), "no checkout, no revision"
    with monkeypatch.context() as clean:
        clean.delenv("GIT_DIR")
        git(checkout, "init", "-q")
        git(checkout, "add", ".")
        git(checkout, "commit", "-q", "-m", "first")
        head = subprocess.run(
            ["git", "-C", str(checkout), "rev-parse", "HEAD"], capture_output=True, text=True, check=True
        ).stdout.strip()
    (checkout / "notes.txt").write_text("not source")
    environment._git.cache_clear()
    assert environment._git() == (head, False)
    (checkout / "src" / "paribus" / "__init__.py").write_text("x = 1\n")
    environment._git.cache_clear()
    assert environment._git() == (head, True)


def test_a_git_that_hangs_or_is_missing_costs_nothing_but_the_revision(checkout, monkeypatch):
    (checkout / ".git").mkdir()

    def hang(*args, **options):
        assert 0 < options["timeout"] <= 10
        raise subprocess.TimeoutExpired(args, options["timeout"])

    def missing(*args, **options):
        raise FileNotFoundError("git")

    for broken in (hang, missing):
        monkeypatch.setattr(environment.subprocess, "run", broken)
        environment._git.cache_clear()
        assert environment._git() == (None, None)

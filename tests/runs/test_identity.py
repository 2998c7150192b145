"""What makes a run the same run: recipe, seed, data, and the code that trains."""

import dataclasses
import hashlib
import json
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

import paribus
from paribus.core.activations import ACTIVATIONS
from paribus.programs.recipe import code_identity, revisions
from paribus.programs.recipe.code_identity import device_identity, former_identities, identity_for
from paribus.programs.recipe.recipe import LESSON, Recipe
from paribus.runs import environment
from paribus.runs.store.safe_names import is_safe
from tests.tasks import recipe_run_id

RELU = Recipe(activation="relu", weight_decay=0.0)


def identity_now(recipe=RELU, kernel="pytorch", device="cpu"):
    return identity_for(recipe, device, kernel)


def test_a_new_activation_or_optimiser_is_no_part_of_another_ones_runs(monkeypatch):
    before = identity_now(), identity_now(Recipe(activation="sigmoid"))
    monkeypatch.setitem(ACTIVATIONS, "mish", dataclasses.replace(ACTIVATIONS["relu"], function="torch:mish"))
    assert (identity_now(), identity_now(Recipe(activation="sigmoid"))) == before


@pytest.mark.parametrize(
    ("part", "recipe", "kernel"),
    [
        ("training", RELU, "pytorch"),
        ("data", RELU, "pytorch"),
        ("optimizer adam", RELU, "pytorch"),
        ("schedule cosine", Recipe(schedule="cosine"), "pytorch"),
        ("activation sigmoid", Recipe(activation="sigmoid"), "pytorch"),
        ("initialisation he", Recipe(initialisation="he"), "pytorch"),
        ("model lenet", RELU, "pytorch"),
        ("batch_norm", Recipe(batch_norm=True), "pytorch"),
        ("dropout", Recipe(dropout=0.1), "pytorch"),
        ("native", RELU, "native-avx2"),
        ("stacked", RELU, "stacked"),
    ],
)
def test_a_part_whose_figures_changed_makes_its_own_runs_others_and_no_run_besides(monkeypatch, part, recipe, kernel):
    elsewhere = Recipe(
        model="mlp", activation="tanh", optimizer="sgd", schedule="step", initialisation="xavier", pooling="avg"
    )
    monkeypatch.setattr(revisions, "REVISIONS", {})
    before = identity_now(recipe, kernel), identity_now(elsewhere)
    assert former_identities(recipe, "cpu", kernel)
    monkeypatch.setattr(revisions, "REVISIONS", {part: 2})
    assert identity_now(recipe, kernel) != before[0]
    assert former_identities(recipe, "cpu", kernel) == (), "0.1.0 gave other bits"
    assert (identity_now(elsewhere) == before[1]) is (part not in ("training", "data"))


def test_parts_that_a_run_does_not_go_through_do_not_count():
    named = revisions.parts(Recipe(batch_norm=False, dropout=0.0), "pytorch")
    assert not {"batch_norm", "dropout", "native", "stacked"} & set(named)


def test_files_and_python_are_no_part_of_it():
    """The same under every Python, and wherever a file lies: what is digested is named, not read."""
    text = json.dumps([*revisions.parts(RELU, "pytorch"), *revisions.revisions(RELU, "pytorch")])
    assert ".py" not in text
    assert str(Path(paribus.__file__).parent) not in text
    assert (
        identity_now()
        == hashlib.sha256(
            json.dumps(
                [revisions.revisions(RELU, "pytorch"), version("torch"), version("numpy"), "pytorch", "", "cpu", ""],
                sort_keys=True,
            ).encode()
        ).hexdigest()
    )


def test_a_native_kernel_counts_as_it_was_built(monkeypatch):
    built = {digest: [] for digest in ("one", "other")}
    for digest, found in built.items():
        monkeypatch.setattr(code_identity, "native_digest", lambda digest=digest: digest)
        found.extend([identity_now(kernel="native-avx2"), identity_now()])
    assert built["one"][0] != built["other"][0]
    assert built["one"][1] == built["other"][1]


def test_gpus_of_two_models_are_two_devices_and_processors_are_one():
    assert device_identity("cuda", "A") != device_identity("cuda", "B")
    assert device_identity("cpu", "x86_64") == device_identity("cpu", "arm64") == "cpu"


def test_versions_device_kernel_and_a_model_of_ones_own_are_part_of_the_identity(monkeypatch):
    plain = identity_now()
    assert len(plain) == 64
    others = [identity_now(device="cuda"), identity_now(kernel="stacked")]
    monkeypatch.setattr(code_identity, "source_digest", lambda model: "e" * 64)
    others.append(identity_now())
    monkeypatch.undo()
    for package in ("torch", "numpy"):
        monkeypatch.setattr(
            code_identity, "_version", lambda name, package=package: "0.0" if name == package else version(name)
        )
        others.append(identity_now())
    assert len({plain, *others}) == 6


def test_planning_needs_no_torch():
    code = (
        "import sys; from paribus.comparison import fair_design; from paribus.runs import environment, planning; "
        "from paribus.runs import store; from paribus.programs.recipe import code_identity; "
        "from paribus.programs.recipe.recipe import LESSON; "
        "code_identity.identity_for(LESSON, 'cpu', 'pytorch'); environment.describe('cpu', 'x', 'pytorch', 1); "
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

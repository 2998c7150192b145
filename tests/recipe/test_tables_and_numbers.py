"""Tables of floats, targets that are numbers, many classes: read, learned from, and judged by the loss or a metric."""

from __future__ import annotations

import csv
import json
import math
import shlex
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from torch import nn

import paribus as pb
from paribus.cli.main import main
from paribus.comparison.compare import design_for
from paribus.core.errors import DataError, ParibusError
from paribus.programs.recipe.constant_answer import constant_answer_of, worse_than_constant
from paribus.programs.recipe.cost import trial
from paribus.programs.recipe.data import look, open_dataset, verify
from paribus.programs.recipe.data.prepare import prepare
from paribus.programs.recipe.data.targets import are_numbers
from paribus.programs.recipe.kernels import PLAIN
from paribus.programs.recipe.metric_choice import info_for
from paribus.programs.recipe.models.one_batch import check_on_one_batch
from paribus.programs.recipe.program import RecipeProgram
from paribus.programs.recipe.recipe import LESSON
from paribus.programs.recipe.recipe_text import recipe_from
from paribus.programs.recipe.training.user_code import matched
from paribus.programs.recipe.worker import perform
from paribus.report.page import render
from paribus.runs.planning import Settings
from paribus.runs.registry import code_of, program_of
from paribus.runs.store import Store
from paribus.runs.store.authorship import _named
from paribus.runs.train_one import plan_training
from paribus.runs.trust import refuse_code
from paribus.words.translation import translator

RNG = np.random.default_rng(5)
X = RNG.normal(size=(60, 3)) * [1, 100, 0.01] + [0, 7, 3]
Y = X[:, 0] * 2 + RNG.normal(size=60) * 0.1


class Net(nn.Sequential):
    def __init__(self, in_features, hidden: int = 8):
        super().__init__(nn.Linear(in_features, hidden), nn.ReLU(), nn.Linear(hidden, 1))


class Flat(Net):
    def forward(self, x):
        return super().forward(x).squeeze(1)


class Lazy(nn.Sequential):
    def __init__(self):
        super().__init__(nn.LazyLinear(4), nn.ReLU(), nn.LazyLinear(1))


class Twice(Net):
    def forward(self, x):
        return super().forward(x), x


class Late(Net):
    """It fails at its second batch of learning."""

    def forward(self, x):
        self.seen = getattr(self, "seen", 0) + self.training
        if self.seen > 1:
            raise ValueError("late")
        return super().forward(x)


def nothing(outputs, targets):
    return math.nan


def rmse(outputs, targets):
    return (outputs - targets).square().mean().sqrt()


def percent(outputs, targets):
    return 93.0


def by_item(outputs, targets):
    return outputs


def own(name: str) -> str:
    return f"{__name__}:{name}"


def table(path: Path, targets: object = Y, names: str = "rooms,age,tax", target: str = "target") -> str:
    rows = [",".join([*(f"{v:.6g}" for v in x), str(y)]) for x, y in zip(X, targets, strict=True)]  # type: ignore[call-overload]
    path.write_text("\n".join([f"{names},{target}", *rows]) + "\n", "utf-8")
    return str(path)


@pytest.fixture
def houses(tmp_path: Path, cache: Path) -> str:
    return table(tmp_path / "houses.csv")


def test_a_table_of_floats_and_numbers_is_read_alike_from_csv_npz_and_python(houses: str, tmp_path: Path) -> None:
    x, y = np.float32(np.array([f"{v:.6g}" for v in X.ravel()], float).reshape(X.shape)), Y.astype(np.float32)
    np.savez(tmp_path / "t.npz", x_train=x, y_train=np.array([float(str(v)) for v in Y]))
    saved = pb.save_dataset(tmp_path / "p.npz", (torch.from_numpy(x), torch.tensor(Y.tolist(), dtype=torch.float64)))
    sets = [open_dataset(path) for path in (houses, str(tmp_path / "t.npz"), saved)]
    assert len({one.digest for one in sets}) == 1
    (one, *_) = sets
    assert (one.classes, one.class_names, one.is_table, one.train_images.shape) == (0, (), True, (48, 3))
    assert sorted(np.concatenate([one.train_labels, one.test_labels])) == sorted(y)
    assert all(check.ok for check in verify(houses))
    mean, deviation = one.spread
    np.testing.assert_allclose(mean, one.train_images.mean(0, dtype=np.float64), rtol=1e-6)
    np.testing.assert_allclose(deviation, one.train_images.std(0, dtype=np.float64), rtol=1e-6)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([0.5, 1.0], True),
        ([0.0, 1.0, 2.0], False),
        ([-1.0, 1.0], False),
        ([7.0, 8.0, 9.0], False),
        ([151.0, 75.0, 141.0], True),
        ([3, 9, 5], False),
        (["a", "b"], False),
    ],
)
def test_numbers_are_floats_that_are_no_run_of_whole_numbers(values: list[object], expected: bool) -> None:
    assert are_numbers(np.array(values)) is expected


def test_whole_numbers_are_classes_until_they_are_written_with_a_point(tmp_path: Path, cache: Path) -> None:
    prices = (np.arange(60) % 6 * 7 + 100).tolist()
    assert open_dataset(table(tmp_path / "a.csv", prices)).class_names == ("100", "107", "114", "121", "128", "135")
    assert open_dataset(table(tmp_path / "b.csv", [f"{p}.0" for p in prices])).numbers
    assert open_dataset(table(tmp_path / "c.csv", [f"{n % 3}.0" for n in range(60)])).class_names == ("0", "1", "2")
    assert open_dataset(table(tmp_path / "d.csv", ["ab"[n % 2] for n in range(60)])).classes == 2


def test_row_numbers_are_left_out_and_columns_of_pixels_are_none(tmp_path: Path, cache: Path) -> None:
    text = Path(table(tmp_path / "plain.csv")).read_text("utf-8").splitlines()
    for name in ("", "Id", "Unnamed: 0"):
        lines = [f"{name},{text[0]}", *(f"{number},{line}" for number, line in enumerate(text[1:]))]
        (tmp_path / "numbered.csv").write_text("\n".join(lines), "utf-8")
        seen = look(str(tmp_path / "numbered.csv"))
        assert seen.dataset.digest == open_dataset(str(tmp_path / "plain.csv")).digest
        assert any("Not used" in str(said) for said in seen.odd)
    iris = "\n".join(["sl,sw,pl,pw,class", *(f"{5 + n},3,1,{n},{n % 2}" for n in range(20))])
    (tmp_path / "iris.csv").write_text(iris, "utf-8")
    assert open_dataset(str(tmp_path / "iris.csv")).train_images.dtype == np.float32
    names = [f"{row}x{column}" for row in range(1, 6) for column in range(1, 6)]
    pixels = [",".join([*names, "class"]), *(",".join(["5"] * 24 + [str(n), str(n % 2)]) for n in range(20))]
    (tmp_path / "pixels.csv").write_text("\n".join(pixels), "utf-8")
    assert open_dataset(str(tmp_path / "pixels.csv")).train_images.shape[1:] == (1, 5, 5)


@pytest.mark.parametrize(
    ("column", "after", "says"),
    [
        ("rooms", "cheap", 'line 2, has "cheap" in the column "rooms", where a number must be'),
        ("rooms", "", 'line 2, has "" in the column "rooms"'),
        ("rooms", "nan", "no finite numbers"),
        ("rooms", "1e999", "no finite numbers|where a number must be"),
        ("target", "nan", "labels that are no finite numbers"),
    ],
)
def test_what_a_table_must_not_hold(column: str, after: str, says: str, tmp_path: Path, cache: Path) -> None:
    first = {"rooms": "1.25", "target": "1.25", column: after}
    lines = ["rooms,target", f"{first['rooms']},{first['target']}", "2.5,3.75", "3.5,4.5", "9.5,1.5", "1.5,2.5"]
    (tmp_path / "t.csv").write_text("\n".join(lines), "utf-8")
    with pytest.raises(DataError, match=says):
        open_dataset(str(tmp_path / "t.csv"))


def test_columns_of_words_are_all_named_with_what_leaves_them_out(tmp_path: Path, cache: Path) -> None:
    rows = [f"{'ab'[n % 2]},{n}.5,{'xy'[n % 2]},{2 * n},{n if n < 9 else ''},{n}.25" for n in range(12)]
    file = tmp_path / "t.csv"
    file.write_text("\n".join(["species,bill-depth,sex,wing,age,price", *rows]), "utf-8")
    for learned in ("species", "price"):
        with pytest.raises(DataError) as told:
            open_dataset(f"{file}:{learned}")
        assert "sex, age" in str(told.value)
        name = shlex.split(str(told.value).rpartition(": ")[2])[0]
        assert open_dataset(name).train_images.shape[1:] == (3 - (learned == "price"),)
    whole = open_dataset(f"{file}:species-sex-age")
    assert whole.class_names == ("a", "b")
    wing, price = whole.train_images[:, 1], whole.train_images[:, 2]
    assert np.array_equal(price, wing / 2 + 0.25)
    assert (
        open_dataset(f"{file}:-SEX-5").digest == whole.digest
    )  # the one column of words that is left; age is the fifth
    less = open_dataset(f"{file}:species-bill-depth-sex-age")  # a name with a minus
    assert np.array_equal(less.train_images, whole.train_images[:, 1:])
    for wrong in ("species-bill", "species-species", "price+price", "species-sex-nothing"):
        with pytest.raises(DataError, match="has no column"):
            open_dataset(f"{file}:{wrong}")
    with pytest.raises(DataError, match="no column left"):
        open_dataset(f"{file}:species-bill-depth-sex-wing-age-price")


def test_floats_of_images_stay_and_every_part_must_be_alike(tmp_path: Path, cache: Path) -> None:
    images = RNG.normal(size=(40, 12, 12)).astype(np.float32)
    labels = np.arange(40) % 4
    dataset = open_dataset(pb.save_dataset(tmp_path / "n.npz", (images, labels), (images[:8], labels[:8])))
    assert (dataset.train_images.dtype, dataset.train_images.shape) == (np.float32, (40, 1, 12, 12))
    assert dataset.std == pytest.approx(float(images.std()), rel=1e-3)
    with pytest.raises(DataError, match="numbers of a float type or classes"):
        pb.save_dataset(tmp_path / "m.npz", (images, Y[:40]), (images[:8], labels[:8]))
    with pytest.raises(DataError, match="same number everywhere"):
        pb.save_dataset(tmp_path / "m.npz", (X, np.full(60, 0.5)))
    with pytest.raises(DataError, match="2 columns of features, but the training rows have 3"):
        pb.save_dataset(tmp_path / "m.npz", (X, Y), (X[:, :2], Y))


def test_a_thousand_classes_are_kept_by_name(tmp_path: Path, cache: Path) -> None:
    labels = np.repeat(np.arange(1000) * 3, 2)
    images = RNG.integers(0, 256, (2000, 4, 4), dtype=np.uint8)
    path = pb.save_dataset(tmp_path / "many.npz", (images, labels), (images, labels))
    dataset = open_dataset(path)
    assert (dataset.classes, dataset.class_names[-1]) == (1000, "2997")
    assert dataset.train_labels[-1] == 999
    assert all(check.ok for check in verify(path))


def test_data_show_says_what_a_table_is(houses: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        main(["data", "show", houses, "--json"])
    told = json.loads(capsys.readouterr().out)
    assert (told["features"], told["height"], told["classes"]) == (3, None, [])
    assert told["targets"]["least"] == pytest.approx(open_dataset(houses).train_labels.min())


def checked(dataset: str, judged: tuple[str, ...] = ("loss",), steer: str = "", **settings: object) -> None:
    """As a comparison's plan is checked."""
    program = RecipeProgram().measured_by(judged, steer)
    usual = {"dataset": dataset, "model": own("Net"), "loss": "torch.nn:MSELoss", **settings}
    factor, values = ("loss", usual.pop("loss")) if isinstance(usual["loss"], list) else ("learning_rate", [0.1, 0.2])
    program.check(design_for(factor, values, "fair", usual, 1, None, False, program=program))  # type: ignore[arg-type]


@pytest.mark.parametrize("model", [own("Net"), own("Flat"), own("Lazy"), "mlp"])
def test_networks_that_give_a_number_for_each_row_pass(houses: str, model: str) -> None:
    checked(houses, (own("rmse") + ":min", "loss"), model=model)


@pytest.mark.parametrize(
    ("said", "changed"),
    [
        ("which have no accuracy", {"judged": ("accuracy",)}),
        ("cross_entropy is of classes", {"loss": "cross_entropy"}),
        ("takes images, and .* is a table of features", {"model": "resnet"}),
        ("takes images, and .* is a table of features", {"model": "lenet"}),
        ("must return its numbers alone.*tuple", {"model": own("Twice")}),
        ("have no loss in common to be judged by", {"loss": ["torch.nn:MSELoss", "torch.nn:L1Loss"]}),
        ("label_noise is of classes", {"label_noise": 0.1}),
        ("taken for a share from 0 to 1, and gave 93", {"judged": (own("percent") + ":max:share",)}),
        ("must give one number", {"judged": (own("by_item"),)}),
        ("has no callable", {"judged": (own("missing"),)}),
    ],
)
def test_what_cannot_be_is_told_before_anything_is_trained(houses: str, said: str, changed: dict[str, object]) -> None:
    with pytest.raises(ParibusError, match=said):
        checked(houses, **changed)  # type: ignore[arg-type]


def test_targets_have_the_outputs_shape_so_that_nothing_broadcasts() -> None:
    loss = matched(nn.MSELoss())
    assert loss(torch.zeros(3, 1), torch.tensor([1.0, 2.0, 3.0])) == pytest.approx(14 / 3)
    assert matched(lambda o, t: t)(torch.zeros(3, 2), torch.ones(3)).shape == (3,)


@pytest.mark.parametrize(
    ("words", "steer", "judged", "steers", "direction"),
    [
        ((), "", "test_accuracy", "val_accuracy", "max"),
        (("test_accuracy:max",), "", "test_accuracy", "val_accuracy", "max"),
        (("loss",), "", "test_loss", "val_loss", "min"),
        (("m:f1",), "", "test_f1", "val_f1", "max"),
        (("m:mae:min",), "loss", "test_mae", "val_loss", "min"),
        (("accuracy", "m:f1"), "m:f1", "test_accuracy", "val_f1", "max"),
    ],
)
def test_what_judges_and_what_steers(
    words: tuple[str, ...], steer: str, judged: str, steers: str, direction: str
) -> None:
    info = info_for(words, steer)
    assert (info.judged, info.steers, info.judging.direction) == (judged, steers, direction)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("f1",), "by loss, or by code of your own"),
        (("accuracy:min",), "a recipe is judged by test_accuracy:max"),
        (("m:mse",), "Write m:mse:min or m:mse:max"),
        (("m:f1:up",), "NAME:min or NAME:max"),
        (("a:f1", "b:f1"), "named once"),
    ],
)
def test_what_is_no_metric(words: tuple[str, ...], said: str) -> None:
    with pytest.raises(ParibusError, match=said):
        info_for(words)


def test_a_metric_is_code_and_part_of_what_a_run_is() -> None:
    info, fields = info_for(["evil:f1:min"], "evil:g"), LESSON.as_fields()
    assert code_of(info, fields) == ("evil:f1", "evil:g")
    assert {"evil:f1", "evil:g"} <= set(_named({"program": info.model_dump(mode="json")}))
    usual, judged = RecipeProgram(), RecipeProgram().measured_by([own("rmse") + ":min"], "")
    assert usual.digest(fields) != judged.digest(fields)
    assert usual.digest(fields) == RecipeProgram().measured_by(["loss"], "").digest(fields)  # the same runs
    how = usual.how([fields], "cpu", "pytorch", "off")
    assert usual.identity(fields, how) != judged.identity(fields, how)
    assert program_of(judged.info).info == judged.info
    assert usual.info == info_for(["accuracy"])


def test_the_batch_is_tried_where_the_recipe_trains(houses: str, monkeypatch: pytest.MonkeyPatch) -> None:
    recipe = recipe_from({"dataset": houses, "model": own("Net"), "loss": "torch.nn:MSELoss"})
    places: list[str] = []
    moved = torch.Tensor.to
    monkeypatch.setattr(torch.Tensor, "to", lambda self, place: places.append(str(place)) or moved(self, "cpu"))
    monkeypatch.setattr(nn.Module, "to", lambda self, place: places.append(str(place)) or self)
    forked = torch.random.fork_rng
    monkeypatch.setattr(torch.random, "fork_rng", lambda devices: forked(devices=[]))
    check_on_one_batch(recipe, open_dataset(houses), 0, None, device="cuda")
    assert places == ["cuda"] * 3


def test_judged_by_a_metric_of_ones_own_from_end_to_end(houses: str, tmp_path: Path) -> None:
    settings = {"dataset": houses, "model": own("Net"), "loss": "torch.nn:MSELoss", "epochs": 1, "batch_size": 8}
    result = pb.compare("hidden", [4, 8], settings=settings, seeds=1, out=tmp_path, metric=own("rmse") + ":min")
    comparison = result.comparison
    assert (comparison.metric.name, comparison.metric.direction) == ("test_rmse", "min")
    assert "--metric=" in comparison.command
    for arm in comparison.arms:
        assert arm.trained is None  # there is no guessing to do better than
        for one in arm.runs:
            assert one.figures["test_rmse"] == pytest.approx(math.sqrt(one.figures["test_loss"]), rel=1e-4)
    data = prepare(open_dataset(houses), recipe_from(settings), 0, torch.device("cpu"))
    errors = data.test_y.numpy() - data.train_y.numpy().mean()
    constant = float(np.sqrt((errors**2).mean()))  # of always answering the mean, by hand
    assert constant_answer_of(comparison)["test_rmse"] == pytest.approx(constant, rel=1e-5)
    assert result.to_dict()["constant_answer"]["test_loss"] == pytest.approx(constant**2, rel=1e-5)
    refuse_code(result, False)  # this user's own command named it
    (result.folder / "seal").unlink()
    with pytest.raises(ParibusError, match="which is code"):
        refuse_code(result, False)
    target = tmp_path / "answers.csv"
    pb.load_run(tmp_path / "runs" / comparison.arms[0].runs[0].id).export("predictions", target)
    rows = list(csv.DictReader(target.read_text("utf-8").splitlines()))
    errors = [float(row["target"]) - float(row["prediction"]) for row in rows]
    shown = comparison.arms[0].runs[0].figures["test_rmse"]
    assert math.sqrt(sum(e * e for e in errors) / len(errors)) == pytest.approx(shown, rel=1e-4)
    assert "test rmse" in render(comparison)


@pytest.mark.parametrize(
    ("constant", "said"),
    [
        (0.5, "gives a test mae of 0.50, and both are worse than that: neither has learned anything of use"),
        (1.5, "gives a test mae of 1.50, and b is worse than that."),
        (2.5, None),
        (None, None),
    ],
)
def test_arms_that_are_worse_than_the_mean_of_the_targets_are_told_so(constant: float | None, said: str | None) -> None:
    info = info_for(["mymetric:mae:min"])
    figures = {"a": 1.0, "b": 2.0}
    arms = [SimpleNamespace(name=name, value=name.upper(), figures=figures) for name in figures]
    told = SimpleNamespace(
        metric=info.judging,
        factor="which",
        evidence=None if constant is None else {"items": "rows", "constant_answer": {"test_mae": constant}},
        judged=lambda arm: SimpleNamespace(mean=figures[arm.name]),
    )
    for lang, words in (("en", said), ("ko", "목푯값의 평균")):
        found = worse_than_constant(told, arms, translator(lang))  # type: ignore[arg-type]
        assert [str(words) in sentence for sentence in found] == [True] * (said is not None)


def test_what_fails_once_training_has_begun_is_a_sentence_and_a_metric_without_a_value_is_data(
    houses: str, tmp_path: Path
) -> None:
    settings = {"dataset": houses, "model": own("Net"), "loss": "torch.nn:MSELoss", "epochs": 1, "batch_size": 8}
    plan = plan_training(None, settings, 0, None, Settings(tmp_path), program=RecipeProgram().measured_by(["loss"], ""))
    task = replace(plan.tasks[0], fields=plan.tasks[0].fields.replace(model=own("Late")))
    with pytest.raises(ParibusError, match=r"code of your own .*Late.* fails in training: ValueError: late \(test_tab"):
        perform(replace(task, code_identity=plan.program.identity(task.fields, task.how)))
    judged = RecipeProgram().measured_by([own("nothing")], "")
    (task,) = plan_training(None, settings, 1, None, Settings(tmp_path), program=judged).tasks
    assert perform(task) == "diverged"
    assert Store(tmp_path).open_run(task.run_id).record().note == "the metric nothing was no finite number"


def test_how_long_it_takes_is_tried_on_numbers_too(houses: str) -> None:
    fields = {"dataset": houses, "model": own("Net"), "loss": "torch.nn:MSELoss", "batch_size": 8}
    assert trial(recipe_from(fields), PLAIN) > 0


def test_the_callers_arrays_stay_as_they_were(tmp_path: Path, cache: Path) -> None:
    before, x, y = X.copy(), X.copy(), Y.copy()
    dataset = open_dataset(pb.save_dataset(tmp_path / "s.npz", (x, y)))
    assert (x == before).all()
    kept = {bytes(row) for row in np.concatenate([dataset.train_images, dataset.test_images])}
    assert kept == {bytes(row) for row in before.astype(np.float32)}

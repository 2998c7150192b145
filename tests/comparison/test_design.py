"""What may be compared: arms that differ in one field, or that are called confounded."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paribus.comparison.fair_design import design_from_factor, design_from_recipes
from paribus.core.errors import ParibusError
from paribus.programs.recipe.built_in_recipes import BUILT_IN
from paribus.programs.recipe.recipe import FIELDS, SPECIFICATIONS, Recipe, recipe_of
from paribus.runs.registry import default_program
from paribus.runs.store.safe_names import is_safe

PROGRAM = default_program()
LESSON, FAIR = BUILT_IN["lesson"][0], BUILT_IN["fair"][0]


def by_factor(factor, *values, base=LESSON, seeds=(0, 1)):
    return design_from_factor(PROGRAM, factor, values, base.as_fields(), "lesson", seeds)


def by_recipes(*recipes, seeds=(0, 1), confounded=False):
    return design_from_recipes(PROGRAM, [(name, one.as_fields()) for name, one in recipes], seeds, confounded)


def test_arms_are_the_base_with_one_field_changed():
    design = by_factor("activation", "sigmoid", "relu", base=FAIR, seeds=range(3))
    assert design.factor == "activation"
    assert [arm.name for arm in design.arms] == ["sigmoid", "relu"]
    assert [recipe_of(arm.fields).differences(FAIR) for arm in design.arms] == [{"activation": ("sigmoid", "relu")}, {}]
    assert design.differences == {"activation": ("sigmoid", "relu")}
    assert design.seeds == (0, 1, 2)
    assert design.recipe_name == "lesson"
    assert not design.confounded


@pytest.mark.parametrize(
    ("factor", "values", "names"),
    [
        ("weight_decay", (0, 1e-4, 0.1), ["0", "0.0001", "0.1"]),
        ("learning_rate", (1e-5, 0.3), ["1e-05", "0.3"]),
        ("batch_norm", (True, False), ["true", "false"]),
        ("dense_widths", ([120, 84], [30], []), ["120-84", "30", "none"]),
        ("dense_widths", (30, [60]), ["30", "60"]),
        ("bias_value", ("default", 0, 0.5), ["default", "0", "0.5"]),
        ("epochs", (5, 15), ["5", "15"]),
    ],
)
def test_an_arm_is_called_by_its_value(factor, values, names):
    assert [arm.name for arm in by_factor(factor, *values).arms] == names


def test_values_that_differ_in_the_last_bit_have_names_that_differ():
    names = [arm.name for arm in by_factor("learning_rate", 0.1, 0.1 + 2**-56, 0.3, 0.1 + 0.2).arms]
    assert names == ["0.1", "0.10000000000000002", "0.3", "0.30000000000000004"]


def test_a_value_is_the_recipes_own():
    """0 and 0.0 are one weight decay, and a list of widths is a tuple."""
    assert [type(arm.value) for arm in by_factor("weight_decay", 0, 0.1).arms] == [float, float]
    assert [arm.value for arm in by_factor("dense_widths", [3], [4]).arms] == [(3,), (4,)]


@pytest.mark.parametrize(
    ("factor", "values", "message"),
    [
        ("activaton", ("relu", "tanh"), r"got \"activaton\"; did you mean activation\?"),
        ("colour", ("red", "blue"), "the fields are dataset, "),
        ("activation", ("relu",), "2 to 20 values"),
        ("activation", (), "2 to 20 values"),
        ("batch_size", tuple(range(1, 23)), "got 22"),
        ("activation", ("relu", "tanh", "relu"), 'the same value twice; got "relu"'),
        ("weight_decay", (0, 0.0), "the same value twice"),
        ("momentum", (0, 0.9), "only optimizer sgd and rmsprop use it"),
        ("step_factor", (0.1, 0.5), "only schedule step uses it"),
        ("dataset", ("mnist", "kmnist"), "the same dataset"),
        ("activation", ("relu", "swish"), 'must be one of identity, sigmoid.*got "swish"'),
        ("batch_size", (64, 0.5), "batch_size must be a whole number; got 0.5"),
    ],
)
def test_an_unfair_or_empty_comparison_is_refused(factor, values, message):
    with pytest.raises(ParibusError, match=message):
        by_factor(factor, *values)


def test_all_faults_are_told_at_once():
    with pytest.raises(ParibusError) as error:
        by_factor("momentum", 2, "much", 0.5, 0.5, seeds=(1, 1))
    for part in ("got 2", 'got "much"', "the same value twice; got 0.5", "would change nothing", "seeds must be"):
        assert part in str(error.value)


@pytest.mark.parametrize("field", [name for name, spec in SPECIFICATIONS.items() if spec.about.used_with])
def test_a_field_that_nothing_uses_is_refused_under_the_recipe_and_taken_where_it_is_used(field):
    values = (2, 3) if field == "step_epochs" else (0.25, 0.5)
    used = {"momentum": FAIR.with_field("optimizer", "sgd"), "beta1": FAIR, "beta2": FAIR}
    own = FAIR.with_field("loss", "mine:focal")
    unused = {"momentum": FAIR, "step_epochs": FAIR, "step_factor": FAIR, "label_smoothing": own}
    step, sgd = FAIR.with_field("schedule", "step"), FAIR.with_field("optimizer", "sgd")
    assert len(by_factor(field, *values, base=used.get(field, step)).arms) == 2
    with pytest.raises(ParibusError, match="would change nothing"):
        by_factor(field, *values, base=unused.get(field, sgd))
    base = unused.get(field, sgd)
    with pytest.raises(ParibusError, match="would change nothing"):
        by_recipes(("a", base.with_field(field, values[0])), ("b", base.with_field(field, values[1])))


def test_two_recipes_that_differ_in_one_field_are_a_fair_comparison():
    design = by_recipes(("first", FAIR), ("second", FAIR.with_field("pooling", "avg")), confounded=True)
    assert design.factor == "pooling"
    assert [arm.name for arm in design.arms] == ["max", "avg"]
    assert design.recipe_name == "first / second"
    assert not design.confounded, "one difference confounds nothing, whatever was allowed"
    assert design.differences == {"pooling": ("max", "avg")}


def test_more_differences_are_refused_and_each_is_named_with_its_values():
    b = FAIR.with_field("activation", "sigmoid").with_field("weight_decay", 0.5).with_field("dense_widths", [30])
    with pytest.raises(ParibusError) as error:
        by_recipes(("a", FAIR), ("b", b))
    message = str(error.value)
    assert "differ in 3" in message
    assert 'activation: "relu" / "sigmoid"' in message
    assert "weight_decay: 0.0 / 0.5" in message
    assert "dense_widths: [120, 84] / [30]" in message
    assert "--confounded" in message

    design = by_recipes(("a", FAIR), ("b", b), confounded=True)
    assert design.confounded
    assert design.factor == "dense_widths+activation+weight_decay"
    assert [(arm.name, arm.value, recipe_of(arm.fields)) for arm in design.arms] == [("a", "a", FAIR), ("b", "b", b)]
    assert set(design.differences) == {"activation", "weight_decay", "dense_widths"}


def test_files_of_one_name_get_names_of_their_own():
    recipes = [FAIR.with_field("epochs", n).with_field("batch_size", n) for n in (1, 2, 3, 4)]
    names = ["a", "a", "a (2)", "b"]
    design = by_recipes(*zip(names, recipes, strict=True), seeds=(0,), confounded=True)
    assert [arm.name for arm in design.arms] == ["a", "a (3)", "a (2)", "b"]


@pytest.mark.parametrize(
    ("recipes", "message"),
    [
        ([("a", FAIR)], "2 to 20 recipes; got 1"),
        ([("a", FAIR), ("b", FAIR)], "the same recipe: a and b"),
        ([("a", FAIR), ("b", LESSON), ("c", FAIR)], "the same recipe: a and c"),
        ([("a", FAIR), ("b", FAIR.with_field("dataset", "kmnist"))], "the same dataset"),
    ],
)
def test_recipes_that_cannot_be_compared(recipes, message):
    with pytest.raises(ParibusError, match=message):
        by_recipes(*recipes, confounded=True)


@pytest.mark.parametrize("seeds", [(), (1, 1), (-1, 0)])
def test_seeds_are_different_and_not_negative(seeds):
    with pytest.raises(ParibusError, match="seeds must be different whole numbers"):
        by_factor("pooling", "max", "avg", seeds=seeds)
    with pytest.raises(ParibusError, match="seeds must be different whole numbers"):
        by_recipes(("a", FAIR), ("b", FAIR.with_field("pooling", "avg")), seeds=seeds)


def test_adding_seeds_finds_the_same_comparison_again_and_nothing_else_does():
    first = by_factor("activation", "sigmoid", "relu")
    assert first.id.startswith("activation-relu-sigmoid-")
    assert by_factor("activation", "relu", "sigmoid").id == first.id  # swapping the arms starts no new count of looks
    assert by_factor("activation", "sigmoid", "relu", seeds=range(12)).id == first.id
    others = [
        by_factor("activation", "sigmoid", "relu", base=FAIR),
        by_factor("activation", "sigmoid", "relu", base=LESSON.with_field("epochs", 5)),
        by_factor("activation", "sigmoid", "relu", "tanh"),
    ]
    assert len({first.id, *(design.id for design in others)}) == 4


@given(
    field=st.sampled_from(["learning_rate", "weight_decay", "init_gain", "input_scale"]),
    values=st.lists(st.floats(1e-300, 1e300), min_size=2, max_size=20, unique=True),
)
def test_names_are_unique_and_ids_are_safe_for_any_values(field, values):
    design = by_factor(field, *values)
    assert len({arm.name for arm in design.arms}) == len(values)
    assert is_safe(design.id)


@given(names=st.lists(st.text(max_size=80), min_size=2, max_size=5))
def test_ids_and_names_are_safe_for_any_file_names(names):
    recipes = [(name, Recipe(epochs=n + 1, batch_size=n + 1)) for n, name in enumerate(names)]
    design = by_recipes(*recipes, confounded=True)
    assert is_safe(design.id)
    assert len({arm.name for arm in design.arms}) == len(names)


def test_every_field_that_can_be_changed_can_be_a_factor():
    """A second value for each field; the data set is the one that all arms share."""
    other = {
        "validation_fraction": 0.3, "train_size": 100, "normalise": False, "input_scale": 2.0, "label_noise": 0.1,
        "majority_fraction": 0.5, "batch_size": 32, "batch_order": "shuffled", "drop_last": True,
        "model": "mlp", "conv_channels": (3, 8), "dense_widths": (10,), "activation": "tanh",
        "pooling": "avg", "batch_norm": True, "dropout": 0.2, "initialisation": "he", "init_gain": 2.0,
        "bias_value": 0.0, "optimizer": "sgd", "learning_rate": 0.01, "momentum": 0.9, "beta1": 0.8, "beta2": 0.9,
        "weight_decay": 0.0, "schedule": "cosine", "step_epochs": 2, "step_factor": 0.5, "warmup_epochs": 1.0,
        "gradient_clip": 1.0, "label_smoothing": 0.1, "loss": "mine:focal", "epochs": 2,
    }  # fmt: skip
    assert set(other) == set(FIELDS) - {"dataset"}
    bases = {
        "momentum": LESSON.with_field("optimizer", "sgd"),
        "step_epochs": LESSON.with_field("schedule", "step"),
        "step_factor": LESSON.with_field("schedule", "step"),
    }
    for field, value in other.items():
        base = bases.get(field, LESSON)
        design = by_factor(field, getattr(base, field), value, base=base)
        assert [arm.value for arm in design.arms] == [getattr(base, field), value]
        assert is_safe(design.id)

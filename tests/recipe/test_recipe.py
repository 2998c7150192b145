"""Recipes: the lesson's own figures, text and back, and faults that come all at once."""

import json
import math
import tomllib
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

import paribus as pb
from paribus.core.activations import ACTIVATIONS
from paribus.core.errors import ParibusError, RecipeError
from paribus.core.seeds import derive, generator
from paribus.programs.recipe import recipe_digest
from paribus.programs.recipe.built_in_recipes import BUILT_IN
from paribus.programs.recipe.initialisation_schemes import INITIALISATIONS
from paribus.programs.recipe.recipe import FIELDS, LESSON, SPECIFICATIONS, Recipe, inert
from paribus.programs.recipe.recipe_text import parse_assignment, recipe_from, recipe_from_toml, recipe_to_toml

finite = st.floats(allow_nan=False, allow_infinity=False)


def choices(field):
    return st.sampled_from(list(SPECIFICATIONS[field].choices))


share = st.floats(0, 1, exclude_max=True)
recipes = st.builds(
    Recipe,
    dataset=st.text(min_size=1, max_size=40),
    validation_fraction=st.floats(0, 1, exclude_min=True, exclude_max=True),
    train_size=st.integers(0, 10**6),
    normalise=st.booleans(),
    input_scale=finite,
    label_noise=st.floats(0, 1),
    majority_fraction=share,
    batch_size=st.integers(1, 4096),
    batch_order=choices("batch_order"),
    drop_last=st.booleans(),
    model=st.sampled_from(["lenet", "a.b:c", "mine:make"]),
    conv_channels=st.tuples(st.integers(1, 64), st.integers(1, 64)),
    dense_widths=st.lists(st.integers(1, 999), max_size=6).map(tuple),
    activation=st.sampled_from(list(ACTIVATIONS)),
    pooling=choices("pooling"),
    batch_norm=st.booleans(),
    dropout=share,
    initialisation=st.sampled_from(list(INITIALISATIONS)),
    init_gain=st.floats(0, 1e9),
    bias_value=st.one_of(st.just("default"), finite),
    optimizer=choices("optimizer"),
    learning_rate=st.floats(0, 1e30, exclude_min=True),
    weight_decay=st.floats(0, 1e9),
    schedule=choices("schedule"),
    warmup_epochs=st.floats(0, 100),
    gradient_clip=st.floats(0, 1e9),
    label_smoothing=share,
    epochs=st.integers(1, 1000),
)


@given(recipes)
def test_a_recipe_reads_back_from_its_own_toml(recipe):
    text = recipe_to_toml(recipe)
    again = recipe_from_toml(text, "there and back")
    assert again == recipe
    assert (hash(again), again.digest()) == (hash(recipe), recipe.digest())
    assert list(tomllib.loads(text)) == list(FIELDS)


@given(st.text(max_size=200))
def test_no_text_does_worse_than_a_recipe_error(text):
    try:
        recipe = recipe_from_toml(text, "noise.toml")
    except RecipeError as error:
        assert str(error).startswith("noise.toml")
    else:
        assert isinstance(recipe, Recipe)


@given(recipes, recipes)
def test_equal_digests_mean_equal_recipes(a, b):
    assert (a.digest() == b.digest()) is (a == b)
    assert bool(a.differences(b)) is (a != b)


def test_the_lesson_is_the_notebooks_settings_and_fair_mends_two_of_them():
    lesson, fair = BUILT_IN["lesson"][0], BUILT_IN["fair"][0]
    assert (lesson.optimizer, lesson.learning_rate, lesson.weight_decay) == ("adam", 0.001, 0.1)
    assert (lesson.batch_size, lesson.batch_order, lesson.epochs) == (64, "as_is", 15)
    assert (lesson.validation_fraction, lesson.initialisation) == (0.2, "default")
    assert lesson.differences(fair) == {"weight_decay": (0.1, 0.0), "batch_order": ("as_is", "shuffled")}


def test_fast_trains_the_lessons_network():
    fast = BUILT_IN["fast"][0]
    network = ("model", "conv_channels", "dense_widths", "activation", "pooling", "batch_norm", "dropout")
    assert not fast.differences(BUILT_IN["lesson"][0]).keys() & {*network, "dataset", "train_size"}


def test_a_recipe_without_a_field_is_refused_and_says_where_the_lesson_is():
    with pytest.raises(RecipeError, match=r'pb\.recipe\("lesson"\)'):
        Recipe()
    assert recipe_from({}) == BUILT_IN["lesson"][0], "an empty file is the lesson's, as it was"


@pytest.mark.parametrize(
    ("spelling", "value", "field"),
    [
        ("initialization", "he", "initialisation"),
        ("normalize", False, "normalise"),
        ("lr", 0.5, "learning_rate"),
        ("shuffle", True, "batch_order"),
    ],
)
def test_another_spelling_is_accepted_everywhere_and_never_kept(spelling, value, field):
    made = (
        Recipe(**{spelling: value}),
        recipe_from({spelling: value}),
        recipe_from_toml(f"{spelling} = {json.dumps(value)}", "mine.toml"),
        LESSON.with_field(spelling, value),
        pb.recipe("lesson", **{spelling: value}),
    )
    assert len(set(made)) == 1
    assert parse_assignment(f"{spelling}={json.dumps(value)}")[0] == field
    assert spelling not in made[0].model_dump()
    assert spelling not in tomllib.loads(recipe_to_toml(made[0]))


def test_the_digest_is_of_every_field_whatever_the_defaults_are():
    """Measured from what 0.1.0's defaults were, so that its runs and comparisons keep their names."""
    assert LESSON.model_dump(mode="json") == recipe_digest.FIXED_POINT
    later = {**LESSON.model_dump(mode="json"), "weight_decay": 0.0}
    assert recipe_digest.digest(later) == LESSON.with_field("weight_decay", 0.0).digest()
    assert recipe_digest.digest({**later, "new_field": 1}) != recipe_digest.digest(later)
    # As 0.1.0 had them: SHA-256 of {} and of {"weight_decay": 0.0}
    assert LESSON.digest() == "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
    assert LESSON.with_field("weight_decay", 0.0).digest() == sha256(b'{"weight_decay": 0.0}').hexdigest()


def test_a_field_at_its_default_does_not_change_the_digest():
    assert Recipe(momentum=0.0).digest() == LESSON.digest()
    assert Recipe(momentum=0.1).digest() != LESSON.digest()


def test_all_faults_come_at_once_with_rule_value_and_choices():
    with pytest.raises(RecipeError) as caught:
        recipe_from({"activaton": "relu", "pooling": "mean", "learning_rate": -1, "epochs": 1.5, "seed": 3})
    lines = str(caught.value).splitlines()
    assert lines[0] == "recipe has 5 faults:"
    assert '  - pooling must be one of max, avg; got "mean"' in lines
    assert "  - learning_rate must be greater than 0.0; got -1" in lines
    assert "  - epochs must be a whole number; got 1.5" in lines
    assert '  - unknown field "activaton"; did you mean activation?' in lines
    assert any(line.startswith('  - unknown field "seed"; the fields are dataset,') for line in lines)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("epochs", 0),
        ("epochs", True),
        ("learning_rate", 0),
        ("learning_rate", math.inf),
        ("learning_rate", math.nan),
        ("learning_rate", "fast"),
        ("weight_decay", -1e-9),
        ("dropout", 1.0),
        ("beta2", 1.0),
        ("validation_fraction", 0.0),
        ("bias_value", "none"),
        ("dense_widths", [120, 0]),
        ("dense_widths", [1.5]),
        ("conv_channels", [6]),
        ("batch_norm", 1),
        ("model", "resnet152"),
        ("model", "os.path:"),
        ("dataset", ""),
        ("activation", "Rlu"),
    ],
)
def test_values_out_of_range_or_of_the_wrong_type_are_refused_with_the_field_named(field, value):
    with pytest.raises(RecipeError, match=f"^recipe: {field} must .*; got "):
        recipe_from({field: value})


def test_a_recipe_is_frozen():
    with pytest.raises(ValueError, match="frozen"):
        LESSON.epochs = 3  # type: ignore[misc]


@pytest.mark.parametrize(
    ("word", "field", "values"),
    [
        ("activation=sigmoid,relu", "activation", ["sigmoid", "relu"]),
        ("weight_decay=0,1e-4, 0.1", "weight_decay", [0, 1e-4, 0.1]),
        ("dense_widths=[120,84],[10]", "dense_widths", [[120, 84], [10]]),
        ("shuffle=true,false", "batch_order", ["shuffled", "as_is"]),
        ("lr=1e-2", "learning_rate", [0.01]),
        ('dataset="a,b",c', "dataset", ["a,b", "c"]),
        ("batch_norm=true,false", "batch_norm", [True, False]),
        ("model=mine.nets:make", "model", ["mine.nets:make"]),
    ],
)
def test_assignments(word, field, values):
    assert parse_assignment(word) == (field, values)


@pytest.mark.parametrize("word", ["activation", "=relu", "activation=", " = "])
def test_words_that_assign_nothing_are_refused(word):
    with pytest.raises(ParibusError, match="written field=value"):
        parse_assignment(word)


@given(st.text(min_size=1, max_size=60))
def test_no_assignment_does_worse_than_a_paribus_error(word):
    try:
        field, values = parse_assignment(word)
    except ParibusError:
        return
    assert field
    assert values


def test_a_field_is_inert_exactly_where_its_optimizer_or_schedule_ignores_it():
    assert str(inert("momentum", Recipe(optimizer="adam"))) == "only optimizer sgd and rmsprop use it"
    assert not inert("momentum", Recipe(optimizer="sgd"))
    assert str(inert("step_factor", LESSON)) == "only schedule step uses it"
    assert not inert("step_factor", Recipe(schedule="step"))
    assert not inert("epochs", LESSON)


def test_streams_are_independent_of_each_other_and_pinned_forever():
    assert derive(0, "split") == 47549757300230950  # another value here would unpair old runs from new ones
    assert derive(0, "split") != derive(0, "order/0") != derive(1, "order/0")
    a, b = generator(3, "split").random(4), generator(3, "split").random(4)
    assert a.tolist() == b.tolist()
    assert generator(4, "split").random() != a[0]


@pytest.mark.parametrize(
    ("field", "written", "meant"),
    [
        ("activation", "ReLU", "relu"),
        ("activation", "Hard sigmoid", "hard_sigmoid"),
        ("optimizer", "AdamW", "adamw"),
        ("model", "LeNet", "lenet"),
        ("batch_order", "Shuffled", "shuffled"),
    ],
)
def test_a_value_may_be_given_by_the_name_that_is_printed(field, written, meant):
    assert recipe_from({field: written}) == recipe_from({field: meant})
    assert parse_assignment(f"{field}={written},{meant}") == (field, [meant, meant])
    assert recipe_from({"epochs": 2}).with_field(field, written) == recipe_from({"epochs": 2, field: meant})


def test_a_network_takes_the_names_that_are_printed_and_refuses_others_in_words():
    assert pb.LeNet("ReLU").activation_name == "relu"
    assert pb.LeNet("Leaky ReLU").activation_name == "leaky_relu"
    with pytest.raises(pb.ParibusError, match=r'activation must be one of identity, .*got "sigmod"; did you mean sig'):
        pb.LeNet("sigmod")
    with pytest.raises(pb.ParibusError, match='pooling must be one of max, avg; got "min"'):
        pb.LeNet("relu", "min")

"""Errors in Korean: no sentence that the source raises is left in English."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import paribus
from paribus.api.comparing import design_for
from paribus.presentation.errors import error_words
from paribus.presentation.fault_forms import SENTENCES
from paribus.presentation.faults import rule_words
from paribus.values.errors import Fault, FaultsError, ParibusError, RecipeError

ROOT = Path(paribus.__file__).parent
RAISED = {"ParibusError", "ComparisonError", "DataError", "StoreError", "Fault", "Refused", "NotThere", "Interrupted"}
# Said to programs, not to people: misuse of the Python API, and faults inside of a file that we wrote.
TO_PROGRAMS = (
    "every must be a whole number",
    "look must be",
    "probe.step must be called",
    "an image of ",
    "the pixels of test image",
    "a figure of classes is drawn",
    "a figure of features is drawn",
)
# Put together from sentences that are said elsewhere: `test_every_form_is_taken_for_itself` knows what they come to.
COMPOSED = {
    "7 7",
    "7 7.",
    "7 7. A data set is 7, or a folder with 7, plain or gzipped (.gz).",
    "7 holds 7 labels (7) than there are images (7).",
    "7 is not the file it should be: its SHA-256 must be 7; got 7. 7.",
    "7, and one is missing (7). This makes it again: 7",
    "77",
    "7: 7",
    "7: run",
    "7: schema_number must be 7; got 7. Perhaps 7",
    "7; got 7 and 7",
    "a value 7",
    "a value 7; got 7",
    "epochs 7",
    "epochs would change nothing under this recipe: 7",
    "majority_fraction: of the 7 images, 7",
    "the factor must be a field of the recipe; got 7",
    "unknown field 7",
}
PLACES = {
    "field": "epochs",
    "factor": "epochs",
    "choices": "a, b",
    "other": "optimizer",
    "kind": "run",
    "problem": "none is of class 0",
}


def sentence(node: ast.expr) -> str | None:
    """A literal with `<place>` for whatever is put into it; None for what is no literal."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=pieces):
            return "".join(p.value if isinstance(p, ast.Constant) else _place(p.value) for p in pieces)
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            first, second = sentence(left), sentence(right)
            return None if first is None else first + (second or _place(right))
    return None


def _place(node: ast.expr) -> str:
    source = ast.unparse(node)
    if "nearest(" in source or source in ("hint", "there"):
        return ""  # nothing near
    return {"factor": "epochs", "field": "epochs", "found.kind": "run", "kind": "run"}.get(source, "7")


def said() -> list[str]:
    found = set()
    for path in sorted(ROOT.rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        if not any(f"{name}(" in text for name in RAISED):
            continue
        for node in ast.walk(ast.parse(text)):
            name = getattr(node.func, "id", "") if isinstance(node, ast.Call) else ""
            if name in RAISED and node.args and (words := sentence(node.args[0])) is not None:
                found.add(words)
    return sorted(found)


def test_every_sentence_that_is_raised_has_its_korean():
    sentences = said()
    assert len(sentences) > 130
    english = {one for one in sentences if rule_words(one, "ko") == one and not one.startswith(TO_PROGRAMS)}
    assert english == COMPOSED


def test_every_form_is_taken_for_itself():
    """With other words in its places, and not for a more general one before it."""
    for form in SENTENCES:
        pieces = form.split("{")
        filled, places = pieces[0], []
        for piece in pieces[1:]:
            name, _, rest = piece.partition("}")
            places.append(PLACES.get(name, f"<{name}>"))
            filled += places[-1] + rest
        korean = rule_words(filled, "ko", codes=True)
        assert korean != filled, form
        assert any("가" <= letter <= "힣" for letter in korean), form
        assert all(place in korean for place in places if place.startswith("<")), (form, korean)
        assert rule_words(filled, "en") == filled


def korean(fault: Fault | str, *more: Fault) -> str:
    return error_words(ParibusError(fault) if isinstance(fault, str) else FaultsError("the plan", (fault, *more)), "ko")


def test_english_stays_letter_for_letter():
    error = RecipeError("the factor activation", [Fault("activation must be one of a, b", "c"), Fault("not TOML: x")])
    assert error_words(error, "en") == str(error)


def test_a_command_is_told_its_own_name_of_a_field():
    assert korean(Fault("learning_rate must be greater than 0.0", -1)) == (
        "계획: 학습률(learning_rate)은 0.0보다 커야 합니다. 받은 값: -1"
    )


def test_several_faults_are_a_list():
    lines = korean(Fault("workers must be at least 1", 0), Fault("nothing was started", has_value=False)).splitlines()
    assert lines == [
        "계획: 잘못된 것이 2건 있습니다",
        "  - 동시에 학습하는 프로세스 수는 1 이상이어야 합니다. 받은 값: 0",
        "  - 아무것도 시작하지 않았습니다",
    ]


def test_what_is_shown_may_hold_what_follows_a_sentence():
    said = korean('--to needs a folder that is there; got "a; got b; did you mean c?"')
    assert said.endswith('있는 폴더를 주어야 합니다. 받은 값: "a; got b; did you mean c?"')


def test_an_error_within_an_error_and_the_systems_reason_are_said_too():
    inner = "x: cannot be read: Permission denied"
    said = korean(f"features are drawn from the run's weights, and they are missing ({inner})")
    assert "x: 읽을 수 없습니다: 권한이 없습니다" in said


def test_several_sentences_within_one_are_each_said():
    said = korean("mnist is not as it should be: a cannot be read (b).; c ends within its header.")
    assert said == "mnist가 올바르지 않습니다: a를 읽을 수 없습니다(b).; c가 머리글 안에서 끝납니다."


def test_a_sentence_that_nobody_knows_stays_as_it_is():
    assert korean("a sentence of the future") == "a sentence of the future"


@pytest.mark.parametrize(
    ("factor", "values", "hint"),
    [
        ("activation", ["sigmod", "relu"], 'got "sigmod"; did you mean sigmoid?'),
        ("optimizer", ["adm", "sgd"], 'got "adm"; did you mean adam?'),
        ("optimzer", ["adam", "sgd"], 'got "optimzer"; did you mean optimizer?'),
    ],
)
def test_what_is_mistyped_is_guessed(factor, values, hint):
    with pytest.raises(ParibusError) as caught:
        design_for(factor, values, "lesson", {}, 2, None, False)
    assert str(caught.value).endswith(hint)
    assert "혹시" in error_words(caught.value, "ko")


def test_a_value_like_none_of_the_choices_is_not_guessed():
    with pytest.raises(ParibusError, match=r'got "zzz"$'):
        design_for("activation", ["zzz", "relu"], "lesson", {}, 2, None, False)


def test_several_faults_of_a_factor_are_told_in_good_grammar():
    with pytest.raises(ParibusError, match=r"^the factor learning_rate has 2 faults:"):
        design_for("learning_rate", [-1, -2], "lesson", {}, 2, None, False)

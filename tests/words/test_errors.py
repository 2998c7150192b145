"""Errors in Korean: no message that the source makes is left in English, and every place of it gets its value."""

from __future__ import annotations

import ast
import importlib.util
import pickle
import string
from functools import cache
from pathlib import Path

import pytest

import paribus
from paribus.comparison.compare import design_for
from paribus.core.errors import Fault, FaultsError, ParibusError, RecipeError, StoreError, nearest, reason_of
from paribus.core.messages import Message, message_of
from paribus.runs.store import Store
from paribus.words.errors import error_words
from paribus.words.translation import translator

ROOT = Path(paribus.__file__).parent
TOOL = ROOT.parents[1] / "tools" / "compile_messages.py"
MADE_OF_OTHERS = {"got", "hint"}  # what the maker of an error takes besides the values of its message


def saying() -> frozenset[str]:
    spec = importlib.util.spec_from_file_location("compile_messages", TOOL)
    assert spec is not None
    assert spec.loader is not None
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    return tool.saying()


def sentences(node: ast.expr, marked: dict[str, str], place: str) -> list[str]:
    """The ids that an argument may be: one literal, or marked ones to choose from; none where it is handed on."""
    assert not isinstance(node, ast.JoinedStr), f"{place}: an f-string cannot be translated"
    match node:
        case ast.Constant(value=str(sentence)):
            return [sentence]
        case ast.Name(id=name) if name in marked:
            return [marked[name]]
        case ast.IfExp(body=body, orelse=other):
            return [*sentences(body, marked, place), *sentences(other, marked, place)]
    return []


@cache
def messages() -> list[tuple[str, str, set[str] | None, bool]]:
    """Where a message is made, its id, the names of its values (None: unknown), and whether it is one of several."""
    names, found = saying(), []
    for path in sorted(ROOT.rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        if not any(f"{name}(" in text for name in names):
            continue
        nodes = [*ast.walk(ast.parse(text))]
        marked = {
            node.targets[0].id: node.value.args[0].value
            for node in nodes
            if isinstance(node, ast.Assign)
            and isinstance(node.targets[0], ast.Name)
            and isinstance(node.value, ast.Call)
            if isinstance(node.value.func, ast.Name) and node.value.func.id == "mark"
        }
        for node in nodes:
            if not isinstance(node, ast.Call) or not node.args:
                continue
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if called not in names:
                continue
            given = {str(keyword.arg) for keyword in node.keywords} - (set() if called == "Message" else MADE_OF_OTHERS)
            place = f"{path.relative_to(ROOT)}:{node.lineno}"
            said = sentences(node.args[0], marked, place)
            found += [(place, one, None if "None" in given else given, len(said) > 1) for one in said]
    return found


def places(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


def test_every_message_has_its_korean():
    words, found = translator("ko"), messages()
    assert len(found) > 200
    same = {sentence for _, sentence, *_ in found if words.text(sentence) == sentence}
    assert same <= {
        *("{name}", "{name}={value}", "{field}: {problem}", "{path}: {fault}", "{subject}: {fault}"),
        *("{address}: {reason}", "Recipe()"),
    }


def test_every_place_of_a_message_has_a_value():
    for place, sentence, given, one_of_several in messages():
        if given is not None:
            later = (
                {"field"} if place.startswith(("programs/recipe/field_types", "core/field")) else set()
            )  # which field it was is known later
            assert places(sentence) - given <= later, place
            assert one_of_several or given <= places(sentence), place


def korean(fault: Fault | str, *more: Fault) -> str:
    return error_words(ParibusError(fault) if isinstance(fault, str) else FaultsError("the plan", (fault, *more)), "ko")


def test_english_stays_letter_for_letter():
    faults = [
        Fault("{field} must be one of {choices}", "c", field="activation", choices=("a", "b")),
        Fault("not TOML: {reason}", reason="x"),
    ]
    error = RecipeError("the factor {field}", faults, field="activation")
    assert error_words(error, "en") == str(error)
    assert str(error).splitlines() == [
        "the factor activation has 2 faults:",
        '  - activation must be one of a, b; got "c"',
        "  - not TOML: x",
    ]


def test_a_command_is_told_its_own_name_of_a_field():
    assert korean(Fault("{field} must be greater than {limit}", -1, field="learning_rate", limit=0.0)) == (
        "계획: 학습률(learning_rate)은 0.0보다 커야 합니다. 받은 값: -1"
    )


def test_several_faults_are_a_list():
    lines = korean(
        Fault("{field} must be at least {limit}", 0, field="workers", limit=1), Fault("nothing was started")
    ).splitlines()
    assert lines == [
        "계획: 잘못된 것이 2건 있습니다",
        "  - 동시에 학습하는 프로세스 수는 1 이상이어야 합니다. 받은 값: 0",
        "  - 아무것도 시작하지 않았습니다",
    ]


def test_what_is_shown_may_hold_what_follows_a_sentence():
    error = ParibusError("--to needs a folder that is there", got="a; got b; did you mean c?")
    assert error_words(error, "ko").endswith('있는 폴더를 주어야 합니다. 받은 값: "a; got b; did you mean c?"')


@pytest.mark.parametrize("name", ["a in the store b", "a: cannot be read: b", "{name}", "map", "학습률; got 3"])
def test_a_name_that_reads_like_a_sentence_stays_a_name(name, tmp_path):
    """From the English sentence nobody can tell where such a name ends."""
    with pytest.raises(StoreError) as caught:
        Store(tmp_path).load_comparison(name)
    said = error_words(caught.value, "ko")
    assert said.startswith(f'저장소 {tmp_path}에 비교 "{name}"')
    assert str(caught.value) == f'no comparison "{name}" in the store {tmp_path}; it has none'


def test_an_error_within_an_error_and_the_systems_reason_are_said_too():
    reason = reason_of(PermissionError(13, "Permission denied"))
    inner = StoreError("{path}: cannot be read: {reason}", path="x", reason=reason)
    outer = ParibusError(
        "features are drawn from the run's weights, and they are missing ({problem})", problem=inner.message
    )
    assert str(outer).endswith("(x: cannot be read: Permission denied)")
    assert "x: 읽을 수 없습니다: 권한이 없습니다" in error_words(outer, "ko")


def test_several_sentences_within_one_are_each_said():
    problems = [
        Message("{path} cannot be read ({reason}).", path="a", reason="b"),
        Message("{path} ends within its header.", path="c"),
    ]
    error = ParibusError("{name} is damaged or incomplete: {problems:semicolons}", name="mnist", problems=problems)
    assert str(error) == "mnist is damaged or incomplete: a cannot be read (b).; c ends within its header."
    assert error_words(error, "ko") == (
        "mnist가 손상되었거나 빠진 것이 있습니다: a를 읽을 수 없습니다(b).; c가 헤더 도중에 끝납니다."
    )


def test_a_sentence_that_nobody_knows_stays_as_it_is():
    assert korean("a sentence of {the} future") == "a sentence of {the} future"


@pytest.mark.parametrize(
    "error",
    [
        ParibusError(
            "{field} must be one of {choices}", field="kind", choices=("a", "b"), got="c", hint=nearest("c", "c")
        ),
        FaultsError("{name}", [Fault("nothing was started"), Fault("{path}: missing", path=Path("x"))], name="y"),
    ],
)
def test_errors_come_whole_out_of_another_process_and_out_of_json(error):
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is type(error)
    assert (str(again), again.faults, again.message) == (str(error), error.faults, error.message)
    assert str(message_of(error.message.json())) == str(error)


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

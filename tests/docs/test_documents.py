"""The documents agree with the project: links, versions, names, recipe fields, quoted figures."""

import json
import re
import tomllib
from typing import Any

import pytest
from pydantic import ValidationError

import paribus
from paribus.cli.parser import make_parser
from paribus.comparison.compare import design_for
from paribus.core.fields import FieldSpec
from paribus.programs.recipe.recipe import LESSON, SPECIFICATIONS, Recipe
from paribus.programs.recipe.recipe_text import recipe_to_toml
from tests.docs.markdown import DOCUMENTS, READMES, ROOT, blocks, commands, links

ROW = re.compile(r"^\| `(\w+)` \| `(.+?)` \| (.+?) \| (.+?) \|$", re.MULTILINE)
RANGE = re.compile(r"^(whole, )?(?:(\d+) ([<≤]) )?v(?: ([<≤]) (\d+))?(?: \(\w+\))?$")
FIELD_ROWS = ROW.findall((ROOT / "docs" / "recipes.md").read_text(encoding="utf-8"))


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_within_the_project_lead_somewhere(document):
    inside = [link for link in links(document) if not link.startswith(("http://", "https://", "#"))]
    missing = [link for link in inside if not (document.parent / link.partition("#")[0]).exists()]
    assert missing == []


def test_every_page_can_be_reached_from_the_readme():
    reached, new = set(), {READMES[0]}
    while new:
        page = new.pop()
        reached.add(page)
        for link in links(page):
            target = (page.parent / link.partition("#")[0]).resolve()
            if target.suffix == ".md" and target.is_file() and target not in reached:
                new.add(target)
    assert set(DOCUMENTS) <= reached


def test_the_changelogs_newest_version_is_the_packages():
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    newest = re.search(r"^## (?!Unreleased$)(\S+)", text, re.MULTILINE)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert newest is not None
    assert newest[1] == paribus.__version__ == project["version"]


def test_public_names_are_pinned():
    assert paribus.__all__ == [
        "LeNet",
        "ParibusError",
        "Probe",
        "Recipe",
        "Referee",
        "Sequential",
        "State",
        "__version__",
        "compare",
        "estimators",
        "explain",
        "hugging_face_callback",
        "judge",
        "lesson",
        "load_comparison",
        "load_map",
        "load_run",
        "log",
        "map_verdict",
        "open_dataset",
        "power",
        "probe_callback",
        "recipe",
        "role",
        "run_folder",
        "save",
        "save_dataset",
        "stream",
        "train",
    ]
    assert all(getattr(paribus, name) is not None for name in paribus.__all__)


def test_recipes_lists_every_field_with_its_default_and_meaning():
    assert [field for field, *_ in FIELD_ROWS] == list(SPECIFICATIONS)
    written = dict(line.split(" = ", 1) for line in recipe_to_toml(LESSON).splitlines())
    for field, default, values, meaning in FIELD_ROWS:
        assert default == written[field], field
        assert values == values_column(SPECIFICATIONS[field]), field
        assert meaning.startswith(SPECIFICATIONS[field].help or "?"), field


def values_column(spec: FieldSpec) -> str:
    """What the table says that a field takes."""
    if spec.about.written:
        return spec.about.written
    if spec.kind in ("switch", "choice"):
        return ", ".join(f"`{value}`" for value in spec.choices)
    least, most = ("at_least", "above"), ("at_most", "below")
    below = "".join(f"{spec.limits[end]} {sign} " for end, sign in zip(least, "≤<", strict=True) if end in spec.limits)
    above = "".join(f" {sign} {spec.limits[end]}" for end, sign in zip(most, "≤<", strict=True) if end in spec.limits)
    whole = "whole, " if spec.kind == "whole" else ""
    unit = f" ({spec.about.unit})" if spec.about.unit else ""
    return f"{whole}{below}v{above}{unit}" if below or above else "number"


@pytest.mark.parametrize(("field", "values"), [(field, values) for field, _, values, _ in FIELD_ROWS])
def test_recipes_says_which_values_a_field_takes(field, values):
    if (found := RANGE.match(values)) is not None:
        number = int if found[1] else float
        for end, sign, outwards in ((found[2], found[3], -1), (found[5], found[4], 1)):
            if end is not None:
                assert accepts(field, number(end)) == (sign == "≤")
                assert not accepts(field, number(end) + outwards)
        if found[5] is None:
            assert accepts(field, number(10**5))
        if found[1]:
            assert not accepts(field, 1.5)
    elif values == "`true`, `false`":
        assert accepts(field, True)
        assert accepts(field, False)
        assert not accepts(field, 1)
    elif SPECIFICATIONS[field].kind == "choice":
        assert all(accepts(field, value) for value in re.findall(r"`(\w+)`", values))
        assert not accepts(field, "other")
    else:
        taken, refused = OTHERS[field]
        assert [value for value in taken if not accepts(field, value)] == []
        assert [value for value in refused if accepts(field, value)] == []


# Fields whose values are said in words: some that they take, some that they refuse.
OTHERS: dict[str, tuple[list[Any], list[Any]]] = {
    "dataset": (["mnist", "./digits"], ["", 3]),
    "input_scale": ([-2.0, 0.0, 255.0], [float("inf"), "one"]),
    "model": (["lenet", "package.module:factory"], ["resnet152", "a b:c"]),
    "conv_channels": ([(6, 16), [1, 1]], [(6,), (1, 2, 3)]),
    "dense_widths": ([(), (7,), (1,) * 64], [(1,) * 65, (0,)]),
    "bias_value": ([-1.0, "default"], ["zero", float("nan")]),
}


def accepts(field: str, value: Any) -> bool:
    try:
        Recipe(**{field: value})
    except ValidationError:
        return False
    return True


def test_the_comparison_that_documents_name_is_the_lessons():
    named = {
        name
        for document in DOCUMENTS
        for name in re.findall(r"activation(?:-relu|-sigmoid)+-[0-9a-f]{8}", document.read_text(encoding="utf-8"))
    }
    lesson = design_for("activation", ["sigmoid", "relu"], "lesson", {}, 6, None, False)
    assert named == {lesson.id}


def test_every_option_of_compare_is_described():
    parser = make_parser(paribus.__version__)
    (commands,) = (action for action in parser._actions if action.dest == "command")
    text = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    assert [name for name in commands.choices if f"    paribus {name}" not in text] == []
    options = [option for action in commands.choices["compare"]._actions for option in action.option_strings]
    assert [option for option in options if option.startswith("--") and option not in text] == []


@pytest.mark.parametrize("readme", READMES, ids=lambda path: path.name)
def test_verdicts_that_a_readme_quotes_are_those_of_the_lesson(readme):
    """tools/quoted_verdicts.py writes what the whole runs said; each README quotes it in its language."""
    quotes = re.findall(r"(?:^> .*\n)+", readme.read_text(encoding="utf-8"), re.MULTILINE)
    lang = "ko" if readme.suffixes[0] == ".ko" else "en"
    told = json.loads((ROOT / "docs" / "verdicts.json").read_text(encoding="utf-8"))[lang]
    assert len(quotes) == len(told) == 2
    for quote, verdict in zip(quotes, told, strict=True):
        assert " ".join(quote.replace("> ", "").split()) in " ".join(verdict.split())


def test_installing_by_hand_pins_what_make_pins():
    """The README's pip lines use the constraints file; it pins every dependency, and the PyTorch that is named."""
    pinned = dict(re.findall(r"^([\w.-]+)==(\S+)", (ROOT / "constraints.txt").read_text(), re.MULTILINE))
    normal = {name.lower().replace("_", "-"): version for name, version in pinned.items()}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    required = [*project["dependencies"], *project["optional-dependencies"]["lab"]]
    needed = [re.split(r"[><=\[ ]", requirement)[0] for requirement in required]
    assert set(needed) <= set(normal)
    for readme in READMES:
        text = readme.read_text(encoding="utf-8")
        assert set(re.findall(r"torch==([\d.]*\d)", text)) == {normal["torch"]}
        assert "pip install -c constraints.txt '.[lab]'\n" in text


def test_files_in_documents_are_whole():
    """A file block is written as it is for the commands that need it, so those of one name are alike."""
    shown = {(b.file_name, b.text) for document in DOCUMENTS for b in blocks(document) if b.file_name}
    names = [name for name, _ in shown]
    assert sorted(names) == sorted(set(names))
    assert {"mine.toml", "theirs.toml", "mynet.py", "mytrain.py"} <= set(names)


KOREAN = [document for document in DOCUMENTS if document.name.endswith(".ko.md")]


@pytest.mark.parametrize("korean", KOREAN, ids=lambda path: path.name)
def test_a_korean_document_has_the_commands_and_programs_of_the_english_one(korean):
    english = korean.with_name(korean.name.replace(".ko.md", ".md"))
    assert commands(korean) == commands(english)
    assert [b.text for b in blocks(korean) if b.language] == [b.text for b in blocks(english) if b.language]
    assert blocks(korean) != []


@pytest.mark.parametrize("korean", KOREAN, ids=lambda path: path.name)
def test_a_korean_document_and_its_english_one_lead_to_each_other_and_to_others_in_korean(korean):
    english = korean.with_name(korean.name.replace(".ko.md", ".md"))
    pages = {(korean.parent / link.partition("#")[0]).resolve() for link in links(korean)}
    assert english in pages
    assert korean.name in {link.rpartition("/")[2] for link in links(english)}
    translated = {page for page in pages if page.with_name(page.name.replace(".md", ".ko.md")) in KOREAN}
    assert translated == {english}


def test_no_korean_message_names_an_english_document_that_is_there_in_korean():
    catalogue = (ROOT / "src/paribus/words/locale/ko/LC_MESSAGES/paribus.po").read_text(encoding="utf-8")
    said = "".join(entry.partition("msgstr")[2] for entry in catalogue.split("\n\n"))
    named = set(re.findall(r"docs/(\w[\w-]*)\.md", said))
    assert not named & {document.name.removesuffix(".ko.md") for document in KOREAN}

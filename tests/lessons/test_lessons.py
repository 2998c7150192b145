"""The lesson's notebooks: they run, show the verdict that the store has, and ship with the outputs of a whole run."""

from pathlib import Path

import nbformat
import numpy as np
import pytest

from paribus.comparison.compare import load_comparison
from paribus.programs.recipe.data.split import sample
from paribus.programs.recipe.recipe import Recipe
from paribus.runs.store import Store
from tools.execute_lessons import LESSONS, executed

REDUCED = {"SEEDS": 2, "EPOCHS": 1, "SETTINGS": {"train_size": 512, "validation_fraction": 0.02}}
LANGUAGES = {lesson: lesson.suffixes[0].lstrip(".") for lesson in LESSONS}


def outputs_of(notebook) -> str:
    """All that a reader of the outputs sees as text."""
    texts = []
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            texts.append(output.get("text", ""))
            texts += [value for value in output.get("data", {}).values() if isinstance(value, str)]
    return "\n".join(texts)


def shown_as(notebook, kind: str) -> list[str]:
    """What its cells show as one kind of data."""
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    return [output["data"][kind] for output in outputs if kind in output.get("data", {})]


def code_cells(lesson: Path):
    return [cell for cell in nbformat.read(lesson, as_version=4).cells if cell.cell_type == "code"]


def test_there_is_one_in_each_language():
    assert sorted(LANGUAGES.values()) == ["en", "ko"]


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """One store for both languages: the second notebook reuses the first one's runs."""
    return tmp_path_factory.mktemp("lab")


@pytest.mark.slow
@pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: path.name)
def test_a_reduced_lesson_runs_and_shows_the_verdicts_of_its_store(lesson, lab, tmp_path):
    notebook = executed(lesson, lab, tmp_path, REDUCED)
    shown = outputs_of(notebook)
    comparisons = Store(lab).comparisons()
    assert sorted(c.recipe_name.split(",")[0] for c in comparisons) == ["fair", "lesson"]
    for comparison in comparisons:
        result = load_comparison(comparison.id, lab).in_language(LANGUAGES[lesson])
        assert " ".join(result.verdict.split("\n\n")[0].split()) in " ".join(shown.split())
        as_text = [" ".join(text.split()) for text in shown_as(notebook, "text/plain")]
        assert any(" ".join(result.verdict.split()) in text for text in as_text)
        assert f"paribus-lab/comparisons/{comparison.id}/report.html" in shown
        assert (result.folder / "report.html").is_file()
    assert [html.count("<svg") >= 2 for html in shown_as(notebook, "text/html")] == [True, True]
    assert len(shown_as(notebook, "image/png")) == 3
    assert len(Store(lab).runs()) == 8


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: path.name)
def test_a_lesson_ships_with_the_outputs_of_one_whole_run(lesson):
    cells = code_cells(lesson)
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
    for output in (output for cell in cells for output in cell.outputs):
        assert output.output_type != "error"
        assert output.get("name", "stdout") == "stdout"
    parameters = [cell for cell in cells if "parameters" in cell.metadata.get("tags", [])]
    assert [cell.source.split("  ")[0] for cell in parameters] == ["SEEDS = 6"]


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: path.name)
def test_shipped_outputs_name_no_folder_of_the_machine_that_made_them(lesson):
    shown = outputs_of(nbformat.read(lesson, as_version=4))
    assert "paribus-lab/comparisons/" in shown
    for place in ("/home/", "/root/", "/tmp/", "/Users/", ":\\", "site-packages", str(Path.home())):
        assert place not in shown


def test_both_languages_have_the_same_cells():
    one, other = (nbformat.read(lesson, as_version=4).cells for lesson in LESSONS)
    assert [(c.cell_type, c.id, c.metadata) for c in one] == [(c.cell_type, c.id, c.metadata) for c in other]


OPEN = ("The verdict is open", "판정은 보류입니다")
DECIDED = ("is better:", "더 낫습니다")


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: path.name)
def test_the_prose_of_a_lesson_says_what_its_outputs_say(lesson):
    """Both said that the verdict is open, under an output that says which arm is better."""
    cells = nbformat.read(lesson, as_version=4).cells
    prose = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    verdicts = [
        text for text in shown_as(nbformat.read(lesson, as_version=4), "text/plain") if "p = " in " ".join(text.split())
    ]
    assert len(verdicts) == 2
    assert any(word in " ".join(verdicts[-1].split()) for word in DECIDED)
    assert not any(word in prose for word in OPEN)


def test_the_lesson_s_document_says_in_which_order_batches_come():
    """As the split leaves the images, which are drawn at random: not in the data's own order."""
    recipe = Recipe(train_size=6)
    labels = np.arange(60_000) % 10
    assert not np.array_equal(
        sample(labels, 10, recipe, seed=0).train, np.sort(sample(labels, 10, recipe, seed=0).train)
    )
    said = " ".join((LESSONS[0].parents[1] / "docs" / "lesson.md").read_text(encoding="utf-8").split())
    assert "the order that the random split gave the images" in said

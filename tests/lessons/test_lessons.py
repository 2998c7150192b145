"""The lessons' notebooks: built from one source, solutions with the outputs of a whole run, prose without their figures."""

import ast
import json
import re

import pytest

import paribus as pb
from paribus.lesson.build import cells, lessons, notebook
from paribus.runs.store import Store
from paribus.words.languages import LANGUAGES
from tools.execute_lessons import FOLDER, ROOT, executed, path_of, text_of

REDUCED = {"IMAGES": 640, "EPOCHS": 1, "SEEDS": 2, "BUDGET": 1}
EACH = [(lesson, lang) for lesson in lessons() for lang in LANGUAGES]


def shipped(lesson, lang, solved):
    return json.loads(path_of(lesson, lang, solved=solved).read_text(encoding="utf-8"))


def sources(made):
    return [(cell["cell_type"], cell["id"], "".join(cell["source"])) for cell in made["cells"]]


def outputs(made):
    return [output for cell in made["cells"] for output in cell.get("outputs", [])]


def shown(made) -> str:
    """All that a reader of the outputs sees as text."""
    texts = []
    for output in outputs(made):
        texts.append(output.get("text", ""))
        texts += [value for value in output.get("data", {}).values() if isinstance(value, str)]
    return "\n".join("".join(text) for text in texts)


def test_notebooks_are_those_of_the_sources_and_no_others():
    expected = {path_of(lesson, lang, solved=solved) for lesson, lang in EACH for solved in (False, True)}
    assert set(FOLDER.glob("*.ipynb")) == expected


@pytest.mark.parametrize(("lesson", "lang"), EACH)
def test_a_notebook_is_what_its_source_builds(lesson, lang):
    """Write them anew with tools/execute_lessons.py where this fails."""
    exercise = path_of(lesson, lang, solved=False).read_text(encoding="utf-8")
    assert exercise == text_of(notebook(lesson, lang))
    assert sources(shipped(lesson, lang, True)) == sources(notebook(lesson, lang, solved=True))


@pytest.mark.parametrize(("lesson", "lang"), EACH)
def test_an_exercise_has_blanks_and_no_solution(lesson, lang):
    blank, solved = notebook(lesson, lang), notebook(lesson, lang, solved=True)
    assert [cell["id"] for cell in blank["cells"]] == [cell["id"] for cell in solved["cells"]]
    changed = [a["id"] for a, b in zip(blank["cells"], solved["cells"], strict=True) if a["source"] != b["source"]]
    marked = [cell.name for cell in cells(lesson) if "### BEGIN SOLUTION" in cell.text]
    assert changed == marked != []
    for made in (blank, solved):
        text = json.dumps(made, ensure_ascii=False)
        assert "SOLUTION" not in text
        assert "⟦" not in text
        for cell in made["cells"]:
            if cell["cell_type"] == "code":
                compile(cell["source"], cell["id"], "exec")


@pytest.mark.parametrize("lesson", lessons())
def test_a_blank_says_what_it_is_to_be_called(lesson):
    """Later cells use a name that a blank makes; whoever fills it in must be able to know it."""
    pairs = zip(notebook(lesson, "en")["cells"], notebook(lesson, "en", solved=True)["cells"], strict=True)
    for blank, solved in pairs:
        if solved["cell_type"] != "code":
            continue
        made = [one for one in ast.parse(solved["source"]).body if isinstance(one, ast.Assign)]
        names = [target.id for one in made for target in one.targets if isinstance(target, ast.Name)]
        assert [name for name in names if f"{name} = " not in blank["source"]] == [], blank["id"]


def test_an_exercise_that_nobody_has_filled_in_is_told_so_step_by_step():
    names: dict = {"__name__": "__main__"}
    told = {}
    code = [cell for cell in notebook("lenet", "en")["cells"] if cell["cell_type"] == "code"]
    for cell in code[: [cell["id"] for cell in code].index("run")]:
        try:
            exec(cell["source"], names)
        except Exception as error:
            told[cell["id"]] = f"{type(error).__name__}: {error}"
    checks = [value for name, value in names.items() if name.startswith("check_")]
    assert [check.step for check in checks] == list(pb.lesson.STEPS[:7])
    assert not any(check.ok for check in checks)
    assert told == {}


@pytest.mark.parametrize("lesson", lessons())
def test_no_two_cells_have_one_id(lesson):
    """Notebooks of format 4.5 must not; readers warn of it, or give other ids."""
    ids = [cell["id"] for cell in notebook(lesson, "en")["cells"]]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize(("lesson", "lang"), EACH)
def test_a_solution_ships_with_the_outputs_of_one_whole_run(lesson, lang):
    made = shipped(lesson, lang, True)
    code = [cell for cell in made["cells"] if cell["cell_type"] == "code"]
    assert [cell["execution_count"] for cell in code] == list(range(1, len(code) + 1))
    assert all(output["output_type"] != "error" and output.get("name", "stdout") == "stdout" for output in outputs(made))
    for place in ("/home/", "/root/", "/tmp/", "/Users/", ":\\\\", "site-packages"):
        assert place not in shown(made)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_solution_passes_every_check_and_finds_what_the_lesson_is_about(lang):
    by_name = {cell["id"]: shown({"cells": [cell]}) for cell in shipped("lenet", lang, True)["cells"]}
    right = {"en": "right.", "ko": "맞습니다."}[lang]
    checks = [text for name, text in by_name.items() if name.startswith("check-")]
    assert len(checks) == 7
    assert all(right in text for text in checks)
    never = {"en": "Model_1 trained in 0 of 20 runs", "ko": "Model_1은 20번의 실행 중 0번"}[lang]
    verdict = " ".join(by_name["compare"].split())
    assert never in verdict
    assert {"en": "Model_2 is better than Model_1", "ko": "Model_2가 Model_1보다 낫습니다"}[lang] in verdict
    assert "0.1 trained in 0 of 4 runs, " in " ".join(by_name["own-test"].split()) or lang == "ko"
    assert {"en": "weight decay", "ko": "가중치 감쇠"}[lang] in by_name["explain"]
    assert "something else" in by_name["score-why"]


@pytest.mark.parametrize(("lesson", "lang"), EACH)
def test_prose_quotes_no_figure_of_a_run(lesson, lang):
    """Figures are printed by the cells that have them; what stands in the text are settings."""
    prose = "\n".join("".join(c["source"]) for c in notebook(lesson, lang)["cells"] if c["cell_type"] == "markdown")
    assert set(re.findall(r"\d[\d.,]* ?(?:%|points|퍼센트포인트)", prose)) <= {"20 %", "20%"}


def test_documents_of_the_lesson_quote_no_figure_that_no_run_here_has():
    """Accuracies in the teacher's page and the README's part on the notebook are left to the notebook's outputs."""
    for name in ("teaching.md", "teaching.ko.md"):
        assert re.findall(r"\d[\d.,]* ?%", (ROOT / "docs" / name).read_text(encoding="utf-8")) == []


def test_figures_of_the_lessons_page_are_those_of_the_whole_runs():
    """docs/lesson.md tells what `make demo` and the recipe `fair` came to; tools/quoted_verdicts.py writes what that was."""
    page = (ROOT / "docs" / "lesson.md").read_text(encoding="utf-8")
    told = " ".join(json.loads((ROOT / "docs" / "verdicts.json").read_text(encoding="utf-8"))["en"])
    measured = " ".join(page.split("## What is measured")[1].split("## ")[0].split())
    figures = re.findall(r"[\d.]*\d percentage points|p = [\d.]*\d", measured)
    assert figures != []
    assert [figure for figure in figures if figure not in told] == []
    words = ("zero", "one", "two", "three", "four", "five", "six")
    sigmoid, relu = (int(re.findall(rf"{arm} (?:trained )?in (\d) of 6", told)[0]) for arm in ("Sigmoid trained", "ReLU"))
    assert (sigmoid, f"in {words[6 - relu]} seed of six it collapses" in measured) == (0, True)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_number_of_runs_in_the_prose_is_that_of_the_cell(lang):
    """The prose spells out how many runs of each there are; `parameters` makes them."""
    made = notebook("lenet", lang)
    seeds = int(re.findall(r"SEEDS = (\d+)", "".join(c["source"] for c in made["cells"]))[0])
    prose = "\n".join(c["source"] for c in made["cells"] if c["cell_type"] == "markdown")
    spelt = {"en": {12: "twelve", 16: "sixteen", 20: "twenty"}, "ko": {12: "열두 번", 16: "열여섯 번", 20: "스무 번"}}[lang]
    assert prose.lower().count(spelt[seeds]) >= 3
    assert [word for n, word in spelt.items() if n != seeds and word in prose.lower()] == []


@pytest.mark.slow
def test_a_reduced_lesson_runs_from_top_to_bottom(tmp_path):
    lab, folder = tmp_path / "lab", tmp_path / "folder"
    folder.mkdir()
    made = executed("lenet", "ko", lab, folder, REDUCED)
    assert [c.program.name.split(":")[-1] for c in Store(lab).comparisons()] == ["run", "run"]
    assert (folder / "hand-in.json").is_file()
    assert "hand-in.json" in shown(made)

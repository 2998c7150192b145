"""An explanation in words and on a terminal, in both languages."""

import io

import pytest
from rich.cells import cell_len

from paribus.diagnosis.words import intervention_outcomes as wording
from paribus.diagnosis.words.activation_claims import claim_sections, claim_words
from paribus.diagnosis.words.explanation import explanation_headline, explanation_sections
from paribus.diagnosis.words.intervention_outcomes import intervention_words, planned_words
from paribus.programs.recipe.info import RECIPE
from paribus.records import explanation as values
from paribus.records.activation_claims import Claim, ClaimQuantity, Measured
from paribus.records.comparison import Comparison
from paribus.records.events import RunEnded
from paribus.terminal.explanation import ExplanationShow
from paribus.terminal.screen import Screen
from paribus.words.translation import LANGUAGES, Lang, translator
from tests.diagnosis.explanations import (
    DECOUPLED,
    EVERY_KIND,
    LONGER,
    NO_DECAY,
    PAIR,
    SHUFFLED,
    SLOWER,
    a_change,
    an_effect,
    an_explanation,
)
from tests.factories import make_comparison
from tests.terminal.terminal_runs import Tty

GOOD = an_effect(0.985, 0.986, epochs=15, seeds=3, trained=(3, 3))
NO_NEED = values.Tested(intervention=a_change("batch_size", 128, 64), kind="ruled_out", screened=GOOD, confirmed=GOOD)


def test_a_cause_has_its_numbers_and_says_what_was_run() -> None:
    assert wording.tested_words(NO_DECAY, RECIPE, "en") == (
        "Weight decay 0.1 → 0 fixes it: validation accuracy 11.2 % → 91.2 %, +80.0 percentage points "
        "(79.8 to 80.2; 3 seeds, 15 epochs; trained 0 → 3 of 3). Put back, weight decay 0.1 breaks it again: on the "
        "same fresh seeds 11.2 %, and 0 of 3 runs train."
    )
    assert wording.tested_words(NO_DECAY, RECIPE, "ko") == (
        "가중치 감쇠 0.1 → 0으로 바꾸면 학습합니다: 검증 정확도 11.2% → 91.2%, +80.0%p "
        "(79.8~80.2, 시드 3개, 에폭 15회, 학습 성공 3번 중 0 → 3번). "
        "가중치 감쇠 0.1로 되돌리면 다시 학습하지 못합니다: 같은 새 시드에서 11.2%, 3번 중 0번 학습 성공."
    )


def test_one_seed_has_no_interval_and_what_was_not_run_no_number() -> None:
    assert wording.tested_words(SHUFFLED, RECIPE, "en") == (
        "Batches as they are → shuffled batches: no effect seen in 3 epochs, 1 seed "
        "(validation accuracy 11.2 % → 9.8 %)."
    )
    assert "not confirmed" in wording.tested_words(SLOWER, RECIPE, "en")
    unsure = SLOWER.model_copy(update={"confirmed": an_effect(0.1, 0.7, epochs=15, seeds=3, trained=(0, 2))})
    assert wording.tested_words(unsure, RECIPE, "en").startswith(
        "Learning rate 0.001 → 1e-4 did better, but by its validation"
    )
    assert "확실하지" in wording.tested_words(unsure, RECIPE, "ko")
    assert wording.tested_words(LONGER, RECIPE, "en") == "Epochs 15 → 45 was not tested."
    assert wording.tested_words(LONGER, RECIPE, "ko") == "에폭 수 15 → 45는 시험하지 않았습니다."


@pytest.mark.parametrize(
    ("quantity", "trained", "said"),
    [
        ("zeros", (6, 6), "no probe counted zeros in these runs."),
        ("epoch_seconds", (6, 6), "the runs were not all on one kernel and device."),
        ("epochs_to_accuracy", (6, 6), "not every run reaches 50 % validation accuracy."),
        ("epochs_to_accuracy", (6, 0), "ReLU trained in 6 of 6 runs, sigmoid in 0 of 6."),
        ("accuracy_gap", (6, 0), "ReLU trained in 6 of 6 runs, sigmoid in 0 of 6."),
    ],
)
def test_what_cannot_be_asked_has_its_own_reason(quantity: ClaimQuantity, trained: tuple[int, int], said: str) -> None:
    nothing = Measured(quantity=quantity, repaired=False, seeds=(), trained=trained, runs=6)
    claim = Claim(name="sparser", of="relu", against="sigmoid", verdict="open", measured=(nothing,))
    names = {"relu": "ReLU", "sigmoid": "sigmoid"}
    told = claim_words(claim, names, "", translator("en")).replace("\N{NO-BREAK SPACE}", " ")
    assert told == f"It makes activations sparse: open. Under the recipe it cannot be asked: {said}"
    (section,) = claim_sections(claim, names, "", translator("en"))
    assert section.grid is None
    assert section.sentences[0].replace("\N{NO-BREAK SPACE}", " ") == f"Under the recipe it cannot be asked: {said}"


def test_what_was_measured_of_a_claim_is_a_small_table() -> None:
    dead = Measured(quantity="dead", repaired=True, seeds=(0, 1), trained=(2, 2), runs=2, of=0.131, against=0.0,
                    difference=0.131, low=0.001, high=0.26)  # fmt: skip
    claim = Claim(name="sparser", of="relu", against="sigmoid", verdict="holds", measured=(dead,))
    names = {"relu": "ReLU", "sigmoid": "sigmoid"}
    (section,) = claim_sections(claim, names, "weight decay 0.1 → 0", translator("en"))
    assert section.title == "With weight decay 0.1 → 0 in all arms"
    assert section.grid is not None
    assert section.grid.columns[1:3] == ("ReLU", "sigmoid")
    (row,) = section.grid.rows
    assert row == ("Units that are dead at the end", "13.1 %", "0.0 %", "+13.1 (+0.1 to +26.0)", "2 seeds")


def test_two_changes_are_joined_and_a_switch_has_one_name() -> None:
    assert intervention_words(PAIR.intervention, "en") == (
        "default initialisation → Xavier initialisation + with batch normalisation"
    )
    assert planned_words(NO_DECAY.intervention, "en") == "Weight decay 0.1 → 0 (weights decayed to zero)"
    assert planned_words(LONGER.intervention, "en") == "Epochs 15 → 45"


def test_joined_causes_are_said_as_what_is_to_blame() -> None:
    cause = PAIR.model_copy(update={"kind": "cause"})
    said = {lang: explanation_headline(an_explanation(cause), None, lang) for lang in ("en", "ko")}
    assert " because of default initialisation and a lack of batch normalisation. What fixes it: " in said["en"]
    assert "까닭은 기본 초기화와 배치 정규화가 없는 것입니다. " in said["ko"]


@pytest.mark.parametrize(
    ("tested", "said"),
    [
        (EVERY_KIND, "The recipe fails to train because of weight decay 0.1. Setting it to 0 fixes it."),
        ([DECOUPLED, PAIR], "No cause established. What restores training all the same: Adam → AdamW."),
        ([SLOWER, SHUFFLED], "No cause established: not everything that may matter was confirmed."),
        ([SHUFFLED], "Nothing that was tested restores training."),
        ([NO_NEED], "The recipe trains, and nothing that was tested does much better."),
        ([], "Nothing that was tested restores training."),
    ],
)
def test_the_short_answer(tested: list[values.Tested], said: str) -> None:
    assert explanation_headline(an_explanation(*tested), None, "en") == said
    assert explanation_headline(an_explanation(*tested), None, "ko").endswith(".")


def test_an_answer_contradicts_no_run() -> None:
    """Two of the three runs that are explained did not train; every run trains with what helps in part."""
    some = an_explanation(NO_NEED).model_copy(update={"untrained": 2})
    assert explanation_headline(some, None, "en") == "Nothing that was tested restores training."
    assert SLOWER.screened is not None
    trains = SLOWER.screened.model_copy(update={"trained_before": 0, "trained_after": len(SLOWER.screened.seeds)})
    part = SLOWER.model_copy(update={"kind": "contributing", "confirmed": trains})
    assert explanation_headline(an_explanation(part), None, "en").startswith("No cause established. What helps: ")
    assert "every run trains, but not as far as" in wording.tested_words(part, RECIPE, "en")


def test_what_helps_is_no_cause() -> None:
    said = explanation_headline(an_explanation(PAIR, SHUFFLED), None, "en")
    assert said.startswith("Nothing that was tested restores training. What helps: default initialisation")


def test_a_recipe_that_trains_is_not_said_to_fail() -> None:
    assert wording.tested_words(NO_NEED, RECIPE, "en").startswith("Batch size 128 → 64 makes little difference: ")


def test_a_comparison_s_arm_is_named_and_the_verdict_stands_before_and_after() -> None:
    lesson = make_comparison("lesson")
    explanation = an_explanation(*EVERY_KIND, comparison=lesson)
    assert explanation_headline(explanation, lesson, "en").startswith("Sigmoid fails to train because of ")
    assert explanation_headline(explanation, lesson, "ko").startswith("시그모이드가 학습하지 못한 까닭은 ")
    sections = {section.title: section.sentences for section in explanation_sections(explanation, lesson, "en")}
    assert sections["Symptoms of sigmoid"][0] == (
        "Weights decayed to zero (strong). Weight decay outweighs the data gradient, and the weights of conv1, conv2 "
        "and fc1 shrink towards zero. Pull of decay over the data gradient: 23.5× (threshold 1×; Loshchilov and Hutter "
        "2019, sec. 2); norm of the weights over their first: 1 % (threshold 50 %; by definition)."
    )
    assert sections["Symptoms of ReLU"] == ("The rules saw none.",)
    before, after = sections["The verdict before and after"]
    assert before.startswith("Under the recipe: ReLU is better than sigmoid")
    assert after.startswith("With weight decay 0.1 → 0 in all arms: ")
    assert sections["Effort"] == (
        "Explained in 4 min. The budget was spent before everything was tested.",
        "The ranges in brackets are 95 % intervals of the paired differences.",
    )


def test_what_it_took_is_told_beside_the_comparison_and_by_runs_where_these_have_no_length() -> None:
    spent = values.Spent(allowed=None, seconds=251.4, complete=True, runs=22, length=176, own_runs=12, own_length=180)

    def effort(explanation: values.Explanation, lang: Lang, **changed: int) -> str:
        told = explanation.model_copy(update={"spent": spent.model_copy(update=changed)})
        return explanation_sections(told, None, lang)[-1].sentences[0]

    explained = an_explanation(NO_DECAY)
    assert effort(explained, "en") == (
        "Explained in 4 min. It rests on 22 runs, 176 epochs, beside 12 runs, 180 epochs of the comparison: "
        "together 1.98 times the comparison."
    )
    assert "1.98배" in effort(explained, "ko")
    assert effort(explained, "en", own_runs=0, own_length=0).endswith("It rests on 22 runs, 176 epochs.")
    assert effort(explained, "en", length=0, own_length=0).endswith("together 2.83 times the comparison.")


def test_sections_without_anything_are_left_out() -> None:
    titles = [section.title for section in explanation_sections(an_explanation(SHUFFLED, complete=True), None, "en")]
    assert titles == ["Symptoms", "Saturation", "No effect in short tests", "Effort"]


def printed(lang: Lang, width: int, *, quiet: bool = False, comparison: Comparison | None = None) -> str:
    """On a terminal without colours."""
    stream = Tty()
    env = {"TERM": "xterm", "COLUMNS": str(width), "NO_COLOR": "1"}
    with ExplanationShow(Screen(stream, env, lang), quiet=quiet) as show:
        show.event(RunEnded("with", 0, "finished", False))
    stream.truncate(stream.seek(0))
    show.explanation(an_explanation(*EVERY_KIND, comparison=comparison), comparison)
    return stream.getvalue().replace("\x1b[1m", "").replace("\x1b[0m", "")


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("width", [60, 80, 120])
def test_lines_fit_and_begin_with_a_capital_or_under_their_first(lang: Lang, width: int) -> None:
    lines = printed(lang, width, comparison=make_comparison("lesson")).splitlines()
    assert all(cell_len(line) <= width for line in lines)
    first = [line.removeprefix("  · ") for line in lines if line.startswith("  · ")]
    assert all(line[0] == line[0].upper() for line in first)
    assert any(line.startswith("    ") for line in lines)


def test_quiet_is_the_short_answer_alone() -> None:
    assert printed("en", 100, quiet=True).splitlines() == [
        "The recipe fails to train because of weight decay 0.1. Setting it to 0 fixes it."
    ]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_in_a_file_there_is_a_line_for_each_and_no_control_code(lang: Lang) -> None:
    stream = io.StringIO()
    with ExplanationShow(Screen(stream, {}, lang)) as show:
        show.event(RunEnded("with", 0, "finished", False))
        show.planned([tested.intervention for tested in EVERY_KIND])
    show.explanation(an_explanation(*EVERY_KIND), None)
    text = stream.getvalue()
    assert "\x1b" not in text
    assert f"  · {wording.tested_words(NO_DECAY, RECIPE, lang)}\n" in text
    assert text.count("  · ") == 2 * len(EVERY_KIND) + 6  # planned, told, symptoms, saturation, effort, ranges

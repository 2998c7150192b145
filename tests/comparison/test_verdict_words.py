"""The verdict's words, for pairs whose figures are written out here: what is said must be what they are."""

import pytest

from paribus.comparison.words.verdict_text import headline, verdict_words
from paribus.programs.recipe.view import VIEW
from paribus.records.comparison import ArmView, PairView
from paribus.records.reasons import NO_SPREAD, NOTHING_TRAINED, REASONS
from paribus.words.translation import translator
from tests.comparison.written_pairs import estimate, lesson, open_pair, two_arms
from tests.factories import CASES, make_comparison


def test_every_reason_that_leaves_a_pair_open_says_how_to_settle_it() -> None:
    """But where nothing trained, or chance shows nowhere: more of the same runs would settle nothing."""
    for reason in REASONS:
        assert reason.says
        assert bool(reason.unsettled) == (reason.outcome == "open" and reason not in (NOTHING_TRAINED, NO_SPREAD))


def test_the_lesson_in_english() -> None:
    assert verdict_words(lesson(), "en") == (
        "Sigmoid trained in 0 of 6 runs, ReLU in 6 of 6. ReLU is better: 92.1 % against 10.0 % test accuracy, a "
        "difference of 82.1 percentage points (95 % interval 81.9 to 82.3 over 6 seeds). If both were equally "
        "likely to train, a split this uneven would happen 0.2 % of the time (p = 0.002, Fisher's exact test)."
    )


def test_the_lesson_in_korean() -> None:
    assert verdict_words(lesson(), "ko") == (
        "시그모이드는 6번의 실행 중 0번, ReLU는 6번 중 6번 학습에 성공했습니다. ReLU가 더 낫습니다. 테스트 정확도가 "
        "92.1% 대 10.0%로 82.1%p 차이가 납니다(시드 6개에 대한 95% 신뢰구간 81.9~82.3). 학습에 성공할 가능성이 서로 "
        "같다면 성공 횟수가 우연히 이만큼 벌어질 확률은 0.2%입니다(p = 0.002, 피셔의 정확 검정)."
    )


def test_the_winner_comes_first_whichever_of_both_it_is() -> None:
    comparison = two_arms(means=(0.989, 0.985), verdict="a_better", low=-0.0045, high=-0.0035)
    said = verdict_words(comparison, "en")
    assert said.startswith(
        "Sigmoid is better: 98.90 % against 98.50 % test accuracy, a difference of 0.40 percentage points "
        "(95 % interval 0.35 to 0.45 over 6 seeds)."
    )
    assert headline(comparison, comparison.pairs[0], "en") == "Sigmoid is better than ReLU: 98.90 % against 98.50 %"


def test_accuracy_says_how_sure_and_by_which_test() -> None:
    said = verdict_words(two_arms(), "en")
    assert "would turn up 0.2 % of the time (p = 0.002, paired t test)." in said
    assert "Both trained in all 6 runs." in said
    assert "sign-flip" not in said  # it agrees
    assert "other test images" not in said


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_a_mixture_gets_counts_first_and_no_lone_mean(lang: str) -> None:
    comparison = two_arms(
        (3, 6),
        (0.951, 0.978),
        ("trained", "all"),
        reason="counts_open",
        verdict="open",
        decided_by="fisher",
        over="trained",
        seeds=(1, 2, 5),
        p_trained=0.18,
        p_decision=0.18,
        p_holm=0.18,
        low=0.018,
        high=0.033,
        seeds_to_settle=19,
    )
    said = verdict_words(comparison, lang)
    assert said.startswith(
        {
            "en": "Sigmoid trained in 3 of 6 runs, ReLU in 6 of 6. Open: not every run trained",
            "ko": "시그모이드는 6번의 실행 중 3번, ReLU는 6번 중 6번 학습에 성공했습니다. 판정 보류:",
        }[lang]
    )
    assert "95.1" not in said
    assert "97.8" not in said
    assert "+2.7" in said  # the difference where both trained
    assert "1.8" in said
    assert "3.3" in said
    assert "19" in said  # seeds that would settle it
    assert "13" in said  # that is so many more


def test_where_both_trained_the_difference_may_point_against_the_winner() -> None:
    comparison = two_arms(
        (1, 6),
        (0.98, 0.97),
        ("trained", "all"),
        reason="trained_counts",
        verdict="b_better",
        decided_by="fisher",
        over="trained",
        seeds=(3,),
        low=None,
        high=None,
        p_decision=0.015,
        p_holm=0.015,
    )
    said = verdict_words(comparison, "en")
    assert "ReLU is better than sigmoid: it trains more often." in said
    assert "With the 1 seed where both trained, ReLU minus sigmoid is −1.0 percentage points of test accuracy." in said


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_an_arm_that_never_trained_against_one_that_mostly_did(lang: str) -> None:
    """The lesson, as it is: sigmoid never trains, and ReLU not always. The difference is over ReLU's 5 seeds."""
    comparison = two_arms(
        (0, 5),
        (0.1009, 0.921),
        ("all", "trained"),
        reason="trained_counts",
        verdict="b_better",
        decided_by="fisher",
        over="trained",
        seeds=(1, 2, 3, 4, 5),
        p_decision=0.015,
        p_holm=0.015,
    )
    said = verdict_words(comparison, lang)
    reached = {
        "en": "Where ReLU trained it reaches 92.1 % test accuracy; sigmoid, which never trained, stays at 10.1 %.",
        "ko": "ReLU는 학습에 성공한 실행에서 테스트 정확도 92.1%에 이르고, 한 번도 학습에 성공하지 못한",
    }
    assert reached[lang] in said
    expected = {
        "en": "With the 5 seeds where ReLU trained, ReLU minus sigmoid is +82.0 percentage points",
        "ko": "ReLU가 학습에 성공한 시드 5개에서 ReLU의 테스트 정확도에서 시그모이드의 것을 뺀 차이는 +82.0%p입니다",
    }
    assert expected[lang] in said


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_means_over_other_seeds_do_not_stand_beside_the_difference(lang: str) -> None:
    """Sigmoid never trained, and three of its runs diverged: its mean is over three seeds, ReLU's over six."""
    comparison = lesson(seeds=(0, 2, 4))
    sigmoid = comparison.arms[0].model_copy(update={"figures": {"test_accuracy": estimate(0.122, 3)}})
    said = verdict_words(comparison.model_copy(update={"arms": (sigmoid, comparison.arms[1])}), lang)
    assert "12.2" not in said
    assert "92.1" not in said
    expected = {
        "en": "With the 3 seeds where both have a test accuracy, ReLU minus sigmoid is +82.1 percentage points (",
        "ko": "둘 다 테스트 정확도가 있는 시드 3개에서 ReLU에서 시그모이드를 뺀 차이는 +82.1%p입니다(",
    }
    assert expected[lang] in said


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_the_arm_that_trains_more_often_may_have_the_lower_accuracy(lang: str) -> None:
    """With noisy labels a run may answer well and yet not have trained, by its loss."""
    fields = {"low": -0.411, "high": -0.382, "items_low": -0.42, "items_high": -0.38}
    comparison = two_arms(
        (0, 6), (0.907, 0.51), reason="trained_counts", verdict="b_better", decided_by="fisher", **fields
    )
    said = verdict_words(comparison, lang)
    better, sizes, wrong = {
        "en": (
            "ReLU is better than sigmoid: it trains more often.",
            "ReLU reaches 51.0 % test accuracy, sigmoid 90.7 %: a difference of −39.7 percentage points (95 % interval "
            "−41.1 to −38.2 over 6 seeds).",
            "ReLU is better: 51.0",
        ),
        "ko": (
            "ReLU가 시그모이드보다 낫습니다. 학습에 성공하는 경우가 더 많습니다.",
            "테스트 정확도는 ReLU가 51.0%, 시그모이드가 90.7%로 차이는 −39.7%p입니다",
            "51.0% 대 90.7%",
        ),
    }[lang]
    assert better in said
    assert sizes in said
    assert wrong not in said


def test_no_seed_where_both_trained() -> None:
    nothing = dict.fromkeys(("difference", "low", "high", "items_low", "items_high", "p", "p_t"))
    comparison = two_arms(
        (1, 5),
        arms_over=("trained", "trained"),
        over="trained",
        reason="counts_open",
        verdict="open",
        seeds=(),
        **nothing,
    )
    assert "With no seed did both train" in verdict_words(comparison, "en")


def test_practically_equal_names_the_margin_and_the_test() -> None:
    comparison = two_arms(
        means=(0.9890, 0.9892), reason="within_margin", verdict="equal", low=-0.0003, high=0.0007, items_low=-0.0004,
        items_high=0.0008, p_equal=0.004, p_equal_holm=0.004, p_holm=0.4, p_t=0.4, p_decision=0.4,
    )  # fmt: skip
    said = verdict_words(comparison, "en")
    assert said.startswith(
        "ReLU and sigmoid are practically equal: 98.92 % and 98.90 % test accuracy, a difference of +0.02 percentage "
        "points (95 % interval −0.03 to +0.07 over 6 seeds), within the margin of 0.1 percentage points."
    )
    assert "0.4 % of the time (p = 0.004, two one-sided t tests)" in said
    assert "margin: other test images" not in said
    assert "ReLU와 시그모이드가 사실상 같습니다." in verdict_words(comparison, "ko")


def test_open_says_what_is_not_known_and_what_would_settle_it() -> None:
    said = verdict_words(open_pair(p_holm=0.12, p_decision=0.12, low=-0.0004, high=0.0018), "en")
    assert said.startswith("Open: between ReLU and sigmoid neither a difference nor practical equality")
    assert "a difference of +0.07 percentage points (95 % interval −0.04 to +0.18 over 6 seeds)" in said
    assert "About 24 seeds in all would likely settle it, 18 more; adding them is look 2 of 3" in said


def test_confounded_is_said_before_all_else() -> None:
    comparison = make_comparison("confounded").model_copy(update={"look": 2})
    assert verdict_words(comparison, "en").startswith(
        "Confounded: the arms differ in 2 fields at once (activation and learning rate)"
    )
    assert verdict_words(comparison, "ko").startswith("교란됨:")
    assert headline(comparison, comparison.pairs[0], "en").startswith("Confounded: ")
    assert "onfounded" not in verdict_words(make_comparison("fair"), "en")


def test_one_seed_gives_no_certainty() -> None:
    said = verdict_words(make_comparison("one_seed"), "en")
    assert said.startswith("Open: one seed shows a difference, but not how much of it is that seed's luck.")
    assert "over 1 seed" not in said
    assert "McNemar's exact test" in said  # of these two networks, not of what trained them
    assert "On the methods that trained them, one run each says little." in said


def test_nothing_to_compare_where_neither_trained() -> None:
    comparison = make_comparison("neither")
    said = verdict_words(comparison, "en")
    assert "there is nothing to compare" in said
    assert "better" not in said
    assert "settle" not in said


def test_runs_that_diverged_are_named() -> None:
    said = verdict_words(make_comparison("diverged"), "en")
    assert "earning rate 0.05 trained in 3 of 6 runs, learning rate 0.001 in 6 of 6. 2 runs of " in said
    assert "2 runs of learning rate 0.05 diverged" in said


def test_every_pair_has_its_paragraph_and_names_both_arms() -> None:
    comparison = make_comparison("three_arms")
    paragraphs = verdict_words(comparison, "en").split("\n\n")
    assert len(paragraphs) == 3
    assert paragraphs[0].startswith("ReLU is better than sigmoid on these test images: ")
    assert paragraphs[1].startswith("Tanh is better than sigmoid on these test images: ")


@pytest.mark.parametrize("lang", ["en", "ko"])
@pytest.mark.parametrize("case", CASES)
def test_every_case_reads_as_whole_sentences(case: str, lang: str) -> None:
    comparison = make_comparison(case)
    said = verdict_words(comparison, lang)
    assert all(paragraph.endswith(".") for paragraph in said.split("\n\n"))
    for fault in ("{", "}", "None", "nan", "  ", " .", "()", ".."):
        assert fault not in said
    for pair in comparison.pairs:
        line = headline(comparison, pair, lang)
        assert "\n" not in line
        assert len(line) < 130


def test_a_users_arm_names_are_inert_and_keep_their_first_letter() -> None:
    comparison = make_comparison("confounded")
    names = {"sigmoid": "mine\x1b[31m", "relu": "{their}\u202e"}

    def renamed(arm: ArmView) -> ArmView:
        return arm.model_copy(update={"name": names[arm.name]})

    def repaired(pair: PairView) -> PairView:
        return pair.model_copy(update={"a": names[pair.a], "b": names[pair.b]})

    comparison = comparison.model_copy(
        update={
            "factor": "recipe",
            "arms": tuple(map(renamed, comparison.arms)),
            "pairs": tuple(map(repaired, comparison.pairs)),
        }
    )
    said = verdict_words(comparison, "en")
    assert "\n\n{their}� is better on these test images: " in said
    assert "\x1b" not in said
    assert "\u202e" not in said


def test_what_trained_means_names_the_rules_own_share() -> None:
    assert "at least 5 % below" in VIEW.trained_note(translator("en"))
    assert "5% 이상 낮고" in VIEW.trained_note(translator("ko"))

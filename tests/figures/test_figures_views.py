"""The views: what is drawn, checked against comparisons whose runs are known."""

from __future__ import annotations

import base64
import math

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from paribus.core.errors import ParibusError, StoreError
from paribus.figures.curves import curves_figure
from paribus.figures.curves_view import curves_view
from paribus.figures.differences import differences_figure
from paribus.figures.kinds import figure
from paribus.programs.recipe.figures.confusion import confusion_views
from paribus.programs.recipe.figures.disagreements import disagreement_views, name_of
from paribus.records.comparison import ArmView, Comparison
from paribus.records.program import Label, Metric, ProgramInfo
from paribus.report import render
from paribus.report.notebook import comparison_html
from tests.factories import evidence, make_comparison, with_evidence
from tests.figures.specifications import marks_of


def with_arm(comparison: Comparison, index: int, **changes: object) -> Comparison:
    arms = list(comparison.arms)
    arms[index] = arms[index].model_copy(update=changes)
    return comparison.model_copy(update={"arms": tuple(arms)})


def with_curves(arm: ArmView, *accuracies: tuple[float, ...]) -> tuple[object, ...]:
    runs = arm.runs[: len(accuracies)]
    return tuple(
        run.model_copy(update={"curves": {**run.curves, "val_accuracy": a}})
        for run, a in zip(runs, accuracies, strict=True)
    )


def test_the_band_is_mean_lowest_and_highest_of_the_seeds() -> None:
    lesson = make_comparison("lesson")
    known = with_arm(lesson, 1, runs=with_curves(lesson.arms[1], (0.5, 0.9), (0.6, 0.7), (0.1, 0.8)))
    arm = curves_view(known).panel("val_accuracy").arms[1]
    assert [(p.epoch, p.low, p.high) for p in arm.band] == [(1, 0.1, 0.6), (2, 0.7, 0.9)]
    assert [p.mean for p in arm.band] == pytest.approx([0.4, 0.8])
    assert [line.points for line in arm.lines] == [
        ((1, 0.5), (2, 0.9)),
        ((1, 0.6), (2, 0.7)),
        ((1, 0.1), (2, 0.8)),
    ]


def test_a_mixture_has_its_mean_over_the_trained_runs_alone() -> None:
    mixture = make_comparison("mixture")
    arm = curves_view(mixture).panel("val_accuracy").arms[0]
    trained = [run for run in mixture.arms[0].runs if run.trained]
    assert len(trained) == arm.counted == 3
    assert [line.in_band for line in arm.lines] == [run.trained for run in mixture.arms[0].runs]
    assert arm.band[-1].mean == pytest.approx(np.mean([run.curves["val_accuracy"][-1] for run in trained]))
    assert arm.band[-1].low > 0.9, "the collapsed runs stay out of the band"


def test_an_arm_that_never_trained_still_has_its_band() -> None:
    arm = curves_view(make_comparison("lesson")).panel("val_accuracy").arms[0]
    assert arm.counted == 6
    assert 0.1 < arm.band[-1].mean < 0.125


def test_a_diverged_run_is_a_line_without_its_nan_and_out_of_the_band() -> None:
    arm = curves_view(make_comparison("diverged")).panel("val_loss").arms[1]
    diverged = [line for line in arm.lines if line.diverged]
    assert len(diverged) == 2
    for line in diverged:
        assert line.points == ((1, 8.9),)
        assert not line.in_band
    assert arm.counted == 3


def test_an_arm_whose_runs_all_diverged_has_lines_and_no_band() -> None:
    arm = curves_view(make_comparison("all_diverged")).panel("train_loss").arms[1]
    assert arm.band == ()
    assert all(line.points for line in arm.lines)


def test_a_missing_epoch_leaves_the_band_at_the_epochs_that_all_have() -> None:
    lesson = make_comparison("lesson")
    known = with_arm(lesson, 1, runs=with_curves(lesson.arms[1], (0.5, math.nan, 0.9), (0.6, 0.7, 0.8)))
    arm = curves_view(known).panel("val_accuracy").arms[1]
    assert [p.epoch for p in arm.band] == [1, 3]
    assert arm.lines[0].points == ((1, 0.5), (3, 0.9))


def with_majority(*fractions: float) -> Comparison:
    start = make_comparison("fair")
    arms = tuple(
        arm.model_copy(update={"fields": arm.fields.replace(majority_fraction=fraction)})
        for arm, fraction in zip(start.arms, fractions, strict=True)
    )
    return start.model_copy(update={"arms": arms})


def test_guessing_under_a_majority_names_the_majority() -> None:
    view = curves_view(with_majority(0.6, 0.6))
    assert view.panel("val_accuracy").guessing == 0.6
    assert view.panel("train_accuracy").guessing == 0.6
    assert view.panel("val_loss").guessing == evidence(make_comparison("fair")).prior_entropy
    # with a share below a tenth the others are the more frequent: 0.99 over nine classes
    assert curves_view(with_majority(0.01, 0.01)).panel("val_accuracy").guessing == pytest.approx(0.11)


def test_where_the_arms_have_other_shares_of_classes_no_line_is_guessing() -> None:
    comparison = with_majority(0.0, 0.6)
    assert [panel.guessing for panel in curves_view(comparison).panels] == [None] * 4
    said = render(comparison, "en")
    assert "dotted line" not in said
    assert "clearly below what always guessing" in said


def test_guessing_is_the_prior_entropy_for_losses_and_one_in_ten_for_accuracies() -> None:
    lesson = make_comparison("lesson")
    view = curves_view(lesson)
    assert [panel.metric.name for panel in view.panels] == ["val_accuracy", "val_loss", "train_accuracy", "train_loss"]
    assert view.panel("val_loss").guessing == evidence(lesson).prior_entropy
    assert view.panel("val_accuracy").guessing == 0.1


def test_a_closer_look_only_where_arms_end_near_each_other() -> None:
    assert curves_view(make_comparison("lesson")).closer is None
    assert curves_view(make_comparison("fair", epochs=3)).closer is None, "three epochs have no end to look closer at"
    closer = curves_view(make_comparison("fair")).closer
    assert closer is not None
    assert closer.first_epoch == 6
    assert min(point[0] for arm in closer.arms for line in arm.lines for point in line.points) == 6
    assert all(arm.band[0].epoch == 6 for arm in closer.arms)


def test_confusion_shares_sum_to_one_and_name_the_worst_mistakes() -> None:
    counts = ((90, 10, 0), (0, 50, 0), (3, 1, 96))
    lesson, names = make_comparison("lesson"), ("0", "1", "2")
    known = with_evidence(lesson, confusion={"sigmoid": (), "relu": counts}, class_names=names, disagreements=())
    view = confusion_views(known)[1]
    assert [sum(row) for row in view.shares] == pytest.approx([1, 1, 1])
    assert [(m.true, m.predicted, m.count) for m in view.mistakes] == [(0, 1, 10), (2, 0, 3), (2, 1, 1)]
    assert view.mistakes[0].share == pytest.approx(0.1)
    assert view.single is None


def test_an_arm_that_gives_one_answer_is_said_to() -> None:
    sigmoid, relu = confusion_views(make_comparison("lesson"))
    assert sigmoid.single == 1, "the most frequent class of MNIST's labels"
    assert relu.single is None
    assert (sigmoid.runs, relu.runs) == (6, 6)


def test_differences_are_the_comparisons_own() -> None:
    comparison = make_comparison("three_arms")
    spec = differences_figure(comparison, "en")
    sides = [mark.text for mark in marks_of(spec, "name")]
    assert sides[:2] == ["← Sigmoid better", "ReLU better →"]
    assert sides[4:] == ["← ReLU better", "Tanh better →"]
    strokes, means = marks_of(spec, "seed-mark"), marks_of(spec, "mean-mark")
    bars, wide = marks_of(spec, "interval"), marks_of(spec, "interval-items")
    for pair, seeds, mean, bar, items in zip(comparison.pairs, strokes, means, bars, wide, strict=True):
        assert [x for x, _ in seeds.points] == pytest.approx([100 * d for d in pair.differences])
        assert mean.points[0][0] == pytest.approx(100 * pair.difference)
        assert [x for x, _ in bar.points] == pytest.approx([100 * pair.low, 100 * pair.high])
        assert [x for x, _ in items.points] == pytest.approx([100 * pair.items_low, 100 * pair.items_high])
    (margin,), (zero,) = marks_of(spec, "margin"), marks_of(spec, "zero")
    assert margin.x == pytest.approx((-100 * comparison.margin, 100 * comparison.margin))
    assert zero.at == 0
    (panel,) = spec.panels()
    assert panel.x.low <= 0 <= panel.x.high
    assert panel.x.label == "percentage points"


def test_differences_far_from_zero_are_drawn_closer_too_and_at_the_same_values() -> None:
    comparison = make_comparison("lesson")  # 79 to 80 percentage points
    (pair,) = comparison.pairs
    spec = differences_figure(comparison, "en")
    whole, closer = spec.panels()
    assert whole.x.low == 0
    assert closer.x.low > 70
    for kind in ("seed-mark", "interval"):
        far, near = marks_of(spec, kind)
        assert far == near
    assert [x for x, _ in near.points] == pytest.approx([100 * pair.low, 100 * pair.high])
    assert all(closer.x.low <= 100 * d <= closer.x.high for d in pair.differences)


def test_disagreements_show_the_pixels_that_were_stored() -> None:
    comparison = make_comparison("fair")
    view = disagreement_views(comparison)[0]
    shown = evidence(comparison).disagreements[0]
    assert view.number == shown.index
    assert view.label == str(shown.label)
    assert [a.said for a in view.answers] == [str(a.predicted) for a in shown.answers]
    assert [a.right for a in view.answers] == [a.predicted == shown.label for a in shown.answers]
    assert view.image.startswith("data:image/png;base64,")


def test_damaged_pixels_are_refused_with_the_images_number() -> None:
    comparison = make_comparison("fair")
    shown = evidence(comparison).disagreements[0]
    for pixels in ("not base64!", base64.b64encode(b"\0" * 5).decode()):
        damaged = shown.model_copy(update={"pixels": pixels})
        with pytest.raises(StoreError, match=f"test image {shown.index} must have as many pixels as its sides say"):
            disagreement_views(with_evidence(comparison, disagreements=(damaged,)))


def test_a_class_without_a_name_is_its_number() -> None:
    assert name_of(("T-shirt",), 0) == "T-shirt"
    assert name_of(("T-shirt",), 7) == "7"


LOSS = Metric(name="loss", direction="min", label=Label(en="squared error", ko="제곱 오차"))


def another_program(*, curves: bool) -> Comparison:
    """The fair comparison as if of a program with one metric, of which less is better, and no meaning of trained."""
    fair = make_comparison("fair")
    info = ProgramInfo(kind="fit", name="fit", metrics=(LOSS,), steers="loss", judged="loss")
    arms = []
    for arm in fair.arms:
        runs = []
        for run in arm.runs:
            lines = {"loss": run.curves["val_loss"]} if curves else {}
            runs.append(run.model_copy(update={"figures": {"loss": 0.5}, "curves": lines}))
        arms.append(arm.model_copy(update={"runs": tuple(runs)}))
    return fair.model_copy(update={"program": info, "metric": LOSS, "arms": tuple(arms), "evidence": None})


def test_where_less_is_better_the_sides_change_and_differences_are_in_the_metrics_unit() -> None:
    spec = differences_figure(another_program(curves=False), "en")
    assert spec.title == "Difference in squared error, seed by seed"
    assert [mark.text for mark in marks_of(spec, "name")] == ["← ReLU better", "Sigmoid better →"]
    (pair,) = make_comparison("fair").pairs
    (mean,) = marks_of(spec, "mean-mark")
    assert mean.points[0][0] == pytest.approx(pair.difference)
    assert spec.panels()[0].x.label == ""


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_another_programs_curves_are_drawn_where_it_has_any(lang: str) -> None:
    known, unknown = another_program(curves=True), another_program(curves=False)
    (panel,) = curves_figure(known, lang).panels()
    assert panel.title == ("Squared error" if lang == "en" else "제곱 오차")
    for kind in ("curves", "differences"):
        FigureCanvasAgg(figure(known, kind, lang)).draw()
    with pytest.raises(ParibusError, match="a figure of curves"):
        figure(unknown, "curves", lang)
    with pytest.raises(ParibusError, match="kind must be one of curves, differences"):
        figure(known, "confusion", lang)
    for comparison, charts in ((known, 2), (unknown, 0)):
        assert comparison_html(comparison, lang).count('class="chart"') == charts
        html = render(comparison, lang)
        assert html.count('data-mount="curves"') == bool(charts)
        assert ('id="training"' in html) == bool(charts)


def test_an_arm_that_answers_whatever_the_image_is_said_to_do_so() -> None:
    rows = ((4, 2, 0), (40, 20, 0), (400, 201, 0))
    one = {"sigmoid": rows, "relu": ((9, 1, 0), (1, 9, 0), (0, 0, 10))}
    known = with_evidence(make_comparison("lesson"), confusion=one, class_names=("a", "b", "c"), disagreements=())
    assert [view.blind for view in confusion_views(known)] == [(0, 1), ()]
    assert "whatever the image; which one differs from run to run: a, b." in render(known, "en")
    assert "어떤 이미지에도 같은 답을 합니다(실행에 따라 a, b)." in render(known, "ko")

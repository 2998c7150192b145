"""What came out: a card for each arm, and a row for each run."""

from __future__ import annotations

from dataclasses import dataclass

from paribus.presentation.figures.arms import arm_names
from paribus.presentation.numbers import decimals, loss
from paribus.presentation.report.methods import trained_text
from paribus.presentation.safe_text import one_line
from paribus.presentation.translation import translator
from paribus.values.comparison import ArmView, Comparison, RunView

MOST_DOTS = 30


@dataclass(frozen=True)
class ArmCard:
    """One arm: the figure that says most, what it is, and the rest.

    `trained` is `5 of 6` with its Wilson interval; `accuracy` the mean test accuracy with its t interval; `mixed`
    says that only some runs trained, so that the counts come first and the accuracy is of the trained runs alone.
    `dots`: for each run whether it trained; empty where there are too many to see at once.
    """

    name: str
    index: int
    trained: str
    trained_interval: str
    all_trained: bool
    mixed: bool
    accuracy: str
    accuracy_interval: str
    level: str
    over: str
    counted: str
    dots: tuple[bool, ...]


@dataclass(frozen=True)
class RunRow:
    """One run, as text. `state` is `trained`, `untrained` or `diverged`; `state_text` says it."""

    seed: str
    arm: str
    index: int
    state: str
    state_text: str
    test_accuracy: str
    val_accuracy: str
    val_loss: str
    train_loss: str
    epochs: str
    seconds: str
    id: str
    first_of_seed: bool


def arm_cards(comparison: Comparison, lang: str) -> tuple[ArmCard, ...]:
    """The arms' cards, in order."""
    names = arm_names(comparison, lang)
    places = _places(comparison)
    return tuple(_card(arm, index, names[index], places, lang) for index, arm in enumerate(comparison.arms))


def run_rows(comparison: Comparison, lang: str) -> tuple[RunRow, ...]:
    """All runs, seed by seed, and within a seed arm by arm."""
    names = arm_names(comparison, lang)
    rows = []
    for seed in comparison.seeds:
        found = [(i, run) for i, arm in enumerate(comparison.arms) for run in arm.runs if run.seed == seed]
        rows += [_run(run, i, names[i], lang, first=n == 0) for n, (i, run) in enumerate(found)]
    return tuple(rows)


def _places(comparison: Comparison) -> int:
    means = [arm.test_accuracy.mean for arm in comparison.arms if arm.test_accuracy]
    return decimals(*(abs(a - b) for i, a in enumerate(means) for b in means[:i]))


def _card(arm: ArmView, index: int, name: str, places: int, lang: str) -> ArmCard:
    words = translator(lang)
    estimate = arm.test_accuracy
    interval, level = "", words.level(0.95)
    if estimate is not None and estimate.low is not None and estimate.high is not None:
        level = words.level(estimate.level)
        interval = words.text(
            "{low} to {high}",
            low=words.percent(estimate.low, places),
            high=words.percent(estimate.high, places),
        )
    return ArmCard(
        name=name,
        index=index,
        trained=trained_text(arm, lang),
        trained_interval=words.text(
            "{low} to {high}",
            low=words.percent(arm.trained_low, 0),
            high=words.percent(arm.trained_high, 0),
        ),
        all_trained=arm.trained == len(arm.runs),
        mixed=arm.over == "trained",
        accuracy=words.percent(estimate.mean if estimate else None, places),
        accuracy_interval=interval,
        level=level,
        over=_over(arm, estimate.n if estimate else 0, lang),
        counted=_counted(arm, estimate.n if estimate else 0, lang),
        dots=tuple(run.trained for run in arm.runs) if len(arm.runs) <= MOST_DOTS else (),
    )


def _over(arm: ArmView, n: int, lang: str) -> str:
    words = translator(lang)
    if not n:
        return words.text("no run reached a test")
    if arm.over == "trained":
        return words.plural(
            "mean test accuracy of the {n} run that trained", "mean test accuracy of the {n} runs that trained", n
        )
    return words.plural("test accuracy of {n} run", "mean test accuracy over {n} runs", n)


def _counted(arm: ArmView, n: int, lang: str) -> str:
    words = translator(lang)
    if not n:
        return "–"
    if arm.over == "trained":
        return words.plural("the {n} that trained", "the {n} that trained", n)
    return words.text("{k} of {n}", k=n, n=len(arm.runs))


def _run(run: RunView, index: int, name: str, lang: str, *, first: bool) -> RunRow:
    words = translator(lang)
    state, state_text = "untrained", words.text("did not train")
    if run.status == "diverged":
        state, state_text = "diverged", words.text("diverged")
    elif run.trained:
        state, state_text = "trained", words.text("trained")
    return RunRow(
        seed=str(run.seed),
        arm=name,
        index=index,
        state=state,
        state_text=state_text,
        test_accuracy=words.percent(run.test_accuracy, 2),
        val_accuracy=words.percent(run.val_accuracy[-1] if run.val_accuracy else None, 2),
        val_loss=loss(run.val_loss[-1] if run.val_loss else None),
        train_loss=loss(run.train_loss[-1] if run.train_loss else None),
        epochs=str(len(run.val_loss)),
        seconds=words.text("{seconds} s", seconds=f"{run.seconds:.0f}"),
        id=one_line(run.id),
        first_of_seed=first,
    )

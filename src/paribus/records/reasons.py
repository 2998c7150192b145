"""Why a verdict is what it is: a record for each reason, with when it applies, its words, and how to settle it.

The decision rule asks `REASONS` in order and takes the first that applies; presentation fills in the words. A reason is
added here and nowhere else, with its Korean in the catalogue, a line of docs/json.md and one of the decision record.
"""

from __future__ import annotations

from paribus.core.messages import mark
from paribus.records.reason_form import ALIKE, BETTER, FIGURE_TOO, REACHED, SIZES, Reason, Variants

_BY_CHANCE = mark(
    "If there were no difference, one this large would turn up {chance} of the time ({p}, {test}{corrected})."
)
_UNEVEN = mark(
    "If both were equally likely to train, a split this uneven would happen {chance} of the time ({p}, Fisher's exact "
    "test{corrected})."
)


_TOO_MANY = mark("No number of seeds that one would care to run is likely to settle it.")

NOTHING_TRAINED = Reason(
    name="neither_trained",
    when=lambda tests: tests.none_trained,
    outcome="open",
    headline=mark("Nothing to compare: neither {first} nor {second} trained"),
    says=(mark("Neither {first} nor {second} trained in any run: there is nothing to compare."), REACHED),
)

IDENTICAL = Reason(
    name="identical",  # all trained, and each seed gave both arms the same figure
    when=lambda tests: tests.identical,
    outcome="equal",
    headline=mark("{first} and {second} are equal{where}: the same {metric} every time"),
    says=(ALIKE,),
    ps=(),
)

NO_SPREAD = Reason(
    name="no_spread",  # no figure depends on the seed
    when=lambda tests: tests.no_spread & ~tests.counts,
    outcome="open",
    headline=mark("Open: there is no spread to judge {first} and {second} by"),
    says=(
        Variants(
            "paired",
            so=mark("Open: the seed changes nothing: there is no spread to judge by."),
            otherwise=mark("Open: all runs of an arm gave the same figure: there is no spread to judge by."),
        ),
        SIZES,
    ),
)

TOO_FEW = Reason(
    name="too_few_seeds",  # one seed: a difference without a spread
    when=lambda tests: ~tests.tested,
    outcome="open",
    headline=mark("Open: one seed says little about {first} and {second}"),
    says=(
        Variants(
            "paired",
            so=mark("Open: one seed shows a difference, but not how much of it is that seed's luck."),
            otherwise=mark("Open: a single run of an arm does not show how much of a difference is that run's luck."),
        ),
        SIZES,
    ),
    unsettled=mark("Use more seeds: with six, every test here can decide."),
)

TRADE_OFF = Reason(
    name="trade_off",  # one arm trains in more runs, and the other is better where both train
    when=lambda tests: tests.opposed,
    outcome="open",
    headline=mark(
        "Open: {first} trains more often ({l} of {m} runs, against {k}), {second} is better where both train"
    ),
    says=(
        mark(
            "{first} trains more often ({p_trains}), but where both train {second} is better ({p_figure}), by "
            "{size} of {metric}{of_size}."
        ),
        mark("So the verdict is open: which of the two matters more is yours to say."),
    ),
    ps=("p_holm", "p_decision", "p_trained"),
    unsettled=mark("No number of seeds decides that."),
)

WHERE_TRAINED = Reason(
    name="better_where_trained",  # the figures decide where both train, the counts do not
    when=lambda tests: tests.figure & ~tests.all_trained,
    outcome="better",
    headline=mark(
        "Where both train, {first} beats {second} by {size_short}; which trains more often is open ({l} of {m} against "
        "{k})"
    ),
    says=(
        mark("Where both train, {first} is better than {second} by {size} of {metric}{of_size}."),
        _BY_CHANCE,
        mark("Which of them trains more often is open ({p_trains})."),
    ),
    ps=("p_holm", "p_decision", "p_t"),
)

TAILS = Reason(
    name="tails",  # the figures would decide, but lie far to one side, against what they would say
    when=lambda tests: tests.tails,
    outcome="open",
    headline=mark("Open: a few runs lie far off, and these cannot say which of {first} and {second} is better"),
    says=(
        Variants(
            "paired",
            so=mark(
                "Open: most seeds point one way, but a few lie far to the other side. How often such a seed comes up "
                "cannot be said from so few, and the mean difference hangs on it: an ordinary t test would decide "
                "here, and be wrong too often."
            ),
            otherwise=mark(
                "Open: most runs point one way, but a few lie far to the other side. How often such a run comes up "
                "cannot be said from so few, and the mean difference hangs on it: an ordinary t test would decide "
                "here, and be wrong too often."
            ),
        ),
        SIZES,
    ),
    ps=("p_holm", "p_decision", "p_t"),
    unsettled=mark("More seeds will show how often that happens; how many it takes cannot be said from these."),
)

REASONS: tuple[Reason, ...] = (
    NOTHING_TRAINED,
    IDENTICAL,
    NO_SPREAD,
    TRADE_OFF,
    Reason(
        name="trained_and_figure",  # it trains in more runs, and is better where both train
        when=lambda tests: tests.counts & tests.figure,
        outcome="better",
        headline=mark(
            "{first} is better than {second}: trained in {l} of {m} runs, against {k}, and by {size_short} where both "
            "train"
        ),
        says=(
            mark(
                "{first} is better than {second} in both ways: it trains more often, and where both train it is better "
                "by {size} of {metric}{of_size}."
            ),
            _UNEVEN,
            mark("What it is better by where both train is no chance either ({p_figure})."),
        ),
        ps=("p_holm", "p_decision", "p_trained"),
    ),
    Reason(
        name="trained_counts",  # one arm trains in more runs, by Fisher's exact test
        when=lambda tests: tests.counts,
        outcome="better",
        headline=mark("{first} is better than {second}: trained in {l} of {m} runs, against {k}"),
        says=(BETTER, _UNEVEN, SIZES, FIGURE_TOO),
        ps=("p_holm", "p_decision", "p_trained"),
    ),
    WHERE_TRAINED,
    TAILS,
    Reason(
        name="counts_open",  # some runs did not train, and the counts do not decide
        when=lambda tests: ~tests.all_trained,
        outcome="open",
        headline=mark("Open: {first} trained in {l} of {m} runs, {second} in {k}"),
        says=(
            mark(
                "Open: not every run trained, and the counts do not tell the arms apart ({p}, Fisher's exact "
                "test{corrected})."
            ),
            SIZES,
            FIGURE_TOO,
        ),
        ps=("p_holm", "p_decision", "p_trained"),
        power="counts",
        unsettled=_TOO_MANY,
    ),
    TOO_FEW,
    Reason(
        name="within_margin",  # all trained, and the difference is smaller than the margin, by TOST
        when=lambda tests: tests.equal,
        outcome="equal",
        headline=mark("{first} and {second} are practically equal{where}, within {margin_short}"),
        says=(
            mark(
                "{first} and {second} are practically equal{where}: {best} and {other} {metric}, a difference of "
                "{signed}{interval}, within the margin of {margin}."
            ),
            mark(
                "If the true difference were as large as the margin, one this small would turn up {chance} of the time "
                "({p}, two one-sided t tests{corrected})."
            ),
        ),
        ps=("p_equal_holm", "p_equal"),
    ),
    Reason(
        name="difference",  # all trained, and the paired difference is established, by the t test
        when=lambda tests: tests.figure,
        outcome="better",
        headline=mark("{first} is better than {second}{where}: {best} against {other}"),
        says=(BETTER, _BY_CHANCE),
        ps=("p_holm", "p_decision", "p_t"),
    ),
    Reason(
        name="not_separated",  # all trained, and neither of both is established
        when=lambda tests: tests.all_trained,
        outcome="open",
        headline=mark("Open: {first} minus {second} is {signed_short}, which settles nothing"),
        says=(
            Variants(
                "margin",
                so=mark(
                    "Open: between {first} and {second} neither a difference nor practical equality (within {margin}) "
                    "is established."
                ),
                otherwise=mark("Open: no difference between {first} and {second} is established."),
            ),
            SIZES,
            _BY_CHANCE,
        ),
        ps=("p_holm", "p_decision", "p_t"),
        power="difference",
        unsettled=_TOO_MANY,
    ),
)
REASON: dict[str, Reason] = {reason.name: reason for reason in REASONS}


def known_reason(name: str) -> str:
    """The name, if there is such a reason. Raises ValueError."""
    if name not in REASON:
        raise ValueError(f"must be one of {', '.join(REASON)}")
    return name

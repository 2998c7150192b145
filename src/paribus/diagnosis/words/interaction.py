"""Factor and cause together, in words and as a table: every arm with the cause and without."""

from __future__ import annotations

from collections.abc import Mapping

from paribus.diagnosis.words.intervention_outcomes import cause_words
from paribus.diagnosis.words.sections import Grid, Section
from paribus.records.explanation import Cell, Cost, Interaction, Together
from paribus.words.labels import initial_capital, led
from paribus.words.metric_format import Measure
from paribus.words.translation import Words, mark


def interaction_section(interaction: Interaction, factor: str, names: Mapping[str, str], measure: Measure) -> Section:
    """`names`: the arms, as they are said inside a sentence. `measure`: of the judged metric."""
    words = measure.words
    fields = words.join([words.field(factor), *(words.field(change.factor) for change in interaction.cause.changes)])
    return Section(
        title=initial_capital(words.text("{fields} together", fields=fields)),
        sentences=_sentences(interaction, names, measure),
        grid=interaction_grid(interaction, names, measure),
        role="together",
    )


def cause_value(interaction: Interaction, words: Words, *, removed: bool = False) -> str:
    """`weight decay 0.1`, or what it was changed to."""
    changes = interaction.cause.changes
    said = [words.value_name(change.factor, change.after if removed else change.before) for change in changes]
    return led(said[0], " + ".join(said))


def interaction_grid(interaction: Interaction, names: Mapping[str, str], measure: Measure) -> Grid:
    """An arm a row: its figure with the cause, without it, and what the cause costs."""
    words = measure.words
    present = {cell.arm: cell for cell in interaction.cells if not cell.removed}
    removed = {cell.arm: cell for cell in interaction.cells if cell.removed}
    columns = (
        words.text("arm"),
        initial_capital(cause_value(interaction, words)),
        initial_capital(cause_value(interaction, words, removed=True)),
        words.text("what it costs, points") if measure.is_share else words.text("what it costs"),
    )
    rows = tuple(
        (
            initial_capital(names[cost.arm]),
            _cell(present[cost.arm], measure),
            _cell(removed[cost.arm], measure),
            _cost(cost, measure),
        )
        for cost in interaction.costs
    )
    return Grid(columns, rows)


def _cell(cell: Cell, measure: Measure) -> str:
    """`93.4 % (5/6)`; without the counts where *trained* means nothing."""
    figure = measure.value(cell.value, measure.places())
    return figure if cell.trained is None else f"{figure} ({cell.trained}/{cell.runs})"


def _cost(cost: Cost, measure: Measure) -> str:
    places = measure.places()
    number = measure.number(cost.cost, places)
    if cost.low is None:
        return number
    low, high = (measure.number(end, places) for end in (cost.low, cost.high))
    return f"{number} ({measure.words.text('{low} to {high}', low=low, high=high)})"


def _sentences(interaction: Interaction, names: Mapping[str, str], measure: Measure) -> tuple[str, ...]:
    words = measure.words
    cause = cause_words(interaction.cause, words)
    costs = {cost.arm: cost for cost in interaction.costs}
    known = [pair for pair in interaction.pairs if pair.interaction is not None]
    said = [_pair(pair, costs[pair.a], costs[pair.b], cause, names, measure) for pair in known]
    partly = [c for c in interaction.cells if not c.removed and c.trained]
    survived = [c for c in partly if (costs[c.arm].low or 0.0) > 0]
    said += [
        words.text(
            "{arm} is held back by {cause} too, and trains all the same in {k} of {n} runs.",
            arm=initial_capital(names[cell.arm]),
            cause=cause,
            k=cell.trained,
            n=cell.runs,
        )
        for cell in survived
        if len(survived) < len(costs)
    ]
    if said:
        said.append(_figures(interaction, measure))
    return tuple(said)


def _figures(interaction: Interaction, measure: Measure) -> str:
    """What the table's figures are, and of which runs."""
    told = {
        "metric": measure.title,
        "seeds": _span(interaction.seeds_present),
        "others": _span(interaction.seeds_removed),
    }
    if any(cell.trained is None for cell in interaction.cells):
        return measure.words.text(
            "{metric}. Seeds {seeds} with it, {others} without: independent runs, so the 95 % intervals are Welch's.",
            **told,
        )
    return measure.words.text(
        "{metric}, in brackets how many runs trained; where only some did, of those. Seeds {seeds} with it, {others} "
        "without: independent runs, so the 95 % intervals are Welch's.",
        **told,
    )


def _pair(pair: Together, a: Cost, b: Cost, cause: str, names: Mapping[str, str], measure: Measure) -> str:
    words, places = measure.words, measure.places()
    costs = _costs(pair, a, b, {"cause": initial_capital(cause), "a": names[pair.a], "b": names[pair.b]}, measure)
    if pair.low is None or pair.high is None:
        return costs
    finer = max(places, measure.places(pair.removed)) if pair.removed is not None else places
    low, high = (measure.signed(end, places) for end in (pair.low, pair.high))
    apart = {
        "present": measure.signed(pair.present, finer),
        "removed": measure.signed(pair.removed, finer),
        "ends": words.text("{low} to {high}", low=low, high=high),
        "a": names[pair.a],
        "b": names[pair.b],
        "change": measure.signed(pair.interaction, places),
    }
    established = pair.low > 0 or pair.high < 0
    return f"{costs} {initial_capital(words.text(_APART[measure.is_share, established], **apart))}"


# Of a share or not, where an interaction is established or not.
_APART = {
    (True, True): mark(
        "{b} minus {a} is {present} with it and {removed} without: an interaction of {change} ({ends})."
    ),
    (True, False): mark(
        "{b} minus {a} is {present} with it and {removed} without: no interaction is established, {change} ({ends})."
    ),
    (False, True): mark("{b} minus {a}: {present} with it, {removed} without: {change} ({ends})."),
    (False, False): mark(
        "{b} minus {a}: {present} with it, {removed} without; no interaction is established, {change} ({ends})."
    ),
}


def _costs(pair: Together, a: Cost, b: Cost, told: dict[str, str], measure: Measure) -> str:
    places = measure.places()
    numbers = {"cost_a": measure.number(a.cost, places), "cost_b": measure.number(b.cost, places)}
    told = {**told, **numbers, "metric": measure.label}
    if measure.is_share:
        return measure.words.text("{cause} costs {a} {cost_a} and {b} {cost_b} percentage points of {metric}.", **told)
    return measure.words.text("{cause} makes {metric} worse by {cost_a} for {a} and by {cost_b} for {b}.", **told)


def _span(seeds: tuple[int, ...]) -> str:
    whole = seeds == tuple(range(seeds[0], seeds[-1] + 1))
    return f"{seeds[0]}–{seeds[-1]}" if whole and len(seeds) > 1 else ", ".join(map(str, seeds))

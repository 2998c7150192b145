"""Factor and cause together, in words and as a table: every arm with the cause and without."""

from __future__ import annotations

from collections.abc import Mapping

from paribus.presentation.labels import field_label, initial_capital, value_name
from paribus.presentation.numbers import percent, points, signed_points
from paribus.presentation.sections import Grid, Section
from paribus.presentation.translation import Words
from paribus.values.explanation import Cell, Cost, Interaction, Together


def interaction_section(interaction: Interaction, factor: str, names: Mapping[str, str], words: Words) -> Section:
    """`names`: the arms, as they are said inside a sentence."""
    fields = words.join([field_label(factor, words.lang), *(_fields(interaction, words))])
    return Section(
        title=initial_capital(words.text("{fields} together", fields=fields)),
        sentences=_sentences(interaction, names, words),
        grid=interaction_grid(interaction, names, words),
        role="together",
    )


def _fields(interaction: Interaction, words: Words) -> list[str]:
    return [field_label(change.factor, words.lang) for change in interaction.cause.changes]


def cause_value(interaction: Interaction, words: Words, *, removed: bool = False) -> str:
    """`weight decay 0.1`, or what it was changed to."""
    changes = interaction.cause.changes
    return " + ".join(value_name(c.factor, c.after if removed else c.before, words.lang) for c in changes)


def interaction_grid(interaction: Interaction, names: Mapping[str, str], words: Words) -> Grid:
    """An arm a row: test accuracy with the cause, without it, and what the cause costs."""
    present = {cell.arm: cell for cell in interaction.cells if not cell.removed}
    removed = {cell.arm: cell for cell in interaction.cells if cell.removed}
    columns = (
        words.text("arm"),
        initial_capital(cause_value(interaction, words)),
        initial_capital(cause_value(interaction, words, removed=True)),
        words.text("what it costs, points"),
    )
    rows = tuple(
        (
            initial_capital(names[cost.arm]),
            _cell(present[cost.arm], words),
            _cell(removed[cost.arm], words),
            _points(cost, words),
        )
        for cost in interaction.costs
    )
    return Grid(columns, rows)


def _cell(cell: Cell, words: Words) -> str:
    """`93.4 % (5/6)`."""
    return f"{percent(cell.accuracy, words.lang)} ({cell.trained}/{cell.runs})"


def _points(cost: Cost, words: Words) -> str:
    return points(cost.cost) if cost.low is None else f"{points(cost.cost)} ({_ends(cost.low, cost.high, words)})"


def _ends(low: float | None, high: float | None, words: Words) -> str:
    return words.text("{low} to {high}", low=points(low), high=points(high))


def _sentences(interaction: Interaction, names: Mapping[str, str], words: Words) -> tuple[str, ...]:
    cause = cause_value(interaction, words)
    costs = {cost.arm: cost for cost in interaction.costs}
    known = [pair for pair in interaction.pairs if pair.interaction is not None]
    said = [_pair(pair, costs[pair.a], costs[pair.b], cause, names, words) for pair in known]
    partly = [c for c in interaction.cells if not c.removed and c.trained > 0]
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
        said.append(
            words.text(
                "Test accuracy, in brackets how many runs trained; where only some did, of those. Seeds {seeds} with "
                "it, {others} without: independent runs, so the 95 % intervals are Welch's.",
                seeds=_span(interaction.seeds_present),
                others=_span(interaction.seeds_removed),
            )
        )
    return tuple(said)


def _pair(pair: Together, a: Cost, b: Cost, cause: str, names: Mapping[str, str], words: Words) -> str:
    costs = words.text(
        "{cause} costs {a} {cost_a} and {b} {cost_b} percentage points of test accuracy.",
        cause=initial_capital(cause),
        a=names[pair.a],
        b=names[pair.b],
        cost_a=points(a.cost),
        cost_b=points(b.cost),
    )
    if pair.low is None or pair.high is None:
        return costs
    apart = {
        "present": signed_points(pair.present, _places(pair)),
        "removed": signed_points(pair.removed, _places(pair)),
        "ends": words.text("{low} to {high}", low=signed_points(pair.low, 1), high=signed_points(pair.high, 1)),
        "a": names[pair.a],
        "b": names[pair.b],
        "change": signed_points(pair.interaction, 1),
    }
    if pair.low > 0 or pair.high < 0:
        found = words.text(
            "{b} minus {a} is {present} with it and {removed} without: an interaction of {change} ({ends}).", **apart
        )
    else:
        found = words.text(
            "{b} minus {a} is {present} with it and {removed} without: no interaction is established, {change} "
            "({ends}).",
            **apart,
        )
    return f"{costs} {initial_capital(found)}"


def _places(pair: Together) -> int:
    return 2 if pair.removed is not None and abs(pair.removed) < 0.01 else 1


def _span(seeds: tuple[int, ...]) -> str:
    whole = seeds == tuple(range(seeds[0], seeds[-1] + 1))
    return f"{seeds[0]}–{seeds[-1]}" if whole and len(seeds) > 1 else ", ".join(map(str, seeds))

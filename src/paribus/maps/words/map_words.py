"""What a map says, in words (a headline, a sentence for each cell, what chance may have put there) and as JSON."""

from __future__ import annotations

from functools import partial
from typing import Any

from paribus.comparison.words.json_view import JSON_SCHEMA, program_json, strict
from paribus.programs.view import length_words, program_view
from paribus.records.map import CellPair, MapCell, VerdictMap
from paribus.words.labels import initial_capital, led, plain_value
from paribus.words.metric_format import Measure, counted_words, measure_of
from paribus.words.translation import Lang, Words, in_each_language, translator


def map_json(made: VerdictMap) -> dict[str, Any]:
    """The object that `paribus map --json` prints: strict JSON."""
    own = made.model_dump(exclude={"schema_number", "program", "cells"})
    view = {
        "schema": JSON_SCHEMA,
        **program_json(made.program, made.metric),
        **own,
        "cells": [_cell(made, cell) for cell in made.cells],
        "text": in_each_language(partial(map_words, made)),
    }
    whole = program_view(made.program).map_json(view)
    return {name: strict(value) for name, value in whole.items()}


def _cell(made: VerdictMap, cell: MapCell) -> dict[str, Any]:
    text = in_each_language(partial(cell_words, made, cell))
    pairs = [pair.model_dump() for pair in cell.pairs]
    return {**cell.model_dump(), "pairs": pairs, "text": text}


def map_words(made: VerdictMap, lang: str) -> str:
    """The answer in a paragraph: how many cells came to what, how long runs were, and how many may be wrong."""
    return f"{map_headline(made, lang)} {map_notes(made, lang)}"


def map_notes(made: VerdictMap, lang: str) -> str:
    """What the headline has to be read with."""
    words = translator(lang)
    told = [*_length(made, lang), *counted_words(made.program, words), _caution(made, lang)]
    if not made.complete:
        told.append(words.text("For want of time some cells were left as they are: a larger budget goes on."))
    return " ".join(told)


def map_headline(made: VerdictMap, lang: str) -> str:
    """How many cells came to what."""
    words, total = translator(lang), len(made.cells)
    parts = [
        words.text("{arm} is better in {n} of {total} cells", arm=name, n=made.counted("better", arm.name), total=total)
        for arm, name in zip(made.arms, map_arm_names(made, lang, sentence=True), strict=True)
        if made.counted("better", arm.name)
    ]
    alike = words.text("practically equal ({margin}) in {n}", margin=_margin(made, lang), n=made.counted("equal"))
    parts += [alike] if made.counted("equal") else []
    none = words.text("no arm trains in {n}", n=made.counted("neither_trains"))
    parts += [none] if made.counted("neither_trains") else []
    parts += [words.text("open in {n}", n=made.counted("open"))] if made.counted("open") else []
    return words.text("; ").join([initial_capital(parts[0]), *parts[1:]]) + "."


def _margin(made: VerdictMap, lang: str) -> str:
    measure = measure_of(made.metric, lang)
    margin = measure.margin(made.margin)
    if measure.is_share and margin == "1":
        return measure.words.text("within one percentage point of {metric}", metric=measure.label)
    return measure.words.text("within {margin} of {metric}", margin=measure.with_unit(margin), metric=measure.label)


def _length(made: VerdictMap, lang: str) -> list[str]:
    words = translator(lang)
    if made.program.length in (None, made.factor, *(axis.field for axis in made.axes)):
        return []
    longest = max(cell.epochs for cell in made.cells)
    if made.program.length == "epochs":
        told = words.plural("Runs have {n} epoch", "Runs have {n} epochs", made.epochs)
    else:
        told = words.text("Runs have {length}", length=length_words(made.program, made.epochs, words))
    if longest > made.epochs:
        told = words.text("{runs}, and {n} where none trained in that time", runs=told, n=longest)
    return [words.text("{runs}; what longer ones would show, the map does not say.", runs=told)]


def _caution(made: VerdictMap, lang: str) -> str:
    """The levels of cells add up: nobody corrects over a map, so it says how many verdicts chance may have made."""
    words = translator(lang)
    expected = made.alpha * len(made.cells)
    return words.text(
        "Each cell is decided by itself, wrongly in at most {level} of cases without a difference: were the arms alike "
        "everywhere, up to {n} of {total} cells would be expected to tell them apart. Go by regions, not by one cell.",
        level=words.level(made.alpha),
        n=f"{expected:.1f}",
        total=len(made.cells),
    )


def map_arm_names(made: VerdictMap, lang: str, *, sentence: bool = False) -> tuple[str, ...]:
    """The arms as people call them, in order; `sentence`: as they stand inside one."""
    words = translator(lang)
    called = words.arm_name if sentence else words.arm_label
    return tuple(called(arm.name, made.factor, arm.value) for arm in made.arms)


def place_words(made: VerdictMap, cell: MapCell, lang: Lang) -> str:
    """Where a cell lies: `weight decay 0.1, learning rate 0.001`."""
    pairs = zip(made.axes, cell.at, strict=True)
    said = ", ".join(f"{translator(lang).field(axis.field)} {plain_value(value)}" for axis, value in pairs)
    return led(translator(lang).field(made.axes[0].field), said)


def nearest_pair(cell: MapCell) -> CellPair | None:
    """What a cell's figures are of: its winner against the arm that comes closest, else the pair furthest apart."""
    if cell.winner is not None:
        mine = [pair for pair in cell.pairs if cell.winner in (pair.a, pair.b)]
        return min(mine, key=lambda pair: abs(pair.difference) if pair.difference is not None else 1.0)
    return max(cell.pairs, key=lambda pair: abs(pair.difference or 0.0), default=None)


def cell_words(made: VerdictMap, cell: MapCell, lang: str) -> str:
    """What a cell came to, in a sentence."""
    words = translator(lang)
    names = dict(zip((arm.name for arm in made.arms), map_arm_names(made, lang, sentence=True), strict=True))
    pair = nearest_pair(cell)
    if not cell.seeds or pair is None:
        return words.text("Not run.")
    trained = _trained(cell, names, words)
    if cell.state == "neither_trains":
        return words.text("No arm trains. {trained}", trained=trained)
    size = _size(pair, names, measure_of(made.metric, lang))
    if cell.winner is not None:
        told = words.text("{arm} is better.", arm=names[cell.winner])
        parts = (told, size or words.text("It trains more often."), trained)
    else:
        parts = (words.text("Practically equal.") if cell.state == "equal" else words.text("Open."), size, trained)
    return " ".join(initial_capital(part) for part in parts if part)


def _trained(cell: MapCell, names: dict[str, str], words: Words) -> str:
    """How many runs of each arm trained; empty where that means nothing to the program."""
    if any(arm.trained is None for arm in cell.arms):
        return ""
    counts = ", ".join(
        words.text("{arm} {trained} of {runs}", arm=names[arm.name], trained=arm.trained, runs=arm.runs)
        for arm in cell.arms
    )
    return words.text("Trained in {n} epochs: {counts}.", n=cell.epochs, counts=counts)


def _size(pair: CellPair, names: dict[str, str], measure: Measure) -> str:
    """The difference with its interval; empty where a run did not train, for there counts decide."""
    if pair.difference is None:
        return ""
    places = measure.places(pair.difference)
    return measure.words.text(
        "{b} minus {a}: {mean} of {metric} (95 % interval {low} to {high}).",
        a=names[pair.a],
        b=names[pair.b],
        mean=measure.with_short_unit(measure.signed(pair.difference, places)),
        metric=measure.label,
        low=measure.number(pair.low, places),
        high=measure.number(pair.high, places),
    )


def map_text(made: VerdictMap, lang: str) -> str:
    """The map as plain text: the answer, then a line a cell."""
    spoken = translator(lang).lang
    lines = [f"{place_words(made, cell, spoken)}: {cell_words(made, cell, lang)}" for cell in made.cells]
    return "\n".join([map_words(made, lang), "", *lines])

"""The start of a loop: everything that it commits to, and what its baseline's first runs can show."""

from __future__ import annotations

import math
import secrets
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from paribus.core import atomic
from paribus.core.errors import ParibusError
from paribus.core.messages import Message
from paribus.programs.command import read_files
from paribus.programs.command.command_identity import VERSION, MadeFrom
from paribus.programs.command.program import CommandProgram
from paribus.programs.command.sealed_metrics import read_sealed, refuse_unread
from paribus.programs.command.template import Template
from paribus.records.program import Fields, ProgramInfo
from paribus.records.referee import Loop, Terms, Version
from paribus.records.run import RunRecord
from paribus.referee.cost_guards import refuse_unsteady
from paribus.referee.journal import Journal, State, seeds
from paribus.referee.narrow_patterns import refuse_narrow
from paribus.referee.pairs import BASELINE, CANDIDATE, Arms, Listener, Pairs, ignore, seconds_of
from paribus.referee.protected_files import data_among, digests_of
from paribus.referee.worktrees import Trees
from paribus.runs.failing import last_words
from paribus.runs.single_run import now
from paribus.runs.store import Store, files
from paribus.runs.time_limit import TIME_LIMIT

if TYPE_CHECKING:
    from paribus.referee.keep_rule import LoopError

RUNS = 3  # of the baseline, before the first edit
_LEAST_LIMIT, _TIMES_SLOWEST = 60.0, 10.0  # seconds, and runs, after which one counts as hanging where nobody said
_SHOWN = (2, 5, 10, 20)  # pairs
_POWER = 0.8
_TRIED = (0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0)  # differences, in spreads
_LOOPS = 60  # simulated tries of each


def command_arms(loop: Loop, trees: Trees, baseline: Version, candidate: Version | None = None) -> Arms:
    """The arms of a try: one command on two versions of the code."""
    of = {BASELINE: baseline.commit} | ({CANDIDATE: candidate.commit} if candidate else {})
    known = {version.commit: version.tree for version in (baseline, candidate) if version}
    source = {**loop.program.source, "versions": of, "trees": known, "code": trees.code, "place": str(trees.place)}
    program = CommandProgram(loop.program.model_copy(update={"source": source}))
    return {name: (program, program.fields({**loop.fields, VERSION: name})) for name in of}


def facts_of(loop: Loop, trees: Trees) -> dict[str, str]:
    """What stands of the files outside the code: of what `--depends` and `--link` name, and the program itself."""
    program, fields = command_arms(loop, trees, loop.baseline)[BASELINE]
    made_from = MadeFrom(program.info, Template(tuple(program.info.source["words"])))
    return {name: digest for name, digest in made_from.files(fields).items() if name}


def key_of(journal: Journal) -> str:
    """What the loop's seeds are drawn from: random, and the same where a start that was killed is given again."""
    path = journal.folder / "key"
    with files.writing(path):
        atomic.write_once(path, secrets.token_hex(16).encode(), 0o600)
    return path.read_text("ascii")


def start_command(journal: Journal, loop: Loop, trees: Trees, listener: Listener = ignore) -> State:
    """Run the baseline over a few seeds, and write down all that the loop commits to. Hold the journal's lock.

    loop: without what its first runs tell. Raises ParibusError where the first run fails.
    """
    store = Store(journal.folder)
    facts = facts_of(loop, trees)
    loop = loop.model_copy(update={"facts": facts, "digests": digests_of(trees.place, facts, {})})
    watched = loop.model_copy(update={"program": _with(loop.program, reads=True)})
    arms = command_arms(watched, trees, loop.baseline)
    first = baseline_runs(loop, arms, store, listener, trees.hint)
    refuse_unsteady(loop.guards, [record.figures for record in first.records if record.failure is None])
    refuse_narrow(loop.program, store.run_folder(first.records[0].id))
    refuse_unread(loop.sealed, read_sealed(store.run_folder(first.records[0].id)))
    read = read_files.noted(store.run_folder(first.records[0].id))
    slowest = max(map(seconds_of, first.records))
    limit = loop.program.source.get(TIME_LIMIT) or max(_LEAST_LIMIT, _TIMES_SLOWEST * slowest)
    if loop.budget_per_try:
        limit = min(limit, loop.budget_per_try)
    data = data_among(read)
    told = {"program": _with(loop.program, **{TIME_LIMIT: limit}), "data": data}
    trees.keep("start", loop.baseline)
    return started(journal, loop.model_copy(update=told), first)


def _with(info: ProgramInfo, **more: object) -> ProgramInfo:
    return info.model_copy(update={"source": {**info.source, **more}})


@dataclass(frozen=True)
class First:
    """The baseline's first runs, and whether the first one gave the same when it was made again."""

    records: tuple[RunRecord, ...]
    repeats: bool | None


def baseline_runs(
    loop: Loop, arms: Arms, store: Store, listener: Listener, hint: Callable[[str], str | Message] = lambda said: ""
) -> First:
    """Make them. Raises ParibusError, with its last words, where the first one fails."""
    program, _ = arms[BASELINE]
    runs = Pairs(arms, store, loop.seeds, listener=listener)
    runs.run(1)
    record = runs.records[0][BASELINE]
    if record.failure is not None:
        raise ParibusError(
            "the baseline gives no figure, and no loop was started: {why}{last_words}{ignored}",
            why=record.failure.message,
            last_words=(words := last_words(store.open_run(record.id), before="\n")),
            ignored=hint(words),
        )
    repeats = None
    if program.repeat_check:
        from paribus.runs.first_run import AGAIN

        again = replace(runs.task(BASELINE, 0), run_id=record.id + AGAIN)
        program.perform([again])
        other = store.ended(again.run_id)
        repeats = other is not None and other.judged == record.judged
    runs.run(len(loop.seeds) - 1)
    return First(tuple(found[BASELINE] for found in runs.records), repeats)


def started(journal: Journal, loop: Loop, first: First) -> State:
    """Write down what the loop commits to, with what its first runs told; refuse what no try could fit into."""
    pair = 2 * statistics.median(map(seconds_of, first.records))
    pairs = loop.pairs
    for budget in (loop.budget_per_try, loop.budget):
        if budget is not None:
            pairs = min(pairs, int(budget / pair) if pair else pairs)
    if pairs < 1:
        raise ParibusError(
            "a pair of runs takes {seconds:.1f} s, and the budget is less: nothing could be tried", seconds=pair
        )
    figures = tuple(record.judged if record.failure is None else None for record in first.records)
    told = {
        "created": now(),
        "figures": figures,
        "seconds": tuple(map(seconds_of, first.records)),
        "repeats": first.repeats,
        "pairs": pairs,
    }
    journal.add(loop.model_copy(update=told))
    return journal.state()


@dataclass(frozen=True)
class Shown:
    """What so many pairs would find: a difference between `low` and `high`, in the metric's unit; None: nothing.

    low: where a seed moves both arms nearly alike (correlation 0.9); high: where pairing takes nothing away.
    seconds: that the pairs take.
    """

    pairs: int
    low: float | None
    high: float | None
    seconds: float


def spread_of(figures: Sequence[float | None]) -> float | None:
    """The standard deviation of the baseline's runs; None of fewer than two."""
    known = [x for x in figures if x is not None and math.isfinite(x)]
    return statistics.stdev(known) if len(known) > 1 else None


def what_it_can_show(state: State) -> list[Shown]:
    """The smallest difference that so many pairs find four times in five, by simulation of the very rule."""
    loop, spread = state.loop, spread_of(state.loop.figures)
    pair = 2 * statistics.median(loop.seconds)
    found = _smallest(state.rule, [n for n in _SHOWN if n <= loop.pairs] or [loop.pairs])
    near, far = ((spread or 0.0) * math.sqrt(2 * (1 - shared)) for shared in (0.9, 0.0))
    return [
        Shown(n, effect * near, effect * far, n * pair) if effect and spread else Shown(n, None, None, n * pair)
        for n, effect in found.items()
    ]


def _smallest(rule: LoopError, pairs: Sequence[int]) -> dict[int, float | None]:
    """By number of pairs, the smallest difference, in spreads of a difference, that is kept within them."""
    import numpy as np

    from paribus.core.seeds import generator
    from paribus.referee.keep_rule import LoopError, Try

    draws = generator(0, "referee/power").normal(size=(_LOOPS, max(rule.most_pairs, 3)))
    baseline = tuple(draws[0][:3] / math.sqrt(2))
    usual = LoopError(rule.error, rule.tries, rule.keep_if, 0.0, rule.most_pairs, baseline)
    found: dict[int, float | None] = dict.fromkeys(pairs)
    for effect in _TRIED:
        tried = [Try(usual, ()) for _ in draws]
        for one, row in zip(tried, draws, strict=True):
            for gain in row[: max(pairs)] + effect:
                if one.answer is None:
                    one.add(float(gain))
        for n in pairs:
            kept = np.mean([one.answer == "keep" and one.used <= n for one in tried])
            if found[n] is None and kept >= _POWER:
                found[n] = effect
        if all(effect is not None for effect in found.values()):
            break
    return found


def notes_of(state: State) -> list[Message]:
    """What the first runs tell, and what somebody should know before the first edit."""
    loop = state.loop
    known = [x for x in loop.figures if x is not None]
    found = []
    if len(known) < len(loop.figures):
        found.append(
            Message(
                "{n} of {total} runs of the baseline gave no figure. Failed runs count as worse than any other.",
                n=len(loop.figures) - len(known),
                total=len(loop.figures),
            )
        )
    if len(known) > 1 and len(set(known)) == 1:
        found.append(
            Message(
                "Every seed gave the same figure, {value}: the seed does not reach the script, or nothing in it is "
                "left to chance. Then every pair says the same, and more of them say no more.",
                value=known[0],
            )
        )
    from paribus.referee.keep_rule import least_pairs

    least = least_pairs(state.rule, ())
    if loop.pairs < least:
        found.append(
            Message(
                "This loop can keep nothing: a try has room for {n} pairs, and no edit can be kept by fewer than "
                "{least}, however large its gain. Give a try at least {seconds:.0f} s (--budget-per-try) and {least} "
                "pairs, or say how many tries there will be (--tries N), and start anew with --new.",
                n=loop.pairs,
                least=least,
                seconds=math.ceil(2 * least * statistics.median(loop.seconds)),
            )
        )
    if loop.repeats is False:
        found.append(
            Message(
                "The same seed gave another figure when it was run again (a GPU, threads, a clock). Both arms are run "
                "side by side in random order, and pairing by seed helps less."
            )
        )
    if not loop.ruler:
        found.append(
            Message(
                "The ruler is open: nothing keeps an edit from changing how the figure is measured. Move what measures "
                "into a file of its own, let the training script call it, and name it: --ruler evaluate.py."
            )
        )
    if loop.data is None and "words" in loop.program.source:
        found.append(
            Message(
                "This file system does not note which files are read, so the data that the baseline reads could not be "
                "seen: name it with --ruler."
            )
        )
    return found


def new_loop(
    journal: Journal, terms: Terms, info: ProgramInfo, fields: Fields, baseline: Version, place: str = ""
) -> Loop:
    """A loop before its first runs. terms: their margin in the unit that people are shown."""
    key = key_of(journal)
    said = {**dict(terms), "margin": terms.margin / info.judging.scale}
    told = {"created": now(), "key": key, "program": info, "fields": fields, "baseline": baseline, "place": place}
    told |= {"seeds": seeds(key, terms.first_seed, 0, RUNS), "figures": (), "seconds": ()}
    return Loop.model_validate({**said, **told})

"""What the referee's commands print as JSON: docs/json.md has the keys, which are a contract."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from paribus.core.errors import ParibusError
from paribus.core.exit_codes import OPEN
from paribus.core.messages import message_of
from paribus.records.referee import EXIT_CODES, Begun, Ended
from paribus.referee.cost_guards import collapsed
from paribus.referee.journal import State, Try
from paribus.referee.starting import Shown, spread_of
from paribus.referee.words.answers import answer_words
from paribus.referee.words.start import notes
from paribus.words.errors import error_words
from paribus.words.translation import LANGUAGES, in_each_language

if TYPE_CHECKING:
    from paribus.referee.audit import Line

JSON_SCHEMA = 1


def try_json(state: State, begun: Begun, ended: Ended, commit: str = "", again: bool = False) -> dict[str, Any]:
    """A try and its answer. again: it was kept before, and nothing was run for this answer."""
    loop = state.loop
    return {
        "schema": JSON_SCHEMA,
        "try": begun.number,
        "message": begun.message,
        "outcome": ended.outcome,
        "exit_code": EXIT_CODES[ended.outcome],
        "reason": ended.reason,
        "metric": loop.program.judging.text,
        "gain": ended.gain,
        "low": ended.low,
        "high": ended.high,
        "pairs": len(ended.pairs),
        "used": ended.used,
        "tested": ended.tested,
        "level": ended.level,
        "seeds": [pair.seed for pair in ended.pairs],
        "baseline": [pair.baseline for pair in ended.pairs],
        "candidate": [pair.candidate for pair in ended.pairs],
        "collapsed": list(collapsed(ended.pairs, loop.program.judging.direction)),
        "guards": dict(ended.guarded),
        "guard_ratios": {guard.text: [pair.ratios.get(guard.text) for pair in ended.pairs] for guard in loop.guards},
        "files": list(ended.files),
        "holds": list(ended.holds),
        "again": again,
        "ruler_touched": list(begun.touched),
        "tree": begun.candidate.tree,
        "baseline_tree": begun.baseline.tree,
        "commit": commit or None,
        "failure": str(message_of(ended.why)) if ended.why else None,
        "last_words": ended.tail.strip("\n") or None,
        "seconds": ended.seconds,
        "referee_seconds": ended.own_seconds,
        "words": in_each_language(lambda lang: answer_words(loop, begun, ended, lang, again)),
    }


def spent_json(error: ParibusError) -> dict[str, Any]:
    """Of a try for which nothing of the loop's budget was left."""
    return {
        "schema": JSON_SCHEMA,
        "try": None,
        "outcome": "open",
        "exit_code": OPEN,
        "reason": "loop_budget",
        "pairs": 0,
        "words": in_each_language(lambda lang: error_words(error, lang)),
    }


def start_json(state: State, shown: Sequence[Shown]) -> dict[str, Any]:
    """What a loop committed to, and what that can show."""
    loop = state.loop
    return {
        "schema": JSON_SCHEMA,
        "created": loop.created,
        "command": loop.command,
        "metric": loop.program.judging.text,
        "keep_if": loop.keep_if,
        "margin": loop.margin,
        "error": loop.error,
        "tries": loop.tries,
        "budget": loop.budget,
        "budget_per_try": loop.budget_per_try,
        "pairs": loop.pairs,
        "guards": [guard.text for guard in loop.guards],
        "ruler": list(loop.ruler),
        "data": None if loop.data is None else list(loop.data),
        "sealed": list(loop.sealed),
        "repeats": loop.repeats,
        "baseline": list(loop.figures),
        "spread": spread_of(loop.figures),
        "seconds": list(loop.seconds),
        "finds": [{"pairs": s.pairs, "low": s.low, "high": s.high, "seconds": s.seconds} for s in shown],
        "notes": {lang: notes(state, lang) for lang in LANGUAGES},
    }


def report_json(state: State, audit: Sequence[Line] | None) -> dict[str, Any]:
    """The whole loop."""
    from paribus.referee.words.report import expected_false  # a try does not wait for what the report needs

    ended = [one for one in state.tries if one.ended is not None]
    return {
        "schema": JSON_SCHEMA,
        "created": state.loop.created,
        "metric": state.loop.program.judging.text,
        "kept": len(state.kept),
        "expected_false": expected_false(state),
        "seconds": state.seconds,
        "tries": [_try(state, one) for one in ended],
        "audit": None if audit is None else [asdict(line) for line in audit],
    }


def _try(state: State, one: Try) -> dict[str, Any]:
    assert one.ended is not None
    return try_json(state, one.begun, one.ended, one.commit)

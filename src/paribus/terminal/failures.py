"""Failed runs of a comparison: how many of each arm, why, and the last words of one."""

from __future__ import annotations

from collections.abc import Iterable

from paribus.core.errors import ParibusError, StoreError
from paribus.core.exit_codes import FAILED
from paribus.core.messages import Message
from paribus.records.comparison import ArmView, Comparison, RunView
from paribus.runs.failing import last_words
from paribus.runs.store import Damage, Store
from paribus.terminal.screen import Screen
from paribus.words.errors import error_words, message_words
from paribus.words.languages import SOURCE
from paribus.words.translation import translator


class ArmFailed(ParibusError):
    """All runs of an arm failed: what the exit code says, when all else has been told."""

    exit_code = FAILED


def show_failures(out: Screen, comparison: Comparison, store: Store) -> None:
    """Of each arm that has failed runs, the first one."""
    words, damage = out.words, Damage()
    for arm in comparison.arms:
        if not (failed := _failed(arm)):
            continue
        if not store.has_run(failed[0].id):  # pruned
            continue
        with damage.left_out():
            folder = store.open_run(failed[0].id)
            record = folder.record()
            said = words.plural(
                "{arm}: {n} run failed. Seed {seed}: {why}",
                "{arm}: {n} runs failed. Seed {seed}: {why}",
                len(failed),
                arm=words.arm_label(arm.name, comparison.factor, arm.value),
                seed=record.seed,
                why=record.note if record.failure is None else message_words(record.failure.message, words.lang),
            )
            out.paragraph(said, style="yellow")
            if tail := last_words(folder, before="\n"):
                out.verbatim(words.text("Last words:"), tail)
    show_left_out(out, damage.told(store.root))


def show_left_out(out: Screen, left_out: Iterable[Message]) -> None:
    """What a report goes without, since it cannot be read."""
    for said in left_out:
        out.paragraph(message_words(said, out.words.lang), style="yellow")


def show_unread(out: Screen, faults: Iterable[StoreError]) -> None:
    """What of a store cannot be read, and why."""
    for fault in faults:
        out.paragraph(error_words(fault, out.words.lang), style="yellow")


def check_arms(comparison: Comparison) -> None:
    """Raise ArmFailed where all runs of an arm failed, naming all such arms."""
    whole = [arm for arm in comparison.arms if arm.runs and len(_failed(arm)) == len(arm.runs)]
    if whole:
        names = [translator(SOURCE).arm_name(arm.name, comparison.factor, arm.value) for arm in whole]
        raise ArmFailed("all runs of {arms} failed", arms=names)


def _failed(arm: ArmView) -> list[RunView]:
    return [run for run in arm.runs if run.status == "failed"]

"""Why a recipe trains badly: findings, interventions that test them, and what came of it.

Analysis searches and judges (`diagnosis.search`), `trial_runner` makes the runs; what goes in and comes out is here.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Unpack

from paribus.comparison.compare import run_plan
from paribus.core.errors import ParibusError, StoreError
from paribus.diagnosis.effort import Counting, spent
from paribus.diagnosis.findings import common
from paribus.diagnosis.interaction import interaction as together
from paribus.diagnosis.placebo import placebo_of
from paribus.diagnosis.search import Found, search
from paribus.diagnosis.stored_evidence import beside_stored
from paribus.diagnosis.subject import FRESH_SEEDS, Subject
from paribus.diagnosis.time_estimate import runs_again, search_seconds
from paribus.diagnosis.trial_runner import TrialRunner
from paribus.diagnosis.words.search import search_told
from paribus.programs.resolve_program import Named, ProgramOptions, program_named
from paribus.records.comparison import Comparison
from paribus.records.events import SearchEvent, TrialsBegun
from paribus.records.explanation import Explanation, Symptoms
from paribus.records.intervention import Intervention, first_cause
from paribus.records.run import RunResult
from paribus.results import ComparisonResult, Run
from paribus.runs.budget_runner import BudgetRunner, typical_epoch
from paribus.runs.engines.clusters import check_cluster, opened, workers_at
from paribus.runs.engines.engine import Engine
from paribus.runs.jupyter import heard
from paribus.runs.planning import Settings, check_settings, store_at
from paribus.runs.pool import warm_up
from paribus.runs.program_protocol import Explained, Program
from paribus.runs.registry import program_of
from paribus.runs.store import Store
from paribus.runs.trust import refuse_code

OWN_SEEDS = 3  # of fields that are explained by themselves


@dataclass(frozen=True)
class Foreseen:
    """What a search would test, in order, and how many seconds it would take; None where nobody knows."""

    interventions: tuple[Intervention, ...]
    seconds: float | None


def explain(
    what: ComparisonResult | Run | Any = None,
    *,
    program: Named = None,
    settings: dict[str, Any] | None = None,
    budget: float | None = None,
    workers: int | None = None,
    device: str = "auto",
    kernel: str = "auto",
    out: str | Path | None = None,
    on_event: Callable[[SearchEvent], None] | None = None,
    executor: Executor | Engine | None = None,
    cluster: str | None = None,
    trust: bool = False,
    **options: Unpack[ProgramOptions],
) -> Explanation:
    """Find and test what keeps a program from training; of a comparison, what ails its worse arm.

    `what` is a comparison, a run, a function, or what to start from, as the `recipe` of `paribus.compare`, whose
    `program` and `options` say what is run. `budget` bounds the new runs, in seconds: what does not fit is left out,
    and said to be not established. Finished runs are reused, so the same call goes on where an earlier one was stopped.
    `settings` changes fields of a start, and of nothing else. `trust`: run code also where the store that names it was
    not written by a command of yours. `cluster`, `executor`: where runs are made, as in `paribus.compare`. Raises
    ParibusError for whatever a user can mend.
    """
    what, program = _told_apart(what, program)
    _check(what, settings, budget)
    named = _program(what, program, options, trust)
    store = _store_of(what)
    how = Settings(store.root if store else store_at(out), device, workers, "light", kernel)
    check_settings(how, named)
    check_cluster(cluster, executor)
    if executor is None and cluster is None:
        warm_up(named.preload)  # loaded while the search is begun
    begun = time.monotonic()
    deadline = None if budget is None else begun + budget
    with opened(cluster, executor, how.out) as engine, heard(on_event, said=search_told()) as hear:
        how = replace(how, workers=workers_at(engine, workers))
        runner = BudgetRunner(named, how, engine, deadline)
        watching = BudgetRunner(named, replace(how, probes=named.looks), engine, deadline)
        listener = Counting(hear)
        subject = _subject(what, settings or {}, runner, watching, listener)
        asked = search(subject.question(runner.store))
        found = TrialRunner(runner, asked, typical_epoch(subject.runs), listener).run()
        found = replace(found, tested=beside_stored(found.tested, subject, subject.scale(), runner))
        again = _again(subject, found, runner, listener, engine)
    cause = first_cause(found.tested)
    explanation = Explanation(
        subject=subject.name,
        arm=subject.arm,
        program=runner.program.info,
        fields=subject.fields,
        symptoms=subject.symptoms,
        tested=found.tested,
        repaired=again,
        untrained=sum(run.record.trained is False for run in subject.runs),
        interaction=together(cause, subject.comparison, again) if cause and again and subject.comparison else None,
        placebo=placebo_of(found.tested, subject, runner),
        spent=spent(listener.runs, subject, runner, budget, time.monotonic() - begun),
        **_program_parts(subject, found, again, runner),
    )
    if isinstance(what, ComparisonResult):
        what.store.save_explanation(what.comparison.id, explanation)
    return explanation


def planned(
    what: ComparisonResult | Run | Any = None,
    *,
    program: Named = None,
    settings: dict[str, Any] | None = None,
    out: str | Path | None = None,
    trust: bool = False,
    how: Settings | None = None,
    **options: Unpack[ProgramOptions],
) -> Foreseen:
    """What `explain` would test, in order; nothing is run. Without runs that ended there are no symptoms to go by.

    how: with which settings, to foresee the time as well.
    """
    what, program = _told_apart(what, program)
    _check(what, settings, None)
    named = _program(what, program, options, trust)
    before, again = 0, 0
    if isinstance(what, Run) and what.record.status == "running":
        fields = what.record.fields
        proposed = named.proposals(fields)
    elif isinstance(what, ComparisonResult | Run):
        store = _store_of(what) or Store(store_at(out))
        subject = _subject(what, {}, BudgetRunner(named, Settings(store.root)))
        fields, proposed = subject.fields, subject.proposals()
        if (compared := subject.comparison) is not None:
            again = runs_again(len(compared.arms), len(compared.seeds))
        how = how and replace(how, out=store.root)
    else:
        fields, before = named.start(what, settings or {})[0], OWN_SEEDS
        proposed = named.proposals(fields)
    timed = how and search_seconds(named, fields, len(proposed), how, before=before, again=again)
    return Foreseen(proposed, timed or None)


def _told_apart(what: Any, program: Named) -> tuple[Any, Named]:
    """What is explained, and the program: a function that stands alone, or `module:function`, is the program."""
    function = callable(what) or (isinstance(what, str) and ":" in what and not what.endswith(".toml"))
    return (None, what) if program is None and function else (what, program)


def _program(what: object, given: Named, options: ProgramOptions, trust: bool) -> Program:
    """What is run: as the user says, else of a comparison or a run its own program, else the recipe.

    Raises ParibusError where that is code that they have not named.
    """
    if isinstance(what, ComparisonResult | Run) and given is None and not options:
        if isinstance(what, ComparisonResult) and what.program is not None:
            return what.program
        refuse_code(what, trust)
        return program_of(what.comparison.program if isinstance(what, ComparisonResult) else what.record.program)
    program = program_named(given, options)
    refuse_code(what, trust, program)
    return program


def _program_parts(subject: Subject, found: Found, again: Comparison | None, runner: BudgetRunner) -> Mapping[str, Any]:
    """What the program itself has to say."""
    return runner.program.explanation_parts(
        Explained(
            fields=subject.fields,
            runs=subject.runs,
            arm=subject.arm,
            comparison=subject.comparison,
            repaired=again,
            tested=found.tested,
            store=runner.store,
            seconds_left=runner.seconds_left,
        )
    )


def _check(what: object, settings: dict[str, Any] | None, budget: float | None) -> None:
    if settings and isinstance(what, ComparisonResult | Run):
        raise ParibusError("settings change a recipe; a comparison or a run is as it was run", got=", ".join(settings))
    if budget is not None and not 0 < budget < float("inf"):
        raise ParibusError(
            "budget must be a number of seconds greater than 0, or {none} for no bound", none="None", got=budget
        )


def _store_of(what: object) -> Store | None:
    if isinstance(what, ComparisonResult):
        return what.store
    return Store(what.folder.path.parent.parent) if isinstance(what, Run) else None


def _again(
    subject: Subject,
    found: Found,
    runner: BudgetRunner,
    on_event: Callable[[SearchEvent], None],
    executor: Executor | Engine | None,
) -> Comparison | None:
    """The comparison without its cause, whose runs the search has made.

    Where a first look leaves it open it goes on to all its seeds: a second look, which the rule counts as one.
    """
    if found.again is None or subject.comparison is None:
        return None
    first, whole = (runner.plan_of(design) for design in (found.again, subject.whole(found.again)))
    margin = subject.comparison.margin * subject.comparison.metric.scale
    if (missing := runner.epochs(whole.tasks)) == 0:  # also of an explanation that made them all at once
        return run_plan(whole, margin, on_event, executor).comparison
    seen = run_plan(first, margin, on_event, executor).comparison
    if all(pair.verdict != "open" for pair in seen.pairs):
        return seen
    if not runner.fitting([typical_epoch(subject.runs) * missing], whole.design.id):
        return seen
    cause = first_cause(found.tested)
    info, seeds = whole.design.program, whole.design.seeds
    on_event(TrialsBegun("repairing", (cause,) if cause else (), info.length_of(subject.fields), seeds, info))
    runner.store.record_plan(whole.design.id, [task.run_id for task in whole.tasks])
    return run_plan(whole, margin, on_event, executor).comparison


def _subject(
    what: ComparisonResult | Run | Any,
    settings: dict[str, Any],
    runner: BudgetRunner,
    watching: BudgetRunner | None = None,
    on_event: Callable[[SearchEvent], None] = lambda event: None,
) -> Subject:
    """What is explained. watching: makes runs whose symptoms are told; None where none is to be made."""
    if isinstance(what, ComparisonResult):
        return _watched(_of_comparison(what, runner), watching, on_event)
    if isinstance(what, Run):
        name, fields = what.record.id, what.record.fields
        own = runner.store.result(name)  # as it was run, also by an earlier version
        runs = [own] if own is not None else runner.runs(fields, [what.record.seed], on_event)
    else:
        fields, name = runner.program.start(what, settings)
        runs = (watching or runner).runs(fields, range(OWN_SEEDS), on_event)
    subject = Subject(runner.program, name, fields, tuple(runs), (_symptoms("", runs, runner),))
    return _watched(subject, watching, on_event)


def _watched(subject: Subject, watching: BudgetRunner | None, on_event: Callable[[SearchEvent], None]) -> Subject:
    """With the symptoms of one run more where those that are there left no trace, and another would."""
    own = next(symptoms for symptoms in subject.symptoms if symptoms.arm == subject.arm)
    if own.traced or watching is None or watching.how.probes == "light":
        return subject
    seeds = subject.fresh(1 + max(FRESH_SEEDS, len(subject.comparison.seeds) if subject.comparison else 0))
    seen = _symptoms(subject.arm, watching.runs(subject.fields, seeds[-1:], on_event), watching)
    return replace(subject, symptoms=tuple(seen if one is own else one for one in subject.symptoms))


def _of_comparison(result: ComparisonResult, runner: BudgetRunner) -> Subject:
    """The arm that trained in fewest runs, then the one that ended worst; the symptoms of all arms."""
    comparison, store = result.comparison, runner.store
    found = {arm.name: (store.result(run.id) for run in arm.runs) for arm in comparison.arms}
    runs = {name: [result for result in results if result is not None] for name, results in found.items()}
    worst = comparison.weakest
    if not all(runs.values()):
        raise StoreError(
            "{name}: an arm has no run left in {path}, so there is nothing to go by",
            name=comparison.id,
            path=store.root,
        )
    symptoms = tuple(_symptoms(name, of_arm, runner) for name, of_arm in runs.items())
    own = tuple(runs[worst.name])
    return Subject(runner.program, comparison.id, worst.fields, own, symptoms, comparison, worst.name)


def _symptoms(arm: str, runs: Sequence[RunResult], runner: BudgetRunner) -> Symptoms:
    traces = [runner.store.open_run(run.record.id).trace() for run in runs]
    found = [runner.program.findings(trace, run.epochs) for trace, run in zip(traces, runs, strict=True)]
    seeds = tuple(run.record.seed for run in runs)
    return Symptoms(arm=arm, seeds=seeds, findings=common(found), traced=any(traces))

"""How long a search for an explanation takes, said before it starts."""

from __future__ import annotations

from paribus.diagnosis.search import rungs
from paribus.diagnosis.subject import FRESH_SEEDS, first_look
from paribus.records.design import Arm, Design
from paribus.records.program import Fields
from paribus.runs.estimating import STARTING_SECONDS, Paces
from paribus.runs.planning import Settings, make_plan
from paribus.runs.program_protocol import Program
from paribus.runs.store import Store
from paribus.runs.worker_count import workers_on


def search_length(interventions: int, length: int, before: int = 0, again: int = 0, shortest: int = 1) -> int:
    """How long all runs of a usual search are together, in units of a run's length.

    Short runs of each, and of what is unchanged beside them; one confirmed, and the unchanged again, on fresh seeds.

    Args:
        interventions: how many are proposed.
        length: of a whole run.
        before: how many whole runs are needed to begin with.
        again: how many are made of the comparison once more without the cause, see `runs_again`.
        shortest: how long the short runs are at least.
    """
    screened = sum((rung.interventions + 1) * rung.epochs for rung in rungs(interventions, length, shortest))
    return screened + length * (before + 2 * FRESH_SEEDS + again)


def runs_again(arms: int, seeds: int) -> int:
    """How many runs a first look at the comparison without its cause takes, beside those that confirmed it."""
    looked_at = first_look(seeds)
    return arms * looked_at - min(looked_at, FRESH_SEEDS)


def search_seconds(
    program: Program, fields: Fields, interventions: int, how: Settings, *, before: int = 0, again: int = 0
) -> float | None:
    """How long a usual search takes, as runs of these fields took or by a short trial; None where nothing tells."""
    arm = Arm(name=program.info.name, value=program.info.name, fields=fields)
    design = Design(program=program.info, arms=(arm,), seeds=(0,), recipe_name=program.info.name)
    plan = make_plan(design, how, program=program)
    pace = Paces(Store(how.out), program).seconds_an_epoch(plan.tasks[0])
    if pace is None:
        return None
    shortest = program.telling_length(fields)
    length = search_length(interventions, program.info.length_of(fields), before, again, shortest)
    return pace * length / workers_on(plan.device, how.workers) + STARTING_SECONDS

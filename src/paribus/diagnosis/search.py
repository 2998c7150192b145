"""The search for what restores training, as one sequence: propose, screen, pair, confirm, repair.

`search` is a generator. It yields what to run next and receives what has come of it so far; who drives it runs several
things at a time and resumes it whenever a run has ended and a core would be idle. Short runs choose, on a seed that was
looked at; runs at full length decide, on fresh ones. The short ones are screened by successive halving (Jamieson and
Talwalkar 2016, "Non-stochastic best arm identification", figure 3), with a third kept at each rung.

What can change no answer is not run: longer short runs, once what a finding points at wins back most of what anything
could; the confirmation of what can be no more than another remedy, once the cause is settled; and of the comparison
without the cause first no more seeds than a first look needs.

Where no change restores training alone there may be two faults. Then what the best runs still show is followed, as a
person would: the first change stays, and what the symptoms that are left point at is tried on top of it.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from paribus.diagnosis.intervention_outcomes import (
    CONTRIBUTING,
    RESTORING,
    RESTORING_ALL,
    Scale,
    best_reached,
    judge,
    only_remedies,
    recovered,
    settled_cause,
)
from paribus.diagnosis.interventions import parts, together
from paribus.records.design import Design
from paribus.records.events import Phase
from paribus.records.intervention import Effect, Intervention, Tested, first_cause
from paribus.records.program import Fields

KEPT_SHARE = 3  # one in so many goes on, for so many times the epochs
CONFIRMED = 2  # interventions that are run at full length at the end


@dataclass(frozen=True)
class Rung:
    """How many interventions are run, and for how many epochs."""

    interventions: int
    epochs: int


def rungs(interventions: int, epochs: int, shortest: int = 1) -> tuple[Rung, ...]:
    """From all interventions at the shortest telling length to a few at up to a third of the full one."""
    steps, count, length = [], interventions, min(shortest, epochs)
    while count > 0:
        steps.append(Rung(count, length))
        if count <= CONFIRMED or length * KEPT_SHARE > epochs // KEPT_SHARE:
            break
        count, length = max(CONFIRMED, -(-count // KEPT_SHARE)), length * KEPT_SHARE
    return tuple(steps)


def best_first(effects: Mapping[Intervention, Effect]) -> list[Intervention]:
    """By what they reached on validation; equals in the order in which they were proposed."""
    return sorted(effects, key=lambda intervention: -effects[intervention].explained_after)


PAIRED_UP = 3  # the best interventions that are tried two at a time, where none restores training alone
FOLLOWED = 3  # and so many of those that a finding points at, each of another one, with what they leave
ON_TOP = 3  # of the changes that the symptoms left point at

Effects = Mapping[Intervention, Effect]


@dataclass(frozen=True)
class Question:
    """What is searched for: why a program does badly with these fields.

    length: how long a run is. proposed: what to try, in order. seeds: of screening. fresh: seeds that nobody has looked
    at. again: the comparison with an intervention made in all its arms; None where there is none to make again, or it
    means nothing then. scale: in what the deficit is counted. left: of an intervention and what came of it, what the
    strong symptoms that its runs still show point at. shortest: how long a run must be for an effect to show.
    """

    fields: Fields
    length: int
    proposed: tuple[Intervention, ...]
    seeds: tuple[int, ...]
    fresh: tuple[int, ...]
    again: Callable[[Intervention], Design | None]
    scale: Scale
    left: Callable[[Intervention, Effect], Sequence[Intervention]] = lambda intervention, effect: ()
    shortest: int = 1


@dataclass(frozen=True)
class Trials:
    """To be run: each intervention against the unchanged fields, paired by seed, compared after `epochs` epochs."""

    phase: Phase
    fields: Fields
    interventions: tuple[Intervention, ...]
    seeds: tuple[int, ...]
    epochs: int


@dataclass(frozen=True)
class Again:
    """To be run: the comparison once more, with its cause removed from all arms."""

    design: Design
    cause: Intervention


@dataclass(frozen=True)
class Wait:
    """Nothing to run before more is known of the trials under way."""


Wanted = Trials | Again | Wait


@dataclass(frozen=True)
class Known:
    """What has come of the last trials that were asked for.

    under_way: those of them that have not all their runs yet; what is in neither was left out. begun: whether what was
    asked for last was begun; False where there is no time for it.
    """

    effects: Effects = field(default_factory=dict)
    under_way: tuple[Intervention, ...] = ()
    begun: bool = True


@dataclass(frozen=True)
class Found:
    """What the search came to. again: the comparison that was run once more, without the first cause."""

    tested: tuple[Tested, ...]
    again: Design | None


Search = Generator[Wanted, Known, Found]
Part = Generator[Wanted, Known, Effects]


def search(question: Question) -> Search:
    """The whole search: what to run is yielded, and what came of it is sent."""
    screened = yield from _screen(question)
    pairs = _two_at_a_time(question, screened)
    length = max((effect.epochs for effect in screened.values()), default=1)
    tried = yield from _screening(question, pairs, min(length, question.length))
    seen = {**screened, **tried}
    screened = {one: seen[one] for one in (*question.proposed, *pairs) if one in seen}
    chosen = to_confirm(screened, question.scale)
    proposed = tuple(dict.fromkeys((*question.proposed, *(one for one in chosen if one not in pairs), *pairs)))
    return (yield from _confirm_and_repair(question, proposed, chosen, screened))


def _screen(question: Question) -> Part:
    """Each proposal's longest screening: all are run short, and the better third goes on for longer.

    Not where what a finding points at restores training already, whatever the others may reach.
    """
    seen: dict[Intervention, Effect] = {}
    going_on: Sequence[Intervention] = question.proposed
    for rung in rungs(len(question.proposed), question.length, question.shortest):
        tried = yield from _screening(question, going_on[: rung.interventions], rung.epochs)
        seen |= tried
        if any(one.finding is not None for one in _winning(tried, question.scale, RESTORING, question.scale.most)):
            break
        going_on = best_first(tried)
    return seen


def _screening(question: Question, interventions: Sequence[Intervention], epochs: int) -> Part:
    if not interventions:
        return {}
    known = yield Trials("screening", question.fields, tuple(interventions), question.seeds, epochs)
    while known.under_way:
        known = yield Wait()
    return known.effects


def _acting(screened: Effects) -> Effects:
    """Those that changed anything."""
    return {one: effect for one, effect in screened.items() if not effect.idle}


def _two_at_a_time(question: Question, screened: Effects) -> tuple[Intervention, ...]:
    """Each followed by what it leaves; and the best two at a time, where none restores training alone."""
    acting = _acting(screened)
    best = best_first(acting)
    if good := restoring(screened, question.scale):
        return _followed(question, acting, good[:1])
    named: dict[str, Intervention] = {}
    for one in question.proposed:
        if one.finding is not None and one in acting:
            named.setdefault(one.finding, one)
    pairs = _followed(question, acting, [*list(named.values())[:FOLLOWED], *best[:1]])
    of_best = (together(a, b) for a, b in itertools.combinations(best[:PAIRED_UP], 2))
    return _different((*pairs, *of_best))


def _followed(question: Question, screened: Effects, firsts: Sequence[Intervention]) -> tuple[Intervention, ...]:
    """With each of these, one by one, what the symptoms that it leaves point at."""
    return _different(together(a, b) for a in firsts for b in question.left(a, screened[a])[:ON_TOP])


def _different(pairs: Iterable[Intervention]) -> tuple[Intervention, ...]:
    """Those that change two fields; each once, in whatever order."""
    found = {frozenset(pair.changes): pair for pair in pairs if len({c.factor for c in pair.changes}) > 1}
    return tuple(found.values())


def _confirm_and_repair(
    question: Question, proposed: Sequence[Intervention], chosen: tuple[Intervention, ...], screened: Effects
) -> Search:
    """At full length on fresh seeds; and the comparison without the cause, as soon as nothing can unmake that."""
    again: Design | None = None
    confirmed: Effects = {}
    pending = chosen
    for group in _in_turn(chosen, proposed):
        if only_remedies(_together(proposed, screened, confirmed), pending, question.scale):
            break
        pending = tuple(one for one in pending if one not in group)
        known = yield Trials("confirming", question.fields, group, question.fresh, question.length)
        while known.under_way:
            so_far = _together(proposed, screened, {**confirmed, **known.effects})
            cause = None if again else settled_cause(so_far, (*known.under_way, *pending), question.scale)
            if cause is not None and (design := question.again(cause)) is not None:
                known = yield Again(design, cause)
                again = design if known.begun else None
            known = yield Wait()
        confirmed = {**confirmed, **known.effects}
    tested = judge(_together(proposed, screened, confirmed), question.scale)
    cause = first_cause(tested)
    if again is None and cause is not None and (design := question.again(cause)) is not None:
        known = yield Again(design, cause)
        again = design if known.begun else None
    return Found(tested, again)


def _in_turn(chosen: tuple[Intervention, ...], proposed: Sequence[Intervention]) -> list[tuple[Intervention, ...]]:
    """What is confirmed at a time: a suspect alone, for then others may decide nothing; a pair with its parts."""
    suspected = sorted((one for one in chosen if one.finding is not None), key=proposed.index)
    if not suspected or any(len(one.changes) > 1 for one in chosen):
        return [chosen] if chosen else []
    others = tuple(one for one in chosen if one != suspected[0])
    return [(suspected[0],), others] if others else [chosen]


def _together(
    proposed: Sequence[Intervention], screened: Effects, confirmed: Effects
) -> list[tuple[Intervention, Effect | None, Effect | None]]:
    return [(one, screened.get(one), confirmed.get(one)) for one in proposed]


def _winning(screened: Effects, scale: Scale, share: float, best: float | None = None) -> list[Intervention]:
    """Those that win back so much of the deficit, the ones that a finding points at first.

    best: what the deficit is counted to, if not to what the best of them reached.
    """
    best = best_reached(screened.values()) if best is None else best
    good = {one: effect for one, effect in screened.items() if recovered(effect, best, scale) >= share}
    return sorted(best_first(good), key=lambda one: one.finding is None)


def restoring(screened: Effects, scale: Scale) -> list[Intervention]:
    """Those that restore training in their short runs."""
    return _winning(screened, scale, RESTORING)


def to_confirm(screened: Effects, scale: Scale) -> tuple[Intervention, ...]:
    """What is run at full length: what restores training, and with it what a finding points at where that helps.

    A short run says little of how far an intervention leads, so that another one's head start must not keep the
    suspected cause from being tested. Where nothing restores training, the best are confirmed for what they help. Of
    two changes that restore it together, each is run alone as well: both are needed only if neither does.
    """
    screened = _acting(screened)
    good = restoring(screened, scale)
    suspected = [i for i in _winning(screened, scale, CONTRIBUTING) if i.finding is not None and i not in good]
    chosen = good + suspected if any(i.finding is not None for i in good) else suspected[:1] + good
    if not good:
        chosen += [i for i in best_first(screened) if i not in chosen]
    if chosen and len(chosen[0].changes) > 1:
        far = _winning(screened, scale, RESTORING_ALL)  # of those the first proposed: a spoilt field's own change
        pair = next(one for one in screened if one in (far or chosen) and len(one.changes) > 1)
        return (*_alone(pair, screened), pair)
    return tuple(chosen[:CONFIRMED])


def _alone(pair: Intervention, screened: Effects) -> Iterator[Intervention]:
    """Each of its changes by itself, as it was screened where it was."""
    for part in parts(pair):
        yield next((one for one in screened if one.changes == part.changes), part)

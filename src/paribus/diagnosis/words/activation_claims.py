"""Claims for one activation against another, in words: the verdict, and each quantity with its interval."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from paribus.diagnosis.words.sections import Grid, Section
from paribus.records.activation_claims import ACCURACIES, Claim, ClaimName, ClaimQuantity, ClaimVerdict, Measured
from paribus.words.labels import initial_capital
from paribus.words.numbers import fixed, signed
from paribus.words.translation import Words, mark

CLAIMS: dict[ClaimName, str] = {
    "converges_faster": mark("It converges faster"),
    "cheaper": mark("It is cheaper to compute"),
    "sparser": mark("It makes activations sparse"),
    "overfits_less": mark("It overfits less"),
}
VERDICTS: dict[ClaimVerdict, str] = {
    "holds": mark("holds"),
    "does_not_hold": mark("does not hold"),
    "open": mark("open"),
}
QUANTITIES: dict[ClaimQuantity, str] = {
    "epochs_to_accuracy": mark("epochs to {accuracy} validation accuracy"),
    "seconds_to_accuracy": mark("seconds to {accuracy} validation accuracy"),
    "timed_epoch": mark("processor seconds an epoch, timed in turn"),
    "epoch_seconds": mark("seconds an epoch in the runs"),
    "zeros": mark("outputs that are exactly 0 at the end, mean over layers"),
    "dead": mark("units that are dead at the end"),
    "accuracy_gap": mark("training accuracy less validation accuracy at the end, in percentage points"),
    "val_loss_rise": mark("validation loss at the end above its least"),
}
# Why there are no numbers though runs trained.
UNASKED: dict[ClaimQuantity, str] = {
    "zeros": mark("{where} it cannot be asked: no probe counted zeros in these runs."),
    "epoch_seconds": mark("{where} it cannot be asked: the runs were not all on one kernel and device."),
    "epochs_to_accuracy": mark("{where} it cannot be asked: not every run reaches {accuracy} validation accuracy."),
}
_SHARES = ("zeros", "dead")
_PLACES: dict[ClaimQuantity, int] = {
    "epochs_to_accuracy": 1,
    "seconds_to_accuracy": 1,
    "timed_epoch": 2,
    "epoch_seconds": 2,
    "zeros": 1,
    "dead": 1,
    "accuracy_gap": 2,
    "val_loss_rise": 4,
}


def claims_by_pair(claims: Sequence[Claim], names: Mapping[str, str], words: Words) -> dict[str, list[Claim]]:
    """The claims of each pair of arms, under the question that they are. `names`: the arms."""
    found: dict[str, list[Claim]] = {}
    for claim in claims:
        of, against = names[claim.of], names[claim.against]
        title = words.text("Claims that {of} is better than {against}: are they true?", of=of, against=against)
        found.setdefault(title, []).append(claim)
    return found


def claim_words(claim: Claim, names: Mapping[str, str], removed: str, words: Words) -> str:
    """One claim with its numbers. `names`: the arms; `removed`: what was changed in all arms, or nothing."""
    said = {"claim": claim_name(claim, words), "verdict": claim_verdict(claim, words)}
    sentences = [words.text("{claim}: {verdict}.", **said)]
    for where, there in _by_place(claim, removed, words):
        if there[0].of is None:
            sentences.append(_unasked_words(there[0], claim, where, names, words))
        else:
            numbers = "; ".join(measured_text(m, words) for m in there)
            sentences.append(words.text("{where}: {numbers}.", where=where, numbers=numbers))
    return " ".join(filter(None, [*sentences, timed_words(claim, words)]))


def _by_place(claim: Claim, removed: str, words: Words) -> Iterator[tuple[str, list[Measured]]]:
    """Where anything was measured of a claim, in words, without the cause first; and what."""
    for repaired in (True, False):
        if there := [m for m in claim.measured if m.repaired == repaired]:
            mended = words.text("With {change} in all arms", change=removed)
            yield mended if repaired else words.text("Under the recipe"), there


def claim_sections(claim: Claim, names: Mapping[str, str], removed: str, words: Words) -> tuple[Section, ...]:
    """What `claim_words` says of one claim, as small tables: one without the cause, one under the recipe."""
    found = []
    for where, there in _by_place(claim, removed, words):
        if there[0].of is None:
            found.append(Section("", (_unasked_words(there[0], claim, where, names, words),), role="claims"))
            continue
        columns = ("", names[claim.of], names[claim.against], words.text("Difference"), words.text("Over"))
        found.append(Section(where, (), Grid(columns, tuple(_row(m, words) for m in there)), "claims"))
    return tuple(found)


def timed_words(claim: Claim, words: Words) -> str:
    """On what seconds were taken; nothing where none were."""
    if not claim.kernel:
        return ""
    return words.text(
        "Timed on the kernel {kernel} ({device}), and on no other.", kernel=claim.kernel, device=claim.device
    )


def _row(measured: Measured, words: Words) -> tuple[str, ...]:
    difference = ""
    if measured.low is not None and measured.high is not None:
        difference = words.text(
            "{signed} ({low} to {high})",
            signed=_difference(measured, measured.difference),
            low=_difference(measured, measured.low),
            high=_difference(measured, measured.high),
        )
    both = (_value(measured, measured.of, words), _value(measured, measured.against, words))
    return (initial_capital(_quantity(measured, words)), *both, difference, _over(measured, words))


def _quantity(measured: Measured, words: Words) -> str:
    return words.text(QUANTITIES[measured.quantity], accuracy=words.percent(measured.accuracy, 0))


def _over(measured: Measured, words: Words) -> str:
    if measured.rounds:
        return words.plural("{n} round", "{n} rounds", measured.rounds)
    return words.plural("{n} seed", "{n} seeds", len(measured.seeds))


def claim_name(claim: Claim, words: Words) -> str:
    """The claim itself."""
    return words.text(CLAIMS[claim.name])


def claim_verdict(claim: Claim, words: Words) -> str:
    """`holds`, `does not hold` or `open`."""
    return words.text(VERDICTS[claim.verdict])


def _unasked_words(measured: Measured, claim: Claim, where: str, names: Mapping[str, str], words: Words) -> str:
    trained, others = measured.trained
    reason = UNASKED.get(measured.quantity)
    untrained = measured.quantity == "epochs_to_accuracy" and min(trained, others) < measured.runs
    if reason is not None and not untrained:
        return words.text(reason, where=where, accuracy=words.percent(ACCURACIES[0], 0))
    return words.text(
        "{where} it cannot be asked: {of} trained in {k} of {n} runs, {against} in {l} of {n}.",
        where=where,
        of=names[claim.of],
        against=names[claim.against],
        k=trained,
        l=others,
        n=measured.runs,
    )


def measured_text(measured: Measured, words: Words) -> str:
    """`epochs to 98 % validation accuracy 2.2 against 6.5, −4.3 (−5.0 to −3.6; 6 seeds)`."""
    said = {
        "quantity": _quantity(measured, words),
        "of": _value(measured, measured.of, words),
        "against": _value(measured, measured.against, words),
        "seeds": _over(measured, words),
    }
    if measured.low is None or measured.high is None:
        return words.text("{quantity} {of} against {against} ({seeds})", **said)
    return words.text(
        "{quantity} {of} against {against}, {signed} ({low} to {high}; {seeds})",
        signed=_difference(measured, measured.difference),
        low=_difference(measured, measured.low),
        high=_difference(measured, measured.high),
        **said,
    )


def _value(measured: Measured, value: float | None, words: Words) -> str:
    if measured.quantity in _SHARES:
        return words.percent(value)
    return fixed(*in_unit(measured, value))


def _difference(measured: Measured, value: float | None) -> str:
    return signed(*in_unit(measured, value))


def in_unit(measured: Measured, value: float | None) -> tuple[float | None, int]:
    """The number as it is shown, shares and accuracies in per cent, and how many decimals it has."""
    places = _PLACES[measured.quantity]
    if measured.quantity in (*_SHARES, "accuracy_gap"):
        return (None if value is None else 100 * value), places
    return value, places

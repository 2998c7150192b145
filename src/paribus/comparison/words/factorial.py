"""Two crossed factors in words: what they do together and alone, and to how many runs. Nothing is computed here."""

from __future__ import annotations

from collections.abc import Iterator

from paribus.core.messages import mark
from paribus.records.comparison import Comparison
from paribus.records.factorial import Effect, Factorial
from paribus.records.program import FieldValue
from paribus.words.labels import initial_capital, is_bare, led
from paribus.words.metric_format import Measure, measure_of
from paribus.words.numbers import alpha_text, p_text
from paribus.words.translation import Words, translator


def level_name(factor: str, value: FieldValue, words: Words) -> str:
    """A level inside a sentence: `ReLU`, `weight decay 0.1`; of a factor that is no field with its name."""
    if isinstance(value, str) and is_bare(value):  # a number, as a table has it
        called = words.field(factor)
        return led(called, f"{called} {value}")
    return words.arm_name(str(value), factor, value)


def cell_words(comparison: Comparison, arm: str, words: Words) -> str:
    """`sigmoid with weight decay 0.1`."""
    found = crossing(comparison)
    cell = next(cell for cell in found.cells if cell.arm == arm)
    first, second = (level_name(f.name, v, words) for f, v in zip(found.factors, cell.levels, strict=True))
    return words.text("{first} with {second}", first=first, second=second)


def crossing(comparison: Comparison) -> Factorial:
    """The comparison's two factors. It has them."""
    if comparison.factorial is None:
        raise ValueError("a comparison of two factors")
    return comparison.factorial


def factorial_headline(comparison: Comparison, lang: str) -> str:
    """The answer in a line: what the second factor's step does at each level of the first, and whether it differs."""
    words, found = translator(lang), crossing(comparison)
    if len(found.of("interaction")) > 1:
        n = sum(effect.told != "open" for effect in found.effects)
        names = words.join([words.field(factor.name) for factor in found.factors])
        line = words.text("{factors}: {n} of {m} effects are established", factors=names, n=n, m=len(found.effects))
        return initial_capital(line)
    return initial_capital(_together(comparison, found.of("interaction")[0], words))


def factorial_paragraphs(comparison: Comparison, lang: str) -> tuple[str, ...]:
    """The headline's sentence for every interaction, the counts, the other effects, and how they were tested."""
    words, found = translator(lang), crossing(comparison)
    lead = [f"{initial_capital(_together(comparison, effect, words))}." for effect in found.of("interaction")]
    counts = list(_counts(comparison, words))
    others = [*_effects(comparison, words)]
    return (" ".join([*lead, *counts]), " ".join(others), " ".join(_how(comparison, words)))


def _together(comparison: Comparison, interaction: Effect, words: Words) -> str:
    """What a step does at two levels of the other factor, and whether that differs: no more than is established."""
    found, measure = crossing(comparison), measure_of(comparison.metric, words.lang)
    other = next(factor for factor in found.factors if factor.name != interaction.factor)
    steps = [
        next(
            e for e in found.of("simple")
            if (e.factor, e.a, e.b, e.at) == (interaction.factor, interaction.a, interaction.b, level)
        )
        for level in interaction.across
    ]  # fmt: skip
    told: dict[str, object] = {
        "step": _step(interaction, words),
        "b": level_name(interaction.factor, interaction.b, words),
        "c": level_name(other.name, interaction.across[0], words),
        "d": level_name(other.name, interaction.across[1], words),
    }
    established = interaction.told != "open"
    if any(step.size is None for step in steps):  # a mean over a mixture would describe no run
        for key, step in zip("cd", steps, strict=True):
            told[f"of_{key}"] = f"{step.trained_minus} → {step.trained_plus}"
        told["n"] = steps[0].runs_plus
        return words.text(_MIXED[established], **told)
    gains = [comparison.metric.gain(0.0, step.size or 0.0) for step in steps]
    places = max(measure.places(*(step.size for step in steps)), 0)
    costs = all(gain < 0 for gain in gains)
    for key, step in zip("cd", steps, strict=True):
        size = abs(step.size or 0.0) if costs else step.size
        write = measure.number if costs else measure.signed
        told[f"of_{key}"] = measure.with_short_unit(write(size, places))
    return words.text(_TOGETHER[costs, established], metric=measure.label, **told)


_TOGETHER = {  # by whether it costs at both levels, and whether the interaction is established
    (True, True): mark("{b} costs {c} {of_c} of {metric} and {d} {of_d}: the two act together"),
    (True, False): mark(
        "{b} costs {c} {of_c} of {metric} and {d} {of_d}; that the two act together is not established"
    ),
    (False, True): mark("{step} changes {metric} by {of_c} for {c} and by {of_d} for {d}: the two act together"),
    (False, False): mark(
        "{step} changes {metric} by {of_c} for {c} and by {of_d} for {d}; that the two act together is not established"
    ),
}
_MIXED = {
    True: mark("{step}: of {n} runs {of_c} train for {c} and {of_d} for {d}: the two act together"),
    False: mark(
        "{step}: of {n} runs {of_c} train for {c} and {of_d} for {d}; that the two act together is not established"
    ),
}


def _step(effect: Effect, words: Words) -> str:
    """`weight decay 0 → weight decay 0.1`."""
    a, b = (level_name(effect.factor, value, words) for value in (effect.a, effect.b))
    return words.text("{a} → {b}", a=a, b=b)


def _counts(comparison: Comparison, words: Words) -> Iterator[str]:
    arms = {arm.name: arm for arm in comparison.arms}
    cells = [arms[cell.arm] for cell in crossing(comparison).cells]
    short = [arm for arm in cells if arm.counted < arm.size]
    for arm in short:
        named = initial_capital(cell_words(comparison, arm.name, words))
        yield words.text("{cell} trained in {k} of {n} runs.", cell=named, k=arm.counted, n=arm.size)
    if short and len(short) < len(cells):
        yield words.text("The other cells trained in all of theirs.")


def effect_name(comparison: Comparison, effect: Effect, words: Words) -> str:
    """What the effect is of, as a table and a sentence name it."""
    step = _step(effect, words)
    found = crossing(comparison)
    other = next(factor.name for factor in found.factors if factor.name != effect.factor)
    if effect.kind == "simple":
        return words.text("{step}, {level}", step=step, level=level_name(other, effect.at, words))
    if effect.kind == "main":
        return words.text("{step}, mean over {other}", step=step, other=words.field(other))
    c, d = (level_name(other, level, words) for level in effect.across)
    return words.text("{step}, {d} less {c}", step=step, c=c, d=d)


def _effects(comparison: Comparison, words: Words) -> Iterator[str]:
    """Every effect that is established; main effects only as far as no interaction is."""
    found = crossing(comparison)
    together = any(effect.told != "open" for effect in found.of("interaction"))
    shown = [*(() if together else found.of("main")), *found.of("simple")]
    established = [effect for effect in shown if effect.told != "open"]
    for effect in established:
        yield _effect(comparison, effect, words)
    if not established:
        yield words.text("No effect of one factor alone is established.")
    if together:
        yield words.text("What a factor does on average over the other says little here, since the two act together.")


def _effect(comparison: Comparison, effect: Effect, words: Words) -> str:
    measure = measure_of(comparison.metric, words.lang)
    name = initial_capital(effect_name(comparison, effect, words))
    answers, said = effect.answers, []
    if answers.trains is not None and answers.trains.verdict in ("a_better", "b_better"):
        counts = {"k": effect.trained_minus, "n": effect.runs_minus, "l": effect.trained_plus, "m": effect.runs_plus}
        p = p_text(answers.trains.p_adjusted, answers.trains.level)
        said.append(words.text("trained {k} of {n} → {l} of {m} ({p})", **counts, p=p))
    if answers.figure is not None and answers.figure.verdict in ("a_better", "b_better"):
        p = p_text(answers.figure.p_adjusted, answers.figure.level)
        said.append(words.text("{size} {interval} ({p})", size=effect_size(effect, measure), p=p,
                               interval=effect_interval(effect, measure)))  # fmt: skip
    return words.text("{effect}: {said}.", effect=name, said="; ".join(said))


def effect_size(effect: Effect, measure: Measure) -> str:
    """`−82.1 points`."""
    return measure.with_short_unit(measure.signed(effect.size, effect_places(effect, measure)))


def effect_interval(effect: Effect, measure: Measure) -> str:
    """`[−84.0, −80.1]`; nothing where one seed leaves no spread."""
    if effect.low is None:
        return ""
    low, high = (measure.signed(end, effect_places(effect, measure)) for end in (effect.low, effect.high))
    return f"[{low}, {high}]"


def effect_places(effect: Effect, measure: Measure) -> int:
    """Decimals that tell the size and its interval apart."""
    return measure.places(effect.size, None if effect.low is None else 20 * ((effect.high or 0.0) - effect.low))


def _how(comparison: Comparison, words: Words) -> Iterator[str]:
    found = crossing(comparison)
    yield words.plural(
        "{n} test, after Holm's correction, at a level of {level}; contrasts are taken within each of {seeds} seeds.",
        "{n} tests in one family, after Holm's correction, at a level of {level}; contrasts are taken within each of "
        "{seeds} seeds.",
        found.tests,
        level=alpha_text(comparison.alpha),
        seeds=len(found.seeds),
    )
    if shaped := [effect_name(comparison, effect, words) for effect in found.effects if effect.reshaped]:
        yield words.text(
            "Intervals that are not the plain t interval, being longer to the side of a tail or without a seed that "
            "stands out: {effects}.",
            effects=words.join(shaped),
        )
    for arm, seeds in found.left_out.items():
        cell = cell_words(comparison, arm, words)
        yield words.text("Left out, since another cell lacks it: {cell}, seed {seeds}.", cell=cell,
                         seeds=words.join([str(seed) for seed in seeds]))  # fmt: skip

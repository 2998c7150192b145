"""The command line that gives a comparison again."""

from __future__ import annotations

import shlex
from pathlib import Path

from paribus.comparison.anytime.stopping_limits import Until
from paribus.comparison.decision_rule.editions import CURRENT
from paribus.comparison.margin import margin_for
from paribus.core.field_text import value_word
from paribus.records.design import Design
from paribus.runs.planning import Settings, option_words
from paribus.runs.program_protocol import Program
from paribus.runs.registry import program_of
from paribus.runs.store import Store, recipe_file


def command_for(
    design: Design, margin: float, how: Settings, program: Program | None = None, until: Until | None = None
) -> str:
    """The command line that gives this comparison again, with the same settings; empty where none can.

    Every field of the first arm that differs from where the program starts is a `--set`, so that no file is needed.
    Arms that differ in several fields need files: those that lie beside the comparison. The store is as the user named
    it.
    """
    program = program or program_of(design.program)
    words = _files(design, how.out) if design.confounded else _factor_words(design, program)
    words += [f"--seeds={len(design.seeds)}"] if until is None else ["--until-decided", f"--max-seeds={until.most}"]
    if design.seeds[0]:
        words.append(f"--first-seed={design.seeds[0]}")
    if margin != margin_for(None, program.info.judging):
        words.append(f"--margin={value_word(float(margin))}")
    if design.baseline:
        words.append(f"--baseline={design.baseline}")
    if design.rule != CURRENT:
        words.append(f"--rule={design.rule}")
    return shlex.join(program.command("compare", [*words, *option_words(how)]))


def _factor_words(design: Design, program: Program) -> list[str]:
    words = program.start_words(design.arms[0].fields, {design.factor})
    if design.factors:
        named = [
            f"{factor.name}=" + ",".join(program.word(factor.name, v) for v in factor.values)
            for factor in design.factors
        ]
        own = {factor.name for factor in design.factors}
        return [*named, "--factorial", *program.start_words(design.arms[0].fields, own)]
    if program.own_factor is not None and program.own_factor[0] == design.factor:
        return words  # naming the program says it
    return [f"{design.factor}=" + ",".join(program.word(design.factor, arm.value) for arm in design.arms), *words]


def _files(design: Design, out: Path) -> list[str]:
    folder = Store(out).comparison_folder(design.id)
    return [*(str(folder / recipe_file(arm.name)) for arm in design.arms), "--confounded"]

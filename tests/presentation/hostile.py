"""Names that try to be more than names."""

from __future__ import annotations

from paribus.values.comparison import Comparison

NAMES = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "</title></style></svg><script>alert(1)</script>",
    "<!-- -->]]>&lt;b&gt;",
    "{{ 7 * 7 }}{% raw %}{arm}%s{0}",
    "javascript:alert(1)//",
    "\u202egnorw\u2066 and \u200bback\u200f",
    "line\nbreak\r\ttab\x1b[31m\x07",
    "M" * 300,
    "한글 이름 " * 30,
)


def hostile_comparison(comparison: Comparison, name: str) -> Comparison:
    """The same comparison with `name` wherever a name can be chosen: arms, values, classes, command, machine."""
    names = {arm.name: f"{name}{index}" for index, arm in enumerate(comparison.arms)}
    arms = tuple(
        arm.model_copy(
            update={
                "name": names[arm.name],
                "value": names[arm.name],
                "recipe": arm.recipe.model_copy(update={"dataset": names[arm.name]}),
                "runs": tuple(run.model_copy(update={"id": name}) for run in arm.runs),
            }
        )
        for arm in comparison.arms
    )
    pairs = tuple(p.model_copy(update={"a": names[p.a], "b": names[p.b]}) for p in comparison.pairs)
    disagreements = tuple(
        d.model_copy(update={"answers": tuple(a.model_copy(update={"arm": names[a.arm]}) for a in d.answers)})
        for d in comparison.disagreements
    )
    texts = ("paribus", "python", "torch", "numpy", "platform", "processor", "device", "device_name", "kernel")
    return comparison.model_copy(
        update={
            "factor": "dataset",
            "recipe_name": name,
            "id": name,
            "differences": {name: tuple(names.values())},
            "arms": arms,
            "pairs": pairs,
            "disagreements": disagreements,
            "class_names": tuple(f"{name}{i}" for i in range(len(comparison.class_names))),
            "environment": comparison.environment.model_copy(update=dict.fromkeys(texts, name)),
            "command": name,
            "created": name,
            "paribus": name,
        }
    )

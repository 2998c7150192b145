"""Names that try to be more than names."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import cycle, product

from paribus.programs.recipe.confusion import RecipeEvidence
from paribus.records.comparison import Comparison, PairView
from tests.factories import evidence

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

_BREAKOUTS = (
    "",
    '">',
    "'>",
    "</script>",
    "</style>",
    "</title>",
    "</svg>",
    "-->",
    "]]>",
    "</textarea></xmp>",
    "\\u003c/script\\u003e",
)
_RUNNING = (
    "<script>alert(1)</script>",
    "<script src=data:text/javascript,alert(1)></script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<svg><animate onbegin=alert(1) attributeName=x dur=1s>",
    "<iframe srcdoc='<script>parent.alert(1)</script>'></iframe>",
    "<iframe src=javascript:alert(1)></iframe>",
    "<body onload=alert(1)>",
    "<video><source onerror=alert(1)></video>",
    "<audio src=x onerror=alert(1)>",
    "<details open ontoggle=alert(1)>",
    "<input autofocus onfocus=alert(1)>",
    "<select autofocus onfocus=alert(1)>",
    "<marquee onstart=alert(1)>",
    "<math><mtext></mtext><mglyph><style><img src=x onerror=alert(1)>",
    "<object data=javascript:alert(1)></object>",
    "<embed src=javascript:alert(1)>",
    "<meta http-equiv=refresh content='0;url=javascript:alert(1)'>",
    "<base href=javascript:alert(1)//>",
    "<link rel=stylesheet href=data:text/css,*{display:none}>",
    "<style>*{display:none}</style>",
    "<form action=javascript:alert(1)><button autofocus>x</button></form>",
    "<a href=javascript:alert(1) autofocus>x</a>",
    "<template><script>alert(1)</script></template>",
    "<p style=animation:x onanimationstart=alert(1)>",
)
_ATTRIBUTES = (
    '" onmouseover="alert(1)',
    "' onfocus='alert(1)' autofocus='",
    "` onload=alert(1) `",
    '" style="position:fixed',
)
_TEMPLATES = (
    "{{ 7 * 7 }}",
    "{% raw %}",
    "${alert(1)}",
    "#{alert(1)}",
    "<%= 7 * 7 %>",
    "{arm}{0}{n}",
    "%s%n%(name)s",
    "$&$1$`",
)
_ADDRESSES = (
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "//example.org/x",
    "vbscript:x",
)
_FORMULAS = (
    "=1+1",
    "=cmd|' /C calc'!A0",
    "+1+1",
    "-1+1",
    "@SUM(1)",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    " =1+1",
    "\uff1d1+1",
    "\uff0b1",
    "\uff201",
    '=HYPERLINK("x")',
    ";=1+1",
    ",=1+1",
    '"=1+1',
    "'=1+1",
)
_PATHS = (
    "../../etc/passwd",
    "..\\..\\x",
    "/etc/passwd",
    "C:\\x",
    "CON",
    "nul.txt",
    ".hidden",
    "a/b",
    "a:b",
    "x.html.exe",
    "...",
    "-rf",
    "~",
)
_OBJECTS = ("__proto__", "constructor", "toString", "hasOwnProperty", "null", "undefined", "NaN", "true", "0", "", " ")
_LETTERS = (
    "\u202ereversed",
    "\u2066isolated",
    "zero\u200bwidth\ufeff",
    "e" + "\u0301" * 60,
    "\ud83d\ude00" * 20,
    "\ue000private",
    "line\u2028separator\u2029",
    "\x1b]0;title\x07\x1b[2J",
    "\x00nul\x7f",
    "\ud800lone",
    "שלום עולם",
    "مرحبا بالعالم",
    "ﷺ" * 30,
    "W" * 400,
    "가" * 200,
    "a b " * 100,
)
# Everything above, 300 names and more: each would open a dialog, or spoil a file, where it is taken for more than text.
CORPUS: tuple[str, ...] = tuple(
    dict.fromkeys(
        (
            *NAMES,
            *(before + after for before, after in product(_BREAKOUTS, _RUNNING)),
            *(*_ATTRIBUTES, *_TEMPLATES, *_ADDRESSES, *_FORMULAS, *_PATHS, *_OBJECTS, *_LETTERS),
        )
    )
)


def hostile_batches(comparison: Comparison, names: Sequence[str]) -> list[Comparison]:
    """As many comparisons as it takes until each of `names` was an arm, a class or a run's id in one of them."""
    slots = len(comparison.arms) + len(evidence(comparison).class_names) + sum(len(arm.runs) for arm in comparison.arms)
    return [_mixed(comparison, names[start : start + slots]) for start in range(0, len(names), slots)]


def _mixed(comparison: Comparison, names: Sequence[str]) -> Comparison:
    """One name after the other goes where a name can be chosen; elsewhere the first."""
    made, turn = hostile_comparison(comparison, names[0]), cycle(names)
    renamed = {arm.name: f"{next(turn)}{index}" for index, arm in enumerate(made.arms)}
    arms = tuple(
        arm.model_copy(
            update={
                "name": renamed[arm.name],
                "value": renamed[arm.name],
                "runs": tuple(run.model_copy(update={"id": next(turn)}) for run in arm.runs),
            }
        )
        for arm in made.arms
    )
    return made.model_copy(
        update={
            "arms": arms,
            "pairs": _between(made.pairs, renamed),
            "other_pairs": _between(made.other_pairs, renamed),
            "evidence": _renamed(evidence(made), renamed, tuple(next(turn) for _ in evidence(made).class_names)),
        }
    )


def _between(pairs: tuple[PairView, ...], names: dict[str, str]) -> tuple[PairView, ...]:
    return tuple(pair.model_copy(update={"a": names[pair.a], "b": names[pair.b]}) for pair in pairs)


def _renamed(found: RecipeEvidence, names: dict[str, str], classes: tuple[str, ...]) -> dict[str, object]:
    disagreements = tuple(
        d.model_copy(update={"answers": tuple(a.model_copy(update={"arm": names[a.arm]}) for a in d.answers)})
        for d in found.disagreements
    )
    confusion = {names[arm]: counts for arm, counts in found.confusion.items()}
    changes = {"disagreements": disagreements, "confusion": confusion, "class_names": classes}
    return found.model_copy(update=changes).model_dump(mode="json")


def hostile_comparison(comparison: Comparison, name: str) -> Comparison:
    """The same comparison with `name` wherever a name can be chosen: arms, values, classes, command, machine."""
    names = {arm.name: f"{name}{index}" for index, arm in enumerate(comparison.arms)}
    arms = tuple(
        arm.model_copy(
            update={
                "name": names[arm.name],
                "value": names[arm.name],
                "fields": arm.fields.replace(dataset=names[arm.name]),
                "runs": tuple(run.model_copy(update={"id": name}) for run in arm.runs),
            }
        )
        for arm in comparison.arms
    )
    classes = tuple(f"{name}{i}" for i in range(len(evidence(comparison).class_names)))
    texts = ("paribus", "python", "torch", "numpy", "platform", "processor", "device", "device_name", "kernel")
    return comparison.model_copy(
        update={
            "factor": "dataset",
            "recipe_name": name,
            "id": name,
            "differences": {name: tuple(names.values())},
            "arms": arms,
            "pairs": _between(comparison.pairs, names),
            "other_pairs": _between(comparison.other_pairs, names),
            "evidence": _renamed(evidence(comparison), names, classes),
            "environment": comparison.environment.model_copy(update=dict.fromkeys(texts, name)),
            "command": name,
            "created": name,
            "paribus": name,
        }
    )

"""By which figures recipes are judged and steered: accuracy, the loss, or a metric that is code of somebody's own.

What is judged is the figure of the test set, and what steers that of the validation set. A metric is written as
everywhere, `NAME:min` or `NAME:max`, where NAME is `package.module:name` as a loss's is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from paribus.core.errors import ParibusError, nearest
from paribus.programs.metrics import metric_named
from paribus.programs.recipe.info import RECIPE
from paribus.programs.recipe.own_code import is_path
from paribus.records.program import Label, Metric, ProgramInfo

OURS = ("accuracy", "loss")
_SAID, _STEERS = "metric", "steer"  # in an info's source: metrics as they were given, the judged one first
_LOSS = Metric(name="loss", direction="min", label=Label(en="loss", ko="손실"))  # in whatever unit it has
_ACCURACY = RECIPE.judging.model_copy(update={"name": "accuracy", "label": Label(en="accuracy", ko="정확도")})
_OF_PART = {"test": ("test", "테스트"), "val": ("validation", "검증"), "train": ("training", "훈련")}


def info_for(metrics: Sequence[str], steer: str = "") -> ProgramInfo:
    """What is known of recipes that are judged by the first of these metrics, and steered by it or by `steer`.

    Raises ParibusError for what is no metric.
    """
    said = [_plain(word) for word in metrics] or [OURS[0]]
    by = _plain(steer, "val_") if steer else said[0]
    named = {word: _metric(word) for word in (*said, by)}
    if list(named) == [OURS[0]]:
        return RECIPE
    if len({metric.name for metric in named.values()}) < len(named):
        raise ParibusError("every metric is named once", got=list(named))
    judged, steering = _of("test", named[said[0]]), _of("val", named[by])
    others = [_of(part, metric) for metric in named.values() for part in ("test", "val")]
    every = [judged, steering, *others, _of("val", _LOSS), _of("train", _LOSS)]
    return RECIPE.model_copy(
        update={
            "metrics": tuple({metric.name: metric for metric in every}.values()),
            "steers": steering.name,
            "judged": judged.name,
            "source": {_SAID: said, **({_STEERS: by} if steer else {})},
        }
    )


def own_metrics(info: ProgramInfo) -> Mapping[str, str]:
    """The code of metrics of somebody's own, by the metric's name."""
    said = [*info.source.get(_SAID, ()), info.source.get(_STEERS, "")]
    return {_metric(word).name: path_of(word) for word in said if ":" in str(word)}


def metric_words(info: ProgramInfo) -> list[str]:
    """The options of a command line that say it again."""
    steer = [f"--steer={info.source[_STEERS]}"] if _STEERS in info.source else []
    return [*(f"--metric={word}" for word in info.source.get(_SAID, ())), *steer]


def path_of(word: str) -> str:
    """Where the code of a metric is: its word without direction and unit."""
    return ":".join(word.split(":")[:2])


def _plain(word: str, part: str = "test_") -> str:
    """`accuracy` of `test_accuracy:max`; what is of the user's own as it is."""
    name, _, rest = word.strip().removeprefix(part).partition(":")
    usual = {"accuracy": "max", "loss": "min"}
    return name if name in OURS and rest in ("", usual[name]) else word.strip()


def _metric(word: str) -> Metric:
    """What it is, under its name alone."""
    if word in OURS:
        return _LOSS if word == "loss" else _ACCURACY
    path, parts = path_of(word), word.split(":")
    if not is_path(path) or parts[1] in ("min", "max"):
        raise ParibusError(
            "a recipe is judged by {metric}, by loss, or by code of your own, package.module:name:max",
            metric=RECIPE.judging.text,
            got=word,
            hint=nearest(word, OURS),
        )
    try:
        return metric_named(":".join(parts[1:]))
    except ParibusError:
        if len(parts) > 2:
            raise
        raise ParibusError("{name}: is less better, or more? Write {name}:min or {name}:max", name=path) from None


def _of(part: str, metric: Metric) -> Metric:
    """The metric's figure on a part of the data."""
    en, ko = _OF_PART[part]
    label = Label(en=f"{en} {metric.label.en}", ko=f"{ko} {metric.label.ko or metric.label.en}")
    return metric.model_copy(update={"name": f"{part}_{metric.name}", "label": label})

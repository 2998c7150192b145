"""What other libraries train, in one line: most return what a function may return, and these two do not."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Literal

from paribus.core.errors import ParibusError
from paribus.programs.function.run_context import log, stream, this_run

if TYPE_CHECKING:
    from transformers import TrainerCallback


def estimators(
    models: Mapping[str, Any], x: Any, y: Any, *, test_size: float = 0.25, scoring: str = "accuracy"
) -> Callable[..., dict[str, float]]:
    """A program of scikit-learn's estimators: `pb.compare("estimator", ["a", "b"], program=..., metric="accuracy")`.

    Each seed has a split of its own, the same for every estimator, with the classes in proportion. An estimator whose
    `random_state` is None draws from the run's seed.

    Args:
        models: estimators and pipelines, not yet fitted, by the names of the arms.
        x: features, one row an item.
        y: labels or targets.
        test_size: the share of the items that is held out, and scored once.
        scoring: one of `sklearn.metrics.get_scorer_names()`; it is the metric's name too.
    """

    def fit(seed, *, estimator):  # type: ignore[no-untyped-def]
        from sklearn.base import clone, is_classifier
        from sklearn.metrics import get_scorer
        from sklearn.model_selection import train_test_split

        model = clone(models[estimator])
        x_fit, x_test, y_fit, y_test = train_test_split(
            x,
            y,
            test_size=test_size,
            random_state=int(stream("split").integers(2**32)),
            stratify=y if is_classifier(model) else None,
        )
        return {scoring: get_scorer(scoring)(model.fit(x_fit, y_fit), x_test, y_test)}

    fit.__annotations__ = {"seed": int, "estimator": Literal[tuple(models)]}
    fit.__qualname__ = "estimators"
    return fit


def hugging_face_callback() -> TrainerCallback:
    """A callback for Hugging Face's Trainer: each evaluation is a row of the run's curve, without what took time.

    The Trainer seeds everything anew from its own arguments, so `TrainingArguments(seed=seed)` has to hand the run's
    seed on. It raises ParibusError as training begins where that is the usual 42 in a run of another seed.
    """
    from transformers import TrainerCallback, TrainingArguments

    class Rows(TrainerCallback):  # type: ignore[misc]
        def on_train_begin(self, args: Any, state: Any, control: Any, **others: Any) -> None:
            seed = this_run("pb.hugging_face_callback").seed
            if args.seed == TrainingArguments.seed != seed:
                raise ParibusError(
                    "the Trainer seeds every run with {value}: write TrainingArguments(seed=seed)", value=args.seed
                )

        def on_evaluate(self, args: Any, state: Any, control: Any, metrics: Any = None, **others: Any) -> None:
            timed = ("_runtime", "_per_second", "_time")
            log({name: value for name, value in (metrics or {}).items() if not name.endswith(timed)})

    return Rows()

"""What JSON, words and figures of recipes have besides those of every program: the keys of schema 1 among them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from paribus.core.errors import ParibusError, shown
from paribus.core.messages import Message
from paribus.programs.recipe.confusion import evidence_of, guessed_share, items_of
from paribus.programs.recipe.constant_answer import constant_answer_of, worse_than_constant
from paribus.programs.recipe.info import RECIPE
from paribus.programs.recipe.next_questions import next_questions
from paribus.programs.recipe.recipe import recipe_of
from paribus.programs.recipe.trained_criterion import TRAINED_LOSS_SHARE
from paribus.programs.recipe.view_json import arm_json, reason, with_accuracy
from paribus.programs.view import NextQuestion, ProgramView, ReportParts
from paribus.records.comparison import ArmView, Comparison
from paribus.records.program import ProgramInfo
from paribus.records.run import RunRecord
from paribus.words.numbers import loss
from paribus.words.safe_text import one_line
from paribus.words.translation import Words, mark

_EPOCH_COLUMNS = (
    (
        ("train_loss", mark("train loss")),
        ("train_accuracy", mark("acc.")),
        ("val_loss", mark("val. loss")),
        ("val_accuracy", mark("acc.")),
    ),
    (("train_loss", mark("train loss")), ("val_loss", mark("val. loss")), ("val_accuracy", mark("val. acc."))),
    (("train_loss", mark("train loss")), ("val_accuracy", mark("val. acc."))),
    (("val_accuracy", mark("val. acc.")),),
)
if TYPE_CHECKING:
    from paribus.figures.kinds import Builder
    from paribus.figures.specification import FigureSpec
    from paribus.results import Run
    from paribus.runs.store import Damage, Store


class RecipeView(ProgramView):
    """What comparisons of recipes say besides."""

    def prepare(self) -> None:
        """Networks, matrices and images."""
        for name in ("confusion_from_runs", "lab.report_parts"):
            import_module(f"paribus.programs.recipe.{name}")
        import_module("PIL.Image").preinit()

    def comparison_json(self, comparison: Comparison, view: dict[str, Any]) -> dict[str, Any]:
        """The keys of schema 1 beside those that every program has."""
        evidence = evidence_of(comparison)
        pairs = [
            {
                **pair,
                "images_low": pair["items_low"],
                "images_high": pair["items_high"],
                "reason": reason(pair),
            }
            for pair in view["pairs"]
        ]
        arms = [arm_json(arm, shown, evidence) for arm, shown in zip(comparison.arms, view["arms"], strict=True)]
        more: dict[str, Any] = {"recipe_name": comparison.recipe_name, "arms": arms, "pairs": pairs}
        if constant := constant_answer_of(comparison):
            more["constant_answer"] = constant
        if evidence is not None:
            more |= {
                "prior_entropy": evidence.prior_entropy,
                "test_count": evidence.test_count,
                "class_names": evidence.class_names,
                "disagreements": [
                    shown.model_dump(exclude={"pixels", "height", "width", "channels"})  # the data set has them
                    for shown in evidence.disagreements
                ],
            }
        return {**view, **more}

    def eyebrow(self, comparison: Comparison) -> tuple[str, ...]:
        """What is learnt, and by what."""
        return ("dataset", "model")

    def trained_note(self, words: Words) -> str:
        """What *trained* means, for a footnote."""
        return words.text(
            "Trained: the final validation loss is at least {share} below that of always answering with the "
            "frequencies of the labels, and the output varies with the input.",
            share=words.percent(TRAINED_LOSS_SHARE, places=0),
        )

    def trained_means(self, comparison: Comparison, words: Words) -> str:
        """What it means in this comparison: with the loss of guessing, where that is the same for all arms."""
        evidence = evidence_of(comparison)
        if all(arm.trained is None for arm in comparison.arms):
            return ""
        if evidence is None or not one_prior(comparison):
            return words.text(
                "A run has trained when its validation loss ends clearly below what always guessing the classes by "
                "their frequency reaches, and when its answer depends on its input."
            )
        return words.text(
            "A run has trained when its validation loss ends clearly below {entropy}, which always guessing the "
            "classes by their frequency reaches, and when its answer depends on its input.",
            entropy=loss(evidence.prior_entropy),
        )

    def curves_note(self, comparison: Comparison, words: Words) -> str:
        """What the dotted line of the curves is."""
        if evidence_of(comparison) is None or not one_prior(comparison):
            return ""
        return words.text("The dotted line is what guessing reaches without a look at the image.")

    def runs_note(self, comparison: Comparison, words: Words) -> str:
        """What the losses are, and which images are for what."""
        steer = words.text(
            "The validation {items} steer; the test {items} are read once, when a run has ended.",
            items=items_of(comparison),
        )
        if evidence_of(comparison) is None:
            return steer
        losses = words.text("Losses are cross entropies in nats, at the last epoch.")
        return f"{losses} {steer}"

    def reference(self, comparison: Comparison, metric: str) -> float | None:
        """What always naming the most frequent class reaches."""
        evidence = evidence_of(comparison)
        if evidence is None or not one_prior(comparison):
            return None
        if metric.endswith("_loss"):
            return evidence.prior_entropy
        if not metric.endswith("_accuracy"):
            return None
        return guessed_share(len(evidence.class_names), comparison.arms[0].fields["majority_fraction"])

    def without_learning(self, comparison: Comparison, arms: Sequence[ArmView], words: Words) -> list[str]:
        """Of numbers, which nobody guesses: than the mean of the training targets as an answer to everything."""
        return worse_than_constant(comparison, arms, words)

    def run_facts(self, record: RunRecord, words: Words) -> list[tuple[str, str]]:
        """The fields that differ from the lesson's."""
        told = recipe_of(record.fields).telling()
        return [(words.text("Recipe"), ", ".join(f"{f}={shown(v)}" for f, v in told.items()) or "lesson")]

    def start_title(self, words: Words) -> str:
        """A recipe."""
        return words.text("recipe")

    def arms_are(self, comparison: Comparison, words: Words) -> str:
        """The recipe by its name, and how often it was trained."""
        return words.plural(
            "Each arm is the recipe {recipe}, trained {n} time.",
            "Each arm is the recipe {recipe}, trained {n} times, each time from another seed.",
            len(comparison.seeds),
            recipe=one_line(comparison.recipe_name),
        )

    def pairing(self, words: Words) -> str:
        """All that is drawn at random."""
        return words.text(
            "With one seed, every arm gets the same split of the data, the same batches in the same order, and the "
            "same random draws for its first weights. So they are compared seed by seed."
        )

    def epoch_columns(self, program: ProgramInfo) -> tuple[tuple[tuple[str, str], ...], ...]:
        """Losses and accuracies; where there is little room the accuracy that is steered by. Else what steers."""
        return _EPOCH_COLUMNS if program.steers == RECIPE.steers else ()

    def items(self, comparison: Comparison, words: Words) -> str:
        """What test accuracy counts."""
        return words.text("test {items}", items=items_of(comparison))

    def has_networks(self, comparison: Comparison) -> bool:
        """Where the data are images, of classes."""
        return evidence_of(comparison) is not None

    def map_json(self, view: dict[str, Any]) -> dict[str, Any]:
        """The recipe, and each cell's accuracies."""
        cells = [
            {
                **cell,
                "arms": [with_accuracy(arm) for arm in cell["arms"]],
                "pairs": [{**pair, "reason": reason(pair)} for pair in cell["pairs"]],
            }
            for cell in view["cells"]
        ]
        return {**view, "recipe": view["fields"], "cells": cells}

    def explanation_json(self, view: dict[str, Any]) -> dict[str, Any]:
        """The accuracies of the table of arms by cause."""
        table = view["interaction"]
        if table is None:
            return view
        return {**view, "interaction": {**table, "cells": [with_accuracy(cell) for cell in table["cells"]]}}

    def deficit(self, program: ProgramInfo, words: Words) -> str:
        """E of docs/why.md is of the validation loss."""
        return words.text("validation loss")

    def report_parts(self, comparison: Comparison, names: dict[str, str], lang: str) -> ReportParts:
        """Confusion matrices, and images on which the arms disagree."""
        from paribus.programs.recipe.lab.report_parts import report_parts

        return report_parts(comparison, names, lang)

    def next_questions(self, comparison: Comparison, words: Words) -> tuple[NextQuestion, ...]:
        """The same question elsewhere, and two that are ready."""
        return next_questions(comparison, words)

    def report_contents(self, comparison: Comparison, store: Store, lang: str, damage: Damage) -> dict[str, Any]:
        """Networks to try, and answers to test images."""
        from paribus.programs.recipe.lab.report_parts import own_contents

        return own_contents(comparison, store, lang, damage)

    def report_data(self, comparison: Comparison, parts: ReportParts, tests: Any) -> dict[str, Any]:
        """The images behind the cells of the matrices."""
        from paribus.programs.recipe.lab.report_parts import mistakes_data

        return {"mistakes": mistakes_data(comparison, parts, tests)} if parts.confusions else {}

    def figures(self) -> Mapping[str, Builder]:
        """Of forces, classes and filters."""
        from paribus.programs.recipe.figures.kinds import FIGURES

        return FIGURES

    def figure_material(self, comparison: Comparison, store: Store, kind: str, seed: int, image: int) -> dict[str, Any]:
        """What the probes saw, and what networks make of an image."""
        from paribus.programs.recipe.figures.figure_inputs import figure_material

        return figure_material(comparison, store, kind, seed, image)

    def map_command(self, comparison: Comparison) -> str:
        """Over the learning rate, or the size of batches."""
        from paribus.programs.recipe.figures.figure_inputs import map_command

        return map_command(comparison)

    def check_run_figure(self, kind: str, probes: str) -> None:
        """Most kinds are drawn from what the probes see."""
        from paribus.programs.recipe.figures.figure_inputs import check_run_figure

        check_run_figure(kind, probes)

    def run_material(self, run: Run, kind: str, image: int) -> Any:
        """What the probes saw, answers, and what the network makes of an image."""
        from paribus.programs.recipe.figures.figure_inputs import run_material

        return run_material(run, kind, image)

    def exports(self) -> Mapping[str, str]:
        """Weights and ONNX of a run, answers of any."""
        return {
            "weights": "weights.pt",
            "onnx": "model.onnx",
            "predictions": "predictions.csv",
            "confusion": "confusion.csv",
        }

    def export(self, runs: Sequence[tuple[str, Run]], kind: str, path: Path, trust: bool) -> Message | None:
        """Write one of them."""
        from paribus.programs.recipe import export

        if kind in ("predictions", "confusion"):
            getattr(export, kind)(runs, path)
            return None
        if len(runs) > 1 or runs[0][0]:
            ids = [run.record.id for _, run in runs]
            raise ParibusError("{kind} is of one run; those of this comparison are {choices}", kind=kind, choices=ids)
        run = runs[0][1]
        if kind == "onnx":
            return export.onnx(run, path, trust)
        export.weights(run, path)
        return None

    def run_kinds(self) -> tuple[str, ...]:
        """Of what the probes saw, and of the trained network."""
        from paribus.programs.recipe.figures.run import RUN_KINDS

        return RUN_KINDS

    def run_figure(self, material: Any, kind: str, lang: str) -> FigureSpec:
        """One of them."""
        from paribus.programs.recipe.figures.run import run_spec

        return run_spec(material, kind, lang)


VIEW = RecipeView()


def one_prior(comparison: Comparison) -> bool:
    """Whether all arms have the classes in the same shares: where not, no one line is what guessing reaches."""
    return len({(arm.fields["dataset"], arm.fields["majority_fraction"]) for arm in comparison.arms}) == 1

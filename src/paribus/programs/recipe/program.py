"""The built-in program: a recipe, trained on LeNet and its relatives. No torch until a run is made."""

from __future__ import annotations

import functools
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from paribus.core.errors import ParibusError
from paribus.core.extras import need_lab
from paribus.core.field_text import value_word
from paribus.core.messages import Message
from paribus.programs.recipe import PRELOAD, cost
from paribus.programs.recipe.built_in_recipes import DEFAULT, nearest_built_in
from paribus.programs.recipe.checking import check_recipes, possible
from paribus.programs.recipe.code_identity import device_identity, former_identities, identity_for
from paribus.programs.recipe.data.items import parts_of
from paribus.programs.recipe.data_transfer import CarriesDataSets
from paribus.programs.recipe.deficit_scale import Judged
from paribus.programs.recipe.factories import changed_model, checked, own_specifications, started
from paribus.programs.recipe.info import RECIPE
from paribus.programs.recipe.kernels import kernel_for
from paribus.programs.recipe.metric_choice import metric_words
from paribus.programs.recipe.model_registry import is_code
from paribus.programs.recipe.own_code import own_code
from paribus.programs.recipe.recipe import LESSON, SPECIFICATIONS, canonical, inert, recipe_of
from paribus.programs.recipe.recipe_text import recipe_from
from paribus.programs.recipe.stack_groups import stacks
from paribus.programs.recipe.trained_criterion import FIGURES, answers_fault, figures_missing, trained
from paribus.records.program import Fields, Metric, ProgramInfo
from paribus.records.run import RunRecord, RunResult, Status
from paribus.runs.device_choice import choose_place
from paribus.runs.program_data import DataSizes
from paribus.runs.program_protocol import Cost, Explained, Program
from paribus.runs.store.safe_names import slug
from paribus.runs.task import How, Task

if TYPE_CHECKING:
    from paribus.core.fields import FieldSpec
    from paribus.programs.recipe.data import DataSet
    from paribus.records.design import Design
    from paribus.records.finding import Finding
    from paribus.records.intervention import Intervention
    from paribus.records.program import Epoch
    from paribus.records.trace import StepTrace

# Under these schedules a run's first epochs are those of a shorter run: what it had reached by then counts for that.
_OPEN_ENDED = ("constant", "step")
_TELLING_STEPS = 120  # within fewer many a sound recipe has not begun to learn


def _opened(name: str) -> DataSet:
    from paribus.programs.recipe.data import open_dataset

    return open_dataset(name)


class RecipeProgram(CarriesDataSets, Judged):
    """Recipes, run by `recipe.worker`."""

    watched = True

    def __init__(self, info: ProgramInfo | None = None) -> None:
        self._open = functools.cache(_opened)  # each once: that takes milliseconds
        self.judge(info or RECIPE)

    # What the fields are

    @property
    def specifications(self) -> Mapping[str, FieldSpec]:
        """A recipe's."""
        return SPECIFICATIONS

    def own_name(self, name: str, value: Any) -> tuple[str, Any]:
        """`lr` is the learning rate."""
        return canonical(name, value)

    def fields(self, values: Mapping[str, Any]) -> Fields:
        """A recipe's, by every spelling. Raises RecipeError with all faults at once."""
        if is_code(values.get("model", LESSON.model)):
            return checked(values).as_fields()
        return (recipe_of(values) if isinstance(values, Fields) else recipe_from(values)).as_fields()

    def specifications_of(self, fields: Fields) -> Mapping[str, FieldSpec]:
        """A recipe's, and those that its model has besides."""
        return {**SPECIFICATIONS, **own_specifications(fields["model"])}

    def with_field(self, fields: Fields, name: str, value: Any) -> Fields:
        """Another model has other fields of its own."""
        return self.fields(changed_model(recipe_of(fields), value) if name == "model" else {**fields, name: value})

    def start(
        self, start: Any, settings: Mapping[str, Any], varied: Mapping[str, Any] | None = None
    ) -> tuple[Fields, str]:
        """A recipe by name or file, or a recipe; without one the lesson."""
        begun, name = started(DEFAULT if start is None else start, settings)
        return begun.as_fields(), name

    def command(self, verb: str, words: Sequence[str]) -> list[str]:
        """What a command does where it names no program."""
        return ["paribus", verb, *words, *metric_words(self.info)]

    def inert(self, name: str, fields: Fields) -> Message | None:
        """Momentum under Adam, say."""
        return inert(name, recipe_of(fields))

    def may_vary(self, name: str) -> Message | None:
        """Not the data set: arms are paired on it."""
        if name not in SPECIFICATIONS or SPECIFICATIONS[name].about.factor:
            return None
        return Message(
            "arms are paired on the same data, so all must have the same dataset; to see whether a verdict holds on "
            "another one, make the same comparison there: --set dataset=NAME"
        )

    def start_words(self, fields: Fields, free: Collection[str]) -> list[str]:
        """From the nearest of the built-in recipes."""
        own = recipe_of(fields).own_fields if "model" in free else {}  # of one of the models, at its defaults
        start, changes = nearest_built_in(recipe_of(fields), {*free, *own})
        named = [f"--recipe={start}"] if start != DEFAULT else []
        return named + [f"--set={field}={value_word(value)}" for field, value in changes.items()]

    def code(self, fields: Fields) -> tuple[str, ...]:
        """A network, a loss, an optimiser or metrics of somebody's own."""
        return (*own_code({canonical(name, None)[0]: value for name, value in fields.items()}), *self.own_metrics)

    # What makes two runs the same run

    def identity(self, fields: Fields, how: How) -> str:
        """Of the parts of our code that it goes through, the network's own source, torch, kernel and device."""
        place = device_identity(how.device, how.device_name)
        return identity_for(recipe_of(fields), place, how.kernel, self.own_metrics)

    def former_identities(self, fields: Fields, how: How) -> tuple[str, ...]:
        """Version 0.1.0's, where nothing that the run goes through has changed in a bit since."""
        place = device_identity(how.device, how.device_name)
        return former_identities(recipe_of(fields), place, how.kernel, self.own_metrics)

    def data_digest(self, fields: Fields) -> str:
        """Of the data set."""
        return self._open(fields["dataset"]).digest

    def telling(self, fields: Fields) -> Mapping[str, Any]:
        """Every field, from a point that never moves, and what is judged where that is not accuracy."""
        return {**self.telling_runs(fields), **({"judged": words} if (words := metric_words(self.info)) else {})}

    def telling_runs(self, fields: Fields) -> Mapping[str, Any]:
        """The fields, and the metrics of somebody's own that runs are asked for."""
        return {**recipe_of(fields).telling(), **({"metrics": sorted(self.own_metrics)} if self.own_metrics else {})}

    def run_name(self, fields: Fields) -> str:
        """`lenet-sigmoid`; a factory's name may be of any script."""
        return f"{slug(fields['model'].rpartition(':')[2], 24) or 'model'}-{fields['activation']}"

    # What a plan asks

    def how(self, arms: Sequence[Fields], device: str, kernel: str, probes: str) -> How:
        """One kernel for all arms. Raises ParibusError where the named device or kernel is not there."""
        need_lab()
        kind, name = choose_place(device)
        return How(kind, name, kernel_for([recipe_of(fields) for fields in arms], kind, kernel), probes)

    def data_sizes(self, fields: Fields) -> DataSizes | None:
        """The data set's name, what it holds, and how many train and test."""
        dataset = self._open(fields["dataset"])
        return DataSizes(dataset.name, parts_of(dataset))

    def to_download(self, arms: Sequence[Fields]) -> int:
        """Of named data sets that are not here."""
        from paribus.programs.recipe.data import catalogue

        wanted = {fields["dataset"] for fields in arms}
        return sum(entry.download_bytes for entry in catalogue() if entry.name in wanted and not entry.available)

    def check(self, design: Design, device: str = "cpu") -> None:
        """Raise ParibusError where an arm asks for what its data have not, or its network fails on one batch."""
        check_recipes([recipe_of(arm.fields) for arm in design.arms], design.seeds, self._open, self.info, device)

    def cost(self, fields: Fields, how: How) -> Cost:
        """By the sizes of network and data alone."""
        return cost.guess(recipe_of(fields), how, self._open(fields["dataset"]))

    def pace(self, fields: Fields) -> Fields:
        """Without what an epoch's time does not depend on."""
        return cost.pace(fields)

    def trial(self, fields: Fields, how: How) -> float | None:
        """By a short training on one core of this processor, which says nothing of another device."""
        return cost.trial(recipe_of(fields), how.kernel) if how.device == "cpu" else None

    def bundles(self, tasks: Sequence[Task], workers: int) -> list[tuple[Task, ...]]:
        """One run, or as many as can be stacked and leave no worker idle."""
        return stacks(tasks, workers)

    # Runs

    @property
    def preload(self) -> Sequence[str]:
        """What makes runs, torch above all."""
        return PRELOAD

    def perform(self, tasks: Sequence[Task]) -> tuple[Status, ...]:
        """Train, those of a stack at once. Runs go on from their beginnings."""
        from paribus.programs.recipe import worker
        from paribus.runs import warm_start as growing

        for task in tasks:
            if task.beginning:
                growing.begin(task)
        return worker.perform_together(tasks)

    def trained(self, figures: Mapping[str, float]) -> bool | None:
        """Its loss is 5 % below the best constant predictor's, and its output follows its input; None of numbers."""
        return trained(figures) if "prior_entropy" in figures else None

    def fields_fault(self, fields: Fields) -> Message | None:
        """Anything that no recipe could have."""
        try:
            recipe_of(fields)
        except ParibusError as error:
            return error.message
        return None

    def fault(self, record: RunRecord, items: Mapping[str, NDArray[Any]]) -> Message | None:
        """Answers to every test image, and the figures that go with them."""
        return figures_missing(record, items) or answers_fault(record, items)

    def shorter(self, fields: Fields) -> Iterator[Fields]:
        """Under a constant learning rate nothing in an epoch depends on how many are to follow."""
        if fields["schedule"] == "constant":
            for epochs in range(fields["epochs"] - 1, 0, -1):
                yield fields.replace(epochs=epochs)

    def grows(self, fields: Fields) -> bool:
        """Unless the learning rate knows where the run ends."""
        return fields["schedule"] in _OPEN_ENDED

    # What comparisons and explanations ask

    def outcomes(self, result: RunResult) -> Mapping[str, NDArray[Any]]:
        """Which test images were answered right."""
        if "classes" not in result.items:
            return {}
        labels = np.asarray(self._open(result.record.fields["dataset"]).test_labels)
        answers, accuracy = result.items["classes"], RECIPE.judged
        return {accuracy: answers == labels} if answers.shape == labels.shape and self.info.judged == accuracy else {}

    def evidence(self, design: Design, results: Mapping[tuple[str, int], RunResult]) -> Mapping[str, Any] | None:
        """Confusion matrices, and the test images on which the arms disagree; nothing of numbers."""
        from paribus.programs.recipe.confusion_from_runs import evidence_of_dataset

        return evidence_of_dataset(design, results, self._open(design.arms[0].fields["dataset"]))

    def steering(self, fields: Fields) -> Metric:
        """Validation accuracy, of as many images as are held out; another metric as it is."""
        if self.info.steers != RECIPE.steers:
            return self.info.steering
        labels = _opened(fields["dataset"]).train_labels
        return self.info.steering.of_items(round(fields["validation_fraction"] * len(labels)))

    def telling_length(self, fields: Fields) -> int:
        """Epochs of enough steps."""
        return -(-_TELLING_STEPS // cost.steps_an_epoch(recipe_of(fields), self._open(fields["dataset"])))

    def proposals(
        self, fields: Fields, findings: Sequence[Finding] = (), fixed: Sequence[str] = ()
    ) -> tuple[Intervention, ...]:
        """First what a finding points at, then what is worth trying anyway."""
        from paribus.programs.recipe.proposing import proposals

        recipe = recipe_of(fields)
        return tuple(possible(recipe, proposals(recipe, findings, fixed), self._open))

    def findings(self, trace: Sequence[StepTrace], epochs: Sequence[Epoch]) -> tuple[Finding, ...]:
        """What the rules see in one run."""
        from paribus.diagnosis.findings import findings_of

        return findings_of(trace, epochs)

    def explanation_parts(self, asked: Explained) -> Mapping[str, Any]:
        """Saturation of the arms, and claims for one activation against another."""
        from paribus.programs.recipe.explanation_extras import parts

        return parts(asked)

    def record_json(self, record: RunRecord) -> Mapping[str, Any]:
        """The keys that a run had when all runs were recipes'."""
        recipe = recipe_of(record.fields)
        figures = {name: record.figures.get(name) for name in FIGURES}
        return {"recipe": recipe.model_dump(mode="json"), "recipe_digest": recipe.digest(), **figures}


def program(info: ProgramInfo | None) -> Program:
    """The recipe, whatever a record calls it, judged as the record says."""
    return RecipeProgram(info if info is not None and metric_words(info) else None)

"""The extra `transformers`: Hugging Face's Trainer by its callback, or by its log."""

import os

import pytest

import paribus as pb
from tests.extras.documented import compared

if os.environ.get("PARIBUS_EXTRA") != "transformers":
    pytest.skip("`make extras` runs it where Transformers is installed", allow_module_level=True)

import torch
from transformers import Trainer, TrainingArguments

X = torch.randn(32, 4, generator=torch.Generator().manual_seed(0))
DATA = [{"x": x, "labels": x.sum().gt(0).long()} for x in X]


class Classifier(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = torch.nn.Linear(4, 2)

    def forward(self, x, labels):
        logits = self.layer(x)
        return {"loss": torch.nn.functional.cross_entropy(logits, labels), "logits": logits}


def trained(seed, lr, *callbacks):
    arguments = TrainingArguments(
        output_dir=str(pb.run_folder()), seed=seed, learning_rate=lr, num_train_epochs=3, eval_strategy="epoch",
        logging_strategy="epoch", save_strategy="no", report_to="none", disable_tqdm=True, use_cpu=True,
    )  # fmt: skip
    trainer = Trainer(
        Classifier(), arguments, train_dataset=DATA, eval_dataset=DATA, callbacks=list(callbacks),
        compute_metrics=lambda found: {"accuracy": (found.predictions.argmax(1) == found.label_ids).mean()},
    )  # fmt: skip
    trainer.train()
    return trainer


def train(seed: int, *, lr: float = 0.1):
    return trained(seed, lr).state.log_history


def train_live(seed: int, *, lr: float = 0.1):
    trained(seed, lr, pb.hugging_face_callback())


def train_seedless(seed: int, *, lr: float = 0.1):
    trained(42, lr, pb.hugging_face_callback())


def test_a_trainer_by_its_log_and_by_its_callback(tmp_path):
    c = pb.compare("lr", [0.1, 1e-6], program=train, metric="eval_accuracy", seeds=2, out=tmp_path)
    live = pb.train(program=train_live, metric="eval_accuracy", seed=1, out=tmp_path)
    run = c.comparison.arms[0].runs[1]
    assert run.figures["eval_accuracy"] == live.record.figures["eval_accuracy"] > 0.8
    assert run.figures != c.comparison.arms[0].runs[0].figures
    assert c.comparison.repeat.same
    assert tuple(row.eval_accuracy for row in live.metrics) == run.curves["eval_accuracy"]
    assert [row.figures.keys() for row in live.metrics] == [{"eval_loss", "eval_accuracy", "epoch"}] * 3


def test_a_trainer_that_seeds_every_run_alike_is_told(tmp_path):
    with pytest.raises(pb.ParibusError, match=r"TrainingArguments\(seed=seed\)"):
        pb.train(program=train_seedless, metric="eval_accuracy", seed=1, out=tmp_path)


def test_the_example_of_the_documents(tmp_path):
    good, bad = compared("trainer_train.py", tmp_path)["arms"]
    assert good["runs"][0]["figures"]["eval_loss"] < bad["runs"][0]["figures"]["eval_loss"]


class Probabilities(Classifier):
    """A softmax before cross entropy."""

    def forward(self, x, labels):
        logits = self.layer(x).softmax(1)
        return {"loss": torch.nn.functional.cross_entropy(logits, labels), "logits": logits}


def test_a_callback_that_watches(tmp_path):
    def weights(kind, *callbacks):
        arguments = TrainingArguments(
            output_dir=str(tmp_path), seed=1, learning_rate=0.01, num_train_epochs=6, save_strategy="no",
            report_to="none", disable_tqdm=True, use_cpu=True,
        )  # fmt: skip
        torch.manual_seed(0)
        trainer = Trainer(kind(), arguments, train_dataset=DATA, callbacks=list(callbacks))
        trainer.train()
        return trainer.model.layer.weight.detach()

    watch = pb.probe_callback("transformers")
    plain = weights(Classifier)
    assert torch.equal(weights(Classifier, watch), plain), "it changes no bit"
    assert [finding.name for finding in watch.findings() if finding.strength != "weak"] in ([], ["undertraining"])
    assert [step.loop.updates for step in watch.trace] == [1, 2, 5, 10, 20]
    watch = pb.probe_callback("transformers")
    weights(Probabilities, watch)
    assert watch.findings()[0].name == "probabilities_as_logits"

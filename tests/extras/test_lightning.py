"""The extra `lightning`: a LightningModule with its Trainer, and its metrics as they are."""

import os

import pytest

import paribus as pb
from tests.extras.documented import compared

if os.environ.get("PARIBUS_EXTRA") != "lightning":
    pytest.skip("`make extras` runs it where PyTorch Lightning is installed", allow_module_level=True)

import pytorch_lightning as pl
import torch
from pytorch_lightning.callbacks import LambdaCallback
from torch.nn.functional import mse_loss
from torch.utils.data import DataLoader, TensorDataset


class Regression(pl.LightningModule):
    def __init__(self, lr):
        super().__init__()
        self.lr, self.layer = lr, torch.nn.Linear(4, 1)

    def training_step(self, batch):
        loss = mse_loss(self.layer(batch[0]), batch[1])
        self.log("train_loss", loss, on_step=False, on_epoch=True)
        return loss

    def validation_step(self, batch):
        self.log("val_loss", mse_loss(self.layer(batch[0]), batch[1]))

    def configure_optimizers(self):
        return torch.optim.SGD(self.parameters(), self.lr)


def fit(lr, *callbacks):
    x = torch.randn(32, 4)
    data = TensorDataset(x, x.sum(1, keepdim=True))
    quiet = {
        "logger": False,
        "enable_checkpointing": False,
        "enable_progress_bar": False,
        "enable_model_summary": False,
    }
    trainer = pl.Trainer(max_epochs=3, accelerator="cpu", callbacks=list(callbacks), **quiet)
    trainer.fit(Regression(lr), DataLoader(data, batch_size=8, shuffle=True), DataLoader(data, batch_size=32))
    return trainer.callback_metrics


def train(seed: int, *, lr: float = 0.1):
    return fit(lr, LambdaCallback(on_train_epoch_end=lambda trainer, module: pb.log(trainer.callback_metrics)))


@pytest.mark.filterwarnings("ignore")  # of Lightning, about workers of data
def test_a_module_with_its_trainer(tmp_path):
    torch.set_num_threads(1)
    torch.manual_seed(1)
    by_hand = {name: value.item() for name, value in fit(0.1).items()}
    metrics = ["val_loss:min", "train_loss:min"]
    c = pb.compare("lr", [0.1, 0.001], program=train, metric=metrics, seeds=2, out=tmp_path)
    assert c.comparison.repeat.same
    run = c.comparison.arms[0].runs[1]
    assert run.figures == by_hand
    assert {name: (len(curve), curve[-1]) for name, curve in run.curves.items()} == {
        k: (3, v) for k, v in by_hand.items()
    }


def test_the_example_of_the_documents(tmp_path):
    good, bad = compared("lightning_train.py", tmp_path)["arms"]
    assert good["runs"][0]["figures"]["val_loss"] < bad["runs"][0]["figures"]["val_loss"]


class Forgetful(Regression):
    """Gradients are never cleared."""

    def optimizer_zero_grad(self, epoch, batch_idx, optimizer):
        pass


@pytest.mark.filterwarnings("ignore")  # of Lightning, about workers of data
def test_a_callback_that_watches(tmp_path):
    def weights(kind, *callbacks):
        pl.seed_everything(0)
        x = torch.randn(64, 4)
        data = TensorDataset(x, x.sum(1, keepdim=True))
        quiet = {"logger": False, "enable_checkpointing": False, "enable_progress_bar": False}
        trainer = pl.Trainer(
            max_epochs=5, accelerator="cpu", callbacks=list(callbacks), enable_model_summary=False, **quiet
        )
        model = kind(0.02)
        trainer.fit(model, DataLoader(data, batch_size=8, shuffle=True), DataLoader(data, batch_size=32))
        return model.layer.weight.detach()

    watch = pb.probe_callback("lightning")
    plain = weights(Regression)
    assert torch.equal(weights(Regression, watch), plain), "it changes no bit"
    assert watch.findings() == ()
    assert [step.loop.updates for step in watch.trace] == [2, 5, 10, 20], "the first is under way already"
    watch = pb.probe_callback("lightning")
    weights(Forgetful, watch)
    assert watch.findings()[0].name == "gradients_piled_up"
    assert "zero_grad" in watch.report()

"""Solutions of the lesson's steps: a plain one, right ones in an unusual style, and wrong ones, each by one edit."""

from __future__ import annotations

from typing import Any, NamedTuple

SETUP = """
import torch, random
import numpy as np
import torch.nn.functional as F
from torch import nn, optim
device = torch.device("cpu")
"""

NETWORK = """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, 5, padding=2)
        self.conv2 = nn.Conv2d(6, 16, 5)
        self.fc1 = nn.Linear(400, 120)
        self.fc2 = nn.Linear(120, 84)
        self.fc3 = nn.Linear(84, 10)

    def forward(self, x):
        x = F.max_pool2d(torch.sigmoid(self.conv1(x)), 2)
        x = F.max_pool2d(torch.sigmoid(self.conv2(x)), 2)
        x = x.view(-1, 400)
        x = torch.sigmoid(self.fc1(x))
        x = torch.sigmoid(self.fc2(x))
        return self.fc3(x)
"""

TRAIN_EPOCH = """
def train_epoch(model, loader, loss_fn, optimizer):
    total, correct, count = 0.0, 0, 0
    for images, labels in loader:
        images, labels = images.to(device), labels.to(device)
        optimizer.zero_grad()
        outputs = model(images)
        loss = loss_fn(outputs, labels)
        loss.backward()
        optimizer.step()
        total += loss.item() * len(labels)
        correct += (outputs.argmax(1) == labels).sum().item()
        count += len(labels)
    return total / count, correct / count
"""

TEST = """
def test(model, loader, loss_fn):
    total, correct, count = 0.0, 0, 0
    with torch.no_grad():
        for images, labels in loader:
            images, labels = images.to(device), labels.to(device)
            outputs = model(images)
            total += loss_fn(outputs, labels).item() * len(labels)
            correct += (outputs.argmax(1) == labels).sum().item()
            count += len(labels)
    return total / count, correct / count
"""

TRAINING = (
    TRAIN_EPOCH
    + TEST
    + """
def training(model, train_loader, validation_loader, epochs, lr=0.001):
    loss_fn = nn.CrossEntropyLoss()
    optimizer = optim.Adam(model.parameters(), lr=lr, weight_decay=0.1)
    history = {"train_loss": [], "train_accuracy": [], "validation_loss": [], "validation_accuracy": []}
    for epoch in range(epochs):
        model.train()
        loss, accuracy = train_epoch(model, train_loader, loss_fn, optimizer)
        history["train_loss"].append(loss)
        history["train_accuracy"].append(accuracy)
        model.eval()
        loss, accuracy = test(model, validation_loader, loss_fn)
        history["validation_loss"].append(loss)
        history["validation_accuracy"].append(accuracy)
    return history
"""
)

PLAIN = {
    "model_1": (NETWORK, "Net"),
    "model_2": (NETWORK.replace("torch.sigmoid", "F.relu"), "Net"),
    "train_epoch": (TRAIN_EPOCH, "train_epoch"),
    "test": (TEST, "test"),
    "training": (TRAINING, "training"),
}


class Edit(NamedTuple):
    """A solution that differs from the plain one. said: part of the sentence that a wrong one gets."""

    name: str
    step: str
    code: str
    said: str = ""


def built(step: str, code: str) -> Any:
    """What the code makes for that step, as a notebook's cells would."""
    names: dict[str, Any] = {"__name__": "__main__"}
    exec(SETUP + code, names)
    return names[PLAIN[step][1]]


def edit(name: str, step: str, said: str, *changes: tuple[str, str]) -> Edit:
    """The plain solution with these texts replaced, each of which must be there."""
    code = PLAIN[step][0]
    for old, new in changes:
        assert old in code, (name, old)
        code = code.replace(old, new)
    return Edit(name, step, code, said)

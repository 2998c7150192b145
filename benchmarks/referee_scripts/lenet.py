"""LeNet on 5,000 of MNIST's images: `python lenet.py --seed 1` prints its accuracies.

Written for `referee_loop.py`, which edits a copy of it. val_acc steers, on 5,000 images; test_acc is sealed, on 5,000
others.
"""

import argparse
import json

import torch
from torch import nn
from torch.nn import functional as F

from paribus.programs.recipe.data import open_dataset

IMAGES, EPOCHS, BATCH = 5_000, 2, 50
RATE, MOMENTUM, DECAY = 0.05, 0.9, 0.0
CHANNELS = (6, 16)

parser = argparse.ArgumentParser()
parser.add_argument("--seed", type=int, required=True)
seed = parser.parse_args().seed
torch.set_num_threads(1)
torch.manual_seed(seed)

mnist = open_dataset("mnist")


def part(images, labels):
    x = torch.tensor(images[:], dtype=torch.float32) / 255
    return (x - 0.1307) / 0.3081, torch.tensor(labels[:])


x_train, y_train = part(mnist.train_images[:IMAGES], mnist.train_labels[:IMAGES])
x_val, y_val = part(mnist.train_images[-5_000:], mnist.train_labels[-5_000:])
x_test, y_test = part(mnist.test_images[:5_000], mnist.test_labels[:5_000])


class LeNet(nn.Module):
    """[N, 1, 28, 28] images to [N, 10] scores."""

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, CHANNELS[0], 5, padding=2)
        self.conv2 = nn.Conv2d(CHANNELS[0], CHANNELS[1], 5)
        self.fc1, self.fc2, self.fc3 = nn.Linear(CHANNELS[1] * 25, 120), nn.Linear(120, 84), nn.Linear(84, 10)

    def forward(self, x):
        x = F.avg_pool2d(torch.tanh(self.conv1(x)), 2)
        x = F.avg_pool2d(torch.tanh(self.conv2(x)), 2)
        x = x.flatten(1)
        x = torch.tanh(self.fc1(x))
        x = torch.tanh(self.fc2(x))
        return self.fc3(x)


model = LeNet()
optimizer = torch.optim.SGD(model.parameters(), lr=RATE, momentum=MOMENTUM, weight_decay=DECAY)
steps = EPOCHS * IMAGES // BATCH
for epoch in range(EPOCHS):  # noqa: B007
    order = torch.randperm(IMAGES)
    for at in range(0, IMAGES, BATCH):
        rows = order[at : at + BATCH]
        loss = F.cross_entropy(model(x_train[rows]), y_train[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

model.eval()
with torch.no_grad():
    found = {
        name: (model(x).argmax(1) == y).float().mean().item()
        for name, x, y in (("val_acc", x_val, y_val), ("test_acc", x_test, y_test))
    }
print(json.dumps(found))

"""An ordinary PyTorch loop over data in memory; with PEER_COMPILE=1 the network goes through torch.compile."""

from __future__ import annotations

import os
from collections.abc import Callable

import torch
import torch.nn.functional as F
from timing import BATCH, Images, Labels, Train, main
from torch import Tensor, nn

COMPILE = os.environ.get("PEER_COMPILE") == "1"
ACTIVATIONS: dict[str, Callable[[Tensor], Tensor]] = {"sigmoid": torch.sigmoid, "relu": F.relu}


class LeNet(nn.Module):
    """The lesson's network: 61,706 parameters."""

    def __init__(self, activation: str) -> None:
        super().__init__()
        self.activation = ACTIVATIONS[activation]
        self.conv1, self.conv2 = nn.Conv2d(1, 6, 5, padding=2), nn.Conv2d(6, 16, 5)
        self.fc1, self.fc2, self.fc3 = nn.Linear(400, 120), nn.Linear(120, 84), nn.Linear(84, 10)
        for name, values in self.named_parameters():
            nn.init.zeros_(values) if name.endswith("bias") else nn.init.xavier_uniform_(values)

    def forward(self, x: Tensor) -> Tensor:
        """Logits [batch, 10] of images [batch, 1, 28, 28]."""
        x = F.max_pool2d(self.activation(self.conv1(x)), 2)
        x = F.max_pool2d(self.activation(self.conv2(x)), 2)
        x = self.activation(self.fc1(torch.flatten(x, 1)))
        logits: Tensor = self.fc3(self.activation(self.fc2(x)))
        return logits


def begin(activation: str, images: Images, labels: Labels) -> Train:
    torch.manual_seed(0)
    x, y = torch.from_numpy(images)[:, None], torch.from_numpy(labels)
    model: nn.Module = LeNet(activation)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.001, fused=True)
    forward = torch.compile(model) if COMPILE else model

    def train(first: int, steps: int) -> float:
        for start in range(first * BATCH, (first + steps) * BATCH, BATCH):
            batch = slice(start, start + BATCH)
            optimizer.zero_grad()
            loss = F.cross_entropy(forward(x[batch]), y[batch])
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
        return loss.detach().item()

    return train


if __name__ == "__main__":
    torch.set_num_threads(1)
    main(begin, "Adam(fused=True)", {"torch": torch.__version__})

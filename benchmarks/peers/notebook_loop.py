"""The notebook's way: one picture at a time through torchvision's transforms and a DataLoader, Adam as it comes."""

from __future__ import annotations

import numpy as np
import torch
import torch.nn.functional as F
import torchvision
from PIL import Image
from pytorch_loop import LeNet
from timing import BATCH, Images, Labels, Train, main
from torch import Tensor
from torch.utils.data import DataLoader, Dataset, Subset
from torchvision import transforms

MEAN, STD = 0.1307, 0.3081


class Pictures(Dataset[tuple[Tensor, int]]):
    """Bytes in memory, made a picture, a tensor and normalised one by one, as torchvision's MNIST does it."""

    def __init__(self, images: Images, labels: Labels) -> None:
        self.images = np.rint((images * STD + MEAN) * 255).astype(np.uint8)
        self.labels = labels
        self.transform = transforms.Compose([transforms.ToTensor(), transforms.Normalize((MEAN,), (STD,))])

    def __len__(self) -> int:
        return len(self.labels)

    def __getitem__(self, index: int) -> tuple[Tensor, int]:
        return self.transform(Image.fromarray(self.images[index])), int(self.labels[index])


def begin(activation: str, images: Images, labels: Labels) -> Train:
    torch.manual_seed(0)
    pictures, model = Pictures(images, labels), LeNet(activation)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.001)

    def train(first: int, steps: int) -> float:
        part = Subset(pictures, range(first * BATCH, (first + steps) * BATCH))
        for x, y in DataLoader(part, batch_size=BATCH, shuffle=False, drop_last=True):
            optimizer.zero_grad()
            logits = model(x)
            loss = F.cross_entropy(logits, y)
            latest = loss.item()
            logits.argmax(1).eq(y).sum()
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
        return latest

    return train


if __name__ == "__main__":
    torch.set_num_threads(1)
    main(begin, "Adam", {"torch": torch.__version__, "torchvision": torchvision.__version__})

"""A small character language model on the text of Python's own help: `python language.py --seed 1` prints its losses.

Written for `referee_loop.py`, which edits a copy of it. val_loss steers, test_loss is sealed; nats a character.
"""

import argparse
import json
import pydoc_data.topics

import torch
from torch import nn
from torch.nn import functional as F

WIDTH, HEADS, LAYERS, CONTEXT = 48, 4, 2, 64
STEPS, BATCH = 150, 16
RATE, DECAY, WARMUP = 2e-3, 0.01, 10
DROPOUT = 0.1

parser = argparse.ArgumentParser()
parser.add_argument("--seed", type=int, required=True)
seed = parser.parse_args().seed
torch.set_num_threads(1)
torch.manual_seed(seed)

# The text, as numbers: nine parts train, half a part validates, half a part is sealed.
topics = pydoc_data.topics.topics
text = "\n".join(topics[name] for name in sorted(topics))
letters = sorted(set(text))
place = {letter: number for number, letter in enumerate(letters)}
data = torch.tensor([place[letter] for letter in text])
first, second = len(data) * 90 // 100, len(data) * 95 // 100
train, val, test = data[:first], data[first:second], data[second:]


class Block(nn.Module):
    """Attention and an MLP, each beside a residual."""

    def __init__(self):
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(WIDTH), nn.LayerNorm(WIDTH)
        self.qkv, self.out = nn.Linear(WIDTH, 3 * WIDTH), nn.Linear(WIDTH, WIDTH)
        self.mlp = nn.Sequential(nn.Linear(WIDTH, 4 * WIDTH), nn.ReLU(), nn.Linear(4 * WIDTH, WIDTH))
        self.drop = nn.Dropout(DROPOUT)

    def forward(self, x):
        b, t, c = x.shape
        q, k, v = (part.view(b, t, HEADS, -1).transpose(1, 2) for part in self.qkv(self.norm1(x)).split(c, dim=2))
        mixed = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + self.drop(self.out(mixed.transpose(1, 2).reshape(b, t, c)))
        x = x + self.drop(self.mlp(self.norm2(x)))
        return x


class Model(nn.Module):
    """[batch, context] letters to [batch, context, letters] scores of the next one."""

    def __init__(self):
        super().__init__()
        self.token, self.position = nn.Embedding(len(letters), WIDTH), nn.Embedding(CONTEXT, WIDTH)
        self.blocks = nn.Sequential(*(Block() for _ in range(LAYERS)))
        self.norm, self.head = nn.LayerNorm(WIDTH), nn.Linear(WIDTH, len(letters))

    def forward(self, x):
        h = self.token(x) + self.position(torch.arange(x.shape[1]))
        return self.head(self.norm(self.blocks(h)))


def batch(part, starts):
    rows = torch.stack([part[s : s + CONTEXT + 1] for s in starts])
    return rows[:, :-1], rows[:, 1:]


def loss_of(model, part, starts):
    x, y = batch(part, starts)
    return F.cross_entropy(model(x).flatten(0, 1), y.flatten())


model = Model()
optimizer = torch.optim.AdamW(model.parameters(), lr=RATE, weight_decay=DECAY)
for step in range(STEPS):
    for group in optimizer.param_groups:
        group["lr"] = RATE * min(1, (step + 1) / WARMUP)
    loss = loss_of(model, train, torch.randint(len(train) - CONTEXT - 1, (BATCH,)))
    optimizer.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()

model.eval()
with torch.no_grad():
    found = {
        name: loss_of(model, part, torch.arange(0, len(part) - CONTEXT - 1, CONTEXT)).item()
        for name, part in (("val_loss", val), ("test_loss", test))
    }
print(json.dumps(found))

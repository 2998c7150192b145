"""Right solutions in a style that one would not expect."""

from tests.lessons.solutions import NETWORK, PLAIN, TEST, TRAIN_EPOCH, TRAINING, Edit, edit

RIGHT = (
    *(Edit("plain", step, code) for step, (code, _) in PLAIN.items()),
    Edit(
        "a sequence",
        "model_1",
        """
class Net(nn.Sequential):
    def __init__(self):
        super().__init__(nn.Conv2d(1, 6, 5, padding=2), nn.Sigmoid(), nn.MaxPool2d(2), nn.Conv2d(6, 16, 5),
                         nn.Sigmoid(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(400, 120), nn.Sigmoid(), nn.Linear(120, 84),
                         nn.Sigmoid(), nn.Linear(84, 10))
""",
    ),
    Edit(
        "a function",
        "model_2",
        """
def Net():
    return nn.Sequential(nn.Conv2d(1, 6, 5, padding="same"), nn.ReLU(inplace=True), nn.MaxPool2d(2),
        nn.Conv2d(6, 16, 5), nn.ReLU(inplace=True), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84),
        nn.ReLU(), nn.Linear(84, 10))
""",
    ),
    Edit(
        "lazy layers",
        "model_1",
        """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.ModuleList([nn.LazyConv2d(6, 5, padding=2), nn.LazyConv2d(16, 5), nn.LazyLinear(120),
                                     nn.LazyLinear(84), nn.LazyLinear(10)])
    def forward(self, x):
        for layer in self.layers[:2]:
            x = F.max_pool2d(layer(x).sigmoid(), 2)
        x = x.flatten(1)
        for layer in self.layers[2:4]:
            x = layer(x).sigmoid()
        return self.layers[4](x)
""",
    ),
    Edit(
        "layers by name",
        "model_2",
        """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.parts = nn.ModuleDict({"out": nn.Linear(84, 10), "two": nn.Linear(120, 84), "one": nn.Linear(400, 120),
                                    "b": nn.Conv2d(6, 16, 5), "a": nn.Conv2d(1, 6, 5)})
        self.act, self.pool = nn.ReLU(), nn.MaxPool2d(2)
    def forward(self, x):
        p = self.parts
        x = self.pool(self.act(p["a"](F.pad(x, (2, 2, 2, 2)))))
        x = self.pool(self.act(p["b"](x)))
        return p["out"](self.act(p["two"](self.act(p["one"](x.reshape(x.shape[0], -1))))))
""",
    ),
    Edit(
        "weights of one's own",
        "model_1",
        """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.a, self.b = nn.Conv2d(1, 6, 5, padding=2), nn.Conv2d(6, 16, 5)
        self.w = nn.ParameterList([nn.Parameter(torch.randn(*s) * 0.1) for s in ((400, 120), (120, 84), (84, 10))])
        self.c = nn.ParameterList([nn.Parameter(torch.zeros(n)) for n in (120, 84, 10)])
    def forward(self, x):
        x = torch.sigmoid(F.max_pool2d(self.a(x), 2))
        x = torch.sigmoid(F.max_pool2d(self.b(x), 2)).flatten(1)
        x = torch.sigmoid(x @ self.w[0] + self.c[0])
        x = 1 / (1 + torch.exp(-(x @ self.w[1] + self.c[1])))
        return x @ self.w[2] + self.c[2]
""",
    ),
    Edit(
        "convolutions to the end",
        "model_2",
        """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.a, self.b, self.c = nn.Conv2d(1, 6, 5, padding=2), nn.Conv2d(6, 16, 5), nn.Conv2d(16, 120, 5)
        self.d, self.e = nn.Linear(120, 84), nn.Linear(84, 10)
    def forward(self, x):
        x = F.max_pool2d(self.a(x).clamp(min=0), 2)
        x = F.max_pool2d(self.b(x).clamp(min=0), 2)
        return self.e(self.d(self.c(x).clamp(min=0).flatten(1)).clamp(min=0))
""",
    ),
    Edit(
        "parts of parts",
        "model_1",
        """
def block(i, o, **more):
    return nn.Sequential(nn.Conv2d(i, o, 5, **more), nn.Sigmoid(), nn.MaxPool2d(2))
class Net(nn.Module):
    def __init__(self, activation=nn.Sigmoid):
        super().__init__()
        self.features = nn.Sequential(block(1, 6, padding=2), block(6, 16))
        self.head = nn.Sequential(nn.Linear(400, 120), activation(), nn.Linear(120, 84), activation(),
                                  nn.Linear(84, 10))
    def forward(self, x):
        return self.head(torch.flatten(self.features(x), start_dim=1))
""",
    ),
    Edit(
        "inherits from the other model",
        "model_2",
        NETWORK.replace("class Net", "class Base")
        .replace("torch.sigmoid", "self.act")
        .replace("    def forward", "    act = staticmethod(torch.sigmoid)\n\n    def forward")
        + "\nclass Net(Base):\n    act = staticmethod(torch.relu)\n",
    ),
    edit("channels last", "model_1", "", ("x.view(-1, 400)", "x.permute(0, 2, 3, 1).reshape(len(x), -1)")),
    edit(
        "another beginning",
        "model_1",
        "",
        (
            "self.fc3 = nn.Linear(84, 10)",
            "self.fc3 = nn.Linear(84, 10)\n        for p in self.parameters():\n"
            "            if p.dim() > 1: nn.init.xavier_uniform_(p)",
        ),
    ),
    edit(
        "pooling first",
        "model_2",
        "",
        ("F.max_pool2d(F.relu(self.conv1(x)), 2)", "F.relu(F.max_pool2d(self.conv1(x), 2))"),
    ),
    edit(
        "adaptive pooling",
        "model_2",
        "",
        ("F.max_pool2d(F.relu(self.conv2(x)), 2)", "F.adaptive_max_pool2d(F.relu(self.conv2(x)), 5)"),
    ),
    edit(
        "network.forward, network.zero_grad",
        "train_epoch",
        "",
        ("model(images)", "model.forward(images)"),
        ("optimizer.zero_grad()", "model.zero_grad()"),
    ),
    edit(
        "gradients set to none",
        "train_epoch",
        "",
        ("optimizer.zero_grad()", "for p in model.parameters(): p.grad = None"),
    ),
    edit(
        "cleared at the end",
        "train_epoch",
        "",
        ("        optimizer.zero_grad()\n", ""),
        ("        optimizer.step()\n", "        optimizer.step()\n        optimizer.zero_grad(set_to_none=False)\n"),
    ),
    edit(
        "cleared before backward",
        "train_epoch",
        "",
        ("        optimizer.zero_grad()\n", ""),
        ("        loss.backward()\n", "        optimizer.zero_grad()\n        loss.backward()\n"),
    ),
    edit("training mode within", "train_epoch", "", ("    total,", "    model.train()\n    total,")),
    edit(
        "tensors added up",
        "train_epoch",
        "",
        ("total, correct, count = 0.0, 0, 0", "total, correct, count = torch.zeros(()), torch.zeros(()), 0"),
        ("total += loss.item() * len(labels)", "total += loss.detach() * labels.size(0)"),
        (".sum().item()", ".sum()"),
        ("return total / count, correct / count", "return (total / count).item(), (correct / count).item()"),
    ),
    edit(
        "lists and numpy",
        "train_epoch",
        "",
        ("total += loss.item() * len(labels)", "total = total or []; total.append((loss.item(), len(labels)))"),
        ("return total / count", "values, weights = zip(*total)\n    return np.average(values, weights=weights)"),
    ),
    edit("an array of two", "train_epoch", "", ("return total / count, correct / count", "return np.array([total, correct]) / count")),
    edit("prints", "train_epoch", "", ("        count +=", "        print('loss', loss.item())\n        count +=")),
    edit("by topk", "train_epoch", "", ("outputs.argmax(1)", "torch.max(outputs.data, 1)[1]")),
    edit("inference mode", "test", "", ("torch.no_grad", "torch.inference_mode")),
    edit("a decorator", "test", "", ("def test", "@torch.no_grad()\ndef test"), ("with torch.no_grad()", "if True")),
    edit("evaluation mode within", "test", "", ("    total,", "    model.eval()\n    total,")),
    edit(
        "mode put back",
        "test",
        "",
        ("    total,", "    was = model.training; model.eval()\n    total,"),
        ("    return", "    model.train(was)\n    return"),
    ),
    edit(
        "all answers at once",
        "test",
        "",
        (
            "total += loss_fn(outputs, labels).item() * len(labels)",
            "total += loss_fn(outputs, labels).item() * outputs.shape[0]",
        ),
    ),
    Edit(
        "collected, then counted",
        "test",
        """
def test(model, loader, loss_fn):
    model.eval()
    with torch.no_grad():
        said, right = zip(*[(model(x), y) for x, y in loader])
        said, right = torch.cat(said), torch.cat(right)
        return loss_fn(said, right).item(), (said.argmax(1) == right).float().mean().item()
""",
    ),
    Edit(
        "a named pair",
        "test",
        "from collections import namedtuple\nPair = namedtuple('Pair', 'loss accuracy')\n"
        + TEST.replace("return total / count, correct / count", "return Pair(total / count, correct / count)"),
    ),
    edit("history as rows", "training", "", ("    return history", "    return list(zip(*history.values()))")),
    edit(
        "history as mappings",
        "training",
        "",
        ("    return history", "    return [dict(zip(history, row)) for row in zip(*history.values())]"),
    ),
    edit("history as four lists", "training", "", ("    return history", "    return tuple(history.values())")),
    edit(
        "history with the epoch",
        "training",
        "",
        ("    return history", "    history['epoch'] = list(range(epochs)); return history"),
    ),
    edit(
        "history as arrays",
        "training",
        "",
        ("    return history", "    return {k: np.array(v) for k, v in history.items()}"),
    ),
    edit(
        "modes in the functions",
        "training",
        "",
        ("        model.train()\n", ""),
        ("        model.eval()\n", ""),
        (
            "def train_epoch(model, loader, loss_fn, optimizer):\n",
            "def train_epoch(model, loader, loss_fn, optimizer):\n    model.train()\n",
        ),
        ("def test(model, loader, loss_fn):\n", "def test(model, loader, loss_fn):\n    model.eval()\n"),
    ),
    edit(
        "training figures measured afterwards",
        "training",
        "",
        (
            "        model.eval()\n",
            "        model.eval()\n        h = history\n"
            "        h['train_loss'][-1], h['train_accuracy'][-1] = test(model, train_loader, loss_fn)\n",
        ),
    ),
    edit("train(False)", "training", "", ("model.eval()", "model.train(False)")),
    edit(
        "decay by groups",
        "training",
        "",
        ("model.parameters(), lr=lr", "[{'params': [p]} for p in model.parameters()], lr=lr"),
    ),
    edit("foreach", "training", "", ("weight_decay=0.1", "weight_decay=0.1, foreach=True")),
    edit(
        "decay by hand",
        "training",
        "",
        (", weight_decay=0.1", ""),
        (
            "        optimizer.step()\n",
            "        for p in model.parameters(): p.grad.add_(p.detach(), alpha=0.1)\n        optimizer.step()\n",
        ),
    ),
)
assert TRAIN_EPOCH in TRAINING

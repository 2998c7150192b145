"""Wrong networks, by kind, with part of the sentence that each is to get."""

from tests.lessons.solutions import NETWORK, Edit, edit

CONV2 = "self.conv2 = nn.Conv2d(6, 16, 5)"
SUPER = "super().__init__()"
FC1, FC3 = "self.fc1 = nn.Linear(400, 120)", "self.fc3 = nn.Linear(84, 10)"
FC2 = "x = torch.sigmoid(self.fc2(x))"
FIRST, SECOND = "torch.sigmoid(self.conv1(x))", "torch.sigmoid(self.conv2(x))"
FLAT, LAST = "x = x.view(-1, 400)", "return self.fc3(x)"
FORWARD = "def forward(self, x):"
INSIDE = """
import paribus
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = paribus.LeNet("sigmoid")
    def forward(self, x):
        return self.net(x)
"""
DERIVED = "import paribus\nclass Net(paribus.LeNet):\n    def __init__(self):\n        super().__init__('sigmoid')\n"
UNTRACKED = "affine=False, track_running_stats=False"
NORMALISED = ("torch.sigmoid(self.conv1(x))", "torch.sigmoid(self.bn(self.conv1(x)))")

SIZES = (
    edit("channels of the first convolution", "model_1", "look at the size of conv1",
         ("Conv2d(1, 6", "Conv2d(1, 8"), ("Conv2d(6, 16", "Conv2d(8, 16")),
    edit("channels of the second convolution", "model_1", "look at the size of conv2",
         ("Conv2d(6, 16", "Conv2d(6, 12"), ("400", "300")),
    edit("channels that do not fit", "model_1", "do not go through it", ("Conv2d(6, 16", "Conv2d(8, 16")),
    edit("colour images", "model_1", "do not go through it", ("Conv2d(1, 6", "Conv2d(3, 6")),
    edit("kernel of three", "model_1", "size of conv1", ("Conv2d(1, 6, 5, padding=2)", "Conv2d(1, 6, 3, padding=1)")),
    edit("no padding", "model_1", "look at the size of fc1", (", padding=2", ""), ("400", "256")),
    edit("no padding, sizes left", "model_1", "do not go through it", (", padding=2", "")),
    edit("padding in the second too", "model_1", "look at the size of fc1",
         (CONV2, "self.conv2 = nn.Conv2d(6, 16, 5, padding=2)"), ("400", "784")),
    edit("padding in the second instead", "model_1", "its pooling and its padding",
         (", padding=2", ""), (CONV2, "self.conv2 = nn.Conv2d(6, 16, 5, padding=1)")),
    edit("width of a dense layer", "model_1", "look at the size of fc2", ("84", "80")),
    edit("a dense layer too many", "model_1", "look at the size of fc0",
         (SUPER, SUPER + "\n        self.fc0 = nn.Linear(400, 400)"), (FLAT, FLAT + "; x = self.fc0(x)")),
    edit("a dense layer missing", "model_1", "look at the size of fc3",
         ("self.fc2 = nn.Linear(120, 84)", ""), (FC2, ""), ("nn.Linear(84, 10)", "nn.Linear(120, 10)")),
    edit("a layer that nobody asks", "model_1", "look at the size of more",
         (SUPER, SUPER + "\n        self.more = nn.Linear(5, 5)")),
    edit("nine classes", "model_1", "each image wants", ("nn.Linear(84, 10)", "nn.Linear(84, 9)")),
    edit("no biases", "model_1", "add nothing", ("padding=2)", "padding=2, bias=False)"),
         ("16, 5)", "16, 5, bias=False)"), ("400, 120)", "400, 120, bias=False)"),
         ("120, 84)", "120, 84, bias=False)"), ("84, 10)", "84, 10, bias=False)")),
    edit("no bias in one layer", "model_1", "is missing or too many", ("84, 10)", "84, 10, bias=False)")),
    edit("batch normalisation", "model_1", "is missing or too many",
         (SUPER, SUPER + "\n        self.bn = nn.BatchNorm2d(6)"), NORMALISED),
)  # fmt: skip

BETWEEN = (
    edit("relu in place of sigmoid", "model_1", "not the one", ("torch.sigmoid", "F.relu")),
    edit("sigmoid in place of relu", "model_2", "not the one", ("F.relu", "torch.sigmoid")),
    edit("tanh", "model_1", "not the one", ("torch.sigmoid", "torch.tanh")),
    edit("leaky relu", "model_2", "not the one", ("F.relu", "F.leaky_relu")),
    edit("gelu", "model_2", "not the one", ("F.relu", "F.gelu")),
    edit("hard sigmoid", "model_1", "not the one", ("torch.sigmoid", "F.hardsigmoid")),
    edit("softmax between", "model_1", "another activation", (FC2, "x = F.softmax(self.fc2(x), 1)")),
    edit("nothing after the first convolution", "model_1", "the first convolution there is no", (FIRST, "self.conv1(x)")),
    edit("nothing after the second convolution", "model_2", "the second convolution there is no",
         ("F.relu(self.conv2(x))", "self.conv2(x)")),
    edit("nothing after the first dense layer", "model_1", "the first dense layer there is no",
         ("x = torch.sigmoid(self.fc1(x))", "x = self.fc1(x)")),
    edit("nothing after the second dense layer", "model_2", "the second dense layer there is no",
         ("x = F.relu(self.fc2(x))", "x = self.fc2(x)")),
    edit("nothing in the convolutions", "model_1", "there is no activation",
         (FIRST, "self.conv1(x)"), (SECOND, "self.conv2(x)")),
    edit("no activation at all", "model_1", "one linear layer", ("torch.sigmoid", "")),
    edit("one activation of the other kind", "model_1", "another activation", (FC2, "x = F.relu(self.fc2(x))")),
    edit("softmax at the end", "model_1", "what the last layer gives", (LAST, "return F.softmax(self.fc3(x), 1)")),
    edit("log-softmax at the end", "model_2", "what the last layer gives", (LAST, "return F.log_softmax(self.fc3(x), 1)")),
    edit("sigmoid at the end", "model_1", "what the last layer gives", (LAST, "return torch.sigmoid(self.fc3(x))")),
    edit("relu at the end", "model_2", "what the last layer gives", (LAST, "return F.relu(self.fc3(x))")),
    edit("relu and softmax at the end", "model_1", "", (LAST, "return F.softmax(F.relu(self.fc3(x)), 1)")),
    edit("labels in place of numbers", "model_1", "each image wants", (LAST, "return self.fc3(x).argmax(1)")),
    edit("average pooling", "model_1", "pools in another way", ("F.max_pool2d", "F.avg_pool2d")),
    edit("average pooling once", "model_2", "pools in another way",
         ("F.max_pool2d(F.relu(self.conv2", "F.avg_pool2d(F.relu(self.conv2")),
    edit("no pooling", "model_1", "", ("F.max_pool2d(torch.sigmoid(self.conv2(x)), 2)", SECOND)),
    edit("steps in place of pooling", "model_1", "the network drawn",
         ("F.max_pool2d(torch.sigmoid(self.conv1(x)), 2)", FIRST + "[:, :, ::2, ::2]")),
    edit("dropout", "model_1", "random",
         ("x = torch.sigmoid(self.fc1(x))", "x = F.dropout(torch.sigmoid(self.fc1(x)), 0.5, self.training)")),
    edit("batch normalisation without weights", "model_1", "other images of the batch",
         (SUPER, f"{SUPER}\n        self.bn = nn.BatchNorm2d(6, {UNTRACKED})"), NORMALISED),
    edit("images scaled", "model_1", "the network drawn", (FORWARD, FORWARD + "\n        x = x * 0.5")),
    edit("images changed", "model_1", "changes the images", (FORWARD, FORWARD + "\n        x.mul_(0.5)")),
)  # fmt: skip

HOW = (
    edit("flat without the batch", "model_1", "do not go through it", ("x.view(-1, 400)", "x.flatten()")),
    edit("flat over the batch", "model_1", "other images of the batch",
         ("x.view(-1, 400)", "x.transpose(0, 1).reshape(-1, 400)")),
    edit("only batches of 64", "model_1", "one of 3 does not", ("x.view(-1, 400)", "x.view(64, 400)")),
    edit("batches of one lose a dimension", "model_1", "one of 1 does not", (LAST, "return self.fc3(x).squeeze()")),
    edit("layers made in forward", "model_1", "made anew", ("self.conv1(x)", "nn.Conv2d(1, 6, 5, padding=2)(x)")),
    edit("layers registered in forward", "model_1", "made anew", (FLAT, FLAT + "; " + FC1)),
    edit("layers registered at first use", "model_1", "too late", (FC1, ""),
         (FLAT, FLAT + "\n        if not hasattr(self, 'fc1'): " + FC1)),
    edit("layers in a list", "model_1", "parameters() does not list",
         (FC1, "self.dense = [nn.Linear(400, 120)]"), ("self.fc1(x)", "self.dense[0](x)")),
    edit("layers of the class", "model_1", "share",
         ("class Net(nn.Module):", "class Net(nn.Module):\n    conv = nn.Conv2d(1, 6, 5, padding=2)"),
         ("self.conv1 = nn.Conv2d(1, 6, 5, padding=2)", "self.conv1 = Net.conv")),
    edit("layers from outside", "model_1", "share",
         ("class Net(nn.Module):", "shared = nn.Linear(400, 120)\nclass Net(nn.Module):"), (FC1, "self.fc1 = shared")),
    edit("super forgotten", "model_1", "before nn.Module itself", (SUPER, "pass")),
    edit("no forward", "model_1", "where is its forward", ("def forward", "def forwards")),
    edit("nothing returned", "model_1", "nothing comes out", (LAST, "self.fc3(x)")),
    edit("arguments needed", "model_1", "cannot be made", ("def __init__(self):", "def __init__(self, classes):")),
    edit("gradients cut", "model_1", "No gradient gets from its answers to conv1", (FLAT, "x = x.detach().view(-1, 400)")),
    edit("gradients off", "model_1", "No gradient", (LAST, "return self.fc3(x).detach()")),
    edit("frozen layer", "model_1", "will not be trained", (FC3, FC3 + "; self.conv1.requires_grad_(False)")),
    edit("zeros to begin with", "model_1", "begin alike", (FC3, FC3 + "; nn.init.zeros_(self.fc2.weight)")),
    Edit("ready-made", "model_1", DERIVED, "not built by hand"),
    Edit("ready-made inside", "model_1", INSIDE, "not built by hand"),
    Edit("a network in place of its class", "model_1", NETWORK + "\nNet = Net()", "the class itself"),
    Edit("no network at all", "model_1", "class Net:\n    pass", "inherits from"),
)  # fmt: skip

NETWORKS = (*SIZES, *BETWEEN, *HOW)

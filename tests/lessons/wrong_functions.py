"""Wrong functions for an epoch, for measuring and for training, by kind, with part of what each is to be told."""

from tests.lessons.solutions import NETWORK, TRAIN_EPOCH, Edit, edit

ZERO = "        optimizer.zero_grad()\n"
STEP = "        optimizer.step()\n"
BACK = "        loss.backward()\n"
TOTAL = "total += loss.item() * len(labels)"
RETURN = "return total / count, correct / count"
CORRECT = "correct += (outputs.argmax(1) == labels).sum().item()"
BEGIN = "    total,"
GLOBAL = TRAIN_EPOCH.replace("model(images)", "network(images)")
PAIRS = "pairs = [(torch.zeros(4, 1, 28, 28), torch.zeros(4).long())]\n"

EPOCHS = (
    edit("zero_grad missing", "train_epoch", "gradients of the batches before", (ZERO, "")),
    edit("zero_grad once", "train_epoch", "gradients of the batches before",
         (ZERO, ""), ("    for images", "    optimizer.zero_grad()\n    for images")),
    edit("zero_grad after backward", "train_epoch", "there is no gradient", (ZERO, ""), (BACK, BACK + ZERO)),
    edit("backward missing", "train_epoch", "no gradient was computed", (BACK, "")),
    edit("step missing", "train_epoch", "never took a step", (STEP, "")),
    edit("step before backward", "train_epoch", "there is no gradient", (STEP, ""), (BACK, STEP + BACK)),
    edit("one step an epoch", "train_epoch", "took 1 steps",
         (STEP, ""), (ZERO, ""), ("    return", "    optimizer.step()\n    return")),
    edit("step only for whole batches", "train_epoch", "took 2 steps",
         (STEP, "        if len(labels) == 4: optimizer.step()\n")),
    edit("two steps a batch", "train_epoch", "took 6 steps", (STEP, STEP + STEP)),
    edit("loss summed", "train_epoch", "sum of losses", (RETURN, "return total, correct / count")),
    edit("mean of batch means", "train_epoch", "small batch counts more",
         (TOTAL, "total += loss.item()"), ("total / count", "total / len(loader)")),
    edit("means over images", "train_epoch", "two kinds of numbers", (TOTAL, "total += loss.item()")),
    edit("last loss", "train_epoch", "last batch alone", (RETURN, "return loss.item(), correct / count")),
    edit("softmax before the loss", "train_epoch", "the weights are not where",
         ("loss_fn(outputs, labels)", "loss_fn(F.softmax(outputs, 1), labels)")),
    edit("per cent", "train_epoch", "per cent", (RETURN, "return total / count, 100 * correct / count")),
    edit("share of the wrong", "train_epoch", "the share that is wrong", (RETURN, "return total / count, 1 - correct / count")),
    edit("divided by the batches", "train_epoch", "by another number than that of", ("correct / count", "correct / len(loader)")),
    edit("accuracy after the step", "train_epoch", "of the images that it evaluated are right",
         (STEP, STEP + "        outputs = model(images)\n")),
    edit("number of hits", "train_epoch", "which share", (RETURN, "return total / count, correct")),
    edit("accuracy of the last batch", "train_epoch", "last batch alone",
         ("correct +=", "correct ="), (RETURN, "return total / count, correct / len(labels)")),
    edit("mean of batch accuracies", "train_epoch", "small batch counts more",
         (CORRECT, "correct += (outputs.argmax(1) == labels).float().mean().item()"),
         ("correct / count", "correct / len(loader)")),
    edit("divided by the data set", "train_epoch", "another number", ("correct / count", "correct / len(loader.dataset)")),
    edit("loss divided by the data set", "train_epoch", "divides the loss", ("total / count", "total / len(loader.dataset)")),
    edit("divided by whole batches", "train_epoch", "another number",
         ("correct / count", "correct / (len(loader) * loader.batch_size)")),
    edit("the largest number, not its place", "train_epoch", "The accuracy of", ("outputs.argmax(1)", "outputs.max(1)[0]")),
    edit("last batch dropped", "train_epoch", "took 2 steps",
         ("        images, labels = images.to", "        if len(labels) < 4: break\n        images, labels = images.to")),
    edit("last batch not counted", "train_epoch", "The accuracy of",
         ("        count +=", "        if len(labels) == 4: count +=")),
    edit("swapped", "train_epoch", "accuracy first", (RETURN, "return correct / count, total / count")),
    edit("tensors returned", "train_epoch", "tensors", ("loss.item()", "loss"), (".sum().item()", ".sum()")),
    edit("nothing returned", "train_epoch", "two numbers", (RETURN, "pass")),
    edit("lists returned", "train_epoch", "two numbers", (RETURN, "return [total], [correct]")),
    edit("evaluation mode", "train_epoch", "evaluation mode", (BEGIN, "    model.eval()\n" + BEGIN)),
    edit("twice through the loader", "train_epoch", "2 times",
         ("    return", "    for images, labels in loader: pass\n    return")),
    edit("seed set", "train_epoch", "random seed", (BEGIN, "    torch.manual_seed(0)\n" + BEGIN)),
    edit("own loss", "train_epoch", "loss function", ("loss_fn(outputs, labels)", "F.cross_entropy(outputs, labels)")),
    edit("own optimiser", "train_epoch", "something else than the optimiser",
         (BEGIN, "    optimizer = optim.Adam(model.parameters())\n" + BEGIN)),
    edit("other arguments", "train_epoch", "cannot be called", ("(model, loader, loss_fn, optimizer)", "(model, loader)")),
    edit("an error", "train_epoch", "stopped with an error", ("outputs.argmax(1)", "output.argmax(1)")),
    edit("not written", "train_epoch", "never goes through the loader", (BEGIN, "    ...\n    return\n" + BEGIN)),
    Edit("a global network", "train_epoch", NETWORK + "network = Net()\n" + GLOBAL, "never asks the network"),
    Edit("a global loader", "train_epoch", PAIRS + TRAIN_EPOCH.replace("in loader", "in pairs"), "through the loader"),
)  # fmt: skip

COUNTED = "            count +="
ON = ("with torch.no_grad()", "if True")
BACKWARD = "            loss_fn(outputs, labels).backward()\n"
TESTS = (
    edit("gradients noted", "test", "still records", ON),
    edit("gradients computed", "test", "computes gradients", ON, (COUNTED, BACKWARD + COUNTED)),
    edit("trains in test", "test", "changes the weights", ON, (COUNTED, BACKWARD + "            "
         "optim.SGD(model.parameters(), lr=0.1).step()\n" + COUNTED)),
    edit("training mode", "test", "in training mode", (BEGIN, "    model.train()\n" + BEGIN)),
    edit("gradients left off", "test", "no gradients are taken any more",
         ("with torch.no_grad():", "torch.set_grad_enabled(False)\n    if True:")),
    edit("per cent in test", "test", "per cent", ("correct / count", "100 * correct / count")),
    edit("divided by the data set in test", "test", "another number", ("correct / count", "correct / len(loader.dataset)")),
    edit("per cent of the data set in test", "test", "per cent", ("correct / count", "100. * correct / len(loader.dataset)")),
    edit("mean of batch means in test", "test", "small batch counts more",
         (".item() * len(labels)", ".item()"), ("total / count", "total / len(loader)")),
    edit("last batch only in test", "test", "last batch alone", ("correct +=", "correct ="), ("count +=", "count =")),
    edit("returns in the loop", "test", "leaves 6 of 10 images out",
         ("            count += len(labels)", "            count += len(labels)\n            " + RETURN)),
    edit("tensors returned in test", "test", "tensors", (".sum().item()", ".sum()")),
    edit("loss only", "test", "two numbers", (RETURN, "return total / count")),
    edit("own loss in test", "test", "loss function", ("loss_fn(outputs, labels)", "F.cross_entropy(outputs, labels)")),
)  # fmt: skip

TRAINS = "        model.train()\n"
EVALS = "        model.eval()\n"
ADAM = "optim.Adam(model.parameters(), lr=lr, weight_decay=0.1)"
MAKE = "    optimizer = " + ADAM + "\n"
HISTORY = "    return history"
KEPT = "    if not kept: kept.append(" + ADAM + ")\n    optimizer = kept[0]\n"
WEIGHTS_ONLY = """optim.Adam([{'params': [p for p in model.parameters() if p.dim() > 1], 'weight_decay': 0.1},
        {'params': [p for p in model.parameters() if p.dim() == 1]}], lr=lr)"""

TRAININGS = (
    edit("evaluation mode missing", "training", "is in training mode", (EVALS, "")),
    edit("training mode not restored", "training", "stays in evaluation mode", (TRAINS, "")),
    edit("training mode once", "training", "stays in evaluation mode",
         (TRAINS, ""), ("    for epoch", "    model.train()\n    for epoch")),
    edit("trains on validation", "training", "never goes through the training",
         ("train_epoch(model, train_loader", "train_epoch(model, validation_loader")),
    edit("validates on training", "training", "never goes through the validation",
         ("test(model, validation_loader", "test(model, train_loader")),
    edit("trains on both", "training", "validation images as well",
         (EVALS, "        train_epoch(model, validation_loader, loss_fn, optimizer)\n" + EVALS)),
    edit("one epoch", "training", "it trains 1", ("in range(epochs)", "in range(1)")),
    edit("always fifteen epochs", "training", "it trains 15", ("in range(epochs)", "in range(15)")),
    edit("one epoch too few", "training", "it trains 1", ("in range(epochs)", "in range(1, epochs)")),
    edit("optimiser made every epoch", "training", "forgets", (MAKE, ""), (TRAINS, "    " + MAKE + TRAINS)),
    edit("SGD", "training", "another optimiser", ("optim.Adam(", "optim.SGD(")),
    edit("SGD of another rate", "training", "another optimiser", (ADAM, "optim.SGD(model.parameters(), lr=0.01)")),
    edit("AdamW", "training", "a relative", ("optim.Adam(", "optim.AdamW(")),
    edit("AdamW as it comes", "training", "a relative", (ADAM, "optim.AdamW(model.parameters(), lr=lr)")),
    edit("no decay", "training", "one of the settings", (", weight_decay=0.1", "")),
    edit("less decay", "training", "one of the settings", ("weight_decay=0.1", "weight_decay=0.01")),
    edit("another decay", "training", "the text gives", ("weight_decay=0.1", "weight_decay=0.037")),
    edit("softmax before the loss in training", "training", "look at its loss",
         ("nn.CrossEntropyLoss()", "(lambda said, labels: F.cross_entropy(said.softmax(1), labels))")),
    edit("likelihood of no logarithms", "training", "look at its loss", ("nn.CrossEntropyLoss()", "nn.NLLLoss()")),
    edit("squares", "training", "look at its loss",
         ("nn.CrossEntropyLoss()", "(lambda said, labels: F.mse_loss(said, F.one_hot(labels, 10).float()))")),
    edit("loss summed in training", "training", "look at its loss", ("CrossEntropyLoss()", 'CrossEntropyLoss(reduction="sum")')),
    edit("another rate", "training", "learning rate", ("lr=0.001", "lr=0.01")),
    edit("decay on weights only", "training", "the text gives", (ADAM, WEIGHTS_ONLY)),
    edit("zero_grad missing within", "training", "gradients of the batches before", (ZERO, "")),
    edit("no validation in the history", "training", "no right validation",
         ("        history[\"validation_loss\"].append(loss)\n", ""),
         ("        history[\"validation_accuracy\"].append(accuracy)\n", "")),
    edit("nothing returned", "training", "return its history", (HISTORY, "    pass")),
    edit("the last epoch alone", "training", "history", (HISTORY, "    return {k: v[-1] for k, v in history.items()}")),
    edit("per cent in the history", "training", "per cent", ("append(accuracy)", "append(100 * accuracy)")),
    edit("tensors in the history", "training", "tensors", ("append(accuracy)", "append(torch.tensor(accuracy))")),
    edit("validated at the end alone", "training", "after every epoch",
         (EVALS, "        if epoch < epochs - 1: continue\n" + EVALS)),
    edit("seed set in training", "training", "random seed",
         ("    loss_fn = nn.Cross", "    torch.manual_seed(1)\n    loss_fn = nn.Cross")),
    edit("a global network in training", "training", "never asks",
         ("def training(model, ", NETWORK + "model = Net()\ndef training(_, ")),
    edit("an optimiser of another network", "training", "whose weights does the optimiser change",
         ("def training", NETWORK + "other = Net()\ndef training"), ("Adam(model.", "Adam(other.")),
    edit("one optimiser for two", "training", "A second network is not trained",
         ("def training", "kept = []\ndef training"), (MAKE, KEPT)),
)  # fmt: skip

FUNCTIONS = (*EPOCHS, *TESTS, *TRAININGS)

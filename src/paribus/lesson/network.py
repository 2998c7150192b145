"""Checks of the networks: what goes in and comes out, what is learned, and whether it is the network drawn."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor, nn

from paribus.core.messages import Message, mark
from paribus.lesson.reference import COUNT, NOTHING, ORDERS, SHAPES, Drawn, drawn_weights, others
from paribus.probes.loop_graph import leaves_of

_SIZES = [torch.Size(shape).numel() for shape in SHAPES]
_ANEW = mark("Each time images go through, some of its layers are made anew, and forget what they knew.")
_PLACES = (
    mark("the first convolution"),
    mark("the second convolution"),
    mark("the first dense layer"),
    mark("the second dense layer"),
)


class Found(Exception):
    """Something is wrong, and nothing behind it can be checked. told: what, where it is not said already."""

    def __init__(self, *told: Message) -> None:
        self.told = told


def class_faults(made: Any, *, name: str, activation: str) -> Iterator[Message]:
    """What is wrong with a class of networks."""
    if isinstance(made, nn.Module):
        yield Message("Hand in the class itself, {name}, and not a network made of it.", name=name)
        return
    if not callable(made) or (isinstance(made, type) and not issubclass(made, nn.Module)):
        yield Message("{name} must be a class that inherits from torch.nn.Module.", name=name)
        return
    try:
        network = _made(made, name)
        _refuse_ready_made([network], name)
        _look_at_answers(network)
        yield from _weight_faults(network, lambda: _made(made, name))
        if (told := _same_function(network, activation)) is not None:
            yield told
    except Found as found:
        yield from found.told


def pair_faults(one: Any, other: Any) -> Iterator[Message]:
    """What is wrong with two networks that are to be compared: Model_1's and Model_2's."""
    if not (isinstance(one, nn.Module) and isinstance(other, nn.Module)):
        yield Message("Hand in two networks: one made of Model_1, one made of Model_2.")
        return
    if one is other:
        yield Message("Both are one and the same network: whatever trains the one trains the other.")
        return
    if {id(p) for p in one.parameters()} & {id(p) for p in other.parameters()}:
        yield Message("The two networks share weights: whatever trains the one changes the other.")
        return
    try:
        for network, activation, name in ((one, "sigmoid", "Model_1"), (other, "relu", "Model_2")):
            _refuse_ready_made([network], name)
            copied = copy.deepcopy(network).cpu()
            _look_at_answers(copied)
            if (told := _same_function(copied, activation)) is not None:
                yield Message("{subject}: {fault}", subject=name, fault=told)
    except Found as found:
        yield from found.told


def _made(maker: Any, name: str) -> nn.Module:
    try:
        network = maker()
    except Exception as error:
        if "Module.__init__()" in str(error):
            raise Found(Message("{name} takes in layers before nn.Module itself is set up.", name=name)) from None
        raise Found(
            Message("{name}() cannot be made: {fault}", name=name, fault=f"{type(error).__name__}: {error}")
        ) from None
    if not isinstance(network, nn.Module):
        raise Found(Message("{name} must be a class that inherits from torch.nn.Module.", name=name))
    return network


def _refuse_ready_made(networks: Sequence[nn.Module], name: str) -> None:
    classes = {above for network in networks for module in network.modules() for above in type(module).__mro__}
    if any(above.__module__.partition(".")[0] in ("paribus", "torchvision", "timm") for above in classes):
        raise Found(Message("{name} is not built by hand: it uses a network that somebody else has built.", name=name))


def _answer(network: nn.Module, images: Tensor) -> Tensor:
    """What it says to images. Raises Found."""
    try:
        said = network(images)
    except NotImplementedError:
        raise Found(Message("It does not say yet what happens to the images: where is its forward?")) from None
    except Exception as error:
        told = f"{type(error).__name__}: {error}"
        raise Found(Message("{n} images of 1×28×28 do not go through it: {fault}", n=len(images), fault=told)) from None
    if said is None:
        raise Found(Message("Images go in, and nothing comes out: forward returns nothing yet."))
    if not isinstance(said, Tensor):
        raise Found(Message("Images go in, and {what} comes out, not a tensor.", what=type(said).__name__))
    return said


def _look_at_answers(network: nn.Module) -> None:
    """Shapes, and whether an answer is about its own image and nothing else. Raises Found with the first fault."""
    images = torch.randn(64, 1, 28, 28, generator=torch.Generator().manual_seed(1))
    listed = _listed(network)
    whole, before = _answer(network, images), images.clone()
    if whole.shape != (64, 10):
        raise Found(
            Message(
                "64 images went in, and a tensor of shape {shape} came out: each image wants its own number for each "
                "of the ten digits.",
                shape=str(tuple(whole.shape)),
            )
        )
    for n in (3, 1):
        try:
            said = _answer(network, images[:n])
        except Found:
            said = whole[:0]
        if said.shape != (n, 10):
            raise Found(Message("A batch of 64 images goes through it, one of {n} does not.", n=n))
    if not torch.isfinite(whole).all():
        raise Found(Message("Some of what comes out is no finite number."))
    images = before
    if not torch.equal(_checked_input(network, images), before):
        raise Found(Message("It changes the images that it is given."))
    then = _listed(network)
    again = _answer(network, images)
    if set(then) != set(_listed(network)) or set(_leaves(whole)) != set(_leaves(again)):
        raise Found(Message(_ANEW))
    if set(then) - set(listed):
        raise Found(
            Message("Some of its layers come to be only when images go through: too late for an optimiser to know.")
        )
    if not torch.allclose(again, whole, atol=1e-5):
        raise Found(Message("Asked twice about the same images it answers differently: something in it is random."))
    _refuse_company(network, images[:4], whole[:4])


def _refuse_company(network: nn.Module, images: Tensor, said: Tensor) -> None:
    """Raises Found where it says something else of each image alone."""
    alone = torch.cat([_answer(network, images[place : place + 1]) for place in range(len(images))])
    if not torch.allclose(alone, said, atol=1e-4):
        raise Found(Message("What it says of an image depends on the other images of the batch."))


def _checked_input(network: nn.Module, images: Tensor) -> Tensor:
    given = images.clone()
    _answer(network, given)
    return given


def _listed(network: nn.Module) -> dict[int, nn.Parameter]:
    """Its parameters by id; while they are held, no id is given twice."""
    return {id(parameter): parameter for parameter in network.parameters()}


def _weight_faults(network: nn.Module, again: Callable[[], nn.Module]) -> Iterator[Message]:
    """What is wrong with the weights. Raises Found where they cannot be told apart any further."""
    images = torch.randn(4, 1, 28, 28, generator=torch.Generator().manual_seed(2))
    said, named = _answer(network, images), dict(network.named_parameters())
    if not said.requires_grad:
        raise Found(Message("No gradient gets from its answers to its weights."))
    used = _leaves(said)
    if set(used) - {id(p) for p in named.values()}:
        raise Found(Message("It computes with weights that parameters() does not list, so nothing will train them."))
    frozen = [name for name, p in named.items() if not p.requires_grad]
    if frozen:
        raise Found(Message("{layer} will not be trained: it takes no gradient.", layer=frozen[0]))
    count = sum(p.numel() for p in named.values())
    if count != COUNT or sorted(p.numel() for p in named.values()) != sorted(_SIZES):
        raise Found(_count_words(named, count))
    second = again()
    _answer(second, images)
    if {p.data_ptr() for p in named.values()} & {p.data_ptr() for p in second.parameters()}:
        raise Found(Message("Two networks of this class share their weights: training one changes the other."))
    alike = [name for name, p in named.items() if p.dim() > 1 and float(p.detach().std()) == 0]
    if alike:
        yield Message("All weights of {layer} begin alike, so its units can never differ.", layer=alike[0])
    idle = [name for name, p in named.items() if id(p) not in used]
    if idle:
        raise Found(Message("No gradient gets from its answers to {layer}.", layer=idle[0]))


def _count_words(named: dict[str, nn.Parameter], count: int) -> Message:
    if not any(p.dim() == 1 for p in named.values()):
        return Message("It has {n:,} weights in place of {wanted:,}: its layers weigh what comes in, and add nothing "
                       "of their own.", n=count, wanted=COUNT)  # fmt: skip
    odd = [name for name, p in named.items() if p.numel() not in _SIZES]
    if odd:
        return Message("It has {n:,} weights in place of {wanted:,}: look at the size of {layer}.",
                       n=count, wanted=COUNT, layer=odd[0])  # fmt: skip
    return Message("It has {n:,} weights in place of {wanted:,}: a layer, or a part of one, is missing or too many.",
                   n=count, wanted=COUNT)  # fmt: skip


def _leaves(said: Tensor) -> dict[int, Tensor]:
    """The weights from which an answer was computed, by id, as autograd has noted them."""
    return {id(leaf): leaf for leaf in leaves_of(said, ())}


def _same_function(network: nn.Module, activation: str) -> Message | None:
    """What differs from the network drawn, when both have the same weights; None where nothing does."""
    if sorted(p.numel() for p in network.parameters()) != sorted(_SIZES):
        return _count_words(dict(network.named_parameters()), sum(p.numel() for p in network.parameters()))
    weights = drawn_weights()
    _put(network, weights)
    images = torch.randn(3, 1, 28, 28, generator=torch.Generator().manual_seed(3))
    answers = []
    for mode in (True, False):
        network.train(mode)
        with torch.no_grad():
            answers.append(_answer(network, images))
    if not torch.allclose(answers[0], answers[1], atol=1e-4):
        return Message(
            "In evaluation mode it answers otherwise than in training mode, which the network drawn does not."
        )
    with torch.no_grad():
        _refuse_company(network.train(), images, answers[0])
    right = Drawn((activation,) * 4)
    if any(_fits(replace(right, order=order), weights, images, answers[0]) for order in ORDERS):
        return None
    for number, order in enumerate(ORDERS):
        for other in others(activation, at_once=2 if number == 0 else 1):
            if _fits(replace(other, order=order), weights, images, answers[0]):
                return _difference(other, activation)
    return Message("With the same weights it answers otherwise than the network drawn: look at the order of its steps, "
                   "at its pooling and its padding.")  # fmt: skip


def _fits(drawn: Drawn, weights: list[Tensor], images: Tensor, said: Tensor) -> bool:
    wanted = drawn.answer(weights, images)
    return bool(torch.allclose(said, wanted, rtol=1e-3, atol=1e-3 * float(wanted.std())))


def _put(network: nn.Module, weights: list[Tensor]) -> None:
    """Our weights in its layers, which are known by their sizes; a matrix that lies the other way is turned."""
    with torch.no_grad():
        for parameter in network.parameters():
            weight = weights[_SIZES.index(parameter.numel())]
            turned = parameter.dim() == 2 and parameter.shape == weight.flatten(1).t().shape
            parameter.copy_((weight.flatten(1).t() if turned else weight).reshape(parameter.shape))


def _difference(other: Drawn, wanted: str) -> Message:
    """The one thing to say of it: what follows the last layer before what is between, and that before the pooling."""
    changed = [place for place, act in enumerate(other.acts) if act != wanted]
    missing = [place for place in changed if other.acts[place] == NOTHING]
    if len(changed) == 4 and not missing:
        return Message("Its activation is not the one that this network is to have.")
    if len(missing) == 4:
        return Message("Nothing happens between its layers: without activations they are one linear layer.")
    if missing:
        return Message("After {place} there is no activation.", place=Message(_PLACES[missing[0]]))
    if changed:
        return Message("After {place} there is another activation than this network is to have.",
                       place=Message(_PLACES[changed[0]]))  # fmt: skip
    if other.last:
        return Message("Something still happens to what the last layer gives, which the loss expects as it is.")
    return Message("It pools in another way than the network drawn.")

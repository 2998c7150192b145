"""What cannot be drawn, and what the page's server refuses."""

from __future__ import annotations

from paribus.presentation.translation import mark

# Figures and what they are drawn from.
FIGURES: tuple[str, ...] = (
    mark("{name} is a map, of which there is --kind=map"),
    mark("{what} is drawn of a single run; of a comparison there are {choices}"),
    mark("{what} is drawn of a comparison; of a single run there are {choices}"),
    mark("{what} are drawn from what the probes see; got --probes=off. Without them: {choices}"),
    mark(
        "{what} are drawn from what the probes saw, and run {name} was trained with --probes=off. Its trace comes with "
        "a new run: in another store (--out) or on another seed"
    ),
    mark(
        "{what} are drawn from what the probes saw, and run {name} has no trace: --probes=off. One comes with a new "
        "run: in another store (--out) or on another seed"
    ),
    mark("forces are drawn layer by layer, and these arms differ in their layers"),
    mark("features are drawn of lenet, whose layers are known"),
    mark("image must be from 0 to {most}, its place in the test set"),
    mark("interventions are drawn from an explanation, and nobody asked for one yet: {command}"),
    mark("interventions are drawn from their runs, and this explanation has none: {command}"),
    mark("no map of this comparison is there yet. This would make one: {command}"),
    mark("features are drawn from the runs' weights, and one is missing ({problem}). This makes it again: {command}"),
    mark("forces are drawn from what the probes saw, and one is missing ({problem}). This makes it again: {command}"),
    mark("features are drawn from the run's weights, and they are missing ({problem})"),
    mark("classes are drawn from the answers to the test images; run {name}, {status}, has none"),
    mark("units are drawn of layers with an activation, and no probe saw one in {name}"),
    mark("a figure of {what} is drawn from more than the comparison, and that was not given"),
)

# The page's server and its queue.
SERVER: tuple[str, ...] = (
    mark("port must be from 0 to 65535"),
    mark("port {choices} in use on {name}: choose another with --port, or 0 for any that is free"),
    mark("host must be an address of this machine; got {name}: {reason}"),
    mark("{name} port {number} cannot be had: {reason}"),
    mark("{path} is served already, by another paribus serve: use its page, or stop it"),
    mark("the process that plans ended with code {code}; its terminal says why"),
    mark("this store has no run {name}"),
    mark("nobody has asked why of {name} yet"),
    mark("the run has no weights at the moment {name}"),
    mark("the same job is in the queue already"),
    mark("why is for a job that is finished; this one is {state}"),
    mark("{command} is for a job that is {allowed}; this one is {state}"),
    mark("unknown part of an order; the parts are {choices}"),
    mark("this needs the cookie that the address with the token sets"),
    mark("the page has no such part"),
    mark("there is no job {name}"),
)

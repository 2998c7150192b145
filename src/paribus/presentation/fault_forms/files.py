"""What is wrong with what lies on the disk: a store, and data sets."""

from __future__ import annotations

from paribus.presentation.translation import mark

# What lies in a store, and what is wrong with it.
STORE: tuple[str, ...] = (
    mark("no comparison {name} in the store {path}"),
    mark("no run or comparison {name} in the store {path}"),
    mark("no run {name} in the store {path}"),
    mark("no map {name} in the store {path}"),
    mark("{name} begins {count} names: {listed}. Give more of it"),
    mark(
        "the name of a {kind} must be 1 to 120 ASCII letters, digits, dots, hyphens or underscores, and begin with a "
        "letter or digit"
    ),
    mark("{path}: cannot be written: {reason}. Choose another folder with --out"),
    mark("{path}: cannot be written: {reason}. Choose a folder that you may write to, with --out"),
    mark(
        "{path}: cannot be written: {reason}. What was there before is intact. Free some space (paribus prune removes "
        "snapshots), and give the same command again: it goes on from the last finished epoch"
    ),
    mark("{path}: cannot be written: {reason}. What was there before is intact"),
    mark("{path}: cannot be written: {reason}"),
    mark("{path}: cannot be read: {reason}"),
    mark("{path}: the report cannot be written here; {reason}"),
    mark("{path}: a link, which a store must not hold"),
    mark("{path}: not a folder"),
    mark("{path}: not a file"),
    mark("{path}: must have at most {most} bytes"),
    mark("{path}: not a valid {kind}: {fault}"),
    mark("{path}: not valid safetensors: {fault}"),
    mark("{path}: schema_number must be {number}; got {given}. Perhaps a newer Paribus wrote it: upgrade to read it"),
    mark("{path}: schema_number must be {number}; got {given}. Perhaps this Paribus cannot read it"),
    mark("{path}: its comparison is {name}, which the folder's name must be"),
    mark("{path}: its run is {name}, which the folder's name must be"),
    mark("{path}: its map is {name}, which the folder's name must be"),
    mark("{path}: missing; the comparison was begun and not ended. The same command goes on with it"),
    mark("{path}: missing. A run begins by writing it: this folder holds no run"),
    mark("{path}: missing, though the run is finished"),
    mark("{path}: missing"),
    mark("{path}: has no weights yet; the end of the first epoch leaves some"),
    mark("{path}: has no answers to the test set"),
    mark("{path}: its weights are not those that its record tells of"),
    mark("{path}: its weights do not fit the recipe's network: {fault}"),
    mark("{path}: it is of other arms than the comparison beside it"),
    mark("{path}: must have {count} epochs, as the record says"),
    mark("{path}: must hold the arrays classes and probabilities"),
    mark("{path}: must give the checkpoint's own name, and its step as a whole number"),
    mark("{path}: must say after how many of the epochs in {name} it was taken"),
    mark("{path}: this run is {status}; nothing is trained twice"),
    mark("{path}: is of a run with another {what}. Move this folder away"),
    mark("{path}: line {number} is not a look: {fault}"),
    mark("{path}: line {number} is not an epoch's metrics: {fault}"),
    mark("{path}: line {number} is not what a probe writes: {fault}"),
    mark("{path}: line {number} must be of epoch {count}"),
    mark("checkpoint {name}: its epoch is no number"),
    mark(
        "whole runs can be removed only where every comparison can be read, as a run may be one's that cannot. Remove "
        "or mend:{listed}"
    ),
    mark("the explanation is of an arm {name}, which {other_name} has not"),
)

# Data sets and their files.
DATA: tuple[str, ...] = (
    mark("data set must be one of {choices}"),
    mark("{name} is not on this machine: paribus data fetch {other_name} downloads it."),
    mark(
        "{name} of {what} could not be downloaded ({problems}). Is this machine offline? Try again later, or install "
        "Debian's package {package}, or put the four .gz files from {address} into {path}. MNIST needs no download."
    ),
    mark(
        "{name} of {what} could not be downloaded ({problems}). Is this machine offline? Try again later, or put the "
        "four .gz files from {address} into {path}. MNIST needs no download."
    ),
    mark(
        "{path} does not exist (did you mean {nearest}?). A data set is {choices}, or a folder with {listed}, plain or "
        "gzipped (.gz)."
    ),
    mark("{path} does not exist. A data set is {choices}, or a folder with {listed}, plain or gzipped (.gz)."),
    mark("{path} is a file, not a folder. A data set is {choices}, or a folder with {listed}, plain or gzipped (.gz)."),
    mark("{path} holds no data set: neither it nor a folder named raw below it has {listed}, plain or gzipped (.gz)."),
    mark("{path} lacks {listed} (plain, or gzipped with .gz)."),
    mark("{path} holds several data sets; give the folder of one of them: {choices}."),
    mark("{path} cannot be read ({reason})."),
    mark("{path}, for downloads, cannot be written to ({reason})."),
    mark(
        "{path} is not the file it should be: its SHA-256 must be {digest}; got {given}. paribus data fetch {name} "
        "downloads it again."
    ),
    mark("{path} is not the file it should be: its SHA-256 must be {digest}; got {given}. Install its package anew."),
    mark("{path}, the MNIST that Paribus ships, cannot be read ({reason}). Install it anew."),
    mark("{path} ({name}) is damaged: its SHA-256 must be {digest}; got {given}. Install it anew."),
    mark("{path} is damaged: its SHA-256 must be {digest}; got {given}."),
    mark("{name} is not as it should be: {problems}"),
    mark(
        "{path}, the cache of unpacked data sets, cannot be used ({reason}). Set PARIBUS_CACHE to a folder that can be "
        "written to, with about 100 MB free for a set of MNIST's size."
    ),
    mark("{path} cannot be read back after it was written. Is another program changing the cache?"),
    mark("{path} holds images of {shape}, but the training images are of {other_shape} (channels x height x width)."),
    mark("{path} has the label {number}, which is out of range: the training labels run from 0 to {most}."),
    mark(
        "{path} has the label {number}, which is out of range: labels must run from 0 without a gap, and no image has "
        "the label {gap}."
    ),
    mark(
        "{path} has {count} dimensions ({shape}); images have 3 (number x height x width) or 4 (number x channels x "
        "height x width)."
    ),
    mark(
        "{path} is {shape}, so each image would have {count} channels; at most {most} are read. The order is number x "
        "channels x height x width, channels before height."
    ),
    mark("{path} has {count} dimensions ({shape}); labels have 1."),
    mark("{path} holds more labels ({count}) than there are images ({images})."),
    mark("{path} holds fewer labels ({count}) than there are images ({images})."),
    mark("{path} holds one class only; there must be two at least."),
    mark(
        "{name} cannot be normalised: every pixel of its training images is the same. Set normalise = false to train "
        "on it as it is."
    ),
    mark("{path} holds more than its header says, which is {shape}."),
    mark("{path} is empty: its header says {shape}."),
    mark("{path} announces {count} bytes ({shape}); at most {most} are read."),
    mark("{path} is too short for its header, which says {shape}."),
    mark("{path} ends after {count} of the {most} bytes that its header says ({shape})."),
    mark("{path} is not an IDX file: it begins with {what}, not with 00 00 08 and 1 to 4."),
    mark("{path} holds IDX values of type {what}; only unsigned bytes (0x08) are read."),
    mark("{path} ends within its header."),
)

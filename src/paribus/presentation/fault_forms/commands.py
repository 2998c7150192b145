"""What a command asks for that cannot be: its words, what it compares, and on what."""

from __future__ import annotations

from paribus.presentation.translation import mark

# What the words of a command may be.
COMMAND: tuple[str, ...] = (
    mark("a field and its value are written field=value"),
    mark("--set takes one value a field (a list is written [120,84])"),
    mark("--set {word} gives {factor} a second value; it has {earlier}"),
    mark("--epochs={given} and --set epochs={other_value} give one field two values; leave one of them out"),
    mark("{first} and {second} are one field, {field}, which has one value"),
    mark("a value must not have so many brackets within brackets"),
    mark("a value must not be a number of so many digits"),
    mark("not TOML: {reason}"),
    mark("must be text in UTF-8"),
    mark("{path}: a recipe has at most {most} bytes"),
    mark("recipe must be one of {choices}, or a file ending in .toml"),
    mark("--budget is a time greater than 0, written 90s, 5m or 1h"),
    mark("--budget bounds an explanation, and needs --why"),
    mark("budget must be a number of seconds greater than 0, or {none} for no bound"),
    mark("nothing was started"),
    mark("a comparison of recipe files needs two or more; got {name} alone"),
    mark("recipe files are whole recipes, and start from no other; got --recipe {name}"),
    mark(
        "compare takes one factor (field=value,value) or recipe files (A.toml B.toml), since only one thing may change"
    ),
    mark("--set changes a recipe; {name} is a run, which is as it was run"),
    mark("--set changes a recipe; {name} is a comparison, which is as it was run"),
    mark("settings change a recipe; a comparison or a run is as it was run"),
    mark("why needs a comparison, a run or a recipe; this store holds no comparison yet"),
    mark("data fetch needs a name: {choices}"),
    mark("--to needs a folder that is there"),
    mark("--to must end in one of {choices}, or --format say which it is"),
    mark("--over {word} gives {factor} a second time; all its values go into one"),
    mark("argument {name}: invalid choice: {value} (choose from {choices})"),
    mark("argument {name}: invalid int value: {value}"),
    mark("argument {name}: invalid float value: {value}"),
    mark("argument {name}: expected one argument"),
    mark("argument {name}: expected at least one argument"),
    mark("the following arguments are required: {choices}"),
    mark("unrecognized arguments: {choices}"),
)

# What can be compared, and on what.
COMPARISON: tuple[str, ...] = (
    mark("seeds must be different whole numbers from 0"),
    mark("a comparison needs 2 to {most} recipes"),
    mark("the arms must differ, and these are the same recipe: {names}"),
    mark(
        "the arms must differ in one field only, and these differ in {count}:\n{listed}\nWhich of them made a "
        "difference could not be told. Make them alike, or say --confounded if it is meant"
    ),
    mark("these runs cannot be compared:\n{listed}"),
    mark("run {name} is not finished; the same command goes on with it"),
    mark(
        "a worker process was killed, perhaps for want of memory (fewer --workers need less). Finished epochs are "
        "kept: the same command goes on from there"
    ),
    mark("stopped; everything but the epochs in progress is kept"),
    mark("run {name}: this worker's {what} are not those of the plan; give the command again"),
    mark("{name}: an arm has no run left in {path}, so there is nothing to go by"),
    mark("seeds must be at least 2 and at most {most}: one leaves every cell open"),
    mark("a map goes over one or two fields, --over FIELD=V1,V2"),
    mark("an axis must be another field than the factor; got {factor} for both"),
    mark("the two axes must be different fields; got {factor} twice"),
    mark("a map has at most {most} cells"),
    mark("an axis must be a field of the recipe"),
    mark("an axis needs two values or more, --over {factor}=V1,V2"),
    mark("the values of an axis must differ"),
    mark("device {name} is not available to this PyTorch ({version}); here: {choices}"),
    mark("kernel {name} cannot be used here: {problem}; leave it to auto, or take {other_name}"),
    mark("an arm has dropout, or is a model of your own"),
    mark("it was not built: Paribus was installed without a C++ compiler"),
    mark("it is for the CPU; the device is {name}"),
    mark("an arm pools by average or after an activation that dips, normalises batches, or is a model of your own"),
    mark("model {name}: no module {module} on the path or in the current folder"),
    mark("model {name}: {module} has no callable {what}"),
    mark("model {name}: its factory needs {what}, which no recipe has; a factory may take {choices}"),
    mark("model {name}: its factory must return an nn.Module"),
    mark("lenet needs images of at least 12 x 12 pixels (two 5x5 convolutions, each followed by a halving)"),
    mark("majority_fraction: of the training images, {problem}"),
    mark("majority_fraction: of the validation images, {problem}"),
    mark("none is of class 0"),
    mark("class {number} would be left with none"),
    mark("class {number} would need {count}, and there are {most}; it must be at least {least}"),
    mark("class {number} would need {count}, and there are {most}"),
    mark(
        "the model of {name} is {what}, code of somebody's own that would run with your rights, as it now is on this "
        "machine. Where you trust it: model(trust=True)"
    ),
    mark(
        "{name} names the model {what}, which is code: it is run only where a command of yours on this machine wrote "
        "that. Where you trust it: --trust (in Python trust=True)"
    ),
    mark("to_pandas needs pandas: pip install 'paribus[pandas]'"),
)

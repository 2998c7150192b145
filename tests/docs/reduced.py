"""How a document's command is made quick for a test. A command that no rule here knows fails the test.

`paribus compare …`, `paribus train …`: the same with 1 epoch of a folder of 800 images (compare: 1 seed), since a
    later option overrides an earlier one; what is tuned has two tries.
`paribus train … --figure …`: nothing here; `test_why.py` runs it.
`paribus map …`: the same with 1 epoch of that folder, 2 seeds, the first two values of each axis, and a second.
`paribus …` with the name of a comparison or run: that of one which the test has made; names hold digests of what was
    trained.
`paribus data fetch NAME`: `paribus data fetch mnist`, which needs no network; other tests do fetch, from a
    server of their own.
`paribus … module:function …`, `paribus … -- command`: the same with 2 seeds; with `--arm` in a repository of its own.
`paribus judge …`, `paribus power …`: as it is, of the TABLES here and those that a document shows.
`paribus …` of what an extra reads or trains: nothing here; tests/extras run it where that is installed.
`paribus serve …`: the same on any free port, without a browser, stopped as soon as it has said where it is.
`paribus why …`: the same within a second of budget and, of a recipe, on that folder; all of it is run in tests/cli.
`paribus lesson …`: as it is, of a hand-in that the test has made.
`paribus referee …`: nothing here; tests/referee/test_documented.py runs docs/referee.md from top to bottom.
`make demo …`: the same with 1 epoch of that folder, 1 seed, a second, and this environment; nothing is installed.
`make OTHER`: `make --dry-run OTHER`, since it would run these tests again.
`python benchmarks/decision_rule.py …`: the same with 2 trials: the same tables, with rougher figures.
Other scripts of `benchmarks/` and `tools/`: the same with --help; each is the work of minutes.
`python3 -m venv`, activating it, `pip install …`: nothing; other tests compare what they name with the project's files.
"""

from __future__ import annotations

import re
import shlex
import sys
from dataclasses import dataclass
from pathlib import Path

from paribus.programs.recipe.built_in_recipes import BUILT_IN

READING = ("list", "show", "report", "figure", "export", "diff", "recipes", "doctor", "prune", "verify", "bundle")
READING += ("tag",)
COMPARISON = re.compile(r"activation-relu-sigmoid-[0-9a-f]{8}")
RUN = re.compile(r"lenet-(sigmoid|relu)-[0-9a-f]{10}-s0")
INSTALLING = re.compile(r"(python3? -m venv \.venv|(\.|source) \.venv/bin/activate|pip3? install .*)$")

DRAWING = re.compile(r"paribus train .* --figure ")
OF_EXTRAS = re.compile(
    r"dask (scheduler|worker) |paribus (compare \w+_train:train|compare .*--cluster |(compare|train) .*--log "
    r"|judge (runs|sqlite:///mlflow\.db|results\.parquet) |export \S+ onnx)"
)

FEWER = {"--why": " --budget 1s", "--tune": " --tune-tries 2 --tune-seeds 1"}  # where an option is given
_SEEDS = range(6)
TABLES = {  # which the documents speak of
    "houses.csv": "rooms,age,target\n" + "".join(f"{n % 7},{n % 50},{n % 7 - n % 50 / 25}\n" for n in range(200)),
    "losses.csv": "seed,adam,sgd\n" + "".join(f"{s},{0.5 + s / 90:.3f},{0.6 + s / 80:.3f}\n" for s in _SEEDS),
    "a.csv": "item,label,prediction\n" + "".join(f"{n},{n % 10},{n % 9}\n" for n in range(100)),
    "b.csv": "item,label,prediction\n" + "".join(f"{n},{n % 10},{n % 5}\n" for n in range(100)),
}

# A repository in a folder of its own, in which the script has changed.
GIT = "git -c user.name=a -c user.email=a@b.c commit -q -m"
TWO_REVISIONS = f"rm -rf two && mkdir two && cp train.py two && cd two && git init -q && git add . && {GIT} 1"
TWO_REVISIONS += f" && sed -i s/0.90/0.91/ train.py && git add . && {GIT} 2"


def small(digits: Path) -> str:
    """The options that make a comparison or training quick."""
    return f"--epochs 1 --set dataset={digits}"


def elsewhere(command: str, few: str) -> str:
    """On a data set that is quick in place of its own, for a field is set once; a table is small."""
    if "dataset=houses.csv" in command:
        return f"{command} --epochs 1"
    bare = re.sub(r" --set dataset=\S+", "", command)
    return f"{bare} {few}"


@dataclass(frozen=True)
class Names:
    """What the commands' names become: a comparison, the runs of its arms with seed 0, and a folder of IDX files."""

    comparison: str
    runs: dict[str, str]
    digits: Path


def of_a_program(command: str, words: list[str]) -> str:
    """The same with two seeds, of a function or a command; empty of anything else."""
    few = "--seeds 2 --workers 1" if words[1] in ("compare", "map") else "--workers 1" if words[1] == "why" else ""
    line, dashes, own = command.partition(" -- ")
    if "--arm" in words:
        return f"{TWO_REVISIONS} && {line} {few} -- {own}"
    if dashes:
        return f"{line} {few} -- {own}"
    return f"{command} {few}" if words[1] != "judge" and re.fullmatch(r"\w+:\w+", words[2]) else ""


def reduced(command: str, names: Names) -> str | None:
    """The shell line to run instead; None where there is nothing to run. KeyError for an unknown command."""
    if INSTALLING.match(command) or DRAWING.match(command) or OF_EXTRAS.match(command):
        return None
    command, redirect, target = command.partition(" > ")
    words = shlex.split(command)
    if words[0] == "paribus" and len(words) > 2 and (line := of_a_program(command, words)):
        return line + redirect + target
    if words[:2] in (["paribus", "referee"], ["paribus", "mcp"]):
        return None
    match words[:2]:
        case ["paribus", "compare"]:
            seeds = "" if "--until-decided" in words else " --seeds 1"
            few = "".join(more for option, more in FEWER.items() if option in words)
            line = f"{elsewhere(command, small(names.digits))}{seeds} --workers 1{few}"
        case ["paribus", "why"]:
            of_recipe = len(words) > 2 and words[2] in BUILT_IN
            line = f"{COMPARISON.sub(names.comparison, command)} --workers 1 --budget 1s"
            line += f" --set dataset={names.digits} --set epochs=1" if of_recipe else ""
        case ["paribus", "map"]:
            line = re.sub(r"(--over \w+=[^,\s]+,[^,\s]+)\S*", r"\1", elsewhere(command, small(names.digits)))
            line += " --seeds 2 --workers 1 --budget 1s"
        case ["paribus", "judge" | "lesson" | "reproduce"]:
            line = command
        case ["paribus", "power"]:  # a pilot needs two seeds, and the test's comparison has one
            line = COMPARISON.sub("--spread 0.2", command)
        case ["paribus", "train"]:
            line = elsewhere(command, small(names.digits))
        case ["paribus", "serve"]:
            line = f"rm -f served; {command} --no-browser --port 0 > served & pid=$!"
            line += "; until grep -q Ctrl-C served || ! kill -0 $pid; do sleep 0.1; done"
            line += "; kill -INT $pid; wait $pid; code=$?; cat served; exit $code"
        case ["paribus", "data"]:
            line = re.sub(r"fetch \S+", "fetch mnist", command)
            line = re.sub(r"verify (?!mnist)\S+", f"verify {names.digits}", line)
        case ["paribus", verb] if verb in READING:
            line = RUN.sub(lambda found: names.runs[found[1]], COMPARISON.sub(names.comparison, command))
        case ["make", "demo"]:
            venv, few = Path(sys.prefix), f"--seeds 1 {small(names.digits)}"
            given = f"DEMO_ARGS='{few} --budget 1s' QUICK_ARGS='{few}'"
            line = f"{command} VENV={venv} --old-file={venv}/.installed {given}"
        case ["make", _]:
            line = command.replace("make", "make --dry-run")
        case ["python", "benchmarks/decision_rule.py"]:
            line = f"{command} --trials 2"
        case ["python", script] if re.match(r"(benchmarks|tools)/\w+\.py$", script):
            line = f"python {script} --help"
        case _:
            raise KeyError(command)
    return line + redirect + target

"""The code that trains, and what it gives: golden runs, watched.

    python -m tests.runs.training_code            what is so now, as JSON
    python -m tests.runs.training_code --write    keeps the digests of the code as it is now

Golden runs were made by version 0.1.0 (`tests/fixtures/golden-0.1.0.json`). While they are made again, every function
of the package that runs is noted, with a digest of its tokens: those in `training_code.json` are what the numbers in
`paribus.programs.recipe.revisions` stand for. Comments, docstrings, layout and a function's file do not count.
"""

from __future__ import annotations

import ast
import hashlib
import inspect
import io
import json
import os
import sys
import tarfile
import tempfile
import tokenize
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

HERE = Path(__file__).parent
FIXTURES = HERE.parent / "fixtures"
GOLDEN, KEPT = FIXTURES / "golden-0.1.0.json", FIXTURES / "training_code.json"
LAYOUT = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.ENDMARKER, tokenize.ENCODING}

# What runs beside a training: it names, checks, writes down or watches, and no figure comes from it. Whatever is not
# listed counts. Paths in the package; a file that moves is to be named anew here.
BESIDE = (
    "comparison.",
    "diagnosis.",
    "probes",
    "runs.environment",
    "programs.recipe.code_identity",
    "runs.run_identity",
    "runs.program_protocol",
    "runs.registry",
    "programs.recipe.revisions",
    "runs.stopping",
    "runs.store",
    "runs.task",
    "programs.recipe.data.cache",
    "programs.recipe.data.known",
    "programs.recipe.factories",
    "programs.recipe.kernels.__init__",
    "programs.recipe.training.stackable",
    "programs.recipe.info",
    "programs.recipe.deficit_scale",
    "programs.recipe.metric_choice",
    "programs.recipe.trained_criterion",
    "programs.recipe.program",
    "programs.recipe.explanation_extras",
    "core.atomic",
    "core.errors",
    "core.field_faults",
    "core.field_text",
    "core.fields",
    "core.frozen",
    "core.messages",
    "programs.recipe.model_registry",
    "records.program",
    "programs.recipe.recipe",
    "records.run",
    "records.trace",
)


def tokens(source: str) -> str:
    """What the code says, without comments, docstrings and layout: the same under every Python."""
    found: list[str] = []
    statement = True
    for token in tokenize.generate_tokens(io.StringIO(inspect.cleandoc(source) + "\n").readline):
        if token.type == tokenize.STRING and statement:
            continue  # a docstring
        if token.type in (tokenize.INDENT, tokenize.DEDENT):
            found.append("{" if token.type == tokenize.INDENT else "}")
        elif token.type not in LAYOUT:
            found.append(token.string)
        if token.type not in (tokenize.COMMENT, tokenize.NL):
            statement = token.type in (tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT)
    # Without spaces, and without doubled braces: Python 3.12 takes an f-string apart, and 3.11 does not.
    return "".join("".join(found).split()).replace("{{", "{").replace("}}", "}")


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


class Watch:
    """Notes which functions of the package run."""

    def __init__(self, package: Path) -> None:
        self._package = str(package)
        self.seen: set[CodeType] = set()
        self.modules: set[str] = set()

    def __call__(self, frame: FrameType, event: str, argument: Any) -> None:
        code = frame.f_code
        if event == "call" and code.co_flags & inspect.CO_OPTIMIZED and code.co_filename.startswith(self._package):
            self.seen.add(code)

    def digests(self) -> dict[str, str]:
        """By a function's name, of its tokens; by a module's constant, of its value's."""
        found: dict[str, set[str]] = {}
        files = set()
        for code in self.seen:
            module = Path(code.co_filename).relative_to(self._package).with_suffix("").as_posix().replace("/", ".")
            if module.startswith(BESIDE):
                continue
            files.add(Path(code.co_filename))
            self.modules.add(module)
            if "<" not in code.co_qualname:  # of others the enclosing function or constant counts
                found.setdefault(code.co_qualname, set()).add(digest(tokens(inspect.getsource(code))))
        for path in files:
            source = path.read_text(encoding="utf-8")
            for node in ast.parse(source).body:
                if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
                    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                    text = ast.get_source_segment(source, node.value) or ""
                    found.setdefault(" ".join(map(ast.unparse, targets)), set()).add(digest(tokens(text)))
        return {name: " ".join(sorted(found[name])) for name in sorted(found)}


def made_again() -> dict[str, Any]:
    """The golden runs by this version: `weights` of each, in order, and `code`, what ran.

    On a processor that lacks their instruction set they go by the best that it has: the same code, and other bits.
    """
    import paribus
    from paribus.programs.recipe.kernels import PLAIN, is_whole, native_digest, native_kernel
    from paribus.programs.recipe.recipe_text import recipe_from
    from tests.runs.golden import environment, perform_golden

    golden = json.loads(GOLDEN.read_text())
    here = environment()
    kernels = [run["kernel"] for run in golden["runs"]]
    ours = {kernel: native_kernel(is_whole(kernel)) or PLAIN for kernel in kernels if kernel.startswith("native")}
    native = native_digest() == golden["native"]
    with tempfile.TemporaryDirectory() as folder, tarfile.open(FIXTURES / "store-0.1.0.tar.xz") as archive:
        archive.extractall(folder, filter="data")
        os.chdir(folder)
        watch = Watch(Path(paribus.__file__).parent)
        weights = []
        sys.setprofile(watch)
        try:
            for run in golden["runs"]:
                kernel = ours.get(run["kernel"], run["kernel"])
                weights.append(perform_golden(recipe_from(run["fields"]), golden["seed"], kernel, Path("again")))
        finally:
            sys.setprofile(None)
    sets = all(kernel == its for kernel, its in ours.items())  # PyTorch's own kernels go by them too
    return {"environment": here, "native": native, "sets": sets, "weights": weights, "code": watch.digests()}


if __name__ == "__main__":
    now = made_again()
    if "--write" in sys.argv:
        KEPT.write_text(json.dumps(now["code"], indent=1) + "\n")
    else:
        print(json.dumps(now))

"""One training step in several engines, each in an environment of its own, in turn on one core.

    python benchmarks/peers.py --environments DIR --install [NAME ...]
    python benchmarks/peers.py --environments DIR [--rounds N]

The first makes virtual environments under DIR, those named or all, from the pinned requirements beside the peers'
scripts. `notebook`, with torchvision, takes five gigabytes, the others together three. dlib is no Python package:
install a C++ compiler and its development files (Debian: libdlib-dev, libopenblas-dev). What is absent is skipped, and
the reason printed.

All train the lesson's LeNet on the same images in the same order: batch 64, Adam with learning rate 0.001 and no weight
decay, Glorot's uniform first weights (other draws), zero biases. All get one core, one thread, and the same setting of
the C library's allocator, which keeps large buffers (glibc's malloc; it favours plain PyTorch).
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent / "peers"
BATCH, LAST = 64, 20
ENVIRONMENTS = ("pytorch", "keras", "jax", "notebook")
SETTINGS = {
    **dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1"),
    **dict.fromkeys(("MALLOC_MMAP_THRESHOLD_", "MALLOC_TRIM_THRESHOLD_"), str(1 << 30)),
    "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false",
    "TF_CPP_MIN_LOG_LEVEL": "2",
    "JAX_PLATFORMS": "cpu",
}


class Absent(Exception):
    """This peer cannot run here; the text says why."""


@dataclass(frozen=True)
class Peer:
    """A row of the table: its name, the command that starts it (raises Absent), what it adds to the environment."""

    name: str
    command: Callable[[Path, Path], list[str]]
    settings: tuple[tuple[str, str], ...] = ()


def in_environment(name: str, script: str) -> Callable[[Path, Path], list[str]]:
    """The command of a script in the environment `name`."""

    def command(environments: Path, scratch: Path) -> list[str]:
        python = environments / name / "bin" / "python"
        if not python.exists():
            raise Absent(f"there is no environment `{name}`: --install makes it")
        return [str(python), str(HERE / script)]

    return command


def compiled_dlib(environments: Path, scratch: Path) -> list[str]:
    """Compile the C++ peer into `scratch`, against the library as the system installed it."""
    compiler = shutil.which("g++") or shutil.which("c++")
    if compiler is None or shutil.which("pkg-config") is None:
        raise Absent("it needs a C++ compiler and pkg-config")
    release, flags = (
        subprocess.run(["pkg-config", *wanted, "dlib-1"], capture_output=True, text=True).stdout
        for wanted in (["--modversion"], ["--cflags", "--libs"])
    )
    if not release:
        raise Absent("dlib's development files are not installed")
    program = scratch / "dlib_engine"
    options = ["-std=c++17", "-O3", "-march=native", f'-DDLIB_RELEASE="{release.strip()}"']
    files = [str(HERE / "dlib_engine.cpp"), "-o", str(program)]
    built = subprocess.run([compiler, *options, *files, *flags.split()], capture_output=True, text=True)
    if built.returncode:
        raise Absent(f"its compilation failed: {last_line(built.stderr)}")
    return [str(program)]


BASE = "PyTorch, a plain loop"
PEERS = (
    Peer(BASE, in_environment("pytorch", "pytorch_loop.py")),
    Peer("torch.compile", in_environment("pytorch", "pytorch_loop.py"), (("PEER_COMPILE", "1"),)),
    Peer("the notebook's loop", in_environment("notebook", "notebook_loop.py")),
    Peer("Keras, model.fit", in_environment("keras", "keras_fit.py")),
    Peer("JAX, jit", in_environment("jax", "jax_jit.py")),
    Peer("dlib (C++)", compiled_dlib),
    Peer("Paribus", lambda environments, scratch: [sys.executable, str(HERE / "paribus_engine.py")]),
)


def main() -> None:
    """Install, or measure and print the tables."""
    options = parse()
    if options.install is not None:
        install(options.environments, options.install or ENVIRONMENTS)
        return
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})  # children inherit it
    with tempfile.TemporaryDirectory() as made:
        scratch = Path(made)
        write_data(scratch, options.warm_up + options.steps + LAST)
        found, skipped = measure(options, scratch)
    show(options, found, skipped)


def parse() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--environments", type=Path, required=True, help="the folder of the peers' environments")
    parser.add_argument("--install", nargs="*", choices=ENVIRONMENTS, help="make these environments, or all; and stop")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--warm-up", type=int, default=50, help="steps before those timed")
    parser.add_argument("--steps", type=int, default=300, help="steps timed, at most 867 with the warm-up")
    return parser.parse_args()


def install(environments: Path, names: Sequence[str]) -> None:
    """Make the environments, or bring those that are there to the pinned versions."""
    for name in names:
        folder = environments / name
        if not folder.exists():
            subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet"]
        subprocess.run([*pip, "-r", str(HERE / f"requirements-{name}.txt")], check=True)


def write_data(folder: Path, batches: int) -> None:
    """The first images of MNIST as the peers read them: float32, normalised; and their labels as bytes."""
    from paribus.programs.recipe.data import open_dataset
    from paribus.programs.recipe.data.prepare import input_table
    from paribus.programs.recipe.recipe import LESSON

    dataset = open_dataset("mnist")
    count = batches * BATCH
    if count > len(dataset.train_labels):
        raise SystemExit(f"{batches} batches of {BATCH} were asked for; there are {len(dataset.train_labels)} images")
    input_table(dataset, LESSON)[dataset.train_images[:count]].tofile(folder / "images.f32")
    dataset.train_labels[:count].astype("uint8").tofile(folder / "labels.u8")


def measure(options: argparse.Namespace, scratch: Path) -> tuple[dict[str, list[Any]], dict[str, str]]:
    """For each peer its answers, round by round, and why others were skipped."""
    commands: dict[str, list[str]] = {}
    skipped: dict[str, str] = {}
    for peer in PEERS:
        try:
            commands[peer.name] = peer.command(options.environments, scratch)
        except Absent as absent:
            skipped[peer.name] = str(absent)
    found: dict[str, list[Any]] = {name: [] for name in commands}
    for number in range(1, options.rounds + 1):
        for peer in PEERS:
            if peer.name not in commands or peer.name in skipped:
                continue
            # torch.compile's cache is empty in round one, so that its first step is timed as it is the first time.
            caches = {"TORCHINDUCTOR_CACHE_DIR": str(scratch / "inductor")}
            environment = {**os.environ, **SETTINGS, **caches, **dict(peer.settings)}
            arguments = [*commands[peer.name], str(scratch), str(options.warm_up), str(options.steps)]
            ran = subprocess.run(arguments, env=environment, capture_output=True, text=True)
            if ran.returncode:
                skipped[peer.name] = f"it failed: {last_line(ran.stderr)}"
                continue
            found[peer.name].append(answers(ran.stdout))
            times = ", ".join(f"{name} {answer['ms']:.2f} ms" for name, answer in found[peer.name][-1].items())
            print(f"round {number}: {peer.name}: {times}", file=sys.stderr, flush=True)
    return {name: rounds for name, rounds in found.items() if rounds and name not in skipped}, skipped


def answers(printed: str) -> dict[str, Any]:
    """The lines of JSON that a peer printed, by activation."""
    lines = [json.loads(line) for line in printed.splitlines() if line.startswith("{")]
    return {line["activation"]: line for line in lines}


def show(options: argparse.Namespace, found: dict[str, list[Any]], skipped: dict[str, str]) -> None:
    """The tables: one an activation, and what each peer is."""
    print(f"One core, batch {BATCH}; medians of {options.rounds} rounds of {options.steps} steps, in turn.")
    print("Times as fast: against the plain loop of the same round.")
    for activation in ("sigmoid", "relu"):
        print(f"\n| {activation} | ms a step | times as fast (least to most) | first step, s | loss |")
        print("|---|---|---|---|---|")
        for name, rounds in found.items():
            rows = [each[activation] for each in rounds]
            base = [each[activation]["ms"] for each in found.get(BASE, [])]
            cells = [
                name,
                f"{statistics.median(row['ms'] for row in rows):.2f}",
                ratio([b / row["ms"] for b, row in zip(base, rows, strict=True)]) if base else "",
                f"{rows[0]['first_s']:.2f}",
                f"{statistics.median(row['loss'] for row in rows):.3f}",
            ]
            print(f"| {' | '.join(cells)} |")
    print("\nThe first step, in round one, includes building and compiling the network; sigmoid came first.")
    print(f"The loss is that of {LAST} further batches, in nats: it shows that the network trains.\n")
    for name, rounds in found.items():
        row = rounds[0]["relu"]
        versions = ", ".join(f"{package} {version}" for package, version in row["versions"].items())
        print(f"- {name}: {versions}; optimiser {row['optimizer']}.")
    for name, reason in skipped.items():
        print(f"- {name}: not measured; {reason}.")


def ratio(values: Sequence[float]) -> str:
    """Median, least and most."""
    return f"{statistics.median(values):.2f} ({min(values):.2f} to {max(values):.2f})"


def last_line(text: str) -> str:
    """What a failed program said last."""
    return (text.strip().splitlines() or ["it said nothing"])[-1]


if __name__ == "__main__":
    main()

"""Run the benchmarks of speed, one after another, and write docs/performance.md from what they print.

    python benchmarks/performance.py --environments DIR --baseline-python VENV/bin/python --baseline-script notebook.py

`benchmarks/peers.py` says what DIR is and makes it; `benchmarks/lesson_pair.py` says what the other two are. What they
are needed for is left out without them, and the page says so. Let nothing else run meanwhile: figures are written as
they come. `--quick` takes few rounds, to see that all works; give it `--to` as well, or it overwrites the page.
"""

from __future__ import annotations

import argparse
import datetime
import os
import platform
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

HERE = Path(__file__).parent
PAGE = HERE.parent / "docs" / "performance.md"


@dataclass(frozen=True)
class Section:
    """A part of the page: a benchmark, what it shows, its arguments in full and in a quick run.

    `needs`: options of ours, each a path, that are handed on; without them the benchmark is left out.
    """

    title: str
    text: str
    script: str
    full: tuple[str, ...]
    quick: tuple[str, ...]
    needs: tuple[str, ...] = ()


SECTIONS = (
    Section(
        "One training step",
        "The lesson's LeNet, batch 64, one core, data in memory.",
        "training_step.py",
        ("--rounds=9",),
        ("--rounds=1",),
    ),
    Section(
        "One training step, our kernels by AVX2",
        "The same where a processor has no AVX-512.",
        "training_step.py",
        ("--rounds=5", "--instruction-set=avx2"),
        ("--rounds=1", "--instruction-set=avx2"),
    ),
    Section(
        "The lesson's pair, from shell to verdict",
        "Whole commands, with the start of Python, the statistics and the report. What was aimed at: 15 times as fast "
        "as the notebook, 3 times as fast as the same command with PyTorch's operations, and six paired seeds in a "
        "third of the time of the notebook's one pair.",
        "lesson_pair.py",
        ("--rounds=1", "--baseline-epochs=15"),
        ("--rounds=1", "--epochs=1"),
        needs=("baseline_python", "baseline_script"),
    ),
    Section(
        "Other engines",
        "The same network, images, batches, optimiser and one core for each, in turn; no weight decay, which Keras "
        "means otherwise. The notebook's loop has torchvision's transforms, picture by picture, and a DataLoader.",
        "peers.py",
        ("--rounds=3", "--steps=200"),
        ("--rounds=1", "--steps=20", "--warm-up=5"),
        needs=("environments",),
    ),
    Section(
        "What a command takes beside training",
        "Two runs or many, each command in processes of its own.",
        "whole_command.py",
        ("--rounds=3", "--runs=2,8,64", "--epochs=1"),
        ("--rounds=1", "--runs=2,4", "--epochs=1"),
    ),
    Section(
        "Programs of other people",
        "Whole commands around programs that do nothing, and a large table. What was aimed at: 1,000 runs of either "
        "within 20 s on two cores beyond the programs' own time, a million rows in 5 s and 500 MB.",
        "any_program.py",
        (),
        ("--runs=20", "--rows=1000"),
    ),
    Section(
        "The recipe `fast`",
        "Training to 99 % test accuracy in as little time as our recipes can.",
        "fast_recipe.py",
        (),
        ("--seeds=1",),
    ),
    Section(
        "The report in a browser",
        "What was aimed at: open within 1 s, and a frame within 16 ms while somebody draws.",
        "report_page.py",
        ("--epochs=2",),
        ("--epochs=1", "--rounds=1"),
    ),
    Section(
        "The first look at a data set",
        "MNIST, 60,000 + 10,000 images, in every format, read by a process of its own without the cache. What was "
        "aimed at: 3 s, of folders of files 20 s, and at most twice the raw bytes.",
        "data_formats.py",
        (),
        ("--images=600",),
    ),
    Section(
        "The lab page's server",
        "The same comparison by the command and by `paribus serve`. What was aimed at: at most 3 % more time.",
        "serve.py",
        ("--rounds=3", "--seeds=2", "--epochs=2"),
        ("--rounds=1", "--seeds=1", "--epochs=1"),
    ),
)


def main() -> int:
    """Measure, write the page; 1 where a benchmark failed."""
    options = parse()
    start = time.perf_counter()
    text, failed = again(options) if options.only else everything(options)
    options.to.write_text(text, encoding="utf-8")
    print(f"{options.to}, after {(time.perf_counter() - start) / 60:.1f} minutes", file=sys.stderr)
    return int(failed)


def everything(options: argparse.Namespace) -> tuple[str, bool]:
    """The whole page, and whether a benchmark failed."""
    start = time.perf_counter()
    results = [measured(section, options) for section in SECTIONS]
    lines = [line for section, _ in results for line in section]
    begun = head((time.perf_counter() - start) / 60, options.quick)
    return "\n".join([*begun, *lines, *tail()]), any(failed for _, failed in results)


def again(options: argparse.Namespace) -> tuple[str, bool]:
    """The page as it is, with the chosen sections measured again, each saying when; whether one of them failed."""
    text, failures = options.to.read_text(encoding="utf-8"), []
    for section in SECTIONS:
        if section.script not in options.only:
            continue
        lines, failed = measured(section, options)
        failures.append(failed)
        revision = dict(machine())["Paribus"]
        lines[2:2] = [f"Measured by itself on {datetime.date.today().isoformat()}, Paribus {revision}.", ""]
        before, _, rest = text.partition(lines[0] + "\n")
        after = rest[rest.index("\n## ") + 1 :]
        text = before + "\n".join(lines) + "\n" + after
    return text, any(failures)


def parse() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--environments", type=Path, help="the folder of the peers' environments")
    parser.add_argument("--baseline-python", type=Path, help="a Python with torch and torchvision")
    parser.add_argument("--baseline-script", type=Path, help="the notebook as a script")
    parser.add_argument("--quick", action="store_true", help="few rounds: figures too rough to keep")
    scripts = sorted({section.script for section in SECTIONS})
    parser.add_argument("--only", nargs="+", choices=scripts, help="measure these again, and keep the rest of the page")
    parser.add_argument("--to", type=Path, default=PAGE, help="the page to write")
    return parser.parse_args()


def measured(section: Section, options: argparse.Namespace) -> tuple[list[str], bool]:
    """The section's lines, and whether its benchmark failed."""
    arguments = list(section.quick if options.quick else section.full)
    names = ["--" + need.replace("_", "-") for need in section.needs]
    paths = [getattr(options, need) for need in section.needs]
    stand_ins = [f"{name}={need.upper()}" for name, need in zip(names, section.needs, strict=True)]
    command = " ".join(["python", f"benchmarks/{section.script}", *arguments, *stand_ins])
    lines = [f"## {section.title}", "", *textwrap.wrap(section.text, 120), "", f"    {command}", ""]
    if None in paths:
        return [*lines, f"Not measured here: no {names[paths.index(None)]} was given.", ""], False
    print(f"== {command}", file=sys.stderr, flush=True)
    start = time.perf_counter()
    handed_on = [f"{name}={path}" for name, path in zip(names, paths, strict=True)]
    called = [sys.executable, str(HERE / section.script), *arguments, *handed_on]
    ran = subprocess.run(called, stdout=subprocess.PIPE, text=True)
    print(f"   {time.perf_counter() - start:.0f} s", file=sys.stderr, flush=True)
    if ran.returncode:
        return [*lines, "Not measured here: the benchmark failed.", ""], True
    return [*lines, ran.stdout.strip(), ""], False


def head(minutes: float, quick: bool) -> list[str]:
    """How the page came to be, and on what machine."""
    rough = ["**A quick run: the figures are rough.**", ""] if quick else []
    return [
        "# Performance",
        "",
        "Written by `python benchmarks/performance.py`: every table is what the command above it printed. Absolute",
        "times drift with the machine; ratios come from runs in turn. Each command asks your own machine.",
        "",
        *rough,
        "| | |",
        "|---|---|",
        *(f"| {name} | {value} |" for name, value in machine()),
        f"| measured | {datetime.date.today().isoformat()}, in {minutes:.0f} minutes, all on this machine |",
        "",
    ]


def machine() -> Iterator[tuple[str, str]]:
    """What the figures depend on, as far as the system says it."""
    from paribus.cli.doctor import examine

    facts = examine()
    yield "processor", facts["processor"]
    yield "cores", str(os.cpu_count())
    if hasattr(os, "sysconf") and "SC_PHYS_PAGES" in os.sysconf_names:
        yield "memory", f"{os.sysconf('SC_PHYS_PAGES') * os.sysconf('SC_PAGE_SIZE') / 2**30:.0f} GiB"
    system = platform.freedesktop_os_release()["PRETTY_NAME"] if platform.system() == "Linux" else platform.platform()
    yield "system", f"{system}, {platform.machine()}"
    yield "Python, PyTorch, NumPy", ", ".join([platform.python_version(), version("torch"), version("numpy")])
    revision, comma, changes = facts["git revision"].partition(",")
    yield "Paribus", f"{facts['paribus'].split()[0]}, git {revision[:12]}{comma}{changes}"
    yield "kernel", facts["kernel"]


def tail() -> list[str]:
    """What the page does not say."""
    return [
        "## Not measured",
        "",
        "A GPU, Apple's processors, Windows, and machines of more cores or of other makers. The notebook's line is an",
        "extrapolation where its table says so.",
        "",
    ]


if __name__ == "__main__":
    raise SystemExit(main())

"""The pictures of docs/why.md, made by the commands that stand above them there.

    python tools/why_pictures.py [--only TEXT] [--to docs/images]
    python tools/why_pictures.py --store DIR --comparison NAME

The first trains what the chapter's symptoms show, a few seconds each, and keeps each picture. With `--comparison`, the
name of an explained one, it draws in addition what `paribus figure NAME --kind forces` and `--kind interventions` do,
at a screen's resolution.
"""

from __future__ import annotations

import argparse
import base64
import io
import re
import shlex
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CHAPTER = ROOT / "docs" / "why.md"
KINDS = ("forces", "interventions")
DOTS = 110  # an inch

SECTION = re.compile(r"^### (?P<title>.+)$\n(?P<body>(?:(?!^##).*\n)*)", re.MULTILINE)
COMMAND = re.compile(r"^    (paribus train .*--figure \w+)$", re.MULTILINE)
PICTURE = re.compile(r"^!\[[^\]]+\]\(images/(\S+\.svg)\)$", re.MULTILINE)
FILE = re.compile(r"^```python\n(# (\w+\.py)\n.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Symptom:
    """A section of the chapter: its title, the command that shows the symptom, and the picture which that draws."""

    title: str
    command: str
    picture: str


def symptoms(text: str) -> tuple[Symptom, ...]:
    """The chapter's symptoms, in order. Raises ValueError where one has not just one command and one picture."""
    found = []
    for section in SECTION.finditer(text.partition("\n## The symptoms\n")[2].partition("\n## ")[0] + "\n"):
        commands, pictures = COMMAND.findall(section["body"]), PICTURE.findall(section["body"])
        if len(commands) != 1 or len(pictures) != 1:
            raise ValueError(f"{section['title']} must have one command and one picture; got {commands}, {pictures}")
        found.append(Symptom(section["title"], commands[0], pictures[0]))
    return tuple(found)


def files(text: str) -> dict[str, str]:
    """The Python files that the chapter shows, which its commands need in their folder."""
    return {name: body for body, name in FILE.findall(text)}


def slim(svg: str) -> str:
    """The same drawing in fewer bytes: no comments, no indentation, short names, hundredths of a point at most."""
    svg = re.sub(r"(?<=base64,)[^\"]+", lambda found: _of_few_colours(found[0]), svg)
    svg = re.sub(r"<!--.*?-->|<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    svg = re.sub(r'(?<= d=")[^"]*\.[^"]*|translate\([^)]*\)', lambda found: _rounded(found[0]), svg)
    svg = re.sub(r'(?<= [xy]=")[\d.]+', lambda found: _rounded(found[0]), svg)
    svg = re.sub(r'<g id="\w+_\d+"', "<g", svg)
    for number, name in enumerate(dict.fromkeys(re.findall(r' id="([^"]+)"', svg))):
        svg = re.sub(rf'(?<=["#]){re.escape(name)}(?=[")])', f"s{number}", svg)
    return re.sub(r"\n\s*", "\n", re.sub(r"\s*\n\s*(?=[LQCMz\"])", " ", svg)).strip() + "\n"


def _of_few_colours(png: str) -> str:
    """An image in base64 with a palette: what is drawn in one scale of colours has no more than fit there."""
    from PIL import Image

    with io.BytesIO(base64.b64decode(png)) as source, io.BytesIO() as target:
        image = Image.open(source).convert("RGBA")
        paper = Image.new("RGBA", image.size, "white")
        Image.alpha_composite(paper, image).convert("RGB").quantize(256).save(target, "png", optimize=True)
        return base64.b64encode(target.getvalue()).decode("ascii")


def _rounded(text: str) -> str:
    return re.sub(r"-?\d+\.\d{3,}", lambda found: f"{float(found[0]):.2f}".rstrip("0").rstrip("."), text)


def make(symptom: Symptom, folder: Path, to: Path) -> Path:
    """Run the command as it stands, in a store of its own, and keep its picture. Raises CalledProcessError."""
    store = Path(tempfile.mkdtemp(dir=folder))
    words = [sys.executable, "-m", "paribus", *shlex.split(symptom.command)[1:], "--out", str(store), "--lang", "en"]
    subprocess.run(words, cwd=folder, check=True, stdout=subprocess.DEVNULL)
    (drawn,) = store.glob("runs/*/*.svg")
    target = to / symptom.picture
    target.write_text(slim(drawn.read_text(encoding="utf-8")), encoding="utf-8")
    return target


def main() -> None:
    """Draw them all."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="", metavar="TEXT", help="symptoms whose title contains TEXT")
    parser.add_argument("--store", help="the store of the comparison (PARIBUS_OUT, or ./paribus-lab)")
    parser.add_argument("--comparison", help="its name, or the beginning of that")
    parser.add_argument("--to", type=Path, default=ROOT / "docs" / "images", help="folder for the pictures")
    options = parser.parse_args()
    text = CHAPTER.read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as name:
        for file, body in files(text).items():
            (Path(name) / file).write_text(body, encoding="utf-8")
        for symptom in symptoms(text):
            if options.only.lower() in symptom.title.lower():
                print(make(symptom, Path(name), options.to))
    if options.comparison is not None:
        draw_comparison(options.comparison, options.store, options.to)


def draw_comparison(name: str, store: str | None, to: Path) -> None:
    """The pictures of the explained comparison."""
    import paribus as pb

    comparison = pb.load_comparison(name, out=store)
    for kind in KINDS:
        path = to / f"why-{kind}.png"
        comparison.figure(kind).savefig(path, dpi=DOTS)
        print(path)


if __name__ == "__main__":
    main()

"""How long the first look at 60,000 images takes in every format, and how much memory at its peak.

With a test set of 10,000. What is aimed at: 3 s, of folders of files 20 s, and twice the raw bytes.

    python benchmarks/data_formats.py

The images are MNIST's own, written in each format first. Each is read by a process of its own, without the cache.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

FORMATS = ("npz", "npz float32", "csv", "csv of floats", "idx names", "images")


def main() -> None:
    """Write, read in a process each, print."""
    parser = argparse.ArgumentParser(description="Time and memory of the first look at 60,000 images of each format.")
    parser.add_argument("--images", type=int, default=60_000, help="how many are written, and a sixth of them to test")
    parser.add_argument("--read", metavar="PATH", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.read:
        read(options.read)
        return
    print("| format | s of the processor | s waited | memory, times the raw bytes |\n|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        for name in FORMATS:
            path = write(Path(folder), name, options.images)
            command = [sys.executable, __file__, "--read", str(path)]
            found = subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
            print(f"| {name} | {found} |", flush=True)


def read(path: str) -> None:
    """Look for a format, read it and make the data set's arrays, as the first opening does before it stores them."""
    from paribus.programs.recipe.data.formats import find_own
    from paribus.programs.recipe.data.raw import to_content

    before = kilobytes("VmRSS")
    start, wall = time.process_time(), time.perf_counter()
    own = find_own(path)
    assert own is not None
    found = own.read()
    arrays = (found.train_images, found.train_labels, found.test_images, found.test_labels)
    raw = sum(array.nbytes for array in arrays if array is not None)
    to_content(found)
    used, waited = time.process_time() - start, time.perf_counter() - wall
    peak = (kilobytes("VmHWM") - before) * 1024
    print(f"{used:.2f} | {waited:.2f} | {peak / raw:.1f}")


def kilobytes(name: str) -> int:
    """A figure of this process, as Linux gives it; getrusage's peak would be the parent's."""
    return int(re.findall(rf"{name}:\s+(\d+)", Path("/proc/self/status").read_text())[0])


def write(folder: Path, name: str, count: int = 60_000) -> Path:
    """The first images of MNIST in one format."""
    import numpy as np

    from paribus.programs.recipe.data import open_dataset

    mnist = open_dataset("mnist")
    x, y = np.array(mnist.train_images[:count, 0]), np.array(mnist.train_labels[:count])
    test_x, test_y = np.array(mnist.test_images[: count // 6, 0]), np.array(mnist.test_labels[: count // 6])
    place = folder / name.replace(" ", "-")
    if name.startswith("npz"):
        given = [x, test_x] if name == "npz" else [(images / 255).astype(np.float32) for images in (x, test_x)]
        np.savez(place.with_suffix(".npz"), x_train=given[0], y_train=y, x_test=given[1], y_test=test_y)
        return place.with_suffix(".npz")
    place.mkdir()
    if name == "csv of floats":
        values = np.concatenate([x, test_x]).reshape(-1, x[0].size)[:, ::6] / np.float32(255) - np.float32(0.1307)
        names = [chr(97 + column // 26) + chr(97 + column % 26) for column in range(values.shape[1])]
        with (place / "all.csv").open("w") as file:
            file.write(",".join(["target", *names]) + "\n")
            for row, label in zip(values, np.concatenate([y, test_y]), strict=True):
                file.write(",".join([f"{label + 0.5}", *(f"{value:.6g}" for value in row)]) + "\n")
        return place / "all.csv"
    if name == "csv":
        for part, images, labels in (("train", x, y), ("test", test_x, test_y)):
            rows = np.column_stack([labels, images.reshape(len(images), -1)])
            text = np.array([str(number) for number in range(256)])
            with (place / f"{part}.csv").open("w") as file:
                file.writelines(",".join(text[row]) + "\n" for row in rows)
    elif name == "idx names":
        from paribus.programs.recipe.data.idx import idx_header

        for part, images, labels in (("train", x, y), ("test", test_x, test_y)):
            for kind, array in (("images", images), ("labels", labels.astype(np.uint8))):
                (place / f"mine-{part}-{kind}-idx3-ubyte").write_bytes(idx_header(array.shape) + array.tobytes())
    else:
        from PIL import Image

        for part, images, labels in (("train", x, y), ("test", test_x, test_y)):
            for number, (image, label) in enumerate(zip(images, labels, strict=True)):
                target = place / part / str(label)
                target.mkdir(parents=True, exist_ok=True)
                Image.fromarray(image).save(target / f"{number}.png")
    return place


if __name__ == "__main__":
    main()

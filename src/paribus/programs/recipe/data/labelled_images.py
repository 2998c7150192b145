"""A folder of images with a CSV that says what each shows: `0001.png,cat` a line, under a heading or not."""

from __future__ import annotations

from pathlib import Path

from paribus.core.errors import DataError
from paribus.programs.recipe.data.csv_heading import cells_of, label_column
from paribus.programs.recipe.data.image_folders import folders_in, images_in
from paribus.programs.recipe.data.raw import regular

_BYTES = 1 << 28  # of the CSV


def labelled_images(place: Path) -> tuple[dict[str, Path], Path] | None:
    """The images, by train/CLASS/LINE, and the CSV; None where the folder has no such CSV.

    The images lie beside the CSV or in a folder there; the CSV names them with or without their endings. Where it has
    more than two columns, that of the labels has a name that says so. Raises DataError where a line names none of them.
    """
    if not place.is_dir():
        return None
    tables = [path for path in sorted(place.iterdir()) if path.suffix.lower() == ".csv" and path.is_file()]
    if not tables:
        return None
    there: dict[str, Path] = {}
    for folder in (place, *(place / name for name in folders_in(place))):
        for name in images_in(folder):
            here = {name, name[: name.rindex(".")], f"{folder.name}/{name}"}
            there |= {one: folder / name for one in here if one not in there}
    return next(((found, table) for table in tables if there and (found := _named(table, there))), None)


def _named(table: Path, there: dict[str, Path]) -> dict[str, Path] | None:
    """The images that one CSV names; None where it names none in its first lines."""
    if regular(table) > _BYTES:
        return None
    lines = [cells_of(line, table) for line in table.read_bytes().splitlines() if line.strip()]
    first = next((cells for cells in lines[:2] if any(cell in there for cell in cells)), None)
    if first is None or len(first) < 2:
        return None
    at = next(place for place, cell in enumerate(first) if cell in there)
    label = 1 - at if len(first) == 2 else label_column(lines[0])
    if label is None:
        return None
    heading, found = first is not lines[0], {}
    for number, cells in enumerate(lines[heading:], 1 + heading):
        if len(cells) != len(first) or cells[at] not in there:
            raise DataError("{path}, line {line:,}, names no image of this folder.", path=table, line=number)
        if not cells[label]:
            raise DataError("{path}, line {line:,}, has no label.", path=table, line=number)
        found[f"train/{cells[label].replace('/', '_')}/{number}"] = there[cells[at]]
    return found

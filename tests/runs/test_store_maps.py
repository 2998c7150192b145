"""Maps in the store: kept whole, found by their beginning, and refused where they do not fit together."""

from __future__ import annotations

from pathlib import Path

import pytest

from paribus.core.errors import StoreError
from paribus.runs.store import Store, prune, to_prune
from tests.map_cases import a_map
from tests.runs.store_cases import new_record, write_run


def test_a_map_is_read_back_as_it_was(tmp_path: Path) -> None:
    store, made = Store(tmp_path), a_map()
    path = store.save_map(made)
    assert path == tmp_path / "maps" / made.id / "map.json"
    assert store.load_map(made.id) == made
    assert store.load_map("map-act") == made
    assert store.is_map("map-act")
    assert not store.is_map("lenet")
    assert store.map_survey() == ((made,), ())


def test_a_store_without_maps_has_none(tmp_path: Path) -> None:
    store = Store(tmp_path / "nowhere")
    assert store.map_survey() == ((), ())
    assert not store.is_map("map")
    with pytest.raises(StoreError, match='no map "map" in the store'):
        store.load_map("map")
    assert not (tmp_path / "nowhere").exists()


def test_a_map_under_way_is_none_yet_but_its_runs_are_kept(tmp_path: Path) -> None:
    store, made = Store(tmp_path), a_map()
    run = write_run(tmp_path, new_record()).path.name
    assert [pruning.what for pruning in to_prune(store, runs=True)] == ["run"]
    store.record_map_plan(made.id, [run])
    assert not store.is_map(made.id)
    assert "run" not in [pruning.what for pruning in to_prune(store, runs=True)]
    prune(store, to_prune(store, runs=True))
    assert store.has_run(run)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"cells": a_map().cells[:-1]}, "a cell for each point of its axes"),
        ({"cells": (*a_map().cells[:-1], a_map().cells[0])}, "a cell for each point of its axes"),
        ({"cells": (*a_map().cells[:-1], a_map().cells[-1].model_copy(update={"at": (7.0, 7.0)}))}, "lie on the axes"),
        ({"cells": (*a_map().cells[:-1], a_map().cells[-1].model_copy(update={"at": (7.0,)}))}, "for each axis"),
        ({"cells": (a_map().cells[0].model_copy(update={"winner": "gelu"}), *a_map().cells[1:])}, "arms of the map"),
        ({"cells": (a_map().cells[0].model_copy(update={"winner": None}), *a_map().cells[1:])}, "a winner where one"),
        ({"arms": a_map().arms[:1]}, "two arms or more"),
        ({"axes": ()}, "one or two axes"),
        ({"schema_number": 99}, "schema_number must be 2; got 99"),
    ],
)
def test_what_does_not_fit_together_is_refused(tmp_path: Path, change: dict[str, object], message: str) -> None:
    store = Store(tmp_path)
    store.save_map(a_map().model_copy(update=change))
    with pytest.raises(StoreError, match=message):
        store.load_map("map")
    found, faults = store.map_survey()
    assert (found, len(faults)) == ((), 1)


def test_a_map_in_another_ones_folder_and_a_torn_one_are_refused(tmp_path: Path) -> None:
    store = Store(tmp_path)
    path = store.save_map(a_map())
    other = Store(tmp_path).map_folder("map-other")
    path.parent.rename(other)
    with pytest.raises(StoreError, match="which the folder's name must be"):
        store.load_map("map-other")
    (other / "map.json").write_text('{"schema_number": 1')
    with pytest.raises(StoreError, match="not a valid map"):
        store.load_map("map-other")
    with pytest.raises(StoreError, match="the name of a map must be"):
        Store(tmp_path).map_folder("../map")

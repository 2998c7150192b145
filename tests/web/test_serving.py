"""What the server says over the wire: options, checks, who listens, and an end in the middle of a request."""

from __future__ import annotations

import contextlib
import json
import sys
import threading
import time
from pathlib import Path

import pytest

from paribus.programs.recipe.built_in_recipes import BUILT_IN
from paribus.programs.recipe.recipe import FIELDS, LESSON
from paribus.runs.store import Store
from paribus.web import server, store_handlers
from paribus.web.server import ServerOptions
from tests.cli.lab import until
from tests.factories import make_comparison
from tests.web.client import Client
from tests.web.conftest import TINY, serving

pytestmark = pytest.mark.slow


def descriptors() -> int:
    """How many this process has open, and the server in it (Linux)."""
    return len(list(Path("/proc/self/fd").iterdir()))


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="counts sockets in /proc")
def test_a_hundred_viewers_that_leave_leave_nothing_behind(client: Client):
    before = descriptors()
    with contextlib.ExitStack() as viewers:
        for _ in range(100):
            next(viewers.enter_context(client.events()))
        assert descriptors() > before + 190  # both ends are here
    until(lambda: descriptors() <= before + 2)


def test_options_say_what_a_recipe_takes(client: Client):
    options = client.get("/api/options").json
    assert [field["name"] for field in options["fields"]] == list(FIELDS)
    for field in options["fields"]:
        assert set(field["label"]) == set(field["meaning"]) == {"en", "ko"}
        for recipe, (built_in, _) in BUILT_IN.items():
            assert field[recipe] == json.loads(json.dumps(getattr(built_in, field["name"])))
        for choice in field["choices"]:
            LESSON.with_field(field["name"], choice)
        for limit, accepted in (("at_least", True), ("above", False), ("at_most", True), ("below", False)):
            if limit in field["limits"]:
                value = field["limits"][limit]
                assert taken(field["name"], value if field["kind"] == "whole" else float(value)) == accepted
    kinds = {field["name"]: field["kind"] for field in options["fields"]}
    assert {name for name, kind in kinds.items() if kind == "choice"} == {
        *("batch_order", "activation", "pooling", "initialisation", "optimizer", "loss", "schedule")
    }
    assert kinds["bias_value"] == "text"
    assert kinds["dense_widths"] == "list"
    assert client.post("/api/check", {**options["defaults"], "seeds": 0}).json["faults"][0]["received"] == "0"


def taken(field: str, value: object) -> bool:
    try:
        LESSON.with_field(field, value)
    except ValueError:
        return False
    except Exception as error:
        assert type(error).__name__ == "RecipeError"
        return False
    return True


def test_a_check_gives_all_faults_at_once_in_both_languages(client: Client):
    wrong = {**TINY, "seeds": 0, "margin": -1, "settings": {"learning_rate": 0, "poolling": "max"}}
    checked = client.post("/api/check", wrong).json
    assert (checked["ok"], checked["estimate"], checked["command"]) == (False, None, None)
    rules = {fault["rule"]["en"]: fault for fault in checked["faults"]}
    assert len(rules) == 4
    assert rules["learning_rate must be greater than 0.0"]["rule"]["ko"] == "학습률은 0.0보다 커야 합니다"
    assert rules["learning_rate must be greater than 0.0"]["received"] == "0"
    assert rules["learning_rate must be greater than 0.0"]["field"] == "learning_rate"
    assert client.post("/api/comparisons", wrong).json["faults"] == checked["faults"]
    (choice,) = client.post("/api/check", {**TINY, "values": ["relu", "rely"]}).json["faults"]
    assert "relu" in choice["choices"]


def test_a_check_estimates_and_gives_the_command(client: Client, store: Path):
    own = {"settings": {"train_size": 500, "validation_fraction": 0.02}}  # of which no other test has made a run
    checked = client.post("/api/check", {**TINY, **own, "factor": "pooling", "values": ["max", "avg"]}).json
    assert checked["ok"], checked
    assert checked["estimate"]["runs"] == 2
    assert checked["estimate"]["finished"] == 0
    assert 0 < checked["estimate"]["seconds"] < 600
    assert checked["estimate"]["bytes"] > 10_000
    assert checked["command"].startswith("paribus compare pooling=max,avg --recipe=fair")
    assert f"--out={store}" in checked["command"]
    (fault,) = client.post("/api/check", {**TINY, "settings": {"train_size": 70_000}}).json["faults"]
    assert fault["field"] == "train_size"  # which only the data can tell


def test_a_check_downloads_nothing(client: Client):
    """Of a set that is not here it says how much the start will download."""
    order = {"factor": "activation", "values": ["sigmoid", "relu"], "settings": {"dataset": "kmnist"}, "seeds": 3}
    found = client.post("/api/check", order).json
    assert found["ok"]
    assert found["estimate"] == {
        "seconds": None,
        "finished": None,
        "resumed": None,
        "bytes": None,
        "workers": None,
        "runs": 6,
        "download": 21_000_000,
    }


def test_a_request_that_the_end_cuts_off_leaves_the_terminal_quiet(tmp_path, monkeypatch, capfd):
    comparison = make_comparison("lesson")
    Store(tmp_path).save_comparison(comparison)
    asked = threading.Event()

    def slow(*whose: object) -> None:
        asked.set()
        time.sleep(0.6)

    monkeypatch.setattr(store_handlers, "sound_explanation", slow)
    monkeypatch.setattr(server, "GRACE_SECONDS", 0.1)
    with serving(ServerOptions(tmp_path, port=0)) as served:
        client = Client(served.address).enter()
        asking = threading.Thread(target=lambda: client.get(f"/api/comparisons/{comparison.id}"))
        asking.start()
        assert asked.wait(10)
    asking.join()
    assert capfd.readouterr().err == ""

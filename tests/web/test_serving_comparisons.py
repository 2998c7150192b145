"""A comparison over the wire: while it runs, what is shown of it, and its explanation."""

from __future__ import annotations

import base64
import threading
import zlib
from pathlib import Path

import numpy as np
import pytest
from markupsafe import escape

from paribus.comparison.words.verdict_text import headlines, pair_words, verdict_words
from paribus.figures.differences import differences_figure
from paribus.figures.svg import svg
from paribus.report.page import tied
from paribus.runs.store import Store
from paribus.runs.store.authorship import SEAL
from paribus.web import store_handlers
from paribus.web.job_states import ENDED
from paribus.web.read_store import run_weights
from paribus.web.server import ServerOptions
from tests.diagnosis.explanations import EVERY_KIND, an_explanation
from tests.factories import make_comparison
from tests.web.client import Client
from tests.web.conftest import TINY, serving

pytestmark = pytest.mark.slow

# Epochs of about half a second, so that a pause after the first one meets runs that have far to go.
LONG = {**TINY, "settings": {"train_size": 2048, "validation_fraction": 0.02, "dropout": 0.2}, "epochs": 4}


@pytest.fixture(scope="module")
def made(client: Client):
    """A tiny comparison, with all that was told on the way."""
    with client.events() as events:
        first = next(events)
        assert first[1:] == ("state", {"jobs": []})
        begun = client.post("/api/comparisons", TINY)
        assert begun.status == 201
        told = []
        for event in events:
            told.append(event)
            if event[1] == "verdict":
                break
    return begun.json["job"]["id"], told


def test_what_happens_is_told_in_order(made):
    job_id, told = made
    names = [name for _, name, _ in told]
    assert names.count("verdict") == 1
    assert all(data.get("job", job_id) == job_id for _, _, data in told)
    assert sorted(data["state"] for _, name, data in told if name == "run") == ["finished"] * 2 + ["training"] * 2
    assert sorted(data["arm"] for _, name, data in told if name == "epoch") == ["relu", "sigmoid"]
    last = [data for _, name, data in told if name == "job"][-1]
    assert (last["state"], last["progress"]) == ("finished", {"runs": 2, "ended": 2, "epochs": 2, "done": 2})


def test_a_page_that_reconnects_hears_what_it_missed(client: Client, made):
    _, told = made
    with client.events(told[0][0]) as events:
        again = []
        while not again or again[-1][1] != "verdict":
            again.append(next(events))
    lasting = ("run", "epoch", "verdict")
    assert [event for event in again if event[1] in lasting] == [event for event in told if event[1] in lasting]
    assert [data["state"] for _, name, data in again if name == "job"] == ["finished"]


def test_a_comparison_is_the_stores_own_in_both_languages(client: Client, store: Path, made):
    (comparison,) = Store(store).comparisons()
    (listed,) = client.get("/api/comparisons").json["comparisons"]
    assert (listed["id"], listed["explained"]) == (comparison.id, False)
    assert listed["title"] == {"en": "Sigmoid / ReLU", "ko": "시그모이드 / ReLU"}
    found = client.get(f"/api/comparisons/{comparison.id}").json
    assert found["comparison"]["verdict"] == {lang: verdict_words(comparison, lang) for lang in ("en", "ko")}
    assert found["pairs"][0]["headline"]["ko"] == tied(headlines(comparison, "ko")[0])
    assert found["why"] is None
    assert client.post("/api/check", found["order"]).json["id"] == comparison.id, "it asks for the same again"
    runs = client.get(f"/api/jobs/{made[0]}").json["runs"]
    assert {(run["run"], run["state"], len(run["metrics"])) for run in runs} == {
        (run.id, "finished", len(run.curves["val_loss"])) for arm in comparison.arms for run in arm.runs
    }
    for lang in ("en", "ko"):
        report = client.get(f"/api/comparisons/{comparison.id}/report?lang={lang}")
        assert report.status == 200
        assert report.headers["content-disposition"] == f'attachment; filename="{comparison.id}.{lang}.html"'
        assert f'<html lang="{lang}">' in report.body.decode()
    lab = client.get(f"/api/comparisons/{comparison.id}/lab?lang=ko").json
    assert [arm["name"] for arm in lab["arms"]] == ["시그모이드", "ReLU"]
    assert client.get(f"/api/comparisons/{comparison.id}/lab?lang=fr").status == 400
    drawn = client.get(f"/api/comparisons/{comparison.id}/verdict?lang=ko").json["html"]
    assert svg(differences_figure(comparison, "ko", 960), "differences-wide") in drawn, "as in the report"
    assert 'viewBox="0 0 360 ' in drawn
    assert escape(tied(pair_words(comparison, comparison.pairs[0], "ko"))) in drawn
    assert (store / "comparisons" / comparison.id / "report.html").is_file()


def test_what_is_no_comparison_or_goes_away_hides_no_other(tmp_path, monkeypatch):
    comparison = make_comparison("lesson")
    file = Store(tmp_path).save_comparison(comparison)
    folder = tmp_path / "comparisons" / "folder" / "comparison.json"
    folder.mkdir(parents=True)
    gone = tmp_path / "comparisons" / "gone" / "comparison.json"
    monkeypatch.setattr(store_handlers, "comparison_files", lambda store: (folder, gone, file))
    with serving(ServerOptions(tmp_path, port=0)) as served:
        found = Client(served.address).enter().get("/api/comparisons")
    assert found.status == 200
    assert [one["id"] for one in found.json["comparisons"]] == [comparison.id]
    assert len(found.json["faults"]) == 1


def test_a_comparison_is_tagged_and_its_own_file_stays(client: Client, store: Path, made):
    file = Store(store).save_comparison(make_comparison("lesson").model_copy(update={"id": "tagged-12345678"}))
    before = file.read_bytes()
    address = "/api/comparisons/tagged-12345678/tags"

    def tags() -> list[str]:
        found = client.get("/api/comparisons").json["comparisons"]
        return next(one["tags"] for one in found if one["id"] == "tagged-12345678")

    assert client.post(address, {"add": ["논문", "a"]}).json == {"tags": ["a", "논문"]}
    assert client.post(address, {"add": ["b"], "remove": ["a"]}).json == {"tags": ["b", "논문"]}
    assert tags() == ["b", "논문"] == sorted(Store(store).tags("tagged-12345678"))
    for body, status in (({"add": ["two words"]}, 422), ({"add": [str(n) for n in range(20)]}, 422)):
        assert client.post(address, body).status == status
    for body in ({"add": "a"}, {"add": [1]}, {"remove": None}, {"tags": []}):
        assert client.post(address, body).status == 400
    assert client.post("/api/comparisons/none-12345678/tags", {"add": ["a"]}).status == 404
    assert (tags(), file.read_bytes()) == (["b", "논문"], before)
    kept = file.with_name("tags.json")
    kept.write_bytes(kept.read_bytes().replace(b'"b"', b'"c"'))
    assert tags() == [], "damaged tags hide no comparison"
    assert "tags.json" in client.get("/api/comparisons").json["faults"][0]["rule"]["ko"]
    assert client.post(address, {"add": ["a"]}).status == 422
    kept.unlink()
    file.unlink()


def test_weights_and_story_of_a_run_are_the_stores_own(client: Client, store: Path, made):
    run = Store(store).runs()[0]
    answer = client.get(f"/api/runs/{run.id}/weights")
    found = answer.json
    assert (found["moment"]["name"], found["moment"]["epoch"]) == ("epoch-0001", 1)
    packed = found["network"]["weights"]
    planes = np.frombuffer(zlib.decompress(base64.b64decode(packed["data"])), np.uint8)
    numbers = planes.reshape(2, -1).T.copy().view("<f2").ravel()
    whole = np.concatenate([run_weights(store, run.id, "epoch-0001")[name].ravel() for name in packed["shapes"]])
    np.testing.assert_array_equal(numbers, whole.astype(np.float16))
    assert client.get(f"/api/runs/{run.id}/weights", If_None_Match=answer.headers["etag"]).status == 304
    story = client.get(f"/api/runs/{run.id}/story").json["story"]
    looks = Store(store).open_run(run.id).trace()
    norms = story["course"]["layers"]["conv1"]["weight_norm"]
    assert norms == pytest.approx([seen.layers["conv1"].weight_norm for seen in looks], rel=1e-3)
    (newest,) = story["moments"]
    assert newest["layers"]["conv1"][0] == norms[-1] > 0
    assert newest["done"] == story["course"]["epochs"][-1]


def test_a_hundred_clicks_in_two_tabs_leave_one_comparison(client: Client, store: Path, made):
    """Start, pause, resume at once from many threads: one job, which ends as if nothing had happened."""
    answers = []

    def click(turn: int) -> None:
        if turn % 3 == 0:
            answers.append(client.post("/api/comparisons", LONG).status)
        else:
            for job in client.get("/api/jobs").json["jobs"]:
                if job["state"] not in ENDED:
                    command = "pause" if turn % 3 == 1 else "resume"
                    answers.append(client.post(f"/api/jobs/{job['id']}/{command}").status)

    threads = [threading.Thread(target=lambda tab=tab: [click(tab + 2 * n) for n in range(25)]) for tab in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(answers) <= {200, 201}
    assert answers.count(201) == 1
    (job,) = [job for job in client.get("/api/jobs").json["jobs"] if job["state"] not in ENDED]
    client.post(f"/api/jobs/{job['id']}/resume")
    while not any(run["metrics"] for run in client.until(job["id"], "running")["runs"]):
        pass
    client.post(f"/api/jobs/{job['id']}/pause")
    paused = client.until(job["id"], "paused")
    assert 0 < paused["progress"]["done"] < 8
    assert not [record for record in Store(store).runs() if Store(store).is_locked(record.id)]
    client.post(f"/api/jobs/{job['id']}/resume")
    client.until(job["id"], "finished")
    assert client.post(f"/api/jobs/{job['id']}/pause").status == 409
    assert len(client.get("/api/comparisons").json["comparisons"]) == 2


def test_why_is_a_job_too(client: Client, store: Path, made):
    job_id, _ = made
    address = f"/api/comparisons/{client.get(f'/api/jobs/{job_id}').json['comparison']}/why"
    answer = client.post(address, {"budget": 0.5})
    assert answer.status == 201
    assert client.post(address, {"budget": -1}).status == 422
    job = client.until(answer.json["job"]["id"], "finished")
    assert (job["kind"], job["order"]) == ("why", None)
    found = client.get(f"/api/comparisons/{job['comparison']}").json
    assert found["comparison"]["explanation"]["budget"]["allowed"] == 0.5
    assert found["why"]["headline"]["ko"]
    part = client.get(f"/api/comparisons/{job['comparison']}/why?lang=ko").json
    assert found["why"]["headline"]["ko"] in part["html"]
    assert {"interventions", "courses"} == part["tables"].keys()


def test_a_damaged_explanation_hides_no_comparison(client: Client, store: Path, made):
    comparison = Store(store).comparisons()[0].model_copy(update={"id": "damaged-12345678"})
    Store(store).save_comparison(comparison)
    assert client.get("/api/comparisons/damaged-12345678/why").status == 404, "nobody has asked"
    kept = store / "comparisons" / "damaged-12345678" / "explanation.json"
    for content in ("{", an_explanation(*EVERY_KIND[1:], comparison=make_comparison("open")).model_dump_json()):
        kept.write_text(content)
        found = client.get("/api/comparisons/damaged-12345678")
        assert found.status == 200
        assert found.json["comparison"]["pairs"]
        assert found.json["comparison"]["explanation"] is None
        assert found.json["why"] is None
        assert "explanation.json" in found.json["why_faults"][0]["rule"]["ko"]
        assert client.get("/api/comparisons/damaged-12345678/why").status == 422
    kept.parent.joinpath("comparison.json").unlink()


def test_a_comparison_that_names_code_is_not_explained_from_the_page(client: Client, store: Path, made):
    """Anybody may send a folder: its model would be looked up and run."""
    comparison = Store(store).comparisons()[0]
    arms = tuple(arm.model_copy(update={"fields": arm.fields.replace(model="os:system")}) for arm in comparison.arms)
    Store(store).save_comparison(comparison.model_copy(update={"id": "sent-12345678", "arms": arms}))
    (Store(store).comparison_folder("sent-12345678") / SEAL).unlink()  # what somebody sends, no key of ours has sealed
    answer = client.post("/api/comparisons/sent-12345678/why")
    assert answer.status == 422
    assert "--own-models" in answer.json["faults"][0]["rule"]["en"]
    assert client.get("/api/comparisons/sent-12345678").status == 200
    assert client.get("/api/comparisons/sent-12345678/lab").json["absent"]

"""Documents of other versions: older ones are read as today's, and what a newer one adds is kept."""

import json
import re

import pytest

from paribus.core.errors import StoreError
from paribus.core.frozen import Document
from paribus.programs.recipe.info import RECIPE
from paribus.records.comparison import Comparison
from paribus.records.explanation import Explanation
from paribus.records.map import VerdictMap
from paribus.records.program import ProgramInfo
from paribus.records.run import RunRecord
from paribus.records.tuned import Tuned
from paribus.runs.store import RunFolder, Store, migrations
from paribus.runs.store.bundles import Bundle
from paribus.runs.store.comparisons import Planned, Tagged
from paribus.runs.store.documents import read_document, to_json
from paribus.runs.store.looks import Looked
from paribus.runs.store.migrations import STEPS, migrated, newest
from paribus.runs.store.run_folder import Checkpoint
from paribus.web.job_states import Job, Kept
from paribus.web.queue import Queue
from tests.factories import make_comparison
from tests.runs.store_cases import answers_of, finished, new_record, rewrite, train_epoch, write_run

DOCUMENTS: tuple[type[Document], ...] = (
    RunRecord,
    Comparison,
    Explanation,
    VerdictMap,
    Tuned,
    Planned,
    Looked,
    Tagged,
    Bundle,
    Checkpoint,
    Kept,
)


def test_every_document_has_steps_from_the_first_schema_to_its_own():
    assert {model.kind: model.model_fields["schema_number"].default for model in DOCUMENTS} == {
        kind: newest(kind) for kind in STEPS
    }
    assert all(sorted(steps) == list(range(1, newest(kind))) for kind, steps in STEPS.items())


def test_steps_are_taken_one_after_the_other(monkeypatch):
    renamed = {1: lambda d: {**d, "new": d["old"]}, 2: lambda d: {name: v for name, v in d.items() if name != "old"}}
    monkeypatch.setattr(migrations, "STEPS", {"thing": renamed})
    assert migrated("thing", {"old": 7, "else": 1}) == {"new": 7, "else": 1, "schema_number": 3}
    assert migrated("thing", {"new": 7, "schema_number": 3}) == {"new": 7, "schema_number": 3}
    assert migrated("thing", {"schema_number": 1})["schema_number"] == 1, "no such field: validation says so"


def test_fields_of_a_newer_version_are_kept_as_a_run_goes_on(tmp_path):
    record = new_record(epochs=2)
    folder = Store(tmp_path).begin(record)
    train_epoch(folder, 1)
    content = json.loads((folder.path / "record.json").read_text())
    content["mood"], content["environment"]["gpu_driver"] = {"of": ["the", "day"]}, "9.9"
    rewrite(folder.path / "record.json", content)
    folder = Store(tmp_path).begin(record)
    train_epoch(folder, 2)
    folder.finish(finished(folder.record(), 2), answers_of())
    kept = json.loads((folder.path / "record.json").read_text())
    assert (kept["mood"], kept["environment"]["gpu_driver"]) == ({"of": ["the", "day"]}, "9.9")
    assert kept["status"] == "finished"


def test_fields_of_a_newer_version_are_kept_in_a_comparison_and_a_queue(tmp_path):
    store = Store(tmp_path)
    path = store.save_comparison(make_comparison("fair"))
    content = json.loads(path.read_text())
    content["weather"], content["arms"][0]["runs"][0]["temperature"] = "rain", 21.5
    rewrite(path, content)
    store.save_comparison(store.load_comparison(path.parent.name))
    again = json.loads(path.read_text())
    assert (again["weather"], again["arms"][0]["runs"][0]["temperature"]) == ("rain", 21.5)

    job = Job(id="job-1", kind="compare", comparison="c", title={"en": "c"}, created="now")
    kept: list[Kept] = []
    queue = Queue(Kept.model_validate({"jobs": [{**job.model_dump(), "colour": "red"}], "theme": "dark"}), kept.append)
    queue.command("job-1", "pause")
    assert json.loads(kept[-1].model_dump_json())["theme"] == "dark"
    assert json.loads(kept[-1].model_dump_json())["jobs"][0]["colour"] == "red"


@pytest.mark.parametrize("place", [0, 3, 40, -60, -4])
def test_a_document_that_was_changed_since_it_was_written_is_refused(tmp_path, place):
    """One digit, where the document stays valid; also in the digest itself."""
    path = Store(tmp_path).save_comparison(make_comparison("fair"))
    text = path.read_text()
    digits = [match.start() for match in re.finditer(r"(?<=[0-9.])[1-8](?=[0-9])", text)]
    at = digits[place]
    path.write_text(text[:at] + str(int(text[at]) + 1) + text[at + 1 :])
    with pytest.raises(StoreError, match=f"{re.escape(str(path))}: was damaged, or changed"):
        Store(tmp_path).load_comparison(path.parent.name)


def test_a_document_without_its_digest_is_refused_unless_it_is_of_the_first_schema(tmp_path):
    path = tmp_path / "plan.json"
    path.write_text('{"runs": ["a"], "schema_number": 2}')
    with pytest.raises(StoreError, match="was damaged"):
        read_document(path, Planned, 1000)
    path.write_text('{"runs": ["a"]}')
    read = read_document(path, Planned, 1000)
    assert read == Planned(runs=("a",))
    path.write_bytes(to_json(Planned(runs=("b",))))
    assert read_document(path, Planned, 1000) == Planned(runs=("b",))


def test_layout_does_not_count(tmp_path):
    folder = write_run(tmp_path, new_record())
    path = folder.path / "record.json"
    path.write_text(json.dumps(json.loads(path.read_text()), indent=4, sort_keys=True))
    assert RunFolder(folder.path).record().status == "finished"


def test_old_records_are_of_the_program_that_recipes_are_today():
    assert ProgramInfo.model_validate(migrations.RECIPE) == RECIPE

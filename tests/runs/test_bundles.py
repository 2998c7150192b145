"""A comparison as one file: opened elsewhere as it was, or refused by name; never anything outside its folder."""

import io
import json
import zipfile

import pytest

from paribus.core.errors import StoreError
from paribus.runs.store import Store
from paribus.runs.store.bundles import MANIFEST, pack, unpack
from paribus.runs.store.digests import stamped
from paribus.runs.store.verifying import check_whole, verified
from tests.factories import make_comparison
from tests.runs.store_cases import new_record, rewrite, write_run


@pytest.fixture
def store(tmp_path):
    """A comparison, and the runs that it has."""
    store = Store(tmp_path / "lab")
    comparison = make_comparison("fair", test_count=50, epochs=2)
    store.save_comparison(comparison)
    store.save_recipes(comparison)
    store.record_look(comparison.id, 2, 0.001)
    for arm in comparison.arms:
        for run in arm.runs:
            write_run(store.root, new_record(run.id, epochs=2, seed=run.seed))
    return store


@pytest.fixture
def bundle(store, tmp_path):
    return pack(store, store.comparisons()[0].id, tmp_path / "it.zip", "0.1.0")


def files_of(store):
    return {p.relative_to(store.root).as_posix(): p.read_bytes() for p in store.root.rglob("*") if p.is_file()}


def test_what_comes_out_is_what_went_in_and_whole(store, bundle, tmp_path):
    name = unpack(bundle, tmp_path / "there")
    there = Store(tmp_path / "there")
    assert there.load_comparison(name) == store.load_comparison(name)
    assert all(there.result(run.id) is not None for arm in there.load_comparison(name).arms for run in arm.runs)
    sent, came = files_of(store), files_of(there)
    assert came.items() <= sent.items()
    assert {n.rpartition("/")[2] for n in sent.keys() - came.keys()} <= {
        *("state.safetensors", "seal"),
        *(f"{n}.{end}" for n in ("step-000002", "epoch-0001") for end in ("json", "safetensors")),
        *(n.rpartition("/")[2] for n in sent if n.startswith("locks/")),
    }
    assert not [fault for one in verified(there) for fault in one.faults]
    with pytest.raises(StoreError, match="is there already"):
        unpack(bundle, tmp_path / "there")


@pytest.mark.parametrize("cut", [0.0, 0.3, 0.9, 0.999])
def test_a_bundle_that_was_cut_is_refused_and_leaves_nothing(bundle, tmp_path, cut):
    data = bundle.read_bytes()
    bundle.write_bytes(data[: int(len(data) * cut)])
    with pytest.raises(StoreError, match=r"it\.zip"):
        unpack(bundle, tmp_path / "there")
    assert [path.name for path in tmp_path.iterdir() if "there" in path.name] == []


def test_every_bit_counts_or_says_the_same(bundle, tmp_path):
    data, whole = bundle.read_bytes(), None
    for number in range(60):
        place = (number * 7919 + 13) % len(data)
        bundle.write_bytes(data[:place] + bytes([data[place] ^ 1 << number % 8]) + data[place + 1 :])
        try:
            unpack(bundle, tmp_path / "there")
        except StoreError as refusal:
            assert "it.zip" in str(refusal)
            assert str(refusal).isprintable()
            assert not (tmp_path / "there").exists()
        else:  # what is not read of a zip file: dates, attributes
            found = files_of(Store(tmp_path / "there"))
            whole = whole or found
            assert found == whole
            (tmp_path / "there").rename(tmp_path / f"there-{number}")


def changed(bundle, change):
    """The bundle with other files, under digests that fit."""
    with zipfile.ZipFile(bundle) as archive:
        found = {name: archive.read(name) for name in archive.namelist()}
    change(found)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in found.items():
            archive.writestr(name, data)
    bundle.write_bytes(out.getvalue())


@pytest.mark.parametrize(
    "name",
    [
        *("../out.txt", "/etc/out.txt", "runs/../../out.txt", "runs/x/seal", "out.txt", "comparisons/x/con"),
        *("runs/x/y/z.json", "locks/x/y", "runs\\x\\y", "runs/x/.hidden", "runs//x"),
    ],
)
def test_no_name_leads_out_of_the_folder(bundle, tmp_path, name):
    def hostile(files):
        import hashlib

        files[name] = b"owned"
        manifest = json.loads(files[MANIFEST])
        manifest["files"][name] = hashlib.sha256(b"owned").hexdigest()
        path = tmp_path / "manifest"
        rewrite(path, manifest)
        files[MANIFEST] = path.read_bytes()

    changed(bundle, hostile)
    before = {path for path in tmp_path.rglob("*") if path.name != "manifest"}
    with pytest.raises(StoreError, match=r"it\.zip"):
        unpack(bundle, tmp_path / "there")
    assert {path for path in tmp_path.rglob("*") if path.name != "manifest"} == before


def test_a_file_that_swells_is_bounded(bundle, tmp_path, monkeypatch):
    monkeypatch.setattr("paribus.runs.store.bundles.MOST_BYTES", 1000)
    with pytest.raises(StoreError, match=r"it\.zip: a bundle has at most 1000 bytes"):
        unpack(bundle, tmp_path / "there")


@pytest.mark.parametrize(
    "name", ["report.html", "comparison.json", "looks.json", "relu.toml", "predictions.safetensors"]
)
def test_what_is_damaged_is_not_sent(store, name):
    comparison = store.comparisons()[0].id
    (store.comparison_folder(comparison) / "report.html").write_bytes(stamped(b"<html>as it was</html>\n"))
    check_whole(store, comparison)
    path = next(store.root.rglob(name))
    data = path.read_bytes()
    for damaged in (data[:-70], data[:-2], bytes([data[0] ^ 1]) + data[1:], data[:-40] + b"~" + data[-39:]):
        path.write_bytes(damaged)
        with pytest.raises(StoreError, match=name):
            check_whole(store, comparison)
    path.write_bytes(data)
    check_whole(store, comparison)


def test_a_report_of_an_earlier_version_has_no_digest(store):
    comparison = store.comparisons()[0].id
    (store.comparison_folder(comparison) / "report.html").write_bytes(b"<html>as it was</html>\n")
    check_whole(store, comparison)

"""open_dataset, verify and catalogue: the shipped MNIST, folders of IDX files, bad input, and the cache beneath."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from paribus.core.errors import DataError
from paribus.programs.recipe.data import CatalogueEntry, DataSet, catalogue, open_dataset, verify
from paribus.programs.recipe.data.check import normalisation
from paribus.programs.recipe.data.known import FASHION_MNIST
from tests.recipe.idx_files import TEST_IMAGES, TEST_LABELS, TRAIN_IMAGES, TRAIN_LABELS, idx, small_set, write

# SHA-256 of the uncompressed originals, from their publisher's files.
MNIST_SHA256 = {
    "t10k-images-idx3-ubyte": "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    "t10k-labels-idx1-ubyte": "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
    "train-images-idx3-ubyte": "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    "train-labels-idx1-ubyte": "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
}


def test_the_shipped_mnist_is_the_original_byte_for_byte(mnist: DataSet) -> None:
    files = {
        TRAIN_IMAGES: idx(mnist.train_images[:, 0]),
        TRAIN_LABELS: idx(mnist.train_labels.astype(np.uint8)),
        TEST_IMAGES: idx(mnist.test_images[:, 0]),
        TEST_LABELS: idx(mnist.test_labels.astype(np.uint8)),
    }
    assert {name: hashlib.sha256(content).hexdigest() for name, content in files.items()} == MNIST_SHA256


def test_mnist_has_the_lessons_facts(mnist: DataSet) -> None:
    assert mnist.train_images.shape == (60_000, 1, 28, 28)
    assert mnist.test_images.shape == (10_000, 1, 28, 28)
    assert mnist.train_labels.dtype == mnist.test_labels.dtype == np.int64
    assert mnist.train_labels[:5].tolist() == [5, 0, 4, 1, 9]
    assert mnist.test_labels[:5].tolist() == [7, 2, 1, 0, 4]
    assert (mnist.mean, mnist.std) == (0.1307, 0.3081)
    assert mnist.classes == 10
    assert mnist.class_names == tuple("0123456789")


def test_arrays_are_mapped_from_files_and_read_only(mnist: DataSet, mnist_cache: Path) -> None:
    for array in (mnist.train_images, mnist.train_labels, mnist.test_images, mnist.test_labels):
        assert isinstance(array, np.memmap)
        assert mnist_cache in Path(str(array.filename)).parents
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0


def test_the_second_opening_unpacks_nothing(mnist: DataSet, mnist_cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PARIBUS_CACHE", str(mnist_cache))
    monkeypatch.setattr("paribus.programs.recipe.data.dataset.read_shipped", lambda: pytest.fail("unpacked again"))
    again = open_dataset("mnist")
    assert again.digest == mnist.digest
    assert again.train_images.filename == mnist.train_images.filename  # type: ignore[attr-defined]


def test_verify_finds_mnist_whole_also_where_the_cache_was_damaged(
    mnist: DataSet, mnist_cache: Path, cache: Path
) -> None:
    shutil.copytree(mnist_cache, cache)
    checks = verify("mnist")
    assert {check.file: check.sha256 for check in checks} == MNIST_SHA256
    assert all(check.ok and check.expected == check.sha256 for check in checks)
    (damaged,) = cache.glob("arrays/mnist/*/test_labels.npy")
    with damaged.open("r+b") as file:
        file.seek(-8, 2)
        file.write(b"\7")
    assert all(check.ok for check in verify("mnist")), "what the cache has is no longer taken: it is read anew"


@pytest.mark.parametrize("zipped", [False, True])
@pytest.mark.parametrize("place", ["", "raw", "MNIST/raw", "FashionMNIST/raw", "KMNIST/raw"])
def test_a_folder_is_opened_plain_or_gzipped_and_in_torchvisions_layout(
    tmp_path: Path, cache: Path, zipped: bool, place: str
) -> None:
    files = small_set()
    write(tmp_path / "set" / place, files, zipped)
    dataset = open_dataset(str(tmp_path / "set"))
    assert dataset.train_images.shape == (60, 1, 6, 5)
    assert dataset.train_images.tobytes() == files[TRAIN_IMAGES][16:]
    assert dataset.test_labels.tolist() == [0, 1, 2] * 6 + [0, 1]
    assert (dataset.classes, dataset.class_names) == (3, ("0", "1", "2"))
    values = np.frombuffer(files[TRAIN_IMAGES][16:], np.uint8) / 255
    assert dataset.mean == pytest.approx(values.mean(), rel=5e-4)
    assert dataset.std == pytest.approx(values.std(), rel=5e-4)
    assert all(check.ok for check in verify(str(tmp_path / "set")))


def test_the_same_content_has_the_same_digest_wherever_it_lies(tmp_path: Path, cache: Path) -> None:
    one = open_dataset(str(write(tmp_path / "one", small_set())))
    two = open_dataset(str(write(tmp_path / "two" / "MNIST" / "raw", small_set(), zipped=True)))
    other = open_dataset(str(write(tmp_path / "other", small_set(test=21))))
    assert one.digest == two.digest != other.digest


def test_mnist_in_a_folder_is_the_same_set(tmp_path: Path, mnist: DataSet, cache: Path) -> None:
    arrays = {
        TRAIN_IMAGES: mnist.train_images[:, 0],
        TRAIN_LABELS: mnist.train_labels.astype(np.uint8),
        TEST_IMAGES: mnist.test_images[:, 0],
        TEST_LABELS: mnist.test_labels.astype(np.uint8),
    }
    dataset = open_dataset(str(write(tmp_path / "set", {name: idx(array) for name, array in arrays.items()})))
    assert (dataset.digest, dataset.mean, dataset.std) == (mnist.digest, 0.1307, 0.3081)


def test_images_may_have_channels(tmp_path: Path, cache: Path) -> None:
    dataset = open_dataset(str(write(tmp_path / "set", small_set(shape=(3, 6, 5)))))
    assert dataset.test_images.shape == (20, 3, 6, 5)
    assert all(check.ok for check in verify(str(tmp_path / "set")))


@given(images=arrays(np.uint8, st.tuples(*[st.integers(1, 9)] * 3)))
@settings(max_examples=50)
def test_normalisation_is_mean_and_deviation_to_four_digits(images: np.ndarray) -> None:
    mean, std = normalisation(images)
    assert mean == pytest.approx((images / 255).mean(), rel=5.01e-4, abs=1e-12)
    assert std == pytest.approx((images / 255).std(), rel=5.01e-4, abs=1e-9)
    assert (mean, std) == (float(f"{mean:.4g}"), float(f"{std:.4g}"))


def _labels(n: int, **changed: int) -> bytes:
    labels = (np.arange(n) % 3).astype(np.uint8)
    for at, label in changed.items():
        labels[int(at[1:])] = label
    return idx(labels)


BAD = {
    "corrupt gzip": (TRAIN_IMAGES, b"\x1f\x8b\x08garbage", "corrupt gzip"),
    "wrong magic": (TEST_IMAGES, b"not idx at all", "not an IDX file"),
    "header lies": (TRAIN_IMAGES, small_set()[TRAIN_IMAGES][:-1], "ends after"),
    "more labels": (TRAIN_LABELS, _labels(61), "more labels (61) than there are inputs (60)"),
    "fewer labels": (TEST_LABELS, _labels(19), "fewer labels (19) than there are inputs (20)"),
    "training label out of range": (TRAIN_LABELS, _labels(60, _7=200), "label 200, which is out of range"),
    "class without an image": (TRAIN_LABELS, idx(np.full(60, 2, np.uint8)), "label 2, which is out of range"),
    "test label out of range": (TEST_LABELS, _labels(20, _7=3), "label 3, which is out of range"),
    "one class": (TRAIN_LABELS, idx(np.zeros(60, np.uint8)), "one class only"),
    "empty set": (TRAIN_IMAGES, idx(np.zeros((0, 6, 5), np.uint8)), "is empty"),
    "images for labels": (TRAIN_LABELS, small_set()[TRAIN_IMAGES], "labels have 1"),
    "labels for images": (TRAIN_IMAGES, small_set()[TRAIN_LABELS], "1 dimensions"),
    "another size for testing": (TEST_IMAGES, idx(np.zeros((20, 5, 6), np.uint8)), "images of 1 x 5 x 6"),
    "channels last": (TRAIN_IMAGES, idx(np.zeros((60, 32, 32, 3), np.uint8)), "32 channels"),
}


@pytest.mark.parametrize(("file", "content", "says"), BAD.values(), ids=BAD.keys())
def test_bad_input_is_one_paragraph_that_names_the_file_and_leaves_nothing(
    tmp_path: Path, cache: Path, file: str, content: bytes, says: str
) -> None:
    folder = write(tmp_path / "set", {**small_set(), file: content})
    with pytest.raises(DataError) as caught:
        open_dataset(str(folder))
    message = str(caught.value)
    assert str(folder / file) in message
    assert says in message
    assert "\n" not in message
    assert [path for path in cache.rglob("*") if path.is_file() and path.name != ".lock"] == []


def test_verify_reports_each_file_of_a_folder(tmp_path: Path, cache: Path) -> None:
    folder = write(tmp_path / "set", {**small_set(), TEST_IMAGES: b"?", TRAIN_LABELS: b"?"})
    assert [check.file for check in verify(str(folder)) if not check.ok] == [TRAIN_LABELS, TEST_IMAGES]


def test_a_missing_folder_or_file_is_named_with_the_choices(tmp_path: Path, cache: Path) -> None:
    with pytest.raises(DataError, match=r"minst does not exist \(did you mean mnist\?\).*mnist, fashion-mnist, kmnist"):
        open_dataset("minst")
    with pytest.raises(DataError, match="holds no data set"):
        open_dataset(str(tmp_path))
    folder = write(tmp_path / "set", small_set())
    (folder / TEST_LABELS).unlink()
    with pytest.raises(DataError, match=f"lacks {TEST_LABELS}"):
        open_dataset(str(folder))
    with pytest.raises(DataError, match="is one file of a data set: give its folder"):
        open_dataset(str(folder / TRAIN_LABELS))
    with pytest.raises(DataError, match=r"does not exist|cannot be read"):
        open_dataset("a\0b")
    write(tmp_path / "MNIST" / "raw", small_set())
    write(tmp_path / "FashionMNIST" / "raw", small_set())
    with pytest.raises(DataError, match=r"several data sets.*FashionMNIST.*MNIST"):
        open_dataset(str(tmp_path))


def test_a_changed_folder_is_unpacked_anew_and_the_old_copy_goes(tmp_path: Path, cache: Path) -> None:
    folder = write(tmp_path / "set", small_set())
    old = open_dataset(str(folder))
    write(folder, small_set(test=21))
    new = open_dataset(str(folder))
    assert (len(old.test_images), len(new.test_images)) == (20, 21)
    assert len(list(cache.glob("arrays/*/*/facts.json"))) == 1


def test_a_named_set_that_is_not_the_real_one_is_refused(
    tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Files under Fashion-MNIST's names, with other content, where its download would be."""
    without_package = {"fashion-mnist": replace(FASHION_MNIST, folders=())}
    monkeypatch.setattr("paribus.programs.recipe.data.dataset.KNOWN", without_package)
    monkeypatch.setattr("paribus.programs.recipe.data.inventory.KNOWN", without_package)
    folder = write(cache / "downloads" / "fashion-mnist", small_set(), zipped=True)
    with pytest.raises(DataError, match=f"{TRAIN_IMAGES}.gz is not the file it should be: its SHA-256 must be c59f46"):
        open_dataset("fashion-mnist")
    assert [check.ok for check in verify("fashion-mnist")] == [False] * 4
    assert all(str(folder) in check.source for check in verify("fashion-mnist"))


def test_fashion_mnist_is_read_from_debians_package(cache: Path) -> None:
    if not FASHION_MNIST.folders[0].is_dir():
        pytest.skip("Debian's package dataset-fashion-mnist is not installed")
    dataset = open_dataset("fashion-mnist")
    assert dataset.train_images.shape == (60_000, 1, 28, 28)
    assert (dataset.mean, dataset.std) == (0.286, 0.353)  # as widely published
    assert np.bincount(dataset.train_labels).tolist() == [6000] * 10
    assert dataset.class_names[9] == "Ankle boot"
    assert dataset.train_labels[0] == 9
    by_path = open_dataset(str(FASHION_MNIST.folders[0]))
    assert (by_path.digest, by_path.class_names) == (dataset.digest, dataset.class_names)
    assert all(check.ok for check in verify("fashion-mnist"))


def test_the_catalogue_says_what_is_here(cache: Path) -> None:
    entries = {entry.name: entry for entry in catalogue()}
    assert list(entries) == ["mnist", "fashion-mnist", "kmnist", "cifar-10"]
    assert entries["mnist"].available
    assert isinstance(entries["kmnist"], CatalogueEntry)
    assert not entries["kmnist"].available
    assert {entry.licence for entry in entries.values()} == {"CC BY-SA 3.0", "MIT", "CC BY-SA 4.0", "none stated"}
    with pytest.raises(DataError, match="paribus data fetch kmnist"):
        verify("kmnist")


def test_opening_and_checking_load_no_torch(tmp_path: Path, cache: Path) -> None:
    folder = write(tmp_path / "set", small_set())
    code = (
        "import sys; from paribus.programs.recipe.data import catalogue, open_dataset, verify; catalogue();"
        f"open_dataset({str(folder)!r}); verify({str(folder)!r}); print('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"

"""A user's mistakes: each ends with code 2, says what is wrong and what would be right, and leaves nothing behind."""

from __future__ import annotations

import os

import pytest

from tests.cli.lab import paribus, refused

PAIR = "activation=sigmoid,relu"


def test_everything_that_is_wrong_is_said_at_once(tmp_path):
    words = ["compare", "activation=sigmoid,relo", "--recipe=fair", "--set=epochz=3", "--set=lr=-1", "--seeds=0"]
    words += ["--workers=0", "--device=tpu", "--margin=-1"]
    said = refused(
        paribus(*words, "--out", tmp_path / "lab"),
        "7 faults",
        "activation must be one of identity, sigmoid",
        'got "relo"',
        'unknown field "epochz"; did you mean epochs?',
        "learning_rate must be greater than 0.0; got -1",
        "seeds must be at least 1; got 0",
        "workers must be at least 1; got 0",
        'device must be one of auto, cpu, cuda, mps; got "tpu"',
        "margin must be greater than 0",
    )
    assert len(said.splitlines()) == 8
    assert not (tmp_path / "lab").exists()


@pytest.mark.parametrize(
    ("words", "texts"),
    [
        (["activaton=sigmoid,relu"], ['got "activaton"; did you mean activation?']),
        (["activation=sigmoid"], ["needs 2 to 20 values", "got 1"]),
        (["activation=relu,relu"], ["same value twice", '"relu"']),
        (["activation"], ["field=value", '"activation"']),
        ([PAIR, "activation=tanh,relu"], ["one factor", "activation=tanh,relu"]),
        ([PAIR, "pooling=max,avg"], ["only one thing may change"]),
        (["momentum=0,0.9"], ["momentum would change nothing", "sgd"]),
        ([PAIR, "--set=dense_widths=120,84"], ["one value a field", "[120,84]"]),
        ([PAIR, "--set", "epochs", "--set", "=3"], ["2 faults", '"epochs"', '"=3"']),
        ([PAIR, "--epochs=0"], ["epochs must be at least 1", "got 0"]),
        ([PAIR, "--recipe=fare"], ["lesson, fair", '"fare"; did you mean fair?']),
        ([PAIR, "--recipe=fare.toml"], ["fare.toml", "No such file"]),
        ([PAIR, "--set=dataset=mnits"], ["mnits does not exist (did you mean mnist?)"]),
        ([PAIR, "--set=dataset=no/such/folder"], ["no/such/folder does not exist", "train-images-idx3-ubyte"]),
        ([PAIR, "--set=train_size=48001"], ["train_size must be at most 48,000", "got 48001"]),
        ([PAIR, "--set=train_size=40", "--set=drop_last=true"], ["batch_size must be at most 40", "got 64"]),
        ([PAIR, "--set=model=no_such_module:make"], ["no_such_module"]),
        ([PAIR, "--set=model=paribus.api:make"], ["paribus.api", "make"]),
        (["a.toml"], ["two or more", "a.toml"]),
        (["a.toml", "b.toml", "--recipe=fair"], ["whole recipes", "fair"]),
        (["a.toml", "b.toml"], ["2 faults", "a.toml: cannot be read", "b.toml: cannot be read"]),
    ],
)
def test_a_comparison_that_cannot_be(tmp_path, words, texts):
    refused(paribus("compare", *words, cwd=tmp_path), *texts)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("content", "texts"),
    [
        (b"activation = relu\n", ["mine.toml", "not TOML", "line 1"]),
        (b"epochs = 1.5\nactivatoin = 'relu'\n", ["mine.toml", "2 faults", "whole number", "did you mean activation?"]),
        (b"\xff\xfe", ["mine.toml", "UTF-8"]),
        (b"#" * (2 << 20), ["mine.toml", "at most 65536 bytes"]),
    ],
)
def test_a_recipe_file_that_is_none(tmp_path, content, texts):
    (tmp_path / "mine.toml").write_bytes(content)
    refused(paribus("compare", PAIR, "--recipe=mine.toml", cwd=tmp_path), *texts)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.toml"]


@pytest.mark.skipif(os.name != "posix", reason="needs a file where a folder should be, as POSIX reports it")
def test_a_store_that_cannot_be_written_to(tmp_path):
    (tmp_path / "lab").write_text("a file, not a folder")
    words = ("compare", PAIR, "--recipe=fair", "--set=train_size=64", "--epochs=1", "--seeds=1")
    refused(paribus(*words, "--out", tmp_path / "lab"), "lab", "cannot be read", "Not a directory")
    assert (tmp_path / "lab").read_text() == "a file, not a folder"


@pytest.mark.parametrize(
    ("words", "texts"),
    [
        (["show", "nothing-of-the-kind"], ["nothing-of-the-kind"]),
        (["diff", "one", "two"], ["one"]),
        (["report", "nothing"], ["nothing"]),
        (["data", "verify", "mnits"], ["did you mean mnist?"]),
        (["data", "fetch"], ["needs a name", "kmnist"]),
        (["train", "--seed=-1"], ["seed must be at least 0", "-1"]),
        (["train", "--set=epochs=0", "--seed=-1"], ["2 faults", "seed must be", "epochs must be"]),
    ],
)
def test_what_the_other_commands_cannot_do(tmp_path, words, texts):
    refused(paribus(*words, cwd=tmp_path), *texts)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "words", [["compare"], ["compare", PAIR, "--seeds=two"], ["compute"], [], ["train", "--probes=x"]]
)
def test_words_that_the_parser_does_not_know(tmp_path, words):
    done = paribus(*words, cwd=tmp_path)
    assert done.code == 2
    assert "usage: paribus" in done.err
    assert "Traceback" not in done.err

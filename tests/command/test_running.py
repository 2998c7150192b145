from __future__ import annotations

import json
import math
import os
import sys

import pytest

from paribus.core.errors import ParibusError
from paribus.programs.kept_output import Kept
from tests.command.commands import bash, made, performed, planned, record_of


def test_the_last_line_that_has_the_metric(out):
    script = 'echo {"acc": 0.25}; echo "{\\"acc\\": 0.5}"; echo "{\\"lr\\": 1}"; printf "done"; echo {"acc": 9} >&2'
    record = record_of(bash(script), out)
    assert (record.status, record.figures, record.epochs_done) == ("finished", {"acc": 0.5, "lr": 1.0}, 0)
    assert record.seconds > 0


PATTERN = {"patterns": {"acc": "acc ([0-9.]+)"}}


def test_what_a_run_is_told(out):
    script = 'echo "$PARIBUS_SEED $OMP_NUM_THREADS $1 $2 $3 $4"; echo "acc 0.5"; cat'
    words = [*bash(script), "me", "{act}", "{seed}", "{folder}", "{device}"]
    (folder,) = performed(made(words, **PATTERN), out, arms=[{"act": "re lu"}])
    seed, threads, *rest = (folder.path / "stdout.txt").read_text().split("\n")[0].split(" ")
    assert (seed, rest) == ("0", ["re", "lu", "0", str(folder.path), "cpu"])
    assert folder.record().environment.threads >= 1
    assert threads == os.environ["OMP_NUM_THREADS"]  # the user's own


def test_the_share_of_the_cores_is_told_where_the_user_says_nothing(out, monkeypatch):
    monkeypatch.delenv("OMP_NUM_THREADS")
    monkeypatch.setattr("paribus.programs.command.program.usable_cores", lambda: 7)
    monkeypatch.setattr("paribus.runs.worker_count.usable_cores", lambda: 2)  # and so there are two workers
    (folder,) = performed(made(bash('echo "acc 0.$OMP_NUM_THREADS"'), unpaired=True, **PATTERN), out)
    assert folder.record().figures == {"acc": 0.3}
    assert folder.record().environment.threads == 3


def test_curves_and_their_best_epoch(out):
    lines = [{"loss": 1.0, "acc": 0.5}, {"loss": 0.25, "acc": 0.75}, {"loss": 0.5, "acc": 0.875}]
    words = bash("; ".join(f"echo '{json.dumps(line)}'" for line in lines))
    last = record_of(words, out, ["acc", "loss:min"])
    assert last.figures == {"acc": 0.875, "loss": 0.5}
    (folder,) = performed(made(words, ["acc", "loss:min"], unpaired=True, steers="loss", at="best"), out)
    assert folder.record().figures == {"acc": 0.75, "loss": 0.25}
    assert [epoch.figures for epoch in folder.epochs()] == lines


def test_figures_from_a_file_of_the_run_or_of_nobody(out):
    words = bash("printf 'epoch,acc\\n1,0.5\\n2,0.75\\n' > $0/metrics.csv")
    record = record_of([*words, "{folder}"], out, metrics_from="{folder}/metrics.csv")
    assert (record.figures, record.epochs_done) == ({"acc": 0.75, "epoch": 2.0}, 2)
    record = record_of([*bash("true"), "{folder}"], out, metrics_from="{folder}/metrics.csv")
    assert record.status == "failed"
    assert "left no such file" in record.note


def test_a_file_from_before_the_run_is_not_its_figure(out, own_place):
    (own_place / "0.json").write_text('{"acc": 1.0}')
    os.utime(own_place / "0.json", (0, 0))
    (folder,) = performed(made([*bash("true"), "{seed}"], metrics_from="{seed}.json"), out)
    assert "from before this run" in folder.record().note


@pytest.mark.parametrize(
    ("script", "said", "tail"),
    [
        ("echo one; echo two >&2; exit 3", "exit code 3", "two"),
        ('echo \'{"accuracy": 0.5, "loss": 1}\'', 'no figure "acc"', "accuracy"),
        ("true", 'no figure "acc"', ""),
        ("echo acc: 0.5", "--metric 'acc:max=acc", "acc: 0.5"),
        ("kill -SEGV $$", "SIGSEGV", ""),
        ("echo '{\"acc\": 55.5}'", "share from 0 to 1", "55.5"),
    ],
)
def test_a_run_without_figures_failed_and_says_why(script, said, tail, out):
    (folder,) = performed(made(bash(script), unpaired=True), out)
    record = folder.record()
    assert record.status == "failed"
    assert said in record.note
    assert tail in folder.error()


@pytest.mark.parametrize(
    ("pattern", "said"),
    [
        ("acc= ([0-9.]+)", 'no line matches the pattern "acc= ([0-9.]+)"'),
        ("acc: [0-9.]+", 'the pattern found "acc: 0.5", which is no number'),
        ("(acc): ([0-9.]+)", 'the pattern found "acc", which is no number: the figure is its first group'),
    ],
)
def test_a_pattern_that_reads_nothing_says_what_it_met(pattern, said, out):
    record = record_of(bash("echo acc: 0.5"), out, patterns={"acc": pattern})
    assert record.note.startswith('the run gave no figure "acc"')
    assert said in record.note


def test_nan_is_a_run_that_diverged(out):
    record = record_of(bash('echo \'{"acc": 0.5, "loss": NaN}\''), out, ["loss:min", "acc"])
    assert record.status == "diverged"
    record = record_of(bash('echo \'{"acc": 0.5, "loss": NaN}\''), out, ["acc", "loss:min"])
    assert (record.status, record.figures) == ("finished", {"acc": 0.5})


def test_megabytes_are_cut_in_the_middle_and_the_end_is_read(out):
    script = "import sys; sys.stdout.write('x' * 99 + chr(10)); sys.stdout.write(('y' * 99 + chr(10)) * 600_000)"
    (folder,) = performed(
        made([sys.executable, "-c", script + "; print('{{\"acc\": 0.5}}', end='')"], unpaired=True), out
    )
    text = (folder.path / "stdout.txt").read_bytes()
    assert folder.record().figures == {"acc": 0.5}
    assert 25_000_000 <= len(text) < 25_000_100
    assert text.startswith(b"x" * 99)
    assert text.endswith(b'{"acc": 0.5}')
    assert b"bytes left out" in text[12_000_000:13_000_000]
    assert [path.name for path in folder.path.glob("std*")] == ["stdout.txt"]


@pytest.mark.parametrize("size", [0, 1, 7, 8, 9, 15, 16, 17, 100, 163])
@pytest.mark.parametrize("piece", [1, 5, 200])
def test_what_is_kept_is_the_beginning_and_the_end(size, piece, tmp_path):
    data = bytes(range(33, 126))[: size % 93] * 1 + b"z" * (size - size % 93)
    with Kept(tmp_path / "text", most=16) as kept:
        for start in range(0, len(data), piece):
            kept.write(data[start : start + piece])
    there = (tmp_path / "text").read_bytes() if data else b""
    if size <= 16:
        assert there == data
    else:
        head, _, tail = there.partition(b"\n[... %d bytes left out ...]\n" % (size - 16))
        assert (head, tail) == (data[:8], data[-8:])


def test_a_command_that_cannot_be_executed_is_refused_before_anything_runs(out, own_place):
    (own_place / "notes.txt").write_text("no program")
    for word in ("no-such-command-here", "./notes.txt", "./nowhere.sh"):
        with pytest.raises(ParibusError, match="no command that can be executed here"):
            planned(made([word, "{seed}"]), out)
    assert not out.exists()


def test_a_shell_only_where_it_is_asked_for(out):
    words = ["echo acc {a} | tr x 5 # {seed}"]
    (folder,) = performed(made(words, shell=True, **PATTERN), out, arms=[{"a": "0.x; echo acc 0.9"}])
    assert (folder.path / "stdout.txt").read_text() == "acc 0.5; echo acc 0.9\n"  # a value is one word
    with pytest.raises(ParibusError, match="no command that can be executed"):
        planned(made(words, **PATTERN), out, arms=[{"a": "1"}])


def test_a_command_that_gives_infinity(out):
    record = record_of(bash("echo '{\"loss\": 1e999}'"), out, ["loss:min"])
    assert record.status == "diverged"
    assert math.isinf(record.figures["loss"])

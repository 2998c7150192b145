"""The bar in a notebook: what it shows, from the first run that is made to its end; and none anywhere else."""

from types import SimpleNamespace

import pytest

from paribus.records.events import EpochDone, RunEnded, RunStarted
from paribus.runs import jupyter
from paribus.runs.jupyter import Bar, heard


class Shown(list):
    """A stand-in for IPython's display and its handle: what was shown, one after the other."""

    def __call__(self, data, *, raw, display_id):
        self.update(data, raw=raw)
        return self

    def update(self, data, *, raw):
        assert raw
        self.append(data["text/plain"])


@pytest.fixture
def english(monkeypatch):
    monkeypatch.setenv("LC_ALL", "en_GB.UTF-8")


def test_it_counts_runs_and_says_what_is_left(english):
    shown, now = Shown(), [0.0]
    bar = Bar(4, lambda event: "", shown, lambda: now[0])
    for seconds, event in (
        (0, RunStarted("a", 0, "r", 2, reused=True)),
        (0, RunEnded("a", 0, "finished", reused=True)),
        (1, RunStarted("b", 0, "r", 2)),
        (11, EpochDone("b", 0, SimpleNamespace(epoch=1), 2)),
        (21, RunEnded("b", 0, "finished")),
    ):
        now[0] = seconds
        bar(event)
    bar.close()
    assert shown == ["1 of 4 runs", "1 of 4 runs, 55 s left", "2 of 4 runs, 42 s left", ""]


def test_runs_that_are_there_already_show_nothing(english):
    shown = Shown()
    bar = Bar(1, lambda event: "", shown)
    bar(RunStarted("a", 0, "r", 2, reused=True))
    bar(RunEnded("a", 0, "finished", reused=True))
    bar.close()
    assert shown == []


def test_who_listens_is_told_and_sees_no_bar(monkeypatch):
    monkeypatch.setattr(jupyter, "display_here", lambda: pytest.fail("a bar beside a listener"))
    told = []
    with heard(told.append) as hear:
        hear(1)
    assert told == [1]


def test_outside_a_notebook_there_is_none():
    assert jupyter.display_here() is None


def test_it_goes_away_after_an_error_too(monkeypatch, english):
    shown = Shown()
    monkeypatch.setattr(jupyter, "display_here", lambda: shown)

    def fails():
        with heard(None, 2, lambda event: "Looking") as hear:
            hear(RunStarted("a", 0, "r", 2))
            raise KeyError

    with pytest.raises(KeyError):
        fails()
    assert shown == ["Looking · 0 of 2 runs", ""]

"""What a loop of edits says while its runs are made, where nothing is live."""

from __future__ import annotations

from types import SimpleNamespace

from paribus.terminal import tries


def test_a_line_is_said_now_and_then(monkeypatch, capsys):
    run = SimpleNamespace(judged=0.25, failure=None)
    with tries.TryShow(quiet=False, lang="en") as show:
        show.heard("baseline", 1, run)
        assert capsys.readouterr().err == ""  # an answer may come soon
        monkeypatch.setattr(tries, "_EVERY", 0.0)
        show.heard("candidate", 1, run)
    assert capsys.readouterr().err == "2 runs made in 1 s, the latest gave 0.25 …\n"
    with tries.TryShow(quiet=True, lang="en") as show:
        show.heard("baseline", 1, run)
    assert capsys.readouterr().err == ""

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


def test_on_a_terminal_the_time_goes_on_while_a_run_does(monkeypatch):
    clock = [0.0]
    monkeypatch.setattr(tries.time, "monotonic", lambda: clock[0])
    show = tries.TryShow(quiet=False, lang="en")
    line = tries._Now(lambda: show._line(show._screen()))
    for seconds, said in ((20.0, "20 s"), (120.0, "2 min")):
        clock[0] = seconds
        assert line.__rich__() == f"The first run has taken {said} so far …"
    show.heard("candidate", 1, SimpleNamespace(judged=0.25, failure=None))
    clock[0] = 480.0
    assert line.__rich__() == "1 run made in 8 min, the latest gave 0.25 …"

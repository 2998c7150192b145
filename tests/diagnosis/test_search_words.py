"""How far a search is: what the terminal's line and the page are told."""

from __future__ import annotations

from paribus.diagnosis.words.search import Search, event_line, search_json, search_line
from paribus.programs.recipe.info import RECIPE
from paribus.records.events import RunEnded, SearchEvent, TrialEnded, TrialsBegun, TrialStarted
from paribus.words.translation import translator
from tests.diagnosis.explanations import DECOUPLED, LONG, NO_DECAY, SHORT

DECAY, ADAMW = NO_DECAY.intervention, DECOUPLED.intervention
SCREENING: list[SearchEvent] = [
    TrialsBegun("screening", (DECAY, ADAMW), 1, (0,), RECIPE),
    TrialStarted(DECAY),
    TrialStarted(ADAMW),
    TrialEnded(DECAY, SHORT),
]


def after(*events: SearchEvent) -> Search:
    search = Search()
    for event in events:
        search = search.after(event)
    return search


def test_the_line_names_what_is_tested_now() -> None:
    line = search_line(after(*SCREENING), translator("en"))
    assert line == "Short runs of 1 epoch, to choose what to confirm: Adam → AdamW (1 of 2 done)"
    assert search_line(Search(), translator("en")) == ""
    assert after(*SCREENING, RunEnded("with", 0, "finished")) == after(*SCREENING)


def test_the_page_is_told_what_came_of_each_the_latest_first() -> None:
    confirming = TrialsBegun("confirming", (DECAY,), 15, (6, 7, 8), RECIPE)
    found = search_json(after(*SCREENING, TrialEnded(ADAMW, SHORT), confirming, TrialEnded(DECAY, LONG)))
    assert [one["change"]["en"] for one in found["done"]] == ["Weight decay 0.1 → 0", "Adam → AdamW"]
    assert found["done"][0]["text"]["en"] == "11.2 % → 91.2 % (15 epochs, 3 seeds)", "no longer that of the short run"
    assert "old value put back" in found["phase"]["en"]
    assert (found["ended"], found["of"]) == (1, 1)


def test_a_repaired_comparison_has_its_cause_and_no_count() -> None:
    search = after(*SCREENING, TrialsBegun("repairing", (DECAY,), 15, (9, 10), RECIPE))
    line = search_line(search, translator("en"))
    assert line == "The comparison once more, with weight decay 0.1 → 0 in all arms"
    assert search_json(search)["of"] is None


def told(*events: SearchEvent) -> list[str]:
    """The lines of a search that nothing is drawn over."""
    return [event_line(event, after(*events[: k + 1]), translator("en")) for k, event in enumerate(events)]


def test_where_nothing_is_drawn_over_each_phase_and_test_is_a_line() -> None:
    own, of_a_test = RunEnded("relu", 0, "finished"), RunEnded("with", 0, "finished")
    repairing = TrialsBegun("repairing", (DECAY,), 15, (9, 10), RECIPE)
    reused = RunEnded("relu", 0, "finished", reused=True)  # as the comparison is read once it is there
    assert event_line(own, Search(), translator("ko"), {"relu": "ReLU"}).startswith("  ReLU, ")
    assert [line for line in told(own, *SCREENING, of_a_test, repairing, of_a_test, own, reused) if line] == [
        "  relu, seed 0: finished",
        "Short runs of 1 epoch, to choose what to confirm:",
        "  Weight decay 0.1 → 0: 11.2 % → 90.0 % (1 epoch, 1 seed); 1 of 2 done",
        "The comparison once more, with weight decay 0.1 → 0 in all arms:",
        "  relu, seed 0: finished",
    ]

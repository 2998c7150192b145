"""How long a search is, foreseen: counted by hand."""

from paribus.diagnosis.time_estimate import search_length


def test_short_runs_confirmations_and_the_comparison_once_more_are_counted():
    assert search_length(11, 3) == (11 + 1) * 1 + 3 * (2 + 1) * 3  # two confirmed, and the unchanged
    assert search_length(11, 3, before=3, again=12) == 12 + 27 + 9 + 36
    assert search_length(9, 15) == (9 + 1) * 1 + (3 + 1) * 3 + 15 * 9  # a third goes on for three epochs


def test_what_is_foreseen_of_one_epoch_is_no_less_than_that():
    assert search_length(1, 1) == 2 + 9

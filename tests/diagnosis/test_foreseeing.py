"""How long a search is, foreseen: counted by hand."""

from paribus.diagnosis.time_estimate import runs_again, search_length


def test_short_runs_confirmations_and_the_comparison_once_more_are_counted():
    assert search_length(11, 3) == (11 + 1) * 1 + 3 * 2 * 3  # one confirmed, and the unchanged
    assert search_length(11, 3, before=3, again=12) == 12 + 18 + 9 + 36
    assert search_length(9, 15) == (9 + 1) * 1 + (3 + 1) * 3 + 15 * 6  # a third goes on for three epochs


def test_what_is_foreseen_of_one_epoch_is_no_less_than_that():
    assert search_length(1, 1) == 2 + 6


def test_the_comparison_without_its_cause_is_looked_at_early_and_shares_the_confirmation_s_runs():
    assert runs_again(2, 6) == 2 * 4 - 3
    assert runs_again(2, 3) == 2 * 3 - 3
    assert runs_again(3, 12) == 3 * 8 - 3
    assert runs_again(2, 1) == 1

"""Verdicts that may be looked at after every pair of runs."""

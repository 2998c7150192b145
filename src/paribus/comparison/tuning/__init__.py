"""Tuned against tuned: each arm gets its own best setting, by equal budgets, before the arms are compared anew."""

"""The frozen values that are stored and shown: programs, runs, traces, comparisons, explanations, maps. No torch."""

"""Floor 4: statistics, the decision rule and the comparison view. NumPy and SciPy, no torch."""

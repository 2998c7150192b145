"""Floor 4: statistics, the decision rule, and the comparison. NumPy and SciPy; no torch, no files."""

"""Arms compared seed by seed: design and fairness, statistics, the decision rule, the words of a verdict."""

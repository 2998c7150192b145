"""Floor 1: what a training is made of. Data sets, models, and how they begin."""

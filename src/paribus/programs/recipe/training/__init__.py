"""Floor 2: the one training loop, its optimisers, schedules and probes."""

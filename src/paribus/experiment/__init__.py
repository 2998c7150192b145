"""Floor 3: plans, the store, and running many trainings."""

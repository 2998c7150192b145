"""Published faults of neural networks and their published repairs, as small trainings."""

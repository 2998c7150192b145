"""The one training loop, its optimisers and schedules, and many runs at once."""

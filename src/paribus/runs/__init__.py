"""From a plan to run records: the seam to programs, tasks, executors, worker processes, the store."""

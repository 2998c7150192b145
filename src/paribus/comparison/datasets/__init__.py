"""A verdict over several data sets, and on each."""

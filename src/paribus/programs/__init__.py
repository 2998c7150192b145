"""What can be run, compared and explained: the built-in recipe, and in time a function, a command, a table."""

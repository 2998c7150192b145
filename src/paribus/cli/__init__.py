"""The command line: one file a group of commands. Parses, calls the workflow, shows."""

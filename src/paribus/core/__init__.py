"""What everything stands on: errors and messages, field specifications, seeds, whole files. Imports nothing of ours."""

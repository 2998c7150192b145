"""Floor 7: parse the command line, call the api, show."""

"""The words and the JSON of an explanation."""

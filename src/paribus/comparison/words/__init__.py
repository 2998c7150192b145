"""The words and the JSON of a comparison."""

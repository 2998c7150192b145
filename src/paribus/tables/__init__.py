"""Tables of results that exist already, read as what is to be judged."""

"""Floor 6: what the command line, the web page and a user's own Python call; `paribus` itself lends its names."""

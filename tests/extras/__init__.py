"""One short contract test for each extra, with the real library; `make extras` runs each in its own environment."""

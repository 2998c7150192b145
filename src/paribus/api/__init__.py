"""Floor 6: what the command line, the web page and a user's own Python call."""

from paribus.api.comparing import compare, load_comparison
from paribus.api.explaining import explain
from paribus.api.recipes import recipe
from paribus.api.results import ComparisonResult, Run
from paribus.api.training import load_run, train

__all__ = ["ComparisonResult", "Run", "compare", "explain", "load_comparison", "load_run", "recipe", "train"]

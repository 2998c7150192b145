"""Floor 6: what the command line, the web page and a user's own Python call."""

from paribus.api.comparing import compare, load_comparison
from paribus.api.explaining import explain
from paribus.api.map_results import MapResult
from paribus.api.mapping import load_map, map_verdict
from paribus.api.recipes import recipe
from paribus.api.results import ComparisonResult, Run
from paribus.api.training import load_run, train

__all__ = [
    "ComparisonResult",
    "MapResult",
    "Run",
    "compare",
    "explain",
    "load_comparison",
    "load_map",
    "load_run",
    "map_verdict",
    "recipe",
    "train",
]

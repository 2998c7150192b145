"""What runs and comparisons leave on disk: written atomically, read as data only. No torch."""

from paribus.experiment.store.differences import RunDifferences, differences
from paribus.experiment.store.found import Found
from paribus.experiment.store.names import recipe_file
from paribus.experiment.store.prune import Pruning, prune, to_prune
from paribus.experiment.store.run_folder import Checkpoint, RunFolder
from paribus.experiment.store.run_writer import RunWriter
from paribus.experiment.store.snapshots import early_steps, run_bytes, snapshot_epochs
from paribus.experiment.store.store import Store

__all__ = [
    "Checkpoint",
    "Found",
    "Pruning",
    "RunDifferences",
    "RunFolder",
    "RunWriter",
    "Store",
    "differences",
    "early_steps",
    "prune",
    "recipe_file",
    "run_bytes",
    "snapshot_epochs",
    "to_prune",
]

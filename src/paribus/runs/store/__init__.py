"""What runs and comparisons leave on disk: written atomically, read as data only. No torch."""

from paribus.runs.store.damage import Damage
from paribus.runs.store.differences import differences
from paribus.runs.store.prune import Pruning, prune, to_prune
from paribus.runs.store.run_folder import Checkpoint, RunFolder
from paribus.runs.store.run_writer import RunWriter
from paribus.runs.store.safe_names import recipe_file
from paribus.runs.store.snapshots import early_steps, run_bytes, snapshot_epochs
from paribus.runs.store.store import Found, Store

__all__ = [
    "Checkpoint",
    "Damage",
    "Found",
    "Pruning",
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

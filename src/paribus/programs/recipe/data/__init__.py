"""Data sets: opened from the package, a download or a folder, checked, and memory-mapped from a cache.

Torch is imported where tensors are asked for, and by nothing else here: `paribus data` does without it.
"""

from paribus.programs.recipe.data.cache import cache_root
from paribus.programs.recipe.data.dataset import DataSet, open_dataset
from paribus.programs.recipe.data.downloads import fetch
from paribus.programs.recipe.data.inventory import CatalogueEntry, FileCheck, catalogue, verify
from paribus.programs.recipe.data.prepare import Images, Inputs, Labels, PreparedData, prepare
from paribus.programs.recipe.data.saving import save_dataset
from paribus.programs.recipe.data.summary import DataLook, look

__all__ = [
    "CatalogueEntry",
    "DataLook",
    "DataSet",
    "FileCheck",
    "Images",
    "Inputs",
    "Labels",
    "PreparedData",
    "cache_root",
    "catalogue",
    "fetch",
    "look",
    "open_dataset",
    "prepare",
    "save_dataset",
    "verify",
]

"""Data sets: opened from the package, a download or a folder, checked, and memory-mapped from a cache.

Everything here but `prepare` is NumPy only, so that `paribus data` loads no torch.
"""

"""Tables for tests, written out."""

from __future__ import annotations

from pathlib import Path

LONG = """\
seed,model,test_accuracy
0,A,0.910
1,A,0.930
2,A,0.900
3,A,0.920
3,B,0.926
2,B,0.903
1,B,0.934
0,B,0.915
"""


def written(folder: Path, text: str | bytes, name: str = "results.csv") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path

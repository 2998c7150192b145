"""docs/referee.md from top to bottom, as somebody who brings a script of their own does it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.lab import environment, paribus
from tests.docs.markdown import ROOT, blocks


@pytest.mark.slow
@pytest.mark.parametrize("name", ["referee.md", "referee.ko.md"])
def test_the_page_runs_from_top_to_bottom(name, tmp_path, monkeypatch):
    document, lang = ROOT / "docs" / name, "ko_KR.UTF-8" if ".ko." in name else "en_GB.UTF-8"
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    told = re.findall(r"^> (.+)$", document.read_text(encoding="utf-8"), re.MULTILINE)
    for block in blocks(document):
        if block.file_name:
            (tmp_path / block.file_name).write_text(block.text, encoding="utf-8")
            continue
        for line in block.text.splitlines() if not block.language else ():
            words = line.split()
            if words[:2] == ["paribus", "referee"]:
                own = {"TMPDIR": str(tmp_path.parent), "LC_ALL": lang}
                done = paribus(*shell_words(line), cwd=tmp_path, env=own)
                assert done.code in ((0, 10) if words[2] == "try" else (0,)), done.err
                if words[2] == "try":
                    assert re.match(re.escape(told.pop(0)).replace(r"\.\.\.", ".+"), done.out), done.out
            else:
                subprocess.run(["sh", "-c", line], cwd=tmp_path, env=environment(), check=True)
    assert told == []
    assert (tmp_path / "paribus-lab" / "referee" / "report.html").is_file()


def shell_words(line: str) -> list[str]:
    """Its words without the program's name, with a Python that starts at once."""
    import shlex

    return [sys.executable if word == "python" else word for word in shlex.split(line)[1:]]

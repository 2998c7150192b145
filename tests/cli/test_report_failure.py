"""A report that cannot be written takes neither the verdict nor the JSON from the user."""

from __future__ import annotations

import json

from tests.cli.conftest import PAIR
from tests.cli.lab import paribus, refused


def test_verdict_and_json_come_before_a_report_that_cannot_be_written(pair, store):
    report = store / "comparisons" / pair.json["id"] / "report.html"
    kept = report.read_bytes()
    report.unlink()
    report.mkdir()
    try:
        plain = paribus(*PAIR, "--out", store)
        machine = paribus(*PAIR, "--json", "--out", store)
    finally:
        report.rmdir()
        report.write_bytes(kept)
    assert pair.json["verdict"]["en"] in plain.out
    refused(plain, "report.html")
    assert machine.code == 2
    assert json.loads(machine.out)["verdict"] == pair.json["verdict"]
    assert "Traceback" not in machine.err

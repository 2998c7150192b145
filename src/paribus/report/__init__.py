"""The HTML report: one self-contained file, which makes no network requests."""

from paribus.report.page import render, write_report

__all__ = ["render", "write_report"]

"""The HTML report: one self-contained file that asks nobody for anything."""

from paribus.presentation.report.page import render, write_report

__all__ = ["render", "write_report"]

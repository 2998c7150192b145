"""The words of charts, tables and downloads in the page: scripts have no sentence of their own."""

from __future__ import annotations

from paribus.words.translation import translator


def chart_interface(lang: str) -> dict[str, str]:
    """What an interactive chart says. `{...}` is filled in by the page."""
    text = translator(lang).text
    return {
        "metric": text("What is shown"),
        "arms": text("Arms"),
        "seeds": text("Seeds"),
        "log": text("Logarithmic axis"),
        "whole": text("Whole range"),
        "closer": text("From epoch {n}"),
        "epoch": text("Epoch"),
        "arm": text("Arm"),
        "mean": text("Mean"),
        "low": text("Lowest"),
        "high": text("Highest"),
        "seed": text("Seed {n}"),
        "atEpoch": text("Epoch {n}"),
        "range": text("{low} to {high}"),
        "keys": text(
            "Drag over the chart to look closer, double-click for the whole. On the keyboard: arrow keys move from "
            "epoch to epoch, plus and minus look closer and back, 0 shows the whole."
        ),
        **save_words(lang),
    }


def save_words(lang: str) -> dict[str, str]:
    """What the buttons say that save a chart, and the fold with its table."""
    text = translator(lang).text
    return {
        "table": text("The figures as a table"),
        "save": text("Save {what}"),
        "csv": text("the figures as CSV"),
        "png": text("the picture as PNG"),
        "svg": text("the picture as SVG"),
    }


def mistake_words(lang: str) -> dict[str, str]:
    """What a confusion matrix says when one of its cells is opened."""
    text = translator(lang).text
    return {
        "shows": text("Shows"),
        "cell": text("shows {true}, called {said}: {count}"),
        "opened": text("Shows {true}, called {said}"),
        "counted": text("{count} over all counted runs; {own} in the run of seed {seed}."),
        "countedAll": text("{count} over all counted runs."),
        "some": text("The first {n} of them:"),
        "none": text("The run of seed {seed} called no such image so."),
        "image": text("Test image {number}"),
        "close": text("Close"),
    }

"""A page as a test reads it: its tags in balance, its tables as rows of text."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"meta", "link", "img", "br", "hr", "input"}


@dataclass
class Page(HTMLParser):
    """`rows`: for each `tr` its cells' texts; `attributes`: every (tag, name, value); `text`: the body's, without the
    list of contents; `scripts`: each one's type and text, of `script` elements."""

    attributes: list[tuple[str, str, str]] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    text: str = ""
    style: str = ""
    scripts: list[tuple[str, str]] = field(default_factory=list)
    _open: list[str] = field(default_factory=list)
    _cells: list[list[str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        if tag not in VOID:
            self._open.append(tag)
        if tag == "script":
            self.scripts.append((dict(attrs).get("type") or "", ""))
        if tag == "tr":
            self._cells.append([])
        if tag in ("td", "th"):
            self._cells[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        assert self._open, f"</{tag}> closes nothing"
        assert self._open[-1] == tag, f"</{tag}> closes <{self._open[-1]}>"
        self._open.pop()

    def handle_data(self, data: str) -> None:
        if "style" in self._open:
            self.style += data
            return
        if "script" in self._open:
            kind, text = self.scripts[-1]
            self.scripts[-1] = (kind, text + data)
            return
        if not {"head", "nav"} & set(self._open):
            self.text += data
        if {"td", "th"} & set(self._open):
            self._cells[-1][-1] += data

    @property
    def rows(self) -> list[list[str]]:
        return [[" ".join(cell.split()) for cell in row] for row in self._cells]

    def row(self, start: str) -> list[str]:
        """The only row whose first cell is `start`."""
        (found,) = [row for row in self.rows if row and row[0] == start]
        return found


def read_page(html: str) -> Page:
    """The page, read to its end. Fails where tags are out of balance."""
    page = Page()
    page.feed(html)
    page.close()
    assert page._open == [], f"left open: {page._open}"
    return page

"""Reads a page: what it refers to, whether its parts fit together, and what it fetches."""

from __future__ import annotations

from html.parser import HTMLParser

_VOID = ("meta", "br", "rect", "path", "image", "use", "col", "circle", "link", "img")
_HEADINGS = ("h1", "h2", "h3", "h4")


class Page(HTMLParser):
    """A parsed page; raises where tags do not close as they opened."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.fetched: list[str] = []
        self.figures: list[str] = []
        self.headings: list[int] = []
        self.text: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        if tag not in _VOID:
            self.open.append(tag)
        self.ids += [given["id"]] if "id" in given else []
        kept = self.links if tag == "a" else self.fetched
        kept += [given[name] for name in ("href", "src", "xlink:href", "srcset") if name in given]
        self.headings += [_HEADINGS.index(tag) + 1] if tag in _HEADINGS else []
        if tag == "svg" and given.get("aria-hidden") != "true":
            self.figures.append(given["aria-label"])
            assert given["role"] == "img"

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)
        if tag not in _VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        if tag not in _VOID:
            assert self.open.pop() == tag

    def handle_data(self, data):
        if not self.open or self.open[-1] != "style":
            self.text.append(data)


def assert_self_contained(text: str) -> None:
    """Check that a page is one whole, fetches nothing, and has its headings in order."""
    page = Page(text)
    assert page.open == []
    assert len(page.ids) == len(set(page.ids))
    inside = {f"#{name}" for name in page.ids}
    assert all(link in inside or link.startswith("data:image/png") for link in page.fetched)
    assert all(link in inside or link.startswith("https://doi.org/") for link in page.links)
    for foreign in ("<script", "@import", "<link", "url(http", "<metadata", "<img"):
        assert foreign not in text
    assert page.headings[0] == 1
    assert page.headings.count(1) == 1
    steps = zip(page.headings, page.headings[1:], strict=False)
    assert all(after <= before + 1 for before, after in steps)
    assert all(page.figures)

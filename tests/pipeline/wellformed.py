# SPDX-License-Identifier: GPL-2.0-or-later
"""A reader of HTML that minds its tags."""

from __future__ import annotations

from html.parser import HTMLParser

VOID = {"meta", "path", "polyline", "rect", "img"}


class Wellformed(HTMLParser):
    """Reads a page whose tags must all be closed in order.

    Attributes:
        cells: texts of table cells.
        tags: names of all tags.
        attributes: `(tag, name, value)` of every attribute.
    """

    def __init__(self, text):
        super().__init__()
        self.open = []
        self.cells = []
        self.tags = []
        self.attributes = []
        self.feed(text)
        assert not self.open

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        self.attributes += [(tag, name, value) for name, value in attributes]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] == "td":
            self.cells.append(data)

"""The tree of HTML: what stands in it in order, what of it is seen, and nothing of scripts, styles and comments."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

import nh3

DEEPEST = 100
_BLOCK_NAMES = """
    address article aside blockquote body caption center dd details div dl dt fieldset figcaption figure footer form
    h1 h2 h3 h4 h5 h6 header hr legend li main nav ol p pre section summary table tbody td tfoot th thead tr ul
"""
_LOOK_NAMES = """
    a abbr acronym b bdi bdo big cite code del dfn em font i ins kbd mark q s samp small span strike strong sub sup
    tt u var
"""
_DROPPED_NAMES = "script style title template iframe object svg audio video canvas noscript xml"
BLOCKS = frozenset(_BLOCK_NAMES.split())
EMPTY = frozenset({"br", "hr", "img", "wbr", "col"})
_KEPT = {*BLOCKS, *EMPTY, *_LOOK_NAMES.split()}
_DROPPED = set(_DROPPED_NAMES.split())
_CELL = {"colspan", "rowspan"}
_ATTRIBUTES = {"*": {"style", "class", "hidden"}, "a": {"href"}, "ol": {"start"}, "td": _CELL, "th": _CELL}
_HIDDEN = re.compile(r"display:none|visibility:hidden|mso-hide:all|mso-element:comment|mso-comment-", re.IGNORECASE)
_BESIDE = frozenset({"msocomanchor", "msocomtxt", "msodel", "msocommentreference", "msocommenttext"})


@dataclass
class Element:
    """An element with its attributes and what stands in it, in order."""

    name: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list[Element | str] = field(default_factory=list)

    @classmethod
    def of(cls, html: str) -> Element:
        """The tree of a page or a part of one, read as browsers read it; scripts, styles and comments are not in it."""
        cleaned = nh3.clean(html, tags=_KEPT, clean_content_tags=_DROPPED, attributes=_ATTRIBUTES, link_rel=None)
        builder = _Builder()
        builder.feed(cleaned)
        builder.close()
        return builder.root

    @property
    def style(self) -> str:
        """The style without blanks, in small letters."""
        return self.attributes.get("style", "").replace(" ", "").lower()

    @property
    def classes(self) -> frozenset[str]:
        return frozenset(self.attributes.get("class", "").lower().split())

    @property
    def unseen(self) -> bool:
        """Whether the reader does not see it: hidden, struck by a tracked change, or a remark beside the text."""
        if self.name == "del" or "hidden" in self.attributes:
            return True
        return bool(_HIDDEN.search(self.style) or self.classes & _BESIDE)

    def count(self, name: str) -> int:
        """How many elements with this name stand in it."""
        return sum((child.name == name) + child.count(name) for child in self.children if isinstance(child, Element))

    def words(self) -> str:
        """All its text."""
        return "".join(child if isinstance(child, str) else child.words() for child in self.children)

    def elements(self, *names: str) -> Iterator[Element]:
        """The nearest elements below with one of these names."""
        for child in self.children:
            if isinstance(child, Element):
                if child.name in names:
                    yield child
                else:
                    yield from child.elements(*names)


class _Builder(HTMLParser):
    """Builds the tree of well-formed HTML; what is nested deeper than anybody writes is laid
    flat into one cell, which is read wherever it stands."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("body")
        self._open = [self.root]
        self._flat = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in EMPTY and (self._flat or len(self._open) >= DEEPEST):
            if not self._flat:
                cell = Element("td")
                self._open[-1].children.append(Element("tr", children=[cell]))
                self._open.append(cell)
            self._flat += 1
            return
        made = Element(tag, {name: value or "" for name, value in attrs})
        self._open[-1].children.append(made)
        if tag not in EMPTY:
            self._open.append(made)

    def handle_endtag(self, tag: str) -> None:  # noqa: ARG002 - the name is the parser's, and ends come in order
        if self._flat:
            self._flat -= 1
            if not self._flat:
                self._open.pop()
        elif len(self._open) > 1:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        self._open[-1].children.append(data)

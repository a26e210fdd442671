"""Owns what is told of a Word document: tracked changes, comments, hidden text, restricted editing."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from forms.words import N_
from portal.adapters.remarks_package import COMMENTS, Package, counted, local, on, value
from portal.rules.datasets import Note

CHANGES = N_(
    "Tracked changes: insertions %(insertions)s, deletions %(deletions)s, others %(others)s. Whoever opens the file "
    "reads what stood there before and who changed it."
)
TRACKING = N_("The tracking of changes is switched on: what is changed in the file from now on is kept beside the old.")
HIDDEN = N_("Hidden text, in signs: %(count)s. Whoever opens the file can show it.")
FORM = N_("The document is a protected form: only its fields can be filled in.")
RESTRICTED = N_("Editing is restricted in this document: it can be read, and not changed freely.")

_TEXTS = re.compile(r"(?:header|footer|footnotes|endnotes)\d*\.xml\Z")
_COMMENTS = re.compile(r"comments\d*\.xml\Z")
_HEADING = re.compile(r"heading \d\Z", re.IGNORECASE)
_RUNS = 50
"""Pieces of text of a heading that are kept for its place."""
_INSERTED, _DELETED = frozenset(("ins", "moveTo", "cellIns")), frozenset(("del", "moveFrom", "cellDel"))
_CHANGED = frozenset(
    ("rPrChange", "pPrChange", "sectPrChange", "tblPrChange", "tblGridChange", "trPrChange", "tcPrChange",
     "tblPrExChange", "numberingChange", "cellMerge")
)  # fmt: skip


def look(package: Package) -> Iterator[Note]:
    """What is told of a Word document; ValueError where it has no main part. Places are the headings under which
    something was met.
    """
    main = package.main
    if not main:
        raise ValueError(main)
    folder = posixpath.dirname(main)
    parts = [main, *sorted(part for part in package.parts if posixpath.dirname(part) == folder and part != main)]
    styles = _Styles()
    package.read(posixpath.join(folder, "styles.xml"), styles.start)
    text = _Text(styles)
    for part in parts:
        if part == main or _TEXTS.match(posixpath.basename(part)):
            text.heading = ""
            package.read(part, text.start, text.end, text.text)
    if text.insertions or text.deletions or text.changes:
        changed = {"insertions": text.insertions, "deletions": text.deletions, "others": text.changes}
        yield Note(CHANGES, {name: counted(len(places), places) for name, places in changed.items()})
    protection = _Settings()
    package.read(posixpath.join(folder, "settings.xml"), protection.start)
    if protection.tracking:
        yield Note(TRACKING)
    commented = sum(package.count(part, "comment") for part in parts if _COMMENTS.match(posixpath.basename(part)))
    if commented:
        yield Note(COMMENTS, {"count": counted(commented, text.comments)})
    if text.hidden:
        yield Note(HIDDEN, {"count": counted(sum(text.hidden.values()), text.hidden)})
    if protection.editing:
        yield Note(FORM if protection.editing == "forms" else RESTRICTED)


class _Styles:
    """Which styles are of headings, and which hide what is set in them, by their ids."""

    def __init__(self) -> None:
        self.headings: set[str] = set()
        self.hidden: set[str] = set()
        self._style = ""

    def start(self, name: str, given: dict[str, str]) -> None:
        """An element opens."""
        match local(name):
            case "style":
                self._style = value(given, "styleId")
            case "name" if _HEADING.match(value(given)):
                self.headings.add(self._style)
            case "outlineLvl" if value(given) in set("012345678"):
                self.headings.add(self._style)
            case "vanish" if on(given):
                self.hidden.add(self._style)


class _Settings:
    """What the settings say of tracking and of restricted editing: "" for none, else its kind."""

    def __init__(self) -> None:
        self.tracking = False
        self.editing = ""

    def start(self, name: str, given: dict[str, str]) -> None:
        """An element opens."""
        match local(name):
            case "trackRevisions":
                self.tracking = on(given)
            case "documentProtection" if on({"val": value(given, "enforcement") or "0"}):
                self.editing = value(given, "edit").replace("none", "")


@dataclass
class _Paragraph:
    """A paragraph while it is read."""

    heading: bool = False
    hidden: bool = False
    words: list[str] = field(default_factory=list)


class _Text:
    """Follows the text of a document: each finding is kept as the heading under which it stands."""

    def __init__(self, styles: _Styles) -> None:
        self.heading = ""
        self.insertions: list[str] = []
        self.deletions: list[str] = []
        self.changes: list[str] = []
        self.comments: list[str] = []
        self.hidden: dict[str, int] = {}
        self._styles = styles
        self._open: list[_Paragraph] = []
        self._run_hidden: bool | None = None
        self._in_run = self._in_text = False
        self._twice = 0

    def start(self, name: str, given: Mapping[str, str]) -> None:
        """An element opens. What a fallback says is said a second time, for older programs."""
        what = local(name)
        if what == "Fallback" or self._twice:
            self._twice += 1
        elif what == "t":
            self._in_text = True
        elif what == "r":
            self._in_run, self._run_hidden = True, None
        elif what == "p":
            self._open.append(_Paragraph())
        elif what in _INSERTED:
            self.insertions.append(self.heading)
        elif what in _DELETED:
            self.deletions.append(self.heading)
        elif what in _CHANGED:
            self.changes.append(self.heading)
        elif what == "commentReference":
            self.comments.append(self.heading)
        else:
            self._look(what, given)

    def _look(self, what: str, given: Mapping[str, str]) -> None:
        """What an element says of the run or the paragraph that it belongs to."""
        if what == "vanish" and self._in_run:
            self._run_hidden = on(given)
        elif what == "rStyle" and self._in_run and self._run_hidden is None:
            self._run_hidden = value(given) in self._styles.hidden or None
        elif what == "pStyle" and self._open:
            self._open[-1].heading = value(given) in self._styles.headings
            self._open[-1].hidden = value(given) in self._styles.hidden
        elif what == "outlineLvl" and self._open:
            self._open[-1].heading = value(given) in set("012345678")

    def end(self, name: str) -> None:
        """An element closes."""
        what = local(name)
        if self._twice:
            self._twice -= 1
        elif what == "t":
            self._in_text = False
        elif what == "r":
            self._in_run = False
        elif what == "p" and self._open:
            closed = self._open.pop()
            if closed.heading and (words := " ".join("".join(closed.words).split())):
                self.heading = words

    def text(self, said: str) -> None:
        """Text within an element."""
        if self._twice or not self._in_text or not self._open:
            return
        paragraph = self._open[-1]
        if paragraph.heading and len(paragraph.words) < _RUNS:
            paragraph.words.append(said)
        hidden = paragraph.hidden if self._run_hidden is None else self._run_hidden
        if hidden and said.strip():
            self.hidden[self.heading] = self.hidden.get(self.heading, 0) + len(said)

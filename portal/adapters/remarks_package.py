"""Owns what the looks at Word and Excel files share: parts that are read as they stream by, properties, pictures."""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property

from forms.words import N_
from portal.adapters import remarks_picture
from portal.adapters.office import read_xml
from portal.rules.datasets import Note

LOOKED_AT = 150_000_000
"""Bytes of XML, unpacked, up to which a file is looked at whole."""
PLACES, PLACE = 3, 60

COMMENTS = N_("Comments: %(count)s. Whoever opens the file reads them.")
AUTHOR = N_("The properties of the file name an author.")
ORGANISATION = N_("The properties of the file name an organisation.")
AUTHOR_AND_ORGANISATION = N_("The properties of the file name an author and an organisation.")

_PEOPLE, _ORGANISATIONS = frozenset(("creator", "lastModifiedBy", "Manager")), frozenset(("Company",))


def local(name: str) -> str:
    """The name of an element or attribute without the prefix of its namespace."""
    return name.rpartition(":")[2]


def value(attributes: Mapping[str, str], name: str = "val") -> str:
    """An attribute, whatever the prefix of its namespace; "" for none."""
    found = attributes.get(name)
    if found is None:
        found = next((text for key, text in attributes.items() if local(key) == name), "")
    return found


def on(attributes: Mapping[str, str], name: str = "val") -> bool:
    """Whether an element that switches something on does so: it does unless it says the contrary."""
    return value(attributes, name).lower() not in ("0", "false", "off", "none")


def counted(count: int, places: Iterable[str]) -> str:
    """A count with the first of the places where it was met: `3 (Housing; Finance; …)`."""
    named = list(dict.fromkeys(place if len(place) <= PLACE else place[: PLACE - 1] + "…" for place in places if place))
    if not named:
        return str(count)
    return f"{count} ({'; '.join(named[:PLACES] + ['…'] * (len(named) > PLACES))})"


class Package:
    """The parts of a Word or Excel file."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self.parts = frozenset(archive.namelist())

    @property
    def main(self) -> str:
        """The part from which the others are reached; "" where none is named, or where it is not there."""
        named = (part for kind, part in self.links("").values() if kind == "officeDocument")
        return next((part for part in named if part in self.parts), "")

    @property
    def size(self) -> int:
        """How many bytes its XML unpacks to, as its directory says."""
        return sum(one.file_size for one in self._archive.infolist() if one.filename.endswith(".xml"))

    def read(
        self,
        part: str,
        start: Callable[[str, dict[str, str]], object] | None = None,
        end: Callable[[str], object] | None = None,
        text: Callable[[str], object] | None = None,
    ) -> None:
        """Reads a part, where there is one, to its end; nothing of it is kept."""
        if part in self.parts:
            with self._archive.open(part) as stream:
                read_xml(stream, start, end, text)

    def count(self, part: str, element: str) -> int:
        """How many elements of this name a part holds."""
        found = 0

        def start(name: str, _: dict[str, str]) -> None:
            nonlocal found
            found += local(name) == element

        self.read(part, start)
        return found

    def links(self, part: str) -> dict[str, tuple[str, str]]:
        """What a part refers to within the package: by its id the last word of its kind, and the part."""
        folder, name = posixpath.split(part)
        found: dict[str, tuple[str, str]] = {}

        def start(_: str, given: dict[str, str]) -> None:
            if given.get("TargetMode") != "External" and "Target" in given:
                target = posixpath.normpath(posixpath.join("/", folder, given["Target"]))[1:]
                found[given.get("Id", "")] = (given.get("Type", "").rpartition("/")[2], target)

        self.read(posixpath.join(folder, "_rels", f"{name}.rels"), start)
        return found

    @cached_property
    def _named(self) -> set[str]:
        """Which properties of the file hold anything."""
        found: set[str] = set()
        inside = [""]

        def start(name: str, _: dict[str, str]) -> None:
            inside[0] = local(name)

        def end(_: str) -> None:
            inside[0] = ""

        def text(held: str) -> None:
            if held.strip():
                found.add(inside[0])

        for part in ("docProps/core.xml", "docProps/app.xml"):
            self.read(part, start, end, text)
        return found

    def names(self) -> Iterator[Note]:
        """That the properties name people or organisations, and no name."""
        author, organisation = bool(self._named & _PEOPLE), bool(self._named & _ORGANISATIONS)
        if author and organisation:
            yield Note(AUTHOR_AND_ORGANISATION)
        elif author or organisation:
            yield Note(AUTHOR if author else ORGANISATION)

    def pictures(self) -> Iterator[Note]:
        """How many of the pictures inside tell where they were taken."""
        found = 0
        for part in sorted(self.parts):
            if part.lower().endswith((".jpg", ".jpeg", ".png")):
                with self._archive.open(part) as stream:
                    found += remarks_picture.properties(stream).position
        if found:
            yield Note(remarks_picture.POSITIONS, {"count": found})

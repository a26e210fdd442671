"""Reads good practices as they stand in the versions that are published, one by one."""

from __future__ import annotations

import datetime as dt
import json
import threading
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from forms.answers import canonical, digest
from forms.kinds.practices import IDENTIFIER_LENGTH, in_order
from forms.words import N_
from portal.db import AnyRow
from portal.models.reports import Version
from portal.queries import published
from portal.rules.refusals import Missing

KIND = "practices"
KEPT = 512
Held = tuple["Told", ...]
_kept: dict[str, Held] = {}
_keeping = threading.Lock()


@dataclass(frozen=True)
class Told:
    """One practice of one version: the question and the language it was written in, its columns, and the names of the
    files that its pictures are, by identifier.
    """

    question: str
    language: str
    row: Mapping[str, Any]
    files: Mapping[str, str]


@dataclass(frozen=True)
class Practice:
    """One practice of a published report; `opened` are the files that the state opened with its consent."""

    report_id: uuid.UUID
    entity: str
    names: Mapping[str, str]
    region: str
    cycle: str
    cycle_label: str
    version: int
    published_at: dt.datetime
    opened: frozenset[str]
    told: Told

    @property
    def id(self) -> str:
        """The identifier within its report."""
        return str(self.told.row["id"])

    @property
    def row(self) -> Mapping[str, Any]:
        return self.told.row

    def pictures(self) -> list[Mapping[str, str]]:
        """The pictures whose files the state opened."""
        return [picture for picture in self.row["pictures"] if picture["attachment"] in self.opened]


@dataclass(frozen=True)
class Wanted:
    """Which practices are asked for; an empty word asks for all."""

    commitment: str = ""
    goal: str = ""
    scale: str = ""
    entity: str = ""

    def holds(self, practice: Practice) -> bool:
        """Whether a practice is asked for."""
        return (
            self.commitment in ("", *practice.row["commitments"])
            and self.goal in ("", *practice.row["goals"])
            and self.scale in ("", practice.row["scale"])
            and self.entity in ("", practice.entity)
        )


def published_practices(session: Session) -> list[Practice]:
    """Every practice published now, newest publications first, in the order of each report: two statements at most, and
    a version is read once.
    """
    rows = published.publications(session)
    held = _told(session, rows)
    return [practice for row in rows for practice in _of(row, held[_key(row)])]


def practice(session: Session, report_id: uuid.UUID, identifier: str) -> Practice:
    """One practice of a published report; Missing where there is none."""
    row = published.publication(session, report_id)
    found = next((one for one in _of(row, _told(session, [row])[_key(row)]) if one.id == identifier), None)
    if found is None:
        raise Missing(N_("There is no such practice in this report."))
    return found


def _key(row: AnyRow) -> str:
    return f"{row.Report.id} {row.Publication.version}"


def _told(session: Session, rows: list[AnyRow]) -> dict[str, Held]:
    """The practices of these publications; a version never changes, so what was read of it is kept."""
    with _keeping:
        held = {_key(row): _kept[_key(row)] for row in rows if _key(row) in _kept}
    missing = [(row.Report.id, row.Publication.version) for row in rows if _key(row) not in held]
    if missing:
        columns = (Version.report_id, Version.number, Version.document)
        query = select(*columns).where(tuple_(Version.report_id, Version.number).in_(missing))
        for report_id, number, document in session.execute(query):
            held[f"{report_id} {number}"] = tuple(told(json.loads(document)))
    with _keeping:
        _kept.update(held)
        for key in list(_kept)[: max(0, len(_kept) - KEPT)]:
            del _kept[key]
    return held


def told(document: Mapping[str, Any]) -> Iterator[Told]:
    """The practices of a version's document, in the shape of today, no two with the same identifier."""
    names = {file["id"]: file["name"] for file in document["files"]}
    seen: set[str] = set()
    for answer in document["answers"]:
        if answer["kind"] != KIND:
            continue
        for row in in_order(answer["question"], answer["value"]):
            if row["id"] in seen:
                row["id"] = digest(canonical([answer["question"], row["id"]]))[:IDENTIFIER_LENGTH]
            seen.add(row["id"])
            files = {p["attachment"]: names[p["attachment"]] for p in row["pictures"] if p["attachment"] in names}
            yield Told(answer["question"], answer["language"], row, files)


def _of(row: AnyRow, held: Held) -> Iterator[Practice]:
    report, publication = row.Report, row.Publication
    for one in held:
        yield Practice(
            report_id=report.id,
            entity=report.entity,
            names=row.names,
            region=row.region,
            cycle=report.cycle,
            cycle_label=row.cycle_label,
            version=publication.version,
            published_at=publication.published_at,
            opened=frozenset(publication.attachments),
            told=one,
        )

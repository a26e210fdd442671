"""Takes files of figures into channel b: a file whole or not at all; what is left out is listed with its reason."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from forms.words import N_
from portal.adapters.storage import Storage
from portal.adapters.tabular import BLOCK, Book, open_book
from portal.adapters.tabular_layouts import Plan, Told, plan_for
from portal.models.entities import Entity
from portal.models.observations import Import
from portal.queries.observations import ImportReport, OmissionRow, import_report, omissions
from portal.rules.areas import COUNTRY, EntityFact, Gazetteer, Place, UnknownArea
from portal.rules.refusals import Invalid, Problem
from portal.rules.shipped import entities
from portal.services import figures
from portal.services.act import Act
from portal.services.cycles import bring_in
from portal.services.intake import Desk
from portal.services.staging import Settled

_EMPTY = N_("The file holds a header and no rows; there was nothing to take in.")


@dataclass(frozen=True)
class Taken:
    """What became of a file: its report as kept, sentences for people, and whether it was only tried."""

    report: ImportReport
    notes: tuple[str, ...]
    dry_run: bool


def take_in(
    act: Act,
    storage: Storage,
    file: BinaryIO | Path,
    name: str,
    *,
    source: str | None = None,
    edition: str | None = None,
    entity: str | None = None,
    dry_run: bool = False,
) -> Taken:
    """Takes one file into channel b for a person who may import; everything happens in the act's transaction.

    A file that was taken in before changes nothing; a newer edition makes revisions. `entity` is ISO 3166-1 alpha-3 and
    needed where a national file does not tell its country. Raises Forbidden, Invalid, Unacceptable or TooLarge.
    """
    act.demand("observations:import")
    told = Told(source or "", edition or "", entity or "")
    return take_in_from_console(act, storage, file, name, told, dry_run=dry_run)


def take_in_from_console(
    act: Act,
    storage: Storage,
    file: BinaryIO | Path,
    name: str,
    told: Told,
    *,
    dry_run: bool = False,
    tell: Callable[[OmissionRow], None] | None = None,
) -> Taken:
    """The same without asking for a permission: whoever runs commands on the server holds the database already.

    `tell` is called with each thing left out, of a dry run too, of which nothing stays in the database.
    """
    if isinstance(file, Path):
        with file.open("rb") as stream:
            return _take_in(act, storage, stream, name, told, dry_run, tell)
    if file.seekable():
        return _take_in(act, storage, file, name, told, dry_run, tell)
    with tempfile.TemporaryFile() as copy:
        while block := file.read(BLOCK):
            copy.write(block)
        return _take_in(act, storage, cast("BinaryIO", copy), name, told, dry_run, tell)


def _take_in(
    act: Act,
    storage: Storage,
    stream: BinaryIO,
    name: str,
    told: Told,
    dry_run: bool,
    tell: Callable[[OmissionRow], None] | None,
) -> Taken:
    session = act.session
    point = session.begin_nested()
    gazetteer = Gazetteer(_entities(act))
    book, plan = _opened(gazetteer, stream, name, told)
    row = _begun(act, plan, book, name)
    _keep(session, storage, stream, row, dry_run)
    desk = Desk(session, gazetteer, plan, row.number)
    settled = desk.take_all(act.at)
    _count(session, row, desk, settled)
    report = import_report(session, row.id)
    notes = _notes(plan, desk)
    if tell:
        for left in omissions(session, row.id):
            tell(left)
    if dry_run:
        point.rollback()
    else:
        point.commit()
        counts = {"new": settled.new, "revised": settled.revised, "left_out": desk.left_out}
        file = {"import": str(row.id), "source": row.source, "sha256": row.sha256}
        act.record("observations.imported", {**file, **counts})
        if settled.revised:
            figures.tell_moved(act, row.number, desk.series)
    return Taken(report, notes, dry_run)


def _entities(act: Act) -> list[EntityFact]:
    """The entities of the portal; an empty list is filled with those it ships: without them no row has a country."""
    if act.session.scalars(select(Entity.iso3).limit(1)).first() is None:
        bring_in(act, entities())
    found = act.session.execute(select(Entity.iso3, Entity.iso2, Entity.m49, Entity.names))
    return [EntityFact(iso3, iso2, m49, names) for iso3, iso2, m49, names in found]


def _opened(gazetteer: Gazetteer, stream: BinaryIO, name: str, told: Told) -> tuple[Book, Plan]:
    """The file with its plan: source and country settled, or refused with a sentence."""
    country = told.entity or (told.source.partition(":")[2] if told.source.startswith("national:") else "")
    book = open_book(stream, name)
    plan = plan_for(book, Told(told.source, told.edition, country))
    if country:
        _country(gazetteer, Place("iso3", country))
    if plan.national:
        plan.source = plan.source or _national_source(gazetteer, plan, country)
    return book, plan


def _national_source(gazetteer: Gazetteer, plan: Plan, country: str) -> str:
    if country:
        return f"national:{country}"
    if plan.country is not None:
        return f"national:{_country(gazetteer, plan.country)}"
    if next(plan.readings(), None) is None:
        return "national"
    sentence = "The file does not say of which country its figures are. Name its three-letter code as the entity."
    raise Invalid(sentence, [Problem("entity", sentence)])


def _country(gazetteer: Gazetteer, place: Place) -> str:
    try:
        fact = gazetteer.find(place)
    except UnknownArea as error:
        sentence = f"{place.code!r} is not a country that reports here; use its ISO 3166-1 code, for example KAZ."
        raise Invalid(sentence, [Problem("entity", sentence)]) from error
    if fact.kind != COUNTRY:
        sentence = f"{fact.name} is not an entity that reports here."
        raise Invalid(sentence, [Problem("entity", sentence)])
    return fact.key


def _begun(act: Act, plan: Plan, book: Book, name: str) -> Import:
    row = Import(
        source=plan.source[:120],
        layout=plan.layout,
        file_name=name.replace("\\", "/").rpartition("/")[2][:300],
        blob="",
        size=0,
        sha256="",
        edition=plan.edition[:120],
        imported_at=act.at,
        imported_by=act.person.id if act.person else None,
        mapping={"sheet": plan.sheet, "file": book.kind, "columns": dict(plan.columns), "not_taken": plan.not_taken},
    )
    act.session.add(row)
    act.session.flush()
    return row


def _keep(session: Session, storage: Storage, stream: BinaryIO, row: Import, dry_run: bool) -> None:
    """Keeps the file as it came; the bytes of an earlier import are not kept a second time."""
    stream.seek(0)
    digest = hashlib.sha256()
    while block := stream.read(BLOCK):
        digest.update(block)
    row.sha256, row.size = digest.hexdigest(), stream.tell()
    earlier = select(Import.blob).where(Import.sha256 == row.sha256, Import.blob != "").limit(1)
    blob = session.scalars(earlier).first()
    if blob is None and not dry_run:
        stream.seek(0)
        blob = storage.put(stream).key
    row.blob = blob or ""
    session.flush()


def _count(session: Session, row: Import, desk: Desk, settled: Settled) -> None:
    row.rows_read = desk.rows_read
    row.new, row.revised, row.unchanged = settled.new, settled.revised, settled.unchanged
    row.left_out, row.no_longer_given = desk.left_out, settled.no_longer_given
    row.figures_read = settled.new + settled.revised + settled.unchanged + desk.left_out
    session.flush()


def _notes(plan: Plan, desk: Desk) -> tuple[str, ...]:
    notes = []
    if not desk.rows_read:
        notes.append(_EMPTY)
    if plan.not_taken:
        notes.append(f"Columns that stay in the kept file only: {', '.join(plan.not_taken)}.")
    return tuple(notes)

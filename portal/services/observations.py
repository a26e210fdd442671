"""Takes files of figures into channel b: a file whole or not at all; what is left out is listed with its reason."""

from __future__ import annotations

import hashlib
import tempfile
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO, cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from forms.words import N_
from portal.adapters.storage import Storage
from portal.adapters.tabular import BLOCK, Book, open_book
from portal.adapters.tabular_layouts import Plan, Told, UnknownLayout, met, plan_for
from portal.adapters.tabular_mapped import Table, find_table, mapped_plan, rows_of
from portal.models.entities import Entity
from portal.models.observations import Import
from portal.queries import imports
from portal.queries.observations import ImportReport, OmissionRow, import_report, omissions, revised_of_reports
from portal.rules import area_lists, mappings
from portal.rules.areas import COUNTRY, EntityFact, Gazetteer, Place, UnknownArea
from portal.rules.datasets import Note, Tie, series_fact, tie_of
from portal.rules.indicators import read_ties
from portal.rules.mappings import ColumnPlan
from portal.rules.no_figures import NoFigures, noted
from portal.rules.refusals import Invalid, Problem
from portal.rules.shipped import entities
from portal.services import figures, rechecks
from portal.services.act import Act
from portal.services.cycles import bring_in
from portal.services.intake import Desk
from portal.services.preview import Preview, Sample, preview, sampled
from portal.services.staging import Settled

_NO_SERIES = N_("Series of which an indicator was said and that the file does not hold: %(series)s.")
_EMPTY = N_("The file holds a header and no rows; there was nothing to take in.")


@dataclass(frozen=True)
class Taken:
    """What became of a file: its report as kept, sentences for people, and whether it was only tried."""

    report: ImportReport
    notes: tuple[Note, ...]
    dry_run: bool


class Reader:
    """Opens files with what the portal knows: its areas, the names that people explained, and the saved mappings.

    `columns` is what a person said of this file; without it the layout is found, or a mapping saved for its kind.
    """

    def __init__(self, session: Session, told: Told, columns: ColumnPlan | None = None) -> None:
        found = session.execute(select(Entity.iso3, Entity.iso2, Entity.m49, Entity.names))
        self.gazetteer = Gazetteer(EntityFact(iso3, iso2, m49, names) for iso3, iso2, m49, names in found)
        self._session = session
        self._told = told
        self._columns = columns

    def opened(self, stream: BinaryIO, name: str) -> tuple[Book, Plan]:
        """The file with its plan: source and country settled, or refused with a sentence."""
        told = self._told
        country = told.entity or (told.source.partition(":")[2] if told.source.startswith("national:") else "")
        book = open_book(stream, name)
        plan = self._plan(book, replace(told, entity=country))
        plan.ties = read_ties(told.indicators)
        if country:
            _country(self.gazetteer, Place("iso3", country))
        if plan.national:
            plan.source = plan.source or _national_source(self.gazetteer, plan, country)
        self.gazetteer.hear(imports.aliases(self._session, plan.source[:120]))
        return book, plan

    def columns_of(self, book: Book) -> ColumnPlan | None:
        """What the columns of a file of no known layout are: saved for its kind, or proposed; None for a known one."""
        try:
            self._laid_out(book, self._told)
        except UnknownLayout:
            table = find_table(book)
            return self._saved(table) or self._proposed(table)
        return None

    def previewed(self, plan: Plan) -> Preview:
        """The file cell by cell, with the indicator to which each of its series would be tied."""
        shown = preview(self.gazetteer, plan)
        return replace(shown, ties=tuple(self._ties(plan, shown.series)))

    def sample(self, stream: BinaryIO, name: str) -> Sample | None:
        """The first rows of a file that cannot be read as figures yet, as they stand; None where it holds no table."""
        try:
            header, rows = rows_of(open_book(stream, name), self._columns)
        except Invalid:
            return None
        return sampled(header, self._columns.roles if self._columns else (), rows)

    def _ties(self, plan: Plan, codes: Sequence[str]) -> Iterable[Tie]:
        """What was said of a series counts, then what is held of it, then what its code tells; one query."""
        held = imports.indicators_of(self._session, plan.source[:120], codes)
        for code in codes:
            told = plan.ties.get(code)
            fact = series_fact(
                *(plan.source, code, plan.titles.get(code, ""), plan.sdg.get(code, "")),
                told=told,
                by_code=plan.by_code,
            )
            yield tie_of(code, held[code] if told is None and code in held else fact.indicator)

    def _plan(self, book: Book, told: Told) -> Plan:
        if self._columns is not None:
            return mapped_plan(book, self._columns, told)
        try:
            return self._laid_out(book, told)
        except UnknownLayout:
            saved = self._saved(find_table(book))
            if saved is None:
                raise
            return mapped_plan(book, saved, told)

    def _laid_out(self, book: Book, told: Told) -> Plan:
        """The plan of a known layout. A list of areas, of which nobody said what its columns are, is refused with what
        stands in it beside what the portal knows.
        """
        try:
            return plan_for(book, told)
        except (UnknownLayout, NoFigures) as refusal:
            try:
                table = find_table(book)
            except Invalid as none:
                raise refusal if isinstance(refusal, NoFigures) else none from None
            columns = area_lists.recognised(table.header, table.sample, self.gazetteer)
            if columns is None or (isinstance(refusal, UnknownLayout) and self._saved(table)):
                raise
            header, rows = rows_of(book, None)
            found = area_lists.compared(columns, header, rows, self.gazetteer, self._marks())
            others = [one.name for one in book.sheets if one.name != table.sheet]
            around = noted(book.notes, table.row - 1, table.sheet, others)
            raise NoFigures(columns.sentence, [*around, *found]) from None

    def _marks(self) -> area_lists.Marks:
        """Of each entity to which groups of states it belongs."""
        found = self._session.execute(select(Entity.iso3, Entity.ldc, Entity.lldc, Entity.sids))
        return {iso3: {"ldc": ldc, "lldc": lldc, "sids": sids} for iso3, ldc, lldc, sids in found}

    def _saved(self, table: Table) -> ColumnPlan | None:
        held = imports.mapping_of(self._session, mappings.fingerprint(table.header))
        if held is None:
            return None
        saved = mappings.adopted(mappings.read_mapping(held.mapping), table.header)
        return replace(saved, row=table.row, sheet=table.sheet)

    def _proposed(self, table: Table) -> ColumnPlan:
        found = mappings.propose(table.header, table.sample, self._knows)
        return replace(found, row=table.row, sheet=table.sheet)

    def _knows(self, wording: str) -> bool:
        try:
            self.gazetteer.find(Place("any", wording))
        except UnknownArea:
            return False
        return True


def look_at(
    act: Act, stream: BinaryIO, name: str, told: Told, columns: ColumnPlan | None
) -> tuple[ColumnPlan | None, Preview | Sample | None, tuple[Problem, ...]]:
    """What a file would become, for a person who may import; nothing is written. The columns as they are told, saved
    or proposed (None for a known layout), then the file cell by cell, or its first rows and what hinders it.

    Raises Unacceptable, TooLarge or Forbidden, Invalid where the file holds no table at all, and NoFigures with what
    stands in a list.
    """
    act.demand("observations:import")
    found = columns or Reader(act.session, told).columns_of(open_book(stream, name))
    reader = Reader(act.session, told, found)
    try:
        _, plan = reader.opened(stream, name)
    except Invalid as refusal:
        return found, reader.sample(stream, name), tuple(refusal.problems) or (Problem("file", refusal.sentence),)
    return found, reader.previewed(plan), ()


def met_in(act: Act, stream: BinaryIO, name: str) -> tuple[Note, ...]:
    """What stands in a file beside its cells, for a person who may import. Raises as `look_at`."""
    act.demand("observations:import")
    return open_book(stream, name).notes


@dataclass(frozen=True)
class Sent:
    """What is known of a file beside its bytes: what its columns are, under which key it is kept, who sent it."""

    columns: ColumnPlan | None = None
    kept: str = ""
    sender: uuid.UUID | None = None


def take_in(
    act: Act,
    storage: Storage,
    file: BinaryIO | Path,
    name: str,
    *,
    source: str | None = None,
    edition: str | None = None,
    entity: str | None = None,
    indicators: Mapping[str, str] | None = None,
    columns: ColumnPlan | None = None,
    dry_run: bool = False,
) -> Taken:
    """Takes one file into channel b for a person who may import; everything happens in the act's transaction.

    A file that was taken in before changes nothing; a newer edition makes revisions. `entity` is ISO 3166-1 alpha-3 and
    needed where a national file does not tell its country; `indicators` says of series, by their codes, to which
    indicator each is tied, "" for none. Raises Forbidden, Invalid, Unacceptable or TooLarge, and NoFigures, of which
    nothing stays, for a list that holds none.
    """
    act.demand("observations:import")
    told = Told(source or "", edition or "", entity or "", indicators or {})
    return take_in_from_console(act, storage, file, name, told, sent=Sent(columns), dry_run=dry_run)


def take_in_from_console(
    act: Act,
    storage: Storage,
    file: BinaryIO | Path,
    name: str,
    told: Told,
    *,
    sent: Sent | None = None,
    dry_run: bool = False,
    tell: Callable[[OmissionRow], None] | None = None,
    watch: Callable[[int], None] | None = None,
) -> Taken:
    """The same without asking for a permission: whoever runs commands on the server holds the database already.

    `tell` is called with each thing left out, of a dry run too, of which nothing stays in the database; `watch` from
    time to time with how many bytes of the file were taken in.
    """
    order = _Order(name, told, sent or Sent(), dry_run, tell, watch)
    if isinstance(file, Path):
        with file.open("rb") as stream:
            return _take_in(act, storage, stream, order)
    if file.seekable():
        return _take_in(act, storage, file, order)
    with tempfile.TemporaryFile() as copy:
        while block := file.read(BLOCK):
            copy.write(block)
        return _take_in(act, storage, cast("BinaryIO", copy), order)


@dataclass(frozen=True)
class _Order:
    name: str
    told: Told
    sent: Sent
    dry_run: bool
    tell: Callable[[OmissionRow], None] | None
    watch: Callable[[int], None] | None


def _take_in(act: Act, storage: Storage, stream: BinaryIO, order: _Order) -> Taken:
    session = act.session
    point = session.begin_nested()
    _furnish(act)
    reader = Reader(session, order.told, order.sent.columns)
    book, plan = reader.opened(stream, order.name)
    row = _begun(act, plan, book, order)
    _keep(session, storage, stream, row, order)
    desk = Desk(session, reader.gazetteer, plan, row.number)
    watch = order.watch
    settled = desk.take_all(act.at, (lambda: watch(stream.tell())) if watch else None)
    notes = tuple(_notes(book, plan, desk))
    _count(session, row, desk, settled)
    row.mapping = row.mapping | {"notes": [one.kept() for one in notes]}
    session.flush()
    report = import_report(session, row.id)
    if order.tell:
        for left in omissions(session, row.id):
            order.tell(left)
    if order.dry_run:
        point.rollback()
    else:
        point.commit()
        counts = {"new": settled.new, "revised": settled.revised, "left_out": desk.left_out}
        file = {"import": str(row.id), "source": row.source, "sha256": row.sha256}
        ties = {"ties": dict(plan.ties)} if plan.ties else {}
        act.record("observations.imported", {**file, **counts, **ties})
        if settled.revised:
            figures.tell_moved(act, revised_of_reports(session, row.number, desk.series))
            rechecks.after_figures(act)
    return Taken(report, notes, order.dry_run)


def _furnish(act: Act) -> None:
    """Fills an empty list of entities with those that the portal ships: without them no row has a country."""
    if act.session.scalars(select(Entity.iso3).limit(1)).first() is None:
        bring_in(act, entities())


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


def _begun(act: Act, plan: Plan, book: Book, order: _Order) -> Import:
    row = Import(
        source=plan.source[:120],
        layout=plan.layout,
        file_name=order.name.replace("\\", "/").rpartition("/")[2][:300],
        blob="",
        size=0,
        sha256="",
        edition=plan.edition[:120],
        imported_at=act.at,
        imported_by=order.sent.sender or (act.person.id if act.person else None),
        mapping={"sheet": plan.sheet, "file": book.kind, "columns": dict(plan.columns), "not_taken": plan.not_taken},
    )
    act.session.add(row)
    act.session.flush()
    return row


def _keep(session: Session, storage: Storage, stream: BinaryIO, row: Import, order: _Order) -> None:
    """Keeps the file as it came; the bytes of an earlier import are not kept a second time."""
    stream.seek(0)
    digest = hashlib.sha256()
    while block := stream.read(BLOCK):
        digest.update(block)
    row.sha256, row.size = digest.hexdigest(), stream.tell()
    earlier = select(Import.blob).where(Import.sha256 == row.sha256, Import.blob != "").limit(1)
    blob = session.scalars(earlier).first()
    blob = blob or order.sent.kept or None
    if blob is None and not order.dry_run:
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


def _notes(book: Book, plan: Plan, desk: Desk) -> Iterator[Note]:
    """What was met in the file and coped with; nothing of it is lost, and nothing of it is silent."""
    if not desk.rows_read:
        yield Note(_EMPTY)
    yield from met(book, plan)
    yield from desk.met()
    if strange := [series for series in plan.ties if series not in desk.codes]:
        yield Note(_NO_SERIES, {"series": ", ".join(strange)})

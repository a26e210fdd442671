"""Files that are here and not taken in yet: kept aside, shown, put right, then confirmed for the worker or dropped."""

from __future__ import annotations

import tempfile
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any, BinaryIO, cast

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from forms.answers import canonical, digest
from forms.words import N_
from portal.adapters.storage import Blob, Storage
from portal.adapters.tabular import BLOCK, open_book
from portal.adapters.tabular_layouts import Plan, Told
from portal.models.datasets import AreaAlias, ColumnMapping, PendingFile
from portal.queries import imports
from portal.rules import mappings
from portal.rules.areas import Place, UnknownArea, simplified
from portal.rules.datasets import Note
from portal.rules.indicators import read_ties
from portal.rules.mappings import ColumnPlan
from portal.rules.refusals import Invalid, NotNow, Problem
from portal.services.act import Act
from portal.services.observations import Reader, Sent, Taken, take_in_from_console
from portal.services.preview import Preview, Sample, count_rows

_SETTLED = N_("This file is no longer open: it is on its way, taken in or dropped.")
_NO_AREA = N_("No area is known under this code or name. Write it as the list has it, for example KAZ or M49:2.")
NOT_SHOWN = N_("The file was not shown as you now say it is. Here it is: look at it, and then take it in.")
MOST_TIES = 30
UNDER_WAY = ("waiting", "reading", "writing")


@dataclass(frozen=True)
class Shown:
    """A file kept aside as it stands: how its columns are understood, and what it would become; or what hinders it,
    with the first rows as they stand. `notes` are what stands in it beside its cells; `mark` is of all that people said
    of the file, "" where it cannot be shown as it would be taken in.
    """

    file: PendingFile
    columns: ColumnPlan | None
    preview: Preview | None
    problems: tuple[Problem, ...] = ()
    sample: Sample | None = None
    notes: tuple[Note, ...] = ()
    mark: str = ""


def lay_aside(act: Act, storage: Storage, blob: Blob, name: str, told: Told) -> PendingFile:
    """Keeps a stored file aside for a person who may import. Its columns are found: by a known layout, by a mapping
    saved for files of this kind, or proposed. Raises Forbidden, Invalid, Unacceptable or TooLarge.
    """
    person = act.demand("observations:import")
    with _stream(storage, blob.key) as stream:
        columns = Reader(act.session, told).columns_of(open_book(stream, name))
    row = PendingFile(
        file_name=name.replace("\\", "/").rpartition("/")[2][:300],
        blob=blob.key,
        size=blob.size,
        sha256=blob.sha256,
        told=asdict(told),
        mapping=columns.document() if columns else {},
        state="shown",
        sent_at=act.at,
        sent_by=person.id,
    )
    act.session.add(row)
    act.session.flush()
    return row


def show(session: Session, storage: Storage, file_id: uuid.UUID) -> Shown:
    """A file kept aside, read as it would be taken in; what hinders it is told instead of raised."""
    row = imports.pending(session, file_id)
    columns = mappings.read_mapping(row.mapping) if row.mapping else None
    if row.state != "shown":
        return Shown(row, columns, None)
    with _stream(storage, row.blob) as stream:
        notes = open_book(stream, row.file_name).notes
        try:
            reader, plan = _plan(session, stream, row)
            found = reader.previewed(plan)
            ties = {one.series: one.indicator or "" for one in found.ties[:MOST_TIES]}
            mark = _mark(session, asdict(_told(row)) | {"indicators": ties}, row, plan)
            return Shown(row, columns, found, notes=notes, mark=mark)
        except Invalid as refusal:
            problems = tuple(refusal.problems) or (Problem("file", refusal.sentence),)
            sample = Reader(session, _told(row), columns).sample(stream, row.file_name)
            return Shown(row, columns, None, problems, sample, notes)


def correct(act: Act, file_id: uuid.UUID, told: Told, columns: ColumnPlan | None) -> PendingFile:
    """Puts right what the file is: source, edition, country, to which indicators its series are tied, and what its
    columns are. Raises Invalid with each that is no indicator.
    """
    row = _open(act, file_id)
    row.told = asdict(told) | {"indicators": read_ties(told.indicators)}
    if columns is not None and row.mapping:
        row.mapping = columns.document()
    act.session.flush()
    return row


def confirm(act: Act, storage: Storage, file_id: uuid.UUID, seen: str, *, save: bool) -> PendingFile:
    """Gives the file to the worker; with `save` its columns are kept for the next file of this kind. `seen` is the mark
    of the file as it was shown. Raises Invalid with what is to put right, NotNow where it was not shown so.
    """
    row = _open(act, file_id)
    with _stream(storage, row.blob) as stream:
        plan = _plan(act.session, stream, row)[1]
    if seen != _mark(act.session, asdict(_told(row)), row, plan):
        raise NotNow(NOT_SHOWN)
    if save and row.mapping:
        keep_mapping(act, mappings.read_mapping(row.mapping), row.file_name, str(row.told.get("source", "")))
    row.state, row.confirmed_at = "waiting", act.at
    act.record("dataset.ask", {"pending": str(row.id), "file": row.file_name, "sha256": row.sha256})
    return row


def drop(act: Act, file_id: uuid.UUID) -> PendingFile:
    """Drops a file that nobody confirmed, or that could not be taken in; nothing of it was stored as a figure."""
    act.demand("observations:import")
    row = imports.pending(act.session, file_id, lock=True)
    if row.state not in ("shown", "broken"):
        raise NotNow(_SETTLED)
    row.state, row.settled_at = "dropped", act.at
    act.record("dataset.drop", {"pending": str(row.id), "file": row.file_name, "sha256": row.sha256})
    return row


def keep_mapping(act: Act, columns: ColumnPlan, name: str, source: str) -> ColumnMapping:
    """Keeps what the columns of files with these headings are, as it was said for the file of this name; an earlier
    saying is replaced and counted. Raises Invalid with each column that will not do.
    """
    person = act.demand("mapping:write")
    hindering = mappings.problems(columns)
    if hindering:
        raise Invalid(hindering[0].sentence, hindering)
    mark, document = mappings.fingerprint(columns.header), columns.document()
    held = imports.mapping_of(act.session, mark)
    if held is None:
        held = ColumnMapping(fingerprint=mark, revision=0)
        act.session.add(held)
    elif held.mapping == document:
        return held
    held.name, held.mapping, held.revision = name, document, held.revision + 1
    held.source, held.saved_at, held.saved_by = source[:120], act.at, person.id
    act.session.flush()
    act.record("mapping.save", {"mapping": str(held.id), "file": name, "revision": held.revision})
    return held


def name_areas(act: Act, storage: Storage, file_id: uuid.UUID, meant: Mapping[str, str]) -> int:
    """Says what wordings in files of this source mean, each as a code or name of an area; gives how many were new.

    Raises Invalid with each that names no area, and then keeps none.
    """
    person = act.demand("mapping:write")
    row = _open(act, file_id)
    with _stream(storage, row.blob) as stream:
        reader, plan = _plan(act.session, stream, row)
    found, wrong = {}, []
    for wording, area in meant.items():
        try:
            found[wording] = _area(reader, area.strip())
        except UnknownArea:
            wrong.append(Problem(f"area-{wording}", _NO_AREA))
    if wrong:
        raise Invalid(_NO_AREA, wrong)
    source = plan.source[:120]
    held = imports.aliases(act.session, source)
    said = {"said_at": act.at, "said_by": person.id}
    for wording, area in found.items():
        plain = simplified(wording)[:300]
        if plain in held:
            here = (AreaAlias.source == source, AreaAlias.wording == plain)
            act.session.execute(update(AreaAlias).where(*here).values(area=area, **said))
        else:
            act.session.add(AreaAlias(source=source, wording=plain, area=area, **said))
    act.session.flush()
    if found:
        act.record("alias.save", {"source": source, "areas": found})
    return len(found)


def forget_mapping(act: Act, mapping_id: uuid.UUID) -> ColumnMapping:
    """Keeps the meaning of these columns no longer: the next file with these headings is shown first again. Files taken
    in stay as they are. Gives what was kept; raises Missing.
    """
    act.demand("mapping:write")
    held = imports.saved_mapping(act.session, mapping_id)
    act.session.delete(held)
    act.session.flush()
    act.record("mapping.forget", {"mapping": str(held.id), "file": held.name, "columns": held.mapping})
    return held


def forget_area(act: Act, alias_id: int) -> str:
    """Keeps no longer what a name means in files of a source: the next one lists it again. Files taken in stay as they
    are. Gives the name; raises Missing.
    """
    act.demand("mapping:write")
    held = imports.alias(act.session, alias_id)
    act.session.delete(held)
    act.session.flush()
    act.record("alias.forget", {"source": held.source, "areas": {held.wording: held.area}})
    return held.wording


def _area(reader: Reader, text: str) -> str:
    if text in reader.gazetteer.keys():  # noqa: SIM118 - a method of the gazetteer
        return text
    return reader.gazetteer.find(Place("any", text)).key


def known_areas(session: Session) -> list[tuple[str, str]]:
    """Every area that a wording can mean, as key and English name, by name."""
    facts = Reader(session, Told()).gazetteer.keys().values()
    return sorted(((fact.key, fact.name) for fact in facts), key=lambda pair: (pair[1], pair[0]))


def take_next(act: Act) -> uuid.UUID | None:
    """Takes on the oldest file that waits; None when none does."""
    waiting = (
        select(PendingFile.id)
        .where(PendingFile.state == "waiting")
        .order_by(PendingFile.confirmed_at, PendingFile.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    found = act.session.scalar(waiting)
    if found is not None:
        progress(act, found, "reading", 0, 0)
    return found


def take_up_again(act: Act) -> None:
    """Puts back what a worker that was killed had taken on: a file is taken in whole or not at all."""
    taken_on = PendingFile.state.in_(("reading", "writing"))
    act.session.execute(update(PendingFile).where(taken_on).values(state="waiting", done=0, parts=0))


def progress(act: Act, file_id: uuid.UUID, state: str, done: int, parts: int) -> None:
    """Notes how far the worker is: rows read, and about how many there are, 0 while that is not known."""
    now_at = {"state": state, "done": done, "parts": parts}
    act.session.execute(update(PendingFile).where(PendingFile.id == file_id).values(now_at))


def read_through(session: Session, storage: Storage, file_id: uuid.UUID, tell: Callable[[int, int], None]) -> int:
    """Reads the whole file before anything is written; gives its rows. `tell` is called from time to time with the rows
    read and with how many there are, by the share of the file that they took. Raises as `confirm`.
    """
    row = imports.pending(session, file_id)
    with _stream(storage, row.blob) as stream:
        _, plan = _plan(session, stream, row)
        return count_rows(plan, lambda rows: tell(rows, rows * row.size // max(stream.tell(), 1)))


def take_in(act: Act, storage: Storage, file_id: uuid.UUID) -> Taken:
    """Takes a confirmed file in, in the act's transaction, for the person who sent it."""
    row = imports.pending(act.session, file_id, lock=True)
    columns = mappings.read_mapping(row.mapping) if row.mapping else None
    with _stream(storage, row.blob) as stream:
        sent = Sent(columns, kept=row.blob, sender=row.sent_by)
        taken = take_in_from_console(act, storage, stream, row.file_name, _told(row), sent=sent)
    row.state, row.settled_at, row.done = "taken", act.at, taken.report.rows_read
    row.import_number = imports.get_import(act.session, taken.report.id).number
    told = {"pending": str(row.id), "import": str(taken.report.id), "file": row.file_name}
    act.notify("dataset.taken", [row.sent_by], told)
    return taken


def give_up(act: Act, file_id: uuid.UUID, trouble: str) -> None:
    """Notes why a file could not be taken in, and tells who sent it."""
    row = imports.pending(act.session, file_id, lock=True)
    row.state, row.settled_at, row.trouble = "broken", act.at, trouble[:500]
    act.record("dataset.broken", {"pending": str(row.id), "trouble": row.trouble})
    act.notify("dataset.broken", [row.sent_by], {"pending": str(row.id), "file": row.file_name})


def _open(act: Act, file_id: uuid.UUID) -> PendingFile:
    act.demand("observations:import")
    row = imports.pending(act.session, file_id, lock=True)
    if row.state != "shown":
        raise NotNow(_SETTLED)
    return row


def _mark(session: Session, told: Mapping[str, Any], row: PendingFile, plan: Plan) -> str:
    """A mark of what people said of a file: its source, ties and columns, and what names of areas mean."""
    columns = mappings.read_mapping(row.mapping).document() if row.mapping else {}
    return digest(canonical([told, columns, imports.aliases(session, plan.source[:120])]))[:16]


def _told(row: PendingFile) -> Told:
    said = {name: str(row.told.get(name) or "") for name in ("source", "edition", "entity")}
    return Told(**said, indicators=row.told.get("indicators") or {})


def _plan(session: Session, stream: BinaryIO, row: PendingFile) -> tuple[Reader, Plan]:
    reader = Reader(session, _told(row), mappings.read_mapping(row.mapping) if row.mapping else None)
    return reader, reader.opened(stream, row.file_name)[1]


@contextmanager
def _stream(storage: Storage, key: str) -> Iterator[BinaryIO]:
    """The bytes of a blob as a stream that can be read again from its beginning."""
    stream = storage.open(key)
    try:
        if stream.seekable():
            yield stream
            return
        with tempfile.TemporaryFile() as copy:
            while block := stream.read(BLOCK):
                copy.write(block)
            yield cast("BinaryIO", copy)
    finally:
        stream.close()

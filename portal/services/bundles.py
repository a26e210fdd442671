"""Synthesis bundles: asked for by the lead, built by the worker from what has been received, kept in the storage."""

from __future__ import annotations

import datetime as dt
import functools
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, cast

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from forms.outline import text
from forms.words import N_
from portal.adapters.storage import Storage
from portal.documents import bundle as document
from portal.documents.bundle import FileInput, Inputs, VersionInput
from portal.documents.tables import Asked
from portal.models.bundles import Bundle
from portal.models.cycles import Cycle
from portal.models.observations import Import
from portal.models.reports import Report
from portal.queries import bundles
from portal.queries.guidelines import guideline
from portal.queries.observations import Figure, stream_observations
from portal.rules.refusals import Invalid, Problem
from portal.services.act import Act

Tell = Callable[[int], None]


@dataclass(frozen=True)
class Built:
    """A finished bundle in the storage."""

    blob: str
    size: int
    sha256: str
    manifest: str


def ask(act: Act, cycle: str) -> Bundle:
    """The lead asks for a bundle of a cycle; the worker builds it. Invalid when there is no such cycle."""
    act.demand("bundle:build")
    _demand_cycle(act.session, cycle)
    parts = len(bundles.versions(act.session, cycle)) + 1
    made = Bundle(cycle=cycle, state="waiting", asked_at=act.at, asked_by=act.actor.id, done=0, parts=parts)
    act.session.add(made)
    act.session.flush()
    act.record("bundle.ask", {"bundle": str(made.id), "cycle": cycle})
    return made


def take(act: Act) -> uuid.UUID | None:
    """Takes on the oldest bundle that waits; None when none does."""
    waiting = (
        select(Bundle.id)
        .where(Bundle.state == "waiting")
        .order_by(Bundle.asked_at, Bundle.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    found = act.session.scalar(waiting)
    if found is not None:
        act.session.execute(update(Bundle).where(Bundle.id == found).values(state="building", done=0))
    return found


def take_up_again(act: Act) -> None:
    """Puts back what a worker that was killed had taken on."""
    act.session.execute(update(Bundle).where(Bundle.state == "building").values(state="waiting", done=0))


def progress(act: Act, bundle: uuid.UUID, done: int) -> None:
    """Notes how many versions are in the bundle so far."""
    act.session.execute(update(Bundle).where(Bundle.id == bundle).values(done=done))


def build(session: Session, storage: Storage, bundle: uuid.UUID, tell: Tell) -> Built:
    """Builds a bundle into the storage, streamed. Reads one snapshot; writes nothing to the database."""
    cycle = bundles.bundle(session, bundle).cycle
    stream = document.Bundle(inputs(session, storage, cycle, tell))
    blob = storage.put(cast("BinaryIO", stream))
    return Built(blob.key, blob.size, blob.sha256, stream.manifest)


def write(session: Session, storage: Storage, cycle: str, path: Path, tell: Tell) -> document.Built:
    """Builds a bundle into a file, whole or not at all."""
    _demand_cycle(session, cycle)
    return document.write(inputs(session, storage, cycle, tell), path)


def _demand_cycle(session: Session, key: str) -> None:
    """Invalid unless there is such a cycle and it counts: nothing is made of reports to practise with."""
    found = session.get(Cycle, key)
    if found is None or found.practice_of is not None:
        raise Invalid(N_("There is no such cycle."), [Problem("cycle", N_("There is no such cycle."))])


def finish(act: Act, bundle: uuid.UUID, built: Built) -> None:
    """Notes that the bundle is ready and tells who asked."""
    row = bundles.bundle(act.session, bundle)
    row.state, row.finished_at, row.done = "ready", act.at, row.parts
    row.blob, row.size, row.sha256, row.manifest = built.blob, built.size, built.sha256, built.manifest
    act.record("bundle.ready", {"bundle": str(bundle), "sha256": built.sha256, "manifest": built.manifest})
    act.notify("bundle.ready", [row.asked_by], {"bundle": str(bundle)})


def give_up(act: Act, bundle: uuid.UUID, trouble: str) -> None:
    """Notes why the bundle could not be built."""
    row = bundles.bundle(act.session, bundle)
    row.state, row.finished_at, row.trouble = "broken", act.at, trouble[:500]
    act.record("bundle.broken", {"bundle": str(bundle), "trouble": row.trouble})
    act.notify("bundle.broken", [row.asked_by], {"bundle": str(bundle)})


def inputs(session: Session, storage: Storage, cycle: str, tell: Tell) -> Inputs:
    """All that goes into the bundle of a cycle. Its date is that of the newest input, so the same inputs give
    the same bytes.
    """
    return Inputs(
        cycle=cycle,
        as_of=_as_of(session, cycle),
        versions=_versions(session, storage, cycle, tell),
        observations=map(_observation, stream_observations(session)),
        questions=_questions(session, cycle),
        sources=_sources(session),
    )


def _as_of(session: Session, cycle: str) -> dt.datetime:
    moments = [row.submitted_at for row in bundles.versions(session, cycle)]
    imported = session.scalar(select(func.max(Import.imported_at)))
    opened = session.get_one(Cycle, cycle).opened_at
    newest: dt.datetime = max([opened, *moments, *([imported] if imported else [])])
    return newest


def _versions(session: Session, storage: Storage, cycle: str, tell: Tell) -> Iterator[VersionInput]:
    files = {(row.entity, row.number): row.files for row in bundles.versions(session, cycle)}
    for count, row in enumerate(bundles.documents(session, cycle), 1):
        held = [_file(storage, file) for file in files[row.entity, row.number]]
        yield VersionInput(row.entity, row.number, row.document, row.receipt, held)
        tell(count)


def _file(storage: Storage, file: Mapping[str, Any]) -> FileInput:
    chunks = functools.partial(storage.chunks, file["blob"])
    return FileInput(file["attachment"], file["name"], file["size"], file["sha256"], chunks)


def _observation(figure: Figure) -> dict[str, object]:
    key = [figure.source, figure.series, figure.area, figure.period, figure.dimensions, figure.unit]
    return {
        "indicator": figure.indicator or figure.sdg,
        "series": figure.series,
        "area": figure.area,
        "area_kind": figure.area_kind,
        "area_name": figure.area_name,
        "year": figure.period,
        "dimensions": figure.dimensions,
        "value": figure.value_text,
        "number": "" if figure.value is None else repr(figure.value),
        "bound": figure.bound,
        "unit": figure.unit,
        "nature": figure.nature,
        "channel": "b",
        "source": figure.source,
        "source_edition": figure.edition,
        "licence": figure.licence,
        "credit": figure.credit,
        "key": " | ".join(key),
    }


def _questions(session: Session, cycle: str) -> Iterator[Asked]:
    editions = select(Report.edition).where(Report.cycle == cycle).distinct().order_by(Report.edition)
    for edition in session.scalars(editions).all():
        for question in guideline(session, edition).questions.values():
            unit = str(question.options.get("unit", ""))
            title = text(question.title, "en")
            yield Asked(question.key, edition, question.kind, title, unit, question.indicator or "")


def _sources(session: Session) -> list[dict[str, object]]:
    query = select(Import.source, Import.edition, Import.file_name, Import.sha256).order_by(
        Import.source, Import.file_name, Import.edition, Import.sha256
    )
    rows = session.execute(query)
    return [{"source": r.source, "edition": r.edition, "file": r.file_name, "sha256": r.sha256} for r in rows]

"""The data of the bench: 193 received reports, a full one in review, a full draft, figures; the floor gets the same."""

from __future__ import annotations

import datetime as dt
import io
import os
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from forms.outline import Question, text
from portal.adapters.tabular_layouts import Told
from portal.db import db
from portal.http.context import storage
from portal.models.cycles import Cycle
from portal.models.entities import Entity
from portal.models.reports import Report, Version
from portal.queries import reports
from portal.queries.observations import Wanted, stream_observations
from portal.rules.shipped import entities
from portal.services import bundles, observations
from portal.services.act import Act
from portal.services.bundles import Built
from tests.bench import floor
from tests.factories import BLOCKERS, DAY, PASSWORD, World, address
from tests.faults.server import Place

PARTS = "parts"
DRAFT, REVIEWED, RECEIVED = "KEN", "KAZ", 193
SECTION, QUESTION = "1.1.2.1", "1.1.2.1/actions"
STATES = ("submitted", "in_review", "clarifying", "accepted", "published")
FROZEN = ("document", "digest", "content_digest", "receipt", "files", "findings", "submitted_at", "submitted_by")
HEADER = "age,geo_area,nature,observation_status,sex,units,year,sl_tlf_uem\n"
DDF = "ddf--datapoints--sl_tlf_uem--by--age--geo_area--nature--observation_status--sex--units--year.csv"
WORDS = "The national urban policy was revised with all provinces; 42 cities have taken it up since 2021. " * 6


@dataclass(frozen=True)
class Facts:
    """Where the requests of the bench go."""

    draft: str
    reviewed: str
    sections: tuple[str, ...]
    figures: int
    bundle: str
    focal_point: str = address("focal_point", DRAFT)
    reviewer: str = address("lead")
    password: str = PASSWORD


def furnish(place: Place, figures: int, mebibytes: int) -> Facts:
    """Brings everything into a fresh portal."""
    with place.application() as app:
        world = World(app)
        world.build()
        draft = world.report(DRAFT)
        reviewed = world.report(REVIEWED)
        asked = world.edition()
        for report in (draft, reviewed):
            values = {q.key: v for at, q in enumerate(asked.counted("full")) if (v := _value(q, at)) is not None}
            world.fill(world.acting("focal_point", report.entity), report, BLOCKERS | values)
            world.done()
        for step in ("ask", "submit", "claim"):
            world.step(reviewed, step)
        act = world.act(None)
        _received(act.session, reviewed, world.person("reviewer").id)
        with_figures = io.BytesIO(ddf(figures))
        observations.take_in_from_console(act, storage(), with_figures, DDF, Told())
        world.done()
        bundle = _bundle(place, world.acting("lead"), mebibytes)
        world.done()
        sections = tuple(s.key for s in asked.counted_sections("full") if s.key.count(".") == 3)
        return Facts(str(draft.id), str(reviewed.id), sections, figures, bundle)


def _bundle(place: Place, act: Act, mebibytes: int) -> str:
    """A bundle that is ready, and beside it the files from which the floor makes the same."""
    parts = place.folder / PARTS
    parts.mkdir()
    for number in range(mebibytes):
        (parts / f"{number:04}.bin").write_bytes(os.urandom(1 << 20))
    whole = place.folder / "bundle.zip"
    with whole.open("wb") as out:
        for block in floor.bare_zip(sorted(parts.iterdir())):
            out.write(block)
    with whole.open("rb") as stream:
        blob = storage().put(stream)
    made = bundles.ask(act, "2026")
    bundles.finish(act, made.id, Built(blob.key, blob.size, blob.sha256, ""))
    whole.unlink()
    return str(made.id)


def _value(question: Question, at: int) -> Any:
    """A made-up answer for the kinds that make up the weight of a report."""
    if question.kind == "narrative":
        return f"{WORDS}\n\n{WORDS}"
    if question.kind != "series":
        return None
    if question.options.get("numeric") is False:
        row = {"year": "2023", "value": "yes", "unit": "", "source": "Statistics office"}
        return {"status": "data", "reason": "", "rows": [row]}
    unit = str(question.options.get("unit", ""))
    years = enumerate((2015, 2019, 2023))
    rows = [
        {"year": str(y), "value": f"{17 + at % 60 + n}.{at % 10}", "unit": unit, "source": "Statistics office"}
        for n, y in years
    ]
    return {"status": "data", "reason": "", "rows": rows}


def _received(session: Session, model: Report, reviewer: Any) -> None:
    """192 more reports, each with the bytes of the model's version, written at once."""
    codes = [code for code in _codes(session) if code not in (DRAFT, REVIEWED)][: RECEIVED - 1]
    _copied(session, model, reviewer, model.cycle, codes)


def _codes(session: Session) -> list[str]:
    return list(session.scalars(select(Entity.iso3).order_by(Entity.iso3)))


def _copied(session: Session, model: Report, reviewer: Any, cycle: str, codes: list[str]) -> None:
    frozen = reports.version(session, model.id, 1)
    shared = {
        "cycle": cycle,
        "edition": model.edition,
        "modality": "full",
        "languages": ["en"],
        "drafting": "preparing",
        "announced": True,
        "created_at": DAY,
        "created_by": model.created_by,
        "versions": 1,
    }
    rows = [
        shared
        | {
            "entity": code,
            "state": STATES[at % len(STATES)],
            "state_since": DAY,
            "assigned_to": reviewer if at % 5 else None,
            "first_submitted_at": DAY - dt.timedelta(days=at % 90, minutes=at),
        }
        for at, code in enumerate(codes)
    ]
    session.execute(insert(Report), rows)
    ids = session.scalars(select(Report.id).where(Report.entity.in_(codes), Report.cycle == cycle)).all()
    copied = {name: getattr(frozen, name) for name in FROZEN}
    session.execute(insert(Version), [copied | {"report_id": report, "number": 1} for report in ids])


def four_cycles_more(place: Place, facts: Facts) -> None:
    """Four earlier cycles of 193 reports each beside the one that is there: 965 reports in all."""
    with place.application() as app:
        world = World(app)
        act = world.act(None)
        model = reports.get(act.session, uuid.UUID(facts.reviewed))
        for number in range(1, 5):
            opened = DAY - dt.timedelta(days=1461 * number)
            cycle = Cycle(key=f"{2026 - 4 * number}", label=f"{number} before", edition=model.edition, opened_at=opened)
            act.session.add(cycle)
            act.session.flush()
            _copied(act.session, model, world.person("reviewer").id, cycle.key, _codes(act.session)[:RECEIVED])
        world.done()


def ddf(rows: int) -> bytes:
    """A file of this many figures in the form of the UN's SDG database."""
    out = io.StringIO()
    out.write(HEADER)
    for line in _lines(rows):
        out.write(line)
    return out.getvalue().encode()


def revised(rows: int, number: int) -> Iterator[str]:
    """The first rows of such a file, each with another figure: what a newer edition would bring."""
    for line in _lines(rows):
        yield f"{line.rpartition(',')[0]},{number}.25\n"


def _lines(rows: int) -> Iterator[str]:
    codes = [str(int(e["m49"])) for e in entities() if e["m49"]]
    ages = [f"{first}_{first + 4}" for first in range(15, 85)]
    written = 0
    for year in range(2000, 2026):
        for age in ages:
            for sex in ("bothsex", "female", "male"):
                for code in codes:
                    if written == rows:
                        return
                    written += 1
                    yield f"{age},{code},n,a,{sex},percent,{year},{written % 97}.{written % 10}\n"


def furnish_floor(place: Place, facts: Facts, url: str) -> None:
    """Gives the floor the same people, reports, answers and figures."""
    engine = floor.open_engine(url)
    floor.Base.metadata.create_all(engine)
    with place.application(), Session(engine) as bare:
        hashed = floor.HASHER.hash(facts.password)
        people = [
            floor.User(id=n, email=e, name=e, password_hash=hashed)
            for n, e in enumerate((facts.focal_point, facts.reviewer), 1)
        ]
        bare.add_all(people)
        states = db.session.execute(select(Entity.iso3, Entity.name_en, Entity.region, Entity.regional_group)).all()
        bare.execute(
            insert(floor.Entity),
            [dict(zip(("iso3", "name", "region", "regional_group"), s, strict=True)) for s in states],
        )
        bare.flush()
        bare.execute(insert(floor.Report), [_bare_report(r) for r in db.session.scalars(select(Report))])
        bare.execute(
            insert(floor.Section), [{"report_id": facts.draft, "key": key, "values": {}} for key in facts.sections]
        )
        bare.execute(insert(floor.Answer), list(_bare_answers(facts)))
        bare.execute(insert(floor.Observation), list(_bare_figures()))
        bare.commit()
    engine.dispose()


def _bare_report(report: Report) -> dict[str, Any]:
    received = report.first_submitted_at or DAY
    told = {"id": str(report.id), "entity": report.entity, "state": report.state, "modality": report.modality}
    rest = {"versions": report.versions, "submitted_at": received.replace(tzinfo=None)}
    return told | rest | {"languages": " ".join(report.languages), "assigned_to": 2 if report.assigned_to else None}


def _bare_answers(facts: Facts) -> Iterator[dict[str, Any]]:
    world = World(None)  # type: ignore[arg-type]
    held = reports.values(
        db.session, next(r.id for r in db.session.scalars(select(Report)) if str(r.id) == facts.reviewed)
    )
    for at, question in enumerate(world.edition().counted("full")):
        value = held.get((question.key, "en"))
        if value is not None:
            title = text(question.title, "en")
            kind = question.kind
            yield {
                "report_id": facts.reviewed,
                "position": at,
                "section": question.section,
                "title": title,
                "kind": kind,
                "value": value,
            }


def _bare_figures() -> Iterator[dict[str, Any]]:
    for figure in stream_observations(db.session, Wanted()):
        yield {
            "indicator": figure.indicator or figure.sdg,
            "series": figure.series,
            "area": figure.area,
            "name": figure.area_name,
            "year": str(figure.period),
            "dimensions": figure.dimensions,
            "value": figure.value_text,
            "unit": figure.unit,
            "source": figure.source,
        }

"""Figures, reports and contributions that do not go together, for the tests of contradictions."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.db import db
from portal.models.contradictions import Case
from portal.models.contributions import Contribution, Partner
from portal.models.observations import Area, Cut, Import, Observation, Series
from portal.models.passages import Passage
from portal.models.reports import Report
from portal.queries import reports
from portal.rules.datasets import cut_fact, is_headline
from portal.rules.shipped import cycle_plan
from portal.services.contributions import Draft
from reviewer.queries import contradictions as queries
from reviewer.services import contradictions as service
from reviewer.services.contradictions import Run
from tests.factories import World
from tests.portal.contributing import contribution, decide, save, send

CYCLE = "2026"
SLUMS, POLICY, RESULTS = "1.1.2.4/NUA-14", "2.1.2/NUA-56", "1.1.2.4/results"
UN, OTHERS = ("un_sdg", "en_lnd_slum"), ("demonstration", "11-1-1")
HABITAT_PART = ("un_habitat", "Proportion of urban population living in inadequate housing (%) (b)")
FALLING = {"2019": "20.0", "2020": "19.0", "2021": "17.5", "2022": "16.0", "2023": "15.0"}


class Figures:
    """Writes figures of channel b as an import would, with series, areas and cuts as they come."""

    def __init__(self, session: Session, at: dt.datetime) -> None:
        self.session = session
        self.file = Import(
            source="test", layout="test", file_name="test.csv", blob="", size=0, sha256="", imported_at=at, mapping={}
        )
        session.add(self.file)
        session.flush()

    def _one(self, model: Any, wanted: dict[str, Any], **more: Any) -> Any:
        held = self.session.scalars(select(model).filter_by(**wanted)).one_or_none()
        if held is None:
            held = model(**wanted, **more)
            self.session.add(held)
            self.session.flush()
        return held

    def add(
        self,
        series: tuple[str, str],
        values: dict[str, str],
        *,
        unit: str = "percent",
        entity: str = "KAZ",
        area: str = "",
        indicator: str = "NUA-14",
        **dimensions: str,
    ) -> None:
        """The figures of one series by period, in one cut and area."""
        fact = cut_fact(dimensions, unit)
        whole = not area
        place = self._one(
            Area,
            {"key": area or entity},
            kind="country" if whole else "city",
            entity=entity,
            name=area.rpartition("/")[2] or entity,
            names={},
        )
        held = self._one(Series, {"source": series[0], "code": series[1]}, title=series[1], indicator=indicator)
        cut = self._one(Cut, fact._asdict(), headline=is_headline(fact.dimensions))
        for period, value in values.items():
            self._one(
                Observation,
                {"series_id": held.id, "area_id": place.id, "cut_id": cut.id, "period": period},
                year=int(period[-4:]),
                value_text=value,
                value=float(value.strip("<>")),
                import_number=self.file.number,
            )
        self.session.flush()


def figures(world: World) -> Figures:
    return Figures(world.act(None).session, world.at)


def run(world: World, role: str = "lead") -> Run:
    world.at += dt.timedelta(minutes=1)
    made = service.find(world.acting(role), CYCLE)
    world.done()
    return made


def cases() -> list[Case]:
    db.session.rollback()
    return list(db.session.scalars(select(Case).order_by(Case.entity, Case.rule)))


def kinds() -> list[tuple[str | None, str]]:
    return [(case.entity, case.rule) for case in cases()]


def series_answer(*rows: tuple[str, str], unit: str = "percent", status: str = "data") -> dict[str, Any]:
    cells = {"unit": unit, "source": "Survey", "disaggregation": "", "place": ""}
    return {"status": status, "reason": "", "rows": [{"year": y, "value": v, **cells} for y, v in rows]}


def report(world: World, values: dict[str, Any], state: str = "in_review", entity: str = "KAZ") -> Report:
    """A report with these answers, moved to this state."""
    made = world.report(entity)
    act = world.acting("focal_point", entity)
    held = reports.get(act.session, made.id, lock=True)
    world.fill(act, held)
    world.fill(act, held, values)
    world.done()
    for step in ("ask", "submit", "claim") if state == "in_review" else ("ask", "submit"):
        world.step(made, step)
    return reports.get(db.session, made.id)


def passage(world: World, entity: str, text: str) -> str:
    """A passage of a contribution of channel d about a state; gives its key."""
    session = world.act(None).session
    partner = Partner(name="Country office", kind="country_office", credit="Country office", created_at=world.at)
    session.add(partner)
    session.flush()
    person = world.person("partner").id
    made = Contribution(
        cycle=CYCLE, channel="d", partner_id=partner.id, edition=cycle_plan().edition, language="en", title="Survey",
        values={}, areas=[], created_at=world.at, created_by=person, state="accepted", versions=1,
    )  # fmt: skip
    session.add(made)
    session.flush()
    key = f"{made.id}:v1:CD.2/challenges:en:1"
    session.add(
        Passage(
            key=key, source="contribution", contribution_id=made.id, version=1, cycle=CYCLE, channel="d", entity=entity,
            partner_id=partner.id, question="CD.2/challenges", section="CD.2", commitment="2.1", language="en",
            ordinal=1, text=text, hash="0" * 64, cut_at=world.at,
        )
    )  # fmt: skip
    world.done()
    return key


def settle(world: World, case: Case, outcome: str, reason: str = "The survey of the office.") -> None:
    act = world.acting("reviewer")
    service.settle(act, queries.get(act.session, case.id, lock=True), outcome, reason)
    world.done()


def differing(world: World) -> Case:
    """One case: two sources that differ."""
    made = figures(world)
    made.add(UN, {"2020": "10.0"}, location="urban")
    made.add(OTHERS, {"2020": "20.0"})
    world.done()
    assert run(world).new == 1
    [case] = cases()
    return case


def told_by_a_partner(world: World, text: str, state: str = "accepted", **head: Any) -> Any:
    made = contribution(world, "c", **{"areas": ["Kazakhstan", "Kenya"]} | head)
    values = {"CC.2/text": text, "CC.1/period": {"from": "2019", "to": "2023"}}
    save(world, made.id, Draft(values=values), made.revision)
    send(world, made.id)
    if state != "sent":
        decide(world, made.id, state, "A reason.")
    return made


def asked(world: World, case_id: uuid.UUID, role: str = "reviewer") -> None:
    act = world.acting(role)
    service.ask(act, queries.get(act.session, case_id, lock=True), "Which of the two is meant?")
    world.done()

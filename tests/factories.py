"""A small world for tests: made by the services themselves, with people who can act at any moment."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from forms.guideline import shipped
from forms.kinds import KINDS
from forms.outline import Guideline
from portal.db import begin_write, db
from portal.demonstration.reports import PATHS, ROLE_OF_STEP
from portal.http import steps
from portal.models.reports import Report
from portal.models.sharing import Handout
from portal.queries import accounts as people
from portal.queries import reports
from portal.queries.guidelines import guideline
from portal.rules.policy import Person
from portal.rules.shipped import cycle_plan, entities
from portal.services import accounts, cycles, drafting, guidelines, handing
from portal.services.act import Act
from portal.services.steps import Order
from reviewer.services import review as team

PASSWORD = "a password for tests"
DAY = dt.datetime(2025, 6, 16, 9, 0, tzinfo=dt.UTC)
STATES = ("KAZ", "KEN")
TEAM = ("reviewer", "lead", "data_officer", "regional_officer", "partner", "administrator")
OF_A_STATE = ("focal_point", "contributor", "certifier")
PATH = PATHS
WHO = {**ROLE_OF_STEP, "recall": "focal_point", "decline": "certifier", "reopen": "certifier"}
BLOCKERS: dict[str, Any] = {
    "F.1/institution": "Ministry of Urban Affairs",
    "F.1/period": {"from": "2021", "to": "2024"},
    "F.1/contacts": [{"name": "Office of the focal point", "email": "focal.point@example.org"}],
    "F.2/summary": "Where the country stands.\n\nWhat comes next.",
    "F.3/process": "Who led and who wrote.",
}


def address(role: str, entity: str | None = None) -> str:
    """The address of an account of the world."""
    name = role.replace("_", ".")
    return f"{name}.{entity.lower()}@example.org" if entity else f"{name}@example.org"


@dataclass
class World:
    """A furnished portal. `act()` opens a writing transaction for anybody at any moment; `done()` commits it."""

    app: Flask
    at: dt.datetime = DAY
    tokens: dict[str, str] = field(default_factory=dict)

    def build(self) -> None:
        """Furnishes an empty portal: entities, edition, cycle, accounts."""
        act = self.act(None)
        cycles.bring_in(act, entities())
        for path in shipped().values():
            guidelines.publish(act, json.loads(path.read_text("utf-8")))
        plan = cycle_plan()
        cycles.open_cycle(act, plan.key, plan.label, plan.edition, plan.phases)
        for role in TEAM:
            accounts.add(act, address(role), role, None, PASSWORD)
        for state in STATES:
            for role in OF_A_STATE:
                accounts.add(act, address(role, state), role, state, PASSWORD)
        self.done()

    def person(self, role: str, entity: str | None = None) -> Person:
        found = people.by_email(db.session, address(role, entity))
        assert found is not None
        return found

    def act(self, person: Person | None, at: dt.datetime | None = None) -> Act:
        db.session.rollback()
        begin_write(db.session)
        return Act(db.session, person, at or self.at)

    def acting(self, role: str, entity: str | None = None, at: dt.datetime | None = None) -> Act:
        person = self.person(role, entity)
        return self.act(person, at)

    def done(self) -> None:
        db.session.commit()

    def edition(self) -> Guideline:
        return guideline(db.session, cycle_plan().edition)

    def report(
        self, entity: str = "KAZ", state: str = "preparing", modality: str = "full", languages: Iterable[str] = ("en",)
    ) -> Report:
        """A report in this state, moved there by the steps themselves; what a submission needs is filled in."""
        act = self.acting("focal_point", entity)
        made = drafting.start(act, drafting.Draft(entity, "2026", modality, list(languages)))
        if state != "preparing":
            self.fill(act, made)
        self.done()
        for step in PATH[state]:
            self.step(made, step)
        return reports.get(db.session, made.id)

    def fill(self, act: Act, report: Report, values: dict[str, Any] | None = None) -> None:
        """Saves these answers, or those without which nothing can be submitted."""
        asked = self.edition()
        given = []
        for key, value in (values or BLOCKERS).items():
            translatable = KINDS[asked.questions[key].kind].translatable
            languages = report.languages if translatable else report.languages[:1]
            given += [drafting.Given(key, str(language), value, 0) for language in languages]
        drafting.save_section(act, report, given)

    def hand_out(self, report: Report, *sections: str, **terms: Any) -> list[Handout]:
        """These sections in the hands of the contributor of the report's entity; `terms` are those of a hand-out."""
        act = self.acting("focal_point", report.entity)
        person = self.person("contributor", report.entity).id
        order = handing.Order(sections, [person], **terms)
        made = handing.hand_out(act, reports.get(act.session, report.id, lock=True), order)
        self.done()
        return made

    def step(self, report: Report, name: str, order: Order | None = None, at: dt.datetime | None = None) -> None:
        """Takes a step as the person whose step it is."""
        role = WHO[name]
        act = self.acting(role, report.entity if role in OF_A_STATE else None, at)
        mine = reports.get(act.session, report.id, lock=True)
        if name == "check":
            team.check(act, mine, {item.key: ("yes", "") for item in self.edition().checklist})
        else:
            steps.take(act, mine, name, order or Order(reason="a reason"))
        self.done()

    def token(self, role: str, entity: str | None = None) -> str:
        """An API token of this account."""
        email = address(role, entity)
        if email not in self.tokens:
            self.tokens[email] = accounts.issue_token(self.act(None), email)
            self.done()
        return self.tokens[email]

    def browser(self, role: str, entity: str | None = None) -> FlaskClient:
        """A browser without script in which this person has logged in."""
        client = self.app.test_client()
        page = client.get("/login").get_data(as_text=True)
        sent = {"csrf_token": csrf(page), "email": address(role, entity), "password": PASSWORD}
        assert client.post("/login", data=sent).status_code == 303
        return client


def csrf(page: str) -> str:
    """The token of a page's forms."""
    return (
        page.split('name="csrf_token" value="', 1)[1].split('"', 1)[0]
        if 'name="csrf_token" value="' in page
        else page.split('name="csrf-token" content="', 1)[1].split('"', 1)[0]
    )

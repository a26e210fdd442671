"""Every address declares its permission, and the permission holds: each address for each kind of person in each
state of a report.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO

import pytest
from flask import Flask
from sqlalchemy import select

from portal.app import create_app
from portal.config import Settings
from portal.db import db
from portal.http.context import EXTENSION
from portal.http.guard import PUBLIC, Undeclared, permissions
from portal.models.passages import Passage
from portal.queries import reports
from portal.rules.lifecycle import STATES
from portal.services import bundles, handing, sources
from portal.services.attachments import Upload, attach
from portal.services.history import make_point
from reviewer.services import statements
from tests.conftest import running
from tests.factories import PATH, World
from tests.house.addresses import ADDRESSES, OF_A_REPORT
from tests.portal import contributing
from tests.rules.test_policy import TABLE

# The people of the table of permissions (tests/rules/test_policy.py) who have an account in the world of the tests.
WHO = {
    "f": ("focal_point", "KAZ"),
    "c": ("contributor", "KAZ"),
    "z": ("certifier", "KAZ"),
    "o": ("focal_point", "KEN"),
    "r": ("reviewer", None),
    "l": ("lead", None),
    "d": ("data_officer", None),
    "a": ("administrator", None),
    "g": ("regional_officer", None),
    "p": ("partner", None),
}
MISSING = 1_000_000
REPORT_SUBJECT = re.compile(r"<uuid:(report_id|attachment_id)>|:passage_id>")


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    """A portal made for one test alone, which takes its guards away."""
    with running(create_app(settings)) as made:
        yield made


@dataclass
class Case:
    """A report in one state, with everything an address can name."""

    world: World
    report: uuid.UUID
    state: str
    names: dict[str, str] = field(default_factory=dict)

    def path(self, rule: str) -> str:
        return re.sub(r"<(?:[^:<>]+:)?([a-z0-9_]+)>", lambda match: self.names[match.group(1)], rule)

    @property
    def column(self) -> int:
        """Which column of the table of permissions holds: a draft, a received report, a published one."""
        if self.state == "published":
            return 2
        return 0 if self.state in {"preparing", "clearing"} else 1


def furnish(world: World, state: str) -> Case:
    report = world.report(state="preparing")
    act = world.acting("focal_point", "KAZ")
    world.fill(act, report)
    world.fill(act, report, {"A.2/practices": [{"id": "homes", "title": "Homes by the canal"}]})
    blob = world.app.extensions[EXTENSION].storage.put(BytesIO(b"a,b\n1,2\n"))
    upload = Upload("a.csv", "text/csv", blob.key, blob.size, blob.sha256)
    attachment = attach(act, reports.get(act.session, report.id, lock=True), "A.4/files", upload)
    point = make_point(act, reports.get(act.session, report.id), "Then")
    document = sources.add(act, reports.get(act.session, report.id), ("Review", "vnr", "2022"), upload, [])
    document_id = document.id
    names = {"report_id": str(report.id), "attachment_id": str(attachment.id), "file_id": str(attachment.id)}
    world.done()
    (handout,) = world.hand_out(report, "1.1.2.4")
    handing.withdraw(world.acting("focal_point", "KAZ"), reports.get(db.session, report.id, lock=True), handout.id)
    names["document_id"] = str(document_id)
    names["handout_id"] = str(handout.id)
    world.done()
    for step in PATH[state]:
        world.step(report, step)
    bundle = bundles.ask(world.acting("lead"), "2026")
    names["passage_id"] = str(
        db.session.scalar(select(Passage.id).where(Passage.report_id == report.id).limit(1)) or MISSING
    )
    names |= {"bundle_id": str(bundle.id), "import_id": str(uuid.uuid4()), "dataset_id": str(uuid.uuid4())}
    world.done()
    names |= {
        "identifier": "homes",
        "key": "F.2",
        "question": "F.2/summary",
        "n": "1",
        "number": "1",
        "step": "ask",
        "iso3": "KAZ",
    }
    names |= {name: str(uuid.uuid4()) for name in ("aside_id", "comment_id", "invitation_id", "membership_id", "name")}
    names |= {name: str(uuid.uuid4()) for name in ("remark_id", "view_id")}
    names["point_id"] = str(point.id)
    names["request_id"] = str(uuid.uuid4())
    names["case_id"] = str(uuid.uuid4())
    names |= {"mapping_id": str(uuid.uuid4()), "alias_id": "1"}
    names |= of_partners(world)
    statement = statements.write(world.acting("lead"), statements.Draft("2026", "1.1.1.1", "Cities grow."))
    names |= {"heading": "1.1.1.1", "statement_id": str(statement.id)}
    names |= {name: str(uuid.uuid4()) for name in ("citation_id", "recheck_id", "supplement_id")}
    world.done()
    names |= {"extension_id": str(uuid.uuid4()), "phase": "feedback"}
    names |= {"cycle": "2026", "edition": world.edition().key, "filename": "portal.css"}
    return Case(world, report.id, state, names)


def of_partners(world: World) -> dict[str, str]:
    """An accepted contribution of the partner for which the person `p` files, which names Kazakhstan; and a partner for
    which nobody files.
    """
    made = contributing.contribution(world, state="accepted")
    names = {"contribution_id": str(made.id), "call_id": str(made.call_id), "channel": "c"}
    names["partner_id"] = str(contributing.partner(world, name="Another agency", people=()).id)
    return names | {name: str(uuid.uuid4()) for name in ("attached_id", "user_id", "registration_id")}


def test_every_address_and_its_permission_is_written_down(app: Flask) -> None:
    """The list in addresses.py is reviewed by people: a new address, or another permission, changes it."""
    declared = permissions(app)
    found = {
        (method, rule.rule): declared[rule.endpoint, method]
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if rule.endpoint != "static"
    }
    assert found == ADDRESSES


def test_an_address_without_a_permission_stops_the_start(app: Flask) -> None:
    app.view_functions["undeclared"] = lambda: "open"
    app.url_map.add(app.url_rule_class("/undeclared", endpoint="undeclared", methods={"GET"}))
    with pytest.raises(Undeclared, match="GET /undeclared"):
        permissions(app)


@pytest.mark.any_database
@pytest.mark.parametrize("state", STATES)
def test_who_comes_in_where(world: World, state: str) -> None:
    """Each reading address for each person: those whom the table names are let in, all others get 403 or 404,
    the public the door.
    """
    world.app.config["WTF_CSRF_ENABLED"] = False
    case = furnish(world, state)
    db.session.close()
    wrong = []
    for code, (role, entity) in [*WHO.items(), ("-", ("", None))]:
        token = world.token(role, entity) if role else ""
        browser = world.browser(role, entity) if role else world.app.test_client()
        for (method, rule), permission in ADDRESSES.items():
            if rule == "/logout" or (state != STATES[0] and not OF_A_REPORT.search(rule)):
                continue
            may = permission == PUBLIC or (code != "-" and code in _allowed(permission, rule, case))
            path = case.path(rule.replace("<step>", "ask") if "review" not in rule else rule.replace("<step>", "claim"))
            if method != "GET" and may:
                continue  # what a person may do is done in the journeys; here it would move the report
            client, headers = (
                (world.app.test_client(), {"Authorization": f"Bearer {token}"} if role else {})
                if rule.startswith("/api/")
                else (browser, {})
            )
            answer = client.open(path, method=method, headers=headers)
            fine = _let_in(answer.status_code, rule, state) if may else answer.status_code in _shut(code, rule)
            if not fine:
                wrong.append((code, method, path.replace(str(case.report), "REPORT"), permission, answer.status_code))
            answer.close()
    assert wrong == []


def _allowed(permission: str, rule: str, case: Case) -> str:
    """Whom the table names. A permission that looks at the report is read in the report's column."""
    if rule == "/partners/<uuid:partner_id>/words":
        return "rl"  # nobody files for the partner of the case, and no state reads what became of its words
    if "<uuid:contribution_id>" in rule:
        # The contribution of the case is accepted, whatever the report is, and `p` files for its partner.
        return TABLE[permission][2] + ("p" if permission == "contribution:write" else "")
    return TABLE[permission][case.column if REPORT_SUBJECT.search(rule) else 0]


def _let_in(status: int, rule: str, state: str) -> bool:
    """A person who may is never told 401 or 403; 404 only where the thing is not there yet."""
    perhaps = (
        "versions",
        "passage_id",
        "bundle_id",
        "import_id",
        "dataset_id",
        "published",
        "public/reports",
        "session/keys",
        "attached_id",
        "case_id",
        "request_id",
        "<iso3:iso3>/profile",
        "texts/",
        "channels/b/files/",
        "channels/b/rules/",
        "supplement_id",
        "releases/",
    )
    missing = any(part in rule for part in perhaps)
    return status < 400 or status == 409 or (status == 404 and missing) or (status == 422 and "<" not in rule)


def _shut(code: str, rule: str) -> set[int]:
    if code == "-":
        return {401, 302} if not rule.startswith("/api/") else {401}
    return {403, 404}


def _told(page: bytes) -> bytes:
    """A page without the tokens of its forms, which differ from one second to the next."""
    return re.sub(rb'(csrf.token" (?:content|value)=")[^"]+', rb"\1", page)


def test_a_foreign_draft_and_none_at_all_get_the_same_answer(world: World) -> None:
    case = furnish(world, "preparing")
    stranger = world.browser("focal_point", "KEN")
    for (method, rule), permission in ADDRESSES.items():
        if method != "GET" or permission == PUBLIC or "report_id" not in rule or rule.startswith("/api/"):
            continue
        foreign = stranger.get(case.path(rule))
        nothing = stranger.get(case.path(rule).replace(str(case.report), str(uuid.uuid4())))
        assert (foreign.status_code, _told(foreign.data)) == (nothing.status_code, _told(nothing.data)), rule

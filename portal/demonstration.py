"""Demonstration data: the 2022-2026 cycle on a set date, people of every role, and invented entities with reports
in every state.
"""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import click
from flask.cli import with_appcontext

from forms.guideline import shipped
from forms.kinds import KINDS
from forms.outline import Guideline, Question
from portal.adapters.storage import Storage
from portal.adapters.tabular_layouts import Told
from portal.http import steps
from portal.http.context import commit, settings, signer, storage, system_act
from portal.models.reports import Report
from portal.queries import accounts as people
from portal.queries import contributions as filings
from portal.queries import passages, reports
from portal.queries import profiles as desks
from portal.queries.guidelines import guideline
from portal.queries.observations import list_imports
from portal.rules import crosswalk
from portal.rules.lifecycle import DRAFTING
from portal.rules.refusals import Stale
from portal.rules.shipped import TABLES, cycle_plan, entities
from portal.rules.timeline import end_of_day
from portal.services import (
    accounts,
    asides,
    attachments,
    calls_for_input,
    comments,
    contributions,
    cycles,
    drafting,
    guidelines,
    handing,
    moderation,
    observations,
    partners,
    pending,
    practice,
    profiles,
    verifying,
)
from portal.services.act import Act
from portal.services.steps import Order
from reviewer.queries import contradictions as cases
from reviewer.queries import matrix
from reviewer.queries import statements as cited
from reviewer.rules.coding import suggested
from reviewer.services import coding, contradictions, requests, statements, synthesis
from reviewer.services import review as team

PASSWORD = "demonstration only"  # noqa: S105 - printed for everyone, works on demonstration data alone
DAY = dt.date(2025, 6, 16)
DUE = dt.date(2025, 6, 30)
ASKED_BY = dt.date(2025, 7, 31)
SILENT = "XAA"
CODED = 8
REAL_STATES = ("KAZ",)
TEAM = ("reviewer", "lead", "data_officer", "regional_officer", "partner", "administrator")
OF_A_STATE = ("focal_point", "contributor", "certifier")
SUFFIXES = ("actions", "results", "challenges", "next")

PATHS = {
    "preparing": (),
    "clearing": ("ask",),
    "submitted": ("ask", "submit"),
    "in_review": ("ask", "submit", "claim"),
    "clarifying": ("ask", "submit", "claim", "clarify"),
    "accepted": ("ask", "submit", "claim", "check", "accept"),
    "published": ("ask", "submit", "claim", "check", "accept", "consent", "publish"),
    "withdrawn": ("ask", "submit", "withdraw"),
}
ROLE_OF_STEP = {
    "ask": "focal_point",
    "submit": "certifier",
    "claim": "reviewer",
    "check": "reviewer",
    "clarify": "reviewer",
    "accept": "reviewer",
    "consent": "certifier",
    "publish": "lead",
    "withdraw": "certifier",
}
REASONS = {
    "clarify": "Demonstration. Please say which year the figures of section 1.1.2.4 stand for.",
    "withdraw": "Demonstration. A corrected report follows.",
}


@dataclass(frozen=True)
class Account:
    """An account of the demonstration: its address, role and entity."""

    email: str
    role: str
    entity: str | None


def address(role: str, entity: str | None = None) -> str:
    """The address of a demonstration account, a role and never a person: `focal.point.kaz@example.org`."""
    name = role.replace("_", ".")
    return f"{name}.{entity.lower()}@example.org" if entity else f"{name}@example.org"


def material() -> dict[str, Any]:
    """The invented entities, the reports and their texts."""
    found: dict[str, Any] = json.loads((TABLES / "demonstration.json").read_text("utf-8"))
    return found


def accounts_of(given: Mapping[str, Any]) -> list[Account]:
    """Every account of the demonstration: each role of the team, and the three roles of each state."""
    states = [*REAL_STATES, *(entity["iso3"] for entity in given["entities"])]
    team_members = [Account(address(role), role, None) for role in TEAM]
    return team_members + [Account(address(role, state), role, state) for state in states for role in OF_A_STATE]


def furnish(act: Act, files: Storage) -> list[Account]:
    """Brings the whole demonstration into an empty portal; the act's moment is moved along the story, never
    beyond the set day.
    """
    given = material()
    act.at = _moment(0)
    cycles.bring_in(act, entities())
    cycles.bring_in(act, [_entity(given, row) for row in given["entities"]])
    for path in shipped().values():
        guidelines.publish(act, json.loads(path.read_text("utf-8")))
    plan = cycle_plan()
    cycles.open_cycle(act, plan.key, plan.label, plan.edition, plan.phases)
    everyone = accounts_of(given)
    for account in everyone:
        name = account.email.split("@")[0].replace(".", " ")
        accounts.add(act, account.email, account.role, account.entity, PASSWORD, name)
    act.session.flush()
    _figures(act, files, given["figures"])
    _looked_at(act, files)
    for position, wanted in enumerate(given["reports"]):
        _report(act, files, given, wanted, plan.key, position)
    _practice(act, files, given, given["practice"])
    _contributions(act, given["contributions"])
    _coding(act, plan.key)
    _contradictions(act, plan.key)
    _request(act, plan.key)
    _profile(act)
    _synthesis(act, files, given, plan.key)
    return everyone


def _contributions(act: Act, given: Sequence[Mapping[str, Any]]) -> None:
    """A call in each of the channels c to f, each with a contribution; a state that is named in one replies."""
    for wanted in given:
        act.at = _moment(90)
        _acting(act, "lead")
        told = partners.NewPartner(wanted["partner"], wanted["kind"], wanted.get("region"))
        partner = partners.add_partner(act, told)
        partners.invite(act, partner.id, address(wanted["by"]))
        title = f"Demonstration: input to channel {wanted['channel']}"
        ends = end_of_day(ASKED_BY)
        terms = calls_for_input.Terms(wanted["channel"], title, "Demonstration. Please send what you know.", "open",
                                      act.at, ends)  # fmt: skip
        call = calls_for_input.open_call(act, terms)
        act.at = _moment(94)
        _acting(act, wanted["by"])
        draft = contributions.Draft(wanted["title"], wanted["licence"], None, wanted["areas"], wanted["values"])
        made = contributions.start(act, contributions.Begin(call.id, partner.id), draft)
        contributions.send(act, filings.filing(act.session, made), signer())
        act.at = _moment(96)
        _acting(act, "reviewer")
        if wanted["state"] != "sent":
            filing = filings.filing(act.session, made)
            moderation.moderate(act, filing, wanted["state"], wanted.get("reason", ""))
        if reply := wanted.get("reply"):
            _acting(act, "focal_point", reply["entity"])
            moderation.reply(act, filings.filing(act.session, made), reply["entity"], reply["text"])


def _request(act: Act, cycle: str) -> None:
    """A hole of the matrix is made a request to the regional officer."""
    act.at = _moment(99)
    _acting(act, "regional_officer")
    asked = act.actor.id
    _acting(act, "lead")
    words = "Demonstration. What do country offices in Africa see of heat and floods in cities?"
    wish = requests.Wish(cycle, "1.3", "d", "Africa", words, ASKED_BY, person=asked)
    requests.make(act, wish, matrix.regions(act.session))


def _profile(act: Act) -> None:
    """A desk profile of an invented state without a report; the state confirms a part of it and corrects another."""
    act.at = _moment(100)
    _acting(act, "reviewer")
    profiles.compile_profile(act, desks.desk(act.session, SILENT, lock=True))
    act.at = _moment(102)
    _acting(act, "focal_point", SILENT)
    desk = desks.desk(act.session, SILENT, lock=True)
    first, second = [row.ProfileItem.id for row in desks.items(act.session, desk.held.id)][:2]
    corrected = profiles.Said("corrected", "Demonstration. The newest figure of the state is a made-up 21.")
    profiles.answer(act, desk, {first: profiles.Said("confirmed"), second: corrected})


def _coding(act: Act, cycle: str) -> None:
    """Two members of the team code the first passages on one commitment, the second one with fewer codes."""
    act.at = _moment(97)
    _acting(act, "lead")
    wanted = passages.Which(cycle=cycle, commitment="1.1")
    rows = passages.listed(act.session, wanted, passages.Reader(act.actor.id, of_the_team=True), None, limit=CODED)
    found = [passages.subject(act.session, row.Passage.id) for row in rows]
    for role, most in (("lead", 4), ("reviewer", 3)):
        _acting(act, role)
        for subject in found:
            one = subject.passage
            told = suggested(one.text, one.language, one.question, commitment=one.commitment)
            coding.code(act, subject, [suggestion.code for suggestion in told[:most]])


def _contradictions(act: Act, cycle: str) -> None:
    """The rules look at the evidence, and a reviewer decides two of the cases."""
    act.at = _moment(98)
    _acting(act, "lead")
    contradictions.find(act, cycle)
    _acting(act, "reviewer")
    found = cases.listed(act.session, cycle, cases.Wanted(rule="figure"), limit=2)
    for row, outcome in zip(found, ("both_stand", "period_differs"), strict=False):
        case = cases.get(act.session, row.id, lock=True)
        contradictions.settle(act, case, outcome, "Demonstration. The reason is made up.")


def _synthesis(act: Act, files: Storage, given: Mapping[str, Any], cycle: str) -> None:
    """Statements with what they cite, a release of those that are supported, then a figure that is revised after it."""
    act.at = _moment(100)
    _acting(act, "reviewer")
    figures = cited.figures_at_hand(act.session, crosswalk.indicators_of("1.1.1.1"), "XAG", limit=1)
    for wanted in given["statements"]:
        made = statements.write(act, statements.Draft(cycle, wanted["heading"], wanted["text"]))
        which = passages.Which(cycle=cycle, section=wanted["heading"])
        reader = passages.Reader(act.actor.id, of_the_team=True)
        grounds = [
            statements.Ground("passage", row.Passage.key, "for" if row.Passage.entity in wanted["for"] else "against")
            for row in passages.listed(act.session, which, reader, None, limit=100)
            if row.Passage.question.endswith(wanted["suffix"])
            and row.Passage.entity in (*wanted["for"], *wanted["against"])
            and row.Passage.language != "ar"
        ]
        if wanted.get("figure"):
            grounds += [statements.Ground("observation", str(row.id), "for") for row in figures]
        if grounds:
            statements.cite(act, made.id, grounds)
        if wanted["supported"]:
            statements.support(act, made.id, made.revision)
    _acting(act, "lead")
    synthesis.release(act, cycle)
    _revised(act, files, given["figures"], figures)


def _revised(act: Act, files: Storage, given: Mapping[str, Any], figures: Sequence[Any]) -> None:
    """A newer edition gives another figure than the one that is cited: it stands on the list to be checked again."""
    act.at = _moment(101)
    _acting(act, "data_officer")
    for row in figures:
        table = f"Year,UNIT_MEASURE,Value\n{row.period},{row.unit},{float(row.value_text) + 1.5:.1f}\n"
        told: dict[str, Any] = {"source": "demonstration", "edition": f"{given['edition']}, revised", "entity": "XAG"}
        observations.take_in(act, files, BytesIO(table.encode()), f"data_indicator_{row.code}.csv", **told)


def _figures(act: Act, files: Storage, given: Mapping[str, Any]) -> None:
    """Made-up figures of channel b for some of the invented entities, taken in as national files are."""
    _acting(act, "data_officer")
    for place, entity in enumerate(given["entities"]):
        for series in given["series"]:
            lines = [
                f"{year},{series['unit']},{series['first'] + 3 * place + step * series['step']:.1f}"
                for step, year in enumerate(range(2010, 2024))
            ]
            table = "\n".join(["Year,UNIT_MEASURE,Value", *lines]) + "\n"
            name = f"data_indicator_{series['code']}.csv"
            told = {"source": "demonstration", "edition": given["edition"], "entity": entity}
            observations.take_in(act, files, BytesIO(table.encode()), name, **told)


def _looked_at(act: Act, files: Storage) -> None:
    """The lead verifies two files of figures and doubts a third; a file of a new kind waits to be looked at."""
    _acting(act, "lead")
    newest = list_imports(act.session, limit=3)
    for one, verdict in zip(newest, ("verified", "verified", "doubtful"), strict=True):
        verifying.say(act, one.id, verdict, "" if verdict == "verified" else "Demonstration. The reason is made up.")
    _acting(act, "data_officer")
    blob = files.put(BytesIO(b"Country;Year;Share;Note\nXAA;2023;41,5;made up\nThe far islands;2023;12;made up\n"))
    pending.lay_aside(act, files, blob, "demonstration-of-a-new-kind.csv", Told("demonstration"))


def _moment(days: int, hour: int = 9) -> dt.datetime:
    """A moment of the story, counted in days from 3 March 2025, always before the set day."""
    return dt.datetime(2025, 3, 3, hour, tzinfo=dt.UTC) + dt.timedelta(days=days)


def _entity(given: Mapping[str, Any], row: Mapping[str, str]) -> dict[str, Any]:
    names = {language: text.format(letter=row["letter"]) for language, text in given["names"].items()}
    told = {key: row[key] for key in ("iso3", "region", "regional_group", "commissions")}
    flags = {"ldc": False, "lldc": False, "sids": False}
    rest = {"iso2": "", "m49": "", "status": "demonstration", "names": names, "name_en": names["en"]}
    return told | flags | rest | {"note": "Invented for the demonstration."}


def _acting(act: Act, role: str, entity: str | None = None) -> None:
    act.person = people.by_email(act.session, address(role, entity))


def _report(
    act: Act, files: Storage, given: Mapping[str, Any], wanted: Mapping[str, Any], cycle: str, position: int
) -> None:
    entity = wanted["entity"]
    act.at = _moment(7 + position)
    _acting(act, "focal_point", entity)
    draft = drafting.Draft(entity, cycle, wanted["modality"], wanted["languages"])
    report = drafting.start(act, draft)
    if wanted.get("announced"):
        drafting.announce(act, report, True)
    act.at = _moment(28 + position, 14)
    asked = guideline(act.session, report.edition)
    _fill(act, files, report, asked, given, wanted)
    if wanted["state"] in DRAFTING:
        _share(act, report, asked, given)
    for number, step in enumerate(PATHS[wanted["state"]]):
        act.at = _moment(56 + 4 * number + position, 10)
        role = ROLE_OF_STEP[step]
        _acting(act, role, entity if role in OF_A_STATE else None)
        if step == "check":
            team.check(act, report, {item.key: ("yes", "") for item in asked.checklist})
            continue
        opened = tuple(f.id for f in reports.attachments(act.session, report.id)) if step == "consent" else ()
        steps.take(act, report, step, Order(REASONS.get(step), opened))
        act.session.flush()


def _practice(act: Act, files: Storage, given: Mapping[str, Any], wanted: Mapping[str, Any]) -> None:
    """A state that has not begun its report tries the portal in a practice report."""
    act.at = _moment(40)
    _acting(act, "focal_point", wanted["entity"])
    report = practice.start(act, wanted["entity"], wanted["modality"], wanted["languages"])
    _fill(act, files, report, guideline(act.session, report.edition), given, wanted)


def _share(act: Act, report: Report, asked: Guideline, given: Mapping[str, Any]) -> None:
    """Two sections behind the first part are in the hands of the contributor; in the first of them the two talk, and
    have changed the same sentence at once.
    """
    sections = [section.key for section in asked.counted_sections(report.modality) if not section.key.startswith("F")]
    contributor = people.by_email(act.session, address("contributor", report.entity))
    if contributor is None:
        return
    note = "Demonstration. Please write what your ministry has done."
    handing.hand_out(act, report, handing.Order(sections[:2], [contributor.id], due=DUE, note=note))
    _talk(act, report, sections[0], given["talk"])
    _differ(act, report, sections[0], given["conflict"])


def _talk(act: Act, report: Report, section: str, told: Mapping[str, str]) -> None:
    """A comment and its answer."""
    about = f"{section}/{told['suffix']}"
    first = comments.write(act, report, comments.Remark(section, told["focal_point"], about))
    _acting(act, "contributor", report.entity)
    act.at += dt.timedelta(hours=2)
    comments.write(act, report, comments.Remark(section, told["contributor"], about, first.id))


def _differ(act: Act, report: Report, section: str, told: Mapping[str, str]) -> None:
    """The contributor saves a sentence anew; the focal point, who changes the same one, is asked to choose."""
    key, language = f"{section}/{told['suffix']}", report.languages[0]
    base = reports.answer(act.session, report.id, key, language)
    if base is None:
        return
    for role in ("contributor", "focal_point"):
        _acting(act, role, report.entity)
        act.at += dt.timedelta(minutes=4)
        text = drafting.Given(key, language, base.value.replace(told["words"], told[role]), base.revision)
        try:
            drafting.save(act, report, text)
        except Stale:
            asides.keep(act, report, text, asides.CONFLICT)


def _fill(
    act: Act, files: Storage, report: Report, asked: Guideline, given: Mapping[str, Any], wanted: Mapping[str, Any]
) -> None:
    questions = asked.counted(report.modality)
    front = [q for q in questions if q.section.startswith("F")]
    rest = [q for q in questions if q not in front]
    chosen = front + rest[: round(len(rest) * wanted["filled"])]
    pdf = _pdf("Demonstration document. Its content is made up.")
    blob = files.put(BytesIO(pdf))
    upload = attachments.Upload("demonstration.pdf", "application/pdf", blob.key, blob.size, blob.sha256)
    where = next((q for q in questions if q.kind == "files"), chosen[0])
    attachment = attachments.attach(act, report, where.key, upload).id
    saved = []
    for index, question in enumerate(chosen):
        kind = KINDS[question.kind]
        for language in report.languages if kind.translatable else report.languages[:1]:
            value = _value(question, given, language, index, attachment)
            if value is not None:
                saved.append(drafting.Given(question.key, language, value, 0))
    drafting.save_section(act, report, saved)
    act.session.flush()


def _value(question: Question, given: Mapping[str, Any], language: str, index: int, attachment: uuid.UUID) -> Any:
    """A made-up answer to a question, or None where the demonstration leaves it open."""
    texts = given["texts"].get(language, given["texts"]["en"])
    place = SUFFIXES.index(question.suffix) if question.suffix in SUFFIXES else index % 4
    numbers = {"year": 2018 + index % 7, "cities": 4 + index % 9, "share": 31 + index % 50}
    made: dict[str, Any] = {
        "narrative": texts[place].format(**numbers),
        "text": "Ministry of Urban Affairs (demonstration)",
        "date": "2025-05-30",
        "period": {"from": "2021", "to": "2024"},
        "people": [
            {"name": "Office of the focal point (demonstration)", "post": "focal point",
             "office": "Ministry of Urban Affairs",
             "email": "focal.point@example.org", "telephone": ""}
        ],
        "consultations": [
            {"date": "2025-02-11", "title": "Consultation with local governments (demonstration)", "participants": "42"}
        ],
        "links": [{"title": "Demonstration page", "url": "https://example.org/demonstration"}],
        "files": [{"attachment": str(attachment), "caption": "Demonstration document"}],
        "series": _series(question, given, index),
        "table": [_cells(question, index)] if question.kind == "table" else None,
    }  # fmt: skip
    return made.get(question.kind)


def _cells(question: Question, index: int) -> dict[str, str]:
    """One row of a table, each column by its type."""
    by_type = {
        "year": "2023",
        "date": "2025-03-20",
        "figure": str(10 + index),
        "url": "https://example.org/demonstration",
    }
    row = {}
    for column in question.options["columns"]:
        kind = column.get("type", "line")
        choices = column.get("choices") or [{"key": ""}]
        row[column["key"]] = by_type.get(kind) or (choices[0]["key"] if kind == "choice" else "Demonstration")
    return row


def _series(question: Question, given: Mapping[str, Any], index: int) -> dict[str, Any]:
    if index % 9 == 4:
        return {"status": "no_data", "reason": "Demonstration: the figure is not collected.", "rows": []}
    if question.options.get("numeric") is False:
        row = {"year": "2023", "value": "yes", "unit": "", "source": given["source"]}
        return {"status": "data", "reason": "", "rows": [row]}
    share = 100 if question.options.get("share") else 240
    rows = [
        {"year": str(year), "value": f"{(17 + 7 * index + 2 * step) % share}.{index % 10}",
         "unit": str(question.options.get("unit", "")), "source": given["source"]}
        for step, year in enumerate((2015, 2019, 2023))
    ]  # fmt: skip
    return {"status": "data", "reason": "", "rows": rows}


def _pdf(words: str) -> bytes:
    """A PDF of one page with one line of words."""
    stream = f"BT /F1 14 Tf 72 760 Td ({words}) Tj ET".encode("ascii")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
        b"/Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    out, places = bytearray(b"%PDF-1.4\n"), []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    return bytes(out)


@click.command("demo")
@with_appcontext
def demo() -> None:
    """Bring the demonstration data into an empty portal, once; the portal must run on a set day (PORTAL_CLOCK)."""
    if settings().clock is None:
        raise click.ClickException(
            "Demonstration data belong to a portal that runs on a set day: "
            "please set PORTAL_CLOCK, for example 2025-06-16."
        )
    act = system_act()
    if people.by_email(act.session, address("administrator")) is not None:
        click.echo("The demonstration data are there already; nothing was changed.")
        return
    furnish(act, storage())
    commit()
    click.echo("The demonstration data are there.")


@click.command("accounts")
@with_appcontext
def list_accounts() -> None:
    """Print the demonstration accounts, when this portal holds the demonstration."""
    given = material()
    states = {report["entity"]: report["state"].replace("_", " ") for report in given["reports"]}
    click.echo(f"Demonstration accounts, all with the password: {PASSWORD}")
    for role in TEAM:
        click.echo(f"  {address(role)}")
    for state in (*REAL_STATES, *(entity["iso3"] for entity in given["entities"])):
        people_of = "  ".join(address(role, state) for role in OF_A_STATE)
        click.echo(f"  {people_of}  {states.get(state, 'no report yet')}")


COMMANDS = (demo, list_accounts)

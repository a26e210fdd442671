"""The reports of the demonstration: one in every state of the life cycle, and a practice report."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from io import BytesIO
from typing import Any

from forms.kinds import KINDS
from forms.outline import Guideline, Question
from portal.adapters.storage import Storage
from portal.demonstration import clarification
from portal.demonstration.cast import DUE, OF_A_STATE, acting, address, moment
from portal.http import steps
from portal.models.reports import Report
from portal.queries import accounts as people
from portal.queries import reports
from portal.queries.guidelines import guideline
from portal.rules.lifecycle import DRAFTING
from portal.rules.refusals import Stale
from portal.services import asides, attachments, comments, drafting, handing, practice
from portal.services.act import Act
from portal.services.steps import Order
from reviewer.services import review as team

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


def report(
    act: Act,
    files: Storage,
    given: Mapping[str, Any],
    wanted: Mapping[str, Any],
    cycle: str,
    position: int,
    *,
    before: dt.timedelta = dt.timedelta(0),
) -> None:
    """The report of one state on its way to the state that is wanted; `before` is how much earlier than the story."""
    entity = wanted["entity"]
    act.at = moment(7 + position) - before
    acting(act, "focal_point", entity)
    draft = drafting.Draft(entity, cycle, wanted["modality"], wanted["languages"])
    report = drafting.start(act, draft)
    if wanted.get("announced"):
        drafting.announce(act, report, True)
    act.at = moment(28 + position, 14) - before
    asked = guideline(act.session, report.edition)
    _fill(act, files, report, asked, given, wanted)
    if wanted["state"] in DRAFTING:
        _share(act, report, asked, given)
    for number, step in enumerate(PATHS[wanted["state"]]):
        act.at = moment(56 + 4 * number + position, 10) - before
        role = ROLE_OF_STEP[step]
        acting(act, role, entity if role in OF_A_STATE else None)
        if step == "check":
            team.check(act, report, {item.key: ("yes", "") for item in asked.checklist})
            continue
        if step == "clarify":
            clarification.remark(act, report, given["clarification"])
        opened = tuple(f.id for f in reports.attachments(act.session, report.id)) if step == "consent" else ()
        steps.take(act, report, step, Order(REASONS.get(step), opened))
        act.session.flush()
        if step == "clarify":
            act.at += dt.timedelta(days=2)
            clarification.answer(act, report, given["clarification"])


def practice_report(act: Act, files: Storage, given: Mapping[str, Any], wanted: Mapping[str, Any]) -> None:
    """A state that has not begun its report tries the portal in a practice report."""
    act.at = moment(40)
    acting(act, "focal_point", wanted["entity"])
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
    acting(act, "contributor", report.entity)
    act.at += dt.timedelta(hours=2)
    comments.write(act, report, comments.Remark(section, told["contributor"], about, first.id))


def _differ(act: Act, report: Report, section: str, told: Mapping[str, str]) -> None:
    """The contributor saves a sentence anew; the focal point, who changes the same one, is asked to choose."""
    key, language = f"{section}/{told['suffix']}", report.languages[0]
    base = reports.answer(act.session, report.id, key, language)
    if base is None:
        return
    for role in ("contributor", "focal_point"):
        acting(act, role, report.entity)
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
    upload = attachments.Upload("demonstration.pdf", "application/pdf", blob.key, blob.size, blob.sha256, ())
    where = next((q for q in questions if q.kind == "files"), chosen[0])
    attachment = attachments.attach(act, report, where.key, upload).id
    saved = []
    told = next((q.key for q in chosen if q.kind == "practices"), None) if wanted.get("practice") else None
    for index, question in enumerate(chosen):
        kind = KINDS[question.kind]
        for language in report.languages if kind.translatable else report.languages[:1]:
            value = _value(question, given, language, index, attachment)
            value = [given["practice_record"]] if question.key == told else value
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
    unit = str(question.options.get("unit", ""))
    share = 100 if question.options.get("share") else 240
    figure = "0.{0:03}" if unit.endswith("0-1") else "{0}.{1}"
    rows = [
        {"year": str(year), "value": figure.format((17 + 7 * index + 2 * step) % share, index % 10),
         "unit": unit, "source": given["source"]}
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

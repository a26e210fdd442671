"""Files laid beside an answer."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any, cast

from forms.words import N_
from portal.models.contributions import ContributionFile
from portal.models.reports import Attachment, Report
from portal.queries import reports
from portal.queries.files import NotLookedAt
from portal.queries.guidelines import guideline
from portal.rules.datasets import Note
from portal.rules.refusals import Missing
from portal.services.act import Act
from portal.services.drafting import Given, asked_question, demand_writable, save


@dataclass(frozen=True)
class Upload:
    """A file whose bytes are in the storage already: what it is called, what it is, where it lies, and what is told of
    it, None where it was not looked at.
    """

    name: str
    media_type: str
    blob: str
    size: int
    sha256: str
    remarks: tuple[Note, ...] | None = None

    @property
    def told(self) -> list[dict[str, Any]] | None:
        """What is told of it, as it is stored."""
        return None if self.remarks is None else [one.kept() for one in self.remarks]

    def laid(self, act: Act, report: Report) -> dict[str, Any]:
        """What the row of a file of a report keeps: what it is, where it lies, who laid it there and when."""
        kept = {name: said for name, said in vars(self).items() if name != "remarks"}
        return {**kept, "report_id": report.id, "added_at": act.at, "added_by": act.actor.id}


def attach(act: Act, report: Report, question: str, upload: Upload) -> Attachment:
    """Lays a stored file beside a question of a draft whose row is locked."""
    demand_writable(act, report, asked_question(guideline(act.session, report.edition), report, question))
    return lay(act, report, question, upload)


def lay(act: Act, report: Report, question: str, upload: Upload) -> Attachment:
    """Keeps a stored file beside a question, as part of another act that has demanded its permission."""
    attachment = Attachment(question=question, remarks=upload.told, **upload.laid(act, report))
    act.session.add(attachment)
    act.session.flush()
    act.record("attachment.add", _told(attachment), report=report)
    return attachment


def attach_and_name(act: Act, report: Report, question: str, upload: Upload) -> Attachment:
    """As `attach`; where the question asks for files, its answer names the file at once: nobody chooses it twice."""
    attachment = attach(act, report, question, upload)
    if guideline(act.session, report.edition).questions[question].kind == "files":
        first = str(report.languages[0])
        row = reports.answer(act.session, report.id, question, first)
        named = [*(row.value if row else []), {"attachment": str(attachment.id), "caption": ""}]
        save(act, report, Given(question, first, named, row.revision if row else 0))
    return attachment


def remove_and_forget(act: Act, report: Report, attachment_id: uuid.UUID) -> None:
    """Takes a file out of this draft, whose row is locked, and its name out of the answer that it was laid beside."""
    attachment, found = reports.attachment(act.session, attachment_id)
    if found.id != report.id:
        raise Missing(N_("There is no such file in this report."))
    if attachment.removed_at is not None:
        return
    remove(act, attachment_id)
    first = str(report.languages[0])
    row = reports.answer(act.session, report.id, attachment.question, first)
    if row is not None and isinstance(row.value, list):
        rest = [kept for kept in (_without(entry, str(attachment_id)) for entry in row.value) if kept]
        save(act, report, Given(attachment.question, first, rest, row.revision))


def _without(entry: dict[str, Any], attachment: str) -> dict[str, Any] | None:
    """A row of an answer without this file: gone where the row is the file, else with one picture less."""
    if entry.get("attachment") == attachment:
        return None
    pictures = entry.get("pictures")
    return entry if not pictures else entry | {"pictures": [one for one in pictures if one["attachment"] != attachment]}


def remove(act: Act, attachment_id: uuid.UUID) -> Report:
    """Takes a file out of the draft. Its bytes stay, for the versions that were submitted with it."""
    attachment, found = reports.attachment(act.session, attachment_id)
    report = reports.get(act.session, found.id, lock=True)
    asked = guideline(act.session, report.edition)
    demand_writable(act, report, asked_question(asked, report, attachment.question))
    attachment.removed_at = act.at
    act.record("attachment.remove", _told(attachment), report=report)
    return report


def _told(attachment: Attachment) -> dict[str, object]:
    return {"attachment": str(attachment.id), "question": attachment.question, "sha256": attachment.sha256}


def keep_remarks(act: Act, file: NotLookedAt, remarks: tuple[Note, ...]) -> None:
    """Keeps what is told of a file that was laid down before files were looked at; what is kept already stays."""
    held = act.session.get(file.kind, file.id, with_for_update=True, populate_existing=True)
    row = cast("Attachment | ContributionFile | None", held)
    if row is not None and row.remarks is None:
        row.remarks = [one.kept() for one in remarks]

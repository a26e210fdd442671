"""The answers of a report, one by one: each is saved on its own, against the revision its writer has seen."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from marshmallow import ValidationError, fields

from forms.build import answer_schema
from forms.kinds import KINDS
from forms.outline import Question
from forms.words import N_
from portal.api.calls import Calls
from portal.api.cursors import portion
from portal.api.reports import told
from portal.api.shapes import Asked, FindingShape, Given, Moment, Paging, Query, StrictWhole, language_code, page_of
from portal.http.errors import places
from portal.http.guard import question, report
from portal.models.reports import Report
from portal.queries import reports
from portal.queries.guidelines import guideline
from portal.rules.handing import Asking
from portal.rules.policy import granted
from portal.rules.refusals import Invalid, Problem
from portal.services import drafting
from portal.services.act import Act
from portal.services.drafting import Given as Sent
from portal.services.drafting import language_of

calls = Calls("Answers", __name__, "The answers of a report, saved one by one.")
NOT_THE_SHAPE = N_("This is not the shape of an answer to this question.")
ADDRESS = "/reports/<uuid:report_id>/answers/<path:question>"


class AnswerShape(Given):
    """One answer. Before the first save `revision` is 0 and `value`, `changed_at` and `changed_by` are null. Texts
    are kept by language, every other kind once, under the first language of the report."""

    question = fields.String()
    kind = fields.String()
    language = language_code()
    value = fields.Raw(allow_none=True, metadata={"description": "The shape follows from the kind of the question."})
    revision = fields.Integer()
    changed_at = Moment(allow_none=True)
    changed_by = fields.String(allow_none=True)


class SavedShape(Given):
    """The outcome of a save: the value as it now stands. `merged` tells that it was joined with what somebody else
    had saved meanwhile."""

    question = fields.String()
    language = language_code()
    value = fields.Raw(allow_none=True)
    revision = fields.Integer()
    merged = fields.Boolean()
    findings = fields.List(fields.Nested(FindingShape))


class WhichLanguage(Query):
    """The language in which an answer is read."""

    language = language_code()


class Save(Asked):
    """An answer to save. `base_revision` is the revision that it was written upon, 0 before the first."""

    value = fields.Raw(required=True, allow_none=True)
    language = language_code(load_default=None, allow_none=True)
    base_revision = StrictWhole(required=True)


def _shown(question: Question, kept_under: str, row: Any) -> dict[str, Any]:
    return {
        "question": question.key,
        "kind": question.kind,
        "language": kept_under,
        "value": row.value if row else None,
        "revision": row.revision if row else 0,
        "changed_at": row.changed_at if row else None,
        "changed_by": row.changed_by_name if row else None,
    }


def _places(questions: Iterable[Question], found: Report) -> list[tuple[Question, str]]:
    """These questions, each with each language its answer is kept under."""
    return [
        (question, code)
        for question in questions
        for code in (found.languages if KINDS[question.kind].translatable else found.languages[:1])
    ]


@calls.call(
    "GET",
    "/reports/<uuid:report_id>/answers",
    "report:home",
    subject=report,
    query=Paging,
    gives=page_of(AnswerShape),
)
def list_answers(act: Act, found: Report, paging: dict[str, Any]) -> dict[str, Any]:
    """Every question that counts for the report, answered or not, in the order of the guidelines.

    A contributor gets the questions that were handed to them, and all where the report was opened to them for reading.
    """
    held = reports.answers(act.session, found.id)
    counted = guideline(act.session, found.edition).counted(found.modality)
    places_ = _places(granted(act.person, "section:read", found, counted), found)
    return portion("answers", [_shown(q, code, held.get((q.key, code))) for q, code in places_], paging)


@calls.call(
    "GET",
    ADDRESS,
    "section:read",
    subject=question,
    by=("report_id", "question"),
    query=WhichLanguage,
    gives=AnswerShape,
)
def read_answer(act: Act, piece: Asking, which: dict[str, Any]) -> dict[str, Any]:
    """One answer, answered or not."""
    found, asked = piece.report, piece.question
    code = language_of(found, asked, which["language"])
    return _shown(asked, code, reports.answers(act.session, found.id, [asked.key]).get((asked.key, code)))


@calls.call(
    "PUT",
    ADDRESS,
    "section:write",
    subject=question,
    by=("report_id", "question"),
    body=Save,
    gives=SavedShape,
    refuses=[409],
)
def save_answer(act: Act, piece: Asking, save: dict[str, Any]) -> dict[str, Any]:
    """Saves one answer.

    Only the shape of the value can be refused; what is odd in it is said in `findings`. Where somebody else has saved
    meanwhile the two are joined if they changed different places; otherwise 409 `stale` gives base, yours and theirs,
    and nothing is lost.
    """
    found, asked = piece.report, piece.question
    value = _read(asked, save["value"])
    saved = drafting.save(act, found, Sent(asked.key, save["language"], value, save["base_revision"]))
    return {
        "question": saved.question,
        "language": saved.language,
        "value": saved.value,
        "revision": saved.revision,
        "merged": saved.merged,
        "findings": [told(finding) for finding in saved.findings],
    }


def _read(question: Question, value: Any) -> Any:
    try:
        return answer_schema(question).load({"value": value})["value"]
    except ValidationError as error:
        raise Invalid(
            NOT_THE_SHAPE, [Problem(where, sentence) for where, sentence in places(error.messages)]
        ) from error

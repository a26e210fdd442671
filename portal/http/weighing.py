"""The findings of the check for reading: in the reader's language, with the way to the field, by weight."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _

from forms.findings import Finding
from forms.outline import Guideline
from portal.http import render
from portal.models.reports import Report
from portal.services.explaining import GROUPS, Judged


@dataclass(frozen=True)
class Told:
    """A finding in the reader's language, with the way to its field."""

    group: str
    section: str
    title: str
    language: str
    sentence: str
    url: str
    judged: Judged


def place_of(finding: Finding) -> str:
    """Where a finding stands on the page of its section: at the control of its cell, else at its row or question. The
    filter `slug` makes it an id."""
    return finding.place + "--in" if "column" in finding.params else finding.place


def told(asked: Guideline, report: Report, listed: Sequence[Judged]) -> list[Told]:
    """The findings for reading; an explained one belongs to a group of its own."""
    rows = []
    for one in listed:
        finding, question = one.finding, asked.questions[one.finding.question]
        url = url_for(
            "sections.section",
            report_id=report.id,
            key=question.section,
            language=finding.language or None,
            _anchor=f"card-{finding.params['aside']}" if "aside" in finding.params else render.slug(place_of(finding)),
        )
        sentence = _(finding.message) % finding.params
        title = render.words(question.title)
        rows.append(Told(one.group, question.section, title, finding.language, sentence, url, one))
    return rows


def grouped(rows: Sequence[Told]) -> list[tuple[str, list[Told]]]:
    """The findings by weight, the heaviest first and the explained last."""
    return [(group, [row for row in rows if row.group == group]) for group in GROUPS]

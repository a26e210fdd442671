"""An answer as a few lines of plain words for a table: international figures of a line in one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any

from flask_babel import gettext as _

from forms.build import empty
from forms.kinds import KINDS
from forms.kinds.series import DATA, STATUSES, Series
from forms.outline import Question
from portal.http.render import said, words
from portal.rules.offers import cover_words
from portal.rules.plausible import named


def in_words(question: Question, value: Any) -> str:
    """What an answer says, in the language of the page where it is a choice; "" for none."""
    if empty(question, value):
        return ""
    kind = KINDS[question.kind]
    if isinstance(kind, Series):
        return "\n".join(_figures(question, value))
    return kind.text(question, value, said)


def _figures(question: Question, value: Mapping[str, Any]) -> Iterator[str]:
    """The decision with its reason, each figure of the country, and each international line with its years."""
    if value["status"] not in ("", DATA):
        yield f"{_(words(STATUSES[value['status']]))}."
    if value["reason"]:
        yield value["reason"]
    for row in value["rows"]:
        about = (row["disaggregation"], row["place"], row["source"])
        figure = f"{row['year']}: {row['value']} {named(row['unit'] or question.options['unit'])}"
        yield " · ".join(filter(None, (figure, *about)))
    for (title, dimensions, unit), held in groupby(
        value.get("offered", ()), lambda one: (one["title"], one["dimensions"], one["unit"])
    ):
        what = ", ".join(filter(None, (title, cover_words(dimensions), named(unit))))
        years = "; ".join(f"{one['year']}: {one['value']}" for one in held)
        yield _("International figures, %(what)s: %(years)s", what=what, years=years)

"""The forms of review and of the steps that need words: a reason, and the checklist of an edition."""

from __future__ import annotations

from functools import lru_cache

from wtforms import BooleanField, Form, TextAreaField
from wtforms.validators import DataRequired, Length

from forms.kinds.base import tidy
from forms.outline import Guideline, text
from forms.words import N_


class ReasonForm(Form):
    """The reason that declining, asking for clarification, withdrawing and reopening need; the other side reads it."""

    reason = TextAreaField(
        N_("Reason"),
        validators=[
            DataRequired(N_("Give a reason; the other side reads it.")),
            Length(max=10_000, message=N_("Keep the reason under 10,000 characters.")),
        ],
        filters=[tidy],
    )


class ChecklistForm(Form):
    """The points that a reviewer goes through; a ticked one is seen to."""

    def ticked(self) -> dict[str, bool]:
        """Every point of the checklist by key, in order."""
        return {key: bool(field.data) for key, field in self._fields.items()}


@lru_cache(maxsize=64)
def checklist_form(guideline: Guideline, language: str) -> type[ChecklistForm]:
    """The form of an edition's checklist, one box a point, named by the key of the point."""
    points = {
        item.key: BooleanField(text(item.title, language), description=text(item.guidance, language))
        for item in guideline.checklist
    }
    return type("EditionChecklistForm", (ChecklistForm,), dict(points))

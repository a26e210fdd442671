"""The form that hands sections of a report to contributors; what can be chosen is passed in."""

from __future__ import annotations

from typing import Any

from wtforms import BooleanField, DateField, Form, RadioField, SelectMultipleField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import DataRequired, InputRequired, Length
from wtforms.validators import Optional as MayBeEmpty

from forms.cycles import Choices, offered
from forms.kinds.base import tidy
from forms.words import N_


class Day(DateField):
    """A day as a browser sends it, year first; the refusal says how to write one by hand."""

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(N_("Write the day as 2025-06-30.")) from None


class HandOutForm(Form):
    """Which sections or what part of them, to whom, until when, with which words."""

    sections = SelectMultipleField(
        N_("Sections"), validators=[DataRequired(N_("Choose at least one section.")), offered], validate_choice=False
    )
    people = SelectMultipleField(
        N_("To whom"), validators=[DataRequired(N_("Choose at least one contributor.")), offered], validate_choice=False
    )
    part = RadioField(
        N_("What of the sections"),
        validators=[InputRequired(N_("Choose what is handed out.")), offered],
        validate_choice=False,
    )
    due = Day(N_("Asked for by"), validators=[MayBeEmpty()])
    shared = BooleanField(N_("They may read the whole report"))
    note = TextAreaField(
        N_("Note"),
        validators=[Length(max=10_000, message=N_("Keep the note under 10,000 characters."))],
        filters=[tidy],
    )

    def __init__(
        self, formdata: Any = None, *, sections: Choices, people: Choices, parts: Choices, **stored: Any
    ) -> None:
        super().__init__(formdata, **stored)
        for name, pairs in {"sections": sections, "people": people, "part": parts}.items():
            chosen: Any = self[name]
            chosen.choices = [SelectChoice(key, label) for key, label in pairs]

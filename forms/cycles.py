"""The form that starts a report in a cycle; what can be chosen is passed in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from wtforms import Field, Form, RadioField, SelectField, SelectMultipleField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import InputRequired, ValidationError

from forms.words import N_

Choices = Sequence[tuple[str, str]]
"""Keys with their labels, in the order of the page."""


def offered(_form: Form, field: Any) -> None:
    """Refuses a choice that the page does not offer."""
    keys = {choice.value for choice in field.choices or ()}
    picked = field.data if isinstance(field.data, list) else [field.data]
    if any(key not in keys for key in picked):
        raise ValidationError(N_("Choose one of those that are offered."))


class StartForm(Form):
    """Who reports, in which way, in which languages; `first_language` is the one that answers kept once stand under."""

    entity = SelectField(N_("State or entity"), validators=[offered], validate_choice=False)
    modality = RadioField(
        N_("Way of reporting"),
        validators=[InputRequired(N_("Choose a way of reporting.")), offered],
        validate_choice=False,
    )
    first_language = SelectField(N_("Main language"), validators=[offered], validate_choice=False)
    languages = SelectMultipleField(N_("Further languages"), validators=[offered], validate_choice=False)

    def __init__(
        self, formdata: Any = None, *, entities: Choices, modalities: Choices, languages: Choices, **stored: Any
    ) -> None:
        super().__init__(formdata, **stored)
        choices = {"entity": entities, "modality": modalities, "first_language": languages, "languages": languages}
        for name, pairs in choices.items():
            chosen: Any = self[name]
            chosen.choices = [SelectChoice(key, label) for key, label in pairs]

    def all_languages(self) -> tuple[str, ...]:
        """The languages of the report, the main one first, each once."""
        main: Field = self["first_language"]
        further: Field = self["languages"]
        return tuple(dict.fromkeys([main.data, *(further.data or [])]))

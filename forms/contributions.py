"""The hand-written part of the form of a contribution: its title, areas, licence and credit; choices are passed in."""

from __future__ import annotations

from typing import Any

from wtforms import Form, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]

from forms.cycles import Choices
from forms.kinds.base import tidy, tidy_line
from forms.words import N_


class HeadForm(Form):
    """What every contribution says of itself; it only reads, the check of the contribution judges."""

    title = StringField(N_("Title"), filters=[tidy_line], render_kw={"maxlength": "300", "dir": "auto"})
    areas = TextAreaField(
        N_("Areas and states it speaks of, one a line"),
        filters=[tidy],
        description=N_(
            "States, regions or the world by name or code; a city as “city: Almaty, Kazakhstan”. "
            "Each state that you name is told once the contribution is accepted, and may reply beside it."
        ),
    )
    licence = SelectField(N_("Licence"), validate_choice=False)
    credit = StringField(
        N_("Credit: how the contribution is named where it is used"),
        filters=[tidy_line],
        render_kw={"maxlength": "300", "dir": "auto"},
    )

    def __init__(self, formdata: Any = None, *, licences: Choices, **stored: Any) -> None:
        super().__init__(formdata, **stored)
        chosen: Any = self["licence"]
        chosen.choices = [SelectChoice(key, label) for key, label in licences]

    def lines(self) -> list[str]:
        """The areas, a line each."""
        return str(self["areas"].data or "").splitlines()

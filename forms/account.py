"""The forms of accounts: log-in, inviting, accepting. Labels and messages are English sources; the edge translates."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from wtforms import EmailField, Form, PasswordField, RadioField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import InputRequired, Length

from forms.cycles import offered
from forms.kinds.base import tidy_line
from forms.words import N_


def _address(missing: str, *, autocomplete: str) -> EmailField:
    """A field for an e-mail address; `missing` is what is said where there is none."""
    return EmailField(
        N_("E-mail address"),
        validators=[InputRequired(missing), Length(max=254, message=N_("The address is too long."))],
        filters=[tidy_line],
        render_kw={"autocomplete": autocomplete},
    )


def _present_password() -> PasswordField:
    """A field for the password of an account that is there; it is taken as typed."""
    return PasswordField(
        N_("Password"),
        validators=[
            InputRequired(N_("Enter your password.")),
            Length(max=1024, message=N_("The password is too long.")),
        ],
        render_kw={"autocomplete": "current-password"},
    )


class LoginForm(Form):
    """Address and password. Which of the two does not fit is never said; a password is taken as typed."""

    email = _address(N_("Enter your e-mail address."), autocomplete="username")
    password = _present_password()


class InviteForm(Form):
    """Whom to invite, and to which role; what can be chosen is passed in as (key, label)."""

    email = _address(N_("Enter the e-mail address."), autocomplete="off")
    role = RadioField(N_("Role"), validators=[InputRequired(N_("Choose a role.")), offered], validate_choice=False)

    def __init__(self, formdata: Any = None, *, roles: Sequence[tuple[str, str]], **stored: Any) -> None:
        super().__init__(formdata, **stored)
        chosen: Any = self["role"]
        chosen.choices = [SelectChoice(key, label) for key, label in roles]


class CodeForm(Form):
    """The code of an invitation, as it was passed on."""

    code = StringField(
        N_("Code of the invitation"),
        validators=[InputRequired(N_("Enter the code of the invitation."))],
        filters=[tidy_line],
        render_kw={"autocomplete": "off", "spellcheck": "false", "maxlength": "200"},
    )


class NewAccountForm(Form):
    """What an invited person without an account chooses; a password is taken as typed."""

    name = StringField(
        N_("Your name, as colleagues see it"),
        validators=[
            InputRequired(N_("Enter your name.")),
            Length(max=200, message=N_("The name is too long.")),
        ],
        filters=[tidy_line],
        render_kw={"autocomplete": "name"},
    )
    password = PasswordField(
        N_("Choose a password of at least 15 characters"),
        validators=[
            InputRequired(N_("Choose a password.")),
            Length(min=15, max=128, message=N_("A password has 15 to 128 characters.")),
        ],
        render_kw={"autocomplete": "new-password"},
    )


class PasswordForm(Form):
    """The password of an account that is there already."""

    password = _present_password()

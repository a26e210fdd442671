"""The forms of accounts: log-in. Labels and messages are English sources that the edge translates."""

from __future__ import annotations

from wtforms import EmailField, Form, PasswordField
from wtforms.validators import InputRequired, Length

from forms.kinds.base import tidy_line
from forms.words import N_


class LoginForm(Form):
    """Address and password. Which of the two does not fit is never said; a password is taken as typed."""

    email = EmailField(
        N_("E-mail address"),
        validators=[
            InputRequired(N_("Enter your e-mail address.")),
            Length(max=254, message=N_("The address is too long.")),
        ],
        filters=[tidy_line],
        render_kw={"autocomplete": "username"},
    )
    password = PasswordField(
        N_("Password"),
        validators=[
            InputRequired(N_("Enter your password.")),
            Length(max=1024, message=N_("The password is too long.")),
        ],
        render_kw={"autocomplete": "current-password"},
    )

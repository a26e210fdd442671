"""What is to be put right in a form written by hand, for the summary above it and the sentence at its field."""

from __future__ import annotations

from flask_babel import gettext as _
from wtforms import Form

from portal.rules.refusals import Invalid, Problem


def of_form(form: Form | None) -> list[Problem]:
    """What the form says of its fields, in their order and in the reader's language; nothing where there is no form."""
    if form is None:
        return []
    return [Problem(name, _(sentence)) for name, told in form.errors.items() if name for sentence in told]


def of_refusal(refusal: Invalid, places: dict[str, str] | None = None) -> list[Problem]:
    """What a service refused, in the reader's language; `places` names the controls of the page that are called
    otherwise than the parts the service speaks of."""
    named = places or {}
    return [Problem(named.get(p.where, p.where), _(p.sentence)) for p in refusal.problems]

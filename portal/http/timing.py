"""How the label of a submission reads to the country and to the reporting team."""

from __future__ import annotations

import datetime as dt

from flask_babel import gettext as _

from portal.http.render import day
from portal.rules.timeline import within_extension


def timing_words(label: str, at: dt.datetime, deadline: dt.datetime, until: dt.date | None) -> str:
    """The label, with the extension of the country where the submission came after the deadline and within it.

    Never for the public: an extension is between a country and the team.
    """
    if not within_extension(at, deadline, until):
        return label
    return _("%(label)s, within an extension to %(day)s", label=label, day=day(until))

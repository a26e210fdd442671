"""Clearance, pure: when a request reaches the other certifiers too, and which day a letter may bear."""

from __future__ import annotations

import datetime as dt
import re

from forms.words import N_

USUAL_DAYS, MOST_DAYS = 5, 60
SATURDAY = 5
FIRST_ZONE = dt.timedelta(hours=14)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")

NO_DAY = N_("Please write the date of the letter as year, month and day, such as 2025-06-30.")
AHEAD = N_("The date of the letter lies ahead; please check it.")
EARLY = N_("The date of the letter lies before the day on which the report was started; please check it.")
DAYS = N_("Please give a whole number of working days from 1 to 60.")


def working_days_after(moment: dt.datetime, days: int) -> dt.datetime:
    """The same time of day so many working days later. Saturdays and Sundays do not count; holidays are not known."""
    for _day in range(days):
        moment += dt.timedelta(days=1)
        while moment.weekday() >= SATURDAY:
            moment += dt.timedelta(days=1)
    return moment


def escalates(at: dt.datetime, escalates_at: dt.datetime | None, escalated_at: dt.datetime | None) -> bool:
    """Whether a request that nobody has decided goes to the other certifiers at this moment."""
    return escalates_at is not None and escalated_at is None and escalates_at <= at


def day_of_letter(written: str) -> dt.date | None:
    """The date that was written, None where it is none."""
    try:
        return dt.date.fromisoformat(written) if _DAY.fullmatch(written) else None
    except ValueError:
        return None


def hindrance_of_letter(written: str, at: dt.datetime) -> str | None:
    """Why a letter with this date is not taken at this moment; a day counts once it has begun anywhere on earth."""
    day = day_of_letter(written)
    if day is None:
        return NO_DAY
    return AHEAD if day > (at + FIRST_ZONE).date() else None


def doubt_of_letter(written: str, started: dt.datetime) -> str | None:
    """What is odd about the date of a letter, which is taken nevertheless; None for nothing."""
    day = day_of_letter(written)
    return EARLY if day is not None and day < started.date() else None

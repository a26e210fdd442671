"""The rules of notices: every kind has one; when a mail is tried again; each reminder of the cycle with someone whom it
must reach and someone whom it must not.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace

import pytest

from portal.config import ROOT
from portal.http.telling import EVENTS, NAMED, NOTICES
from portal.rules.notices import (
    RULES,
    Standing,
    cycle_reminder,
    extension_reminder,
    mark_of_extension,
    next_try,
    shown_to_the_team,
)

OPENS, CLOSES = dt.date(2024, 6, 21), dt.date(2025, 7, 1)
NOTHING, BEGUN = Standing(), Standing(begun=True)
SUBMITTED = Standing(begun=True, submitted=True)
EXTENDED = Standing(begun=True, extended=dt.date(2025, 8, 1))
RAN_OUT = Standing(begun=True, extended=dt.date(2025, 6, 1))


def test_every_kind_of_notice_has_its_words_and_its_rule() -> None:
    assert {kind for kind in NOTICES if not kind.endswith((".due", ".closes"))} == set(RULES)


def test_a_notice_carries_what_its_sentence_names_into_a_mail_and_nothing_else() -> None:
    assert {name for words in NOTICES.values() for name in re.findall(r"%\((\w+)\)", words)} == set(NAMED)


def test_every_kind_of_record_has_its_words() -> None:
    """A state says in one of two sentences that it prepares a report; every other kind has one of its own."""
    code = [path.read_text("utf-8") for room in ("portal", "reviewer") for path in (ROOT / room).rglob("*.py")]
    kinds = {kind for text in code for kind in re.findall(r'\brecord\(\s*"([a-z_.]+)"', text)}
    assert len(kinds) > 100
    assert kinds - set(EVENTS) == {"report.announce"}


def test_the_inside_of_a_state_is_not_shown_to_the_team() -> None:
    """Written out by hand: a kind that is added to the log of the team changes this list."""
    assert sorted(shown_to_the_team()) == SHOWN


SHOWN = [
    "bundle.broken",
    "bundle.ready",
    "call.extend",
    "call.open",
    "contradiction.find",
    "contribution.accepted",
    "contribution.named",
    "contribution.receipt",
    "contribution.reply",
    "contribution.returned",
    "contribution.send",
    "contribution.set_aside",
    "contribution.withdraw",
    "cycle.14",
    "cycle.14.certifier",
    "cycle.3",
    "cycle.3.certifier",
    "cycle.60",
    "cycle.60.certifier",
    "cycle.extended.14",
    "cycle.extended.14.certifier",
    "cycle.extended.3",
    "cycle.extended.3.certifier",
    "cycle.invite",
    "dataset.broken",
    "dataset.taken",
    "dataset.verdict",
    "extension.ask",
    "extension.decline",
    "extension.give",
    "partner.join",
    "phase.close",
    "profile.answer",
    "profile.compile",
    "profile.release",
    "registration.ask",
    "remark.answer",
    "remark.say",
    "remark.send",
    "report.consent",
    "report.receipt",
    "report.submit",
    "report.withdraw",
    "request.after",
    "request.answer",
    "request.day",
    "request.make",
    "request.week",
    "request.withdraw",
    "review.accept",
    "review.assign",
    "review.assign_away",
    "review.claim",
    "review.clarify",
    "review.publish",
    "synthesis.left_out",
    "synthesis.moved",
    "synthesis.release",
    "synthesis.supplement",
]


@pytest.mark.parametrize(
    ("day", "standing", "sent", "due"),
    [
        # the invitation: to whom has not begun, from the day of opening on
        ("2024-06-20", NOTHING, set(), None),
        ("2024-06-21", NOTHING, set(), "invite"),
        ("2024-06-21", BEGUN, set(), None),
        ("2024-06-21", NOTHING, {"invite"}, None),
        # 60 days before
        ("2025-05-01", NOTHING, {"invite"}, None),
        ("2025-05-02", NOTHING, {"invite"}, "60"),
        ("2025-05-02", NOTHING, set(), "60"),
        ("2025-05-02", BEGUN, set(), "60"),
        ("2025-05-02", SUBMITTED, set(), None),
        ("2025-05-02", EXTENDED, set(), None),
        ("2025-05-02", BEGUN, {"60"}, None),
        # 14 days before
        ("2025-06-16", BEGUN, {"60"}, None),
        ("2025-06-17", BEGUN, {"60"}, "14"),
        ("2025-06-17", BEGUN, set(), "14"),
        ("2025-06-17", BEGUN, {"14"}, None),
        ("2025-06-17", RAN_OUT, set(), "14"),
        ("2025-06-17", SUBMITTED, set(), None),
        ("2025-06-17", EXTENDED, set(), None),
        # 3 days before, until the deadline
        ("2025-06-27", BEGUN, {"14"}, None),
        ("2025-06-28", BEGUN, {"14"}, "3"),
        ("2025-07-01", NOTHING, set(), "3"),
        ("2025-06-28", SUBMITTED, set(), None),
        ("2025-06-28", EXTENDED, set(), None),
        ("2025-06-28", BEGUN, {"3"}, None),
        ("2025-07-02", BEGUN, set(), None),
    ],
)
def test_each_reminder_with_whom_it_reaches_and_whom_not(
    day: str, standing: Standing, sent: set[str], due: str | None
) -> None:
    assert cycle_reminder(OPENS, CLOSES, dt.date.fromisoformat(day), standing, sent) == due


OWN = dt.date(2025, 8, 1)
GIVEN = Standing(begun=True, extended=OWN, given_on=dt.date(2025, 6, 20))


@pytest.mark.parametrize(
    ("day", "standing", "sent", "due"),
    [
        ("2025-07-17", GIVEN, set(), None),
        ("2025-07-18", GIVEN, set(), "14"),
        ("2025-07-18", replace(GIVEN, begun=False), set(), "14"),
        ("2025-07-18", replace(GIVEN, submitted=True), set(), None),
        ("2025-07-18", BEGUN, set(), None),
        ("2025-07-18", GIVEN, {"14"}, None),
        ("2025-07-28", GIVEN, {"14"}, None),
        ("2025-07-29", GIVEN, {"14"}, "3"),
        ("2025-08-01", GIVEN, set(), "3"),
        ("2025-07-29", replace(GIVEN, submitted=True), {"14"}, None),
        ("2025-07-29", GIVEN, {"14", "3"}, None),
        ("2025-08-02", GIVEN, set(), None),
        # given when the time of the reminder had come: the answer itself has just told the day
        ("2025-07-18", replace(GIVEN, given_on=dt.date(2025, 7, 17)), set(), "14"),
        ("2025-07-18", replace(GIVEN, given_on=dt.date(2025, 7, 18)), set(), None),
        ("2025-07-29", replace(GIVEN, given_on=dt.date(2025, 7, 18)), set(), "3"),
    ],
)
def test_each_reminder_of_an_own_last_day_with_whom_it_reaches_and_whom_not(
    day: str, standing: Standing, sent: set[str], due: str | None
) -> None:
    marks = {mark_of_extension(kind, OWN) for kind in sent} | {"14", "3"}
    assert extension_reminder(dt.date.fromisoformat(day), standing, marks) == due


def test_a_later_own_day_calls_for_reminders_of_its_own() -> None:
    later = replace(GIVEN, extended=OWN + dt.timedelta(days=30))
    marks = {mark_of_extension("14", OWN), mark_of_extension("3", OWN)}
    assert extension_reminder(dt.date(2025, 8, 17), later, marks) == "14"


THEN = dt.datetime(2025, 6, 16, 9, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("tries", "refused", "minutes"),
    [(1, False, 2), (2, False, 10), (3, False, 60), (6, False, 1440), (7, False, None), (2, True, 10), (3, True, None)],
)
def test_the_waits_grow_and_end(tries: int, refused: bool, minutes: int | None) -> None:
    again = None if minutes is None else THEN + dt.timedelta(minutes=minutes)
    assert next_try(tries, THEN, THEN, refused=refused) == again


def test_what_is_a_week_old_is_not_tried_again() -> None:
    week = dt.timedelta(days=7)
    assert next_try(1, THEN, THEN + week, refused=False) is not None
    assert next_try(1, THEN, THEN + week + dt.timedelta(seconds=1), refused=False) is None

"""The timeline for everyone: the clocks, the curve, and the calendar feed read by a strict reader of its own."""

from __future__ import annotations

import datetime as dt
import re

import pytest

from portal.documents.calendar import AllDay, calendar
from portal.http.guard import PUBLIC
from tests.factories import World
from tests.house.addresses import ADDRESSES

MADE = dt.datetime(2024, 6, 21, 8, tzinfo=dt.UTC)


def read(body: bytes) -> list[dict[str, str]]:
    """The events of a feed. AssertionError where RFC 5545 is not kept: line ends, widths, folds, order, fields."""
    assert body.endswith(b"\r\n")
    assert b"\n" not in body.replace(b"\r\n", b"")
    physical = body.split(b"\r\n")[:-1]
    assert max(map(len, physical)) <= 75
    lines: list[str] = []
    for octets in physical:
        piece = octets.decode()  # each physical line is whole characters
        assert piece
        if piece.startswith(" "):
            lines[-1] += piece[1:]
        else:
            lines.append(piece)
    assert (lines[0], lines[1], lines[-1]) == ("BEGIN:VCALENDAR", "VERSION:2.0", "END:VCALENDAR")
    events: list[dict[str, str]] = []
    inside = False
    for line in lines[1:-1]:
        name, value = re.fullmatch(r"([A-Z-]+(?:;[A-Z]+=[A-Z]+)*):(.*)", line).groups()  # type: ignore[union-attr]
        if name in ("BEGIN", "END"):
            assert value == "VEVENT"
            assert inside is (name == "END")
            inside = name == "BEGIN"
            if inside:
                events.append({})
        elif inside:
            assert name not in events[-1]
            events[-1][name] = _unescaped(value) if name in ("SUMMARY", "DESCRIPTION") else value
    assert not inside
    for event in events:
        assert set(event) >= {"UID", "DTSTAMP", "DTSTART;VALUE=DATE", "DTEND;VALUE=DATE", "SUMMARY"}
    assert len({event["UID"] for event in events}) == len(events)
    return events


def _unescaped(value: str) -> str:
    assert re.fullmatch(r"(?:[^\\;,]|\\[\\;,n])*", value)
    return re.sub(r"\\(.)", lambda match: "\n" if match[1] == "n" else match[1], value)


@pytest.mark.parametrize(
    "words",
    [
        "plain",
        "a, b; c \\ d",
        "two\nlines",
        "\r\nmixed\r",
        "длинное слово " * 20,
        "报告" * 60,
        "x" * 200,
        "e\u0301" * 70,
    ],
)
def test_whatever_the_words_the_feed_reads_back(words: str) -> None:
    day = dt.date(2025, 12, 31)
    (event,) = read(calendar(words, [AllDay("one", day, day, words, words)], MADE))
    wanted = re.sub(r"\r\n|\r", "\n", words)
    assert (event["SUMMARY"], event["DESCRIPTION"]) == (wanted, wanted)
    assert (event["DTSTART;VALUE=DATE"], event["DTEND;VALUE=DATE"]) == ("20251231", "20260101")


def test_the_feed_of_the_cycle(world: World) -> None:
    client = world.app.test_client()
    answer = client.get("/timeline.ics")
    assert (answer.status_code, answer.content_type) == (200, "text/calendar; charset=utf-8")
    found = [(e["SUMMARY"], e["DTSTART;VALUE=DATE"], e["DTEND;VALUE=DATE"]) for e in read(answer.data)]
    assert found == [
        ("Feedback collection", "20240621", "20250702"),
        ("Last day: Feedback collection", "20250701", "20250702"),
        ("Synthesis", "20250702", "20251201"),
        ("Last day: Synthesis", "20251130", "20251201"),
        ("Revision", "20251201", "20260301"),
        ("Last day: Revision", "20260228", "20260301"),
        ("Approval", "20260301", "20260601"),
        ("Last day: Approval", "20260531", "20260601"),
    ]
    assert client.get("/timeline.ics").data == answer.data
    assert client.get("/timeline.ics?cycle=none").status_code == 404


def test_the_deadline_by_three_clocks(world: World) -> None:
    public = world.app.test_client().get("/timeline").get_data(as_text=True)
    clocks = re.findall(r"<dt>(.*?)</dt><dd>(?:<time[^>]*>)?(.*?)(?:</time>)?</dd>", public)
    assert clocks == [
        ("In the last time zone (UTC−12)", "the end of 1 July 2025: 2 July 2025, 00:00"),
        ("By the clock of your device", ""),
        ("In UTC", "2 July 2025, 12:00 UTC"),
    ]
    own = world.browser("focal_point", "KAZ").get("/timeline").get_data(as_text=True)
    assert '<dt>In your capital (<bdi dir="ltr">Asia/Almaty</bdi>)</dt><dd>2 July 2025, 17:00</dd>' in own


def test_the_curve_counts_what_was_received_and_no_draft(world: World) -> None:
    world.report("KAZ", "submitted")
    world.report("KEN", "clearing")
    page = world.app.test_client().get("/timeline").get_data(as_text=True)
    assert "1 received in this cycle; 40 in the whole last cycle" in page
    rows = re.findall(
        r'<tr><th scope="row">([^<]*)</th><td class="number">(\d+)</td><td class="number">([^<]*)</td>', page
    )
    assert rows[:4] == [
        ("31 July 2025", "15", "ahead"),
        ("31 December 2025", "21", "ahead"),
        ("30 April 2026", "30", "ahead"),
        ("30 June 2026", "40", "ahead"),
    ]


def test_the_team_sees_the_cycle_at_a_glance_and_the_public_does_not(world: World) -> None:
    world.report("KAZ", "submitted")
    team = world.browser("reviewer").get("/timeline").get_data(as_text=True)
    public = world.app.test_client().get("/timeline").get_data(as_text=True)
    glance = re.compile(r'state=submitted">submitted</a> <b class="number">1</b>')
    assert (len(glance.findall(team)), len(glance.findall(public))) == (1, 0)
    assert ("/timeline/phases/synthesis" in team, "/timeline/phases/" in public) == (True, False)


def test_what_is_public_of_the_timeline_is_named(world: World) -> None:
    named = {rule for (_method, rule), permission in ADDRESSES.items() if permission == PUBLIC and "timeline" in rule}
    assert named == {"/timeline", "/timeline.ics"}
    for address in ("/timeline/extensions", "/timeline/phases/synthesis"):
        assert world.app.test_client().get(address).status_code == 302
        assert world.browser("focal_point", "KAZ").get(address).status_code == 403


def test_the_words_of_the_timeline_are_tactful(world: World) -> None:
    for who in (world.app.test_client(), world.browser("lead"), world.browser("focal_point", "KAZ")):
        for address in ("/timeline", "/timeline/extensions", "/timeline/phases/feedback", "/entities/KAZ/extension"):
            text = who.get(address).get_data(as_text=True).lower()
            assert not re.search(r"overdue|failed|rejected|defaulted", text), address

"""The timeline for everyone: the clocks, the curve, and the calendar feed read by a strict reader of its own."""

from __future__ import annotations

import datetime as dt
import re

import pytest

from portal.documents.calendar import AllDay, calendar
from portal.http.guard import PUBLIC
from portal.queries import colleagues
from portal.queries import extensions as held
from portal.services import extensions
from tests.factories import DAY, World
from tests.house.addresses import ADDRESSES

HIGH_LEVEL = "High-level meeting of the General Assembly on the mid-term review, beside the high-level political forum"
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
        ("Note verbale: member states are asked to report", "20240621", "20240622"),
        ("First webinar of the learning series; 36 took part", "20250206", "20250207"),
        ("World Urban Forum 13, Baku", "20260517", "20260523"),
        ("Publication of the quadrennial report (June 2026)", "20260601", "20260701"),
        (f"{HIGH_LEVEL} (July 2026)", "20260701", "20260801"),
    ]
    told = [(e["SUMMARY"], e["DESCRIPTION"]) for e in read(answer.data) if "day is not known" in e["DESCRIPTION"]]
    assert told == [
        ("Publication of the quadrennial report (June 2026)", "In June 2026; the day is not known."),
        (f"{HIGH_LEVEL} (July 2026)", "In July 2026; the day is not known."),
    ]
    assert client.get("/timeline.ics").data == answer.data
    assert client.get("/timeline.ics?cycle=none").status_code == 404


def test_the_dates_beside_the_phases_are_as_precise_as_they_are_known(world: World) -> None:
    text = world.app.test_client().get("/timeline").get_data(as_text=True)
    dates = text.split('<h2 id="dates">')[1].split("</dl>")[0]
    rows = re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", dates)
    assert [(when, re.sub("<.*?>", "", what)) for when, what in rows] == [
        ("21 June 2024", "Note verbale: member states are asked to report"),
        ("6 February 2025", "First webinar of the learning series; 36 took part"),
        ("17 May 2026 – 22 May 2026", "World Urban Forum 13, Baku"),
        ("June 2026", "Publication of the quadrennial report the day is not known"),
        ("July 2026", f"{HIGH_LEVEL} the day is not known"),
    ]


def test_a_country_with_more_time_sees_its_own_day_and_no_other_country_does(world: World) -> None:
    for until in (dt.date(2025, 7, 31), dt.date(2025, 8, 31)):
        act = world.acting("focal_point", "KAZ")
        made = extensions.ask(act, colleagues.office(act.session, "KAZ", lock=True), until, "The census is late.")
        world.done()
        act = world.acting("lead")
        extensions.answer(act, held.extension(act.session, made.id, lock=True), until, "")
        world.done()
    wanted = "until the end of 31 August 2025: 1 September 2025, 12:00 UTC; 1 September 2025, 17:00 Asia/Almaty"
    for role, entity, shown in (
        ("focal_point", "KAZ", [wanted]),
        ("contributor", "KAZ", [wanted]),
        ("focal_point", "KEN", []),
        ("lead", None, []),
    ):
        client = world.browser(role, entity)
        page = client.get("/timeline").get_data(as_text=True)
        found = re.findall(r"<dt>More time for <bdi>Kazakhstan</bdi></dt><dd>(.*?)</dd>", page)
        assert [re.sub("<.*?>", "", one) for one in found] == shown, (role, entity)
        desk = client.get("/desk").get_data(as_text=True)
        found = re.findall(r"<p>More time for <bdi>Kazakhstan</bdi>: (.*?)</p>", desk)
        assert [re.sub("<.*?>", "", one) for one in found] == shown, (role, entity)
    assert "More time" not in world.app.test_client().get("/timeline").get_data(as_text=True)


def test_the_deadline_by_three_clocks(world: World) -> None:
    public = world.app.test_client().get("/timeline").get_data(as_text=True)
    clocks = re.findall(r"<dt>(.*?)</dt><dd>(?:<time[^>]*>)?(.*?)(?:</time>)?</dd>", public.split("</section>")[0])
    assert clocks == [
        ("In the last time zone (UTC−12)", "the end of Tuesday, 1 July 2025: Wednesday, 2 July 2025, 00:00"),
        ("By the clock of your device", ""),
        ("In UTC", "Wednesday, 2 July 2025, 12:00 UTC"),
    ]
    own = world.browser("focal_point", "KAZ").get("/timeline").get_data(as_text=True)
    assert '<dt>In your capital (<bdi dir="ltr">Asia/Almaty</bdi>)</dt><dd>Wednesday, 2 July 2025, 17:00</dd>' in own


def arrivals(text: str) -> list[list[str]]:
    """The rows of the table of arrivals as texts."""
    body = text.split('id="arrivals-caption"', 1)[1].split("<tbody>", 1)[1].split("</tbody>", 1)[0]
    rows = re.findall(r"<tr>(.*?)</tr>", body, re.S)
    return [[re.sub("<.*?>", "", cell) for cell in re.findall(r"<t[hd].*?>(.*?)</t[hd]>", row)] for row in rows]


UNKNOWN, AHEAD = "not known", "ahead"


def test_arrivals_by_region_over_time_count_what_was_received_and_no_draft(world: World) -> None:
    world.at = dt.datetime(2025, 3, 20, 9, tzinfo=dt.UTC)
    world.report("KAZ", "submitted")
    world.at = DAY
    world.report("KEN", "clearing")
    text = world.app.test_client().get("/timeline").get_data(as_text=True)
    head = re.findall(r'<th scope="col"(?: class="number")?>([^<]*)</th>', text.split('id="arrivals-caption"')[1])
    assert head == [
        "Day",
        "Last cycle, four years earlier (of 193)",
        "This cycle (of 195)",
        "Africa (of 48)",
        "Arab States (of 18)",
        "Asia and the Pacific (of 44)",
        "Europe and North America (of 52)",
        "Latin America and the Caribbean (of 33)",
    ]
    assert arrivals(text) == [
        ["30 June 2024", UNKNOWN, "0", "0", "0", "0", "0", "0"],
        ["30 September 2024", UNKNOWN, "0", "0", "0", "0", "0", "0"],
        ["31 December 2024", UNKNOWN, "0", "0", "0", "0", "0", "0"],
        ["31 March 2025", UNKNOWN, "1", "0", "0", "1", "0", "0"],
        ["16 June 2025 today", UNKNOWN, "1", "0", "0", "1", "0", "0"],
        ["1 July 2025 deadline", UNKNOWN, AHEAD],
        ["31 July 2025", "15", AHEAD],
        ["31 December 2025", "21", AHEAD],
        ["30 April 2026", "30", AHEAD],
        ["30 June 2026", "40", AHEAD],
    ]


def drawings(text: str) -> list[str]:
    """The drawings of arrivals: the whole first, then each region."""
    return text.split('<svg class="plot ')[1:]


def test_the_drawings_have_scales_marks_and_one_course_for_each_region(world: World) -> None:
    world.at = dt.datetime(2025, 3, 20, 9, tzinfo=dt.UTC)
    world.report("KAZ", "submitted")
    world.at = DAY
    whole, *regions = drawings(world.app.test_client().get("/timeline").get_data(as_text=True))
    assert 'aria-label="1 received in this cycle; 40 in the whole last cycle"' in whole
    written = ["0", "10", "20", "30", "40", "Jul 2024", "Jan 2025", "Jul 2025", "Jan 2026"]
    assert re.findall("<text[^>]*>([^<]*)", whole) == [*written, "deadline, 1 July 2025", "today"]
    now = [re.findall('class="curve-now" points="([^"]*)"', one) for one in regions]
    flat = "0.00,100.00 48.71,100.00"
    one_of_44 = "0.00,100.00 36.81,100.00 36.81,90.91 48.71,90.91"
    assert now == [[flat], [flat], [one_of_44], [flat], [flat]]
    last = {line for one in regions for line in re.findall('class="curve-last" points="([^"]*)"', one)}
    assert last == {"54.80,68.91 75.51,56.48 91.75,37.82 100.00,17.10"}  # of 193, on a scale up to 25 per cent
    captions = re.findall('<figcaption><b>(.*?)</b> <span class="number">(.*?)</span>', "".join([whole, *regions]))
    assert captions == [
        ("Africa", "0 of 48"),
        ("Arab States", "0 of 18"),
        ("Asia and the Pacific", "1 of 44"),
        ("Europe and North America", "0 of 52"),
        ("Latin America and the Caribbean", "0 of 33"),
    ]


@pytest.mark.parametrize(
    ("role", "entity", "bands"),
    [("reviewer", None, 1), ("lead", None, 1), ("focal_point", "KAZ", 0), ("partner", None, 0)],
)
def test_the_forecast_stands_in_the_drawing_for_those_who_may_see_it(
    world: World, role: str, entity: str | None, bands: int
) -> None:
    whole, *_regions = drawings(world.browser(role, entity).get("/timeline").get_data(as_text=True))
    assert (whole.count("chart-band"), whole.count("Forecast by 31 May 2026:")) == (bands, bands)


def test_what_was_received_says_of_which_states(world: World) -> None:
    world.report("KAZ", "submitted")
    for address in ("/timeline", "/"):
        lead = re.findall(
            r'<p class="lead"><strong.*?</p>', world.app.test_client().get(address).get_data(as_text=True)
        )
        assert [re.sub("<.*?>", "", one.replace("<br>", " ")) for one in lead] == [
            "Reports received from 1 of 195 states 193 member states and 2 observer states"
        ]


def test_each_title_of_the_strip_stands_with_its_bar_as_long_as_its_share(world: World) -> None:
    text = world.app.test_client().get("/timeline").get_data(as_text=True)
    strip = text.split('<div class="strip">')[1].split("</ol>")[0]
    spans = re.findall(
        r'<li class="strip-span-(\d+)".*?class="strip-phase strip-(\w+)".*?<bdi>(.*?)</bdi>', strip, re.S
    )
    assert spans == [
        ("13", "open", "Feedback collection"),
        ("5", "ahead", "Synthesis"),
        ("3", "ahead", "Revision"),
        ("3", "ahead", "Approval"),
    ]
    assert re.findall('class="strip-today" x1="([^"]*)"', strip) == ["96.0%"]


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

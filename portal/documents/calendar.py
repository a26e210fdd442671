"""A calendar feed (RFC 5545) of all-day events: data in, bytes out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

PRODUCT = "-//New Urban Agenda reporting//Timeline//EN"
WIDTH = 75
ESCAPES = (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\r\n", "\\n"), ("\n", "\\n"), ("\r", "\\n"))


@dataclass(frozen=True)
class AllDay:
    """An event of whole days, both counted in. `uid` never changes for the same event."""

    uid: str
    first: dt.date
    last: dt.date
    summary: str
    description: str


def calendar(name: str, events: Iterable[AllDay], made_at: dt.datetime) -> bytes:
    """The feed in UTF-8 with CRLF and folded lines. The same events and moment give the same bytes."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:{PRODUCT}", "CALSCALE:GREGORIAN", f"X-WR-CALNAME:{_text(name)}"]
    stamp = made_at.astimezone(dt.UTC).strftime("%Y%m%dT%H%M%SZ")
    for event in events:
        lines += [
            "BEGIN:VEVENT",
            f"UID:{event.uid}",
            f"DTSTAMP:{stamp}",
            f"DTSTART;VALUE=DATE:{event.first:%Y%m%d}",
            f"DTEND;VALUE=DATE:{event.last + dt.timedelta(days=1):%Y%m%d}",
            f"SUMMARY:{_text(event.summary)}",
            f"DESCRIPTION:{_text(event.description)}",
            "TRANSP:TRANSPARENT",
            "END:VEVENT",
        ]
    lines.append("END:VCALENDAR")
    return b"".join(folded + b"\r\n" for line in lines for folded in _folded(line))


def _text(words: str) -> str:
    for mark, escaped in ESCAPES:
        words = words.replace(mark, escaped)
    return words


def _folded(line: str) -> Iterator[bytes]:
    """The line in pieces of at most 75 octets, cut between characters; each after the first begins with a blank."""
    piece = b""
    for character in line:
        octets = character.encode()
        if len(piece) + len(octets) > WIDTH:
            yield piece
            piece = b" "
        piece += octets
    yield piece

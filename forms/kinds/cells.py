"""The checks of single values that several kinds hold: years, figures, dates, addresses, choices, attachments."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import date
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from forms.figures import parse_figure, parse_year
from forms.findings import ERROR, Finding, Rule
from forms.kinds.base import Say, english, tidy, tidy_line
from forms.kinds.controls import PICTURE, Column
from forms.words import N_

YEAR = Rule(
    "year",
    ERROR,
    N_("A year is written with four digits, or as a span such as 2020/21 or 2015-2019."),
    N_("“%(text)s” is not a year; write 2020, 2020/21 or 2015-2019, between 1900 and 2100."),
)
FIGURE = Rule(
    "figure",
    ERROR,
    N_("A figure is a number, with < or > before it where the source gives only a limit."),
    N_("“%(text)s” cannot be read as a figure; write a number such as 17.4, >95 or 1,234."),
)
DATE = Rule(
    "date",
    ERROR,
    N_("A date is written year first, such as 2025-06-30; a month or a year alone will do."),
    N_("“%(text)s” is not a date; write it year first, such as 2025-06-30, 2025-06 or 2025."),
)
EMAIL = Rule(
    "email",
    ERROR,
    N_("An e-mail address has one @ and a domain."),
    N_("“%(text)s” is not an e-mail address."),
)
URL = Rule(
    "url",
    ERROR,
    N_("A link is a full web address that begins with http:// or https://."),
    N_("“%(text)s” is not a web address; it begins with http:// or https:// and names a site."),
)
CHOICE = Rule(
    "choice",
    ERROR,
    N_("A choice is one of those that the question offers."),
    N_("“%(text)s” is not one of the choices."),
)
ATTACHMENT = Rule(
    "attachment",
    ERROR,
    N_("A file is named by the identifier that it was given when it was attached."),
    N_("“%(text)s” is not the identifier of an attached file."),
)
MISSING = Rule(
    "column",
    ERROR,
    N_("Every row fills the columns that the question marks as needed."),
    N_("Row %(row)d has no entry under “%(title)s”."),
)

_EMAIL = re.compile(r"[^@\s,;<>()]+@[^@\s,;<>()]+\.[^@\s,;<>().]{2,}")
_IDENTIFIER = re.compile(r"[a-z0-9][a-z0-9-]{3,39}")
_DATE = re.compile(r"\d{4}(?:-\d{2}(?:-\d{2})?)?")


def is_date(typed: str) -> bool:
    """Whether a text is a date of the calendar, a month or a year, year first."""
    if not _DATE.fullmatch(typed) or not typed.isascii():
        return False
    try:
        date.fromisoformat(typed + "-01-01"[len(typed) - 4 :] if len(typed) < 10 else typed)
    except ValueError:
        return False
    return True


def is_web_address(typed: str) -> bool:
    """Whether a text is an http or https address that names a host."""
    if re.search(r"\s", typed):
        return False
    try:
        parts = urlsplit(typed)
        return parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return False


def is_attachment(typed: str) -> bool:
    """Whether a text is an identifier in the form that attachments have."""
    try:
        return str(UUID(typed)) == typed.lower()
    except ValueError:
        return False


_CHECKS: dict[str, tuple[Rule, Callable[[str], bool]]] = {
    "year": (YEAR, lambda typed: parse_year(typed).problem is None),
    "figure": (FIGURE, lambda typed: parse_figure(typed).problem is None),
    "date": (DATE, is_date),
    "email": (EMAIL, lambda typed: _EMAIL.fullmatch(typed) is not None),
    "url": (URL, is_web_address),
    "urls": (URL, is_web_address),
    "attachment": (ATTACHMENT, is_attachment),
    "attachments": (ATTACHMENT, is_attachment),
}

TYPES = frozenset({"line", "text", "choice", *_CHECKS})
RULES = (YEAR, FIGURE, DATE, EMAIL, URL, CHOICE, ATTACHMENT, MISSING)


def judge_text(question: str, typed: str, type_: str, **where: Any) -> Iterator[Finding]:
    """The finding about one typed text of a type, if there is one; blank texts are no business of this check."""
    rule, holds = _CHECKS[type_]
    if typed and not holds(typed):
        yield rule.finding(question, text=typed, **where)


def judge_choice(question: str, picked: str, offered: Collection[str], **where: Any) -> Iterator[Finding]:
    """The finding about one picked choice that is not offered."""
    if picked and picked not in offered:
        yield CHOICE.finding(question, text=picked, **where)


def judge_cell(question: str, column: Column, value: Any, /, **where: Any) -> Iterator[Finding]:
    """The findings about one cell, by the type of its column; a web address or identifier each for a list of them."""
    if not value or column.type in ("line", "text", "identifier"):
        return
    if column.type == "choice":
        yield from judge_choice(question, value, column.choices or (), **where)
    elif column.type == "choices":
        for item in value:
            yield from judge_choice(question, item, column.choices or (), **where)
    elif column.type == "pictures":
        for picture in value:
            yield from judge_text(question, picture["attachment"], "attachment", **where)
    elif column.type in ("urls", "attachments"):
        for item in value.split() if isinstance(value, str) else value:
            yield from judge_text(question, item, column.type, **where)
    else:
        yield from judge_text(question, value, column.type, **where)


def clean_cell(column: Column, raw: Any) -> Any:
    """A cell in order: lines of text kept for long texts and lists of addresses, identifiers once each, choices in the
    order in which they are offered. A text where several choices are asked for is kept as one of them.
    """
    if column.type == "pictures":
        return clean_pictures(raw)
    if column.type == "choices":
        picked = _lines([raw] if isinstance(raw, str) else raw)
        order = {key: place for place, key in enumerate(column.choices or ())}
        return sorted(picked, key=lambda item: order.get(item, len(order)))
    if column.many:
        return _lines(raw)
    if column.type == "identifier":
        return raw if isinstance(raw, str) and _IDENTIFIER.fullmatch(raw) else ""
    return tidy(raw) if column.type in ("text", "urls") else tidy_line(raw)


def _lines(raw: Any) -> list[str]:
    items = raw if isinstance(raw, list | tuple) else []
    return list(dict.fromkeys(line for item in items if (line := tidy_line(item))))


def clean_pictures(raw: Any) -> list[dict[str, str]]:
    """Pictures in order, each attachment once: its identifier, alternative text, credit and consent. An identifier
    alone, as pictures were once kept, is a picture without words.
    """
    pictures: dict[str, dict[str, str]] = {}
    for item in raw if isinstance(raw, list | tuple) else []:
        told = {"attachment": item} if isinstance(item, str) else item if isinstance(item, Mapping) else {}
        if attachment := tidy_line(told.get("attachment")):
            pictures.setdefault(attachment, {"attachment": attachment} | {w: tidy_line(told.get(w)) for w in PICTURE})
    return list(pictures.values())


NO_TEXT = english(N_("a picture without an alternative text"))


def told(column: Column, value: Any, say: Say) -> str:
    """A clean cell in words: the titles of choices, the words of pictures; the identifier of a row is none."""
    if not value or column.type == "identifier":
        return ""
    if column.type == "pictures":
        return "; ".join(_picture_told(column, picture, say) for picture in value)
    if column.choices is not None:
        chosen = value if isinstance(value, list) else [value]
        return "; ".join(say(column.choices[key]) if key in column.choices else key for key in chosen)
    return cell_text(value)


def _picture_told(column: Column, picture: Mapping[str, str], say: Say) -> str:
    agreed = picture["consent"]
    known = (column.choices or {}).get(agreed)
    words = (picture["alt"] or say(NO_TEXT), picture["credit"], say(known) if known else agreed)
    return " · ".join(filter(None, words))


def line_told(columns: Iterable[Column], row: Mapping[str, Any], say: Say) -> str:
    """A clean row in words, each cell that holds something behind the title of its column."""
    pairs = ((column, told(column, row.get(column.key), say)) for column in columns)
    return " · ".join(f"{say(column.title)}: {words}" for column, words in pairs if words)


def cell_text(value: Any) -> str:
    """A clean cell as text; identifiers apart by blanks."""
    return " ".join(value) if isinstance(value, list) else value

"""Figures and years as people and statistics offices type them: the text is kept, a number is read beside it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from forms.words import N_

FIRST_YEAR, LAST_YEAR = 1900, 2100

_NOT_A_NUMBER = N_("this is not a number")
_AMBIGUOUS = N_("the comma and the point cannot be told apart: write 1234.5 or 1,234.5")
_NOT_A_YEAR = N_("this is not a year: write 2020, 2020/21 or 2015-2019")
_YEAR_RANGE = N_("the last year lies before the first")
_YEAR_FAR = N_("the year lies outside 1900 to 2100")

_DIGITS = str.maketrans(
    "٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹０１２３４５６７８９٫٬٪％−‐‑–—≤≥＜＞", "0123456789" * 3 + ".'%%-----\u2264\u2265<>"
)
_BLANKS = re.compile(r"[\s\u00a0\u202f\u2009\u2007\u200e\u200f\u061c]+")
_PARTS = re.compile(r"(?P<bound><=|>=|=<|=>|<|>|\u2264|\u2265)?(?P<sign>[+-]?)(?P<body>\d[\d.,']*|\.\d+)(?P<suffix>%?)")
_EXPONENT = re.compile(r"(?P<head>.*\d)[eE](?P<power>[+-]?\d{1,3})")
_BOUNDS = {"=<": "<=", "=>": ">=", "\u2264": "<=", "\u2265": ">="}
_GROUPED = re.compile(r"[1-9]\d{0,2}(?:[,']\d{3})+(?:\.\d+)?")
_GROUPED_EUROPEAN = re.compile(r"[1-9]\d{0,2}(?:[.']\d{3})+,\d+|[1-9]\d{0,2}(?:\.\d{3}){2,}")
_YEAR = re.compile(r"(?:FY)?(\d{4})(?:[/-](\d{4}|\d{2}))?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure as typed: `number` is None where none could be read, and `problem` then says why in words.

    `bound` is "" or one of < > <= >=: the source gives only a limit. A percent sign is taken off, not divided by.
    """

    text: str
    number: Decimal | None
    bound: str = ""
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class Year:
    """A year or a span of years as typed; `first` and `last` are equal for one calendar year, None where unread."""

    text: str
    first: int | None
    last: int | None
    problem: str | None = None


@lru_cache(maxsize=4096)
def parse_figure(text: str) -> Figure:
    """Reads `>95`, `<5`, `1,234.5`, `1 234,5`, `12 %`, `٩٥٫٥` and the like; never raises.

    A single comma before exactly three digits groups them, as in English: `1,234` is 1234. `0,123` and `1,5` are
    decimal.
    """
    spaced = text.translate(_DIGITS).strip()
    match = _PARTS.fullmatch(_BLANKS.sub("", spaced))
    power = ""
    if match is None:
        scientific = _EXPONENT.fullmatch(_BLANKS.sub("", spaced))
        match = _PARTS.fullmatch(scientific["head"]) if scientific else None
        if scientific is None or match is None:
            return Figure(text, None, problem=_NOT_A_NUMBER)
        power = f"E{scientific['power']}"
    bound = match["bound"] or ""
    bound = _BOUNDS.get(bound, bound)
    if _blank_inside(spaced):
        return Figure(text, None, bound, _NOT_A_NUMBER)
    plain = _plain(match["body"])
    if plain is None:
        return Figure(text, None, bound, _AMBIGUOUS)
    return Figure(text, Decimal(match["sign"] + plain + power), bound)


def _blank_inside(spaced: str) -> bool:
    """Whether blanks stand elsewhere than between groups of three digits: `12 34` are two numbers, not one."""
    groups = _BLANKS.split(re.sub(r"^[<>=\u2264\u2265+\s-]+|[\s%]+$", "", spaced))
    if len(groups) == 1:
        return False
    head, *rest = groups
    tail = re.split(r"[.,]", rest[-1])[0]
    return not (1 <= len(head) <= 3 and head.isdigit() and all(len(g) == 3 for g in [*rest[:-1], tail]))


def _plain(body: str) -> str | None:
    """The digits with a point before the decimals, or None where the marks contradict each other."""
    if body.replace(".", "", 1).isdigit():
        return body
    if _GROUPED.fullmatch(body):
        return body.replace(",", "").replace("'", "")
    if _GROUPED_EUROPEAN.fullmatch(body):
        return body.replace(".", "").replace("'", "").replace(",", ".")
    if body.count(",") == 1 and body.replace(",", "").isdigit():
        return body.replace(",", ".")
    return None


@lru_cache(maxsize=1024)
def parse_year(text: str) -> Year:
    """Reads `2020`, `2000/01`, `2015-2019`, `FY2019`, in any digits; never raises."""
    match = _YEAR.fullmatch(_BLANKS.sub("", text.translate(_DIGITS)))
    if match is None:
        return Year(text, None, None, _NOT_A_YEAR)
    first = int(match[1])
    last = first
    if match[2]:
        last = int(match[2]) if len(match[2]) == 4 else first - first % 100 + int(match[2])
        if len(match[2]) == 2 and last < first:
            last += 100 if first % 100 == 99 else 0
    if last < first:
        return Year(text, None, None, _YEAR_RANGE)
    if not FIRST_YEAR <= first <= last <= LAST_YEAR:
        return Year(text, None, None, _YEAR_FAR)
    return Year(text, first, last)

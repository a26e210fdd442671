"""The language of datasets: what is read from a file, what is left out, sources, series and headline figures."""

from __future__ import annotations

import csv
import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any, NamedTuple

from forms.figures import parse_figure
from forms.words import N_
from portal.rules.areas import TABLES, Place
from portal.rules.indicators import indicator_of, indicators, looks_like_a_code

MISSING = frozenset(
    {"", "-", "--", "---", "..", "...", "\u2026", "\u2013", "\u2014", "NA", "N/A", "n/a", "na", "NaN", "null", ":"}
)

REASONS: Mapping[str, str] = {
    "no_figure": N_("no figure is published here"),
    "not_a_number": N_("what stands here is not a figure"),
    "unknown_area": N_("no table tells which area this is"),
    "bad_period": N_("this is not a year"),
    "note": N_("a heading or a note, not a row of figures"),
    "short_row": N_("the row has more or fewer cells than the header"),
    "same_twice": N_("the same row stands twice in the file; it is taken once"),
    "contradicts": N_("an earlier row of the file gives another figure for the same area, year and dimensions"),
    "too_long": N_("a code or name is too long"),
}

LONGEST_FIGURE = 80
NATIONAL = "national"
"""A source of this name, a colon and the code of a state is what the state publishes itself."""
TOTALS = frozenset({"", "allarea", "bothsex", "allage", "total", "t", "_t", "notspec", "15", "nociti"})
"""Codes that stand for a whole; `15` is the United Nations' code for everybody aged 15 and over."""

_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


class CutFact(NamedTuple):
    """What a figure covers: dimensions as canonical JSON text, and the unit as published."""

    dimensions: str
    unit: str


class Reading(NamedTuple):
    """One figure as the file gives it, before anything is judged. `row` counts from 1, `column` is a heading."""

    row: int
    column: str
    series: str
    place: Place
    period: str
    cut: CutFact
    nature: str
    status: str
    text: str


def figure_of(text: str) -> tuple[str, float, str] | str:
    """The text without blanks around it, its number and its bound; or the reason why there is no figure."""
    plain = text.strip()
    if plain in MISSING:
        return "no_figure"
    figure = parse_figure(plain) if len(plain) <= LONGEST_FIGURE else None
    if figure is None or figure.number is None or not math.isfinite(value := float(figure.number)):
        return "not_a_number"
    return plain, value, figure.bound


class Note(NamedTuple):
    """Something met in a file and coped with, as a sentence for people; `told` are the counted facts in it."""

    words: str
    told: Mapping[str, Any] = {}

    def __str__(self) -> str:
        """The sentence in English."""
        return self.words % self.told

    def kept(self) -> dict[str, Any]:
        """As it is stored: `Note(**kept)` is the same again."""
        return {"words": self.words, "told": dict(self.told)}


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Something that the file holds and that is not taken: where, how many figures, why, and what stands there.
    `missing` are the columns without a figure, each with the sign that stands there, "" for none; `place` and `period`
    are those of the row, where it tells them.
    """

    row: int
    column: str
    reason: str
    sentence: str
    content: str = ""
    figures: int = 1
    missing: tuple[tuple[str, str], ...] = ()
    place: Place | None = field(default=None, compare=False)
    period: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class SeriesFact:
    """One measure of one source; `indicator` only where the correspondence is sure."""

    source: str
    code: str
    title: str
    sdg: str = ""
    indicator: str | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class SourceFact:
    """Who publishes, and under which terms."""

    source: str
    title: str
    publisher: str = ""
    licence: str = ""
    credit: str = ""


@cache
def _sources() -> Mapping[str, SourceFact]:
    with (TABLES / "sources.csv").open(encoding="utf-8", newline="") as file:
        return {row["source"]: SourceFact(**row) for row in csv.DictReader(file)}


@cache
def _series() -> Mapping[tuple[str, str], SeriesFact]:
    with (TABLES / "series.csv").open(encoding="utf-8", newline="") as file:
        return {
            (row["source"], row["code"]): SeriesFact(
                row["source"], row["code"], row["title"], row["sdg"], row["indicator"] or None, row["note"]
            )
            for row in csv.DictReader(file)
        }


@dataclass(frozen=True)
class Definition:
    """What an indicator measures, in the portal's own words, and after which document."""

    words: str
    source: str


@cache
def _definitions() -> Mapping[str, Definition]:
    with (TABLES / "indicator_definitions.csv").open(encoding="utf-8", newline="") as file:
        return {row["indicator"]: Definition(row["definition"], row["source"]) for row in csv.DictReader(file)}


def definition(indicator: str) -> Definition | None:
    """What an indicator measures; None for one that the table does not know."""
    return _definitions().get(indicator)


def source_fact(source: str) -> SourceFact:
    """What is known of a source; one that no table knows is its own title."""
    return _sources().get(source) or SourceFact(source, source)


@dataclass(frozen=True, slots=True)
class Tie:
    """To which indicator the figures of a series are tied, and its English name; None where to none. `strange` says
    that the code of the series has the form of one of an indicator and is none that is asked for.
    """

    series: str
    indicator: str | None
    title: str = ""
    strange: bool = False


def tie_of(series: str, indicator: str | None) -> Tie:
    """The tie of a series, told for people."""
    if indicator is None or indicator not in indicators():
        return Tie(series, indicator, strange=indicator is None and looks_like_a_code(series))
    return Tie(series, indicator, indicators()[indicator].title)


def series_fact(
    source: str, code: str, title: str, sdg: str, *, told: str | None = None, by_code: bool = False
) -> SeriesFact:
    """What is known of a series; one that no table knows has the title and SDG number that its file gives.

    `told` is the indicator that a person said it measures, "" for none. With `by_code` a series that no table knows is
    tied to the indicator that its code is, or whose full name it is; nothing that is only alike is taken.
    """
    known = _series().get((source, code))
    fact = known or SeriesFact(source, code, title or code, sdg)
    if known is not None and sdg and not known.sdg:
        fact = replace(known, sdg=sdg)
    found = told if told is not None else fact.indicator or (indicator_of(code) if by_code and not known else None)
    if found and not known:
        one = indicators()[found]
        named = one.title if fact.title == code else fact.title
        return replace(fact, title=named, sdg=sdg or next(iter(one.sdg), ""), indicator=found)
    return replace(fact, indicator=found or None)


def cut_fact(dimensions: Mapping[str, str], unit: str) -> CutFact:
    """The cut with its dimensions as canonical JSON: sorted, without blanks, empty ones left off."""
    kept = {name: value for name, value in sorted(dimensions.items()) if value}
    return CutFact(json.dumps(kept, ensure_ascii=False, separators=(",", ":")), unit)


def is_headline(dimensions: str) -> bool:
    """Whether every dimension stands for its whole: both sexes, all ages, all areas."""
    return all(str(value).casefold() in TOTALS for value in json.loads(dimensions).values())


def is_older(edition: str, held: str) -> bool:
    """Whether an edition is certainly older than the one held: only dates can be compared."""
    return bool(_ISO_DATE.fullmatch(edition) and _ISO_DATE.fullmatch(held) and edition < held)


def spans(years: list[int]) -> str:
    """Years in words: `1960 to 1989, 1995`."""
    parts: list[list[int]] = []
    for year in years:
        if parts and parts[-1][1] == year - 1:
            parts[-1][1] = year
        else:
            parts.append([year, year])
    return ", ".join(str(a) if a == b else f"{a} to {b}" for a, b in parts)

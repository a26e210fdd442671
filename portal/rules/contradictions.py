"""Contradictions between channels: what rules compare and what each can say of it. A rule asks; people decide."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, lru_cache
from typing import NamedTuple

from forms.figures import parse_figure, parse_year
from forms.units import PLAIN, Unit, read_unit
from forms.words import N_
from portal.rules.areas import TABLES
from portal.rules.datasets import TOTALS, series_fact
from portal.rules.directions import sentences, slope, stated_figures

AGREES, DIFFERS, OFF_BY_TEN, OTHER_UNIT, APART = "agrees", "differs", "scale", "unit", "apart"
WHY_APART: Mapping[str, str] = {
    "indicator": N_("They are of different indicators."),
    "source": N_("They are of one source, which tells them apart itself."),
    "entity": N_("They are of different countries."),
    "definition": N_("The sources define the indicator differently."),
    "measure": N_("One counts what the other gives as a share."),
    "unit": N_("A unit is not told, or not known here."),
    "period": N_("They are of different years."),
    "area": N_("They are of different areas."),
    "cut": N_("They are of different groups."),
    "number": N_("One is not a number."),
}

PERCENT = Decimal("0.01")
SHARE_POINTS, SHARE_PART, PART = Decimal("0.01"), Decimal("0.02"), Decimal("0.05")
"""The tolerance: one percentage point or two per cent of the larger for a share, five per cent for all else."""
_NEAR_TEN, _NEAR_POWER = Decimal("1.05"), Decimal("1.5")
_SCALED_BY_WORDS = frozenset(("count", "USD", "EUR", "KZT"))
_COVERS = {
    **dict.fromkeys(("women", "woman", "female", "females", "girls"), "sex: female"),
    **dict.fromkeys(("men", "man", "male", "males", "boys"), "sex: male"),
    **dict.fromkeys(("urban", "urban areas", "urban population"), "location: urban"),
    **dict.fromkeys(("rural", "rural areas", "rural population"), "location: rural"),
    **dict.fromkeys(("city", "cities", "in cities"), "location: city"),
    **dict.fromkeys(("national", "total", "all", "both sexes", "all ages", "whole country", "allarea", "country"), ""),
}


class Told(NamedTuple):
    """A figure as somebody tells it. `own` where the country itself tells it; `definition` is "" where none is told;
    `main` where the series is the indicator as it is asked, `stands` where its group stands for the whole indicator.
    """

    indicator: str
    entity: str
    area: str
    source: str
    definition: str
    cover: str
    unit: str
    year: str
    value: str
    own: bool = False
    main: bool = True
    stands: bool = True


@dataclass(frozen=True, slots=True)
class Verdict:
    """What comparing two figures gives: AGREES, DIFFERS, OFF_BY_TEN, OTHER_UNIT or APART, then `why` is a key of
    WHY_APART. `power` is the power of ten by which the first is larger, of the units or of the numbers.
    """

    kind: str
    why: str = ""
    power: int = 0


class Definition(NamedTuple):
    """What a series measures: the definition, whether it is the indicator as asked, and the covers that stand for it,
    the first before the others."""

    key: str
    main: bool
    covers: tuple[str, ...]


@cache
def _definitions() -> Mapping[tuple[str, str], Definition]:
    with (TABLES / "definitions.csv").open(encoding="utf-8", newline="") as file:
        return {
            (row["source"], row["code"]): Definition(
                row["definition"], row["main"] == "yes", tuple(filter(None, row["cuts"].split("; ")))
            )
            for row in csv.DictReader(file)
        }


def definition_of(source: str, code: str, indicator: str | None = None) -> Definition:
    """The definition of a series; one that no table names is taken for the indicator itself, by the definition of the
    indicator where a table tells one, else by none.
    """
    return _definitions().get((source, code)) or _own_definitions().get(indicator or "", Definition("", True, ()))


@cache
def _own_definitions() -> Mapping[str, Definition]:
    """The definitions of indicators themselves, where the table is sure that a series has it: column `own`."""
    with (TABLES / "definitions.csv").open(encoding="utf-8", newline="") as file:
        named = [(row["source"], row["code"]) for row in csv.DictReader(file) if row["own"] == "yes"]
    return {str(series_fact(*one, "", "").indicator): _definitions()[one] for one in named}


@lru_cache(maxsize=4096)
def cover_of(dimensions: str) -> str:
    """The group that a figure of channel b is of, from its dimensions as JSON, such as `sex: female`; "" for all."""
    kept = sorted(json.loads(dimensions or "{}").items())
    return "; ".join(f"{name}: {value}".casefold() for name, value in kept if str(value).casefold() not in TOTALS)


def cover_told(words: str) -> str:
    """The same from the words of an answer: `women` is `sex: female`; words that are not known stay as they are."""
    plain = " ".join(words.casefold().split())
    return _COVERS.get(plain, plain)


def compare(one: Told, other: Told) -> Verdict:
    """Figure against figure: the same indicator, area, year, definition, group and unit, within the tolerance."""
    reason = _apart(one, other)
    if reason:
        return Verdict(APART, reason)
    units = _units(one, other)
    if units.verdict.kind == APART:
        return units.verdict
    reason = _other_ground(one, other)
    if units.verdict.kind == OTHER_UNIT:
        fits = units.factors and not reason and _numbers(one, other, *units.factors, units.share).kind == AGREES
        return Verdict(AGREES) if fits else units.verdict
    if reason or units.factors is None:
        return Verdict(APART, reason)
    return _numbers(one, other, *units.factors, units.share)


def _apart(one: Told, other: Told) -> str:
    """Why two figures speak of different things, whatever their units; "" where they may speak of the same."""
    if one.indicator != other.indicator:
        return "indicator"
    if one.source == other.source:
        return "source"
    if one.entity != other.entity:
        return "entity"
    return "definition" if one.definition and other.definition and one.definition != other.definition else ""


def _other_ground(one: Told, other: Told) -> str:
    if not _same_period(one.year, other.year):
        return "period"
    if one.area != other.area:
        return "area"
    return "" if _same_cover(one, other) else "cut"


def _same_period(one: str, other: str) -> bool:
    """Whether two periods are the same, or one of them is a year within the other's two."""
    a, b = parse_year(one), parse_year(other)
    if a.first is None or b.first is None or a.last is None or b.last is None:
        return False
    if (a.first, a.last) == (b.first, b.last):
        return True
    short = max(a.last - a.first, b.last - b.first) <= 1
    return short and a.first <= b.last and b.first <= a.last


def _same_cover(one: Told, other: Told) -> bool:
    if one.cover == other.cover:
        return True
    return (one.cover == "" and other.stands) or (other.cover == "" and one.stands)


class _Units(NamedTuple):
    """What two units have to do with each other: the factors that bring both to one unit, None where none do; whether
    both are shares in percent; and what is to be said before any number is looked at.
    """

    verdict: Verdict
    factors: tuple[Decimal, Decimal] | None = None
    share: bool = False


def _units(one: Told, other: Told) -> _Units:
    """Sets the units side by side. A country's own figures in another unit than the indicator's are worth a question;
    persons, thousands and millions, and such of money, are converted without one.
    """
    a, b = read_unit(one.unit), read_unit(other.unit)
    if a is None or b is None:
        alike = " ".join(one.unit.casefold().split()) == " ".join(other.unit.casefold().split()) != ""
        return _Units(Verdict(AGREES), (Decimal(1), Decimal(1))) if alike else _Units(Verdict(APART, "unit"))
    asks = one.own != other.own and (one.main if other.own else other.main)
    if _measures(a) != _measures(b):
        if {_measures(a), _measures(b)} != {PLAIN, "count"}:
            return _Units(Verdict(APART, "unit"))
        return _Units(Verdict(OTHER_UNIT) if asks else Verdict(APART, "measure"))
    power = (a.size / b.size).log10()
    slips = asks and power and _measures(a) not in _SCALED_BY_WORDS
    verdict = Verdict(OTHER_UNIT, power=int(power.to_integral_value())) if slips else Verdict(AGREES)
    return _Units(verdict, (a.size, b.size), _measures(a) == PLAIN and PERCENT in (a.size, b.size))


def _measures(unit: Unit) -> str:
    """What a unit measures, with "a person" left off, as offices leave it off."""
    return unit.measures.removesuffix("/count")


def _numbers(one: Told, other: Told, size: Decimal, other_size: Decimal, share: bool) -> Verdict:
    read, against = parse_figure(one.value), parse_figure(other.value)
    if read.number is None or against.number is None:
        return Verdict(APART, "number")
    a, b = read.number * size, against.number * other_size
    rounding = _half_step(read.number) * size + _half_step(against.number) * other_size
    if _distance(a, read.bound, b, against.bound) <= max(_tolerance(a, b, share), rounding):
        return Verdict(AGREES)
    power = 0 if read.bound or against.bound else power_between(a, b)
    return Verdict(OFF_BY_TEN, power=power) if power else Verdict(DIFFERS)


def _half_step(number: Decimal) -> Decimal:
    """Half of the last digit that is written: what rounding may have taken away."""
    exponent = number.as_tuple().exponent
    return Decimal(5).scaleb(min(int(exponent), 0) - 1) if isinstance(exponent, int) else Decimal(0)


def _tolerance(a: Decimal, b: Decimal, share: bool) -> Decimal:
    larger = max(abs(a), abs(b))
    return max(SHARE_POINTS, larger * SHARE_PART) if share else larger * PART


def _distance(a: Decimal, bound: str, b: Decimal, other_bound: str) -> Decimal:
    """How far two figures are apart at least; a figure that is only a limit reaches to all beyond it."""
    if (bound[:1], other_bound[:1]) in ((">", ">"), ("<", "<")):
        return Decimal(0)
    low, high = (a, b) if a <= b else (b, a)
    low_bound, high_bound = (bound, other_bound) if a <= b else (other_bound, bound)
    return Decimal(0) if low_bound[:1] == ">" or high_bound[:1] == "<" else high - low


def power_between(a: Decimal, b: Decimal) -> int:
    """The power of ten by which `a` is larger than `b`, negative where it is smaller; 0 where the factor is none: ten
    within five per cent, a hundred and more within a half.
    """
    if a * b <= 0:
        return 0
    ratio = a / b
    power = int(ratio.copy_abs().log10().to_integral_value())
    rest = ratio / Decimal(10) ** power
    near = _NEAR_TEN if abs(power) == 1 else _NEAR_POWER
    return power if power and 1 / near <= rest <= near else 0


def goes_against(direction: str, points: Sequence[tuple[int, float]]) -> bool:
    """A told trend against the figures' slope: the figures plainly go the other way; a slope that is not plain does not
    speak against anything.
    """
    _slope, plain = slope(points)
    return bool(plain) and bool(direction) and plain != direction


def says_otherwise(one: bool | None, other: bool | None) -> bool:
    """Yes against no: both speak plainly, and not the same."""
    return one is not None and other is not None and one != other


def stands_alone(text: str, elsewhere: int) -> list[str]:
    """A claim without evidence elsewhere: the sentences that state a figure, where `elsewhere`, the number of figures
    and passages that other channels hold of the same, is 0.
    """
    return [] if elsewhere else [one for one in sentences(text) if stated_figures(one)]

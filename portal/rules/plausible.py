"""Whether figures are plausible: their unit, their order of magnitude beside other years and channel b, their years."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from statistics import median
from typing import Any

from forms import build
from forms.build import Answers, RuleInWords
from forms.figures import Year, parse_figure, parse_year
from forms.findings import ERROR, NOTE, WARNING, Finding, Rule
from forms.outline import Guideline, Question
from forms.units import Unit, read_unit
from forms.words import N_
from portal.rules.offers import Held

UNIT = Rule(
    "unit",
    ERROR,
    N_("A figure is in a unit that measures what the indicator measures: a share is not a number of people."),
    N_("Row %(row)d is in “%(unit)s”, which measures something else than the unit asked for, “%(asked)s”."),
)
SCALE = Rule(
    "unit_scale",
    WARNING,
    N_("A figure is in the unit asked for, not in one that is a thousand times as large or as small."),
    N_(
        "Row %(row)d is in “%(unit)s”; asked is “%(asked)s”. One “%(unit)s” is %(times)s “%(asked)s”, so %(text)s "
        "stands for %(would_be)s. Please write it in the unit asked for."
    ),
)
MEANT = Rule(
    "unit_meant",
    ERROR,
    N_("A figure that fits its neighbours or channel b only in another unit probably carries the wrong unit."),
    N_(
        "%(text)s %(unit)s for %(year)s and %(held)s %(held_unit)s for %(held_year)s, the figure of %(source)s, differ "
        "by a factor of about %(times)s. Did you mean %(meant)s?"
    ),
)
MAGNITUDE = Rule(
    "magnitude",
    WARNING,
    N_(
        "A figure has the order of magnitude of the international figure of the same year, or of the nearest year "
        "where there is none."
    ),
    N_(
        "%(text)s for %(year)s and %(held)s for %(held_year)s, the figure of %(source)s, differ by a factor of about "
        "%(times)s. Please look at the unit and at the decimal mark."
    ),
)
NEIGHBOURS = Rule(
    "magnitude_years",
    WARNING,
    N_("A figure has the order of magnitude of your own figures of the years beside it."),
    N_(
        "%(text)s for %(year)s and your figures of other years, such as %(held)s for %(held_year)s, differ by a factor "
        "of about %(times)s. Please look at the unit and at the decimal mark."
    ),
)
CHANGE = Rule(
    "change",
    NOTE,
    N_("From one year to the next a figure changes about as much as between its other years."),
    N_("From %(held)s in %(held_year)s to %(text)s in %(year)s is a far larger change than between your other years."),
)
TWICE = Rule(
    "year_twice",
    WARNING,
    N_("One year has one figure for the same place and group."),
    N_("%(year)s stands in row %(other)d too, there with %(held)s and here with %(text)s."),
)
AHEAD = Rule(
    "year_ahead",
    WARNING,
    N_("A figure is of a year that has ended before the period of the report ends."),
    N_("%(year)s lies after the period of the report, which ends in %(end)s."),
)
BELOW = Rule(
    "below_nought",
    WARNING,
    N_("What is counted or measured in size, weight or time is not below nought."),
    N_("%(text)s for %(year)s is below nought, which “%(asked)s” cannot be. Please look at the sign."),
)
BOUNDS = Rule(
    "out_of_bounds",
    WARNING,
    N_("A figure lies between the bounds that the unit asked for names."),
    N_("%(text)s for %(year)s does not lie within “%(asked)s”. Please look at the unit and at the decimal mark."),
)
RULES = (UNIT, SCALE, MEANT, MAGNITUDE, NEIGHBOURS, CHANGE, TWICE, AHEAD, BELOW, BOUNDS)

MANY_TIMES = 10
MOST_DIGITS = 6
ENOUGH_YEARS, ENOUGH_BESIDE = 5, 3
NEAR_YEARS = 10
SLIP = 2  # so many orders of magnitude are no change of a few years
STEADY = 3
SMALL_STEP, LARGE_STEP = Decimal("0.15"), Decimal("0.5")
_CLOSE = Decimal(3)


@dataclass(frozen=True, slots=True)
class Point:
    """One row of an answer that can be compared: its place, its year, its number, and that number in base units."""

    row: int
    text: str
    year: Year
    number: Decimal
    unit: Unit | None
    cover: tuple[str, str]

    @property
    def size(self) -> Decimal:
        return self.number * self.unit.size if self.unit else self.number


def findings(question: Question, value: Any, held: Sequence[Held] = (), end: int | None = None) -> Iterator[Finding]:
    """The findings about the figures of one answer of the kind series. `held` are those of channel b;
    `end` is the last year of the period of the report, None where it is not known.
    """
    if question.kind != "series" or not value or not value["rows"]:
        return
    years = [parse_year(row["year"]) for row in value["rows"]]
    yield from _ahead(question, value["rows"], years, end)
    if not question.options.get("numeric", True):
        return
    asked = read_unit(question.options["unit"])
    points = list(_points(value["rows"], years, asked))
    others = _others(held)
    found = [finding for point in points for finding in _beside(question, value["rows"], point, others)]
    rows = {finding.params["row"] for finding in found}
    found = _once_a_unit(found)
    mistaken = {finding.params["unit"] for finding in found if finding.rule == MEANT.key}
    yield from _units(question, value["rows"], asked, mistaken)
    yield from _twice(question, points)
    for point in points:
        yield from _impossible(question, point, asked)
    yield from found
    for line in _lines(points):
        yield from _along(question, line, rows)


def period_question(asked: Guideline) -> str | None:
    """The key of the question that asks for the period of the report."""
    return next((question.key for question in asked.questions.values() if question.kind == "period"), None)


def with_period(asked: Guideline, questions: Sequence[Question]) -> list[str]:
    """The keys of these questions, and that of the period of the report where figures are among them."""
    keys = [question.key for question in questions]
    period = period_question(asked)
    return [*keys, period] if period and any(question.kind == "series" for question in questions) else keys


def end_of_period(asked: Guideline, languages: Sequence[str], answers: Answers) -> int | None:
    """The last year of the period that the report says it covers, None where it does not say."""
    key = period_question(asked)
    period = answers.get((key, languages[0])) if key else None
    typed = (period or {}).get("to") or ""
    return parse_year(typed[:4]).last if typed else None


def rules(asked: Guideline) -> list[RuleInWords]:
    """Every check of an edition for the readable list: those of its kinds, then these with what each looks at."""
    series = [question for question in asked.questions.values() if question.kind == "series"]
    numeric = tuple(question.key for question in series if question.options.get("numeric", True))
    measured = tuple(q.key for q in series if q.key in numeric and read_unit(q.options["unit"]) is not None)
    every = tuple(question.key for question in series)
    looked_at = {UNIT: measured, SCALE: measured, AHEAD: every}
    listed = ((rule, looked_at.get(rule, numeric)) for rule in RULES)
    return build.rules(asked) + [RuleInWords(rule.key, rule.severity, rule.says, keys) for rule, keys in listed if keys]


def _once_a_unit(found: Sequence[Finding]) -> list[Finding]:
    """The findings, of those about a mistaken unit the first for each unit: it is one mistake."""
    first: dict[str, Finding] = {}
    for finding in found:
        if finding.rule == MEANT.key:
            first.setdefault(finding.params["unit"], finding)
    return [finding for finding in found if finding.rule != MEANT.key or first[finding.params["unit"]] is finding]


def _points(rows: Sequence[Mapping[str, str]], years: Sequence[Year], asked: Unit | None) -> Iterator[Point]:
    for number, (row, year) in enumerate(zip(rows, years, strict=True), 1):
        read = parse_figure(row["value"]).number
        if read is not None and year.last is not None:
            unit = read_unit(row["unit"]) if row["unit"] else asked
            cover = (row["disaggregation"].casefold(), row["place"].casefold())
            yield Point(number, row["value"], year, read, unit, cover)


def _ahead(
    question: Question, rows: Sequence[Mapping[str, str]], years: Sequence[Year], end: int | None
) -> Iterator[Finding]:
    for number, (row, year) in enumerate(zip(rows, years, strict=True), 1):
        if end is not None and year.first is not None and year.first > end:
            yield AHEAD.finding(question.key, row=number, column="year", year=row["year"], end=str(end))


def _units(
    question: Question, rows: Sequence[Mapping[str, str]], asked: Unit | None, mistaken: set[str]
) -> Iterator[Finding]:
    """One finding for each unit that is not the one asked for, at the first row that has it; none for those of which
    it was said already that another was meant.
    """
    said = set(mistaken)
    for number, row in enumerate(rows, 1):
        unit = read_unit(row["unit"]) if row["unit"] else None
        if asked is None or unit is None or unit == asked or row["unit"] in said:
            continue
        said.add(row["unit"])
        where = {"row": number, "column": "unit"}
        names = {"unit": row["unit"], "asked": question.options["unit"]}
        if unit.measures != asked.measures and _a_person(unit) == _a_person(asked):
            continue
        if unit.measures != asked.measures:
            yield UNIT.finding(question.key, **where, **names)
            continue
        read = parse_figure(row["value"]).number
        told = {"times": plain(unit.times(asked)), "text": row["value"]}
        would_be = plain(read * unit.times(asked)) if read is not None else row["value"]
        yield SCALE.finding(question.key, **where, **names, **told, would_be=would_be)


def _a_person(unit: Unit) -> str:
    """What a unit measures, with "a person" left off, as offices leave it off."""
    return unit.measures.removesuffix("/count")


def _twice(question: Question, points: Sequence[Point]) -> Iterator[Finding]:
    first: dict[tuple[Any, ...], Point] = {}
    for point in points:
        measures = point.unit.measures if point.unit else None
        key = (point.year.first, point.year.last, point.cover, measures)
        before = first.setdefault(key, point)
        if before.size != point.size:
            told = {"year": point.year.text, "other": before.row, "held": before.text, "text": point.text}
            yield TWICE.finding(question.key, row=point.row, column="year", **told)


@dataclass(frozen=True, slots=True)
class Other:
    """A figure of channel b, read once: its years, its number, its number in base units."""

    first: int
    last: int
    number: Decimal
    unit: Unit | None
    size: Decimal
    held: Held


def _others(held: Iterable[Held]) -> list[Other]:
    """The figures of the whole country that are numbers other than nought."""
    found = []
    for one in held:
        number, unit, year = parse_figure(one.value).number, read_unit(one.unit), parse_year(one.year)
        if one.headline and number:
            size = number * unit.size if unit else number
            found.append(Other(year.first or one.last, year.last or one.last, number, unit, size, one))
    return found


def _beside(
    question: Question, rows: Sequence[Mapping[str, str]], point: Point, others: Sequence[Other]
) -> Iterator[Finding]:
    """Compares a figure of the whole country with every figure of channel b for a year that it covers, 2000/01 with
    those of 2000 and of 2001; one that is of the same order is enough. Where its years have none, with those of the
    nearest year, of which it has to differ by more than a few years change.
    """
    first, last = point.year.first, point.year.last
    if point.cover != ("", "") or not point.number or first is None or last is None:
        return
    alike = [other for other in others if not _other_measure(point, other)]
    away = {id(other): max(other.first - last, first - other.last, 0) for other in alike}
    nearest = min(away.values(), default=None)
    if nearest is None or nearest > NEAR_YEARS:
        return
    compared = [(_ratio(point, other), other.held) for other in alike if away[id(other)] == nearest]
    if any(order(ratio) < (SLIP if nearest else 1) for ratio, _one in compared):
        return
    ratio, one = min(compared, key=lambda pair: max(pair[0], 1 / pair[0]))
    told = {
        "text": point.text,
        "year": point.year.text,
        "held": one.value,
        "held_year": one.year,
        "source": one.credit or one.source,
    }
    where = {"row": point.row, "column": "value"}
    meant = _meant(point, ratio)
    if meant:
        written = rows[point.row - 1]["unit"] or question.options["unit"]
        more = {"unit": written, "times": about(ratio), "held_unit": named(one.unit)}
        yield MEANT.finding(question.key, **where, **told, **more, meant=meant)
    else:
        yield MAGNITUDE.finding(question.key, **where, **told, times=about(ratio))


def _other_measure(point: Point, other: Other) -> bool:
    return point.unit is not None and other.unit is not None and point.unit.measures != other.unit.measures


def _ratio(point: Point, other: Other) -> Decimal:
    both = point.unit is not None and other.unit is not None
    return abs(point.size / other.size if both else point.number / other.number)


def _impossible(question: Question, point: Point, asked: Unit | None) -> Iterator[Finding]:
    """What the unit asked for cannot be: a size below nought, or a figure beyond the bounds that it names."""
    where = {"row": point.row, "column": "value"}
    told = {"text": point.text, "year": point.year.text, "asked": question.options["unit"]}
    sized = asked is not None and asked.measures.partition("/")[0] in _SIZES
    if sized and point.number < 0:
        yield BELOW.finding(question.key, **where, **told)
    bounds = _BOUNDS.search(question.options["unit"])
    if bounds and not Decimal(bounds[1]) <= point.number <= Decimal(bounds[2]):
        yield BOUNDS.finding(question.key, **where, **told)


_SIZES = ("count", "mass", "length", "area", "volume", "time")
_BOUNDS = re.compile(r"\b(\d+)[-–](\d+)$")


def _meant(point: Point, ratio: Decimal) -> str:
    """The unit in which the figure would be close to the one held: of those that offices mix up; "" for none."""
    if point.unit is None:
        return ""
    for name in _MIXED_UP.get(point.unit.measures, ()):
        unit = read_unit(name)
        if unit is None or unit == point.unit:
            continue
        other = ratio * unit.size / point.unit.size
        if 1 / _CLOSE <= other <= _CLOSE:
            return name
    return ""


_MIXED_UP = {
    "mass/volume": ("µg/m³", "mg/m³"),
    "count": ("persons", "thousand", "million"),
    "area": ("m²", "ha", "km²"),
    "mass": ("kg", "tonnes", "thousand tonnes"),
    "USD": ("USD", "million USD"),
}


def _lines(points: Iterable[Point]) -> Iterator[list[Point]]:
    """The points of one cover that measure the same, one a year in order; a year that stands twice is left out."""
    groups: dict[tuple[Any, ...], dict[int, list[Point]]] = {}
    for point in points:
        key = (point.cover, point.unit.measures if point.unit else None)
        groups.setdefault(key, {}).setdefault(point.year.last or 0, []).append(point)
    for years in groups.values():
        yield [same[0] for _year, same in sorted(years.items()) if len(same) == 1]


def _along(question: Question, line: Sequence[Point], told: set[int]) -> Iterator[Finding]:
    """Compares each figure with the others of its line, where these are steady among themselves: the one that stands
    out is then the smallest or the largest.
    """
    ranked = sorted((point for point in line if point.number), key=lambda point: abs(point.size))
    if len(ranked) < ENOUGH_BESIDE:
        outliers = [] if any(point.row in told for point in ranked) else list(_slip(ranked))
    else:
        outliers = [*_outlier(ranked[1:], ranked[0]), *_outlier(ranked[:-1], ranked[-1])]
    for point, near, ratio in outliers:
        if point.row not in told:
            shown = {"text": point.text, "year": point.year.text, "held": near.text, "held_year": near.year.text}
            yield NEIGHBOURS.finding(question.key, row=point.row, column="value", **shown, times=about(ratio))
    if not outliers and not told:
        yield from _changes(question, line)


def _slip(pair: Sequence[Point]) -> Iterator[tuple[Point, Point, Decimal]]:
    """Of two figures alone the later one, where they differ by more than a few years change."""
    if len(pair) == 2 and order(ratio := abs(pair[1].size / pair[0].size)) >= SLIP:
        early, late = sorted(pair, key=lambda point: point.year.last or 0)
        yield late, early, ratio


def _outlier(others: Sequence[Point], point: Point) -> Iterator[tuple[Point, Point, Decimal]]:
    """The point, the nearest of the others in time and the ratio to their median, where it is of another order."""
    low, high = abs(others[0].size), abs(others[-1].size)
    ratio = abs(point.size) / median(abs(one.size) for one in others)
    if high <= STEADY * low and order(ratio):
        year = point.year.last or 0
        yield point, min(others, key=lambda one: abs((one.year.last or 0) - year)), ratio


def _changes(question: Question, line: Sequence[Point]) -> Iterator[Finding]:
    """A change by more than half, in a line of which three changes in four are small and the usual one is far smaller;
    a line with noughts, such as of disasters, has no usual change.
    """
    if len(line) < ENOUGH_YEARS or not all(point.number > 0 for point in line):
        return
    steps = [(one, other, 1 - min(one.size, other.size) / max(one.size, other.size)) for one, other in pairwise(line)]
    sizes = sorted(step for _one, _other, step in steps)
    if sizes[len(sizes) * 3 // 4 - 1] > SMALL_STEP:
        return
    for one, other, step in steps:
        if step > LARGE_STEP and step > MANY_TIMES * median(sizes):
            shown = {"text": other.text, "year": other.year.text, "held": one.text, "held_year": one.year.text}
            yield CHANGE.finding(question.key, row=other.row, column="value", **shown)


def order(ratio: Decimal) -> int:
    """By how many orders of magnitude two figures differ: 0 where they are near, or where the factor is nearer to 3
    than to 10 or to 30 than to 100 and so may be a fact; ratios are above 0.
    """
    far = max(ratio, 1 / ratio)
    if far >= 50:
        return round(far.log10())
    return int(Decimal("6.5") <= far <= Decimal("15"))


def about(ratio: Decimal) -> str:
    """The nearest power of ten of a ratio or its inverse in digits, as `1000`."""
    far = max(ratio, 1 / ratio)
    power = round(far.log10())
    return "1" + "0" * max(1, power)


def plain(number: Decimal) -> str:
    """A number in digits without an exponent and without trailing noughts."""
    text = format(number.normalize(), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def brief(number: Decimal) -> Decimal:
    """A number with the digits that people read: of a fraction with more than MOST_DIGITS the first four."""
    whole = number.to_integral_value()
    if number == whole:
        return whole
    if len(number.normalize().as_tuple().digits) <= MOST_DIGITS:
        return number
    return number.quantize(Decimal(1).scaleb(min(number.adjusted() - 3, 0)))


def named(unit: str) -> str:
    """A unit for people: the codes of sources as words."""
    return _NAMES.get(unit.casefold(), unit)


_NAMES = {
    "mgr_m_3": "µg/m³",
    "mg_cub_meter": "mg/m³",
    "percent": "percent",
    "pt": "percent",
    "persons": "persons",
    "per_100000_pop": "per 100,000",
    "con_ppp_usd": "PPP US$",
    "cu_usd": "US$",
    "cu_usd_m": "million US$",
    "con_usd_m": "million US$",
    "tonnes": "tonnes",
    "sq_meter": "m²",
}

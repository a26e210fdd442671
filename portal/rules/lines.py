"""Lines of figures set against each other: which pairs of tellers do not go together, and under which rule."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import NamedTuple

from forms.figures import parse_year
from portal.rules.cases import FIGURE, SCALE, UNIT
from portal.rules.contradictions import AGREES, APART, DIFFERS, OFF_BY_TEN, OTHER_UNIT, Told, Verdict, compare

APART_KINDS = frozenset({DIFFERS, OFF_BY_TEN})
COMPARED = APART_KINDS | {AGREES}


@dataclass(frozen=True, slots=True)
class Line:
    """The figures of one teller for one indicator, area, group and unit: (period, value, ref) each. `told` is any of
    them. `channel` is a to f; `label` names the teller for people; `rank` is 0 for the group that stands for the
    indicator before all others; `text` is what the teller says beside the figures.
    """

    told: Told
    name: str
    channel: str
    label: str
    figures: tuple[tuple[str, str, str], ...]
    rank: int = 0
    text: str = ""


@dataclass(frozen=True, slots=True)
class Apart:
    """Two lines that do not go together under a rule, with (period, value, other value) of the years that show it."""

    rule: str
    one: Line
    other: Line
    years: tuple[tuple[str, str, str], ...]
    power: int = 0


def apart(lines: Sequence[Line]) -> list[Apart]:
    """What does not go together among the lines of one entity and indicator: figures of the same thing that differ, and
    a country's figures in another unit. A year in which a teller agrees with any line of the other is no difference,
    and a line is set against the one line of the other teller that is nearest to it.
    """
    tellers: dict[str, list[Line]] = {}
    for line in lines:
        tellers.setdefault(line.told.source, []).append(line)
    found: list[Apart] = []
    for one, other in combinations(sorted(tellers, key=lambda name: (not tellers[name][0].told.own, name)), 2):
        cases, compared = _differing(tellers[one], tellers[other])
        found += cases
        found += _other_units([line for line in tellers[one] if line.told.unit not in compared], tellers[other])
    return found


@dataclass(frozen=True, slots=True)
class Pairing:
    """One series of a teller beside one of another: how many figures agree and differ, or why none could be compared, a
    key of WHY_APART; "" with OTHER_UNIT, where the unit is asked about.
    """

    one: Line
    other: Line
    kind: str
    why: str = ""
    agree: int = 0
    differ: int = 0


def pairings(lines: Sequence[Line]) -> list[Pairing]:
    """What comparing gave among the lines of one entity and indicator: each pair of series of two tellers once."""
    series: dict[tuple[str, str, str], list[Line]] = {}
    for line in lines:
        series.setdefault((line.told.source, line.text, line.told.unit), []).append(line)
    each = sorted(series.items(), key=lambda item: (not item[1][0].told.own, item[0]))
    return [_paired(ours, theirs) for (one, ours), (two, theirs) in combinations(each, 2) if one[0] != two[0]]


def _paired(lines: Sequence[Line], others: Sequence[Line]) -> Pairing:
    by_area: dict[str, list[Line]] = {}
    for other in others:
        by_area.setdefault(other.told.area, []).append(other)
    same = [(line, other) for line in lines for other in by_area.get(line.told.area, ())]
    met = [one.verdict for pair in same for one in _met(*pair)]
    line, other = min(same, key=lambda pair: (pair[0].rank, pair[1].rank), default=(lines[0], others[0]))
    kinds = Counter(one.kind for one in met)
    if any(kinds[kind] for kind in COMPARED):
        agree = kinds[AGREES]
        differ = sum(kinds[kind] for kind in APART_KINDS)
        return Pairing(line, other, DIFFERS if differ else AGREES, agree=agree, differ=differ)
    if kinds[OTHER_UNIT]:
        return Pairing(line, other, OTHER_UNIT)
    if met:
        return Pairing(line, other, APART, Counter(one.why for one in met).most_common(1)[0][0])
    verdict = compare(line.told, other.told)
    if verdict.kind in COMPARED or verdict.why in ("period", "area", "cut"):
        verdict = Verdict(APART, "period" if same else "area")
    return Pairing(line, other, verdict.kind, verdict.why)


def _other_units(lines: Sequence[Line], others: Sequence[Line]) -> Iterator[Apart]:
    """Each series of a country that stands in another unit than the indicator does with the other teller, once: its
    line of the whole country, else the one with the newest figure.
    """
    seen = set()
    wanted = [line for line in others if line.told.main and line.told.stands and line.told.area == line.told.entity]
    nearest = sorted(wanted, key=lambda line: line.rank)
    newest = sorted(lines, key=lambda line: (line.told.area == line.told.entity, line.figures[-1][0]), reverse=True)
    for line in newest:
        for other in nearest[:1]:
            verdict = compare(line.told, other.told)
            if verdict.kind == OTHER_UNIT and (line.told.unit, line.channel) not in seen:
                seen.add((line.told.unit, line.channel))
                yield Apart(UNIT, line, other, (), verdict.power)


def _differing(lines: Sequence[Line], others: Sequence[Line]) -> tuple[list[Apart], set[str]]:
    """The lines whose figures differ, each with the nearest line of the other teller; and the units in which any
    figure could be compared.
    """
    verdicts: dict[tuple[str, str], tuple[Line, Line, list[_Met]]] = {}
    agreed: set[tuple[str, str]] = set()
    compared: set[str] = set()
    by_area: dict[str, list[Line]] = {}
    for other in others:
        by_area.setdefault(other.told.area, []).append(other)
    for line in lines:
        for other in by_area.get(line.told.area, ()):
            met = list(_met(line, other))
            if any(one.verdict.kind in COMPARED for one in met):
                compared.add(line.told.unit)
            agreed |= {(line.name, one.period) for one in met if one.verdict.kind == AGREES}
            agreed |= {(other.name, one.other_period) for one in met if one.verdict.kind == AGREES}
            verdicts[line.name, other.name] = (line, other, met)
    nearest: dict[str, Apart] = {}
    for line, other, met in verdicts.values():
        left = [
            one
            for one in met
            if one.verdict.kind in APART_KINDS
            and (line.name, one.period) not in agreed
            and (other.name, one.other_period) not in agreed
        ]
        if left:
            case = _case(line, other, left)
            held = nearest.get(line.name)
            if held is None or _distance_of(case) < _distance_of(held):
                nearest[line.name] = case
    return list(nearest.values()), compared


class _Met(NamedTuple):
    """Two figures of one period, and what comparing them gave."""

    period: str
    other_period: str
    value: str
    other_value: str
    verdict: Verdict


def _met(line: Line, other: Line) -> Iterator[_Met]:
    """The pairs of figures of two lines whose periods have a year in common."""
    by_year: dict[int, list[tuple[str, str, str]]] = {}
    for figure in other.figures:
        for year in _years(figure[0]):
            by_year.setdefault(year, []).append(figure)
    for period, value, _ref in line.figures:
        for figure in dict.fromkeys(figure for year in _years(period) for figure in by_year.get(year, ())):
            one = line.told._replace(year=period, value=value)
            against = other.told._replace(year=figure[0], value=figure[1])
            yield _Met(period, figure[0], value, figure[1], compare(one, against))


def _years(period: str) -> range:
    year = parse_year(period)
    return range(year.first, year.last + 1) if year.first is not None and year.last is not None else range(0)


def _case(line: Line, other: Line, met: Sequence[_Met]) -> Apart:
    powers = [one.verdict.power for one in met]
    power = max(set(powers), key=powers.count)
    scale = power != 0 and powers.count(power) * 2 > len(powers)
    years = tuple((one.period, one.value, one.other_value) for one in met)
    return Apart(SCALE if scale else FIGURE, line, other, years, power if scale else 0)


def _distance_of(case: Apart) -> tuple[bool, bool, int]:
    """How near the two lines of a case are: the same group first, then the indicator as asked, then the first group."""
    return case.one.told.cover != case.other.told.cover, not case.other.told.main, case.other.rank

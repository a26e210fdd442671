"""What the rules of contradictions find in the evidence of one entity: figures, answers, words; each find is a case."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from forms.figures import parse_figure, parse_year
from forms.outline import Question, text
from portal.rules import cases
from portal.rules.areas import simplified
from portal.rules.cases import ANSWER, OBSERVATION, PASSAGE, Found, Side, amount, brief_sentence, span, spoken
from portal.rules.contradictions import (
    Told,
    cover_of,
    cover_told,
    definition_of,
    goes_against,
    says_otherwise,
    stands_alone,
)
from portal.rules.crosswalk import commitment_of, commitment_of_indicator, indicators_of
from portal.rules.datasets import source_fact
from portal.rules.directions import sentences, slope, subjects, told_direction, told_there, yes_or_no
from portal.rules.lines import Apart, Line, Pairing, apart, pairings
from portal.rules.naming import is_named

NATIONAL = "national:"
THE_REPORT = "The report of the state"
NOBODY = "No other channel"
RESULTS = "results"
CLAIMING = frozenset({"text", "progress", "practices"})
"""Where partners tell what was reached, by the end of the key of the question; not how they know it, what is needed, or
what they attach.
"""
MOST_CLAIMS = 8
MOST_YEARS = 6
"""Where no period is told, a told trend is held against so many of the newest years."""


class Figure(NamedTuple):
    """One observation of channel b; `ref` is its id."""

    indicator: str
    area: str
    area_name: str
    source: str
    series: str
    title: str
    dimensions: str
    unit: str
    period: str
    value: str
    ref: int


class Answered(NamedTuple):
    """The answer to a question of kind series in the newest version of a report."""

    report: uuid.UUID
    version: int
    question: Question
    value: Mapping[str, Any]


class Words(NamedTuple):
    """One passage that stands now; `owner` is its report or contribution, `label` names who says it. Of a contribution
    also the years it speaks of, the names of this and the other states it names, its partner, and the commitments that
    the passage is of.
    """

    key: str
    owner: uuid.UUID
    source: str
    channel: str
    question: str
    language: str
    text: str
    label: str
    period: tuple[int, int] | None = None
    here: tuple[str, ...] = ()
    elsewhere: tuple[str, ...] = ()
    partner: uuid.UUID | None = None
    commitments: tuple[str, ...] = ()


@dataclass
class Ground:
    """All that stands on one entity: figures, answers, words, the commitments that contributions on it speak of, those
    on several states too, each with the partners who do, and the years that its report covers, None where there is no
    report or it does not say.
    """

    entity: str
    figures: list[Figure] = field(default_factory=list)
    answers: list[Answered] = field(default_factory=list)
    words: list[Words] = field(default_factory=list)
    spoken_of: dict[str, set[uuid.UUID]] = field(default_factory=dict)
    period: tuple[int, int] | None = None


def raised(ground: Ground, asked: Mapping[str, Question]) -> list[Found]:
    """What every rule finds. `asked` holds the questions that ask for indicators, by indicator."""
    lines = _lines(ground)
    found = [
        _figures_apart(case, ground.entity, asked[indicator])
        for indicator, each in lines.items()
        if indicator in asked
        for case in apart(each)
    ]
    found += _trends(ground, lines, asked)
    found += _yes_and_no(ground, asked)
    found += _claims(ground)
    found += _claims_of_others(ground)
    return found


def compared(ground: Ground, asked: Collection[str]) -> dict[str, list[Pairing]]:
    """What comparing the figures on an entity gave, by indicator: what agrees, what differs, and what is not comparable
    and why.
    """
    lines = sorted(_lines(ground).items())
    return {indicator: found for indicator, each in lines if indicator in asked and (found := pairings(each))}


def _lines(ground: Ground) -> dict[str, list[Line]]:
    lines: dict[str, list[Line]] = {}
    for line in (*_held(ground), *_answered(ground)):
        lines.setdefault(line.told.indicator, []).append(line)
    return lines


def _held(ground: Ground) -> Iterator[Line]:
    """The observations as lines."""
    groups: dict[tuple[str, ...], list[Figure]] = {}
    for one in ground.figures:
        groups.setdefault((one.indicator, one.area, one.source, one.series, one.dimensions, one.unit), []).append(one)
    for (indicator, area, source, series, dimensions, unit), figures in groups.items():
        definition, cover = definition_of(source, series, indicator), cover_of(dimensions)
        told = Told(
            *(indicator, ground.entity, area, source, definition.key, cover, unit),
            *(figures[0].period, figures[0].value),
            own=source.startswith(NATIONAL),
            main=definition.main,
            stands=cover == "" or cover in definition.covers,
        )
        rank = definition.covers.index(cover) if cover in definition.covers else len(definition.covers) + bool(cover)
        points = sorted((one.period, one.value, str(one.ref)) for one in figures)
        place = "" if area == ground.entity else f", {figures[0].area_name}"
        label = f"{source_fact(source).title}{place}"
        name = "|".join(("observation", source, series, area, dimensions, unit))
        yield Line(told, name, "b", label, tuple(points), rank, figures[0].title)


def _answered(ground: Ground) -> Iterator[Line]:
    """The countries' own figures in reports as lines; a place is looked up among the areas that have figures."""
    places = {simplified(one.area_name): one.area for one in ground.figures}
    for answer in ground.answers:
        if not answer.question.options.get("numeric", True):
            continue
        groups: dict[tuple[str, str, str], list[tuple[str, str, str]]] = {}
        for row in answer.value["rows"]:
            name = simplified(row["place"])
            area = places.get(name, f"{ground.entity}/{name}") if name else ground.entity
            unit = row["unit"] or answer.question.options["unit"]
            point = (row["year"], row["value"], f"{answer.report}/{answer.question.key}")
            groups.setdefault((area, cover_told(row["disaggregation"]), unit), []).append(point)
        for (area, cover, unit), points in groups.items():
            indicator = answer.question.indicator or ""
            told = Told(indicator, ground.entity, area, "report", "", cover, unit, *points[0][:2], own=True)
            told = told._replace(stands=cover == "")
            name = "|".join(("answer", str(answer.report), answer.question.key, area, cover, unit))
            reason = str(answer.value["reason"])
            yield Line(told, name, "a", THE_REPORT, tuple(sorted(points)), bool(cover), reason)


def _figures_apart(case: Apart, entity: str, question: Question) -> Found:
    told, other = case.one.told, case.other.told
    periods = [period for period, _value, _other in case.years]
    newest = max(case.years, default=None)
    one_value, other_value = (newest[1], newest[2]) if newest else (case.one.figures[-1][1], case.other.figures[-1][1])
    at = f", {newest[0]}" if newest and len(case.years) > 1 else ""
    words = {
        "title": text(question.title, "en"),
        "period": spoken(periods),
        "one": case.one.label + at,
        "other": case.other.label + at,
        "value": amount(one_value, told.unit),
        "other_value": amount(other_value, other.unit),
        "times": f"{10 ** abs(case.power):,}",
    }
    indicator = question.indicator or ""
    return Found(
        case.rule,
        (case.one.name, case.other.name),
        entity,
        indicator,
        commitment_of_indicator(indicator),
        span(periods or [figure[0] for figure in case.one.figures]),
        (_side(case.one, [(p, v) for p, v, _o in case.years]), _side(case.other, [(p, v) for p, _v, v in case.years])),
        cases.QUESTIONS[case.rule] % words,
    )


def _side(line: Line, years: Sequence[tuple[str, str]]) -> Side:
    """A line as a side of a case: the years that show it, else its newest."""
    points = list(years) or [(period, value) for period, value, _ref in line.figures]
    points = points[-cases.MOST_POINTS :]
    ref = next((ref for period, _value, ref in reversed(line.figures) if period == points[-1][0]), line.figures[-1][2])
    kind = ANSWER if line.channel == "a" else OBSERVATION
    return Side(
        *(kind, ref, line.channel, line.label, line.text, points[-1][1], line.told.unit),
        *(points[-1][0], line.told.source),
        points,
    )


def _trends(ground: Ground, lines: Mapping[str, Sequence[Line]], asked: Mapping[str, Question]) -> Iterator[Found]:
    """Sentences of the report and of accepted contributions against the slope of figures of the whole country; one line
    that goes the way that is told is enough.
    """
    seen = set()
    for words in ground.words:
        period = ground.period if words.source == "report" else words.period
        known = [key for key in subjects(words.language) if key in lines and key in asked]
        for sentence in sentences(words.text) if known else ():
            for indicator in known:
                question = asked[indicator]
                direction = told_direction(sentence, words.language, indicator, str(question.options.get("better")))
                about = (words.owner, words.question, indicator)
                if not direction or about in seen or _of_another_state(sentence, words):
                    continue
                against = _against(direction, lines[indicator], ground.entity, period)
                if against is not None:
                    seen.add(about)
                    yield _trend(words, sentence, against, ground.entity, period, question)


def _of_another_state(sentence: str, words: Words) -> bool:
    """Whether a sentence of a contribution on several states names others of them and not this one."""
    return not is_named(sentence, words.here, words.language) and is_named(sentence, words.elsewhere, words.language)


def _against(direction: str, lines: Sequence[Line], entity: str, period: tuple[int, int] | None) -> Line | None:
    whole = [one for one in lines if one.told.stands and one.told.main and one.told.area == entity]
    against, along = [], False
    for line in sorted(whole, key=lambda one: (one.channel == "a", one.rank)):
        points = _points(line, period)
        if goes_against(direction, points):
            against.append(line)
        along = along or slope(points)[1] == direction
    return against[0] if against and not along else None


def _points(line: Line, period: tuple[int, int] | None) -> list[tuple[int, float]]:
    """The figures of a line as (year, number): those of the period that is told and the year before it, else of the
    newest years.
    """
    read = ((parse_year(year).last, parse_figure(value)) for year, value, _ref in line.figures)
    points = sorted(
        (year, float(figure.number)) for year, figure in read if year and figure.number is not None and not figure.bound
    )
    if period is not None:
        within = [point for point in points if period[0] - 1 <= point[0] <= period[1]]
        if len(within) >= 4:
            return within
    return points[-MOST_YEARS:]


def _trend(
    words: Words, sentence: str, line: Line, entity: str, period: tuple[int, int] | None, question: Question
) -> Found:
    years = {year for year, _number in _points(line, period)}
    shown = [(period, value) for period, value, _ref in line.figures if parse_year(period).last in years]
    told = {
        "title": text(question.title, "en"),
        "text": brief_sentence(sentence),
        "one": words.label,
        "other": line.label,
        "first": f"{amount(shown[0][1], line.told.unit)} ({shown[0][0]})",
        "last": f"{amount(shown[-1][1], line.told.unit)} ({shown[-1][0]})",
    }
    return Found(
        cases.TREND,
        (f"words|{words.owner}|{words.question}", line.name),
        entity,
        question.indicator,
        commitment_of_indicator(question.indicator or ""),
        span(period for period, _value in shown),
        (_said(words, sentence), _side(line, shown)),
        (cases.QUESTIONS[cases.TREND] if words.source == "report" else cases.TREND_OF_OTHERS) % told,
    )


def _said(words: Words, sentence: str) -> Side:
    return Side(PASSAGE, words.key, words.channel, words.label, sentence, source=words.source)


def _yes_and_no(ground: Ground, asked: Mapping[str, Question]) -> Iterator[Found]:
    """Answers that say yes or no against what contributions say is or is not there."""
    others = [words for words in ground.words if words.source == "contribution"]
    for answer in ground.answers:
        indicator = answer.question.indicator
        if not indicator or indicator not in asked or answer.question.options.get("numeric", True):
            continue
        said = {yes_or_no(row["value"]): row for row in answer.value["rows"] if yes_or_no(row["value"]) is not None}
        if len(said) != 1:
            continue
        [(one, row)] = said.items()
        yield from _opposed(ground, answer, indicator, one, row, others)


def _opposed(
    ground: Ground, answer: Answered, indicator: str, one: bool | None, row: Mapping[str, str], others: Sequence[Words]
) -> Iterator[Found]:
    seen = set()
    for words in others:
        for sentence in sentences(words.text):
            if words.owner in seen or not says_otherwise(one, told_there(sentence, words.language, indicator)):
                continue
            if _of_another_state(sentence, words):
                continue
            seen.add(words.owner)
            ref = f"{answer.report}/{answer.question.key}"
            side = Side(ANSWER, ref, "a", THE_REPORT, "", row["value"], "", row["year"], "report")
            told = {"title": text(answer.question.title, "en"), "one": THE_REPORT, "value": row["value"]}
            told |= {"other": words.label, "other_value": brief_sentence(sentence)}
            yield Found(
                cases.YES_NO,
                (f"answer|{answer.report}|{answer.question.key}", f"words|{words.owner}|{words.question}"),
                ground.entity,
                indicator,
                commitment_of_indicator(indicator),
                row["year"],
                (side, _said(words, sentence)),
                cases.QUESTIONS[cases.YES_NO] % told,
            )


def _claims(ground: Ground) -> Iterator[Found]:
    """Figures in the results of a report of which no other channel holds a figure or a word: one case a commitment."""
    held = {one.indicator for one in ground.figures}
    claims: dict[tuple[uuid.UUID, str], list[tuple[Words, str]]] = {}
    told_in: dict[tuple[uuid.UUID, str], str] = {}
    for words in ground.words:
        section, _slash, suffix = words.question.partition("/")
        commitment = commitment_of(section)
        if words.source == "report" and suffix == RESULTS and commitment is not None:
            if told_in.setdefault((words.owner, words.question), words.language) != words.language:
                continue  # the same in another language
            alone = stands_alone(words.text, _elsewhere(section, commitment, held, ground.spoken_of))
            claims.setdefault((words.owner, commitment), []).extend((words, sentence) for sentence in alone)
    for (owner, commitment), said in claims.items():
        if said:
            yield _claim(ground.entity, owner, commitment, said)


def _claims_of_others(ground: Ground) -> Iterator[Found]:
    """The same of accepted contributions, in what partners write themselves: figures of which channel b, the report of
    the state and all other partners say nothing on any commitment of the passage. Of a contribution on several states
    those sentences alone that name this one.
    """
    held = {commitment_of_indicator(one.indicator) for one in ground.figures}
    held |= {commitment_of_indicator(one.question.indicator or "") for one in ground.answers}
    held |= {commitment_of(words.question) for words in ground.words if words.source == "report"}
    claims: dict[tuple[uuid.UUID, str], list[tuple[Words, str]]] = {}
    for words in ground.words:
        if words.source != "contribution" or words.question.partition("/")[2] not in CLAIMING:
            continue
        others = sum(
            (key in held) + len(ground.spoken_of.get(key, set()) - {words.partner}) for key in words.commitments
        )
        alone = stands_alone(words.text, others) if words.commitments else ()
        said = [one for one in alone if not words.elsewhere or is_named(one, words.here, words.language)]
        if said:
            place = (words.owner, words.commitments[0])
            claims.setdefault(place, []).extend((words, sentence) for sentence in said)
    for (owner, commitment), found in claims.items():
        yield _claim(ground.entity, owner, commitment, found)


def _claim(entity: str, owner: uuid.UUID, commitment: str, said: Sequence[tuple[Words, str]]) -> Found:
    """The claims of one report or contribution on one commitment as one case; the first is what is asked about."""
    words, sentence = said[0]
    text_of = "\n".join(dict.fromkeys(brief_sentence(one) for _words, one in said[:MOST_CLAIMS]))
    question = cases.QUESTIONS[cases.CLAIM] if words.source == "report" else cases.CLAIM_OF_OTHERS
    return Found(
        cases.CLAIM,
        (f"words|{owner}|{commitment}", "nobody"),
        entity,
        None,
        commitment,
        "",
        (_said(words, text_of), Side(PASSAGE, "", "", NOBODY)),
        question % {"text": brief_sentence(sentence), "one": words.label},
    )


def _elsewhere(section: str, commitment: str, held: Collection[str], spoken_of: Collection[str]) -> int:
    return sum(1 for indicator in indicators_of(section) if indicator in held) + (commitment in spoken_of)

"""What stands behind a statement and what speaks against it, counted; and the document that is released."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from forms.answers import canonical, digest
from portal.rules.cases import OBSERVATION as OBSERVATION_SIDE
from portal.rules.cases import PASSAGE as PASSAGE_SIDE
from portal.rules.cases import SETTLED
from portal.rules.crosswalk import measures
from portal.rules.datasets import source_fact
from portal.rules.synthesis import AGAINST, FOR, OBSERVATION, PASSAGE, REPORTED

FIGURE = "figure"
FORMAT = "nua-synthesis/1"


@dataclass(frozen=True)
class Behind:
    """What speaks for a statement: `states` that say it in their own reports, other states that figures and
    contributions are about (`spoken_of`), regions, channels, languages of passages, and how many citations. `against`
    counts the citations that speak against it, `cases` the open contradictions that touch what it cites, `standing`
    those that were settled and stand, `elsewhere` and `standing_elsewhere` the others on its commitment.
    """

    states: tuple[str, ...] = ()
    spoken_of: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    speaking_for: int = 0
    against: int = 0
    cases: int = 0
    elsewhere: int = 0
    standing: int = 0
    standing_elsewhere: int = 0


def behind(citations: Iterable[Any], cases: Collection[Any] = ()) -> Behind:
    """Counts the citations of one statement, rows of `reviewer.queries.statements.citations`, and what `cases`, the
    contradictions on its commitment that are open or stand, have to do with them.
    """
    rows = list(citations)
    speaking = [row for row in rows if row.stance == FOR]
    states = {row.entity for row in speaking if row.entity and row.report_id}
    places = [place for row in speaking for place in places_of(row)]
    near = touching(rows, cases)
    still, still_near = (sum(one.state == SETTLED for one in some) for some in (cases, near))
    return Behind(
        states=tuple(sorted(states)),
        spoken_of=tuple(sorted({entity for entity, _region in places if entity} - states)),
        regions=tuple(sorted({region for _entity, region in places if region})),
        channels=tuple(sorted({row.channel for row in speaking})),
        languages=tuple(sorted({row.language for row in speaking if row.language})),
        speaking_for=len(speaking),
        against=sum(row.stance == AGAINST for row in rows),
        cases=len(near) - still_near,
        elsewhere=len(cases) - still - (len(near) - still_near),
        standing=still_near,
        standing_elsewhere=still - still_near,
    )


def mark(citations: Iterable[Any]) -> str:
    """A mark of what a statement cites: whoever finds it supported sends back that of what they saw."""
    names = ("id", "stance", "passage_id", "observation_id", "reported_figure_id", "value_text")
    return digest(canonical(sorted(str([str(getattr(row, name)) for name in names]) for row in citations)))[:16]


def places_of(row: Any) -> list[tuple[str, str]]:
    """The state and the region that a citation is of, "" for none; of a contribution each that it names."""
    if not row.places:
        return [(row.entity or "", row.region or "")]
    parted = (place.partition(":") for place in row.places.split("\n"))
    return [(entity, region) for entity, _colon, region in parted]


def touching(citations: Iterable[Any], cases: Iterable[Any]) -> list[Any]:
    """The contradictions that have to do with what is cited: one side is the passage or the figure itself, or they are
    on the same indicator and area, or on the same state and what the same section or question asks. A figure of a
    report is known by its question, as a passage is.
    """
    known: set[tuple[str, ...]] = set()
    for row in citations:
        if row.kind != OBSERVATION:
            owner, section = str(row.report_id or row.contribution_id), row.section or row.question.partition("/")[0]
            known |= {(owner, row.question), *((entity, section) for entity, _region in places_of(row) if entity)}
        else:
            known.add((FIGURE, str(row.observation_id)))
            if row.entity and row.indicator:
                place = "" if row.area == row.entity else f", {row.area_name}"
                known.add((FIGURE, row.entity, row.indicator, place))
    return [case for case in cases if known & _grounds_of(case)]


def _grounds_of(case: Any) -> set[tuple[str, ...]]:
    """What a contradiction stands on, in the terms in which `touching` knows what is cited."""
    entity, indicator = case.entity or "", case.indicator or ""
    found: set[tuple[str, ...]] = set()
    measure = measures().get(indicator)
    if measure is not None and entity:
        found.add((entity, measure.section))
    for side in case.sides:
        if side["kind"] == PASSAGE_SIDE and side["ref"]:
            owner, _version, question = side["ref"].split(":")[:3]
            question = question.partition("@")[0]
            found.add((owner, question))
            if entity:
                found.add((entity, question.partition("/")[0]))
        elif side["kind"] == OBSERVATION_SIDE:
            found.add((FIGURE, side["ref"]))
            place = side["label"].removeprefix(source_fact(side["source"]).title)
            found.add((FIGURE, entity, indicator, place))
    return found


def reference(row: Any) -> str:
    """How a citation is named wherever it leaves: the key of the passage, or the number of the figure behind `figure:`,
    behind `reported:` that of a figure of a report.
    """
    if row.kind == PASSAGE:
        return str(row.key)
    return f"figure:{row.observation_id}" if row.kind == OBSERVATION else f"{row.kind}:{row.reported_figure_id}"


def told(row: Any) -> dict[str, Any]:
    """One citation as it leaves: what it cites, word for word, and whose it is."""
    if row.kind == PASSAGE:
        rest = {
            "text": row.text,
            "language": row.language,
            "question": row.question,
            "version": row.version,
            "file": row.file,
            "report": str(row.report_id) if row.report_id else None,
            "contribution": str(row.contribution_id) if row.contribution_id else None,
            "partner": str(row.partner_id) if row.partner_id else None,
            "partner_name": row.partner_name,
            "credit": row.credit,
            "licence": row.licence,
        }
    elif row.kind == OBSERVATION:
        rest = {
            **_figure(row),
            "dimensions": row.dimensions,
            "area": row.area,
            "area_name": row.area_name,
            "series": row.series_title,
            "source": row.series_source,
            "credit": None if row.credit == row.series_source else row.credit,
            "licence": row.licence or None,
            "edition": row.data_edition if row.value_now == row.value_text else None,
            "standing": row.standing if row.value_now == row.value_text else None,
        }
    else:
        rest = {
            **_figure(row),
            "question": row.question,
            "version": row.version,
            "report": str(row.report_id),
            "disaggregation": row.ReportedFigure.disaggregation,
            "place": row.ReportedFigure.place,
            "source": row.ReportedFigure.source,
        }
    return {
        "kind": row.kind,
        "stance": row.stance,
        "reference": reference(row),
        "channel": row.channel,
        "entity": row.entity,
        "region": row.region,
        **rest,
    }


def _figure(row: Any) -> dict[str, Any]:
    return {"value": row.value_text, "unit": row.unit, "period": row.period, "indicator": row.indicator}


def mark_told(one: Any) -> dict[str, Any]:
    """What a late report does to a statement as it leaves, a `Marked` of reviewer.queries.synthesis; `figure` stands
    there where one is named.
    """
    passage, figure = one.passage, one.figure
    told_of_it = {
        "entity": one.supplement.entity,
        "received_at": one.supplement.received_at.isoformat(),
        "statement": str(one.mark.statement_id),
        "effect": one.mark.effect,
        "words": one.mark.words,
        "chosen_at": one.mark.chosen_at.isoformat(),
        "reference": passage.key if passage else None,
        "text": passage.text if passage else None,
        "language": passage.language if passage else None,
    }
    return told_of_it | ({"figure": figure_told(figure)} if figure else {})


def figure_told(figure: Any) -> dict[str, Any]:
    """A figure of a report that a supplement names, word for word."""
    return {
        "reference": f"{REPORTED}:{figure.id}",
        "question": figure.question,
        "version": figure.version,
        "value": figure.value_text,
        "unit": figure.unit or figure.unit_asked,
        "period": figure.period,
        "indicator": figure.indicator,
        "disaggregation": figure.disaggregation,
        "place": figure.place,
        "source": figure.source,
    }


def statement_told(
    statement: Any, title: Mapping[str, str], citations: Iterable[Any], cases: Collection[Any]
) -> dict[str, Any]:
    """One statement as it leaves, with what stands behind it and every citation."""
    rows = list(citations)
    found = behind(rows, cases)
    return {
        "id": str(statement.id),
        "heading": statement.heading,
        "title": title.get("en", statement.heading),
        "text": statement.text,
        "language": statement.language,
        "revision": statement.revision,
        "state": statement.state,
        "behind": {
            "states": list(found.states),
            "spoken_of": list(found.spoken_of),
            "regions": list(found.regions),
            "channels": list(found.channels),
            "languages": list(found.languages),
            "for": found.speaking_for,
            "against": found.against,
            "open_contradictions": found.cases,
            "open_contradictions_elsewhere": found.elsewhere,
            "standing_contradictions": found.standing,
            "standing_contradictions_elsewhere": found.standing_elsewhere,
        },
        "citations": [told(row) for row in rows],
    }

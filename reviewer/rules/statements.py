"""What stands behind a statement and what speaks against it, counted; and the document that is released."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from portal.rules.synthesis import AGAINST, FOR, PASSAGE

REPORT = "report"
FORMAT = "nua-synthesis/1"


@dataclass(frozen=True)
class Behind:
    """What speaks for a statement: `states` that say it in their own reports, other states that figures and
    contributions are about (`spoken_of`), regions, channels, languages of passages, and how many citations. `against`
    counts the citations that speak against it, `cases` the open contradictions on its commitment.
    """

    states: tuple[str, ...] = ()
    spoken_of: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    speaking_for: int = 0
    against: int = 0
    cases: int = 0


def behind(citations: Iterable[Any], cases: int = 0) -> Behind:
    """Counts the citations of one statement, rows of `reviewer.queries.statements.citations`."""
    rows = list(citations)
    speaking = [row for row in rows if row.stance == FOR]
    states = {row.entity for row in speaking if row.entity and row.passage_source == REPORT}
    return Behind(
        states=tuple(sorted(states)),
        spoken_of=tuple(sorted({row.entity for row in speaking if row.entity} - states)),
        regions=tuple(sorted({row.region for row in speaking if row.region})),
        channels=tuple(sorted({row.channel for row in speaking})),
        languages=tuple(sorted({row.language for row in speaking if row.language})),
        speaking_for=len(speaking),
        against=sum(row.stance == AGAINST for row in rows),
        cases=cases,
    )


def reference(row: Any) -> str:
    """How a citation is named wherever it leaves: the key of the passage, or `figure:` and the number of the figure."""
    return str(row.key) if row.kind == PASSAGE else f"figure:{row.observation_id}"


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
        }
    else:
        rest = {
            "value": row.value_text,
            "unit": row.unit,
            "period": row.period,
            "dimensions": row.dimensions,
            "area": row.area,
            "area_name": row.area_name,
            "series": row.series_title,
            "source": row.series_source,
            "edition": row.data_edition if row.value_now == row.value_text else None,
            "indicator": row.indicator,
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


def statement_told(statement: Any, title: Mapping[str, str], citations: Iterable[Any], cases: int) -> dict[str, Any]:
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
        },
        "citations": [told(row) for row in rows],
    }

"""What the portal ships as data: member states and observers, and the calendar of the 2022-2026 cycle."""

from __future__ import annotations

import csv
import datetime as dt
import functools
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from portal.rules.timeline import Dated, PhaseDates, dated

TABLES = Path(__file__).resolve().parent / "tables"
FLAGS = ("ldc", "lldc", "sids")
NAMES = ("en", "fr", "es", "ru", "zh", "ar")


@dataclass(frozen=True)
class CyclePlan:
    """A cycle as its calendar document plans it."""

    key: str
    label: str
    edition: str
    phases: tuple[PhaseDates, ...]
    events: tuple[Dated, ...] = ()


def entity_row(given: Mapping[str, Any]) -> dict[str, Any]:
    """A row of the table of entities out of a row of the file; names go into one map by language."""
    row = {
        name: given[name]
        for name in ("iso3", "iso2", "m49", "status", "name_en", "regional_group", "region", "commissions", "note")
    }
    names = {language: given[f"name_{language}"] for language in NAMES if given.get(f"name_{language}")}
    return row | {"names": names} | {flag: given[flag] == "1" for flag in FLAGS}


def entities() -> list[dict[str, Any]]:
    """The 193 member states and two observer states, in the order of their codes."""
    with (TABLES / "entities.csv").open(encoding="utf-8", newline="") as file:
        return [entity_row(row) for row in csv.DictReader(file)]


def cycle_plan(path: Path | None = None) -> CyclePlan:
    """The calendar in this file, or that of the 2022-2026 cycle. ValueError or KeyError when it is none."""
    given = json.loads((path or TABLES / "cycle_2026.json").read_text("utf-8"))
    phases = tuple(
        PhaseDates(
            phase["key"],
            phase["title"],
            dt.date.fromisoformat(phase["opens"]),
            dt.date.fromisoformat(phase["closes"]),
            phase.get("delivers", ""),
        )
        for phase in given["phases"]
    )
    events = (dated(one["key"], one["title"], one["on"], one.get("until", "")) for one in given.get("events", ()))
    in_order = tuple(sorted(events, key=lambda event: (event.first, event.last)))
    return CyclePlan(given["key"], given["label"], given["edition"], phases, in_order)


@functools.cache
def events(cycle: str) -> tuple[Dated, ...]:
    """What the shipped calendar of this cycle dates beside the phases, soonest first; none where none is shipped."""
    plans = (cycle_plan(path) for path in sorted(TABLES.glob("cycle_*.json")))
    return next((plan.events for plan in plans if plan.key == cycle), ())

"""The people, the places and the days of the demonstration: accounts are roles, entities are invented."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from portal.queries import accounts as people
from portal.rules.shipped import TABLES
from portal.services.act import Act

DUE = dt.date(2025, 6, 30)
ASKED_BY = dt.date(2025, 7, 31)
SILENT = "XAA"
REAL_STATES = ("KAZ",)
TEAM = ("reviewer", "lead", "data_officer", "regional_officer", "partner", "administrator")
OF_A_STATE = ("focal_point", "contributor", "certifier")


@dataclass(frozen=True)
class Account:
    """An account of the demonstration: its address, role and entity."""

    email: str
    role: str
    entity: str | None


def address(role: str, entity: str | None = None) -> str:
    """The address of a demonstration account, a role and never a person: `focal.point.kaz@example.org`."""
    name = role.replace("_", ".")
    return f"{name}.{entity.lower()}@example.org" if entity else f"{name}@example.org"


def material() -> dict[str, Any]:
    """The invented entities, the reports and their texts."""
    found: dict[str, Any] = json.loads((TABLES / "demonstration.json").read_text("utf-8"))
    return found


def accounts_of(given: Mapping[str, Any]) -> list[Account]:
    """Every account of the demonstration: each role of the team, and the three roles of each state."""
    states = [*REAL_STATES, *(entity["iso3"] for entity in given["entities"])]
    team_members = [Account(address(role), role, None) for role in TEAM]
    return team_members + [Account(address(role, state), role, state) for state in states for role in OF_A_STATE]


def moment(days: int, hour: int = 9) -> dt.datetime:
    """A moment of the story, counted in days from 3 March 2025, always before the set day."""
    return dt.datetime(2025, 3, 3, hour, tzinfo=dt.UTC) + dt.timedelta(days=days)


def acting(act: Act, role: str, entity: str | None = None) -> None:
    """From now on the act is that of this account."""
    act.person = people.by_email(act.session, address(role, entity))

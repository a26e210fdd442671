"""The phases of a cycle as a page shows them, and the loaders of a phase and of a request for more time."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

from flask import request

from portal.http.guard import SAFE
from portal.models.cycles import Phase
from portal.models.phases import Extension
from portal.queries import cycles, extensions, phases
from portal.rules.timeline import PhaseDates
from portal.services.act import Act


@dataclass(frozen=True)
class PhaseOnPage:
    """A phase with its state at this moment; `opens` and `closes` are days, `ends` is an instant."""

    dates: PhaseDates
    state: str

    @property
    def title(self) -> str:
        return self.dates.title

    @property
    def opens(self) -> dt.date:
        return self.dates.opens

    @property
    def closes(self) -> dt.date:
        return self.dates.closes

    @property
    def ends(self) -> dt.datetime:
        """The moment at which its last day has ended everywhere."""
        return self.dates.closes_at


def phases_on_page(act: Act, cycle: str) -> list[PhaseOnPage]:
    """The phases of a cycle with their state at the moment of the act."""
    return [PhaseOnPage(phase, phase.state(act.at)) for phase in cycles.phases(act.session, cycle)]


def phase(act: Act, cycle: str, phase: str) -> Phase:
    """Loads a phase of a cycle, from `by=("cycle", "phase")`; a request that writes holds its row until the commit."""
    found = cycles.counting(act.session, cycle)
    return phases.phase(act.session, found.key, phase, lock=request.method not in SAFE)


def extension(act: Act, extension_id: uuid.UUID) -> Extension:
    """Loads a request for more time; a request that writes holds its row until the commit."""
    return extensions.extension(act.session, extension_id, lock=request.method not in SAFE)

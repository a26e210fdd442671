"""The phases of a cycle as a page shows them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from portal.queries import cycles
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

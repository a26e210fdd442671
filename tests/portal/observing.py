"""What tests of channel b share: a portal with entities and a data officer, who takes files in."""

from __future__ import annotations

import datetime as dt
import io
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.adapters.storage import Storage
from portal.db import begin_write
from portal.models.observations import Area, Cut, Observation, Series
from portal.queries import accounts as people
from portal.queries.observations import ImportReport
from portal.rules.policy import Person
from portal.rules.shipped import entities
from portal.services import accounts, cycles
from portal.services.act import Act
from portal.services.observations import Taken, take_in

DAY = dt.datetime(2025, 6, 16, 9, 0, tzinfo=dt.UTC)
OFFICER = "data.officer@example.org"


@dataclass
class ChannelB:
    """A portal that takes in files. Each file is committed, as the edge does; a refusal rolls everything back."""

    session: Session
    storage: Storage
    officer: Person

    @classmethod
    def build(cls, session: Session, storage: Storage) -> ChannelB:
        begin_write(session)
        act = Act(session, None, DAY)
        cycles.bring_in(act, entities())
        accounts.add(act, OFFICER, "data_officer", None, "a password for tests")
        session.commit()
        officer = people.by_email(session, OFFICER)
        assert officer is not None
        session.rollback()
        return cls(session, storage, officer)

    def act(self, person: Person | None = None) -> Act:
        self.session.rollback()
        begin_write(self.session)
        return Act(self.session, person or self.officer, DAY)

    def take(self, file: Path | str, name: str = "figures.csv", **told: object) -> Taken:
        """Takes in a file, or a text as a file of this name."""
        stream = file if isinstance(file, Path) else io.BytesIO(file.encode())
        try:
            taken = take_in(self.act(), self.storage, stream, file.name if isinstance(file, Path) else name, **told)  # type: ignore[arg-type]
        except BaseException:
            self.session.rollback()
            raise
        self.session.commit()
        return taken

    def report(self, file: Path | str, name: str = "figures.csv", **told: object) -> ImportReport:
        return self.take(file, name, **told).report

    def held(self, **wanted: object) -> list[tuple[str, str, str, str, str]]:
        """Area, period, dimensions, unit and text of what is held of these series codes, in order."""
        query = (
            select(Area.key, Observation.period, Cut.dimensions, Cut.unit, Observation.value_text)
            .join_from(Observation, Area, Area.id == Observation.area_id)
            .join(Series, Series.id == Observation.series_id)
            .join(Cut, Cut.id == Observation.cut_id)
            .order_by(Series.code, Area.key, Cut.dimensions, Observation.period)
        )
        columns = {"series": Series.code, "area": Area.key, "period": Observation.period, "kind": Area.kind}
        for name, value in wanted.items():
            query = query.where(columns[name] == value)
        return [tuple(row) for row in self.session.execute(query)]

    def count(self, model: type) -> int:
        return self.session.execute(select(func.count()).select_from(model)).scalar_one()

    def kinds(self) -> dict[str, int]:
        """How many areas of each kind have figures."""
        areas = select(Observation.area_id).distinct()
        query = select(Area.kind, func.count()).where(Area.id.in_(areas)).group_by(Area.kind).order_by(Area.kind)
        return dict(list(self.session.execute(query)))


def counts(report: ImportReport) -> tuple[int, int, int, int, int]:
    """Rows read, new, revised, unchanged, left out; the books must balance."""
    assert report.figures_read == report.new + report.revised + report.unchanged + report.left_out
    return report.rows_read, report.new, report.revised, report.unchanged, report.left_out


def reasons(report: ImportReport) -> dict[str, int]:
    """How many figures were left out, by reason."""
    return {reason.reason: reason.figures for reason in report.reasons}

"""Figures of reports: laid of each submitted version. Nothing is ever removed; `current` tells which stand now."""

from __future__ import annotations

from sqlalchemy import insert, update

from portal.models.entities import Entity
from portal.models.reported_figures import ReportedFigure
from portal.models.reports import Report, Version
from portal.queries import reported_figures as queries
from portal.queries.guidelines import guideline
from portal.rules.reported_figures import reported
from portal.services.act import Act


def lay(act: Act, report: Report, version: Version, *, standing: bool) -> int:
    """Lays the figures of a submitted version; returns how many there are, 0 for a version that they are laid of
    already. `standing` says whether the report does.
    """
    if queries.is_laid(act.session, report.id, version.number):
        return 0
    entity = act.session.get_one(Entity, report.entity)
    of = {"report_id": report.id, "version": version.number, "cycle": report.cycle, "entity": entity.iso3}
    rows = [
        {**of, "region": entity.region, **figure._asdict(), "current": False, "laid_at": act.at}
        for figure in reported(version.document, guideline(act.session, report.edition))
    ]
    if rows:
        act.session.execute(insert(ReportedFigure), rows)
    settle(act, report, standing=standing)
    return len(rows)


def settle(act: Act, report: Report, *, standing: bool) -> None:
    """Brings `current` to what stands: the figures of the newest version, or none of a report that does not."""
    act.session.execute(
        update(ReportedFigure)
        .where(ReportedFigure.report_id == report.id)
        .values(current=(ReportedFigure.version == report.versions) if standing else False)
    )

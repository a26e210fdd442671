"""Figures of reports, on either database: laid with a submission, settled with what stands, laid afterwards."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, select

from portal.db import db
from portal.models.reported_figures import ReportedFigure
from portal.models.reports import Report, Version
from portal.queries import reports
from portal.services import passages as service
from tests.factories import BLOCKERS, DAY, PATH, World
from tests.portal.test_passages import again, rewrite

SLUMS, POLICY = "1.1.2.4/NUA-14", "2.1.2/NUA-56"


def series(*rows: tuple[str, str], **more: str) -> dict[str, Any]:
    """An answer on an indicator with these rows of year and value."""
    told = {"unit": "percent", "source": "Census", "disaggregation": "", "place": ""} | more
    return {"status": "data", "reason": "", "rows": [{"year": year, "value": value, **told} for year, value in rows]}


def reported(world: World, entity: str, answers: dict[str, Any], state: str = "submitted") -> Report:
    """A report with these answers, in this state."""
    report = world.report(entity, "preparing")
    world.fill(world.acting("focal_point", entity), report, BLOCKERS | answers)
    world.done()
    for step in PATH[state]:
        world.step(report, step)
    return reports.get(db.session, report.id)


def laid() -> list[tuple[Any, ...]]:
    """The figures that are there: version, question, row, period, year, value as typed, whether it stands."""
    db.session.rollback()
    rows = db.session.scalars(select(ReportedFigure).order_by(ReportedFigure.id))
    return [(one.version, one.question, one.ordinal, one.period, one.year, one.value_text, one.current) for one in rows]


def test_a_submission_lays_its_figures(world: World) -> None:
    report = reported(
        world, "KAZ", {SLUMS: series(("2019/20", ">9.5"), ("then", "many")), POLICY: series(("2023", "yes"))}
    )
    assert laid() == [
        (1, SLUMS, 1, "2019/20", 2020, ">9.5", True),
        (1, SLUMS, 2, "then", None, "many", True),
        (1, POLICY, 1, "2023", 2023, "yes", True),
    ]
    first = db.session.scalars(select(ReportedFigure).order_by(ReportedFigure.id)).first()
    assert first is not None
    assert (first.report_id, first.cycle, first.entity, first.region, first.indicator) == (
        *(report.id, "2026", "KAZ"),
        *("Asia and the Pacific", "NUA-14"),
    )
    assert (first.value, first.bound, first.unit, first.unit_asked, first.source, first.laid_at) == (
        *(9.5, ">", "percent", "percent"),
        *("Census", DAY),
    )


def test_a_second_version_takes_the_place_of_the_first_and_one_without_figures_leaves_none(world: World) -> None:
    report = reported(world, "KAZ", {SLUMS: series(("2020", "9"), ("2021", "8"))})
    reported(world, "KEN", {SLUMS: series(("2020", "50"))})
    again(world, report, {SLUMS: series(("2021", "7"))})
    assert [(version, value, current) for version, _q, _n, _p, _y, value, current in laid()] == [
        *((1, "9", False), (1, "8", False)),
        (1, "50", True),
        (2, "7", True),
    ]
    again(world, report, {SLUMS: {"status": "no_data", "reason": "Not collected any more.", "rows": []}})
    assert [value for *_rest, value, current in laid() if current] == ["50"]


def test_a_withdrawn_report_keeps_its_figures_and_none_stands_until_it_is_submitted_anew(world: World) -> None:
    report = reported(world, "KAZ", {SLUMS: series(("2020", "9"))})
    reported(world, "KEN", {SLUMS: series(("2020", "50"))})
    world.step(report, "withdraw")
    assert [(value, current) for *_rest, value, current in laid()] == [("9", False), ("50", True)]
    world.step(report, "reopen")
    rewrite(world, report, {SLUMS: series(("2020", "9.5"))})
    world.step(report, "ask")
    assert [value for *_rest, value, current in laid() if current] == ["50"]
    world.step(report, "submit")
    assert [(one[0], *one[-2:]) for one in laid()] == [(1, "9", False), (1, "50", True), (2, "9.5", True)]


def test_a_report_to_practise_with_gives_no_figure(world: World) -> None:
    report = world.report("KAZ")
    act = world.acting("focal_point", "KAZ")
    world.fill(act, report, BLOCKERS | {SLUMS: series(("2020", "9"))})
    act.session.get_one(Report, report.id).practice = True
    world.done()
    for step in ("ask", "submit"):
        world.step(report, step)
    assert service.lay_what_was_there(world.act(None)) == 0
    assert laid() == []


def cut(world: World) -> list[str]:
    """What the command says, run twice."""
    db.session.close()
    return [world.app.test_cli_runner().invoke(args=["passages", "cut"]).output for _ in range(2)]


def test_the_command_lays_what_was_submitted_before_and_nothing_twice(world: World) -> None:
    report = reported(world, "KAZ", {SLUMS: series(("2020", "9"), ("2021", "8"))})
    again(world, report, {SLUMS: series(("2021", "7"))})
    gone = reported(world, "KEN", {SLUMS: series(("2020", "50"))})
    world.step(gone, "withdraw")
    before = laid()
    world.act(None).session.execute(delete(ReportedFigure))
    world.done()
    assert [one.splitlines()[1] for one in cut(world)] == [
        f"Figures laid of versions that had none: {number}." for number in (4, 0)
    ]
    assert sorted(laid()) == sorted(before)
    assert [(one[0], one[-2], one[-1]) for one in laid() if one[-1]] == [(2, "7", True)]


def test_figures_that_are_laid_already_are_not_laid_again(world: World) -> None:
    report = reported(world, "KAZ", {SLUMS: series(("2020", "9"))})
    before = laid()
    act = world.act(None)
    version = act.session.get_one(Version, (report.id, 1))
    service.cut_report(act, act.session.get_one(Report, report.id), version)
    world.done()
    assert laid() == before

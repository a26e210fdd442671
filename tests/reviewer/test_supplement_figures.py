"""A report after the cut-off strengthens, weakens or contradicts a statement by a figure that it gives."""

from __future__ import annotations

import datetime as dt
import json
import re
import uuid
from typing import Any

import pytest
from sqlalchemy import select

from portal.db import db
from portal.models.reported_figures import ReportedFigure
from portal.models.reports import Report
from portal.models.synthesis import Supplement, SynthesisRelease
from portal.rules.refusals import Invalid
from reviewer.queries import synthesis as reads
from reviewer.services import synthesis
from reviewer.services.synthesis import Effect
from tests.factories import World, csrf
from tests.house.test_pages import faults
from tests.portal.test_reported_figures import SLUMS, series
from tests.reviewer.synthesising import ACTIONS, LATE, TEXTS, corrected, passage, stated, submitted
from tests.reviewer.test_pages import page, statements

UNDER = "1.1.2.4"
ROWS = (("2019/20", "> 9.5"), ("2021", "8"))
LATER = LATE + dt.timedelta(days=1)


def late_report(world: World, entity: str = "KEN", *rows: tuple[str, str]) -> Report:
    """A report received after the cut-off that gives these figures."""
    return submitted(world, entity, TEXTS | {SLUMS: series(*(rows or ROWS), place="Nairobi")}, at=LATE)


def figures(report: Report) -> list[ReportedFigure]:
    """The figures of the newest version of a report."""
    query = select(ReportedFigure).where(ReportedFigure.report_id == report.id)
    return list(
        db.session.scalars(query.where(ReportedFigure.version == report.versions).order_by(ReportedFigure.ordinal))
    )


def supplement_of(report: Report) -> uuid.UUID:
    return db.session.scalars(select(Supplement.id).where(Supplement.report_id == report.id)).one()


def mark(world: World, late: Report, of: uuid.UUID, effect: str = "weakens", **named: Any) -> None:
    act = world.acting("reviewer", at=LATE)
    synthesis.mark(act, supplement_of(late), of, Effect(effect, **{name: str(one) for name, one in named.items()}))
    world.done()


def stands(of: uuid.UUID) -> bool:
    """Whether the late report still says what was chosen about a statement, and a release keeps it."""
    db.session.rollback()
    (row,) = reads.marks_of_statements(db.session, [of])[of]
    assert len(reads.marks_told(db.session, "2026")) == int(row.stands)
    return row.stands


def test_a_figure_is_chosen_on_the_page_and_stands_on_the_statement(world: World) -> None:
    made = stated(world, passage(submitted(world)), heading=UNDER, text="Slums shrink.")
    late = late_report(world)
    first, second = (one.id for one in figures(late))
    client = world.browser("reviewer")
    html = page(client, "/synthesis/supplements")
    assert re.findall(r'name="figure" value="(\d*)"', html) == ["", str(first), str(second)]
    assert html.count("2 figures") == 1
    address = f"/synthesis/supplements/{supplement_of(late)}/statements/{made}"
    sent = {"csrf_token": csrf(html), "effect": "weakens", "seen": "1-0"}
    nothing = client.post(address, data=sent | {"passage": "", "figure": ""})
    assert nothing.status_code == 422
    assert nothing.text.count("Please choose the passage or the figure of the late report that does so.") == 2
    wrong = client.post(address, data=sent | {"reference": "77777"})
    assert (wrong.status_code, wrong.text.count("This is no figure of the newest version of the late report.")) == (
        *(422, 2),
    )
    assert faults(wrong.text) == []
    assert client.post(address, data=sent | {"figure": first}).status_code == 303
    again = sent | {"figure": first, "reference": f" {second} "}
    assert [client.post(address, data=again | {"seen": seen}).status_code for seen in ("1-0", "1-1")] == [409, 303]
    assert stands(made)
    listed = page(client, "/synthesis/supplements").partition(f'id="statement-{made}"')[2].partition("<details")[0]
    beside = page(client, f"/synthesis/statements/{made}").partition("Reports after the cut-off</h2>")[2]
    for body in (listed, beside):
        assert [body.count(one) for one in ("<bdi>8</bdi>", "<bdi>&gt; 9.5</bdi>", "Nairobi")] == [1, 0, 1]


def test_what_is_no_figure_of_its_newest_version_is_refused(world: World) -> None:
    early = submitted(world, texts=TEXTS | {SLUMS: series(("2020", "40"))})
    made = stated(world, passage(early), heading=UNDER)
    late = late_report(world)
    old = figures(late)[0].id
    late = corrected(world, late, {SLUMS: series(("2021", "7"))}, at=LATER)
    for reference in (figures(early)[0].id, old, 77777, "x", "9" * 30):
        with pytest.raises(Invalid) as refused:
            mark(world, late, made, figure=reference)
        assert [problem.where for problem in refused.value.problems] == ["figure"], reference
        db.session.rollback()
    mark(world, late, made, "untouched")
    mark(world, late, made, figure=figures(late)[0].id)
    assert stands(made)


@pytest.mark.parametrize(
    ("answer", "says_it"),
    [
        (series(("2023", "3"), ("2019/20", "> 9.5"), place="NAIROBI"), True),
        (series(("2019/20", "> 9"), place="Nairobi"), False),
        (series(("2019/20", "> 9.5"), place="Mombasa"), False),
        (series(("2021", "8"), place="Nairobi"), False),
        ({"status": "no_data", "reason": "Not collected.", "rows": []}, False),
    ],
    ids=["the same in another row", "another value", "another place", "gone", "no answer"],
)
def test_a_corrected_figure_asks_for_the_choice_anew(world: World, answer: dict[str, Any], says_it: bool) -> None:
    made = stated(world, passage(submitted(world)), heading=UNDER)
    late = late_report(world)
    mark(world, late, made, figure=figures(late)[0].id)
    assert stands(made)
    corrected(world, late, {SLUMS: answer}, at=LATER)
    assert stands(made) is says_it
    client = world.browser("reviewer")
    told = "The late report no longer says what was chosen here; a release leaves it out."
    assert (told in page(client, "/synthesis/supplements")) is not says_it
    told = "the report no longer says this"
    assert (told in page(client, f"/synthesis/statements/{made}")) is not says_it


def test_a_withdrawn_report_gives_no_figure(world: World) -> None:
    made = stated(world, passage(submitted(world)), heading=UNDER)
    late = late_report(world)
    mark(world, late, made, figure=figures(late)[0].id)
    world.step(late, "withdraw")
    assert not stands(made)


def test_a_passage_and_a_figure_hold_together_or_not_at_all(world: World) -> None:
    made = stated(world, passage(submitted(world)), heading=UNDER)
    late = late_report(world)
    mark(world, late, made, passage=passage(late).key, figure=figures(late)[0].id)
    assert stands(made)
    late = corrected(world, late, {SLUMS: series(("2021", "8"), place="Nairobi")}, at=LATER)
    assert not stands(made)
    mark(world, late, made, passage=passage(late).key, figure=figures(late)[0].id)
    assert stands(made)
    corrected(world, late, {ACTIONS: "Other things are told now, and nothing of the first."}, at=LATER)
    assert not stands(made)


def test_the_release_keeps_the_figure_and_the_state_sees_it(world: World) -> None:
    made = stated(world, passage(submitted(world)), heading=UNDER, text="Slums shrink.")
    late = late_report(world)
    number = figures(late)[0].id
    mark(world, late, made, "contradicts", figure=number)
    synthesis.release(world.acting("lead", at=LATER), "2026")
    world.done()
    corrected(world, late, {SLUMS: series(("2021", "8"))}, at=LATER)
    (document,) = db.session.scalars(select(SynthesisRelease.document))
    (kept,) = json.loads(document)["supplements"]
    assert (kept["effect"], kept["reference"], kept["text"]) == ("contradicts", None, None)
    assert kept["figure"] == {
        "reference": f"reported:{number}",
        "question": SLUMS,
        "version": 1,
        "value": "> 9.5",
        "unit": "percent",
        "period": "2019/20",
        "indicator": "NUA-14",
        "disaggregation": "",
        "place": "Nairobi",
        "source": "Census",
    }
    html = page(world.browser("focal_point", "KEN"), "/entities/KEN/words")
    beside = html.partition('id="supplement"')[2].partition("</article>")[0]
    assert [beside.count(one) for one in ("Contradicts it", "&gt; 9.5", "Nairobi", "Census")] == [1, 1, 1, 1]


def test_what_a_choice_by_a_passage_leaves_is_as_it_was_before_figures(world: World) -> None:
    made = stated(world, passage(submitted(world)), heading=UNDER)
    late = late_report(world)
    mark(world, late, made, passage=passage(late).key)
    (told,) = reads.marks_told(db.session, "2026")
    names = ("entity", "received_at", "statement", "effect", "words", "chosen_at", "reference", "text", "language")
    assert tuple(told) == names


def test_the_choices_cost_the_same_for_one_late_report_and_many(world: World) -> None:
    ids = [stated(world, heading=UNDER, text=f"Statement {number}.", supported=False) for number in (1, 2)]

    def cost() -> int:
        db.session.rollback()
        with statements() as seen:
            reads.marks_of_statements(db.session, ids)
        return len(seen)

    for entity in ("KEN", "KAZ"):
        late = late_report(world, entity)
        for of in ids:
            mark(world, late, of, figure=figures(late)[0].id)
        assert cost() == 2, entity

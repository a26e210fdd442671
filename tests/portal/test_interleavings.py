"""No word that anybody types is lost without a card, upon the portal itself: its saves, history and restore points on
both databases, one after the other and at the same moment.
"""

from __future__ import annotations

import itertools
import random
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from forms.answers import Merged
from forms.kinds import KINDS
from portal.db import begin_write, db
from portal.models.reports import Report
from portal.queries import accounts as people
from portal.queries import reports
from portal.rules.policy import Person
from portal.rules.refusals import Stale
from portal.services import accounts, drafting
from portal.services import history as going
from portal.services.act import Act
from portal.services.drafting import Given
from tests.factories import DAY, PASSWORD, World
from tests.interleavings import PROSE, RECORD, ROWS, Card, Field, Kept, Writer, numbers, play

LANGUAGES = ("en", "ar", "zh")
COUNT = 100
AT_ONCE = 50


@dataclass
class Portal:
    """The desk of the plays: a report that two focal points write."""

    world: World
    report: Report
    editors: tuple[Person, Person]

    def _held(self, who: int) -> tuple[Act, Report]:
        act = self.world.act(self.editors[who])
        return act, reports.get(act.session, self.report_id, lock=True)

    def __post_init__(self) -> None:
        self.report_id, self.first = self.report.id, str(self.report.languages[0])

    def kept_under(self, one: Field) -> str:
        return one.language if one.shape == PROSE else self.first

    def read(self, one: Field) -> tuple[Any, int]:
        row = reports.answer(db.session, self.report_id, one.key, self.kept_under(one))
        return (row.value, row.revision) if row else (None, 0)

    def value_at(self, one: Field, revision: int) -> Any:
        return reports.revision(db.session, self.report_id, one.key, self.kept_under(one), revision)

    def save(self, one: Field, who: int, value: Any, base: int, since: Any = None) -> Kept | Card:
        act, report = self._held(who)
        try:
            saved = drafting.save(act, report, Given(one.key, self.kept_under(one), value, base, since))
        except Stale as stale:
            db.session.rollback()
            return Card(stale.texts.theirs, stale.texts.revision, stale.texts.yours)
        self.world.done()
        return Kept(saved.value, saved.revision)

    def take_back(self, one: Field, who: int, revision: int, seen: int) -> Kept | Card:
        act, report = self._held(who)
        try:
            saved = going.take_back(act, report, one.key, self.kept_under(one), revision, seen)
        except Stale as stale:
            db.session.rollback()
            return Card(stale.texts.theirs, stale.texts.revision, stale.texts.yours)
        self.world.done()
        return Kept(saved.value, saved.revision)

    def keep_point(self) -> Any:
        act, report = self._held(0)
        made = going.make_point(act, report, "kept by a play").id
        self.world.done()
        return made

    def go_back(self, point: Any) -> None:
        act, report = self._held(1)
        going.go_back(act, report, point)
        self.world.done()


@pytest.fixture
def portal(world: World) -> Portal:
    """An empty report in three languages, and two people who write it."""
    act = world.act(None)
    accounts.add(act, "second.kaz@example.org", "focal_point", "KAZ", PASSWORD)
    world.done()
    second = people.by_email(db.session, "second.kaz@example.org")
    assert second is not None
    return Portal(world, world.report(languages=LANGUAGES), (world.person("focal_point", "KAZ"), second))


def fields(portal: Portal) -> Iterator[tuple[Field, Field]]:
    """Two answers for each play, of which no play has written before: mostly narratives, then series, then tables."""
    counted = portal.world.edition().counted("full")
    prose = iter([Field(q.key, PROSE, code) for q in counted if q.kind == "narrative" for code in LANGUAGES])
    rows = iter(
        Field(q.key, ROWS if q.kind == "table" else RECORD, LANGUAGES[at % 3], columns(q))
        for at, q in enumerate(q for q in counted if q.kind in ("series", "table"))
    )
    for at in range(COUNT):
        pair = next(prose), (next(rows) if at % 2 else next(prose))
        yield pair if at % 4 != 1 else (pair[1], pair[0])


def columns(question: Any) -> tuple[str, ...]:
    """Three columns of the rows of a question that take words."""
    kind: Any = KINDS[question.kind]
    of = kind.row_columns(question) if callable(kind.row_columns) else kind.row_columns
    return tuple(column.key for column in of if column.type in ("text", "line", "year", "figure"))[:3]


def test_no_word_is_lost_upon_the_portal(portal: Portal) -> None:
    lost = [(seed, said) for seed, pair in enumerate(fields(portal)) for said in play(seed, portal, pair).lost]
    assert lost[:5] == []


def test_a_portal_that_lets_the_last_write_win_is_found_out(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drafting, "merge", lambda _base, _theirs, yours: Merged(yours))
    plays = zip(range(12), fields(portal), strict=False)
    assert len([seed for seed, pair in plays if play(seed, portal, pair).lost]) > 6


def saved_apart(engine: Engine, portal: Portal, start: threading.Barrier, who: int, given: Given) -> Kept | Card:
    """A save in a transaction of its own, begun when the other editor begins."""
    with Session(engine) as session:
        start.wait()
        begin_write(session)
        try:
            report = reports.get(session, portal.report_id, lock=True)
            saved = drafting.save(Act(session, portal.editors[who], DAY), report, given)
        except Stale as stale:
            return Card(stale.texts.theirs, stale.texts.revision, stale.texts.yours)
        session.commit()
        return Kept(saved.value, saved.revision)


def test_two_saves_at_the_same_moment_lose_nothing(portal: Portal) -> None:
    """Both editors have read the same text; whoever comes second is joined or gets a card, and no word is lost."""
    rng, engine = random.Random(0), db.engine
    writer = Writer(rng)
    outcomes = []
    with ThreadPoolExecutor(2) as threads:
        for one, _other in itertools.islice(fields(portal), AT_ONCE):
            base = writer.edited(one, None)
            for _ in range(8):
                base = writer.edited(one, base)
            portal.save(one, 0, base, 0)
            base, _revision = portal.read(one)
            sent = [writer.edited(one, base), writer.edited(one, base)]
            db.session.rollback()
            given = [Given(one.key, portal.kept_under(one), value, 1) for value in sent]
            apart = partial(saved_apart, engine, portal, threading.Barrier(2))
            done = list(threads.map(apart, (0, 1), given))
            standing = numbers(portal.read(one)[0])
            a, b, seen = numbers(sent[0]), numbers(sent[1]), numbers(base)
            if not any(isinstance(outcome, Card) for outcome in done):
                assert (a & b) | (a - seen) | (b - seen) <= standing
            for outcome, value, other in zip(done, sent, reversed(sent), strict=True):
                if isinstance(outcome, Card):
                    assert (numbers(outcome.yours), numbers(outcome.theirs)) == (numbers(value), numbers(other))
                    assert standing == numbers(other)
            outcomes.append(any(isinstance(outcome, Card) for outcome in done))
    assert {True, False} == set(outcomes)

"""A file of contributions, one a row or one an object of JSON Lines: drafts of one partner for one call, with a report
of every row.
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import BinaryIO

from forms.outline import LANGUAGES, Guideline
from forms.words import N_
from portal.adapters.json_lines import is_json_lines, open_lines
from portal.adapters.tabular import Cells, Sheet, open_book
from portal.documents.receipt import Signs
from portal.models.contributions import Call, Contribution, Partner
from portal.queries import calls_for_input as calls
from portal.queries import contributions as held
from portal.queries import partners
from portal.queries.guidelines import guideline
from portal.rules import contribution_rows as rows
from portal.rules.contributions import Filing
from portal.rules.cutting import texts_of
from portal.rules.flaws import flaws, word_counts
from portal.rules.refusals import Invalid, NotNow, Problem
from portal.services.act import Act
from portal.services.contributions import Begin, Draft, check, demand_open, save, send, start

NEW, REVISED, UNCHANGED, LEFT_OUT = OUTCOMES = ("new", "revised", "unchanged", "left_out")
TITLES = {NEW: N_("New"), REVISED: N_("Revised"), UNCHANGED: N_("Unchanged"), LEFT_OUT: N_("Left out")}
EMPTY = N_("The table is empty. Its first row must name the columns, and each row below is one contribution.")
TOO_MANY = N_("A table has at most 5,000 rows of contributions; please divide it.")
NO_TITLE = N_("The row has no title.")
TWICE = N_("Another row above has the same mark; each contribution stands once.")
TOO_WIDE = N_("The row has more cells than the first row names columns.")
NO_LANGUAGE = N_("“%(name)s” is not one of ar, zh, en, fr, ru, es.")
MOST_READ = 2_000_000
"""So many characters of a file are read for the words that it knows."""


@dataclass(frozen=True)
class Wish:
    """What is brought in for whom. With `send`, each contribution in which nothing is missing is sent as well; with
    `dry_run` nothing is kept.
    """

    call_id: uuid.UUID
    partner_id: uuid.UUID
    dry_run: bool = False
    send: bool = False


@dataclass(frozen=True)
class RowReport:
    """What became of one row: its number in the file, its mark and title, the outcome, whether it was sent, what is
    missing or odd in it, and remarks on its texts, by question, which hinder nothing.
    """

    row: int
    mark: str
    title: str
    outcome: str
    sent: bool = False
    problems: tuple[Problem, ...] = ()
    contribution: uuid.UUID | None = None
    remarks: tuple[Problem, ...] = ()


@dataclass
class Report:
    """What became of a file, row by row."""

    file_name: str
    dry_run: bool
    rows: list[RowReport] = field(default_factory=list)

    def count(self, outcome: str) -> int:
        """How many rows came out so."""
        return sum(1 for row in self.rows if row.outcome == outcome)

    @property
    def sent(self) -> int:
        """How many were sent."""
        return sum(1 for row in self.rows if row.sent)


def bring_in(act: Act, stream: BinaryIO, name: str, wish: Wish, signer: Signs) -> Report:
    """Brings a table in as drafts: new rows, revised ones, and those left out with the reason. A row whose mark was
    brought in before goes on with that contribution; a second import of one file changes nothing. Invalid where the
    table as a whole cannot be read.
    """
    call, partner = calls.get(act.session, wish.call_id), partners.get(act.session, wish.partner_id)
    act.demand("contribution:write", Filing(partner.id, held.members(act.session, partner.id)))
    demand_open(act, call, partner)
    asked = guideline(act.session, call.edition)
    sheet, header = _opened(asked, stream, name)
    report = Report(name, wish.dry_run)
    lines = list(_rows(sheet))
    point = act.session.begin_nested()
    desk = _Desk(act, call, partner, asked, wish, signer, _words_of(lines))
    for number, cells in lines:
        report.rows.append(desk.take(number, header, cells))
    if wish.dry_run:
        point.rollback()
        return report
    point.commit()
    told = {outcome: report.count(outcome) for outcome in OUTCOMES} | {"sent": report.sent}
    act.record("contribution.import", {"call": str(call.id), "partner": str(partner.id), "file": name} | told)
    return report


def _opened(asked: Guideline, stream: BinaryIO, name: str) -> tuple[Sheet, Cells]:
    of_objects = is_json_lines(stream)
    place = "names" if of_objects else "row 1"
    for sheet in [open_lines(stream, rows.MANY)] if of_objects else open_book(stream, name).sheets:
        head = next((cells for _number, cells in sheet.head(1)), None)
        if head is not None and any(cell.strip() for cell in head):
            faults = rows.faults_of_heading(asked, head)
            if faults:
                problems = [Problem(place, sentence % {"name": column}) for column, sentence in faults]
                raise Invalid(problems[0].sentence, problems)
            return sheet, head
    raise Invalid(EMPTY, [Problem("file", EMPTY)])


def _rows(sheet: Sheet) -> Iterator[tuple[int, Cells]]:
    """The rows below the heading that are not blank."""
    count = 0
    for number, cells in list(sheet.rows())[1:]:
        if not any(cell.strip() for cell in cells):
            continue
        count += 1
        if count > rows.MOST_ROWS:
            raise Invalid(TOO_MANY, [Problem(f"row {number}", TOO_MANY)])
        yield number, cells


def _words_of(lines: Sequence[tuple[int, Cells]]) -> Counter[str]:
    """The words of the beginning of a file, with how often each stands there."""
    found, read = Counter[str](), 0
    for _number, cells in lines:
        found.update(word_counts(cells))
        read += sum(map(len, cells))
        if read > MOST_READ:
            break
    return found


class _Desk:
    """Takes one row after another; knows which contributions of the partner were there before."""

    def __init__(
        self,
        act: Act,
        call: Call,
        partner: Partner,
        asked: Guideline,
        wish: Wish,
        signer: Signs,
        words: Mapping[str, int],
    ) -> None:
        self.words = words
        self.act, self.call, self.partner, self.asked, self.wish, self.signer = act, call, partner, asked, wish, signer
        self.there = held.by_mark(act.session, partner.id, call.channel, call.cycle)
        self.members = held.members(act.session, partner.id)
        self.seen: set[str] = set()

    def take(self, number: int, header: Cells, cells: Cells) -> RowReport:
        """What becomes of one row."""
        line = rows.read(self.asked, header, cells)
        mark, title = " ".join(line.mark.split())[:120], line.head.get(rows.TITLE, "")
        fault = self._fault(header, cells, line, mark)
        if fault is not None:
            return RowReport(number, mark, title, LEFT_OUT, problems=(fault,))
        self.seen.add(mark)
        point = self.act.session.begin_nested()
        try:
            found, outcome = self._keep(line, mark)
        except (Invalid, NotNow) as refusal:
            point.rollback()
            problems = refusal.problems if isinstance(refusal, Invalid) else []
            told = tuple(problems) or (Problem("", refusal.sentence),)
            return RowReport(number, mark, title, LEFT_OUT, problems=told)
        point.commit()
        problems, sent = self._sent(found)
        remarks = tuple(self._remarks(found, line))
        return RowReport(number, mark, title, outcome, sent, tuple(problems), found.id, remarks)

    def _remarks(self, found: Contribution, line: rows.Line) -> Iterator[Problem]:
        """What is told of the texts of a row, as they were kept, that the search is to find."""
        for key in line.answers:
            texts = texts_of(self.asked.questions[key].kind, found.values.get(key))
            for sentence, values in flaws("\n\n".join(texts), self.words):
                yield Problem(key, sentence % values)

    def _fault(self, header: Cells, cells: Cells, line: rows.Line, mark: str) -> Problem | None:
        language = line.head.get(rows.LANGUAGE, "en")
        if any(cell.strip() for cell in cells[len(header) :]):
            return Problem("", TOO_WIDE)
        if not line.head.get(rows.TITLE):
            return Problem(rows.TITLE, NO_TITLE)
        if language not in LANGUAGES:
            return Problem(rows.LANGUAGE, NO_LANGUAGE % {"name": language})
        return Problem(rows.MARK, TWICE) if mark in self.seen else None

    def _keep(self, line: rows.Line, mark: str) -> tuple[Contribution, str]:
        before = self.there.get(mark)
        values = {
            key: rows.answer(self.asked.questions[key], cells, before.values.get(key) if before else None, mark)
            for key, cells in line.answers.items()
        }
        head = {name: line.head.get(name) for name in (rows.TITLE, rows.LICENCE, rows.CREDIT)}
        draft = Draft(**head, areas=line.areas, values=values)
        if before is None:
            language = line.head.get(rows.LANGUAGE, "en")
            return start(self.act, Begin(self.call.id, self.partner.id, language, mark), draft), NEW
        revision = before.revision
        save(self.act, held.filing(self.act.session, before), draft, revision)
        return before, REVISED if before.revision != revision else UNCHANGED

    def _sent(self, found: Contribution) -> tuple[list[Problem], bool]:
        """What is missing before the contribution can be sent; and sends it, where that was asked for."""
        problems = check(self.act, found).problems
        if problems or not self.wish.send:
            return problems, False
        versions = found.versions
        try:
            send(self.act, held.filing(self.act.session, found), self.signer)
        except NotNow:
            return [], False
        return [], found.versions != versions

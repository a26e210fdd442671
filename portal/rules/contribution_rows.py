"""A table of contributions, one a row: which columns an edition gives it, and what a row says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from forms.answers import digest
from forms.kinds import KINDS
from forms.kinds.controls import Column
from forms.kinds.practices import COLUMNS as PRACTICE_COLUMNS
from forms.kinds.rows import Rows
from forms.outline import Guideline, Question
from forms.words import N_
from portal.rules.contributions import MODALITY

MARK, TITLE, LANGUAGE, LICENCE, CREDIT, AREAS = HEAD = ("mark", "title", "language", "licence", "credit", "areas")
MANY = ";"
MOST_ROWS = 5_000
NOT_IN_A_TABLE = frozenset({"identifier", "pictures", "attachment", "attachments"})

NO_TITLE_COLUMN = N_("The table has no column “title”. Its first row must name the columns; a template can be taken.")
UNKNOWN_COLUMN = N_("No column of this channel is called “%(name)s”. Please take the names from the template.")
DOUBLE_COLUMN = N_("The column “%(name)s” stands there twice.")


@dataclass(frozen=True)
class Place:
    """Where a column of the table goes: a question, and the part of its answer, "" for a plain one."""

    question: Question
    part: str = ""


def columns(asked: Guideline) -> dict[str, Place]:
    """The columns of an edition by their heading: `CC.1/form`, `CC.1/period.from`. Files do not go into a table."""
    found: dict[str, Place] = {}
    for question in asked.counted(MODALITY):
        if question.kind == "files":
            continue
        parts = [part for part in KINDS[question.kind].columns(question) if _in_a_table(question, part)]
        if parts == ["value"]:
            found[question.key] = Place(question)
        else:
            found |= {f"{question.key}.{part}": Place(question, part) for part in parts}
    return found


def _in_a_table(question: Question, part: str) -> bool:
    column = _column(question, part)
    return column is None or column.type not in NOT_IN_A_TABLE


def _column(question: Question, part: str) -> Column | None:
    kind = KINDS[question.kind]
    if not isinstance(kind, Rows):
        return None
    held = PRACTICE_COLUMNS if question.kind == "practices" else kind.row_columns(question)
    return next((column for column in held if column.key == part), None)


def heading(asked: Guideline) -> list[str]:
    """The first row of a table of this edition."""
    return [*HEAD, *columns(asked)]


def faults_of_heading(asked: Guideline, cells: Sequence[str]) -> list[tuple[str, str]]:
    """What is wrong with the first row: the name of a column, and a sentence with `%(name)s`."""
    named = [cell.strip() for cell in cells]
    known = {*HEAD, *columns(asked)}
    faults = [(name, UNKNOWN_COLUMN) for name in named if name and name not in known]
    faults += [(name, DOUBLE_COLUMN) for name in dict.fromkeys(named) if name and named.count(name) > 1]
    if TITLE not in named:
        faults.insert(0, (TITLE, NO_TITLE_COLUMN))
    return faults


@dataclass(frozen=True)
class Line:
    """What a row says: its own name, the parts of the head that it gives, and the cells of each question."""

    mark: str
    head: Mapping[str, str]
    answers: Mapping[str, Mapping[str, str]]

    @property
    def areas(self) -> list[str] | None:
        """The areas that the row names, None where it names none."""
        words = [one.strip() for one in self.head.get(AREAS, "").split(MANY)]
        return [one for one in words if one] or None


def read(asked: Guideline, header: Sequence[str], cells: Sequence[str]) -> Line:
    """A row under a heading that is sound. A blank cell says nothing; a row without a mark goes by its title."""
    places = columns(asked)
    told = {name.strip(): cell.strip() for name, cell in zip(header, cells, strict=False) if cell.strip()}
    answers: dict[str, dict[str, str]] = {}
    for name, cell in told.items():
        if name in places:
            answers.setdefault(places[name].question.key, {})[places[name].part] = cell
    head = {name: told[name] for name in HEAD if name in told}
    return Line(head.get(MARK) or head.get(TITLE, ""), head, answers)


def answer(question: Question, cells: Mapping[str, str], before: Any, mark: str) -> Any:
    """The answer that these cells give, upon the one before: what the row does not name stays as it was."""
    kind = KINDS[question.kind]
    if "" in cells:
        many = question.options.get("multiple")
        return _several(cells[""]) if many else cells[""]
    if not isinstance(kind, Rows):
        return {**(before or {}), **cells}
    first = dict(before[0]) if before else {}
    for part, cell in cells.items():
        column = _column(question, part)
        first[part] = _several(cell) if column is not None and column.many else cell
    if question.kind == "practices" and not first.get("id"):
        first["id"] = digest(mark.encode())[:12]
    return [first, *(before or [])[1:]]


def _several(cell: str) -> list[str]:
    return [one.strip() for one in cell.split(MANY) if one.strip()]

"""Kinds whose answer is rows, from one base: people, consultations, links, files, table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, ClassVar

import marshmallow
from wtforms.fields.core import UnboundField

from forms.findings import Finding, Rule
from forms.kinds import cells
from forms.kinds.base import (
    Cell,
    Clean,
    Fault,
    Kind,
    OptionCheck,
    Say,
    choices,
    english,
    english_words,
    flag,
    keyed,
    text_map,
    unbound,
)
from forms.kinds.controls import PICTURE, CellsField, Column
from forms.outline import Question, text
from forms.words import N_

CONTACT = Rule(
    "contact",
    "blocker",
    N_("At least one contact has a name and an e-mail address or a telephone number."),
    N_("Give at least one contact with a name and an e-mail address or a telephone number."),
)


def column_type(value: Any) -> Iterator[Fault]:
    """Checks the type of a column."""
    if not isinstance(value, str) or value not in cells.TYPES:
        yield "", f"is not a type of column; known are {', '.join(sorted(cells.TYPES))}"


def table_columns(value: Any) -> Iterator[Fault]:
    """Checks the columns of a table; one of type choice needs choices."""
    yield from keyed(value, {"type": column_type, "required": flag, "choices": choices, "guidance": text_map})
    for index, item in enumerate(value if isinstance(value, list | tuple) else ()):
        if isinstance(item, Mapping) and item.get("type") == "choice" and "choices" not in item:
            yield f"[{index}]", "a column of type choice needs choices"


def schema_of(columns: tuple[Column, ...]) -> type[marshmallow.Schema]:
    """The schema of a row: every column as text, a list of texts or a list of pictures, unknown columns refused."""
    fields: dict[str, Any] = {
        c.key: marshmallow.fields.List(_item(c), load_default=list) if c.many else Clean() for c in columns
    }
    return marshmallow.Schema.from_dict(fields, name="Row")


def _item(column: Column) -> marshmallow.fields.Field[Any]:
    """What a column that holds a list holds a list of."""
    if column.type != "pictures":
        return Clean()
    shape = marshmallow.Schema.from_dict({word: Clean() for word in ("attachment", *PICTURE)}, name="Picture")
    return marshmallow.fields.Nested(shape)


def clean_rows(columns: tuple[Column, ...], raw: Any) -> list[dict[str, Any]]:
    """The rows in order, those that are blank all over left out."""
    rows = (row for row in (raw if isinstance(raw, list | tuple) else ()) if isinstance(row, Mapping))
    cleaned = ({c.key: cells.clean_cell(c, row.get(c.key)) for c in columns} for row in rows)
    return [row for row in cleaned if any(row.values())]


def judge_rows(question: str, columns: tuple[Column, ...], rows: list[dict[str, Any]]) -> Iterator[Finding]:
    """The findings about the cells of clean rows, row by row."""
    for number, row in enumerate(rows, 1):
        for column in columns:
            value = row.get(column.key)
            if value:
                yield from cells.judge_cell(question, column, value, row=number, column=column.key)
            elif column.required:
                title = text(column.title, "en")
                yield cells.MISSING.finding(question, row=number, column=column.key, title=title)


def flat(part: str, columns: tuple[Column, ...], rows: list[dict[str, Any]]) -> Iterator[Cell]:
    """The cells of clean rows that hold something."""
    for number, row in enumerate(rows, 1):
        for column in columns:
            if value := row.get(column.key):
                yield Cell(part, number, column.key, cells.cell_text(value))


class Rows(Kind):
    """Rows of named columns: a value is a list of objects, every column a text, or a list of texts for attachments."""

    fixed: tuple[Column, ...] = ()
    checks: ClassVar[tuple[Rule, ...]] = cells.RULES

    def row_columns(self, question: Question) -> tuple[Column, ...]:
        """The columns, with titles and types, that a row of this question has."""
        return self.fixed

    def columns(self, question: Question) -> tuple[str, ...]:
        return tuple(column.key for column in self.row_columns(question))

    def field(self, question: Question, language: str) -> UnboundField[Any]:
        return unbound(CellsField, question, language, columns=self.row_columns(question))

    def schema(self, question: Question) -> marshmallow.fields.Field[Any]:
        row = marshmallow.fields.Nested(schema_of(self.row_columns(question)))
        return marshmallow.fields.List(row, allow_none=True)

    def clean(self, question: Question, raw: Any) -> list[dict[str, Any]]:
        return clean_rows(self.row_columns(question), raw)

    def empty(self, value: Any) -> bool:
        return not value

    def judge(self, question: Question, value: Any) -> Iterator[Finding]:
        yield from judge_rows(question.key, self.row_columns(question), value)

    def cells(self, question: Question, value: Any) -> Iterator[Cell]:
        yield from flat("", self.row_columns(question), value or [])

    def text(self, question: Question, value: Any, say: Say = english_words) -> str:
        rows = self.clean(question, value)
        return "\n".join(cells.line_told(self.row_columns(question), row, say) for row in rows)


class People(Rows):
    """Persons with what they do and how to reach them; with the option `contact`, one of them can be reached."""

    name = "people"
    options: ClassVar[Mapping[str, OptionCheck]] = {"contact": flag, "kinds": choices}
    checks = (*Rows.checks, CONTACT)
    fixed = (
        Column("name", english(N_("Name"))),
        Column("post", english(N_("Post"))),
        Column("office", english(N_("Office or institution"))),
        Column("email", english(N_("E-mail address")), "email"),
        Column("telephone", english(N_("Telephone number"))),
    )

    def row_columns(self, question: Question) -> tuple[Column, ...]:
        offered = question.options.get("kinds")
        return (*self.fixed, stakeholder(offered)) if offered else self.fixed

    def findings(self, question: Question, value: Any) -> list[Finding]:
        if question.options.get("contact"):
            reached = any(row["name"] and (row["email"] or row["telephone"]) for row in value or [])
            found = [] if reached else [CONTACT.finding(question.key)]
            return found + list(self.judge(question, value or []))
        return super().findings(question, value)


class Consultations(Rows):
    """Meetings and other rounds of consultation, with those who took part."""

    name = "consultations"
    options: ClassVar[Mapping[str, OptionCheck]] = {"kinds": choices}
    fixed = (
        Column("date", english(N_("Date")), "date"),
        Column("title", english(N_("Title")), required=True),
        Column("participants", english(N_("Participants")), "text"),
        Column("place", english(N_("Place"))),
    )

    def row_columns(self, question: Question) -> tuple[Column, ...]:
        offered = question.options.get("kinds")
        return (*self.fixed, stakeholder(offered)) if offered else (*self.fixed, Column("kind", english(N_("Kind"))))


def stakeholder(offered: Any) -> Column:
    """The column that says which kind of stakeholder a row is about."""
    titles = {choice["key"]: choice["title"] for choice in offered}
    return Column("kind", english(N_("Kind of stakeholder")), "choice", choices=titles)


class Links(Rows):
    """Web addresses with a title each."""

    name = "links"
    fixed = (
        Column("title", english(N_("Title"))),
        Column("url", english(N_("Web address")), "url", required=True),
    )


class Files(Rows):
    """Attached files by identifier, with a caption each."""

    name = "files"
    fixed = (
        Column("attachment", english(N_("File")), "attachment", required=True),
        Column("caption", english(N_("Caption"))),
    )


class Table(Rows):
    """Rows whose columns the edition names in the option `columns`."""

    name = "table"
    options: ClassVar[Mapping[str, OptionCheck]] = {"columns": table_columns}
    needs = ("columns",)

    def row_columns(self, question: Question) -> tuple[Column, ...]:
        return columns_of(question)


@lru_cache(maxsize=1024)
def columns_of(question: Question) -> tuple[Column, ...]:
    """The columns that an edition gives a table."""
    return tuple(
        Column(
            column["key"],
            column["title"],
            column.get("type", "line"),
            column.get("required", False),
            {choice["key"]: choice["title"] for choice in column["choices"]} if "choices" in column else None,
        )
        for column in question.options["columns"]
    )

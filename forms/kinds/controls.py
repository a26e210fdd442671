"""Form fields of several controls: a record of named cells, rows of them, or both; they read and judge nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from wtforms import Field
from wtforms.utils import unset_value

from forms.outline import Text, text

BLANK_ROWS = 2


@dataclass(frozen=True)
class Column:
    """One cell of a row. `type` is line, text, year, figure, date, email, url, urls, choice, attachment or attachments;
    `choices` maps keys to titles for a choice; a `required` column must be filled in every row that has any."""

    key: str
    title: Text
    type: str = "line"
    required: bool = False
    choices: Mapping[str, Text] | None = None

    @property
    def many(self) -> bool:
        """Whether a cell holds a list of texts instead of one."""
        return self.type == "attachments"

    def label(self, language: str) -> str:
        """The title in a language, English where that is missing."""
        return text(self.title, language)


@dataclass(slots=True)
class Control:
    """One control on the page: the name it is sent under (which is its id too), what it shows, and its column."""

    name: str
    column: Column
    value: Any

    @property
    def shown(self) -> str:
        """The value as the text of an input or a text area; identifiers of attachments one a line."""
        return "\n".join(self.value) if self.column.many else self.value


@dataclass(slots=True)
class Row:
    """The controls of one row; `index` counts from 0, as in the names of the controls."""

    index: int
    controls: list[Control]

    def __iter__(self) -> Iterator[Control]:
        return iter(self.controls)

    @property
    def blank(self) -> bool:
        """Whether nothing stands in the row."""
        return not any(control.value for control in self.controls)


def shape(value: Any, column: Column) -> Any:
    """A cell's value as its column holds it: a text, or a list of texts; anything else is blank."""
    if column.many:
        return [item for item in value if isinstance(item, str)] if isinstance(value, list | tuple) else []
    return value if isinstance(value, str) else ""


def sent(name: str, column: Column, formdata: Any) -> Any:
    """What the form sent for a cell; several identifiers may come in one control, apart by blanks, or in several."""
    values = formdata.getlist(name)
    if column.many:
        return [part for value in values for part in value.split()]
    return values[0] if values else ""


class CellsField(Field):
    """`heads` are cells named `<key>-<head>`, `columns` make rows named `<key>-<i>-<column>`; data is a record, a list
    of rows, or a record that carries its rows under `rows`. Two blank rows at least follow those that are filled."""

    def __init__(self, label: str, heads: Sequence[Column] = (), columns: Sequence[Column] = (), **kwargs: Any) -> None:
        super().__init__(label, **kwargs)
        self.head_columns, self.columns = heads, columns
        self.heads: list[Control] = []
        self.rows: list[Row] = []
        self.sent = False

    def process(self, formdata: Any, data: Any = unset_value, extra_filters: Any = None) -> None:
        """Reads what the form sent; a form that sent no control of this field leaves the stored value as it is."""
        self.process_errors = []
        self.object_data = None if data is unset_value else data
        indices = self._indices(formdata) if formdata else []
        self.sent = (
            bool(indices) or any(f"{self.name}-{h.key}" in formdata for h in self.head_columns) if formdata else False
        )
        if self.sent:
            self._read_sent(formdata, indices)
        else:
            self._read_stored()
        self._add_blank_rows()
        self.data = self._value()

    def _indices(self, formdata: Any) -> list[int]:
        prefix = f"{self.name}-"
        starts = (name[len(prefix) :].partition("-")[0] for name in formdata if name.startswith(prefix))
        return sorted({int(start) for start in starts if start.isascii() and start.isdigit() and len(start) <= 6})

    def _read_sent(self, formdata: Any, indices: list[int]) -> None:
        self.heads = [Control(name := f"{self.name}-{h.key}", h, sent(name, h, formdata)) for h in self.head_columns]
        self.rows = [
            Row(
                at,
                [
                    Control(name := f"{self.name}-{at}-{c.key}", c, sent(f"{self.name}-{i}-{c.key}", c, formdata))
                    for c in self.columns
                ],
            )
            for at, i in enumerate(indices)
        ]

    def _read_stored(self) -> None:
        record = self.object_data if isinstance(self.object_data, Mapping) else {}
        self.heads = [Control(f"{self.name}-{h.key}", h, shape(record.get(h.key), h)) for h in self.head_columns]
        rows = self.object_data if not self.head_columns else record.get("rows")
        stored = [row for row in rows if isinstance(row, Mapping)] if isinstance(rows, list | tuple) else []
        self.rows = [self._row(at, row) for at, row in enumerate(stored)]

    def _row(self, at: int, row: Mapping[str, Any]) -> Row:
        prefix = f"{self.name}-{at}-"
        return Row(at, [Control(prefix + c.key, c, shape(row.get(c.key), c)) for c in self.columns])

    def _add_blank_rows(self) -> None:
        if not self.columns:
            return
        filled = len(self.rows)
        while filled and self.rows[filled - 1].blank:
            filled -= 1
        self.rows += [self._row(at, {}) for at in range(len(self.rows), filled + BLANK_ROWS)]

    def _value(self) -> Any:
        rows = [{control.column.key: control.value for control in row} for row in self.rows]
        if not self.head_columns:
            return rows
        record: dict[str, Any] = {control.column.key: control.value for control in self.heads}
        return record | {"rows": rows} if self.columns else record

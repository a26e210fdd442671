"""Form fields of several controls: a record of named cells, rows of them, or both; they read and judge nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from secrets import token_hex
from typing import Any

from wtforms import Field
from wtforms.utils import unset_value

from forms.outline import Text, text

BLANK_ROWS = 2
MANY = frozenset({"attachments", "choices", "pictures"})
PICTURE = ("alt", "credit", "consent")
"""What is said of a picture: its alternative text, whose it is, and whether those shown have agreed."""


@dataclass(frozen=True)
class Column:
    """One cell of a row. `type` is line, text, year, figure, date, email, url, urls, choice, choices, attachment,
    attachments, pictures or identifier; `choices` maps keys to titles for a choice, several, or the consent of those
    whom a picture shows; a `required` column must be filled in every row that has any."""

    key: str
    title: Text
    type: str = "line"
    required: bool = False
    choices: Mapping[str, Text] | None = None

    @property
    def many(self) -> bool:
        """Whether a cell holds a list instead of one text."""
        return self.type in MANY

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

    @property
    def pictures(self) -> dict[str, dict[str, str]]:
        """The pictures of a cell by the identifier of their file."""
        return {picture["attachment"]: picture for picture in self.value}

    def pairs(self) -> list[tuple[str, str]]:
        """What a page that shows this control sends: names and texts."""
        if self.column.type == "choices":
            return [(self.name, ""), *((self.name, item) for item in self.value)]
        if self.column.type == "pictures":
            worded = [(f"{self.name}-{p['attachment']}-{w}", p[w]) for p in self.value for w in PICTURE]
            return [(self.name, ""), *((self.name, attachment) for attachment in self.pictures), *worded]
        return [(self.name, self.shown)]


@dataclass(slots=True)
class Row:
    """The controls of one row; `index` counts from 0, as in the names of the controls."""

    index: int
    controls: list[Control]

    def __iter__(self) -> Iterator[Control]:
        return iter(self.controls)

    @property
    def name(self) -> str:
        """What stands in the first cell that people read."""
        return next((str(control.value) for control in self.controls if control.column.type != "identifier"), "")

    @property
    def blank(self) -> bool:
        """Whether nothing stands in the row but its identifier."""
        return not any(control.value for control in self.controls if control.column.type != "identifier")


def shape(value: Any, column: Column) -> Any:
    """A cell's value as its column holds it: a text, a list of texts or of pictures; anything else is blank, but a text
    where a list is held stands as its one item. A row without an identifier gets a new one."""
    if column.type == "identifier":
        return value if isinstance(value, str) and value else token_hex(6)
    if column.many:
        items = [value] if isinstance(value, str) and value else value if isinstance(value, list | tuple) else []
        return [item for item in (_item(one, column) for one in items) if item]
    return value if isinstance(value, str) else ""


def _item(value: Any, column: Column) -> Any:
    if column.type != "pictures":
        return value if isinstance(value, str) else ""
    told = {"attachment": value} if isinstance(value, str) else value if isinstance(value, Mapping) else {}
    picture = {word: told.get(word) or "" for word in ("attachment", *PICTURE)}
    return picture if picture["attachment"] else None


def sent(name: str, column: Column, formdata: Any) -> Any:
    """What the form sent for a cell; several identifiers may come in one control, apart by blanks, or in several."""
    values = formdata.getlist(name)
    if column.type == "pictures":
        return sent_pictures(name, formdata)
    if column.type == "choices":
        return [value for value in values if value]
    if column.many:
        return [part for value in values for part in value.split()]
    return values[0] if values else ""


def sent_pictures(name: str, formdata: Any) -> list[dict[str, str]]:
    """The pictures ticked, with their words; of those offered, one that was not ticked before and got words now is
    meant too.
    """

    def listed(control: str) -> list[str]:
        return [part for value in formdata.getlist(control) for part in value.split()]

    def told(attachment: str) -> dict[str, str]:
        return {word: formdata.get(f"{name}-{attachment}-{word}", "") for word in PICTURE}

    ticked, before = listed(name), set(listed(f"{name}-was"))
    meant = [a for a in listed(f"{name}-offered") if a not in before and any(told(a).values())]
    return [{"attachment": attachment} | told(attachment) for attachment in dict.fromkeys([*ticked, *meant])]


class CellsField(Field):
    """`heads` are cells named `<key>-<head>`, `columns` make rows named `<key>-<i>-<column>`; data is a record, a list
    of rows, or a record that carries its rows under `rows`. Two blank rows at least follow those that are filled.
    `current` brings what was kept in an older shape into that of today."""

    def __init__(
        self,
        label: str,
        heads: Sequence[Column] = (),
        columns: Sequence[Column] = (),
        current: Callable[[Any], Any] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(label, **kwargs)
        self.head_columns, self.columns, self.current = heads, columns, current
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
        kept = self.object_data if self.current is None else self.current(self.object_data)
        rows = kept if not self.head_columns else record.get("rows")
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

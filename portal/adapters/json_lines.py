"""Opens JSON Lines, an object a line, as a table of text cells whose columns are the names that the objects use."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any, BinaryIO

from forms.words import N_
from portal.adapters.tabular import Row, Sheet
from portal.rules.refusals import Invalid, Problem, TooLarge, Unacceptable

LIMIT = 50_000_000
MOST_NAMES = 500
START = 1 << 10
_BOM = b"\xef\xbb\xbf"

TOO_LARGE = N_("The file is larger than 50 MB. Please divide it.")
NOT_UTF8 = N_("The text is not UTF-8. Please save the file as UTF-8 and send it again.")
NO_OBJECT = N_("The line is no JSON object. Each line of the file must be one, with the names of the columns as names.")
TWICE = N_("The name “%(name)s” stands twice in the object.")
NO_CELL = N_("“%(name)s” is neither a text nor a number, nor a list of these.")
TOO_MANY_NAMES = N_("The objects use more than 500 names.")


def is_json_lines(stream: BinaryIO) -> bool:
    """Whether a file begins as an object; no other table does."""
    stream.seek(0)
    return stream.read(START).removeprefix(_BOM).lstrip().startswith(b"{")


def open_lines(stream: BinaryIO, between: str) -> Sheet:
    """The objects of a seekable stream as rows, numbered by their lines, below the names as a row 0, in the order in
    which they come. Several texts in a list stand apart by `between`. Raises Unacceptable, TooLarge, or Invalid with
    the line.
    """
    stream.seek(0)
    content = stream.read(LIMIT + 1)
    if len(content) > LIMIT:
        raise TooLarge(TOO_LARGE)
    try:
        lines = content.decode("utf-8-sig").split("\n")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise Unacceptable(NOT_UTF8, [Problem(f"line {line}", NOT_UTF8)]) from error
    found = [(number, _object(number, line, between)) for number, line in enumerate(lines, 1) if line.strip()]
    names = list(dict.fromkeys(name for _number, cells in found for name in cells))
    if len(names) > MOST_NAMES:
        raise Invalid(TOO_MANY_NAMES, [Problem("names", TOO_MANY_NAMES)])
    rows: list[Row] = [(0, names), *((number, [cells.get(name, "") for name in names]) for number, cells in found)]
    return Sheet("", lambda: iter(rows))


def _object(number: int, line: str, between: str) -> dict[str, str]:
    """The cells of an object by name."""
    place = f"line {number}"

    def once(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
        names = [name for name, _value in pairs]
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice is not None:
            raise Invalid(TWICE, [Problem(place, TWICE % {"name": twice})])
        return dict(pairs)

    try:
        told = json.loads(line, object_pairs_hook=once, parse_int=str, parse_float=str, parse_constant=str)
    except (ValueError, RecursionError) as error:
        raise Invalid(NO_OBJECT, [Problem(place, NO_OBJECT)]) from error
    if not isinstance(told, dict):
        raise Invalid(NO_OBJECT, [Problem(place, NO_OBJECT)])
    return {name: _cell(place, name, value, between) for name, value in told.items()}


def _cell(place: str, name: str, value: Any, between: str) -> str:
    several: Iterable[Any] = value if isinstance(value, list) else [value]
    words = [_written(one) for one in several]
    if None in words:
        raise Invalid(NO_CELL, [Problem(place, NO_CELL % {"name": name})])
    return between.join(word for word in words if word)


def _written(value: Any) -> str | None:
    """A value as a cell; None for what can stand in none."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.replace("\0", "") if isinstance(value, str) else None

"""The staging table of an import: filled in bulk, then settled with the figures held by statements over sets."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    Float,
    Index,
    Insert,
    Integer,
    MetaData,
    Select,
    String,
    Table,
    Text,
    and_,
    delete,
    func,
    insert,
    literal,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from portal.models.observations import Import, Observation, ObservationRevision
from portal.rules.verdicts import WITHDRAWN

COLUMNS_A_ROW = 1 << 14  # more than a workbook has
SQLITE_CACHE_KIB = 32_768  # while an import settles: with the usual 2 MB each page of the indexes is written many times
MANY = 10_000  # figures, of which the planner is told at once
_LOCK = 0x6E75_6F62  # one import at a time, where the database has many writers

StagedRow = tuple[int, int, int, int, int, str, str, float | None, str, str, str]

_rooms = MetaData()
staged = Table(
    "staged_observations",
    _rooms,
    Column("at", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False),
    Column("series_id", BigInteger, nullable=False),
    Column("area_id", BigInteger, nullable=False),
    Column("cut_id", BigInteger, nullable=False),
    Column("year", Integer, nullable=False),
    Column("period", String(40), nullable=False),
    Column("value_text", String(80), nullable=False),
    Column("value", Float(53)),
    Column("bound", String(2), nullable=False),
    Column("nature", Text, nullable=False),
    Column("status", Text, nullable=False),
    prefixes=["TEMPORARY"],
)
_key_index = Index("staged_observations_key", staged.c.series_id, staged.c.area_id, staged.c.cut_id, staged.c.period)
repeated = Table(
    "repeated_observations",
    _rooms,
    Column("series_id", BigInteger, primary_key=True),
    Column("area_id", BigInteger, primary_key=True),
    Column("cut_id", BigInteger, primary_key=True),
    Column("period", String(40), primary_key=True),
    Column("first", BigInteger, nullable=False),
    prefixes=["TEMPORARY"],
)
held = cast("Table", Observation.__table__)
KEY = ("series_id", "area_id", "cut_id", "period")
SAID = ("value_text", "value", "bound", "nature", "status")


@dataclass(frozen=True)
class Repetition:
    """A figure that stands again for a key that an earlier row had; `at` and `first` are positions in the file."""

    at: int
    first: int
    text: str
    first_text: str
    same: bool


@dataclass(frozen=True)
class Settled:
    """What the comparison with the figures held came to; `fresh` when no figure of these series was held."""

    new: int
    revised: int
    unchanged: int
    no_longer_given: int
    fresh: bool = False


def row_and_column(at: int) -> tuple[int, int]:
    """The row and column of `at`, which is row * COLUMNS_A_ROW + column and so grows along the file."""
    return divmod(at, COLUMNS_A_ROW)


def _same_key(one: Table, other: Table) -> ColumnElement[bool]:
    return and_(*(one.c[name] == other.c[name] for name in KEY))


def _later() -> ColumnElement[bool]:
    """A staged figure whose key an earlier row has."""
    return and_(_same_key(staged, repeated), staged.c.at != repeated.c.first)


def _differs() -> ColumnElement[bool]:
    """A figure differs when its number, bound or codes do; another way to write the same number is no revision.

    A figure of a withdrawn import differs from the same figure in another file: given again, it is offered again.
    """
    withdrawn = held.c.import_number.in_(select(Import.number).where(Import.standing == WITHDRAWN))
    unread = and_(staged.c.value.is_(None), held.c.value_text != staged.c.value_text)
    changed = (held.c[name] != staged.c[name] for name in ("bound", "nature", "status"))
    return or_(held.c.value.is_distinct_from(staged.c.value), unread, withdrawn, *changed)


def hold_figures(connection: Connection) -> bool:
    """Keeps other imports waiting until the commit; False where one is at work now. SQLite has one writer at a time."""
    if connection.dialect.name != "postgresql":
        return True
    return bool(connection.execute(select(func.pg_try_advisory_xact_lock(_LOCK))).scalar_one())


class Staging:
    """The figures of one file while they are taken in, in a temporary table of this connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._postgres = connection.dialect.name == "postgresql"
        self._poured = 0
        self._usual_cache = 0

    def open(self) -> None:
        """Makes the empty table; on a database with many writers, waits until no other import runs."""
        if self._postgres:
            self._connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))
        self._drop()
        for table in (staged, repeated):
            table.create(self._connection)
        _key_index.drop(self._connection)
        if not self._postgres:
            self._usual_cache = self._connection.exec_driver_sql("PRAGMA cache_size").scalar_one()
            self._connection.exec_driver_sql(f"PRAGMA cache_size = -{SQLITE_CACHE_KIB}")

    def close(self) -> None:
        """Removes the tables, and gives the memory back."""
        self._drop()
        if not self._postgres:
            self._connection.exec_driver_sql(f"PRAGMA cache_size = {self._usual_cache}")

    def _drop(self) -> None:
        for table in (staged, repeated):
            self._connection.execute(text(f"DROP TABLE IF EXISTS {table.name}"))

    def pour(self, rows: Sequence[StagedRow]) -> None:
        """Adds rows, each in the order of the columns, by the fastest way that the driver has."""
        if not rows:
            return
        self._poured += len(rows)
        names = ", ".join(column.name for column in staged.columns)
        if self._postgres:
            lines = io.StringIO()
            csv.writer(lines, lineterminator="\r\n").writerows(rows)  # what stands in it is quoted in a cell
            texts = ", ".join(column.name for column in staged.columns if isinstance(column.type, String))
            into = f"COPY {staged.name} ({names}) FROM STDIN (FORMAT csv, FORCE_NOT_NULL ({texts}))"
            cursor: Any = self._connection.connection.cursor()
            with cursor, cursor.copy(into) as copy:
                copy.write(lines.getvalue())
        else:
            marks = ", ".join("?" for _ in staged.columns)
            statement = f"INSERT INTO {staged.name} ({names}) VALUES ({marks})"  # noqa: S608 names of our own
            self._connection.exec_driver_sql(statement, list(rows))

    def settle(
        self, series: Sequence[int], number: int, at: dt.datetime, tell: Callable[[Repetition], None]
    ) -> Settled:
        """Adds what is new, revises what differs and keeps what it said before; `series` are the ids in the file.

        Of a key that stands more than once the first figure counts, and `tell` is called with each later one.
        """
        known = held.c.series_id.in_(series)
        if not self._connection.execute(select(select(literal(1)).where(known).exists())).scalar_one():
            new = self._add(select(staged), number)
            if new < self._poured:
                self._find_repetitions(tell)
            self._tell_planner(new)
            return Settled(new, 0, 0, 0, fresh=True)
        self._find_repetitions(tell)
        self._drop_repetitions()
        total = self._count(select(func.count()).select_from(staged))
        both = select(func.count()).select_from(staged.join(held, _same_key(staged, held)))
        matched = self._count(both)
        revised = self._count(both.where(_differs()))
        stored = self._count(select(func.count()).select_from(held).where(known))
        if revised:
            self._revise(number, at)
        if matched < total:
            lone = select(literal(1)).select_from(held).where(_same_key(staged, held)).exists()
            self._add(select(staged).where(~lone), number)
        self._tell_planner(total - matched)
        return Settled(total - matched, revised, matched - revised, stored - matched)

    def _tell_planner(self, added: int) -> None:
        """PostgreSQL looks at a table by itself a minute later, and until then plans as if the rows were not there."""
        if self._postgres and added >= MANY:
            self._connection.execute(text(f"ANALYZE {held.name}"))

    def _find_repetitions(self, tell: Callable[[Repetition], None]) -> None:
        _key_index.create(self._connection)
        if self._postgres:
            self._connection.execute(text(f"ANALYZE {staged.name}"))
        keys = [staged.c[name] for name in KEY]
        again = select(*keys, func.min(staged.c.at)).group_by(*keys).having(func.count() > 1)
        self._connection.execute(insert(repeated).from_select([*KEY, "first"], again))
        first = staged.alias("first")
        same = and_(*(first.c[name].is_not_distinct_from(staged.c[name]) for name in SAID))
        found = (
            select(staged.c.at, repeated.c.first, staged.c.value_text, first.c.value_text, same)
            .join_from(repeated, staged, _later())
            .join(first, first.c.at == repeated.c.first)
            .order_by(staged.c.at)
        )
        for row in self._connection.execute(found.execution_options(yield_per=1000)):
            tell(Repetition(row[0], row[1], row[2], row[3], bool(row[4])))

    def _drop_repetitions(self) -> None:
        later = select(literal(1)).select_from(repeated).where(_later()).exists()
        self._connection.execute(delete(staged).where(later))

    def _count(self, query: Select[int]) -> int:
        return self._connection.execute(query).scalar_one()

    def _add(self, rows: Select[*tuple[Any, ...]], number: int) -> int:
        """Adds staged rows, the first of each key, in the order of the keys; gives how many."""
        names = ["series_id", "area_id", "cut_id", "year", "period", *SAID]
        columns = [*names, "revision", "import_number"]
        chosen = rows.with_only_columns(*(staged.c[name] for name in names), literal(1), literal(number))
        keys = [staged.c[name] for name in KEY]
        first = chosen.order_by(*keys, staged.c.at)
        adding: Insert
        if self._postgres:
            adding = postgresql.insert(held).from_select(columns, first.ext(postgresql.distinct_on(*keys)))
        else:
            adding = sqlite.insert(held).from_select(columns, first).on_conflict_do_nothing(index_elements=KEY)
        return self._connection.execute(adding.execution_options(preserve_rowcount=True)).rowcount

    def _revise(self, number: int, at: dt.datetime) -> None:
        past = cast("Table", ObservationRevision.__table__)
        kept = [held.c.id, held.c.revision, *(held.c[name] for name in SAID), held.c.import_number]
        moment = literal(at, past.c.superseded_at.type)
        before = select(*kept, literal(number), moment).join_from(staged, held, _same_key(staged, held))
        names = ["observation_id", "revision", *SAID, "import_number", "superseded_by", "superseded_at"]
        self._connection.execute(insert(past).from_select(names, before.where(_differs())))
        now = {name: staged.c[name] for name in SAID}
        self._connection.execute(
            update(held)
            .where(_same_key(staged, held), _differs())
            .values(**now, revision=held.c.revision + 1, import_number=number)
        )

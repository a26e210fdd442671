"""Moves the database up and down the migrations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

from portal.config import ROOT

FOLDER = ROOT / "migrations"
SEARCH_INDEX = "passage_words"


def configuration(connection: Connection | None = None) -> Config:
    """Alembic's configuration, with the connection to work on."""
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.attributes["connection"] = connection
    return config


@contextmanager
def _writing(engine: Engine) -> Iterator[Connection]:
    with engine.connect().execution_options(writes=True) as connection, connection.begin():
        yield connection


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Brings the database up to a revision; all of it or nothing."""
    with _writing(engine) as connection:
        command.upgrade(configuration(connection), revision)


def downgrade(engine: Engine, revision: str) -> None:
    """Brings the database down to a revision, `base` for empty; all of it or nothing."""
    with _writing(engine) as connection:
        command.downgrade(configuration(connection), revision)


def current(engine: Engine) -> str | None:
    """The revision the database stands at; None before the first."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def head() -> str:
    """The newest revision there is."""
    revision = ScriptDirectory.from_config(configuration()).get_current_head()
    if revision is None:
        raise RuntimeError("there are no migrations")
    return revision


def is_ours(name: str | None, kind: str, _parents: object) -> bool:
    """Whether the models tell of what stands in the database: the index of the search, which each database keeps in its
    own way, is told by its migration alone.
    """
    return kind != "table" or name is None or not name.startswith(SEARCH_INDEX)


def freeze(connection: Connection, table: str) -> None:
    """Lets rows be added to a table, and neither changed nor removed."""
    if connection.dialect.name == "sqlite":
        statements = [
            f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            for verb in ("UPDATE", "DELETE")
        ]
    else:
        refusing = f"EXECUTE FUNCTION {table}_is_append_only()"
        statements = [
            f"CREATE FUNCTION {table}_is_append_only() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{table} is append-only'; END $$",
            f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW {refusing}",
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT {refusing}",
        ]
    for statement in statements:
        connection.execute(text(statement))


def settle_once(connection: Connection, table: str, column: str) -> None:
    """Lets a column of a row be set once; from then on nobody changes it, by whatever statement."""
    name, moved = f"{table}_{column}_stays", f"'{table}.{column} is set once'"
    if connection.dialect.name == "sqlite":
        statements = [
            f"CREATE TRIGGER {name} BEFORE UPDATE OF {column} ON {table} "
            f"WHEN OLD.{column} IS NOT NULL AND NEW.{column} IS NOT OLD.{column} "
            f"BEGIN SELECT RAISE(ABORT, {moved}); END"
        ]
    else:
        statements = [
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION {moved}; END $$",
            f"CREATE TRIGGER {name} BEFORE UPDATE ON {table} FOR EACH ROW "
            f"WHEN (OLD.{column} IS NOT NULL AND NEW.{column} IS DISTINCT FROM OLD.{column}) "
            f"EXECUTE FUNCTION {name}()",
        ]
    for statement in statements:
        connection.execute(text(statement))


def unsettle(connection: Connection, table: str, column: str) -> None:
    """Lets the column be changed again, as before `settle_once`."""
    name = f"{table}_{column}_stays"
    if connection.dialect.name == "sqlite":
        connection.execute(text(f"DROP TRIGGER {name}"))
    else:
        connection.execute(text(f"DROP TRIGGER {name} ON {table}"))
        connection.execute(text(f"DROP FUNCTION {name}()"))


def thaw(connection: Connection, table: str) -> None:
    """Lets rows of a frozen table be changed and removed again, as before `freeze`."""
    if connection.dialect.name == "sqlite":
        statements = [f"DROP TRIGGER {table}_no_{verb}" for verb in ("update", "delete")]
    else:
        statements = [f"DROP TRIGGER {table}_no_{what} ON {table}" for what in ("change", "truncate")]
    for statement in statements:
        connection.execute(text(statement))
    unfreeze(connection, table)


def unfreeze(connection: Connection, table: str) -> None:
    """Takes away what a frozen table that was dropped has left behind."""
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"DROP FUNCTION {table}_is_append_only()"))


def refer_in_sets(connection: Connection, table: str, referred: Mapping[str, tuple[str, str]]) -> None:
    """Lets PostgreSQL check where the rows of a table refer to with each statement, as a set and not row by row.

    `referred` gives for each column the table and column it refers to. As with the foreign keys that this replaces, no
    row can name what is not held, and nothing that is named can be removed or change its key. SQLite keeps its own.
    """
    if connection.dialect.name == "sqlite":
        return
    joins = " ".join(
        f"LEFT JOIN {other} ON {other}.{key} = given.{column}" for column, (other, key) in referred.items()
    )
    nowhere = " OR ".join(f"{other}.{key} IS NULL" for other, key in referred.values())
    refusing = f"RAISE foreign_key_violation USING MESSAGE = '{table} would name what is not held'"
    # Counted, so that the planner reads the set once; for EXISTS it would look up each row.
    strays = f"(SELECT count(*) FROM given {joins} WHERE {nowhere}) > 0"  # noqa: S608 names of our own
    statements = [
        f"CREATE FUNCTION {table}_refers() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN IF {strays} THEN {refusing}; END IF; RETURN NULL; END $$",
        *(
            f"CREATE TRIGGER {table}_refers_{verb} AFTER {verb} ON {table} REFERENCING NEW TABLE AS given "
            f"FOR EACH STATEMENT EXECUTE FUNCTION {table}_refers()"
            for verb in ("insert", "update")
        ),
    ]
    for column, (other, key) in referred.items():
        name = f"{table}_{column}_held"
        named = f"EXISTS (SELECT FROM {table} WHERE {column} = OLD.{key})"
        statements += [
            f"ALTER TABLE {table} DROP CONSTRAINT fk_{table}_{column}_{other}",
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN IF {named} THEN {refusing}; END IF; RETURN NULL; END $$",
            f"CREATE TRIGGER {name} AFTER DELETE OR UPDATE OF {key} ON {other} FOR EACH ROW EXECUTE FUNCTION {name}()",
        ]
    for statement in statements:
        connection.execute(text(statement))


def refer_row_by_row(connection: Connection, table: str, referred: Mapping[str, tuple[str, str]]) -> None:
    """Gives a table its foreign keys back, as before `refer_in_sets`."""
    if connection.dialect.name == "sqlite":
        return
    statements = [f"DROP TRIGGER {table}_refers_{verb} ON {table}" for verb in ("insert", "update")]
    statements.append(f"DROP FUNCTION {table}_refers()")
    for column, (other, key) in referred.items():
        statements += [
            f"DROP TRIGGER {table}_{column}_held ON {other}",
            f"DROP FUNCTION {table}_{column}_held()",
            f"ALTER TABLE {table} ADD CONSTRAINT fk_{table}_{column}_{other} "
            f"FOREIGN KEY ({column}) REFERENCES {other} ({key})",
        ]
    for statement in statements:
        connection.execute(text(statement))

"""`flask db`: the migrations. They are imported as a command needs them: a server carries no migration tools."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from portal.db import db

database = AppGroup("db", help="Move the database along its migrations.")


@database.command("upgrade")
@click.argument("revision", default="head")
def upgrade(revision: str) -> None:
    """Bring the database up to REVISION (the newest)."""
    from portal import migrations

    migrations.upgrade(db.engine, revision)
    click.echo(f"The database stands at {migrations.current(db.engine)}.")


@database.command("downgrade")
@click.argument("revision")
def downgrade(revision: str) -> None:
    """Bring the database down to REVISION, or to `base`."""
    from portal import migrations

    migrations.downgrade(db.engine, revision)
    click.echo(f"The database stands at {migrations.current(db.engine) or 'base'}.")


@database.command("current")
def current() -> None:
    """Say where the database stands, and where the code is."""
    from portal import migrations

    click.echo(f"database {migrations.current(db.engine) or 'base'}, code {migrations.head()}")


COMMANDS = (database,)

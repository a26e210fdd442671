"""`flask audit`: the chain of events."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from portal.db import db
from portal.services import audit as service

audit = AppGroup("audit", help="Check the record of what was done.")


@audit.command("verify")
def verify() -> None:
    """Walk the chain of events and name the first broken entry."""
    walk = service.verify(db.session)
    if walk.broken:
        raise click.ClickException(walk.broken)
    click.echo(f"The chain is whole: {walk.events} events, head {walk.head}.")


COMMANDS = (audit,)

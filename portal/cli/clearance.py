"""`flask clearance`: requests for clearance that have waited for their set time."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from portal.cli.refusing import committing
from portal.http.context import system_act
from portal.services import clearance as service

clearance = AppGroup("clearance", help="Ask the other certifiers where a request has waited for its set time.")


@clearance.command("escalate")
def escalate() -> None:
    """Ask the other certifiers of each request that has waited; the worker does the same by itself."""
    with committing():
        count = service.escalate(system_act())
    click.echo(f"Requests whose other certifiers were asked: {count}")


COMMANDS = (clearance,)

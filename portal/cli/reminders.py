"""`flask reminders`: reminders of what was handed out, and of remarks."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from portal.cli.refusing import committing
from portal.http.context import system_act
from portal.services import reminders as service

reminders = AppGroup("reminders", help="Reminders of sections that were handed out, and of remarks.")


@reminders.command("send")
def send() -> None:
    """Send the reminders that are due now; the worker does the same once an hour."""
    with committing():
        count = service.send(system_act())
    click.echo(f"Reminders were sent of {count} hand-outs." if count != 1 else "A reminder was sent of 1 hand-out.")


@reminders.command("remarks")
def remarks() -> None:
    """Send the reminders of remarks that wait for an answer; the worker does the same once an hour."""
    with committing():
        count = service.send_of_remarks(system_act())
    click.echo("A reminder of remarks was sent." if count == 1 else f"Reminders of remarks that were sent: {count}.")


COMMANDS = (reminders,)

"""`flask reminders`: reminders of what was handed out, of remarks, and of requests for evidence."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from portal.cli.refusing import committing
from portal.http.context import system_act
from portal.services import reminders as service
from portal.services import requests

reminders = AppGroup("reminders", help="Reminders of what was handed out, of remarks, and of requests for evidence.")


@reminders.command("send")
def send() -> None:
    """Send the reminders that are due now; the worker does the same once an hour."""
    with committing():
        act = system_act()
        count, asked = service.send(act), requests.remind(act)
    click.echo(f"Reminders were sent of {count} hand-outs." if count != 1 else "A reminder was sent of 1 hand-out.")
    if asked:
        click.echo(f"Reminders were sent of {asked} requests." if asked != 1 else "A reminder was sent of 1 request.")


@reminders.command("remarks")
def remarks() -> None:
    """Send the reminders of remarks that wait for an answer; the worker does the same once an hour."""
    with committing():
        count = service.send_of_remarks(system_act())
    click.echo("A reminder of remarks was sent." if count == 1 else f"Reminders of remarks that were sent: {count}.")


COMMANDS = (reminders,)

"""`flask notices`: reminders of the cycle, and the outbox of mail."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from portal.cli.refusing import committing
from portal.http import mailing
from portal.http.context import settings, system_act
from portal.services import notices as service

notices = AppGroup("notices", help="Reminders of the cycle, and mail.")


@notices.command("remind")
def remind() -> None:
    """Send the reminders of the cycle that are due now; the worker does the same once an hour."""
    with committing():
        count = service.remind(system_act())
    click.echo("A reminder was sent to 1 entity." if count == 1 else f"Reminders were sent to {count} entities.")


@notices.command("send")
def send() -> None:
    """Send the mail that waits, once; the worker does the same every minute."""
    if not settings().mail_url:
        click.echo("No mail server is set (PORTAL_MAIL_URL): the inbox in the portal has all notices.")
        return
    done, missed = mailing.run()
    click.echo(f"Sent: {done}. Not sent, and tried again or given up: {missed}.")


COMMANDS = (notices,)

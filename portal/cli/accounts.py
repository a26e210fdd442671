"""`flask user` and `flask token`: accounts and API tokens."""

from __future__ import annotations

import secrets

import click
from flask.cli import AppGroup

from portal.cli.refusing import committing
from portal.http.context import system_act, wall_clock
from portal.rules.policy import ROLES
from portal.services import accounts

user = AppGroup("user", help="Open accounts and give roles.")
token = AppGroup("token", help="Issue API tokens.")


@user.command("add")
@click.argument("email")
@click.option("--role", required=True, type=click.Choice(ROLES))
@click.option("--entity", help="Three-letter code of the state, for roles of a state.")
@click.option("--name", help="How the person is shown.")
@click.option("--password", help="15 to 128 characters; without it one is made and printed once.")
def add(email: str, role: str, entity: str | None, name: str | None, password: str | None) -> None:
    """Open an account for EMAIL, or give an existing one a further role."""
    chosen = password or secrets.token_urlsafe(18)
    act = system_act()
    known = accounts.known(act, email)
    with committing():
        accounts.add(act, email, role, entity.upper() if entity else None, chosen, name)
    click.echo(f"{email} is {role}{f' of {entity.upper()}' if entity else ''}.")
    if password is None and not known:
        click.echo(f"Password, shown this once: {chosen}")


@token.command("issue")
@click.argument("email")
def issue(email: str) -> None:
    """Issue an API token for EMAIL; it is the last word printed, and shown this once."""
    with committing():
        secret = accounts.issue_token(system_act(at=wall_clock()), email)
    click.echo(f"Token of {email}, shown this once: {secret}")


COMMANDS = (user, token)

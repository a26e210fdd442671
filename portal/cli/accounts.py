"""`flask user` and `flask token`: accounts, roles and API tokens."""

from __future__ import annotations

import secrets

import click
from flask.cli import AppGroup

from portal.cli.refusing import committing
from portal.http.context import system_act, wall_clock
from portal.rules.policy import ROLES
from portal.services import accounts, colleagues

user = AppGroup("user", help="Open accounts, give roles and end them.")
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


@user.command("end")
@click.argument("email")
@click.option("--role", required=True, type=click.Choice(ROLES))
@click.option("--entity", help="Three-letter code of the state, for roles of a state.")
def end(email: str, role: str, entity: str | None) -> None:
    """End a role of EMAIL from the next request on; what the person wrote stays."""
    code = entity.upper() if entity else None
    with committing():
        colleagues.end_of(system_act(), email, role, code)
    click.echo(f"{email} is {role}{f' of {code}' if code else ''} no longer.")


@user.command("succeed")
@click.argument("old_email")
@click.argument("new_email")
@click.option("--entity", required=True, help="Three-letter code of the state.")
def succeed(old_email: str, new_email: str, entity: str) -> None:
    """Hand the focal point's role of OLD_EMAIL over to NEW_EMAIL, who gets an account where there is none."""
    chosen = secrets.token_urlsafe(18)
    act = system_act()
    known = accounts.known(act, new_email)
    with committing():
        colleagues.succeed(act, old_email, new_email, entity.upper(), chosen)
    click.echo(f"{new_email} is focal_point of {entity.upper()} in place of {old_email}.")
    if not known:
        click.echo(f"Password, shown this once: {chosen}")


@token.command("issue")
@click.argument("email")
def issue(email: str) -> None:
    """Issue an API token for EMAIL; it is the last word printed, and shown this once."""
    with committing():
        secret = accounts.issue_token(system_act(at=wall_clock()), email)
    click.echo(f"Token of {email}, shown this once: {secret}")


COMMANDS = (user, token)

"""`flask contributions`: a table of contributions of one partner to a call, with a report of every row."""

from __future__ import annotations

import uuid
from pathlib import Path

import click
from flask.cli import AppGroup

from portal.cli.refusing import committing
from portal.http.context import signer, system_act
from portal.queries import accounts
from portal.services.contribution_import import OUTCOMES, TITLES, Report, Wish, bring_in

group = AppGroup("contributions", help="Contributions of partners, channels c to f.")


@group.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--call", "call_id", type=click.UUID, required=True, help="The call for input, by its identifier.")
@click.option("--partner", "partner_id", type=click.UUID, required=True, help="The partner, by its identifier.")
@click.option("--as", "email", required=True, help="The address of a person who files for the partner.")
@click.option("--dry-run", is_flag=True, help="Say what would become of each row, and keep nothing.")
@click.option("--send", is_flag=True, help="Send each contribution in which nothing is missing.")
def bring(file: Path, call_id: uuid.UUID, partner_id: uuid.UUID, email: str, dry_run: bool, send: bool) -> None:
    """Bring the table FILE in (CSV, XLSX or XLS), one row a contribution, or JSON Lines, one object a contribution."""
    act = system_act()
    act.person = accounts.by_email(act.session, email)
    if act.person is None:
        raise click.ClickException(f"There is no account {email}.")
    with committing(), file.open("rb") as stream:
        _show(bring_in(act, stream, file.name, Wish(call_id, partner_id, dry_run, send), signer()))


def _show(report: Report) -> None:
    click.echo(f"{report.file_name}{': a dry run, nothing kept' if report.dry_run else ''}")
    for outcome in OUTCOMES:
        click.echo(f"  {report.count(outcome):>6,}  {TITLES[outcome].lower()}")
    click.echo(f"  {report.sent:>6,}  sent")
    for row in report.rows:
        sent = ", sent" if row.sent else ""
        click.echo(f"  row {row.row}: {TITLES[row.outcome].lower()}{sent}: {row.title}")
        for problem in row.problems:
            click.echo(f"      {problem.where}: {problem.sentence}" if problem.where else f"      {problem.sentence}")
        for remark in row.remarks:
            click.echo(f"      remark, {remark.where}: {remark.sentence}")


COMMANDS = (group,)

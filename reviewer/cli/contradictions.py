"""`flask contradictions`: lets the rules look at the evidence of a cycle, and tells how often each was right."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from portal.cli.refusing import committing
from portal.db import db
from portal.http.context import system_act
from portal.queries import cycles
from portal.rules.cases import RULES
from reviewer.queries import contradictions as queries
from reviewer.services import contradictions as service

group = AppGroup("contradictions", help="Find contradictions between channels.")


@group.command("find")
@click.option("--cycle", help="The key of a cycle; without it the newest.")
def find(cycle: str | None) -> None:
    """Raise a case for each contradiction that is not raised yet, and mark those whose ground went away."""
    with committing():
        act = system_act()
        key = cycle or cycles.current(act.session).key
        run = service.find_from_console(act, key)
    click.echo(f"Cycle {key}: {run.entities} entities with evidence.")
    for words, number in (
        ("new cases", run.new),
        ("held before and found again", run.again),
        ("of these with other figures now", run.moved),
        ("not found any more, marked as gone", run.gone),
    ):
        click.echo(f"  {number:>7,}  {words}")
    for tally in queries.rightness(db.session, key):
        right = "none decided" if tally.right is None else f"{tally.right:.0%} of those decided were contradictions"
        click.echo(f"  {tally.raised:>7,}  {RULES[tally.rule]} ({right})")


COMMANDS = (group,)

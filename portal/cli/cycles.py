"""`flask cycle`: opens reporting cycles."""

from __future__ import annotations

from pathlib import Path

import click
from flask.cli import AppGroup

from portal.cli.refusing import committing
from portal.http.context import system_act
from portal.rules.shipped import cycle_plan, entities
from portal.services import cycles as service

cycle = AppGroup("cycle", help="Open reporting cycles.")


@cycle.command("open")
@click.argument("key")
@click.option(
    "--calendar",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A calendar document; without it that of 2022-2026.",
)
@click.option("--edition", help="Another edition than the calendar names.")
def open_(key: str, calendar: Path | None, edition: str | None) -> None:
    """Open the cycle KEY by its calendar, and bring in the entities that are not there yet."""
    try:
        plan = cycle_plan(calendar)
    except (KeyError, ValueError) as fault:
        raise click.ClickException(f"The calendar cannot be read: {fault}.") from None
    if plan.key != key:
        raise click.ClickException(f"The calendar is of the cycle {plan.key}, not {key}; please give --calendar.")
    with committing():
        act = system_act()
        new = service.bring_in(act, entities())
        service.open_cycle(act, plan.key, plan.label, edition or plan.edition, plan.phases)
    click.echo(f"The cycle {plan.label} is open; {new} entities are new.")
    for phase in plan.phases:
        click.echo(
            f"  {phase.title}: closes at the end of {phase.closes} in the last time zone, "
            f"{phase.closes_at:%Y-%m-%d %H:%M} UTC"
        )


COMMANDS = (cycle,)

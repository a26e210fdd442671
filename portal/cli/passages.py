"""`flask passages`: cuts what was submitted before into passages, and reads attached files into them."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from portal.cli.refusing import committing
from portal.http.context import system_act
from portal.http.file_texts import read_waiting_file
from portal.services import passages as service

passages = AppGroup("passages", help="Passages of reports and contributions.")


@passages.command("cut")
def cut() -> None:
    """Cut every submitted version that has no passages yet, and read the attached files that wait."""
    with committing():
        made = service.cut_what_was_there(system_act())
    click.echo(f"Passages made of versions that had none: {made}.")
    while (told := read_waiting_file()) is not None:
        click.echo(f"{told.name}: {told.problem or told.passages}")


COMMANDS = (passages,)

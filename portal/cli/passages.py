"""`flask passages`: cuts what was submitted before into passages, lays its figures, gives the passages of contributions
their commitments and places, and reads attached files.
"""

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
    """Cut every submitted version that has no passages yet, lay its figures, give the passages of contributions their
    commitments and places, lay the words of all passages anew for the search, and read the attached files that wait.
    """
    with committing():
        act = system_act()
        laid, made = service.lay_what_was_there(act), service.cut_what_was_there(act)
        placed, worded = service.place_what_was_there(act), service.word_what_was_there(act)
    click.echo(f"Passages made of versions that had none: {made}.")
    click.echo(f"Figures laid of versions that had none: {laid}.")
    click.echo(f"Passages of contributions with other commitments or places than before: {placed}.")
    click.echo(f"Passages whose words were laid anew for the search: {worded}.")
    while (told := read_waiting_file()) is not None:
        click.echo(f"{told.name}: {told.problem or told.passages}")


COMMANDS = (passages,)

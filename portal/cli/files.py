"""`flask files`: looks at files that were laid down before files were looked at."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from portal.http.file_remarks import look_at_files

files = AppGroup("files", help="Files beside the questions of reports and contributions.")


@files.command("look")
def look() -> None:
    """Look at each file of which it is not known what it carries, and keep it for those who laid it there."""
    looked, left = 0, 0
    for name, found in look_at_files():
        if isinstance(found, str):
            left += 1
            click.echo(f"{name}: {found}")
        else:
            looked += 1
    click.echo(f"Files looked at: {looked}; not to be read now: {left}.")


COMMANDS = (files,)

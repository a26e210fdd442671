"""`flask guidelines`: checks and publishes editions."""

from __future__ import annotations

import json
from pathlib import Path

import click
from flask.cli import AppGroup

from forms.guideline import BadGuideline, Guideline, load
from portal.cli.refusing import committing
from portal.http.context import system_act
from portal.services import guidelines as service

guidelines = AppGroup("guidelines", help="Check and publish editions of the guidelines.")


def _read(file: Path) -> Guideline:
    try:
        return load(file)
    except BadGuideline as bad:
        lines = [f"{place}: {sentence}" for place, sentence in bad.problems]
        raise click.ClickException(f"{file.name} is not a whole edition:\n  " + "\n  ".join(lines)) from None


@guidelines.command("check")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def check(file: Path) -> None:
    """Read FILE and say what is wrong with it, by place."""
    found = _read(file)
    click.echo(
        f"{file.name} is a whole edition: {found.key}, "
        f"{len(found.sections)} sections, {len(found.questions)} questions."
    )


@guidelines.command("publish")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def publish(file: Path) -> None:
    """Check FILE and publish it; a published edition never changes."""
    edition = _read(file)
    with committing():
        new = service.publish(system_act(), json.loads(file.read_text("utf-8")))
    click.echo(f"{edition.key} is published." if new else f"{edition.key} was published before, with the same words.")


COMMANDS = (guidelines,)

"""`flask bundle`: synthesis bundles."""

from __future__ import annotations

from pathlib import Path

import click
from flask.cli import AppGroup

from portal.cli.refusing import committing
from portal.db import db
from portal.http.context import storage
from portal.services import bundles

bundle = AppGroup("bundle", help="Build synthesis bundles.")


@bundle.command("build")
@click.option("--cycle", required=True, help="Key of the cycle, such as 2026.")
@click.option(
    "--out", required=True, type=click.Path(dir_okay=False, writable=True, path_type=Path), help="The file to write."
)
def build(cycle: str, out: Path) -> None:
    """Build the bundle of a cycle into a file, whole or not at all."""
    with committing():
        built = bundles.write(db.session, storage(), cycle, out, lambda _done: None)
    click.echo(f"{out}: {built.size} bytes")
    click.echo(f"SHA-256  {built.sha256}")
    click.echo(f"manifest {built.manifest}")
    click.echo(f"Check it with: python -m portal.verify {out}")


COMMANDS = (bundle,)

"""`flask observations`: files of figures into channel b, with a table of what was read, taken and left out, and why."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import click
from flask.cli import AppGroup

from portal.adapters.tabular import open_book
from portal.adapters.tabular_layouts import Told
from portal.cli.refusing import FIRST_PLACES, committing
from portal.http.context import storage, system_act
from portal.queries.observations import OmissionRow, Reason
from portal.rules.datasets import REASONS
from portal.rules.mappings import ColumnPlan, read_mapping
from portal.rules.no_figures import MOST_PLACES
from portal.services import totals
from portal.services.observations import Reader, Sent, Taken, take_in_from_console

group = AppGroup("observations", help="Take files of figures into channel b.")


@group.command("import")
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--source", help="Who publishes: un_sdg, un_habitat, world_bank, owid, national:KAZ, or another name.")
@click.option("--edition", help="The edition, for example 'December 2023', where the file does not tell it.")
@click.option("--entity", help="Three-letter code of the country of a national file that does not tell it.")
@click.option(
    "--columns",
    "columns_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A JSON document that tells what the columns are, as `flask observations columns` proposes it.",
)
@click.option(
    "--indicator",
    "ties",
    multiple=True,
    metavar="SERIES=INDICATOR",
    help="To which indicator a series of the file is tied, such as 11-1-1=NUA-14; nothing after = for none.",
)
@click.option("--dry-run", is_flag=True, help="Read and compare, and keep nothing.")
@click.option("--all", "everything", is_flag=True, help="List everything left out, not only the first places.")
def import_files(
    files: tuple[Path, ...],
    source: str | None,
    edition: str | None,
    entity: str | None,
    columns_file: Path | None,
    ties: tuple[str, ...],
    dry_run: bool,
    everything: bool,
) -> None:
    """Take FILES in, each whole or not at all; a file that is refused does not hinder the others."""
    if wrong := next((one for one in ties if not one.rpartition("=")[0].strip()), None):
        raise click.BadParameter(f"“{wrong}” is none: please write SERIES=INDICATOR.", param_hint="--indicator")
    said = {series.strip(): code.strip() for series, _sign, code in (one.rpartition("=") for one in ties)}
    told = Told(source or "", edition or "", (entity or "").upper(), said)
    sent = Sent(_columns(columns_file) if columns_file else None)
    refused = 0
    for path in files:
        left: list[OmissionRow] = []
        try:
            taken = _take_in(path, told, sent, dry_run=dry_run, tell=left.append if everything else None)
        except click.ClickException as refusal:
            refused += 1
            click.echo(f"{path.name}: not taken in. {refusal.format_message()}", err=True)
            continue
        _show(taken, left if everything else None)
    if refused:
        raise click.ClickException(f"{refused} of {len(files)} files {'was' if refused == 1 else 'were'} not taken in.")


def _take_in(path: Path, told: Told, sent: Sent, *, dry_run: bool, tell: Callable[[OmissionRow], None] | None) -> Taken:
    """Takes one file in; a person at a terminal sees how much of it is read."""
    size, err = path.stat().st_size, sys.stderr
    most = MOST_PLACES if tell else FIRST_PLACES
    with committing(most), click.progressbar(length=size, label=path.name, file=err, hidden=not err.isatty()) as bar:
        return take_in_from_console(
            *(system_act(), storage(), path, path.name, told),
            sent=sent,
            dry_run=dry_run,
            tell=tell,
            watch=lambda done: bar.update(done - bar.pos),
        )


def _columns(path: Path) -> ColumnPlan:
    try:
        return read_mapping(json.loads(path.read_text("utf-8")))
    except (ValueError, AttributeError, TypeError) as error:
        raise click.ClickException(f"{path.name} does not tell what columns are: {error}") from error


@group.command("columns")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def propose_columns(file: Path) -> None:
    """Print what the columns of FILE seem to be, as a document to put right and to give to `import --columns`."""
    with committing(), file.open("rb") as stream:
        columns = Reader(system_act().session, Told()).columns_of(open_book(stream, file.name))
    if columns is None:
        click.echo("The layout of this file is known; no columns need to be told.")
    else:
        click.echo(json.dumps(columns.document(), ensure_ascii=False, indent=2))


@group.command("totals")
def make_totals() -> None:
    """Make every total by region and year anew: after the regions of entities were changed."""
    with committing():
        totals.rebuild(system_act().session)
    click.echo("The totals are made anew.")


def _show(taken: Taken, left: list[OmissionRow] | None) -> None:
    report = taken.report
    sheet = report.mapping.get("sheet")
    told = [report.layout, f"source {report.source}", f"edition {report.edition or 'not told'}"]
    told += [f"sheet {sheet}"] if sheet else []
    told += ["a dry run, nothing kept"] if taken.dry_run else []
    click.echo(f"{report.file_name}: {', '.join(told)}")
    counts = {
        "rows read": report.rows_read,
        "figures read": report.figures_read,
        "new": report.new,
        "revised": report.revised,
        "unchanged": report.unchanged,
        "left out": report.left_out,
        "held and not in this file": report.no_longer_given,
    }
    for words, count in counts.items():
        click.echo(f"  {count:>10,}  {words}")
    for reason in report.reasons:
        _show_reason(reason)
    for row in left or ():
        click.echo(f"    {row.place}: {row.sentence} {row.content}".rstrip())
    for note in taken.notes:
        click.echo(f"  {note}")


def _show_reason(reason: Reason) -> None:
    click.echo(f"  left out, {reason.figures:,}: {REASONS.get(reason.reason, reason.reason)}")
    for row in reason.examples:
        click.echo(f"      for example {row.place}: {row.content}")


COMMANDS = (group,)

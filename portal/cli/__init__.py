"""Commands, each a call of one service."""

from __future__ import annotations

from flask import Flask

from portal.cli import (
    accounts,
    audit,
    bundles,
    clearance,
    contributions,
    cycles,
    database,
    files,
    guidelines,
    notices,
    observations,
    passages,
    reminders,
)


def register(app: Flask) -> None:
    """Joins the commands to `flask`."""
    rooms = (
        database, accounts, guidelines, cycles, observations, contributions, clearance, bundles, passages, files,
        reminders, notices, audit,
    )  # fmt: skip
    for room in rooms:
        for command in room.COMMANDS:
            app.cli.add_command(command)

"""Commands, each a call of one service."""

from __future__ import annotations

from flask import Flask

from portal.cli import (
    accounts,
    audit,
    bundles,
    clearance,
    cycles,
    database,
    guidelines,
    notices,
    observations,
    reminders,
)


def register(app: Flask) -> None:
    """Joins the commands to `flask`."""
    for room in (database, accounts, guidelines, cycles, observations, clearance, bundles, reminders, notices, audit):
        for command in room.COMMANDS:
            app.cli.add_command(command)

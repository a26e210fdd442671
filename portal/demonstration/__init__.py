"""Demonstration data: the 2022-2026 cycle on a set date, people of every role, and invented entities with reports
in every state.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import click
from flask.cli import with_appcontext

from forms.guideline import shipped
from portal.adapters.storage import Storage
from portal.demonstration import evidence, reports, time
from portal.demonstration.cast import OF_A_STATE, REAL_STATES, TEAM, Account, accounts_of, address, material, moment
from portal.http.context import commit, settings, storage, system_act
from portal.queries import accounts as people
from portal.rules.shipped import CyclePlan, cycle_plan, entities
from portal.services import accounts, cycles, guidelines
from portal.services.act import Act

BEFORE = dt.timedelta(days=1461)
"""From one cycle to the next: four years."""
PASSWORD = "demonstration only"  # noqa: S105 - printed for everyone, works on demonstration data alone


def furnish(act: Act, files: Storage) -> list[Account]:
    """Brings the whole demonstration into an empty portal; the act's moment is moved along the story, never
    beyond the set day.
    """
    given = material()
    act.at = moment(0)
    cycles.bring_in(act, entities())
    cycles.bring_in(act, [_entity(given, row) for row in given["entities"]])
    for path in shipped().values():
        guidelines.publish(act, json.loads(path.read_text("utf-8")))
    plan = cycle_plan()
    cycles.open_cycle(act, plan.key, plan.label, plan.edition, plan.phases)
    everyone = accounts_of(given)
    for account in everyone:
        name = account.email.split("@")[0].replace(".", " ")
        accounts.add(act, account.email, account.role, account.entity, PASSWORD, name)
    act.session.flush()
    _earlier(act, files, given, plan)
    evidence.figures(act, files, given["figures"])
    evidence.look_at(act, files)
    for position, wanted in enumerate(given["reports"]):
        reports.report(act, files, given, wanted, plan.key, position)
    reports.practice_report(act, files, given, given["practice"])
    time.ask_for_time(act, given["time"], plan.key)
    evidence.contribute(act, given["contributions"])
    evidence.code(act, plan.key)
    evidence.contradict(act, plan.key)
    evidence.request(act, plan.key)
    evidence.profile(act)
    evidence.synthesise(act, files, given, plan.key)
    time.deliver(act, given["time"], plan.key)
    return everyone


def _earlier(act: Act, files: Storage, given: Mapping[str, Any], plan: CyclePlan) -> None:
    """A state that has not begun its report had one in the cycle before, which was accepted: it can begin there."""
    told = given["earlier"]
    act.at = moment(0) - BEFORE
    phases = [replace(one, opens=one.opens - BEFORE, closes=one.closes - BEFORE) for one in plan.phases]
    cycles.open_cycle(act, told["cycle"], told["label"], plan.edition, phases)
    reports.report(act, files, given, told["report"], told["cycle"], 0, before=BEFORE)
    act.at = moment(0)


def _entity(given: Mapping[str, Any], row: Mapping[str, str]) -> dict[str, Any]:
    names = {language: text.format(letter=row["letter"]) for language, text in given["names"].items()}
    told = {key: row[key] for key in ("iso3", "region", "regional_group", "commissions")}
    flags = {"ldc": False, "lldc": False, "sids": False}
    rest = {"iso2": "", "m49": "", "status": "demonstration", "names": names, "name_en": names["en"]}
    return told | flags | rest | {"note": "Invented for the demonstration."}


@click.command("demo")
@with_appcontext
def demo() -> None:
    """Bring the demonstration data into an empty portal, once; the portal must run on a set day (PORTAL_CLOCK)."""
    if settings().clock is None:
        raise click.ClickException(
            "Demonstration data belong to a portal that runs on a set day: "
            "please set PORTAL_CLOCK, for example 2025-06-16."
        )
    act = system_act()
    if people.by_email(act.session, address("administrator")) is not None:
        click.echo("The demonstration data are there already; nothing was changed.")
        return
    furnish(act, storage())
    commit()
    click.echo("The demonstration data are there.")


@click.command("accounts")
@with_appcontext
def list_accounts() -> None:
    """Print the demonstration accounts, when this portal holds the demonstration."""
    given = material()
    states = {report["entity"]: report["state"].replace("_", " ") for report in given["reports"]}
    click.echo(f"Demonstration accounts, all with the password: {PASSWORD}")
    for role in TEAM:
        click.echo(f"  {address(role)}")
    for state in (*REAL_STATES, *(entity["iso3"] for entity in given["entities"])):
        people_of = "  ".join(address(role, state) for role in OF_A_STATE)
        click.echo(f"  {people_of}  {states.get(state, 'no report yet')}")


COMMANDS = (demo, list_accounts)

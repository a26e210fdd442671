"""One place from which every step is taken, by page and by API alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, cast

from flask import Flask, current_app

from portal.http.context import signer
from portal.models.reports import Report
from portal.rules.lifecycle import STEPS
from portal.services import clearance, steps, submission
from portal.services.act import Act
from portal.services.steps import Order

Taker = Callable[[Act, Report, Order], Any]
EXTENSION = "portal.steps"

OF_THE_STATE: Mapping[str, Taker] = {
    "ask": clearance.ask,
    "recall": clearance.recall,
    "decline": clearance.decline,
    "submit": lambda act, report, order: submission.submit(act, report, order, signer()),
    "consent": steps.consent,
    "withdraw": steps.withdraw,
    "reopen": steps.reopen,
}


def install(app: Flask, of_the_team: Mapping[str, Taker]) -> None:
    """Joins the steps of the state and of the reporting team; every step of the lifecycle must have its taker."""
    takers = {**OF_THE_STATE, **of_the_team}
    left = set(STEPS) ^ set(takers)
    if left:
        raise RuntimeError(f"steps without a taker, or takers without a step: {', '.join(sorted(left))}")
    app.extensions[EXTENSION] = takers


def take(act: Act, report: Report, name: str, order: Order) -> None:
    """Takes the step with this name; Missing when there is none."""
    step = steps.step_named(name)
    takers = cast("dict[str, Taker]", current_app.extensions[EXTENSION])
    takers[step.name](act, report, order)

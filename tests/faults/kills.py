"""kill -9 of the whole server at random moments: nothing acknowledged may be lost, nothing may be there twice."""

from __future__ import annotations

import random
import statistics
import tempfile
import threading
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from portal.db import db
from tests.faults import verdict as court
from tests.faults.clients import Client, Saver, Submitter, Writer
from tests.faults.journal import Journal, Step
from tests.faults.mutants import MUTANTS, SERVED
from tests.faults.server import PORTAL, Caller, Place, Server, database
from tests.faults.stage import QUESTIONS, Stage, build

SHORTEST, LONGEST = 0.02, 0.9
WARM, WARM_SECONDS = 4, 15.0
REPEATED = 200


def run(*, n: int = 40, kind: str = "sqlite", seed: int | None = None, mutant: str | None = None) -> dict[str, Any]:
    """Kills n times and judges; `good` tells whether the portal kept its word."""
    seed = random.randrange(1 << 32) if seed is None else seed
    with tempfile.TemporaryDirectory(prefix="portal-faults-") as folder, database(kind, Path(folder)) as url:
        place = Place(Path(folder), url)
        stage, journal = build(place), Journal()
        environment = place.environment | ({MUTANTS: mutant} if mutant else {})
        server = Server(environment, workers=1 if kind == "sqlite" else 2, what=SERVED if mutant else PORTAL)
        try:
            starts = _kill_again_and_again(server, stage, journal, n, random.Random(seed))
            differing = _repeat(server, journal.steps)
        finally:
            server.kill()
        with place.application():
            verdict = court.judge(db.session, journal)
        verdict.replies += differing
    return {
        "group": "kills", "database": kind, "mutant": mutant, "seed": seed, "kills": n,
        "acknowledged saves": len(journal.acknowledged()), "acknowledged submissions": len(journal.submitted()),
        "requests cut": journal.broken, "honest conflicts": journal.conflicts, "events": verdict.events,
        **verdict.counts(), "restart p50 s": round(statistics.median(starts), 2),
        "examples": verdict.examples(), "good": verdict.good,
    }  # fmt: skip


def _kill_again_and_again(server: Server, stage: Stage, journal: Journal, n: int, dice: random.Random) -> list[float]:
    ended = threading.Event()
    starts = [server.start()]
    clients = list(_clients(server, stage, journal, ended))
    for client in clients:
        client.start()
    try:
        for _ in range(n):
            _at_work_again(journal)
            time.sleep(dice.uniform(SHORTEST, LONGEST))
            server.kill()
            starts.append(server.start())
        _at_work_again(journal)
    finally:
        ended.set()
        for client in clients:
            client.join(timeout=60)
    return starts[1:] or starts


def _at_work_again(journal: Journal) -> None:
    """Waits until the portal has acknowledged a few requests more."""
    before, began = journal.answers, time.monotonic()
    while journal.answers < before + WARM and time.monotonic() - began < WARM_SECONDS:
        time.sleep(0.005)


def _clients(server: Server, stage: Stage, journal: Journal, ended: threading.Event) -> Iterable[Client]:
    """One writer by page and one by API on answers of their own, three upon one and the same answer, and submitters."""
    first, second, third = stage.writing
    own, shared, other = QUESTIONS
    yield Writer(server, journal, None, ended, first.report, own, email=first.email, password=stage.password)
    yield Saver(server, journal, second.focal_point, ended, second.report, other)
    for token in (third.focal_point, third.contributor, third.focal_point):
        yield Saver(server, journal, token, ended, third.report, shared)
    for part in stage.submitting:
        yield Submitter(server, journal, part.focal_point, ended, part.report, shared, certifier=part.certifier)


def _repeat(server: Server, steps: list[Step]) -> list[str]:
    """Sends acknowledged steps once more under their keys; each must be answered with the same bytes."""
    caller, differing = Caller(server), []
    for step in [step for step in steps if step.answer is not None][-REPEATED:]:
        status, answer = caller.send("POST", step.address, step.order, step.headers)
        if status != 200 or answer != step.answer:
            differing.append(f"step {step.name} under its own key again: {status}")
    return differing

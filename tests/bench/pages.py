"""Measures pages: the portal and the floor in turn, each request after the other, then eight clients at once."""

from __future__ import annotations

import gzip
import json
import math
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from argon2 import PasswordHasher
from sqlalchemy import event

from portal.db import db
from portal.services.accounts import HASHER, normal_password
from tests.bench import growth
from tests.bench.client import Connection
from tests.bench.data import PARTS, RECEIVED, Facts
from tests.bench.files import memory
from tests.bench.floor import CONTROLS, DATABASE, FILES
from tests.bench.goals import Row
from tests.bench.visitors import Inside, OnFloor, OnPortal, Unexpected, Visitor, rows
from tests.faults.server import Place, Server

CLIENTS = 8
TIMED = {"P7": "login_page", "P3": "edit", "P4": "save", "P5": "autosave", "P1": "queue", "P6": "review"}
LOADED = {"P8 queue": "queue", "P8 edit": "edit", "P8 save": "save", "P8 review": "review"}
COUNTED = {"P2": "queue", "P3 SQL": "edit", "P4 SQL": "save", "P5 SQL": "autosave", "P6 SQL": "review"}
MEAN = ("P7", "P3", "P4", "P1", "P6")


@dataclass(frozen=True)
class Effort:
    """How long to measure."""

    requests: int = 41
    tables: int = 5
    rounds: int = 3
    seconds: float = 1.5


@dataclass
class Sides:
    """Both servers at work, and a visitor of each."""

    portal: Server
    floor: Server
    facts: Facts

    def visitors(self, number: int = 0) -> tuple[OnPortal, OnFloor]:
        """A fresh visitor of each side, not logged in."""
        return (
            OnPortal(Connection(self.portal.port), self.facts, number),
            OnFloor(Connection(self.floor.port), self.facts, number),
        )


def statements(place: Place, facts: Facts) -> tuple[list[Row], dict[str, int]]:
    """What each page asks of the database, counted inside this process; and the controls that the form has."""
    asked: list[str] = []
    with place.application() as app:
        engine = db.engine
    event.listen(engine, "before_cursor_execute", lambda _c, _cursor, statement, *_rest: asked.append(statement))
    visitor = OnPortal(Inside(app), facts)
    controls = visitor.prepare().counts
    found = []
    for key, name in COUNTED.items():
        getattr(visitor, name)()
        asked.clear()
        getattr(visitor, name)()
        found.append(Row(key, sum(not statement.startswith("BEGIN") for statement in asked)))
    engine.dispose()
    return found, controls


def measure(place: Place, facts: Facts, floor_url: str, controls: dict[str, int], effort: Effort) -> Iterator[Row]:
    """Everything that is measured through the two servers."""
    bare = {DATABASE: floor_url, CONTROLS: json.dumps(controls), FILES: str(place.folder / PARTS)}
    with ExitStack() as stack:
        portal = stack.enter_context(Server(place.environment).running())
        floor = stack.enter_context(Server(bare, what="tests.bench.floor_wsgi:app").running())
        sides = Sides(portal, floor, facts)
        ours, theirs = sides.visitors()
        _same_content(ours, theirs)
        yield from _one_client(ours, theirs, effort)
        yield from _eight_clients(sides, ours, theirs, effort)
        yield from _draw(portal.worker(), ours, theirs, effort)
        yield Row("P13", _pss(portal.worker()), _pss(floor.worker()))
        yield from growth.measure(place, facts, ours, theirs, effort.requests)


def _same_content(ours: OnPortal, theirs: OnFloor) -> None:
    """The pages of both sides hold the same: as many controls, 193 rows, every figure. Else nothing is measured."""
    if (found := ours.prepare().counts) != (wanted := theirs.prepare().counts):
        raise Unexpected(f"the forms differ: {found} and {wanted}")
    for visitor in (ours, theirs):
        if rows(visitor.queue().body) != RECEIVED:
            raise Unexpected(f"the queue of {type(visitor).__name__} has not {RECEIVED} rows")
    lines = [visitor.table().body.count(b"\r\n") for visitor in (ours, theirs)]
    if set(lines) != {ours.facts.figures + 1}:
        raise Unexpected(f"the tables differ: {lines} lines")
    sources = [visitor.review().body.count(b"Statistics office") for visitor in (ours, theirs)]
    if sources[0] != sources[1] or not sources[0]:
        raise Unexpected(f"the figures on the review pages differ: {sources}")


def _one_client(ours: OnPortal, theirs: OnFloor, effort: Effort) -> Iterator[Row]:
    taken: dict[str, tuple[list[float], list[float]]] = {key: ([], []) for key in (*TIMED, "P10", "P7 POST")}
    for _ in range(3):
        for name in TIMED.values():
            getattr(ours, name)(), getattr(theirs, name)()
    for _ in range(effort.requests):
        for key, name in TIMED.items():
            _take_turns(getattr(ours, name), getattr(theirs, name), taken[key])
    for _ in range(effort.tables):
        _take_turns(ours.table, theirs.table, taken["P10"])
    check = _verify(ours.facts.password)
    for _ in range(effort.requests):
        ours.open_door()
        _take_turns(ours.log_in, check, taken["P7 POST"])
    middle = {key: (statistics.median(a), statistics.median(b)) for key, (a, b) in taken.items()}
    for key in ("P1", "P3", "P4", "P5", "P6", "P7", "P7 POST"):
        yield Row(key, *middle[key])
    yield Row("P5 p95", *(sorted(side)[int(len(side) * 0.95)] for side in taken["P5"]))
    yield Row("P9", *(math.exp(statistics.fmean(math.log(middle[key][side]) for key in MEAN)) for side in (0, 1)))
    sizes = [len(visitor.table().body) / 1e6 for visitor in (ours, theirs)]
    yield Row("P10", middle["P10"][0] / sizes[0], middle["P10"][1] / sizes[1])
    yield Row("P14", *(len(gzip.compress(visitor.queue().body, 6)) for visitor in (ours, theirs)))


def _take_turns(
    ours: Callable[[], object], theirs: Callable[[], object], taken: tuple[list[float], list[float]]
) -> None:
    """One request to each side, in milliseconds."""
    for ask, held in zip((ours, theirs), taken, strict=True):
        began = time.perf_counter()
        ask()
        held.append((time.perf_counter() - began) * 1000)


def _verify(password: str) -> Callable[[], object]:
    """One verification of a password with the portal's own parameters."""
    hashed = HASHER.hash(normal_password(password))
    hasher: PasswordHasher = HASHER
    return lambda: hasher.verify(hashed, password)


def _eight_clients(sides: Sides, ours: OnPortal, theirs: OnFloor, effort: Effort) -> Iterator[Row]:
    """Requests a second of eight clients who each ask again as soon as they are answered: the median of the rounds."""
    crews: tuple[list[Visitor], list[Visitor]] = ([], [])
    for number in range(CLIENTS):
        for crew, known, fresh in zip(crews, (ours, theirs), sides.visitors(number), strict=True):
            fresh.writing, fresh.reviewing = known.writing, known.reviewing
            fresh.read()
            crew.append(fresh)
    for key, name in LOADED.items():
        reached: tuple[list[float], list[float]] = ([], [])
        for _ in range(effort.rounds):
            for crew, held in zip(crews, reached, strict=True):
                held.append(_load(crew, name, effort.seconds))
        yield Row(key, statistics.median(reached[0]), statistics.median(reached[1]))


def _load(crew: list[Visitor], name: str, seconds: float) -> float:
    """Runs all clients for a while, waits until the last of them is answered, and gives requests a second."""
    answered, faults = [0] * len(crew), []
    begin = threading.Barrier(len(crew) + 1)
    ended = threading.Event()

    def work(number: int) -> None:
        ask = getattr(crew[number], name)
        begin.wait()
        try:
            while not ended.is_set():
                ask()
                answered[number] += 1
        except Exception as fault:
            faults.append(fault)

    threads = [threading.Thread(target=work, args=(number,), daemon=True) for number in range(len(crew))]
    for thread in threads:
        thread.start()
    begin.wait()
    began = time.perf_counter()
    time.sleep(seconds)
    ended.set()
    for thread in threads:
        thread.join()
    if faults:
        raise faults[0]
    return sum(answered) / (time.perf_counter() - began)


def _draw(worker: int, ours: OnPortal, theirs: OnFloor, effort: Effort) -> Iterator[Row]:
    """The same bytes as a bundle that is ready, and as a ZIP that the floor makes on the way."""
    taken: tuple[list[float], list[float]] = ([], [])
    size = len(theirs.bundle().body) / (1 << 20)
    Path(f"/proc/{worker}/clear_refs").write_text("5", "ascii")
    before = memory(worker, "VmRSS")
    for _ in range(effort.tables):
        _take_turns(ours.bundle, theirs.bundle, taken)
    yield Row("P11", *(size * 1000 / statistics.median(side) for side in taken))
    yield Row("P11 web", memory(worker, "VmHWM") - before)


def _pss(process: int) -> float:
    """The proportional memory of a process in MiB."""
    lines = Path(f"/proc/{process}/smaps_rollup").read_text("ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024

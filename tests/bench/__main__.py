"""`python -m tests.bench`: the portal beside a bare floor in one run, one table. Quote ratios, not milliseconds."""

from __future__ import annotations

import argparse
import json
import logging
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.bench import files, pages
from tests.bench.data import furnish, furnish_floor
from tests.bench.goals import Row, table
from tests.bench.pages import Effort
from tests.faults.server import Place

QUICK = Effort(requests=11, tables=2, rounds=1, seconds=0.7)


def main() -> int:
    """Measures, prints the table and the JSON. The exit code says that it ran, not that every goal is met."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description="The portal beside its floor.")
    parser.add_argument("--quick", action="store_true", help="a minute instead of several; figures are rough")
    parser.add_argument("--json", type=Path, help="writes the figures into this file instead of below the table")
    given = parser.parse_args()
    logging.disable(logging.INFO)
    with tempfile.TemporaryDirectory(prefix="portal-bench-") as folder:
        rows = list(_measure(Path(folder), quick=given.quick))
    print(table(rows))
    missed = [row.key for row in rows if row.verdict == "misses must"]
    print(f"misses must: {', '.join(missed)}" if missed else "every must is met")
    told = json.dumps([row.told() for row in rows])
    if given.json:
        given.json.write_text(told + "\n", "utf-8")
    else:
        print(told)
    return 0


def _measure(folder: Path, *, quick: bool) -> Iterator[Row]:
    place, floor_url = Place(folder, f"sqlite:///{folder / 'portal.db'}"), f"sqlite:///{folder / 'floor.db'}"
    facts = furnish(place, figures=5_000 if quick else 20_000, mebibytes=20 if quick else 60)
    furnish_floor(place, facts, floor_url)
    pages.statements(place, facts)  # a section that was saved once tells when; it is counted as it stands from then on
    counted, controls = pages.statements(place, facts)
    yield from counted
    yield from pages.measure(place, facts, floor_url, controls, QUICK if quick else Effort())
    many, _controls = pages.statements(place, facts)
    yield Row("P15 SQL", sum(abs(one.portal - other.portal) for one, other in zip(many, counted, strict=True)))
    yield from files.measure(folder, files.Amount(rows=100_000, mebibytes=40, repeats=1) if quick else files.Amount())


if __name__ == "__main__":
    sys.exit(main())

"""`python -m tests.faults [group]`: runs fault tests, prints a table and JSON; exit code 1 when anything was amiss."""

from __future__ import annotations

import argparse
import json
import sys
from typing import Any

from tests.faults import kills, settings, windows
from tests.faults.mutants import PLANTED
from tests.journeys.chromium import chromium

GROUPS = ("kills", "settings", "windows")
KILLS, WINDOWS = 40, 50


def main() -> int:
    """Runs the group asked for; all when none is."""
    given = _arguments()
    results = []
    if given.group in (None, "settings"):
        results.append(
            settings.run(kind=given.database, mutant=settings.MUTANT if given.mutant == settings.MUTANT else None)
        )
    if given.group in (None, "kills"):
        planted = given.mutant if given.mutant in PLANTED else None
        results.append(kills.run(n=given.n or KILLS, kind=given.database, seed=given.seed, mutant=planted))
    if given.group in (None, "windows"):
        forgetful = given.mutant if given.mutant == windows.MUTANT else None
        if chromium() is None:
            print("Chromium is not installed here: the kills of a browser are left out.\n")
        else:
            results.append(windows.run(n=given.n or WINDOWS, seed=given.seed, mutant=forgetful))
    for result in results:
        _print(result)
    print(json.dumps(results, ensure_ascii=False))
    return 0 if all(result["good"] for result in results) else 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description="Fault tests of the portal.")
    parser.add_argument("group", nargs="?", choices=GROUPS)
    parser.add_argument("--n", type=int, help="how many times the server, or the browser, is killed")
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--seed", type=int, help="repeats the moments of an earlier run")
    parser.add_argument(
        "--mutant",
        choices=(*PLANTED, settings.MUTANT, windows.MUTANT),
        help="plants a fault, which must turn the test red",
    )
    return parser.parse_args()


def _print(result: dict[str, Any]) -> None:
    width = max(len(name) for name in result)
    for name, value in result.items():
        if name != "examples":
            print(f"{name:<{width}}  {'' if value is None else value}")
    for example in result["examples"]:
        print(f"  {example}")
    print("GREEN\n" if result["good"] else "RED\n")


if __name__ == "__main__":
    sys.exit(main())

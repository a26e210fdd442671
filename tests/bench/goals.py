"""The goals as figures, and the one table that sets what was measured against them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from typing import Any


@dataclass(frozen=True)
class Goal:
    """What must hold and what is aimed for; `least` when a greater figure is the better one."""

    key: str
    what: str
    must: float
    goal: float
    least: bool = False


GOALS = {
    goal.key: goal
    for goal in (
        Goal("P1", "queue, 193 rows, p50", 2.0, 1.5),
        Goal("P2", "queue, SQL statements", 8, 5),
        Goal("P3", "section as a form, p50", 2.5, 1.8),
        Goal("P3 SQL", "section as a form, SQL statements", 8, 8),
        Goal("P4", "save of a section, p50", 2.5, 1.8),
        Goal("P4 SQL", "save of a section, SQL statements", 12, 12),
        Goal("P5", "autosave of an answer, p50", 2.0, 1.5),
        Goal("P5 p95", "autosave of an answer, p95", 2.5, 2.0),
        Goal("P5 SQL", "autosave of an answer, SQL statements", 6, 6),
        Goal("P6", "review of a whole report, p50", 2.5, 1.8),
        Goal("P6 SQL", "review of a whole report, SQL statements", 12, 12),
        Goal("P7", "log-in page, p50", 3.0, 2.5),
        Goal("P7 POST", "log-in, beside one argon2 verify", 1.5, 1.2),
        Goal("P8 queue", "queue, requests/s of 8 clients", 0.45, 0.6, least=True),
        Goal("P8 edit", "section as a form, requests/s of 8 clients", 0.45, 0.6, least=True),
        Goal("P8 save", "save of a section, requests/s of 8 clients", 0.45, 0.6, least=True),
        Goal("P8 review", "review, requests/s of 8 clients", 0.45, 0.6, least=True),
        Goal("P9", "geometric mean of log-in page, form, save, queue, review", 2.2, 1.7),
        Goal("P10", "CSV of every figure, ms per MB", 2.0, 1.3),
        Goal("P11", "bundle drawn over HTTP, MiB/s", 0.6, 0.8, least=True),
        Goal("P11 web", "bundle drawn over HTTP, growth of the worker in MiB", 16, 16),
        Goal("P11 build", "bundle built, MiB/s beside a bare hashed ZIP", 0.6, 0.8, least=True),
        Goal("P11 zip", "bundle built, MiB/s beside `zip -0 -r - | cat`", 0.8, 1.0, least=True),
        Goal("P11 RSS", "bundle built, growth of memory in MiB", 16, 16),
        Goal("P12", "file taken in, MiB/s beside SHA-256 alone", 0.5, 0.7, least=True),
        Goal("P12 RSS", "file taken in, growth of memory in MiB", 16, 16),
        Goal("P13", "memory of the worker after load, PSS MiB", 2.0, 1.5),
        Goal("P14", "queue page, gzipped bytes of HTML", 1.5, 1.5),
        Goal("P1 965", "queue, 193 rows of 965 reports, p50", 2.0, 1.5),
        Goal("P6 965", "review of a whole report among 965, p50", 2.5, 1.8),
        Goal("P15 queue", "queue among 965 reports beside 193", 1.25, 1.10),
        Goal("P15 edit", "section as a form among 965 reports beside 193", 1.25, 1.10),
        Goal("P15 review", "review of a whole report among 965 beside 193", 1.25, 1.10),
        Goal("P15 SQL", "statements more of these pages among 965 reports", 0, 0),
        Goal("P16", "one more row of the queue, microseconds", 2.0, 1.5),
        Goal("P17", "import of figures, s beside csv > executemany", 5.0, 3.0),
        Goal("P17 real", "import of a real file, s beside csv > executemany", 5.0, 3.0),
        Goal("P17 RSS", "import of figures, growth of memory in MiB", 100, 100),
        Goal("P18", "all totals anew, s beside the same GROUP BY alone", 2.0, 1.2),
        Goal("P19", "tile from the totals, p50 beside its bare row", 3.0, 2.0),
        Goal("P19 all", "its 210 breakdowns, p50 beside their bare rows", 3.0, 2.0),
        Goal("P19 rows", "tile from the totals, reads of observations", 0, 0),
        Goal("matrix", "evidence matrix page, ms beside its statements alone", 3.0, 2.0),
        Goal("P20", "totals after 1000 more rows, s beside all totals anew", 0.2, 0.05),
    )
}
BULK = ("P17", "P17 RSS", "P18", "P20", "matrix")
GOALS |= {f"{key} pg": replace(GOALS[key], key=f"{key} pg", what=f"PostgreSQL: {GOALS[key].what}") for key in BULK}
GOALS["P17 pg keyed"] = Goal("P17 pg keyed", "PostgreSQL: the same, s beside the same work in plain SQL", 2.0, 1.5)
GOALS["P17 pg"] = replace(GOALS["P17 pg"], what="PostgreSQL: import of figures, s beside COPY")


@dataclass(frozen=True)
class Row:
    """One measured goal. Without a floor the figure itself is what counts."""

    key: str
    portal: float
    floor: float | None = None

    @property
    def goal(self) -> Goal:
        """What this row is set against."""
        return GOALS[self.key]

    @property
    def figure(self) -> float:
        """The ratio to the floor, or the figure where there is none."""
        return self.portal if self.floor is None else self.portal / self.floor if self.floor else float("inf")

    @property
    def verdict(self) -> str:
        """`ok` (goal met), `must met`, or `misses must`."""

        def met(limit: float) -> bool:
            return self.figure >= limit if self.goal.least else self.figure <= limit

        return "ok" if met(self.goal.goal) else "must met" if met(self.goal.must) else "misses must"

    def told(self) -> dict[str, Any]:
        """The row as JSON has it."""
        return asdict(self.goal) | {
            "floor": self.floor,
            "portal": self.portal,
            "figure": self.figure,
            "verdict": self.verdict,
        }


def table(rows: Iterable[Row]) -> str:
    """All rows as one table."""
    lines = [f"{'goal':<10} {'what':<72} {'floor':>10} {'portal':>10} {'ratio':>7} {'must':>8} {'aim':>8}  verdict"]
    for row in rows:
        sign = ">=" if row.goal.least else "<="
        floor = "" if row.floor is None else f"{row.floor:.1f}"
        ratio = "" if row.floor is None else f"{row.figure:.2f}"
        limits = f"{sign} {row.goal.must:<5g} {sign} {row.goal.goal:<5g}"
        lines.append(
            f"{row.key:<10} {row.goal.what:<72} {floor:>10} {row.portal:>10.1f} {ratio:>7} {limits:>17}  {row.verdict}"
        )
    return "\n".join(lines)

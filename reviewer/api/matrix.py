"""The evidence matrix for programs."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from marshmallow import fields

from portal.api.calls import Calls
from portal.api.cursors import portion
from portal.api.shapes import Given, Paging, key_text, page_of, words
from portal.queries import cycles
from portal.rules import crosswalk
from portal.rules.coverage import Coverage, say
from portal.rules.policy import may
from portal.services.act import Act
from reviewer.queries import matrix as queries
from reviewer.queries.matrix import Evidence
from reviewer.rules.matrix import CHANNELS, FIGURES, NOTHING, Place

calls = Calls("Evidence matrix", __name__, "How much evidence there is, by commitment, channel and region.")


class Reach(Given):
    """How many states of a region ("" for the world) reported. `late` counts reports received after the synthesis
    cut-off, `profiled` and `agreed` desk profiles, `invented` and `invented_late` demonstration entities; they are in
    no other number. `sentence` says it in words."""

    region = fields.String()
    reported = fields.Integer()
    of = fields.Integer()
    profiled = fields.Integer()
    agreed = fields.Integer()
    invented = fields.Integer()
    late = fields.Integer()
    invented_late = fields.Integer()
    sentence = fields.String()


class Cell(Given):
    """A cell; region "" is what is of no region, and has no `of_states`; a passage of several regions is in each.
    `passages` are those of texts, `passages_of_files` those of attached files; `sources` counts the states and partners
    that tell them, null of key indicators.
    `states_at_least` says that there may be more `states`. `mean_age` is in years, null of nothing;
    `open_contradictions`, and `standing_contradictions`, which were settled as unresolved or as both standing, are null
    for who may not read them. `late_passages`, `late_passages_of_files` and `late_figures` stand in reports
    received after the synthesis cut-off, which cannot be cited; they are in no other number."""

    commitment = fields.String()
    title = fields.String()
    channel = fields.String()
    region = fields.String()
    passages = fields.Integer()
    passages_of_files = fields.Integer()
    figures = fields.Integer()
    sources = fields.Integer(allow_none=True)
    states = fields.Integer()
    states_at_least = fields.Boolean()
    of_states = fields.Integer(allow_none=True)
    mean_age = fields.Float(allow_none=True)
    open_contradictions = fields.Integer(allow_none=True)
    standing_contradictions = fields.Integer(allow_none=True)
    late_passages = fields.Integer()
    late_passages_of_files = fields.Integer()
    late_figures = fields.Integer()


class MatrixPage(page_of(Cell)):  # type: ignore[misc]
    """The cells, those that hold nothing too, and the coverage of the world and of each region."""

    cycle = fields.String()
    coverage = fields.List(fields.Nested(Reach))


class Which(Paging):
    """Which cells are asked for; without a cycle those of the newest."""

    cycle = key_text()
    commitment = words(20)
    channel = words(1)
    region = words(100)


@calls.call("GET", "/matrix", "evidence:read", query=Which, gives=MatrixPage, refuses=[404])
def read_matrix(act: Act, which: dict[str, Any]) -> dict[str, Any]:
    """The evidence matrix of a cycle: for each commitment, channel and region what there is."""
    cycle = cycles.counting(act.session, which["cycle"]) if which["cycle"] else cycles.current(act.session)
    found = queries.evidence(act.session, cycle.key, act.at, whole=may(act.person, "review:queue"))
    wanted = {name: which[name] for name in ("commitment", "channel", "region") if which[name] is not None}
    cells = [one for one in _cells(found) if all(one[name] == value for name, value in wanted.items())]
    coverage = [_reach(one) for one in found.coverage]
    return {**portion("matrix", cells, which), "cycle": cycle.key, "coverage": coverage}


def _cells(found: Evidence) -> list[dict[str, Any]]:
    shown = []
    for commitment in crosswalk.commitments():
        for channel in CHANNELS:
            for region in ["", *found.matrix.regions]:
                tally = found.matrix.only(commitment.key, channel, region)
                late = found.late.get(Place(commitment.key, channel, region), NOTHING)
                shown.append(
                    {
                        "commitment": commitment.key,
                        "title": commitment.title,
                        "channel": channel,
                        "region": region,
                        "passages": tally.passages,
                        "passages_of_files": tally.of_files,
                        "figures": tally.figures,
                        "sources": None if channel == FIGURES else len(tally.sources),
                        "states": tally.states,
                        "states_at_least": tally.at_least,
                        "of_states": found.matrix.states.get(region),
                        "mean_age": None if tally.mean_age is None else round(tally.mean_age, 2),
                        "open_contradictions": tally.cases if found.whole else None,
                        "standing_contradictions": tally.standing if found.whole else None,
                        "late_passages": late.passages,
                        "late_passages_of_files": late.of_files,
                        "late_figures": late.figures,
                    }
                )
    return shown


def _reach(one: Coverage) -> dict[str, Any]:
    return {**asdict(one), "sentence": "; ".join(said.english for said in say(one))}

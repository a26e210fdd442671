"""The evidence matrix on a page and as a table, and its holes, heaviest first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from urllib.parse import urlencode

from flask import Blueprint, Response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from portal.adapters.content import disposition
from portal.documents.tables import csv_text
from portal.http import render
from portal.http.guard import guarded
from portal.models.cycles import Cycle
from portal.queries import cycles, profiles, requests
from portal.queries.passages import NO_REGION
from portal.queries.reports import ALONE, WITHOUT
from portal.rules import crosswalk
from portal.rules.contributions import CHANNELS as ASKABLE
from portal.rules.coverage import Coverage, say
from portal.rules.policy import may
from portal.services.act import Act
from reviewer.queries import matrix as queries
from reviewer.queries.contradictions import OPEN, STANDS
from reviewer.queries.matrix import Evidence
from reviewer.rules.matrix import (
    BY_THE_CUT_OFF,
    CHANNELS,
    FIGURES,
    GOVERNMENTS,
    HEAT,
    HOLES,
    NOTHING,
    REPORTS,
    SINCE,
    VOICE_TITLES,
    VOICES,
    WEIGHT,
    WEIGHT_WITHOUT_CASES,
    Hole,
    Place,
    Tally,
    holes,
)

pages = Blueprint("matrix", __name__)
COLUMNS = (
    "cycle", "commitment", "title", "channel", "channel_title", "region", "passages", "passages_of_files", "figures",
    "sources", "states",
    "states_at_least", "of_states", "mean_age_years", "open_contradictions", "standing_contradictions", "late_passages",
    "late_passages_of_files", "late_figures",
)  # fmt: skip
PER_PAGE = 50


class Lists(NamedTuple):
    """Where the lists behind a cell are; "" where it holds nothing."""

    passages: str = ""
    of_files: str = ""
    figures: str = ""
    cases: str = ""
    standing: str = ""


class Cell(NamedTuple):
    """A cell of the page: what a channel holds, and apart what stands in late reports, each with its lists."""

    channel: str
    tally: Tally
    lists: Lists
    late: Tally
    late_lists: Lists


@dataclass(frozen=True)
class Row:
    """One row of the page: a region of a commitment, "" for all and NO_REGION for what is of none, with its cells."""

    region: str
    title: str
    of: int
    cells: Sequence[Cell]


@pages.get("/evidence/matrix")
@guarded("evidence:read")
def page(act: Act) -> ResponseReturnValue:
    """Commitments by channels, all regions and each, or the region and the channel of the address alone."""
    cycle, found = _evidence(act)
    region = _one_of("region", found.matrix.regions)
    channel = _one_of("channel", CHANNELS)
    channels = [channel] if channel else list(CHANNELS)
    regions = [region] if region else ["", *found.matrix.regions, NO_REGION]
    titles = {one: one for one in regions} | {"": _("All regions"), NO_REGION: _("Of no single region")}
    groups = [
        (one, [_row(cycle, found, one.key, (each, titles[each]), channels) for each in regions])
        for one in crosswalk.commitments()
    ]
    return render_template(
        "evidence/matrix.html",
        cycle=cycle,
        sentence=_sentence(act, cycle, found, region, channel),
        channels={key: render.sentence(CHANNELS[key]) for key in channels},
        groups=[(one, [row for row in rows if row.region != NO_REGION or _said(row)]) for one, rows in groups],
        age_words=age_words,
        states_words=states_words,
        coverage=[_coverage_words(one) for one in found.coverage if region in ("", one.region)],
        since=SINCE,
        heat=HEAT,
        table=url_for(".table", cycle=cycle.key),
    )


@pages.get("/evidence/matrix.csv")
@guarded("evidence:read")
def table(act: Act) -> ResponseReturnValue:
    """Every cell of the matrix as a table to take along, those that hold nothing too."""
    cycle, found = _evidence(act)
    body = csv_text([COLUMNS, *cells(cycle.key, found)])
    name = disposition(f"evidence-matrix-{cycle.key}.csv")
    return Response(body, mimetype="text/csv", headers={"Content-Disposition": name})


def cells(cycle: str, found: Evidence) -> Iterator[tuple[Any, ...]]:
    """The cells in the order of COLUMNS: each commitment, channel and region; region "" is what is of no single one."""
    for commitment in crosswalk.commitments():
        for channel, title in CHANNELS.items():
            for region in ["", *found.matrix.regions]:
                tally = found.matrix.only(commitment.key, channel, region)
                late = found.late.get(Place(commitment.key, channel, region), NOTHING)
                age = None if tally.mean_age is None else f"{tally.mean_age:.2f}"
                yield (
                    cycle, commitment.key, commitment.title, channel, title, region, tally.passages, tally.of_files,
                    tally.figures, None if channel == FIGURES else len(tally.sources), tally.states, tally.at_least,
                    found.matrix.states.get(region), age, tally.cases if found.whole else None,
                    tally.standing if found.whole else None, late.passages, late.of_files, late.figures,
                )  # fmt: skip


@pages.get("/evidence/holes")
@guarded("evidence:read")
def gaps(act: Act) -> ResponseReturnValue:
    """What nobody has told of, heaviest first, in plain words, each with what was asked of whom."""
    cycle, found = _evidence(act)
    region, voice = _one_of("region", found.matrix.regions), _one_of("voice", VOICES)
    titles = {one.key: one.title for one in crosswalk.commitments()}
    measured = {crosswalk.commitment_of_indicator(code) or "" for code in crosswalk.measures()}
    wanted = [
        hole
        for hole in holes(found.matrix, titles, measured)
        if region in ("", hole.region) and voice in ("", hole.voice)
    ]
    number = min(max(1, request.args.get("page", 1, type=int)), pages_of(wanted))
    shown = wanted[(number - 1) * PER_PAGE : number * PER_PAGE]
    asked = requests.open_places(act.session, cycle.key)
    kept: dict[str, Any] = {"cycle": cycle.key, "region": region, "voice": voice}
    return render_template(
        "evidence/holes.html",
        cycle=cycle,
        sentence=_hole_sentence(act, cycle, found, region, voice),
        rows=[
            (hole, _hole_words(hole, titles, late[0]), _asked(hole, asked), _ask_address(cycle, hole), late)
            for hole in shown
            for late in [_late_of(cycle, found, hole)]
        ],
        count=len(wanted),
        voices=VOICE_TITLES,
        weight=WEIGHT if found.whole else WEIGHT_WITHOUT_CASES,
        may_ask=may(act.person, "request:make"),
        page=number,
        pages=pages_of(wanted),
        url_of=lambda n: url_for(".gaps", page=n, **{name: value for name, value in kept.items() if value}),
    )


@pages.get("/evidence/profiles")
@guarded("review:queue")
def silent(act: Act) -> ResponseReturnValue:
    """The states of which no report was received, each with its desk profile."""
    key = request.args.get("cycle")
    cycle = cycles.counting(act.session, key) if key else cycles.current(act.session)
    rows = profiles.silent(act.session, cycle.key)
    regions = sorted({row.region for row in rows if row.region})
    region = _one_of("region", regions)
    choices = [("", _("every region")), *((one, one) for one in regions)]
    return render_template(
        "evidence/profiles.html",
        cycle=cycle,
        sentence=[
            _cycle_part(act, cycle, _("States without a report in")),
            {"name": "region", "label": _("from"), "value": region, "choices": choices},
        ],
        rows=[row for row in rows if region in ("", row.region)],
    )


def pages_of(rows: Sequence[object]) -> int:
    """How many pages these rows fill, one at least."""
    return max(1, -(-len(rows) // PER_PAGE))


def _evidence(act: Act) -> tuple[Cycle, Evidence]:
    key = request.args.get("cycle")
    cycle = cycles.counting(act.session, key) if key else cycles.current(act.session)
    return cycle, queries.evidence(act.session, cycle.key, act.at, whole=may(act.person, "review:queue"))


def _one_of(name: str, known: Any) -> str:
    """What the address asks for under this name; "" for nothing and for what there is not."""
    asked = request.args.get(name, "")
    return asked if asked in known else ""


def _row(cycle: Cycle, found: Evidence, commitment: str, place: tuple[str, str], channels: Sequence[str]) -> Row:
    region, title = place
    if region == NO_REGION:
        tallies = {channel: found.matrix.only(commitment, channel, "") for channel in channels}
    else:
        tallies = {channel: found.matrix.cell(commitment, channel, region) for channel in channels}
    cells = [
        Cell(channel, tally, _lists(cycle, commitment, channel, region, tally), late, late_lists)
        for channel, tally in tallies.items()
        for late, late_lists in [_late(cycle, found, commitment, channel, region)]
    ]
    return Row(region, title, found.matrix.of(region), cells)


def _late(cycle: Cycle, found: Evidence, commitment: str, channel: str, region: str) -> tuple[Tally, Lists]:
    """What late reports hold here, or in all regions together, and where its lists are; each is of one region."""
    if channel != REPORTS or not found.late:
        return NOTHING, Lists()
    places = [Place(commitment, channel, one) for one in ([region] if region else found.matrix.regions)]
    late = sum((found.late.get(place, NOTHING) for place in places), NOTHING)
    return late, _lists(cycle, commitment, channel, region, late, ALONE)


def _said(row: Row) -> bool:
    """Whether any cell of a row holds something."""
    return any(_holds(cell.tally) for cell in row.cells)


def _late_of(cycle: Cycle, found: Evidence, hole: Hole) -> tuple[Tally, Lists]:
    """What late reports hold where governments are silent; nothing for another voice."""
    if hole.voice != GOVERNMENTS:
        return NOTHING, Lists()
    return _late(cycle, found, hole.commitment, REPORTS, hole.region)


def age_words(years: float) -> str:
    """A mean age in words: in months below two years."""
    months = int(12 * years)
    if not months:
        return _("less than a month old")
    if months < 24:
        return ngettext("%(num)s month old", "%(num)s months old", months)
    return _("%(years)s years old", years=f"{years:.1f}")


def states_words(tally: Tally, of: int) -> str:
    """Of how many of the `of` states a cell that holds something is, with the invented ones of a demonstration apart;
    where it is of none, why.
    """
    invented = len(tally.invented)
    if tally.at_least:
        return _("at least %(states)s of %(of)s states", states=tally.states, of=of)
    if not tally.states:
        if invented:
            return ngettext("%(num)s invented state alone", "%(num)s invented states alone", invented)
        return _("names no state") if tally.passages else _("of invented states, as far as is known")
    told = _("%(states)s of %(of)s states", states=tally.states, of=of)
    if not invented:
        return told
    return ngettext("%(told)s and %(num)s invented", "%(told)s and %(num)s invented", invented, told=told)


def _holds(tally: Tally) -> bool:
    return bool(tally.pieces or tally.cases or tally.standing)


def _lists(cycle: Cycle, commitment: str, channel: str, region: str, tally: Tally, late: str = WITHOUT) -> Lists:
    """Where the lists behind a cell are: its passages of texts, and of files; its figures, those of reports or those of
    channel b; and its contradictions that are open, and that stand. Those of reports are `late` ones ALONE, or all
    others.
    """
    of = {"cycle": cycle.key, "channel": channel, "region": region, "commitment": commitment}
    if channel == FIGURES:
        held = {"commitment": commitment, "region": region, "from": str(SINCE), "kind": "country"}
        figures = ("/data", held)
    else:
        figures = ("/evidence/figures", {**of, "channel": "", "late": late})
    texts = {**of, "late": late if channel == REPORTS else ""}
    return Lists(
        _address("/evidence", {**texts, "files": WITHOUT}) if tally.passages else "",
        _address("/evidence", {**texts, "files": ALONE}) if tally.of_files else "",
        _address(*figures) if tally.figures else "",
        _address("/evidence/contradictions", {**of, "state": OPEN}) if tally.cases else "",
        _address("/evidence/contradictions", {**of, "state": STANDS}) if tally.standing else "",
    )


def _address(path: str, asked: Mapping[str, str]) -> str:
    return f"{path}?{urlencode({name: value for name, value in asked.items() if value})}"


def _coverage_words(one: Coverage) -> str:
    """A coverage as one sentence."""
    return "; ".join(_(said.sentence) % said.values for said in say(one))


def _sentence(act: Act, cycle: Cycle, found: Evidence, region: str, channel: str) -> list[dict[str, Any]]:
    return [
        _cycle_part(act, cycle, _("Evidence of")),
        _region_part(found, region),
        {
            "name": "channel",
            "label": _("through"),
            "value": channel,
            "choices": [("", _("every channel")), *((key, f"{key}: {_(title)}") for key, title in CHANNELS.items())],
        },
    ]


def _hole_sentence(act: Act, cycle: Cycle, found: Evidence, region: str, voice: str) -> list[dict[str, Any]]:
    return [
        _cycle_part(act, cycle, _("Holes in the evidence of")),
        _region_part(found, region),
        {
            "name": "voice",
            "label": _("where nothing is told by"),
            "value": voice,
            "choices": [("", _("any voice")), *((key, _(title)) for key, title in VOICE_TITLES.items())],
        },
    ]


def _cycle_part(act: Act, cycle: Cycle, label: str) -> dict[str, Any]:
    choices = [(one.key, one.label) for one in cycles.cycles(act.session)]
    return {"name": "cycle", "label": label, "value": cycle.key, "choices": choices}


def _region_part(found: Evidence, region: str) -> dict[str, Any]:
    choices = [("", _("every region")), *((one, one) for one in found.matrix.regions)]
    return {"name": "region", "label": _("from"), "value": region, "choices": choices}


def _hole_words(hole: Hole, titles: dict[str, str], late: Tally) -> str:
    named = {"commitment": hole.commitment, "title": _(titles[hole.commitment]), "region": hole.region}
    return _(BY_THE_CUT_OFF if late.pieces else HOLES[hole.voice]) % named


def _asked(hole: Hole, asked: dict[tuple[str, str, str], Any]) -> Any:
    """The request that waits for this hole, None for none: one for the region, or one for every region."""
    places = [(hole.commitment, channel, region) for channel in VOICES[hole.voice] for region in (hole.region, "")]
    return next((asked[place] for place in places if place in asked), None)


def _ask_address(cycle: Cycle, hole: Hole) -> str:
    """Where this hole is made a request; "" where nobody is to be asked by a request: reporting is voluntary, and
    figures come in by files.
    """
    channel = VOICES[hole.voice][-1]
    if channel not in ASKABLE:
        return ""
    return url_for(
        "requests_of_the_team.listing",
        cycle=cycle.key,
        commitment=hole.commitment,
        channel=channel,
        region=hole.region,
        _anchor="ask",
    )

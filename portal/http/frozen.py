"""A submitted version as HTML, made once and kept: its bytes never change."""

from __future__ import annotations

import functools
import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from flask import current_app
from markupsafe import Markup

from forms.figures import parse_figure, parse_year
from forms.outline import Guideline, text
from portal.http.comparing import Change, changes
from portal.http.reading import ReadSection, Said, frozen_values, origins, reading
from portal.http.render import LANGUAGES, slug

KEPT = 64


@dataclass(frozen=True)
class File:
    """A file that a version names, with the address at which this reader gets it; "" for one that is not open."""

    id: str
    name: str
    url: str
    size: int = 0


class Point(NamedTuple):
    """One point of a small chart."""

    year: int
    number: float


@dataclass(frozen=True)
class Leaf:
    """One answered question: its id on the page, its title with what was written, as HTML, and the years of which an
    indicator has figures of the country's own.
    """

    key: str
    anchor: str
    indicator: str | None
    html: Markup
    years: frozenset[int]


@dataclass(frozen=True)
class FrozenSection:
    """One section: what was answered, the keys and the titles of what was left open."""

    key: str
    anchor: str
    title: str
    leaves: tuple[Leaf, ...]
    left_open: tuple[str, ...]
    left_open_titles: str


@dataclass(frozen=True)
class FrozenPart:
    """One part with the sections that count."""

    key: str
    title: str
    sections: tuple[FrozenSection, ...]


@functools.lru_cache(maxsize=KEPT)
def frozen(
    document: bytes, asked: Guideline, language: str, files: tuple[File, ...], *, guidance: bool = False
) -> tuple[FrozenPart, ...]:
    """The parts of a version for a reader of this language who gets these files; `guidance` adds, for the team, what
    was asked and where answers came from.
    """
    told = json.loads(document)
    came_from = origins(told) if guidance else {}
    shown = {"attachments": files, "guidance": guidance, "languages": LANGUAGES, "origins": came_from}
    return tuple(
        FrozenPart(
            part.part.key,
            text(part.part.title, language),
            tuple(_section(section, language, shown) for section in part.sections),
        )
        for part in reading(asked, told["modality"], told["languages"], frozen_values(told))
    )


def _section(read: ReadSection, language: str, shown: Mapping[str, Any]) -> FrozenSection:
    left_open = [said.question for said in read.said if not said.values]
    return FrozenSection(
        read.section.key,
        f"section-{slug(read.section.key)}",
        text(read.section.title, language),
        tuple(_leaf(said, language, shown) for said in read.said if said.values),
        tuple(question.key for question in left_open),
        "; ".join(text(question.title, language) for question in left_open),
    )


def _leaf(said: Said, language: str, shown: Mapping[str, Any]) -> Leaf:
    """One answer as HTML, in the language of the reader first where it was written in it."""
    question = said.question
    values = sorted(said.values, key=lambda pair: pair[0] != language)
    template = current_app.jinja_env.get_template("published/answer.html")
    html = template.render(
        question=question,
        values=values,
        points=points(said),
        **{**shown, "origins": shown["origins"].get(question.key, ())},
    )
    safe = Markup(html)  # noqa: S704 - escaped by the template
    return Leaf(question.key, slug(question.key), question.indicator, safe, _years(said))


def _years(said: Said) -> frozenset[int]:
    if said.question.kind != "series":
        return frozenset()
    read = (parse_year(row["year"]).last for row in said.values[0][1]["rows"])
    return frozenset(year for year in read if year is not None)


def points(said: Said) -> list[Point]:
    """The figures of an indicator as a line, where they are one: a figure a year, same unit, same cover."""
    if said.question.kind != "series":
        return []
    rows = said.values[0][1]["rows"]
    read = [(parse_year(row["year"]).first, parse_figure(row["value"]).number) for row in rows]
    covers = {(row["unit"], row.get("disaggregation"), row.get("place")) for row in rows}
    line = sorted(Point(year, float(number)) for year, number in read if year is not None and number is not None)
    return line if len(covers) == 1 and len({point.year for point in line}) == len(rows) else []


@functools.lru_cache(maxsize=KEPT)
def changed(before: bytes, after: bytes, asked: Guideline) -> Mapping[str, tuple[Change, ...]]:
    """What changed from one version to the next, by question."""
    old, new = json.loads(before), json.loads(after)
    found: dict[str, list[Change]] = defaultdict(list)
    for change in changes(asked, new["modality"], frozen_values(old), frozen_values(new)):
        found[change.question.key].append(change)
    return {key: tuple(each) for key, each in found.items()}


def files_of(kept: list[Any], address: str) -> tuple[File, ...]:
    """The files of a version as its row keeps them, each under `address`."""
    return tuple(
        File(file["attachment"], file["name"], f"{address}{file['attachment']}", file["size"]) for file in kept
    )

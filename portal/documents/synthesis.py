"""Owns the text of the synthesis as it is taken along: a page whose footnotes lead to what is cited and back, and the
table of the same footnotes.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from markupsafe import Markup

from forms.words import N_
from portal.documents.tables import csv_text
from portal.rules.plausible import named
from portal.rules.synthesis import OBSERVATION, PASSAGE

EVIDENCE = (
    "note", "heading", "statement", "statement_revision", "statement_state", "stance", "kind", "reference", "channel",
    "channel_name", "entity", "entity_name", "region", "partner", "credit", "licence", "licence_name", "question",
    "version", "file", "language", "text", "value", "unit", "period", "area", "area_name", "indicator",
    "indicator_title", "series", "source", "source_name", "edition", "standing", "standing_name", "disaggregation",
    "place", "replies",
)  # fmt: skip
"""The columns of the table of footnotes. A column of codes has the names beside it."""

RIGHT_TO_LEFT = frozenset({"ar"})


@dataclass(frozen=True)
class Tongue:
    """How the language of the text writes a day and names what a code stands for; `area` names states too, and gives ""
    for a key that it does not know.
    """

    day: Callable[[dt.date], str]
    area: Callable[[str], str]
    channel: Callable[[str], str]
    indicator: Callable[[str], str]
    licence: Callable[[str], str]
    number: Callable[[str], str]
    verdict: Callable[[str], str]
    source: Callable[[str], str]


@dataclass(frozen=True)
class Heading:
    """A heading of the report as it is printed; `level` is 1 for a part."""

    key: str
    title: str
    level: int


@dataclass(frozen=True)
class Reply:
    """What a state named in a contribution said to it; `day` as the language of the text writes it."""

    state: str
    day: str
    text: str
    language: str


@dataclass(frozen=True)
class Text:
    """The text of a cycle: headings in their order, the statements under each in theirs, and the late supplements.

    A statement is a mapping with id, heading, text, language, revision, state, citations and what is `behind` it; a
    citation is one as `reviewer.rules.statements.told` gives it. A supplement has entity, received_at, statement,
    effect and words. `as_of` is the moment as the language of the text writes it; `replies` is what named states said
    to contributions, by the id of the contribution.
    """

    cycle: str
    as_of: str
    headings: Sequence[Heading]
    statements: Sequence[Mapping[str, Any]]
    supplements: Sequence[Mapping[str, Any]] = ()
    coverage: Sequence[str] = ()
    replies: Mapping[str, Sequence[Reply]] = field(default_factory=dict)


def _numbered(text: Text) -> Iterator[tuple[Mapping[str, Any], list[tuple[int, Mapping[str, Any]]]]]:
    """The statements with their footnotes, numbered through; page and table share the numbers."""
    number = 0
    for statement in text.statements:
        notes = []
        for citation in statement["citations"]:
            number += 1
            notes.append((number, citation))
        yield statement, notes


def evidence(text: Text, tongue: Tongue) -> bytes:
    """The table of the footnotes, a row each: CSV, UTF-8."""
    return csv_text([EVIDENCE, *_rows(text, tongue)])


def _rows(text: Text, tongue: Tongue) -> Iterator[Sequence[object]]:
    for statement, notes in _numbered(text):
        of_statement = {
            "heading": statement["heading"],
            "statement": statement["id"],
            "statement_revision": statement["revision"],
            "statement_state": statement["state"],
        }
        for number, note in notes:
            row = {**note, **of_statement, **_names(note, tongue), "note": number, "partner": note.get("partner_name")}
            replies = text.replies.get(str(note.get("contribution")), ())
            row["replies"] = "\n".join(f"{one.state}, {one.day}: {one.text}" for one in replies)
            yield [row.get(name) for name in EVIDENCE]


def _names(note: Mapping[str, Any], tongue: Tongue) -> dict[str, str]:
    """What the codes of a citation stand for. A state writes the source of a figure of its report in words itself."""
    area, source, indicator = (note.get(name) or "" for name in ("area", "source", "indicator"))
    return {
        "channel_name": tongue.channel(note["channel"]),
        "entity_name": tongue.area(note["entity"] or ""),
        "area_name": tongue.area(area) or note.get("area_name") or "",
        "indicator_title": tongue.indicator(indicator) if indicator else "",
        "standing_name": tongue.verdict(note.get("standing") or ""),
        "licence_name": tongue.licence(note.get("licence") or ""),
        "source_name": tongue.source(source) if source and note["kind"] == OBSERVATION else source,
    }


def html(text: Text, words: Mapping[str, str], tongue: Tongue) -> bytes:
    """The page. `words` are those of WORDS in the language of the reader, and `language` its code."""
    under: dict[str, list[Markup]] = {}
    footnotes: list[Markup] = []
    for statement, notes in _numbered(text):
        late = [one for one in text.supplements if one["statement"] == statement["id"]]
        under.setdefault(statement["heading"], []).append(_statement(statement, notes, late, words, tongue))
        footnotes += [
            _footnote(number, note, text.replies.get(str(note.get("contribution")), ()), words, tongue)
            for number, note in notes
        ]
    parts = [part for heading in _needed(text.headings, under) for part in _section(heading, under)]
    coverage = [Markup("<p>{}</p>").format(sentence) for sentence in text.coverage]
    if footnotes:
        parts.append(Markup("<h2>{}</h2>\n<ol>\n{}\n</ol>").format(words["notes"], Markup("\n").join(footnotes)))
    page = Markup(
        '<!doctype html>\n<html lang="{}" dir="{}">\n<head><meta charset="utf-8"><title>{}</title></head>\n'
        "<body>\n<main>\n<h1>{}</h1>\n<p>{}: {}</p>\n{}\n</main>\n</body>\n</html>\n"
    ).format(
        words["language"],
        "rtl" if words["language"] in RIGHT_TO_LEFT else "ltr",
        f"{words['title']} {text.cycle}",
        f"{words['title']} {text.cycle}",
        words["as_of"],
        text.as_of,
        Markup("\n").join([*coverage, *parts]),
    )
    return page.encode()


def _needed(headings: Sequence[Heading], under: Mapping[str, object]) -> Iterator[Heading]:
    """The headings under which something stands, with those above them."""
    for place, heading in enumerate(headings):
        for below in headings[place:]:
            if below is not heading and below.level <= heading.level:
                break
            if below.key in under:
                yield heading
                break


def _section(heading: Heading, under: Mapping[str, Sequence[Markup]]) -> Iterator[Markup]:
    level = min(heading.level + 1, 6)
    yield Markup("<h{}>{} {}</h{}>").format(level, heading.key, heading.title, level)
    yield from under.get(heading.key, ())


def _statement(
    statement: Mapping[str, Any],
    notes: Iterable[tuple[int, Mapping[str, Any]]],
    late: Sequence[Mapping[str, Any]],
    words: Mapping[str, str],
    tongue: Tongue,
) -> Markup:
    marks = [
        Markup('<sup><a id="ref-{}" href="#note-{}">{}{}</a></sup>').format(
            number, number, "" if note["stance"] == "for" else f"{words['against']} ", number
        )
        for number, note in notes
    ]
    standing = "" if statement["state"] == "supported" else f" [{words[statement['state']]}]"
    text = Markup('<p id="statement-{}"><span lang="{}" dir="auto">{}</span>{} {}</p>').format(
        statement["id"], statement["language"], statement["text"], standing, Markup(" ").join(marks)
    )
    beside = [
        Markup("<p>{} {}, <bdi>{}</bdi>: {}{}</p>").format(
            *(words["supplement"], tongue.day(dt.datetime.fromisoformat(one["received_at"]).date())),
            *(tongue.area(one["entity"]), words[one["effect"]], _colon(one["words"])),
        )
        for one in late
    ]
    return Markup("\n").join([text, *_contradictions(statement["behind"], words), *beside])


def _contradictions(behind: Mapping[str, Any], words: Mapping[str, str]) -> Iterator[Markup]:
    """How many contradictions on what is cited are open, and how many stand; nothing where there are none."""
    counts = {name: behind[name] for name in ("open_contradictions", "standing_contradictions") if behind[name]}
    if counts:
        yield Markup("<p>{}</p>").format("; ".join(f"{words[name]} {count}" for name, count in counts.items()))


def _colon(sentence: str) -> str:
    return f". {sentence}" if sentence else ""


def _whose(note: Mapping[str, Any], names: Mapping[str, str], words: Mapping[str, str]) -> str:
    """Who says it, or of what place a figure is."""
    if note.get("partner_name"):
        partner = note["credit"]
        return f"{partner}, {words['on']} {names['entity_name']}" if names["entity_name"] else partner
    area = "" if note.get("area") == note["entity"] else names["area_name"]
    return ", ".join(filter(None, [area, names["entity_name"]]))


def _told(note: Mapping[str, Any], names: Mapping[str, str], tongue: Tongue) -> Markup:
    """What is cited: a passage word for word, or a figure with what it is of. A figure of a report stays as its state
    wrote it; of indicator data the published text is on top of the number.
    """
    if note["kind"] == PASSAGE:
        return Markup('<q lang="{}" dir="auto">{}</q>').format(note["language"], note["text"])
    of = [
        *(note.get("series") or names["indicator_title"], note["period"]),
        *(note.get("disaggregation"), note.get("place"), names["source_name"], note.get("edition")),
    ]
    value = tongue.number(note["value"]) if note["kind"] == OBSERVATION else note["value"]
    return Markup('<b><bdi dir="ltr" title="{}">{}</bdi> {}</b>, {}').format(
        note["value"], value, named(note["unit"]), ", ".join(filter(None, of))
    )


def _footnote(
    number: int, note: Mapping[str, Any], replies: Sequence[Reply], words: Mapping[str, str], tongue: Tongue
) -> Markup:
    names = _names(note, tongue)
    credit = note.get("credit") if note["kind"] == OBSERVATION else ""
    said = f"{words['file']} {names['standing_name']}" if names["standing_name"] else ""
    licence = f"{words['licence']} {names['licence_name']}" if names["licence_name"] else ""
    terms = [names["channel_name"], credit, licence, said]
    beside = [
        Markup('<p>{} {}, {}: <q lang="{}" dir="auto">{}</q></p>').format(
            words["reply"], one.state, one.day, one.language, one.text
        )
        for one in replies
    ]
    return Markup('<li id="note-{}" value="{}"><bdi>{}</bdi>: {} ({}) <a href="#ref-{}">{}</a>{}</li>').format(
        *(
            number,
            number,
            _whose(note, names, words),
            _told(note, names, tongue),
            "; ".join(filter(None, terms)),
            number,
        ),
        words["back"],
        Markup("").join(beside),
    )


WORDS = {
    "title": N_("Synthesis of the cycle"),
    "as_of": N_("As it stands"),
    "notes": N_("Notes"),
    "against": N_("against:"),
    "draft": N_("draft"),
    "check_again": N_("to check again"),
    "open_contradictions": N_("open contradictions on what it cites:"),
    "standing_contradictions": N_("contradictions on what it cites that stand:"),
    "supplement": N_("Supplement, received"),
    "strengthens": N_("strengthens it"),
    "weakens": N_("weakens it"),
    "contradicts": N_("contradicts it"),
    "untouched": N_("does not touch it"),
    "on": N_("on"),
    "licence": N_("Licence:"),
    "file": N_("The file that gave it:"),
    "reply": N_("Reply of"),
    "back": N_("back to the text"),
}

"""The pages of passages: the list with its search, one passage with its context, the form that codes it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from forms.words import N_
from portal.http import render
from portal.http.guard import guarded
from portal.http.passages import LARGEST, LONGEST, passage, reader, sought
from portal.queries import contributions, cycles, near_copies
from portal.queries import passages as queries
from portal.queries.passages import NO_REGION, Reader, Subject, Which
from portal.queries.reports import ALONE, WITHOUT
from portal.rules import crosswalk
from portal.rules.analyser import Search, cut, marked
from portal.rules.contributions import CHANNELS
from portal.rules.policy import THE_TEAM, may
from portal.rules.refusals import Invalid, NotNow, Problem
from portal.services.act import Act
from reviewer.queries import coding as coders
from reviewer.rules.coding import REASONS, suggested
from reviewer.services import coding

pages = Blueprint("evidence", __name__)

PER_PAGE = 50
ADDRESS = f"/evidence/passages/<int(min=1, max={LARGEST}):passage_id>"
CODED = {
    "nobody": N_("that nobody has gone through"),
    "somebody": N_("that somebody has gone through"),
    "not_by_me": N_("that I have not gone through"),
}
CHANGES = {
    "new": N_("new"),
    "same": N_("as in the version before"),
    "edited": N_("edited since the version before"),
    "moved": N_("as in the version before, at another place"),
}
REPORTS = N_("Reports of states")
LATE = {
    WITHOUT: N_("without reports after the cut-off"),
    ALONE: N_("of reports after the cut-off alone"),
}
"""The choices of a list by the synthesis cut-off."""
FILES = {WITHOUT: N_("in texts alone"), ALONE: N_("in attached files alone")}


@dataclass(frozen=True)
class Line:
    """A passage as a list shows it: its row, the text cut at the words sought, its codes, and how many went through."""

    row: Any
    pieces: Sequence[tuple[str, bool]]
    codes: Sequence[str] | None
    coders: int


@pages.get("/evidence")
@guarded("evidence:read")
def listing(act: Act) -> ResponseReturnValue:
    """The passages that the address asks for, fifty a page, in the order in which they came."""
    which, asked = Which.read(request.args), request.args.get("q", "").strip()[:LONGEST]
    after, who = _number(request.args.get("after", "")), reader(act)
    if not who.of_the_team:
        which = replace(which, waiting="")
    problems, looked_for = _looked_for(asked, which)
    found = [] if problems else queries.listed(act.session, which, who, looked_for, after=after, limit=PER_PAGE + 1)
    shown = found[:PER_PAGE]
    words = {**asdict(which), "q": asked}
    following = {**words, "after": str(shown[-1].Passage.id)} if len(found) > PER_PAGE else None
    number = 0 if problems else queries.counted(act.session, which, who, looked_for)
    sentence = _sentence(act, which, asked)
    return render_template(
        "evidence/passages.html",
        which=which,
        asked=asked,
        problems=problems,
        sentence=sentence,
        kept=_kept(words, sentence),
        lines=_lines(act, shown, looked_for),
        count=ngettext("%(num)s passage", "%(num)s passages", number),
        following=_address(following) if following else None,
        beginning=_address(words) if after else None,
        partner=shown[0].partner_name if which.partner and shown else None,
        without_partner=_address({**words, "partner": ""}),
        filtered=any(words.values()),
        figures=_figures_address(which) if which.channel in ("", "a") and not which.partner else None,
        code_title=code_title,
        changes=CHANGES,
        channels=channel_titles(),
        commitments={one.key: _(one.title) for one in crosswalk.commitments()},
    )


def _looked_for(asked: str, which: Which) -> tuple[Sequence[Problem], Search | None]:
    """What the words of the address look for, or why they look for nothing."""
    try:
        return [], sought(asked, which.language)
    except Invalid as refusal:
        return [Problem("", one.sentence) for one in refusal.problems], None


def _number(written: str) -> int:
    return int(written) if written.isascii() and written.isdigit() and len(written) < 16 else 0


def _address(words: Mapping[str, str]) -> str:
    asked = urlencode({name: value for name, value in words.items() if value})
    return f"{url_for('.listing')}?{asked}" if asked else url_for(".listing")


def _kept(words: Mapping[str, str], sentence: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """What the address asks for and the sentence does not offer: it stays while the sentence is changed."""
    offered = {part["name"] for part in sentence}
    return {name: value for name, value in words.items() if value and name not in offered}


def _figures_address(which: Which) -> str:
    """Where the figures of reports are that these filters leave, as far as figures have the same."""
    same = {name: getattr(which, name) for name in ("cycle", "region", "entity", "commitment", "late")}
    return url_for("reported_figures.listing", **{name: value for name, value in same.items() if value})


def _lines(act: Act, rows: Sequence[Any], looked_for: Search | None) -> list[Line]:
    """The lines of a list. A coder sees the codes of a passage once the coder has gone through it, so that no coder
    looks over another's shoulder; who does not code sees all.
    """
    ids = [row.Passage.id for row in rows]
    codes, number = queries.codes_of(act.session, ids), coders.coders_of(act.session, ids)
    seen = coders.seen_by(act.session, ids, act.actor.id) if THE_TEAM(act.actor, None) else frozenset(ids)
    return [
        Line(
            row,
            marked(row.Passage.text, row.Passage.language, looked_for) if looked_for else [(row.Passage.text, False)],
            codes.get(row.Passage.id, []) if row.Passage.id in seen else None,
            number.get(row.Passage.id, 0),
        )
        for row in rows
    ]


def code_title(code: str) -> str:
    """A code as people read it: commitments and paragraphs with their number, others by their words."""
    kind, _colon, key = code.partition(":")
    title = _(crosswalk.codes().get(code, code))
    return f"{key} {title}" if kind in ("commitment", "paragraph", "recommendation") else title


def channel_titles() -> dict[str, str]:
    """The channels that passages come by."""
    return {"a": _(REPORTS)} | {key: _(channel.title) for key, channel in CHANNELS.items()}


def _sentence(act: Act, which: Which, asked: str) -> list[dict[str, Any]]:
    """The filters as parts of a sentence."""
    entities = cycles.entities(act.session)
    regions = sorted({entity.region for entity in entities if entity.region})
    named = sorted((render.words(entity.names), entity.iso3) for entity in entities)
    codes = [code for code in crosswalk.codes() if crosswalk.kind_of(code) not in ("paragraph", "commitment")]
    parts: list[tuple[str, str, str, list[tuple[str, str]]]] = [
        ("cycle", _("of"), _("every cycle"), [(one.key, one.label) for one in cycles.cycles(act.session)]),
        ("channel", _("by"), _("every channel"), [(k, f"{k} {title}") for k, title in channel_titles().items()]),
        (
            "region",
            _("from"),
            _("every region"),
            [*((one, one) for one in regions), (NO_REGION, _("no single region"))],
        ),
        ("entity", _("of"), _("every state"), [(iso3, name) for name, iso3 in named]),
        (
            "commitment",
            _("on"),
            _("every commitment"),
            [(one.key, f"{one.key} {_(one.title)}") for one in crosswalk.commitments()],
        ),
        ("code", _("coded as"), _("anything"), [(code, code_title(code)) for code in codes]),
        ("language", _("in"), _("every language"), list(render.LANGUAGES.items())),
        ("coded", _("and"), _("whoever has gone through"), [(key, _(title)) for key, title in CODED.items()]),
        ("late", _("and"), _("whenever received"), [(key, _(title)) for key, title in LATE.items()]),
        ("files", _("and"), _("in texts and attached files"), [(key, _(title)) for key, title in FILES.items()]),
    ]
    if reader(act).of_the_team:
        parts.append(("waiting", _("of what"), _("stands"), [("yes", _("nobody has looked at yet"))]))
    choices = [
        {"name": name, "label": label, "value": getattr(which, name), "choices": [("", every), *offered]}
        for name, label, every, offered in parts
    ]
    return [{"name": "q", "label": _("Passages with the words"), "value": asked, "choices": None}, *choices]


@pages.get(ADDRESS)
@guarded("passage:read", subject=passage, by="passage_id", conceal="passage:read")
def read(act: Act, subject: Subject) -> ResponseReturnValue:
    """One passage: where it comes from, what stands around it, its earlier wordings, its codes, its near copies."""
    return _page(act, subject)


@pages.post(f"{ADDRESS}/codes")
@guarded("evidence:code", subject=passage, by="passage_id", conceal="passage:read")
def code(act: Act, subject: Subject) -> ResponseReturnValue:
    """Keeps the codes that the coder chose, and leads on."""
    try:
        coding.code(act, subject, set(request.form.getlist("code")), set(request.form.get("began", "").split()))
    except Invalid as refusal:
        return _page(act, subject, refusal.problems), 422
    except NotNow as refusal:
        return _page(act, subject, [Problem("codes", refusal.sentence)]), 409
    flash(_("Your codes are kept. You can change them here at any time."), "success")
    return redirect(url_for(".read", passage_id=subject.passage.id, _anchor="codes"), 303)


def _page(act: Act, subject: Subject, problems: Sequence[Problem] = ()) -> str:
    found = subject.passage
    who = reader(act)
    mine_of = queries.codings(act.session, found.id)
    through = queries.gone_through(act.session, found.id)
    may_code = may(act.person, "evidence:code", subject)
    mine = [row.Coding.code for row in mine_of if row.Coding.coder == who.id]
    hidden = may_code and found.current and who.id not in through
    context = queries.context(act.session, found, who)
    suggestions = suggested(found.text, found.language, found.question, commitments=context.commitments)
    return render_template(
        "evidence/passage.html",
        one=found,
        waits=subject.waits,
        context=context,
        files=queries.files_of(act.session, found),
        copies=near_copies.copies(act.session, who, passage=found.id, limit=5),
        may_code=may_code and found.current,
        may_not_code=may(act.person, "review:queue") and not may_code,
        mine=mine,
        coded_by_me=who.id in through,
        others=None if hidden else _others(mine_of, through, who),
        coders=len(through),
        suggestions=[(one, _words_shown(found.text, one.spans)) for one in suggestions],
        groups=_groups({one.code for one in suggestions} | set(mine)),
        reasons=REASONS,
        code_title=code_title,
        changes=CHANGES,
        channels=channel_titles(),
        commitments={one.key: _(one.title) for one in crosswalk.commitments()},
        crossing=crosswalk.crossing(found.section),
        problems=problems,
        differ=_share,
        replies=_replies(act, found.contribution_id),
    )


def _replies(act: Act, contribution: uuid.UUID | None) -> Sequence[Any]:
    """What named states said to the contribution of a passage."""
    return contributions.replies(act.session, [contribution]).get(contribution, ()) if contribution else ()


def _others(rows: Sequence[Any], through: Mapping[Any, str], who: Reader) -> list[tuple[str, list[str]]]:
    """The codes of the other coders who have gone through a passage, by name."""
    names = {coder: name for coder, name in through.items() if coder != who.id}
    return [
        (name, [row.Coding.code for row in rows if row.Coding.coder == coder])
        for coder, name in sorted(names.items(), key=lambda pair: pair[1])
    ]


def _words_shown(text: str, spans: Sequence[tuple[int, int]]) -> list[str]:
    """The words that suggest a code, each once."""
    return list(dict.fromkeys(piece for piece, inside in cut(text, sorted(spans)) if inside))


def _groups(offered: set[str]) -> list[tuple[str, str, list[str]]]:
    """The rest of the code book by kind, without what stands among the suggestions."""
    return [
        (kind, _(title), [one for one in crosswalk.codes() if crosswalk.kind_of(one) == kind and one not in offered])
        for kind, title in crosswalk.CODE_KINDS.items()
    ]


def _share(likeness: float) -> str:
    return f"{round(100 * likeness)}"

"""Passages: what was submitted or sent is cut into them, each is anchored to the one it continues, indexed for the
search and compared with the texts of others. Nothing is ever removed; `current` tells which stand now: of a report the
newest version, of a contribution the newest that the team accepted. The figures of a report are laid and settled with
its passages.
"""

from __future__ import annotations

import json
import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, insert, select, update

from portal.adapters.reading import READABLE
from portal.models.contributions import Contribution, ContributionVersion
from portal.models.entities import Entity
from portal.models.passages import (
    Coded,
    Coding,
    ContributionPlace,
    FileToRead,
    NearCopy,
    Passage,
    PassageBand,
    PassageCommitment,
)
from portal.models.reports import Report, Version
from portal.queries import contributions, cutting, near_copies, reports
from portal.queries import reported_figures as figures
from portal.rules import likeness
from portal.rules.analyser import indexed, language_of, terms
from portal.rules.anchors import EDITED, NEW, Placed, anchor, follow
from portal.rules.cutting import Piece, commitments_of_files, cut_text, pieces, until
from portal.rules.lifecycle import seen_state
from portal.rules.naming import region_of
from portal.services import rechecks, reported_figures
from portal.services.act import Act
from portal.services.passage_words import empty, index

REPORT, CONTRIBUTION = "report", "contribution"
CHANNEL_OF_REPORTS = "a"
AT_ONCE = 500
MOST_COPIES = 5
"""So many near copies are kept for one passage, the most alike."""


@dataclass(frozen=True)
class Owner:
    """What a version belongs to, as its passages name it."""

    source: str
    id: uuid.UUID
    version: int
    cycle: str
    channel: str
    language: str
    current: bool
    entity: str | None = None
    partner_id: uuid.UUID | None = None
    region: str | None = None
    places: frozenset[tuple[str, str]] = frozenset()
    """Each region and state that a contribution speaks of, as `ContributionPlace` holds them."""
    until: int | None = None


def cut_report(act: Act, report: Report, version: Version) -> int:
    """Cuts a submitted version into passages, lays its figures, and its files to be read; returns how many passages
    there are. A version that is cut already, and a report to practise with, are left as they are: 0.
    """
    if report.practice:
        return 0
    reported_figures.lay(act, report, version, standing=_stands(report))
    document = json.loads(version.document)
    return _cut(act, _owner_of_report(act, report, version.number, document), document, version.files)


def cut_contribution(act: Act, contribution: Contribution, version: ContributionVersion) -> int:
    """Cuts a version of a contribution that was sent, as `cut_report` does."""
    owner = _owner_of_contribution(act, contribution, version)
    _lay_places(act, owner)
    return _cut(act, owner, json.loads(version.document), version.files)


def settle_report(act: Act, report: Report) -> None:
    """Brings `current` to what the state of a report says: after a withdrawal no passage and no figure of it stands."""
    if not report.practice:
        _settle(act, REPORT, report.id, report.versions if _stands(report) else 0)
        reported_figures.settle(act, report, standing=_stands(report))


def settle_contribution(act: Act, contribution: Contribution) -> None:
    """The same for a contribution that the team decided about, or that was withdrawn."""
    _settle(act, CONTRIBUTION, contribution.id, contributions.standing(act.session, contribution))


def cut_what_was_there(act: Act) -> int:
    """Cuts every version that has no passages yet, oldest first; returns how many passages that gave."""
    made = 0
    for report, version in cutting.uncut_reports(act.session):
        made += cut_report(act, report, version)
    for contribution, sent in cutting.sent_contributions(act.session, cut=False):
        made += cut_contribution(act, contribution, sent)
    return made


def place_what_was_there(act: Act) -> int:
    """Gives what contributions were cut into before every commitment and place that it is of, and lets stand what was
    accepted alone; returns how many passages changed. A second run changes nothing.
    """
    changed = 0
    settled: dict[uuid.UUID, Contribution] = {}
    for contribution, version in cutting.sent_contributions(act.session, cut=True):
        owner = _owner_of_contribution(act, contribution, version)
        laid = _lay_places(act, owner)
        changed += _place_anew(act, owner, json.loads(version.document), others=laid)
        settled[contribution.id] = contribution
    for contribution in settled.values():
        settle_contribution(act, contribution)
        rechecks.after_contribution(act, contribution)
    return changed


def word_what_was_there(act: Act) -> int:
    """Lays the words of every passage anew, for the search and for near copies, as words are read now; returns how many
    passages there are.
    """
    empty(act.session)
    act.session.execute(delete(PassageBand))
    laid = 0
    rows = act.session.execute(select(Passage.id, Passage.text, Passage.language).order_by(Passage.id))
    for some in rows.yield_per(AT_ONCE).partitions():
        index(act.session, [(key, indexed(text, language)) for key, text, language in some])
        runs = ((key, likeness.runs(terms(text, language))) for key, text, language in some)
        _lay_bands(act, {key: likeness.bands(found) for key, found in runs})
        laid += len(some)
    return laid


def lay_what_was_there(act: Act) -> int:
    """Lays the figures of every version that none are there of, oldest first; returns how many that gave."""
    made = 0
    for row in figures.without_figures(act.session):
        report, version = reports.get(act.session, row.report_id), reports.version(act.session, *row)
        made += reported_figures.lay(act, report, version, standing=_stands(report))
    return made


def keep_file(act: Act, waiting: FileToRead, texts: Sequence[tuple[int | None, str]], problem: str = "") -> int:
    """Keeps the text of an attached file as passages, from (page, text) in its order, or why there is none. What the
    file belongs to is held meanwhile, so that its passages stand as it does when they are there.
    """
    place = (waiting.version_of, waiting.version, waiting.file)
    row = act.session.get(FileToRead, place, with_for_update=True, populate_existing=True)
    if row is None or row.read_at is not None:
        return 0
    owner, document = _owner(act, row)
    of = commitments_of_files(document, row.question)
    found = [(page, text) for page, whole in texts for text in cut_text(whole)]
    mostly = language_of(" ".join(text for _page, text in found), row.language)
    made = [
        _passage(act, owner, Piece(row.question, language_of(text, mostly), at, text, of), file=row, page=page)
        for at, (page, text) in enumerate(found, 1)
    ]
    row.read_at, row.passages, row.problem = act.at, len(made), problem
    _anchor(made, cutting.passages_of_file(act.session, owner.source, owner.id, row.version, row.file))
    _add(act, owner, made)
    _add_commitments(act, {one.id: of for one in made})
    rechecks.after_file(act, row)
    return len(made)


def _owner(act: Act, row: FileToRead) -> tuple[Owner, dict[str, Any]]:
    """The owner of a file, whose row is held, and the document of the version that it belongs to."""
    if row.source == REPORT:
        report = reports.get(act.session, row.version_of, lock=True)
        document = json.loads(reports.version(act.session, report.id, row.version).document)
        return _owner_of_report(act, report, row.version, document), document
    contribution = contributions.get(act.session, row.version_of, lock=True)
    version = contributions.version(act.session, contribution.id, row.version)
    return _owner_of_contribution(act, contribution, version), json.loads(version.document)


def _stands(report: Report) -> bool:
    return seen_state(report.state, report.drafting, report.versions) != "withdrawn"


def _owner_of_report(act: Act, report: Report, version: int, document: Mapping[str, Any]) -> Owner:
    return Owner(
        source=REPORT,
        id=report.id,
        version=version,
        cycle=report.cycle,
        channel=CHANNEL_OF_REPORTS,
        language=str(report.languages[0]),
        current=version == report.versions and _stands(report),
        entity=report.entity,
        region=act.session.scalar(select(Entity.region).where(Entity.iso3 == report.entity)),
        until=until(document),
    )


def _owner_of_contribution(act: Act, contribution: Contribution, version: ContributionVersion) -> Owner:
    """A contribution is of each state and region that this version names, and of none where it names neither, as one on
    the world: where its partner works says nothing of what it speaks of.
    """
    document = json.loads(version.document)
    areas = [str(one["area"]) for one in document["areas"]]
    rows = act.session.execute(select(Entity.iso3, Entity.region).where(Entity.iso3.in_(areas)))
    known = {row.iso3: row.region for row in rows}
    places = {(known[area], area) for area in areas if area in known}
    regions = {found for found in map(region_of, areas) if found} - {region for region, _state in places}
    places |= {(region, "") for region in regions}
    named, spoken = {state for _region, state in places if state}, {region for region, _state in places if region}
    return Owner(
        source=CONTRIBUTION,
        id=contribution.id,
        version=version.number,
        cycle=contribution.cycle,
        channel=contribution.channel,
        language=contribution.language,
        current=version.number == contributions.standing(act.session, contribution),
        entity=_only(named),
        partner_id=contribution.partner_id,
        region=_only(spoken),
        places=frozenset(places),
        until=until(document),
    )


def _only(found: Collection[str]) -> str | None:
    """The one of these, None of several and of none."""
    return next(iter(found)) if len(found) == 1 else None


def _lay_places(act: Act, owner: Owner) -> bool:
    """Lays the places of a version of a contribution where others are there; whether it did."""
    mine = (ContributionPlace.contribution_id == owner.id, ContributionPlace.version == owner.version)
    there = act.session.execute(select(ContributionPlace.region, ContributionPlace.entity).where(*mine))
    if {(row.region, row.entity) for row in there} == owner.places:
        return False
    act.session.execute(delete(ContributionPlace).where(*mine))
    named = {"contribution_id": owner.id, "version": owner.version}
    if owner.places:
        rows = [{**named, "region": region, "entity": entity} for region, entity in sorted(owner.places)]
        act.session.execute(insert(ContributionPlace), rows)
    return True


def _place_anew(act: Act, owner: Owner, document: Mapping[str, Any], *, others: bool) -> int:
    """Gives the passages of a version of a contribution the commitments and the place that they are of."""
    told = {(one.question, one.language, one.ordinal): one.commitments for one in pieces(document)}
    held = cutting.commitments_of_version(act.session, owner.id, owner.version)
    changed = 0
    for passage, before in held:
        place = (passage.question, passage.language, passage.ordinal)
        of = commitments_of_files(document, passage.question) if passage.file else told.get(place, ())
        if others or set(before) != set(of):
            changed += 1
        passage.commitment = of[0] if of else None
        passage.entity, passage.region = owner.entity, owner.region
        if set(before) != set(of):
            act.session.execute(delete(PassageCommitment).where(PassageCommitment.passage_id == passage.id))
            _add_commitments(act, {passage.id: of})
    return changed


def _add_commitments(act: Act, of: Mapping[int, Sequence[str]]) -> None:
    """Adds what passages are of beside the commitment in their own row."""
    rows = [{"passage_id": key, "commitment": one} for key, several in of.items() for one in several[1:]]
    if rows:
        act.session.execute(insert(PassageCommitment), rows)


def _cut(act: Act, owner: Owner, document: Mapping[str, Any], files: Iterable[dict[str, str]]) -> int:
    if cutting.is_cut(act.session, owner.source, owner.id, owner.version):
        return 0
    cut = pieces(document)
    made = [_passage(act, owner, piece) for piece in cut]
    _anchor(made, cutting.written_before(act.session, owner.source, owner.id, owner.version))
    _lay_files(act, owner, files)
    if owner.current:
        _settle(act, owner.source, owner.id, owner.version)
    _add(act, owner, made)
    _add_commitments(act, {one.id: piece.commitments for one, piece in zip(made, cut, strict=True)})
    return len(made)


def _passage(
    act: Act, owner: Owner, piece: Piece, *, file: FileToRead | None = None, page: int | None = None
) -> Passage:
    at = f"{piece.question}@{file.file}" if file else piece.question
    return Passage(
        key=f"{owner.id}:v{owner.version}:{at}:{piece.language}:{piece.ordinal}",
        source=owner.source,
        report_id=owner.id if owner.source == REPORT else None,
        contribution_id=owner.id if owner.source == CONTRIBUTION else None,
        version=owner.version,
        cycle=owner.cycle,
        channel=owner.channel,
        entity=owner.entity,
        partner_id=owner.partner_id,
        region=owner.region,
        question=piece.question,
        section=piece.section,
        commitment=piece.commitments[0] if piece.commitments else None,
        language=piece.language,
        ordinal=piece.ordinal,
        text=piece.text,
        hash=anchor(piece.text),
        current=owner.current,
        change=NEW,
        file=file.name if file else "",
        page=page,
        until=owner.until,
        cut_at=act.at,
    )


def _anchor(made: Sequence[Passage], before: Sequence[Passage]) -> None:
    """Ties each new passage to the one of the version before that it continues."""
    old = [Placed((one.question, one.language), one.hash, one.text) for one in before]
    new = [Placed((one.question, one.language), one.hash, one.text) for one in made]
    for one, (at, change) in zip(made, follow(old, new), strict=True):
        one.follows = None if at is None else before[at].id
        one.change = change


def _add(act: Act, owner: Owner, made: Sequence[Passage]) -> None:
    """Adds passages with their words for the search, the codes that came along, and their near copies."""
    act.session.add_all(made)
    act.session.flush()
    index(act.session, [(one.id, indexed(one.text, one.language)) for one in made])
    _carry_codes(act, made)
    runs = {one.id: likeness.runs(terms(one.text, one.language)) for one in made}
    _find_copies(act, owner, {one.id: one for one in made}, runs)


def _settle(act: Act, source: str, owner: uuid.UUID, standing: int) -> None:
    """Lets stand the passages of this version alone; of none for 0."""
    column = Passage.report_id if source == REPORT else Passage.contribution_id
    act.session.execute(
        update(Passage)
        .where(column == owner)
        .values(current=Passage.version == standing)
        .execution_options(synchronize_session="fetch")
    )


def _lay_files(act: Act, owner: Owner, files: Iterable[dict[str, str]]) -> None:
    rows = [
        {
            "version_of": owner.id,
            "version": owner.version,
            "file": uuid.UUID(file["attachment"]),
            "source": owner.source,
            "question": file["question"],
            "name": file["name"],
            "media_type": file["media_type"],
            "blob": file["blob"],
            "language": owner.language,
            "laid_at": act.at,
        }
        for file in files
        if file["media_type"] in READABLE
    ]
    if rows:
        act.session.execute(insert(FileToRead), rows)


def _carry_codes(act: Act, made: Sequence[Passage]) -> None:
    """A passage that says the same keeps its codes, those taken back too, and who went through it; an edited one is
    coded anew.
    """
    there = {one.follows: one.id for one in made if one.follows is not None and one.change not in (EDITED, NEW)}
    if not there:
        return
    same = ("coder", "code", "at", "removed_at")
    carried = [
        Coding(passage_id=there[one.passage_id], carried_from=one.id, **{name: getattr(one, name) for name in same})
        for one in act.session.scalars(select(Coding).where(Coding.passage_id.in_(there)))
    ]
    coded = act.session.scalars(select(Coded).where(Coded.passage_id.in_(there)))
    gone_through = [Coded(passage_id=there[one.passage_id], coder=one.coder, at=one.at) for one in coded]
    act.session.add_all([*carried, *gone_through])
    act.session.flush()


def _find_copies(act: Act, owner: Owner, made: dict[int, Passage], found: dict[int, frozenset[int]]) -> None:
    """Lists the passages of others that nearly have the words of a new one, then lays its bands for those to come."""
    bands = {key: likeness.bands(runs) for key, runs in found.items()}
    holders: dict[int, list[int]] = defaultdict(list)
    for key, several in bands.items():
        for band in several:
            holders[band].append(key)
    others = near_copies.sharing_bands(act.session, holders, owner.source, owner.id)
    runs_of = {key: likeness.runs(terms(other.text, other.language)) for key, (other, _bands) in others.items()}
    rows = []
    pairs: dict[int, set[int]] = defaultdict(set)
    for other, (_row, shared) in others.items():
        for band in shared:
            for key in holders[band]:
                pairs[key].add(other)
    for key, near in pairs.items():
        alike = ((likeness.likeness(found[key], runs_of[other]), other) for other in sorted(near))
        for share, other in likeness.most_alike(alike, MOST_COPIES):
            mine, theirs = made[key], others[other][0]
            if mine.language != theirs.language:
                continue
            kind = likeness.kind_of_pair(
                (mine.entity, mine.partner_id, mine.cycle), (theirs.entity, theirs.partner_id, theirs.cycle)
            )
            rows.append(NearCopy(passage_id=key, other_id=other, likeness=share, kind=kind, found_at=act.at))
    act.session.add_all(rows)
    _lay_bands(act, bands)
    act.session.flush()


def _lay_bands(act: Act, bands: Mapping[int, Sequence[int]]) -> None:
    laid = [{"band": band, "passage_id": key} for key, several in bands.items() for band in set(several)]
    if laid:
        act.session.execute(insert(PassageBand), laid)

"""What a second person says of an import: verified, doubtful, withdrawn. What was imported is never deleted."""

from __future__ import annotations

import uuid
from typing import Any, cast

from sqlalchemy import Select, Subquery, Table, and_, func, insert, literal, select, update

from forms.words import N_
from portal.models.datasets import ImportVerdict
from portal.models.observations import Import, Observation, ObservationRevision
from portal.queries.imports import get_import
from portal.queries.observations import restored_of_reports
from portal.rules.refusals import Invalid, NotNow, Problem
from portal.rules.verdicts import WITHDRAWN, problem
from portal.services import figures, rechecks, totals
from portal.services.act import Act
from portal.services.staging import SAID, hold_figures

_held = cast("Table", Observation.__table__)
_past = cast("Table", ObservationRevision.__table__)


def say(act: Act, import_id: uuid.UUID, verdict: str, reason: str) -> Import:
    """Says what this person thinks of an import that somebody else took in; who took it in is told.

    With `withdrawn` its figures are offered nowhere: where an earlier file gave a figure, that one stands again.
    Raises Missing, Forbidden, Invalid or NotNow with a sentence.
    """
    row = get_import(act.session, import_id, lock=True)
    person = act.demand("datasets:verify", row)
    reason = reason.strip()
    if wrong := problem(row.standing, verdict, reason):
        where, sentence = wrong
        raise Invalid(sentence, [Problem(where, sentence)])
    if verdict == row.standing and not reason:
        raise NotNow(N_("This has been said of the import already."))
    if verdict == WITHDRAWN and not hold_figures(act.session.connection()):
        raise NotNow(N_("A file of figures is being taken in just now. Please withdraw this one when that has ended."))
    said = ImportVerdict(import_number=row.number, verdict=verdict, reason=reason, said_at=act.at, said_by=person.id)
    act.session.add(said)
    row.standing = verdict
    act.session.flush()
    restored = _stand_again(act, row.number) if verdict == WITHDRAWN else 0
    if restored:
        figures.tell_moved(act, restored_of_reports(act.session, row.number))
    told = {"import": str(row.id), "file": row.file_name, "verdict": verdict}
    act.record("dataset.verdict", {**told, "restored": restored})
    rechecks.after_figures(act)
    if row.imported_by:
        act.notify("dataset.verdict", [row.imported_by], told)
    return row


def _stand_again(act: Act, number: int) -> int:
    """Puts back what an earlier file said where a withdrawn one had revised it, and mends the totals; gives how many
    figures.
    """
    good = _good_before(number)
    mine = and_(_held.c.id == good.c.observation_id, _held.c.import_number == number)
    kept = [_held.c.id, _held.c.revision, *(_held.c[name] for name in SAID), _held.c.import_number]
    moment = literal(act.at, _past.c.superseded_at.type)
    names = ["observation_id", "revision", *SAID, "import_number", "superseded_by", "superseded_at"]
    before = select(*kept, good.c.import_number, moment).join_from(_held, good, mine)
    act.session.execute(insert(_past).from_select(names, before))
    now = {name: good.c[name] for name in SAID}
    changed = act.session.execute(
        update(_held)
        .where(mine)
        .values(**now, import_number=good.c.import_number, revision=_held.c.revision + 1)
        .execution_options(synchronize_session=False, preserve_rowcount=True)
    )
    totals.after_withdrawal(act.session, number)
    return int(cast("Any", changed).rowcount)


def _good_before(number: int) -> Subquery:
    """The newest word of an import that is not withdrawn, for each figure that this import revised."""
    withdrawn = select(Import.number).where(Import.standing == WITHDRAWN)
    mine = select(_held.c.id).where(_held.c.import_number == number)
    newest: Select[Any] = (
        select(_past.c.observation_id, func.max(_past.c.revision).label("revision"))
        .where(_past.c.observation_id.in_(mine), _past.c.import_number.not_in(withdrawn))
        .group_by(_past.c.observation_id)
    )
    last = newest.subquery()
    same = and_(_past.c.observation_id == last.c.observation_id, _past.c.revision == last.c.revision)
    return select(*_past.c).join_from(_past, last, same).subquery()

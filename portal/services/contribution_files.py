"""Files laid beside the questions of a contribution, as part of its draft."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from forms.outline import Guideline
from portal.models.contributions import Contribution, ContributionFile
from portal.queries import contributions
from portal.queries.guidelines import guideline
from portal.rules.contributions import MODALITY, Filing
from portal.rules.refusals import Missing
from portal.services.act import Act
from portal.services.attachments import Upload
from portal.services.contributions import NO_QUESTION, Draft, demand_writable, save, told


def attach(act: Act, filing: Filing, question: str, upload: Upload) -> ContributionFile:
    """Lays a stored file beside a question of a contribution whose row is held; where the question asks for files, its
    answer names the file at once.
    """
    act.demand("contribution:write", filing)
    found: Contribution = filing.contribution
    demand_writable(found)
    asked: Guideline = guideline(act.session, found.edition)
    if question not in {one.key for one in asked.counted(MODALITY)}:
        raise Missing(NO_QUESTION)
    row = ContributionFile(
        contribution_id=found.id,
        question=question,
        name=upload.name,
        media_type=upload.media_type,
        size=upload.size,
        sha256=upload.sha256,
        blob=upload.blob,
        remarks=upload.told,
        added_at=act.at,
        added_by=act.actor.id,
    )
    act.session.add(row)
    act.session.flush()
    act.record("contribution.attach", told(found) | {"file": str(row.id), "sha256": row.sha256})
    if asked.questions[question].kind == "files":
        named = [*found.values.get(question, []), {"attachment": str(row.id), "caption": ""}]
        save(act, filing, Draft(values={question: named}), found.revision)
    return row


def remove_file(act: Act, filing: Filing, file_id: uuid.UUID) -> None:
    """Takes a file out of the draft and out of its answer. Its bytes stay, for the versions that were sent with it."""
    act.demand("contribution:write", filing)
    found: Contribution = filing.contribution
    demand_writable(found)
    row, of = contributions.file(act.session, file_id)
    if of.id != found.id or row.removed_at is not None:
        raise Missing(contributions.NO_FILE)
    row.removed_at = act.at
    act.record("contribution.detach", told(found) | {"file": str(row.id)})
    value = found.values.get(row.question)
    if isinstance(value, list):
        rest = [entry for entry in value if entry.get("attachment") != str(file_id)]
        rest = [_without_picture(entry, str(file_id)) for entry in rest]
        save(act, filing, Draft(values={row.question: rest}), found.revision)


def _without_picture(entry: Mapping[str, Any], file_id: str) -> dict[str, Any]:
    pictures = [one for one in entry.get("pictures") or [] if one["attachment"] != file_id]
    return {**entry, "pictures": pictures} if entry.get("pictures") else dict(entry)

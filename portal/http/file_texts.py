"""Attached files at the edge: the text of one that waits is read, with no transaction open meanwhile, and kept."""

from __future__ import annotations

import tempfile
from typing import BinaryIO, cast

from portal.adapters.reading import read
from portal.db import db
from portal.http.context import commit, storage, system_act
from portal.models.passages import FileToRead
from portal.queries import cutting
from portal.rules.refusals import Refusal
from portal.services.passages import keep_file

IN_MEMORY = 1_000_000


def read_waiting_file() -> FileToRead | None:
    """Reads the file that waits longest into passages and commits; returns what became of it, None where none waits.

    StorageUnavailable where the store does not answer: the file goes on waiting.
    """
    waiting = cutting.next_file(db.session)
    if waiting is not None:
        db.session.expunge(waiting)
    db.session.rollback()
    if waiting is None:
        return None
    texts: list[tuple[int | None, str]] = []
    problem = ""
    with tempfile.SpooledTemporaryFile(IN_MEMORY) as held:
        for block in storage().chunks(waiting.blob):
            held.write(block)
        try:
            texts = [(one.page, one.text) for one in read(cast("BinaryIO", held), waiting.media_type).passages]
        except Refusal as refusal:
            problem = refusal.sentence
    waiting.passages, waiting.problem = keep_file(system_act(), waiting, texts, problem), problem
    commit()
    return waiting

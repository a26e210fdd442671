"""Files that were laid down before files were looked at: each is looked at, with no transaction open meanwhile."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from typing import BinaryIO, cast

from portal.adapters.remarks import look
from portal.adapters.storage import StorageUnavailable
from portal.db import db
from portal.http.context import commit, storage, system_act
from portal.queries.files import not_looked_at
from portal.rules.datasets import Note
from portal.services.attachments import keep_remarks

IN_MEMORY = 1_000_000


def look_at_files() -> Iterator[tuple[str, tuple[Note, ...] | str]]:
    """Looks at each such file and commits; gives its name with what is told of it, or why it cannot be read now."""
    waiting = not_looked_at(db.session)
    db.session.rollback()
    for file in waiting:
        with tempfile.SpooledTemporaryFile(IN_MEMORY) as held:
            try:
                for block in storage().chunks(file.blob):
                    held.write(block)
            except StorageUnavailable as fault:
                yield file.name, str(fault)
                continue
            found = look(cast("BinaryIO", held), file.media_type)
        keep_remarks(system_act(), file, found)
        commit()
        yield file.name, found

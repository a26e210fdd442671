"""Files as they come in: judged by their content and kept, before any writing transaction is open."""

from __future__ import annotations

from typing import BinaryIO, cast

from werkzeug.datastructures import FileStorage

from portal.adapters.content import display_name, recognise
from portal.adapters.remarks import look
from portal.http.context import storage
from portal.services.attachments import Upload


def receive(file: FileStorage, *, told: bool = True) -> Upload:
    """Judges a file and keeps its bytes. Unacceptable, Invalid or TooLarge, and nothing kept, where it is not taken.

    With `told` it is looked at for what it carries, which the state or the partner is told.
    """
    name = file.filename or ""
    stream = cast("BinaryIO", file.stream)
    kind = recognise(stream, name)
    remarks = look(stream, kind.media_type) if told else None
    blob = storage().put(stream)
    shown = display_name(name, kind.extension)
    return Upload(shown, kind.media_type, blob.key, blob.size, blob.sha256, remarks)

"""Files as they come in: judged by their content and kept, before any writing transaction is open."""

from __future__ import annotations

from typing import BinaryIO, cast

from werkzeug.datastructures import FileStorage

from portal.adapters.content import display_name, recognise
from portal.http.context import storage
from portal.services.attachments import Upload


def receive(file: FileStorage) -> Upload:
    """Judges a file and keeps its bytes. Unacceptable, Invalid or TooLarge, and nothing kept, where it is not taken."""
    name = file.filename or ""
    stream = cast("BinaryIO", file.stream)
    kind = recognise(stream, name)
    blob = storage().put(stream)
    return Upload(display_name(name, kind.extension), kind.media_type, blob.key, blob.size, blob.sha256)

"""Forms with files, read by a parser several times as quick as Werkzeug's: a section sends two hundred parts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import IO, Any

from flask import Request
from multipart import MultipartError, MultipartSegment, ParserLimitReached, PushMultipartParser
from werkzeug.datastructures import FileStorage, Headers, MultiDict
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.formparser import FormDataParser

BLOCK = 1 << 16
CHARSETS = frozenset({"ascii", "us-ascii", "utf-8", "iso-8859-1"})
Parts = tuple[MultiDict[str, str], MultiDict[str, FileStorage]]


class PartsParser(FormDataParser):
    """Reads a form as Werkzeug does, with its limits; MAX_FORM_MEMORY_SIZE bounds the texts of a form together."""

    def parse(
        self, stream: IO[bytes], mimetype: str, content_length: int | None, options: dict[str, str] | None = None
    ) -> tuple[IO[bytes], MultiDict[str, str], MultiDict[str, FileStorage]]:
        """The stream, the texts and the files; a body that is no form gives none. RequestEntityTooLarge above a
        limit.
        """
        if mimetype != "multipart/form-data":
            return super().parse(stream, mimetype, content_length, options)
        try:
            return stream, *self._parts(stream, content_length, (options or {}).get("boundary", ""))
        except ParserLimitReached:
            raise RequestEntityTooLarge from None
        except MultipartError:
            return stream, self.cls(), self.cls()

    def _parts(self, stream: IO[bytes], content_length: int | None, boundary: str) -> Parts:
        texts: list[tuple[str, str]] = []
        files: list[tuple[str, FileStorage]] = []
        limits: dict[str, Any] = {} if self.max_form_parts is None else {"max_segment_count": self.max_form_parts}
        events: Iterator[Any] = PushMultipartParser(boundary, **limits).parse_blocking(stream.read, BLOCK)
        left = self.max_form_memory_size
        for head in events:
            name = head.name or ""
            if head.filename is None:
                text = bytearray()
                for block in _content(events):
                    text += block
                    if left is not None and len(text) > left:
                        raise RequestEntityTooLarge
                left = None if left is None else left - len(text)
                charset = (head.charset or "").lower()
                texts.append((name, text.decode(charset if charset in CHARSETS else "utf-8", "replace")))
            else:
                files.append((name, _file(head, self.stream_factory, content_length, _content(events))))
        return self.cls(texts), self.cls(files)


def _content(events: Iterator[Any]) -> Iterator[bytes]:
    """The blocks of the part that has begun, to its end."""
    return iter(events.__next__, None)


def _file(
    head: MultipartSegment, opened: Callable[..., IO[bytes]], content_length: int | None, content: Iterator[bytes]
) -> FileStorage:
    kept = opened(
        total_content_length=content_length,
        content_type=head.content_type,
        filename=head.filename,
        content_length=None,
    )
    for block in content:
        kept.write(block)
    kept.seek(0)
    return FileStorage(kept, head.filename, head.name, headers=Headers(head.headerlist))


class PortalRequest(Request):
    """A request whose forms are read by the quick parser."""

    form_data_parser_class = PartsParser

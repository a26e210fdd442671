"""Forms with files are read as Werkzeug reads them: the same texts, the same files, the same limits."""

from __future__ import annotations

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.formparser import FormDataParser

from portal.http.parts import PartsParser

MARK = "a-boundary-of-the-tests"
Text = tuple[str, str]
File = tuple[str, str, str, bytes]

names = st.text(st.characters(exclude_categories=("C",), exclude_characters='"\\%'), min_size=1, max_size=30)
kinds = st.sampled_from(["text/plain", "application/pdf", "text/csv; charset=utf-8"])
texts = st.lists(st.tuples(names, st.text(max_size=300)), max_size=8)
files = st.lists(st.tuples(names, names, kinds, st.binary(max_size=3000)), max_size=4)


def sent(fields: list[Text], uploads: list[File]) -> bytes:
    """The body that a browser sends."""
    body = b""
    for name, value in fields:
        body += f'--{MARK}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
    for name, file, kind, content in uploads:
        body += f'--{MARK}\r\nContent-Disposition: form-data; name="{name}"; filename="{file}"\r\n'.encode()
        body += f"Content-Type: {kind}\r\n\r\n".encode() + content + b"\r\n"
    return body + f"--{MARK}--\r\n".encode()


def told(parser: FormDataParser, body: bytes, mark: str = MARK) -> tuple[list[Text], list[File]]:
    """What a parser makes of a body."""
    _stream, fields, uploads = parser.parse(io.BytesIO(body), "multipart/form-data", len(body), {"boundary": mark})
    found = [(n, f.filename or "", f.content_type or "", f.read()) for n, f in uploads.items(multi=True)]
    return list(fields.items(multi=True)), found


@given(texts, files)
@settings(max_examples=200, deadline=None)
def test_every_form_is_read_as_it_was_sent(fields: list[Text], uploads: list[File]) -> None:
    body = sent(fields, uploads)
    assert told(PartsParser(), body) == told(FormDataParser(), body) == grouped(fields, uploads)


def grouped(fields: list[Text], uploads: list[File]) -> tuple[list[Text], list[File]]:
    """Parts of one name stand together, at the place of the first."""
    first = list(dict.fromkeys(field[0] for field in fields))
    of_file = list(dict.fromkeys(upload[0] for upload in uploads))
    by_name = sorted(uploads, key=lambda upload: of_file.index(upload[0]))
    return sorted(fields, key=lambda field: first.index(field[0])), by_name


@pytest.mark.parametrize("parser", [PartsParser, FormDataParser])
@pytest.mark.parametrize("body", [b"", b"no form", sent([("a", "b")], [])[:30]])
def test_a_body_that_is_no_form_gives_none(parser: type[FormDataParser], body: bytes) -> None:
    assert told(parser(), body) == ([], [])
    assert told(parser(), sent([("a", "b")], []), "another mark") == ([], [])


def test_limits() -> None:
    body = sent([("a", "x" * 60)] * 4, [("file", "a.csv", "text/csv", b"y" * 900)])
    exact = PartsParser(max_form_memory_size=240, max_form_parts=5)
    assert len(told(exact, body)[0]) == 4
    with pytest.raises(RequestEntityTooLarge):
        told(PartsParser(max_form_memory_size=59, max_form_parts=5), body)
    with pytest.raises(RequestEntityTooLarge):
        told(PartsParser(max_form_memory_size=240, max_form_parts=4), body)


def test_the_texts_of_a_form_are_bounded_together() -> None:
    with pytest.raises(RequestEntityTooLarge):
        told(PartsParser(max_form_memory_size=239), sent([("a", "x" * 60)] * 4, []))

"""Owns the synthesis bundle: a ZIP of a cycle with its manifest, streamed, the same bytes for the same inputs."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import re
import tempfile
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from zipstream.ng import ZipStream, ZipStreamInfo

from forms.answers import canonical
from portal.documents import tables
from portal.documents.tables import Asked
from portal.documents.version import instant

FORMAT = "nua-bundle/1"
MANIFEST = "manifest.json"
BLOCK = 1 << 18
SPOOL = 1 << 21
NAME_LIMIT = 80
DIGEST_LENGTH = 64

README = """\
Reports of the New Urban Agenda, cycle {cycle}, as of {as_of}

reports/<entity>/v<number>/version.json   a submitted version, byte for byte as it was frozen
reports/<entity>/v<number>/receipt.json   the signed receipt that the state was given
reports/<entity>/v<number>/files/         its attachments, named by their id
answers.csv           every value of every answer of every version
observations.csv      indicator data of channel b
data-dictionary.csv   what each column means, and each question with its title, unit and indicator
manifest.json         size and SHA-256 of every file here but itself, and the inputs

CSV files are UTF-8 without a byte order mark, separated by commas, with lines that end in CR LF.
A cell that begins with = + - @ or a tab and is no number has an apostrophe before it, so that no
spreadsheet runs it; take one apostrophe away to have the text of the state.

The same inputs give the same bytes: names and order are fixed, the only time is the one above, and
nothing is compressed, so no version of a compression library has a part in it.

To check the bundle without the portal, with Python 3.11 or newer:  python -m portal.verify BUNDLE.zip
"""


class Altered(Exception):
    """The bytes of an attachment are not those that were submitted; the bundle is not made. `sentence` says which."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


@dataclass(frozen=True)
class FileInput:
    """An attachment as the version names it; `chunks` gives its bytes when its turn comes."""

    id: str
    name: str
    size: int
    sha256: str
    chunks: Callable[[], Iterable[bytes]]


@dataclass(frozen=True)
class VersionInput:
    """A submitted version: its canonical bytes, its receipt and its attachments."""

    entity: str
    number: int
    document: bytes
    receipt: bytes
    files: Sequence[FileInput] = ()


@dataclass(frozen=True)
class Inputs:
    """All that goes into a bundle.

    `versions` come by entity, then number, and are taken once, one at a time; `observations` are rows by name of
    column, in an order that the caller keeps; `sources` name what else went in (data sets with their digests);
    `as_of` is the moment the data stand for, and the only time in the bundle. With `check_files` each attachment is
    hashed once more on its way.
    """

    cycle: str
    as_of: dt.datetime
    versions: Iterable[VersionInput]
    observations: Iterable[Mapping[str, object]] = ()
    questions: Iterable[Asked] = ()
    sources: Sequence[Mapping[str, object]] = ()
    check_files: bool = True


@dataclass(frozen=True)
class Built:
    """A finished bundle: its size, its SHA-256, and the SHA-256 of its manifest."""

    size: int
    sha256: str
    manifest: str


class _DatedZip(ZipStream):
    """A ZIP stream whose members all bear one date: the library takes the clock's, which would change the bytes.

    Its comment is the SHA-256 of the frame: of all bytes but the contents of the members and the digest itself. The
    manifest answers for the contents, so together they answer for every byte.
    """

    def __init__(self, date: dt.datetime) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.date = max(date, dt.datetime(1980, 1, 1, tzinfo=dt.UTC)).astimezone(dt.UTC).timetuple()[:6]
        self.frame = hashlib.sha256()

    def member(self, name: str, chunks: Iterable[bytes], size: int | None) -> Iterator[bytes]:
        """The bytes of one member, stored; without a size it is written so that it may pass 4 GiB."""
        info = ZipStreamInfo(name, self.date)  # type: ignore[no-untyped-call]
        info.external_attr = 0o644 << 16
        info.file_size = size or 0
        info.header_offset = self._pos
        blocks = info._file_data(chunks, force_zip64=size is None)  # type: ignore[no-untyped-call]
        header = next(blocks)
        self.frame.update(header)
        yield self._track(header)  # type: ignore[no-untyped-call]
        last = next(blocks)
        for block in blocks:
            yield self._track(last)  # type: ignore[no-untyped-call]
            last = block
        self.frame.update(last)
        yield self._track(last)  # type: ignore[no-untyped-call]
        self._filelist.append(info)

    def ending(self) -> bytes:
        """The directory and the comment."""
        self.comment = "0" * DIGEST_LENGTH
        footer = b"".join(self.footer())[:-DIGEST_LENGTH]  # type: ignore[no-untyped-call]
        self.frame.update(footer)
        return footer + self.frame.hexdigest().encode()


@dataclass
class Bundle:
    """The bundle of the inputs, taken once, by blocks or as a stream; then `manifest` is the manifest's digest."""

    inputs: Inputs
    manifest: str = ""
    _listed: list[dict[str, object]] = field(default_factory=list)
    _rest: bytes = b""
    _blocks: Iterator[bytes] | None = None

    def __iter__(self) -> Iterator[bytes]:
        """The bytes in blocks."""
        archive = _DatedZip(self.inputs.as_of)
        as_of = instant(self.inputs.as_of)
        yield from self._put(archive, "README.txt", [README.format(cycle=self.inputs.cycle, as_of=as_of).encode()])
        with tempfile.TemporaryFile(buffering=SPOOL) as spool:
            spool.write(tables.headings(tables.ANSWERS))
            for version in _in_order(self.inputs.versions):
                document = json.loads(version.document)
                spool.write(tables.csv_text(tables.answer_rows(document)))
                yield from self._version(archive, version, document)
            spool.seek(0)
            yield from self._put(archive, "answers.csv", iter(lambda: spool.read(BLOCK), b""))
        rows = tables.dictionary_rows(self.inputs.questions)
        yield from self._put(archive, "data-dictionary.csv", tables.csv_blocks(tables.DICTIONARY, rows))
        rows = tables.named_rows(tables.OBSERVATIONS, self.inputs.observations)
        yield from self._put(archive, "observations.csv", tables.csv_blocks(tables.OBSERVATIONS, rows))
        manifest = self._manifest(as_of)
        self.manifest = hashlib.sha256(manifest).hexdigest()
        yield from archive.member(MANIFEST, [manifest], len(manifest))
        yield archive.ending()

    def read(self, size: int = -1) -> bytes:
        """The next bytes, as many as `size` or fewer: so a storage takes the bundle as a stream."""
        if self._blocks is None:
            self._blocks = iter(self)
        while not self._rest and (block := next(self._blocks, None)) is not None:
            self._rest = block
        if size < 0:
            whole, self._rest = self._rest + b"".join(self._blocks), b""
            return whole
        taken, self._rest = self._rest[:size], self._rest[size:]
        return taken

    def _version(self, archive: _DatedZip, version: VersionInput, document: Mapping[str, Any]) -> Iterator[bytes]:
        folder = f"reports/{version.entity}/v{version.number}"
        named = sorted((file["id"], file["size"], file["sha256"]) for file in document["files"])
        if named != sorted((file.id, file.size, file.sha256) for file in version.files):
            raise ValueError(f"The files given for {folder} are not those that the version names.")
        yield from self._put(archive, f"{folder}/version.json", [version.document])
        yield from self._put(archive, f"{folder}/receipt.json", [version.receipt])
        for file in sorted(version.files, key=lambda file: file.id):
            yield from self._file(archive, f"{folder}/files/{file.id}-{_plain_name(file.name)}", file)

    def _file(self, archive: _DatedZip, name: str, file: FileInput) -> Iterator[bytes]:
        """An attachment of known size and digest: without `check_files` its size alone is compared."""
        counted = _Counted(file.chunks(), hashed=self.inputs.check_files)
        yield from archive.member(name, counted, file.size)
        if counted.size != file.size or (self.inputs.check_files and counted.sha256() != file.sha256):
            raise Altered(f"The bytes of {name} in the store are not those that were submitted. No bundle was made.")
        self._listed.append({"name": name, "size": file.size, "sha256": file.sha256})

    def _put(self, archive: _DatedZip, name: str, blocks: Iterable[bytes]) -> Iterator[bytes]:
        counted = _Counted(blocks, hashed=True)
        yield from archive.member(name, counted, None)
        self._listed.append({"name": name, "size": counted.size, "sha256": counted.sha256()})

    def _manifest(self, as_of: str) -> bytes:
        listed = sorted(self._listed, key=lambda one: str(one["name"]))
        inputs = {
            "versions": [one["name"] for one in listed if str(one["name"]).endswith("/version.json")],
            "sources": list(self.inputs.sources),
        }
        return canonical(
            {"format": FORMAT, "cycle": self.inputs.cycle, "as_of": as_of, "inputs": inputs, "files": listed}
        )


class _Counted:
    """Blocks that are counted, and hashed where asked, while they pass."""

    def __init__(self, blocks: Iterable[bytes], hashed: bool) -> None:
        self.blocks = blocks
        self.size = 0
        self.digest = hashlib.sha256() if hashed else None

    def __iter__(self) -> Iterator[bytes]:
        for block in self.blocks:
            self.size += len(block)
            if self.digest is not None:
                self.digest.update(block)
            yield block

    def sha256(self) -> str:
        """The digest of what has passed, in hexadecimal; empty when it was not hashed."""
        return self.digest.hexdigest() if self.digest is not None else ""


def _in_order(versions: Iterable[VersionInput]) -> Iterator[VersionInput]:
    last = ("", 0)
    for version in versions:
        place = (version.entity, version.number)
        if place <= last:
            raise ValueError(f"The version {place} does not come by entity and number; {last} came before it.")
        last = place
        yield version


def _plain_name(name: str) -> str:
    """The name of a file in plain signs, for people who unpack it; the manifest and the id are what counts."""
    ascii_only = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    stem, point, suffix = re.sub(r"[^A-Za-z0-9._-]+", "_", ascii_only).strip("._-").rpartition(".")
    suffix = suffix[:10]
    return f"{stem[: NAME_LIMIT - len(suffix)]}{point}{suffix}" or "file"


def build(inputs: Inputs) -> Iterator[bytes]:
    """The bundle in blocks; raises Altered for an attachment other than submitted, ValueError for disorder."""
    return iter(Bundle(inputs))


def write(inputs: Inputs, path: Path) -> Built:
    """Writes the bundle to a file, whole or not at all: under another name first, synced, then renamed."""
    bundle, digest, size = Bundle(inputs), hashlib.sha256(), 0
    unfinished = path.with_name(f"{path.name}.unfinished")
    try:
        with unfinished.open("wb") as file:
            for block in bundle:
                digest.update(block)
                size += file.write(block)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
    return Built(size, digest.hexdigest(), bundle.manifest)

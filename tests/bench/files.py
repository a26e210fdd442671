"""Measures what goes through in bulk: the synthesis bundle, a file taken in, a table of figures imported; each beside the bare way."""

from __future__ import annotations

import csv
import functools
import hashlib
import io
import os
import shutil
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from zipstream.ng import ZipStream

from portal.adapters.storage import BLOCK, Blob, open_storage
from portal.adapters.tabular_layouts import Told
from portal.documents.bundle import Bundle, FileInput, Inputs, VersionInput
from portal.documents.version import FrozenFile, Submission, freeze
from portal.http.context import storage
from portal.services import observations
from tests.bench.data import DDF, ddf
from tests.bench.goals import Row
from tests.factories import DAY, World
from tests.faults.server import Place

ROOT = Path(__file__).resolve().parents[2]
REAL = ROOT.parent / "shared" / "data" / "un_sdg"
MIB = 1 << 20
REPEATS = 3


@dataclass(frozen=True)
class Amount:
    """How much is sent through."""

    rows: int = 200_000
    mebibytes: int = 200


@dataclass(frozen=True)
class Cost:
    """What one piece of work took: seconds, and by how much the memory of this process rose above where it stood."""

    seconds: float
    grown: float


def measure(folder: Path, amount: Amount) -> Iterator[Row]:
    """Bundle, upload and import, in this process."""
    yield from _uploads(folder, amount)
    yield from _bundles(folder, amount)
    yield from _imports(folder, amount)


def _cost(work: Callable[[], object]) -> Cost:
    """Runs it with the high-water mark of memory set back first."""
    Path("/proc/self/clear_refs").write_text("5", "ascii")
    before = _memory("VmRSS")
    began = time.perf_counter()
    work()
    return Cost(time.perf_counter() - began, _memory("VmHWM") - before)


def _memory(name: str) -> float:
    lines = Path("/proc/self/status").read_text("ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(name)) / 1024


def _best(first: Callable[[], object], second: Callable[[], object]) -> tuple[Cost, Cost]:
    """Both in turn, several times; the quickest of each, with the most memory it ever took."""
    runs = [(_cost(first), _cost(second)) for _ in range(REPEATS)]
    return tuple(Cost(min(r.seconds for r in side), max(r.grown for r in side)) for side in zip(*runs, strict=True))  # type: ignore[return-value]


def _uploads(folder: Path, amount: Amount) -> Iterator[Row]:
    files, source = open_storage(f"file://{folder / 'uploads'}"), folder / "upload.bin"
    with source.open("wb") as out:
        for _ in range(amount.mebibytes):
            out.write(os.urandom(MIB))

    def take_in() -> None:
        with source.open("rb") as stream:
            files.delete(files.put(stream).key)

    def hash_alone() -> None:
        with source.open("rb") as stream:
            hashlib.file_digest(stream, "sha256")

    ours, bare = _best(take_in, hash_alone)
    source.unlink()
    yield Row("P12", amount.mebibytes / ours.seconds, amount.mebibytes / bare.seconds)
    yield Row("P12 RSS", ours.grown)


def _bundles(folder: Path, amount: Amount) -> Iterator[Row]:
    files = open_storage(f"file://{folder / 'bundle'}")
    blobs = [files.put(io.BytesIO(os.urandom(MIB))) for _ in range(amount.mebibytes)]
    inputs = functools.partial(_inputs, blobs, files.chunks)
    paths = [folder / "bundle" / blob.key for blob in blobs]
    ours, bare = _best(lambda: _drain(Bundle(inputs())), lambda: _drain(_bare_zip(paths)))
    yield Row("P11", amount.mebibytes / ours.seconds, amount.mebibytes / bare.seconds)
    if shutil.which("zip"):
        command = f"zip -0 -q -r - {folder / 'bundle'} | cat > /dev/null"
        program = min(_cost(lambda: subprocess.run(command, shell=True, check=True)).seconds for _ in range(REPEATS))
        yield Row("P11 zip", amount.mebibytes / ours.seconds, amount.mebibytes / program)
    yield Row("P11 RSS", ours.grown)


def _drain(blocks: Iterable[bytes]) -> int:
    return sum(len(block) for block in blocks)


def _bare_zip(paths: list[Path]) -> Iterator[bytes]:
    stream = ZipStream(sized=False)
    for path in paths:
        stream.add(_blocks(path), path.name)
    yield from stream


def _blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as stream:
        while block := stream.read(BLOCK):
            yield block


def _inputs(blobs: list[Blob], chunks: Callable[[str], Iterator[bytes]]) -> Inputs:
    """A bundle of one state a blob: a small document, and the blob as its attachment."""
    versions = [_version(number, blob, functools.partial(chunks, blob.key)) for number, blob in enumerate(blobs)]
    return Inputs(cycle="2026", as_of=DAY, versions=versions)


def _version(number: int, blob: Blob, chunks: Callable[[], Iterator[bytes]]) -> VersionInput:
    entity, name = f"X{number // 26 + 65:c}{number % 26 + 65:c}", f"{number:032x}"
    file = FrozenFile(name, "annex.pdf", "application/pdf", blob.size, blob.sha256, "F.4/files")
    submission = Submission(
        entity=entity, cycle="2026", edition="nua-2024-r1", edition_digest="", modality="full", languages=("en",), number=1,
        submitted_at=DAY, submitted_by="certifier", answers=[], files=[file], findings=[],
    )  # fmt: skip
    return VersionInput(entity, 1, freeze(submission), b"{}", [FileInput(name, "annex.pdf", blob.size, blob.sha256, chunks)])


def _imports(folder: Path, amount: Amount) -> Iterator[Row]:
    content = ddf(amount.rows)
    ours, bare = _import(folder / "synthetic", content, DDF)
    yield Row("P17", ours.seconds, bare.seconds)
    yield Row("P17 RSS", ours.grown)
    found = sorted(REAL.glob("ddf--datapoints--*.csv"), key=lambda path: path.stat().st_size) if REAL.is_dir() else []
    if found:
        ours, bare = _import(folder / "real", found[-1].read_bytes(), found[-1].name)
        yield Row("P17 real", ours.seconds, bare.seconds)


def _import(folder: Path, content: bytes, name: str) -> tuple[Cost, Cost]:
    """Into a fresh portal, and into one bare table in one transaction on the same disk."""
    folder.mkdir()
    place = Place(folder, f"sqlite:///{folder / 'portal.db'}")
    source = folder / name
    source.write_bytes(content)
    with place.application() as app:
        world = World(app)
        world.build()
        act = world.act(None)

        def take_in() -> None:
            observations.take_in_from_console(act, storage(), source, name, Told())
            world.done()

        ours = _cost(take_in)
    return ours, _cost(lambda: _bare_import(folder / "bare.db", source))


def _bare_import(database: Path, source: Path) -> None:
    connection = sqlite3.connect(database, isolation_level=None)
    connection.execute("PRAGMA journal_mode=wal")
    connection.execute("PRAGMA synchronous=2")
    with source.open(newline="") as stream:
        lines = csv.reader(stream)
        header = next(lines)
        connection.execute(f"CREATE TABLE figures ({', '.join(f'c{n} TEXT' for n in range(len(header)))})")
        connection.execute("BEGIN")
        connection.executemany(f"INSERT INTO figures VALUES ({', '.join('?' * len(header))})", lines)
        connection.execute("COMMIT")
    connection.close()

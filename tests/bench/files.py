"""Measures what goes through in bulk: the bundle, a file taken in, figures imported; each beside the bare way."""

from __future__ import annotations

import csv
import functools
import gc
import hashlib
import io
import multiprocessing
import os
import shutil
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg

from portal.adapters.storage import Blob, open_storage
from portal.adapters.tabular_layouts import Told
from portal.documents.bundle import Bundle, FileInput, Inputs, VersionInput
from portal.documents.version import FrozenFile, Submission, freeze
from portal.http.context import storage
from portal.services import observations
from tests import databases
from tests.bench import totals
from tests.bench.data import DDF, ddf
from tests.bench.floor import bare_zip
from tests.bench.goals import Row
from tests.factories import DAY, World
from tests.faults.server import Place

ROOT = Path(__file__).resolve().parents[2]
REAL = ROOT.parent / "shared" / "data" / "un_sdg"
MIB = 1 << 20


@dataclass(frozen=True)
class Amount:
    """How much is sent through."""

    rows: int = 1_000_000
    mebibytes: int = 200
    repeats: int = 3


@dataclass(frozen=True)
class Cost:
    """What one piece of work took: seconds, and by how much the memory of this process rose above where it stood."""

    seconds: float
    grown: float


def measure(folder: Path, amount: Amount) -> Iterator[Row]:
    """Bundle, upload and import, without the web server."""
    yield from _uploads(folder, amount)
    yield from _bundles(folder, amount)
    yield from _imports(folder, amount)


def _cost(work: Callable[[], object]) -> Cost:
    """Runs it with the high-water mark of memory set back first."""
    Path("/proc/self/clear_refs").write_text("5", "ascii")
    before = memory("self", "VmRSS")
    began = time.perf_counter()
    work()
    return Cost(time.perf_counter() - began, memory("self", "VmHWM") - before)


def memory(process: int | str, name: str) -> float:
    """One figure of a process' memory in MiB, as the kernel tells it."""
    lines = Path(f"/proc/{process}/status").read_text("ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:")) / 1024


def _apart(repeats: int, *works: Callable[[], object]) -> list[Cost]:
    """Each piece of work in a process of its own, in turn: the quickest run, with the most memory any run took on."""
    context = multiprocessing.get_context("spawn")
    runs: list[list[Cost]] = [[] for _ in works]
    for _ in range(repeats):
        for work, held in zip(works, runs, strict=True):
            with context.Pool(1) as pool:
                held.append(pool.apply(_cost, (work,)))
    return [Cost(min(run.seconds for run in held), max(run.grown for run in held)) for held in runs]


def _uploads(folder: Path, amount: Amount) -> Iterator[Row]:
    url, source = f"file://{folder / 'uploads'}", folder / "upload.bin"
    with source.open("wb") as out:
        for _ in range(amount.mebibytes):
            out.write(os.urandom(MIB))
    ours, bare = _apart(
        amount.repeats, functools.partial(_take_in, url, source), functools.partial(_hash_alone, source)
    )
    source.unlink()
    yield Row("P12", amount.mebibytes / ours.seconds, amount.mebibytes / bare.seconds)
    yield Row("P12 RSS", ours.grown)


def _take_in(url: str, source: Path) -> None:
    files = open_storage(url)
    with source.open("rb") as stream:
        files.delete(files.put(stream).key)


def _hash_alone(source: Path) -> None:
    with source.open("rb") as stream:
        hashlib.file_digest(stream, "sha256")


def _bundles(folder: Path, amount: Amount) -> Iterator[Row]:
    kept = folder / "bundle"
    files = open_storage(f"file://{kept}")
    blobs = [files.put(io.BytesIO(os.urandom(MIB))) for _ in range(amount.mebibytes)]
    ours, bare = _apart(
        amount.repeats, functools.partial(_build, kept, blobs), functools.partial(_build_bare, kept, blobs)
    )
    yield Row("P11 build", amount.mebibytes / ours.seconds, amount.mebibytes / bare.seconds)
    if shutil.which("zip"):
        command = f"zip -0 -q -r - {kept} | cat > /dev/null"
        (program,) = _apart(amount.repeats, functools.partial(subprocess.run, command, shell=True, check=True))
        yield Row("P11 zip", amount.mebibytes / ours.seconds, amount.mebibytes / program.seconds)
    yield Row("P11 RSS", ours.grown)
    shutil.rmtree(kept)


def _build(kept: Path, blobs: list[Blob]) -> None:
    """The bundle as the portal makes it: each attachment hashed once more against what was submitted."""
    _drain(Bundle(_inputs(blobs, open_storage(f"file://{kept}").chunks)))


def _build_bare(kept: Path, blobs: list[Blob]) -> None:
    """The same files in a ZIP, each hashed on its way, and nothing else."""
    for blob in blobs:
        with (kept / blob.key).open("rb") as stream:
            hashlib.file_digest(stream, "sha256")
    _drain(bare_zip([kept / blob.key for blob in blobs]))


def _drain(blocks: Iterable[bytes]) -> int:
    return sum(len(block) for block in blocks)


def _inputs(blobs: list[Blob], chunks: Callable[[str], Iterator[bytes]]) -> Inputs:
    """A bundle of one state a blob: a small document, and the blob as its attachment."""
    versions = [_version(number, blob, functools.partial(chunks, blob.key)) for number, blob in enumerate(blobs)]
    return Inputs(cycle="2026", as_of=DAY, versions=versions)


def _version(number: int, blob: Blob, chunks: Callable[[], Iterator[bytes]]) -> VersionInput:
    entity, name = f"X{number // 26 + 65:c}{number % 26 + 65:c}", f"{number:032x}"
    file = FrozenFile(name, "annex.pdf", "application/pdf", blob.size, blob.sha256, "F.4/files")
    submission = Submission(
        entity=entity,
        cycle="2026",
        edition="nua-2024-r1",
        edition_digest="",
        modality="full",
        languages=("en",),
        number=1,
        submitted_at=DAY,
        submitted_by="certifier",
        answers=[],
        files=[file],
        findings=[],
    )
    return VersionInput(
        entity, 1, freeze(submission), b"{}", [FileInput(name, "annex.pdf", blob.size, blob.sha256, chunks)]
    )


def _imports(folder: Path, amount: Amount) -> Iterator[Row]:
    content = ddf(amount.rows)
    place = _new_place(folder / "synthetic")
    ours = _import(place, content, DDF)
    bare = _best(amount.repeats, lambda n: _rows_into_sqlite(folder / f"bare{n}.db", place.folder / DDF))
    yield Row("P17", ours.seconds, bare.seconds)
    yield Row("P17 RSS", ours.grown)
    yield from totals.measure(place)
    yield from totals.tiles(place)
    yield from _real_imports(folder, amount)
    if databases.postgres_bin():
        with databases.postgres(durable=True) as url:
            place = _new_place(folder / "postgres", url)
            ours = _import(place, content, DDF)
            bare = _best(amount.repeats, lambda n: _copy_into_postgres(url, f"bare{n}", place.folder / DDF))
            yield Row("P17 pg", ours.seconds, bare.seconds)
            yield Row("P17 RSS pg", ours.grown)
            yield from totals.measure(place, " pg")
            plain = _best(amount.repeats, lambda n: _keyed_by_plain_sql(url, f"keyed{n}", place.folder / DDF))
            yield Row("P17 pg keyed", ours.seconds, plain.seconds)


def _real_imports(folder: Path, amount: Amount) -> Iterator[Row]:
    """The largest of the real files, where they are there; each time into a portal that holds no figure."""
    found = sorted(REAL.glob("ddf--datapoints--*.csv"), key=lambda path: path.stat().st_size) if REAL.is_dir() else []
    if found:
        source = found[-1]
        content = source.read_bytes()
        each = [_import(_new_place(folder / f"real{n}"), content, source.name) for n in range(amount.repeats)]
        bare = _best(amount.repeats, lambda n: _rows_into_sqlite(folder / f"real{n}.db", source))
        yield Row("P17 real", min(cost.seconds for cost in each), bare.seconds)


def _new_place(folder: Path, url: str = "") -> Place:
    folder.mkdir()
    place = Place(folder, url or f"sqlite:///{folder / 'portal.db'}")
    with place.application() as app:
        World(app).build()
    return place


def _best(repeats: int, work: Callable[[int], object]) -> Cost:
    return min((_cost(functools.partial(work, n)) for n in range(repeats)), key=lambda cost: cost.seconds)


def _import(place: Place, content: bytes, name: str) -> Cost:
    """Into a portal, in a process of its own."""
    source = place.folder / name
    source.write_bytes(content)
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(_portal_import, (place, source))


def _portal_import(place: Place, source: Path) -> Cost:
    with place.application() as app:
        world = World(app)
        act = world.act(None)
        gc.freeze()  # as at the start of a portal

        def take_in() -> None:
            observations.take_in_from_console(act, storage(), source, source.name, Told())
            world.done()

        return _cost(take_in)


def _rows_into_sqlite(database: Path, source: Path) -> None:
    """Into one bare table in one transaction on the same disk."""
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


def _copy_into_postgres(url: str, table: str, source: Path) -> None:
    """Into one bare table by the COPY of the same server, which reads the table itself."""
    with psycopg.connect(url) as connection, connection.cursor() as cursor, source.open("rb") as stream:
        columns = ", ".join(f"c{n} TEXT" for n in range(stream.readline().count(b",") + 1))
        cursor.execute(f"CREATE TABLE {table} ({columns})")
        with cursor.copy(f"COPY {table} FROM STDIN (FORMAT csv)") as copy:
            while block := stream.read(MIB):
                copy.write(block)


def _keyed_by_plain_sql(url: str, table: str, source: Path) -> None:
    """The same work in plain SQL: the bare table, then every row that holds a figure into a table with the columns,
    keys and order of the portal's figures, its area and cut found in tables beside it.
    """
    _copy_into_postgres(url, f"{table}_bare", source)
    with source.open(encoding="utf-8") as lines:
        at = {name.strip(): f"c{n}" for n, name in enumerate(lines.readline().split(","))}
    value = list(at.values())[-1]
    raw, area, year = f"{table}_bare", at["geo_area"], at["year"]
    cut = ", ".join(at[name] for name in ("age", "sex", "units"))
    with psycopg.connect(url) as connection, connection.cursor() as cursor:
        for words in (
            f"CREATE TEMP TABLE met_areas AS SELECT row_number() OVER () AS area, {area} FROM {raw} GROUP BY {area}",
            f"CREATE TEMP TABLE met_cuts AS SELECT row_number() OVER () AS cut, {cut} FROM {raw} GROUP BY {cut}",
            f"CREATE TABLE {table} (LIKE observations INCLUDING ALL)",
            f"INSERT INTO {table} (series_id, area_id, cut_id, period, year, value_text, value, bound, nature, status,"
            f" revision, import_number) SELECT DISTINCT ON (1, 2, 3, 4) 1, area, cut, {year}, {year}::int, {value},"
            f" {value}::float, '', {at['nature']}, {at['observation_status']}, 1, 1 FROM {raw}"
            f" JOIN met_areas USING ({area}) JOIN met_cuts USING ({cut})"
            f" WHERE {value} ~ '^-?[0-9]+(\\.[0-9]+)?$' AND {year} ~ '^[0-9]{{4}}$' ORDER BY 1, 2, 3, 4",
        ):
            cursor.execute(words)
        cursor.execute("DROP TABLE met_areas, met_cuts")

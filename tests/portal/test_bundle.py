"""A bundle holds everything, is the same for the same inputs, streams, and each fault in it is found."""

from __future__ import annotations

import csv
import dataclasses
import datetime as dt
import hashlib
import io
import json
import random
import resource
import shutil
import subprocess
import zipfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from forms.answers import digest
from portal.adapters.storage import FolderStorage
from portal.documents import receipt as receipts
from portal.documents import tables
from portal.documents.bundle import Altered, Bundle, FileInput, Inputs, VersionInput, build, write
from portal.documents.receipt import Receipt
from portal.documents.tables import Asked, csv_text, guarded, unguarded
from portal.documents.version import FrozenAnswer, FrozenFile, Submission, freeze
from portal.verify import main
from tests.portal.test_receipt import SIGNER

AS_OF = dt.datetime(2025, 7, 2, 12, 0, 1, tzinfo=dt.UTC)
PDF = b"%PDF-1.7 a report"
TABLE = "город;1\n".encode()
QUESTIONS = (Asked("1.1.2.4/NUA-14", "nua-2024", "number", "Share, =1+1", "percent", "NUA-14"),)


def _version(entity: str, number: int, files: dict[str, tuple[str, bytes]], value: object = "=1+1") -> VersionInput:
    frozen = [FrozenFile(key, name, "application/pdf", len(data), digest(data)) for key, (name, data) in files.items()]
    submission = Submission(
        entity=entity,
        cycle="2022-2026",
        edition="nua-2024",
        edition_digest="2" * 64,
        modality="digital",
        languages=("ru",),
        number=number,
        submitted_at=AS_OF,
        submitted_by="certifier",
        answers=(
            FrozenAnswer(
                "1.1.2.4/NUA-14", "number", "", 2, {"value": "17.4", "rows": [{"year": 2020}, {"year": 2021}]}
            ),
            FrozenAnswer("F.2/summary", "narrative", "ru", 1, value),
        ),
        files=frozen,
    )
    document = freeze(submission)
    stated = Receipt(
        entity=entity,
        cycle="2022-2026",
        number=number,
        version_sha256=digest(document),
        version_size=len(document),
        files=frozen,
        submitted_at=AS_OF,
        deadline=AS_OF,
        timing="received before the deadline",
        chain_sequence=number,
        chain_head="3" * 64,
    )
    given = [FileInput(f.id, f.name, f.size, f.sha256, partial(list, [files[f.id][1]])) for f in frozen]
    return VersionInput(entity, number, document, receipts.sign(stated, SIGNER), given)


def _inputs() -> Inputs:
    return Inputs(
        cycle="2022-2026",
        as_of=AS_OF,
        versions=[
            _version("XAA", 1, {"b": ("отчёт 1.pdf", PDF), "a": ("../../table.csv", TABLE)}),
            _version("XAA", 2, {"c": ("报告", PDF)}, "Corrected"),
            _version("XAB", 1, {}),
        ],
        observations=[
            {"area": "XAA", "year": "2020", "value": ">95", "number": "95.0"},
            {"area": "XAB", "value": "-3.5"},
        ],
        questions=QUESTIONS,
        sources=[{"name": "un_sdg", "sha256": "4" * 64}],
    )


NAMES = [
    "README.txt",
    "reports/XAA/v1/version.json",
    "reports/XAA/v1/receipt.json",
    "reports/XAA/v1/files/a-table.csv",
    "reports/XAA/v1/files/b-1.pdf",
    "reports/XAA/v2/version.json",
    "reports/XAA/v2/receipt.json",
    "reports/XAA/v2/files/c-file",
    "reports/XAB/v1/version.json",
    "reports/XAB/v1/receipt.json",
    "answers.csv",
    "data-dictionary.csv",
    "observations.csv",
    "manifest.json",
]


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    path = tmp_path / "bundle.zip"
    path.write_bytes(b"".join(build(_inputs())))
    return path


def _rows(archive: zipfile.ZipFile, name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(archive.read(name).decode(), newline="")))


def test_the_same_inputs_give_the_same_bytes(bundle: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.localtime", lambda *_: (2030, 1, 1, 0, 0, 0, 0, 0, 0))
    assert b"".join(build(_inputs())) == bundle.read_bytes()
    later = dataclasses.replace(_inputs(), as_of=AS_OF + dt.timedelta(hours=1))
    assert b"".join(build(later)) != bundle.read_bytes()


def test_what_is_in_it(bundle: Path) -> None:
    with zipfile.ZipFile(bundle) as archive:
        assert archive.namelist() == NAMES
        assert {info.date_time for info in archive.infolist()} == {(2025, 7, 2, 12, 0, 0)}
        assert archive.testzip() is None
        first = next(iter(_inputs().versions))
        assert archive.read("reports/XAA/v1/version.json") == first.document
        assert archive.read("reports/XAA/v1/receipt.json") == first.receipt
        assert archive.read("reports/XAA/v1/files/b-1.pdf") == PDF
        manifest = json.loads(archive.read("manifest.json"))
        assert {file["name"]: (file["size"], file["sha256"]) for file in manifest["files"]} == {
            name: (len(archive.read(name)), digest(archive.read(name))) for name in NAMES[:-1]
        }
        assert manifest["inputs"] == {
            "versions": [name for name in NAMES if name.endswith("version.json")],
            "sources": [{"name": "un_sdg", "sha256": "4" * 64}],
        }


def test_the_tables(bundle: Path) -> None:
    with zipfile.ZipFile(bundle) as archive:
        answers = _rows(archive, "answers.csv")
        assert [
            (row["entity"], row["version"], row["question"], row["field"], row["value"]) for row in answers[:4]
        ] == [
            ("XAA", "1", "1.1.2.4/NUA-14", "rows[1].year", "2020"),
            ("XAA", "1", "1.1.2.4/NUA-14", "rows[2].year", "2021"),
            ("XAA", "1", "1.1.2.4/NUA-14", "value", "17.4"),
            ("XAA", "1", "F.2/summary", "", "'=1+1"),
        ]
        assert len(answers) == 12
        observed = [
            (row["area"], row["year"], row["value"], row["number"]) for row in _rows(archive, "observations.csv")
        ]
        assert observed == [("XAA", "2020", ">95", "95.0"), ("XAB", "", "-3.5", "")]
        entries = {(row["file"], row["name"]): row for row in _rows(archive, "data-dictionary.csv")}
        for name, columns in (("answers.csv", tables.ANSWERS), ("observations.csv", tables.OBSERVATIONS)):
            heading = archive.read(name).decode().split("\r\n")[0].split(",")
            assert heading == [column.name for column in columns]
            assert {(name, column) for column in heading} <= entries.keys()
        asked = entries["answers.csv", "1.1.2.4/NUA-14"]
        assert (asked["meaning"], asked["unit"], asked["indicator"]) == ("Share, =1+1", "percent", "NUA-14")


CELLS = [
    ("", ""),
    ("text", "text"),
    ("=1+1", "'=1+1"),
    ("+7 727", "'+7 727"),
    ("-", "'-"),
    ("@SUM(A1)", "'@SUM(A1)"),
    ("\tx", "'\tx"),
    ("\r=1", "'\r=1"),
    ("\n=1", "'\n=1"),
    ("＝1+1", "'＝1+1"),
    ("'=1", "''=1"),
    ("'quoted'", "'quoted'"),
    ("-3.5", "-3.5"),
    ("+2e-3", "+2e-3"),
    ("-3.5%", "'-3.5%"),
    (">95", ">95"),
    ("<5", "<5"),
]


@pytest.mark.parametrize(("text", "cell"), CELLS)
def test_no_cell_is_a_formula_and_no_text_is_lost(text: str, cell: str) -> None:
    assert guarded(text) == cell
    assert unguarded(cell) == text


def test_cells_that_are_no_text() -> None:
    assert csv_text([[None, True, False, 3, -3, 'a "b", c\nd']]) == b',true,false,3,-3,"a ""b"", c\nd"\r\n'
    with pytest.raises(TypeError, match="not datetime"):
        csv_text([[AS_OF]])


def test_verify_finds_nothing_wrong(bundle: Path, capsys: pytest.CaptureFixture[str]) -> None:
    given = Bundle(_inputs())
    whole = given.read(-1)
    assert main([str(bundle), "--key", SIGNER.public, "--sha256", digest(whole)]) == 0
    said = capsys.readouterr().out
    assert given.manifest in said
    assert said.count("OK  ") == 8
    assert "WRONG" not in said


def _remade(bundle: Path, change: Callable[[dict[str, bytes]], None], *, listed: bool = False) -> Path:
    """The bundle with other members; `listed` makes the manifest agree with them, as a careful forger would."""
    with zipfile.ZipFile(bundle) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    change(members)
    if listed:
        manifest = json.loads(members.pop("manifest.json"))
        manifest["files"] = [
            {"name": name, "size": len(data), "sha256": digest(data)} for name, data in sorted(members.items())
        ]
        members["manifest.json"] = json.dumps(manifest).encode()
    with zipfile.ZipFile(bundle, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return bundle


def _flip(name: str) -> Callable[[dict[str, bytes]], None]:
    def change(members: dict[str, bytes]) -> None:
        members[name] = members[name][:-1] + bytes([members[name][-1] ^ 1])

    return change


def _drop(name: str) -> Callable[[dict[str, bytes]], None]:
    return lambda members: members.__delitem__(name)


def _add(name: str) -> Callable[[dict[str, bytes]], None]:
    return lambda members: members.__setitem__(name, b"x")


def _swap(one: str, other: str) -> Callable[[dict[str, bytes]], None]:
    return lambda members: members.update({one: members[other], other: members[one]})


RECEIPT_1, RECEIPT_2 = "reports/XAA/v1/receipt.json", "reports/XAA/v2/receipt.json"
VERSION_1 = "reports/XAA/v1/version.json"
FAULTS = [
    (_flip("answers.csv"), False, "answers.csv was changed or is damaged"),
    (_flip("reports/XAA/v1/files/b-1.pdf"), False, "reports/XAA/v1/files/b-1.pdf was changed or is damaged"),
    (_drop("observations.csv"), False, "observations.csv is missing from the bundle"),
    (_drop("reports/XAA/v1/files/b-1.pdf"), False, "reports/XAA/v1/files/b-1.pdf is missing from the bundle"),
    (_add("reports/XAA/v1/more.txt"), False, "reports/XAA/v1/more.txt was added to the bundle"),
    (_drop("manifest.json"), False, "The bundle has no manifest.json that can be read"),
    (_swap(RECEIPT_1, RECEIPT_2), False, f"{RECEIPT_1} was changed or is damaged"),
    (_swap(RECEIPT_1, RECEIPT_2), True, f"{VERSION_1} is not the version that its receipt speaks of"),
    (_flip(VERSION_1), True, f"{VERSION_1} is not the version that its receipt speaks of"),
    (_flip(RECEIPT_1), True, f"{RECEIPT_1} cannot be read as a receipt"),
    (_drop(RECEIPT_1), True, "reports/XAA/v1 does not hold both version.json and receipt.json"),
    (_drop("reports/XAA/v1/files/b-1.pdf"), True, "The attachment отчёт 1.pdf of reports/XAA/v1 is missing"),
    (_flip("reports/XAA/v1/files/b-1.pdf"), True, "files/b-1.pdf is not the attachment that the receipt speaks of"),
    (_add("reports/XAA/v1/files/z-more.pdf"), True, "files/z-more.pdf is no attachment of that version"),
]


@pytest.mark.parametrize(("change", "listed", "sentence"), FAULTS)
def test_verify_names_the_fault(
    bundle: Path,
    change: Callable[[dict[str, bytes]], None],
    listed: bool,
    sentence: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main([str(_remade(bundle, change, listed=listed)), "--key", SIGNER.public]) == 1
    assert any(line.startswith("WRONG  ") and sentence in line for line in capsys.readouterr().out.splitlines())


def test_a_flipped_bit_in_the_raw_file_is_found(bundle: Path, capsys: pytest.CaptureFixture[str]) -> None:
    whole = bundle.read_bytes()
    place = whole.index(PDF)
    bundle.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
    assert main([str(bundle)]) == 1
    assert "reports/XAA/v1/files/b-1.pdf cannot be unpacked" in capsys.readouterr().out
    draw = random.Random(7)
    frame = [*range(160), *range(whole.index(b"PK\1\2"), len(whole)), *draw.sample(range(len(whole)), 100)]
    for place in draw.sample(frame, 150):
        bundle.write_bytes(whole[:place] + bytes([whole[place] ^ 1 << draw.randrange(8)]) + whole[place + 1 :])
        assert main([str(bundle)]) == 1, place
    bundle.write_bytes(whole + b"more")
    assert main([str(bundle), "--sha256", digest(whole)]) == 1
    bundle.write_bytes(whole[: len(whole) // 2])
    assert main([str(bundle)]) == 1


def test_a_member_that_stands_twice_is_found(bundle: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with zipfile.ZipFile(bundle, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("README.txt", archive.read("README.txt"))
    assert main([str(bundle)]) == 1
    assert "README.txt stands in the bundle 2 times" in capsys.readouterr().out


def test_an_attachment_that_changed_in_the_store_stops_the_bundle(tmp_path: Path) -> None:
    version = _version("XAA", 1, {"a": ("a.pdf", PDF)})

    def with_bytes(data: bytes, check_files: bool) -> Inputs:
        changed = dataclasses.replace(version.files[0], chunks=lambda: [data])
        versions = [dataclasses.replace(version, files=[changed])]
        return dataclasses.replace(_inputs(), versions=versions, check_files=check_files)

    for data, checked in ((PDF[:-1] + b"x", True), (PDF[:-1], True), (PDF + b"x", False)):
        with pytest.raises(Altered, match=r"reports/XAA/v1/files/a-a\.pdf"):
            write(with_bytes(data, checked), tmp_path / "bundle.zip")
    assert list(tmp_path.iterdir()) == []


def test_inputs_in_disorder_are_refused() -> None:
    one, two = _version("XAA", 1, {}), _version("XAB", 1, {})
    for versions in ([two, one], [one, one]):
        with pytest.raises(ValueError, match="by entity and number"):
            list(build(dataclasses.replace(_inputs(), versions=versions)))
    bare = dataclasses.replace(_version("XAA", 1, {"a": ("a", PDF)}), files=[])
    with pytest.raises(ValueError, match="not those that the version names"):
        list(build(dataclasses.replace(_inputs(), versions=[bare])))
    with pytest.raises(ValueError, match="no column surprise"):
        list(build(dataclasses.replace(_inputs(), observations=[{"surprise": 1}])))


def test_a_bundle_without_reports_is_sound(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    built = write(Inputs("2022-2026", AS_OF, []), tmp_path / "bundle.zip")
    assert main([str(tmp_path / "bundle.zip"), "--sha256", built.sha256]) == 0
    assert built.manifest in capsys.readouterr().out


def test_written_and_stored_are_the_same(bundle: Path, tmp_path: Path) -> None:
    built = write(_inputs(), tmp_path / "written.zip")
    stored = FolderStorage(tmp_path / "store").put(Bundle(_inputs()))  # type: ignore[arg-type]
    assert (built.size, built.sha256) == (stored.size, stored.sha256)
    assert (tmp_path / "written.zip").read_bytes() == bundle.read_bytes()


def test_other_programs_can_read_it(bundle: Path) -> None:
    program = shutil.which("unzip")
    if program is None:
        pytest.skip("unzip is not installed, so no second program reads the bundle")
    done = subprocess.run([program, "-t", str(bundle)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_memory_does_not_grow_with_the_attachments_and_figures() -> None:
    def long(size: int) -> Iterator[bytes]:
        return (bytes(1 << 18) for _ in range(size >> 18))

    def taken(size: int, figures: int) -> int:
        zeros = hashlib.sha256()
        for block in long(size):
            zeros.update(block)
        version = _version("XAA", 1, {"a": ("a", b"")})
        document = version.document.replace(digest(b"").encode(), zeros.hexdigest().encode())
        document = document.replace(b'"size":0', b'"size":%d' % size)
        file = FileInput("a", "a", size, zeros.hexdigest(), lambda: long(size))
        versions = [dataclasses.replace(version, document=document, files=[file])]
        rows = ({"area": "XAA", "year": str(at), "value": "17.4"} for at in range(figures))
        return sum(map(len, build(dataclasses.replace(_inputs(), versions=versions, observations=rows))))

    assert taken(1 << 20, 5_000) > 1 << 20
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert taken(64 << 20, 100_000) > 64 << 20
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 16 * 1024

"""The folder and a real S3 server keep the same promises: whole or not at all, under keys of their own, streamed."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import os
import resource
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from portal.adapters.storage import (
    PART,
    BlobMissing,
    FolderStorage,
    S3Storage,
    Storage,
    StorageUnavailable,
    open_storage,
)
from portal.rules.refusals import TooLarge

LATER = dt.datetime(2100, 1, 1, tzinfo=dt.UTC)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def s3_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    beside = Path(sys.executable).parent / "rclone"
    program = str(beside) if beside.exists() else shutil.which("rclone")
    if program is None:
        pytest.skip("rclone is not installed, so the S3 store is not tried")
    folder, port = tmp_path_factory.mktemp("s3"), _free_port()
    (folder / "reports").mkdir()
    command = [program, "serve", "s3", "--auth-key", "AKIDTEST,SECRET123", "--addr", f"127.0.0.1:{port}"]
    server = subprocess.Popen([*command, "--vfs-cache-mode", "off", str(folder)], stderr=subprocess.DEVNULL)
    for _ in range(100):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                break
        time.sleep(0.1)
    yield f"http://127.0.0.1:{port}", folder / "reports"
    server.terminate()
    server.wait(10)


@pytest.fixture(params=["folder", "s3", "s3 with a prefix"])
def store(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Storage, Path]:
    """A store and the folder in which its files come to lie."""
    if request.param == "folder":
        return open_storage(f"file://{tmp_path}/files"), tmp_path / "files"
    endpoint, folder = request.getfixturevalue("s3_server")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDTEST")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "SECRET123")
    prefix = "/part/of/it" if request.param == "s3 with a prefix" else ""
    return open_storage(f"s3://reports{prefix}", endpoint), folder


def _files(folder: Path) -> set[Path]:
    return {path for path in folder.rglob("*") if path.is_file()}


SIZES = [0, 1, 256 * 1024, PART - 1, PART, PART + 1, 2 * PART, 2 * PART + 77]


@pytest.mark.parametrize("size", SIZES)
def test_what_is_put_comes_back(store: tuple[Storage, Path], size: int) -> None:
    storage, _ = store
    content = os.urandom(size)
    blob = storage.put(io.BytesIO(content))
    assert (blob.size, blob.sha256) == (size, hashlib.sha256(content).hexdigest())
    with storage.open(blob.key) as stream:
        assert stream.read() == content
    assert b"".join(storage.chunks(blob.key)) == content
    assert storage.size(blob.key) == size
    storage.delete(blob.key)


@pytest.mark.parametrize(
    ("start", "end"), [(0, 5), (3, 3), (3, 2), (999_999, None), (300_000, 700_001), (0, 9_999_999), (2_000_000, None)]
)
def test_a_range_is_the_slice(store: tuple[Storage, Path], start: int, end: int | None) -> None:
    storage, _ = store
    content = os.urandom(1_000_000)
    blob = storage.put(io.BytesIO(content))
    assert b"".join(storage.chunks(blob.key, start, end)) == content[start:end]


@pytest.mark.parametrize("size", [1001, PART + 1, 3 * PART])
def test_over_the_limit_leaves_nothing_behind(store: tuple[Storage, Path], size: int) -> None:
    storage, folder = store
    before = _files(folder) if folder.exists() else set()
    with pytest.raises(TooLarge) as refusal:
        storage.put(io.BytesIO(bytes(size)), limit=size - 1)
    assert "MB" in refusal.value.sentence
    assert _files(folder) == before
    assert storage.put(io.BytesIO(bytes(size)), limit=size).size == size


class _Broken(io.BytesIO):
    """A body whose sender goes away in the middle."""

    def read(self, size: int | None = -1, /) -> bytes:
        if self.tell() > 2 * PART:
            raise ConnectionResetError("the sender went away")
        return super().read(size)


def test_a_body_cut_off_leaves_nothing_behind(store: tuple[Storage, Path]) -> None:
    storage, folder = store
    before = _files(folder) if folder.exists() else set()
    with pytest.raises(ConnectionResetError):
        storage.put(_Broken(bytes(3 * PART)))
    assert _files(folder) == before


def test_the_same_bytes_twice_are_two_blobs(store: tuple[Storage, Path]) -> None:
    storage, _ = store
    first, second = storage.put(io.BytesIO(b"same")), storage.put(io.BytesIO(b"same"))
    assert first.sha256 == second.sha256
    assert first.key != second.key
    storage.delete(first.key)
    assert (storage.exists(first.key), storage.exists(second.key)) == (False, True)
    storage.delete(first.key)


def test_a_missing_blob_is_said_to_be_missing(store: tuple[Storage, Path]) -> None:
    storage, _ = store
    key = "00/" + "0" * 32
    storage.put(io.BytesIO(b"so that the store exists"))
    for read in (storage.open, storage.size, lambda key: list(storage.chunks(key))):
        with pytest.raises(BlobMissing):
            read(key)
    assert not storage.exists(key)


@pytest.mark.parametrize("key", ["../../etc/passwd", "/etc/passwd", "ab/../../x", "", "AB/" + "0" * 32, "report.pdf"])
def test_a_key_of_another_making_is_refused(store: tuple[Storage, Path], key: str) -> None:
    with pytest.raises(ValueError, match="not a key"):
        store[0].open(key)


def test_check_leaves_no_trace(store: tuple[Storage, Path]) -> None:
    storage, folder = store
    storage.check()
    before = _files(folder)
    storage.check()
    assert _files(folder) == before


def test_sweep_takes_what_no_row_knows(store: tuple[Storage, Path]) -> None:
    storage, _ = store
    storage.sweep([], LATER)
    known, stray = storage.put(io.BytesIO(b"known")), storage.put(io.BytesIO(b"stray"))
    assert storage.sweep([known.key], dt.datetime(2000, 1, 1, tzinfo=dt.UTC)) == []
    assert storage.sweep([known.key], LATER) == [stray.key]
    assert (storage.exists(known.key), storage.exists(stray.key)) == (True, False)


@pytest.mark.parametrize(
    ("address", "word"),
    [
        ("", "not understood"),
        ("/var/files", "not understood"),
        ("http://host/bucket", "not understood"),
        ("file://", "whole path"),
        ("file://host/folder", "whole path"),
        ("file:relative", "whole path"),
        ("s3://", "bucket name"),
        ("s3:///prefix", "bucket name"),
        ("s3://UPPER", "bucket name"),
    ],
)
def test_a_wrong_address_is_one_sentence(address: str, word: str) -> None:
    with pytest.raises(ValueError, match=word):
        open_storage(address)


def test_a_full_disk_is_a_sentence(tmp_path: Path) -> None:
    storage = FolderStorage(tmp_path)
    script = (
        "import io, resource, signal, sys; from pathlib import Path; from portal.adapters.storage import *;"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000));\n"
        "try: FolderStorage(Path(sys.argv[1])).put(io.BytesIO(bytes(2_000_000)))\n"
        "except StorageUnavailable as refusal: print(refusal.sentence)"
    )
    done = subprocess.run([sys.executable, "-c", script, str(tmp_path)], capture_output=True, text=True, check=True)
    assert done.stdout == "The file store could not keep the file: the disk is full. Please try again later.\n"
    assert _files(tmp_path) == set()
    assert storage.put(io.BytesIO(b"small")).size == 5


def test_a_place_that_is_no_folder_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(StorageUnavailable, match="Not a directory"):
        open_storage(f"file://{tmp_path}/file/below").check()


def test_s3_without_a_server_answers_within_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDTEST")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "SECRET123")
    began = time.monotonic()
    with pytest.raises(StorageUnavailable, match="did not answer"):
        S3Storage("reports", "", f"http://127.0.0.1:{_free_port()}").check()
    assert time.monotonic() - began < 10


def test_s3_with_a_wrong_secret_is_refused(s3_server: tuple[str, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDTEST")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "WRONG")
    with pytest.raises(StorageUnavailable, match="refused"):
        S3Storage("reports", "", s3_server[0]).check()


class _Zeros(io.RawIOBase):
    """A long body that takes no memory."""

    def __init__(self, size: int) -> None:
        self.left = size

    def read(self, size: int = -1, /) -> bytes:
        take = min(size, self.left)
        self.left -= take
        return bytes(take)


def test_memory_does_not_grow_with_the_file(store: tuple[Storage, Path]) -> None:
    storage, _ = store
    storage.delete(storage.put(_Zeros(4 * PART)).key)  # type: ignore[arg-type]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    blob = storage.put(_Zeros(100_000_000))  # type: ignore[arg-type]
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    storage.delete(blob.key)
    assert grown < 16 * 1024

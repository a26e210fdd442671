"""Owns where files are kept: a folder by default, S3 by setting; under keys that no person chose, never overwritten."""

from __future__ import annotations

import contextlib
import datetime as dt
import errno
import hashlib
import io
import os
import re
import secrets
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Protocol, cast
from urllib.parse import unquote, urlsplit

from portal.rules.refusals import TooLarge

BLOCK = 256 * 1024
PART = 5 * 1024 * 1024
AHEAD = 8 * 1024 * 1024
S3_CONNECT_SECONDS = 3
S3_READ_SECONDS = 10
PROBE = b"nua-portal storage check\n"
_KEY = re.compile(r"[0-9a-f]{2}/[0-9a-f]{32}")


class StorageUnavailable(Exception):
    """The store cannot keep or give a file now; nothing was half kept. `sentence` is complete English for people."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class BlobMissing(StorageUnavailable):
    """The store answers, and has nothing under this key."""


@dataclass(frozen=True)
class Blob:
    """What was kept: the key made by the portal, the size in bytes, and the SHA-256 in lower-case hexadecimal."""

    key: str
    size: int
    sha256: str


class Storage(Protocol):
    """Keeps bytes under keys of its own making; each method raises StorageUnavailable when the store fails."""

    def put(self, stream: BinaryIO, limit: int | None = None) -> Blob:
        """Keeps the rest of the stream, durably; over `limit` bytes raises TooLarge and leaves nothing behind."""

    def open(self, key: str) -> BinaryIO:
        """The bytes under the key, to be read forward and closed; raises BlobMissing."""

    def chunks(self, key: str, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        """The bytes from `start` up to and without `end`, in blocks; raises BlobMissing."""

    def size(self, key: str) -> int:
        """The size in bytes; raises BlobMissing."""

    def exists(self, key: str) -> bool:
        """Whether there is something under the key."""

    def delete(self, key: str) -> None:
        """Removes the blob; a missing one is no error."""

    def check(self) -> None:
        """Writes, reads and deletes a probe."""

    def sweep(self, known: Collection[str], older_than: dt.datetime) -> list[str]:
        """Removes blobs that no row knows and that are older than the instant; gives their keys, sorted."""


def open_storage(url: str, endpoint: str | None = None) -> Storage:
    """The store of `file:///folder` or `s3://bucket[/prefix]`; a wrong address raises ValueError with one sentence."""
    parts = urlsplit(url)
    if parts.scheme == "file":
        if parts.netloc or not parts.path.startswith("/") or not parts.path.strip("/"):
            raise ValueError(
                f"The storage address {url!r} needs a whole path, for example file:///var/lib/portal/files."
            )
        return FolderStorage(Path(unquote(parts.path)))
    if parts.scheme == "s3":
        if not re.fullmatch(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", parts.netloc):
            raise ValueError(f"The storage address {url!r} needs a bucket name, for example s3://reports.")
        return S3Storage(parts.netloc, parts.path.strip("/"), endpoint)
    raise ValueError(f"The storage address {url!r} is not understood; write file:///folder or s3://bucket.")


def _new_key() -> str:
    name = secrets.token_hex(16)
    return f"{name[:2]}/{name}"


def _checked(key: str) -> str:
    if not _KEY.fullmatch(key):
        raise ValueError(f"{key!r} is not a key of this store.")
    return key


def _too_large(limit: int) -> TooLarge:
    return TooLarge(f"The file is larger than {limit / 1_000_000:g} MB. Send a smaller one, or split it.")


def _copy(stream: BinaryIO, write: Callable[[memoryview], object], limit: int | None) -> tuple[int, str]:
    """Reads the stream to its end in blocks, hashing and writing each; gives size and SHA-256.

    A second thread hashes a block while the first writes it and reads the next: hashing is the slower half.
    """
    size, digest, hashed = 0, hashlib.sha256(), None
    with ThreadPoolExecutor(max_workers=1) as beside:
        while block := stream.read(BLOCK):
            size += len(block)
            if limit is not None and size > limit:
                raise _too_large(limit)
            if hashed is not None:
                hashed.result()
            hashed = beside.submit(digest.update, block)
            write(memoryview(block))
    return size, digest.hexdigest()


def _probe(storage: Storage) -> None:
    blob = storage.put(io.BytesIO(PROBE))
    try:
        if b"".join(storage.chunks(blob.key)) != PROBE:
            raise StorageUnavailable("The file store gave back other bytes than it was given.")
    finally:
        storage.delete(blob.key)


@contextlib.contextmanager
def _disk(doing: str) -> Iterator[None]:
    """Turns the errors of the file system into a sentence."""
    try:
        yield
    except FileNotFoundError as error:
        raise BlobMissing("The file is not in the store any more; tell the administrators.") from error
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
        reason = "the disk is full" if full else error.strerror or type(error).__name__
        raise StorageUnavailable(
            f"The file store could not {doing} the file: {reason}. Please try again later."
        ) from error


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


class _Writer:
    """Writes blocks to a file, and has the disk begin with them as they come: the sync at the end finds little left."""

    def __init__(self, handle: int) -> None:
        self.handle, self.ahead = handle, 0

    def write(self, block: memoryview) -> None:
        with _disk("keep"):
            self.ahead += len(block)
            while block:
                block = block[os.write(self.handle, block) :]
            if self.ahead >= AHEAD and hasattr(os, "posix_fadvise"):  # macOS has none
                os.posix_fadvise(self.handle, 0, 0, os.POSIX_FADV_DONTNEED)
                self.ahead = 0


class FolderStorage(Storage):
    """Files in a folder: written under a temporary name, synced, linked to their final name, and the folder synced."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.incoming = root / "incoming"

    def put(self, stream: BinaryIO, limit: int | None = None) -> Blob:
        key = _new_key()
        final = self.root / key
        temporary = self.incoming / final.name
        with _disk("keep"):
            self._folders(final.parent)
            handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            try:
                size, digest = _copy(stream, _Writer(handle).write, limit)
                with _disk("keep"):
                    os.fsync(handle)
            finally:
                os.close(handle)
            with _disk("keep"):
                os.link(temporary, final)
                _sync_folder(final.parent)
        finally:
            temporary.unlink(missing_ok=True)
        return Blob(key, size, digest)

    def _folders(self, fan: Path) -> None:
        self.incoming.mkdir(parents=True, exist_ok=True)
        if not fan.exists():
            fan.mkdir(exist_ok=True)
            _sync_folder(self.root)

    def open(self, key: str) -> BinaryIO:
        with _disk("read"):
            return (self.root / _checked(key)).open("rb")

    def chunks(self, key: str, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        return _blocks(self.open(key), start, end)

    def size(self, key: str) -> int:
        with _disk("read"):
            return (self.root / _checked(key)).stat().st_size

    def exists(self, key: str) -> bool:
        return (self.root / _checked(key)).is_file()

    def delete(self, key: str) -> None:
        path = self.root / _checked(key)
        with _disk("remove"):
            path.unlink(missing_ok=True)
            if path.parent.exists():
                _sync_folder(path.parent)

    def check(self) -> None:
        _probe(self)

    def sweep(self, known: Collection[str], older_than: dt.datetime) -> list[str]:
        """As Storage says; unfinished temporary files of that age go too."""
        gone = []
        with _disk("list"):
            for path in sorted(self.root.glob("*/*")):
                key = path.relative_to(self.root).as_posix()
                ours = path.parent == self.incoming or _KEY.fullmatch(key)
                if ours and key not in known and path.stat().st_mtime < older_than.timestamp():
                    path.unlink(missing_ok=True)
                    gone.append(key)
        return gone


def _blocks(stream: BinaryIO, start: int, end: int | None) -> Iterator[bytes]:
    with stream:
        stream.seek(start)
        left = None if end is None else end - start
        while left is None or left > 0:
            with _disk("read"):
                block = stream.read(BLOCK if left is None else min(BLOCK, left))
            if not block:
                return
            left = None if left is None else left - len(block)
            yield block


@contextlib.contextmanager
def _s3(doing: str) -> Iterator[None]:
    """Turns the errors of the S3 client into a sentence; what the server said is kept as the cause."""
    from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError

    try:
        yield
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code", "")
        if code in ("NoSuchKey", "404", "NotFound"):
            raise BlobMissing("The file is not in the store any more; tell the administrators.") from error
        raise StorageUnavailable(
            f"The S3 store refused to {doing} the file ({code}). Please try again later."
        ) from error
    except (BotoCoreError, HTTPClientError) as error:
        raise StorageUnavailable(
            f"The S3 store did not answer in time to {doing} the file. Please try again later."
        ) from error


def _never_over(request: Callable[..., object], **arguments: object) -> None:
    """Asks the server not to overwrite; one that does not know If-None-Match is asked without: the key is random."""
    from botocore.exceptions import ClientError

    try:
        request(**arguments, IfNoneMatch="*")
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") not in ("NotImplemented", "InvalidArgument", "501"):
            raise
        request(**arguments)


class S3Storage(Storage):
    """Files in a bucket of any S3 server: path-style addresses, signature version 4, parts of 5 MiB."""

    def __init__(self, bucket: str, prefix: str, endpoint: str | None) -> None:
        self.bucket = bucket
        self.prefix = f"{prefix}/" if prefix else ""
        self.client = _client(endpoint)

    def put(self, stream: BinaryIO, limit: int | None = None) -> Blob:
        """As Storage says; below one part in one request, else by a multipart upload that is aborted on any error."""
        key = _new_key()
        digest = hashlib.sha256()
        parts = _parts(stream, digest.update, limit)
        first = next(parts)
        if len(first) < PART:
            with _s3("keep"):
                _never_over(self.client.put_object, Bucket=self.bucket, Key=self.prefix + key, Body=first)
            return Blob(key, len(first), digest.hexdigest())
        return Blob(key, self._multipart(key, first, parts), digest.hexdigest())

    def _multipart(self, key: str, first: bytes, rest: Iterator[bytes]) -> int:
        place = {"Bucket": self.bucket, "Key": self.prefix + key}
        with _s3("keep"):
            upload = self.client.create_multipart_upload(**place)["UploadId"]
        size, part, tags = 0, first, list[dict[str, object]]()
        try:
            while part:
                with _s3("keep"):
                    answer = self.client.upload_part(**place, UploadId=upload, PartNumber=len(tags) + 1, Body=part)
                tags.append({"ETag": answer["ETag"], "PartNumber": len(tags) + 1})
                size += len(part)
                part = next(rest, b"")
            with _s3("keep"):
                done = {"UploadId": upload, "MultipartUpload": {"Parts": tags}}
                _never_over(self.client.complete_multipart_upload, **place, **done)
        except BaseException:
            with contextlib.suppress(StorageUnavailable), _s3("abandon"):
                self.client.abort_multipart_upload(**place, UploadId=upload)
            raise
        return size

    def open(self, key: str) -> BinaryIO:
        """As Storage says; the answer cannot be sought in."""
        with _s3("read"):
            body = self.client.get_object(Bucket=self.bucket, Key=self.prefix + _checked(key))["Body"]
        return cast("BinaryIO", body)

    def chunks(self, key: str, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        """As Storage says; asks the server for the range only."""
        if (end is not None and end <= start) or start >= (whole := self.size(key)):
            return iter(())
        last = (whole if end is None else min(end, whole)) - 1
        with _s3("read"):
            place = {"Bucket": self.bucket, "Key": self.prefix + _checked(key)}
            answer = self.client.get_object(**place, Range=f"bytes={start}-{last}")
        return _s3_blocks(cast("BinaryIO", answer["Body"]))

    def size(self, key: str) -> int:
        with _s3("read"):
            return int(self.client.head_object(Bucket=self.bucket, Key=self.prefix + _checked(key))["ContentLength"])

    def exists(self, key: str) -> bool:
        try:
            self.size(key)
        except BlobMissing:
            return False
        return True

    def delete(self, key: str) -> None:
        with contextlib.suppress(BlobMissing), _s3("remove"):
            self.client.delete_object(Bucket=self.bucket, Key=self.prefix + _checked(key))

    def check(self) -> None:
        _probe(self)

    def sweep(self, known: Collection[str], older_than: dt.datetime) -> list[str]:
        gone = []
        with _s3("list"):
            for page in self.client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=self.prefix):
                for found in page.get("Contents", []):
                    key = found["Key"].removeprefix(self.prefix)
                    if _KEY.fullmatch(key) and found["LastModified"] < older_than and key not in known:
                        gone.append(key)
        for key in gone:
            self.delete(key)
        return sorted(gone)


def _parts(stream: BinaryIO, update: Callable[[bytes], object], limit: int | None) -> Iterator[bytes]:
    """The stream in parts of PART bytes, the last one shorter or empty; hashed as it is read."""
    size = 0
    while True:
        part = bytearray()
        while len(part) < PART and (block := stream.read(min(BLOCK, PART - len(part)))):
            size += len(block)
            if limit is not None and size > limit:
                raise _too_large(limit)
            update(block)
            part += block
        yield bytes(part)
        if len(part) < PART:
            return


def _s3_blocks(body: BinaryIO) -> Iterator[bytes]:
    with contextlib.closing(body), _s3("read"):
        while block := body.read(BLOCK):
            yield block


def _client(endpoint: str | None) -> Any:
    from boto3.session import Session
    from botocore.config import Config

    config = Config(
        signature_version="s3v4",
        s3={"addressing_style": "path"},
        connect_timeout=S3_CONNECT_SECONDS,
        read_timeout=S3_READ_SECONDS,
        retries={"total_max_attempts": 2, "mode": "standard"},
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
    )
    region = os.environ.get("AWS_DEFAULT_REGION", "us-east-1")
    return Session().client("s3", endpoint_url=endpoint or None, region_name=region, config=config)

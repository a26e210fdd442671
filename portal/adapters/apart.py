"""Owns work on a file in a process apart: what never ends, grows without measure or breaks ends that process alone."""

from __future__ import annotations

import contextlib
import json
import mmap
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from typing import Any, BinaryIO

from portal.config import ROOT

BLOCK = 1 << 20
MEMORY = 1_500_000_000


class Endless(Exception):
    """The work takes longer than it may."""


class Broken(Exception):
    """The work ended without a result."""


def told(module: str, stream: BinaryIO, *words: str, seconds: float) -> Any:
    """What the module, run with these words, writes of the stream as JSON; the stream is left at its beginning. The
    process gets the file itself: nothing of it is held in this one. Raises Endless or Broken.
    """
    command = [sys.executable, "-m", module, *words]
    try:
        with _on_disk(stream) as file:
            done = subprocess.run(command, stdin=file, capture_output=True, cwd=ROOT, timeout=seconds, check=False)  # noqa: S603 - no word of it comes from outside
    except subprocess.TimeoutExpired:
        raise Endless from None
    finally:
        stream.seek(0)
    if done.returncode:
        raise Broken
    return json.loads(done.stdout)


@contextlib.contextmanager
def _on_disk(stream: BinaryIO) -> Iterator[int]:
    """The handle of the stream, or of a copy where it has none."""
    try:
        handle = stream.fileno()
        stream.flush()
    except (OSError, ValueError, AttributeError):
        handle = -1
    if handle >= 0:
        yield handle
        return
    stream.seek(0)
    with tempfile.TemporaryFile() as copy:
        while block := stream.read(BLOCK):
            copy.write(block)
        copy.flush()
        yield copy.fileno()


def given(seconds: int) -> bytes:
    """In the process apart: sets its limits and gives the bytes of its file, from the beginning."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    with mmap.mmap(0, 0, access=mmap.ACCESS_READ) as view:
        return bytes(view)


def tell(found: object) -> None:
    """In the process apart: writes what was found."""
    sys.stdout.write(json.dumps(found))

"""Serves the portal: the web server and the worker side by side, ended together."""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from portal.config import PORT, BadSetting, load

THREADS = 8
ENVIRONMENT = {"MALLOC_ARENA_MAX": "2"}
"""Of both processes: glibc keeps a pool of memory for each thread and gives little of it back. With two pools the web
server held four fifths of what it held before under eight clients."""


def commands(port: int, host: str, *, workers: int) -> list[list[str]]:
    """The two commands that make up a running portal."""
    here = Path(sys.executable).parent
    web = [
        str(here / "granian"), "--interface", "wsgi", "--host", host, "--port", str(port), "--workers", str(workers),
        "--blocking-threads", str(THREADS), "--workers-kill-timeout", "30", "--no-access-log", "--log-level", "error",
        "wsgi:app",
    ]  # fmt: skip
    return [web, [str(here / "flask"), "worker"]]


def surroundings(port: int) -> dict[str, str]:
    """The environment of both processes: links of a portal whose public address is not set lead to this port."""
    return {**os.environ, **ENVIRONMENT, "PORT": str(port)}


def main() -> int:
    """Starts both and waits; when one ends, or a signal comes, both end."""
    parser = argparse.ArgumentParser(description="Serve the portal on one machine.")
    parser.add_argument("--port", type=int, default=PORT)
    parser.add_argument("--host", default="127.0.0.1")
    given = parser.parse_args()
    try:
        # SQLite takes writes one after another: one process with threads. PostgreSQL serves several.
        workers = 1 if load().database_url.startswith("sqlite") else 2
    except BadSetting as bad:
        print(bad, file=sys.stderr)  # noqa: T201
        return 2
    wanted = commands(given.port, given.host, workers=workers)
    running = [subprocess.Popen(command, env=surroundings(given.port)) for command in wanted]  # noqa: S603
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        while all(process.poll() is None for process in running):
            time.sleep(0.2)
        return 1
    except KeyboardInterrupt:
        return 0
    finally:
        for process in running:
            process.terminate()
        for process in running:
            process.wait(timeout=40)


if __name__ == "__main__":
    sys.exit(main())

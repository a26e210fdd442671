"""Finds what the tests need beside Python, installs it where it may, or says in one line what is left out."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.databases import postgres_bin
from tests.journeys.chromium import chromium


def install(package: str) -> bool:
    """Installs a package of the system where this user may; False where not."""
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        return False
    print(f"Installing {package} for the tests ...", flush=True)
    quiet = {
        "stdout": subprocess.DEVNULL,
        "stderr": subprocess.DEVNULL,
        "env": {**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
    }
    for words in (["apt-get", "update"], ["apt-get", "install", "--yes", "--no-install-recommends", package]):
        if subprocess.run(words, **quiet).returncode != 0 and words[1] == "install":
            return False
    return True


def main() -> int:
    """Looks for each need once, before the tests."""
    if chromium() is None and not (install("chromium") and chromium()):
        print("Chromium is not here and cannot be installed: the journeys in a browser are left out.")
    if postgres_bin() is None and not (install("postgresql") and postgres_bin()):
        print("PostgreSQL is not here and cannot be installed: the tests on it are left out.")
    if not (Path(__file__).resolve().parents[1].parent / "shared" / "data").is_dir():
        print("The folder ../shared/data is not here: the tests on real files are left out.")
    return 0


if __name__ == "__main__":
    sys.exit(main())

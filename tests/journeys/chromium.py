"""Where Chromium is, and how it is started so that it asks nobody on the network for anything."""

from __future__ import annotations

import shutil
from pathlib import Path

PLACES = ("/usr/lib/chromium/chromium", "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def chromium() -> str | None:
    """The program of the system's Chromium; None where there is none."""
    return next((place for place in PLACES if Path(place).exists()), None) or shutil.which("chromium")

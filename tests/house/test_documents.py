"""The documents are true: every command in them runs, every link leads somewhere, every make target is there."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from portal.config import ROOT
from tests.journeys.conftest import Running

DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
BIN = Path(sys.executable).parent


def commands(document: Path) -> list[str]:
    """The indented lines of a document that call something of `.venv/bin`, in their order."""
    return [line.strip() for line in document.read_text("utf-8").splitlines() if line.startswith("    .venv/bin/")]


def test_every_command_for_the_operator_runs(tmp_path: Path) -> None:
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PORTAL_")} | {"PORTAL_HOME": str(tmp_path)}
    subprocess.run([sys.executable, "-m", "portal.config"], cwd=ROOT, env=environment, check=True)
    found = commands(ROOT / "docs" / "operator.md")
    assert len(found) == 20
    for command in found:
        words = shlex.split(command.replace("var/", f"{tmp_path}/"))
        if "portal.serve" in words:
            words.append("--help")
        if (program := Path(words[0]).name) == "flask":
            Running("", environment).inside(*words[1:])
        else:
            words[0] = str(BIN / program)
            done = subprocess.run(words, cwd=ROOT, env=environment, capture_output=True, text=True)
            assert done.returncode == 0, command + done.stdout + done.stderr


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_leads_somewhere(document: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)\)", document.read_text("utf-8"))
    assert [link for link in links if "://" not in link and not (document.parent / link).exists()] == []


def test_every_make_target_named_is_there() -> None:
    texts = [document.read_text("utf-8") for document in DOCUMENTS]
    named = {
        target for text in texts for target in re.findall(r"`make ([a-z]+)`|^    make ([a-z]+)", text, re.MULTILINE)
    }
    named = {target for pair in named for target in pair if target}
    there = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    assert named - there == set()


def test_the_newest_changes_are_those_of_this_version() -> None:
    told = re.findall(r"^## ([0-9.]+)$", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)
    version = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    assert told[0] == version
    assert told == sorted(set(told), key=lambda one: [int(part) for part in one.split(".")], reverse=True)

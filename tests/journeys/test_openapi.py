"""The API against its own description: a property-based tester finds no answer that is not documented, and no fault."""

from __future__ import annotations

import datetime as dt
import gc
import io
import os
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import schemathesis
from flask import Flask
from openapi_spec_validator import OpenAPIV31SpecValidator
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import from_schema
from schemathesis.engine.events import FatalError, NonFatalError, ScenarioFinished
from schemathesis.schemas import BaseSchema

from portal.app import create_app
from portal.config import Settings
from portal.db import db
from portal.services.bundles import ask
from tests import databases
from tests.factories import World

EXAMPLES = int(os.environ.get("API_EXAMPLES", "1"))
CALLERS = (
    "focal_point KAZ",
    "contributor KEN",
    "certifier KAZ",
    "reviewer",
    "lead",
    "data_officer",
    "administrator",
    "",
)
PHASES = tuple(os.environ.get("API_PHASES", "examples fuzzing").split())
NOT_ASKED = (
    "positive_data_acceptance",  # no schema tells that a cursor is sealed, or the shape of a value
    "ignored_auth",  # needs a network; every call without a token is tried in tests/portal/test_api_doors.py
)
QUESTIONS = ("F.2/summary", "F.1/period", "F.1/contacts", "1.1.1.1/actions", "1.1.1.1/NUA-1")


@dataclass(frozen=True)
class Furnished:
    """A portal for all calls, a token for each caller, and the names of what really exists."""

    app: Flask
    tokens: dict[str, str]
    ids: dict[str, list[str]]


@pytest.fixture(scope="module")
def furnished(
    request: pytest.FixtureRequest, templates: databases.Templates, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Furnished]:
    """A portal with a draft and a report in review; on PostgreSQL when the tests are asked for that alone."""
    home = tmp_path_factory.mktemp("openapi")
    wanted = request.config.getoption("--database")
    app = create_app(
        Settings(
            secret_key="a secret key for tests alone, never more",
            database_url=templates.postgres() if wanted == "postgresql" else templates.sqlite(),
            storage_url=f"file://{home / 'files'}",
            home=home,
            clock=dt.date(2025, 6, 16),
        )
    )
    with app.app_context():
        world = World(app)
        tokens = {caller: world.token(*caller.split()) for caller in CALLERS if caller}
        reports = [str(world.report("KAZ").id), str(world.report("KEN", "in_review").id)]
        bundle = str(ask(world.acting("lead"), "2026").id)
        world.done()
        db.session.close()
    sent = {"question": "F.2/summary", "file": (io.BytesIO(b"year,value\n2020,17.4\n2021,17.9\n"), "table.csv")}
    bearer = {"Authorization": f"Bearer {tokens['focal_point KAZ']}"}
    file: Any = app.test_client().post(f"/api/v1/reports/{reports[0]}/attachments", data=sent, headers=bearer)
    ids = {
        "report_id": reports,
        "bundle_id": [bundle],
        "attachment_id": [file.json["id"]],
        "question": list(QUESTIONS),
        "key": ["F.2", "1.1.1.1"],
        "cycle": ["2026"],
        "edition": ["2026"],
        "iso3": ["KAZ"],
    }
    yield Furnished(app, tokens, ids)
    with app.app_context():
        db.engine.dispose()
    gc.collect()
    gc.freeze()  # the tester keeps a gigabyte of what it made, through which each later collection would look


def described(furnished: Furnished, caller: str, examples: int, phases: tuple[str, ...]) -> BaseSchema:
    """The description as the portal gives it, to be tried by one caller; most calls name something that exists."""
    wanted: dict[str, Any] = {
        "seed": zlib.crc32(caller.encode()),
        "phases": {name: {"enabled": name in phases} for name in ("examples", "coverage", "fuzzing", "stateful")},
        "generation": {"max-examples": examples, "database": "none"},
        "checks": {name: {"enabled": False} for name in NOT_ASKED},
    }
    if caller:
        wanted["headers"] = {"Authorization": f"Bearer {furnished.tokens[caller]}"}
    config = SchemathesisConfig.from_dict(wanted)
    loaded = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", furnished.app, config=config)

    def map_path_parameters(_context: Any, path_parameters: dict[str, Any] | None) -> dict[str, Any] | None:
        return path_parameters and {name: real(name, value) for name, value in path_parameters.items()}

    def real(name: str, value: Any) -> Any:
        chance, known = zlib.crc32(str(value).encode("utf-8", "replace")), furnished.ids.get(name)
        return known[chance // 4 % len(known)] if known and chance % 4 else value

    loaded.hook(map_path_parameters)
    return loaded


def failures(schema: BaseSchema) -> tuple[int, list[str]]:
    """How many calls were made, and what was found, each with the call that shows it."""
    count, found = 0, []
    for event in from_schema(schema).execute():
        if isinstance(event, NonFatalError):
            found.append(f"{event.label}: {event.value}")
        elif isinstance(event, FatalError):
            found.append(str(event.exception))
        elif isinstance(event, ScenarioFinished):
            count += len(event.recorder.interactions)
            for case, checks in event.recorder.checks.items():
                call = event.recorder.cases[case].value
                found += [
                    f"{event.recorder.label}: {check.failure_info.failure}\n{call.as_curl_command()}"
                    for check in checks
                    if check.failure_info is not None
                ]
    return count, found


def test_the_description_is_openapi(app: Flask) -> None:
    document = app.test_client().get("/api/v1/openapi.json").get_json()
    assert list(OpenAPIV31SpecValidator(document).iter_errors()) == []


@pytest.mark.parametrize("caller", CALLERS)
def test_no_answer_is_undocumented_and_none_is_a_fault(
    furnished: Furnished, caller: str, record_property: Callable[[str, object], None]
) -> None:
    count, found = failures(described(furnished, caller, EXAMPLES, PHASES))
    if found:
        pytest.fail("\n\n".join(found), pytrace=False)
    record_property("calls", count)
    assert count >= 30

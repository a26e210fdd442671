"""The floor: the same pages as a bare application of the same libraries would serve them.

One user look-up a page; no permissions, no CSRF, no translation, no version check. What the portal takes more
than this is the price of what it promises more.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from argon2 import PasswordHasher
from flask import Blueprint, Flask, Response, current_app, g, jsonify, redirect, render_template, request, session
from flask.typing import ResponseReturnValue
from sqlalchemy import JSON, Engine, ForeignKey, create_engine, event, select, text, update
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker
from wtforms import EmailField, Form, PasswordField, RadioField, SelectField, StringField, TextAreaField, validators
from zipstream.ng import ZipStream

DATABASE, CONTROLS, FILES = "FLOOR_DATABASE", "FLOOR_CONTROLS", "FLOOR_FILES"
BLOCK = 1 << 18
HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
CHOICES = [("", "Not answered yet"), ("data", "Figures"), ("no_data", "No data"), ("not_relevant", "Does not apply")]
TOTALS = """
SELECT t.* FROM observation_totals t JOIN series s ON s.id = t.series_id JOIN cuts c ON c.id = t.cut_id
WHERE s.code = :indicator AND t.region = :region AND t.year = :year ORDER BY c.headline DESC, t.cut_id LIMIT :cuts
"""
HEADINGS = ("indicator", "series", "area", "name", "year", "dimensions", "value", "unit", "source")


class Base(DeclarativeBase):
    """The tables of the floor."""

    type_annotation_map = {Any: JSON}


class User(Base):
    """Somebody who can log in."""

    __tablename__ = "users"
    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    password_hash: Mapped[str]


class Entity(Base):
    """A state."""

    __tablename__ = "entities"
    iso3: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    region: Mapped[str]
    regional_group: Mapped[str]


class Report(Base):
    """A report of a state."""

    __tablename__ = "reports"
    id: Mapped[str] = mapped_column(primary_key=True)
    entity: Mapped[str] = mapped_column(ForeignKey("entities.iso3"))
    state: Mapped[str]
    modality: Mapped[str]
    languages: Mapped[str]
    versions: Mapped[int]
    submitted_at: Mapped[dt.datetime]
    assigned_to: Mapped[int | None] = mapped_column(ForeignKey("users.id"))


class Section(Base):
    """The answers of one section as one document."""

    __tablename__ = "sections"
    report_id: Mapped[str] = mapped_column(ForeignKey("reports.id"), primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    values: Mapped[Any]


class Answer(Base):
    """One answer, as the review page shows it."""

    __tablename__ = "answers"
    report_id: Mapped[str] = mapped_column(ForeignKey("reports.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    section: Mapped[str]
    title: Mapped[str]
    kind: Mapped[str]
    value: Mapped[Any]


class Audit(Base):
    """Who did what."""

    __tablename__ = "audit"
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int]
    report_id: Mapped[str]
    what: Mapped[str]
    at: Mapped[dt.datetime]


class Observation(Base):
    """One figure of a table of figures."""

    __tablename__ = "observations"
    id: Mapped[int] = mapped_column(primary_key=True)
    indicator: Mapped[str]
    series: Mapped[str]
    area: Mapped[str]
    name: Mapped[str]
    year: Mapped[str]
    dimensions: Mapped[str]
    value: Mapped[str]
    unit: Mapped[str]
    source: Mapped[str]


class LoginForm(Form):
    """Address and password."""

    email = EmailField("E-mail address", [validators.InputRequired(), validators.Length(max=254)])
    password = PasswordField("Password", [validators.InputRequired()])


def open_engine(url: str) -> Engine:
    """SQLite with a write-ahead log that is synced at each commit, as the portal has it."""
    engine = create_engine(url, connect_args={"check_same_thread": False}, pool_size=16)

    @event.listens_for(engine, "connect")
    def settle(connection: Any, _record: Any) -> None:
        for setting in ("journal_mode=wal", "synchronous=2", "busy_timeout=10000", "foreign_keys=1"):
            connection.execute(f"PRAGMA {setting}")

    return engine


def section_form(controls: dict[str, int]) -> type[Form]:
    """A form with as many controls of each sort as the portal's page of a section has."""
    fields: dict[str, Any] = {}
    for number in range(controls["textarea"]):
        fields[f"area{number}"] = TextAreaField(f"Question {number}", [validators.Length(max=20000)])
    for number in range(controls["text"]):
        fields[f"line{number}"] = StringField(f"Figure {number}", [validators.Length(max=500)])
    for number in range(controls["radio"] // len(CHOICES)):
        fields[f"radio{number}"] = RadioField(f"Status {number}", choices=CHOICES, validate_choice=False)
    for number in range(controls["select"]):
        fields[f"select{number}"] = SelectField(f"Choice {number}", choices=CHOICES, validate_choice=False)
    return type("SectionForm", (Form,), fields)


def bare_zip(paths: list[Path]) -> Iterator[bytes]:
    """A ZIP of these files, stored and streamed, with nothing checked."""
    stream = ZipStream()  # type: ignore[no-untyped-call]
    for path in paths:
        stream.add(_blocks(path), path.name)
    yield from stream


def _blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as stream:
        while block := stream.read(BLOCK):
            yield block


@dataclass(frozen=True)
class Floor:
    """What the floor stands on, opened once at the start."""

    engine: Engine
    make_session: sessionmaker[Session]
    form: type[Form]


pages = Blueprint("floor", __name__)


def create_floor() -> Flask:
    """The bare application on the database that the environment names."""
    app = Flask("tests.bench.floor", template_folder="templates", root_path=str(Path(__file__).parent))
    app.secret_key = "the floor of a benchmark keeps no secrets"
    engine = open_engine(os.environ[DATABASE])
    controls = json.loads(os.environ.get(CONTROLS, '{"textarea": 4, "text": 16, "radio": 0, "select": 0}'))
    app.extensions["floor"] = Floor(engine, sessionmaker(engine), section_form(controls))
    app.teardown_appcontext(close)
    app.register_blueprint(pages)
    return app


def _floor() -> Floor:
    return cast("Floor", current_app.extensions["floor"])


def database() -> Session:
    if "database" not in g:
        g.database = _floor().make_session()
    return g.database  # type: ignore[no-any-return]


def close(_error: BaseException | None) -> None:
    held = g.pop("database", None)
    if held is not None:
        held.close()


def visitor() -> User:
    return database().get_one(User, session["user"])


@pages.get("/healthz")
def health() -> ResponseReturnValue:
    return "ok"


@pages.get("/login")
def login() -> ResponseReturnValue:
    return render_template("login.html", form=LoginForm())


@pages.post("/login")
def log_in() -> ResponseReturnValue:
    form = LoginForm(request.form)
    form.validate()
    user = database().scalars(select(User).where(User.email == form.email.data)).one()
    HASHER.verify(user.password_hash, form.password.data or "")
    session["user"] = user.id
    return redirect("/review", 303)


@pages.get("/reports/<report_id>/sections/<key>")
def edit(report_id: str, key: str) -> ResponseReturnValue:
    held = database().get_one(Section, (report_id, key))
    report = database().get_one(Report, report_id)
    return render_template("edit.html", user=visitor(), report=report, key=key, form=_floor().form(data=held.values))


@pages.post("/reports/<report_id>/sections/<key>")
def save(report_id: str, key: str) -> ResponseReturnValue:
    user, form = visitor(), _floor().form(request.form)
    if not form.validate():
        return "not valid", 422
    held = database().get_one(Section, (report_id, key))
    held.values = form.data
    database().add(Audit(user_id=user.id, report_id=report_id, what=f"save {key}", at=dt.datetime.now()))
    database().commit()
    return redirect(request.path, 303)


@pages.post("/reports/<report_id>/answers")
def autosave(report_id: str) -> ResponseReturnValue:
    user, sent = visitor(), request.get_json()
    here = (Section.report_id == report_id) & (Section.key == sent["section"])
    database().execute(update(Section).where(here).values({"values": sent["values"]}))
    database().add(
        Audit(user_id=user.id, report_id=report_id, what=f"autosave {sent['section']}", at=dt.datetime.now())
    )
    database().commit()
    return jsonify(saved=True)


@pages.get("/review")
def queue() -> ResponseReturnValue:
    columns = (
        Report.id, Report.entity, Entity.name, Entity.region, Entity.regional_group, Report.submitted_at, Report.state,
        Report.modality, Report.languages, Report.versions, User.name.label("assigned"),
    )  # fmt: skip
    found = select(*columns).join(Entity).outerjoin(User).where(Report.state != "preparing")
    if "state" in request.args:
        found = found.where(Report.state == request.args["state"])
    found = found.order_by(Report.submitted_at)
    return render_template(
        "queue.html", user=visitor(), rows=database().execute(found).all(), today=dt.datetime(2025, 6, 16)
    )


@pages.get("/review/<report_id>")
def review(report_id: str) -> ResponseReturnValue:
    report = database().get_one(Report, report_id)
    answers = database().scalars(select(Answer).where(Answer.report_id == report_id).order_by(Answer.position)).all()
    return render_template("review.html", user=visitor(), report=report, answers=answers)


@pages.get("/data.csv")
def table() -> ResponseReturnValue:
    engine = _floor().engine

    def lines() -> Iterator[str]:
        with engine.connect() as connection:
            rows = connection.execution_options(yield_per=2000).execute(
                select(*(getattr(Observation, name) for name in HEADINGS)).order_by(Observation.id)
            )
            yield ",".join(HEADINGS) + "\r\n"
            for part in rows.partitions():
                block = io.StringIO()
                csv.writer(block).writerows(part)
                yield block.getvalue()

    return Response(lines(), mimetype="text/csv")


@pages.get("/totals")
def totals() -> ResponseReturnValue:
    """Rows of the portal's own totals in its own database, read for everybody."""
    rows = database().execute(text(TOTALS), request.args.to_dict()).mappings().all()
    return jsonify([dict(row) for row in rows])


@pages.get("/bundle.zip")
def bundle() -> ResponseReturnValue:
    paths = sorted(path for path in Path(os.environ[FILES]).rglob("*") if path.is_file())
    return Response(bare_zip(paths), mimetype="application/zip")

"""The composition root: settings, database, blueprints, error pages, commands. Nobody else imports it but wsgi.py
and the tests.
"""

from __future__ import annotations

import gc
import inspect
import logging

from flask import Flask
from flask_wtf.csrf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from portal import api, cli, demonstration, web, worker
from portal.config import ROOT, BadSetting, Settings, load
from portal.db import UnsafeDatabase, db, engine_options, guard_engine
from portal.http import context, errors, guard, headers, people, receiving, render, steps
from reviewer.api import review as team_api
from reviewer.cli import contradictions as team_commands
from reviewer.views import review as team_pages

BODY_LIMIT = 52 * 1024 * 1024
FORM_MEMORY = 8 * 1024 * 1024


def create_app(settings: Settings | None = None) -> Flask:
    """The portal, ready to serve. Raises BadSetting, UnsafeDatabase or Undeclared with one sentence rather
    than start wrong.
    """
    chosen = settings or load()
    app = Flask("portal", root_path=str(ROOT / "portal"), template_folder=str(ROOT / "templates"))
    _configure(app, chosen)
    open_outside(app, chosen)
    receiving.install(app)
    people.install(app)
    csrf = CSRFProtect(app)
    render.install(app)
    errors.install(app)
    headers.install(app, secure=chosen.base_url.startswith("https:"))
    steps.install(app, team_pages.STEPS)
    web.register(app)
    team_pages.register(app)
    json_api = api.register(app, csrf)
    team_api.register(json_api, csrf)
    cli.register(app)
    for command in (*demonstration.COMMANDS, *worker.COMMANDS, *team_commands.COMMANDS):
        app.cli.add_command(command)
    guard.permissions(app)
    return app


def open_outside(app: Flask, settings: Settings) -> None:
    """Opens what a portal stands on: its database, its storage, its signing key."""
    app.config["SQLALCHEMY_ENGINES"] = {"default": engine_options(settings.database_url)}
    settings.home.mkdir(parents=True, exist_ok=True)
    db.init_app(app)
    # The extension closes asynchronous sessions after each request, in a thread started for it; the portal has none.
    app.teardown_appcontext_funcs = [f for f in app.teardown_appcontext_funcs if not inspect.iscoroutinefunction(f)]
    with app.app_context():
        guard_engine(db.engine)
    context.install(app, settings)


def start() -> Flask:
    """The portal for servers and commands: what hinders the start ends the process with one sentence."""
    try:
        app = create_app()
    except (BadSetting, UnsafeDatabase) as hindrance:
        raise SystemExit(f"The portal cannot start. {hindrance}") from None
    gc.freeze()  # all of it lives as long as the process: no collection of garbage needs to look through it again
    return app


def _configure(app: Flask, settings: Settings) -> None:
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("portal").setLevel(logging.INFO)
    secure = settings.base_url.startswith("https:")
    app.config.update(
        SECRET_KEY=settings.secret_key,
        MAX_CONTENT_LENGTH=BODY_LIMIT,
        MAX_FORM_MEMORY_SIZE=FORM_MEMORY,
        MAX_FORM_PARTS=5000,
        SESSION_COOKIE_NAME="__Host-portal" if secure else "portal",
        SESSION_COOKIE_SECURE=secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        WTF_CSRF_TIME_LIMIT=None,
        BABEL_DEFAULT_LOCALE="en",
    )
    if settings.trusted_proxies:
        n = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=n, x_proto=n, x_host=n)  # type: ignore[method-assign]

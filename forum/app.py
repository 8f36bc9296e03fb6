"""The one place where the parts meet. Everything else receives what it needs."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import timedelta
from importlib import import_module

from flask import Flask
from flask_babel import Babel
from flask_wtf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix
from whitenoise import WhiteNoise

from forum import cli, config, logging, production
from forum.config import ROOT, Environment, Settings
from forum.db import Database
from forum.judges import build_detectors, build_holder, build_policy
from forum.patience import Patience
from forum.web import (
    context,
    errors,
    fragments,
    gates,
    guards,
    headers,
    last_use,
    limits,
    login,
    numbers,
    requests,
    times,
    words,
)
from forum.web.parts import KEY, Parts
from moderation import sampling
from moderation.detectors import Detector
from moderation.detectors.holder import HEAD_START_SECONDS, ModelHolder
from moderation.keys import Keyring
from moderation.policy import Policy
from moderation.sampling import Draw

LARGEST_FORM = 256 * 1024
"""Bytes. A post is at most 10,000 characters, four bytes each at the worst, percent-encoded threefold."""

BLUEPRINTS = (
    "forum.pages.home",
    "forum.pages.account",
    "forum.pages.sign_up",
    "forum.pages.rules",
    "forum.pages.groups",
    "forum.pages.waiting",
    "forum.pages.facilitating",
    "forum.pages.threads",
    "forum.pages.posts",
    "forum.pages.reports",
    "forum.pages.appeals",
    "forum.pages.complaints",
    "forum.pages.notices",
    "forum.pages.help",
    "forum.pages.leave",
    "forum.console.review",
    "forum.console.audit",
    "forum.console.complaints",
    "forum.console.admin",
    "forum.console.groups",
    "forum.console.group_facilitators",
)
"""Modules that define `bp`. Add a room here."""


def create_app(
    settings: Settings | None = None,
    *,
    detectors: Sequence[Detector] | None = None,
    draw: Draw = sampling.by_chance,
) -> Flask:
    """Build the site. Tests replace the `detectors`, and chance itself. Raises `config.Unfit` with what to set."""
    settings = settings or config.load()
    logging.configure(settings)
    app = Flask("forum", template_folder=str(ROOT / "templates"), static_folder=str(ROOT / "static"))
    app.config.update(
        SECRET_KEY=settings.cookie_secret,
        SESSION_COOKIE_NAME="haven",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.https,
        PERMANENT_SESSION_LIFETIME=timedelta(days=30),
        MAX_CONTENT_LENGTH=LARGEST_FORM,
        MAX_FORM_MEMORY_SIZE=LARGEST_FORM,
        WTF_CSRF_TIME_LIMIT=None,
        TESTING=settings.env is Environment.TEST,
        PROPAGATE_EXCEPTIONS=False,
        BABEL_DEFAULT_LOCALE="en",
    )
    keyring = Keyring.open(settings.keys)
    policy = build_policy(settings)
    holder = build_holder(settings, policy)
    app.extensions[KEY] = Parts(
        settings=settings,
        database=Database(settings.url, keyring=keyring, patience=Patience(most=settings.waiting_writers)),
        keyring=keyring,
        policy=policy,
        detectors=tuple(detectors) if detectors is not None else _real_detectors(holder, policy),
        draw=draw,
        holder=holder,
    )
    if settings.env is Environment.PRODUCTION:
        production.refuse_demo_people(app.extensions[KEY].database)
        production.refuse_other_keys(app.extensions[KEY].database, keyring)
    Babel(app)
    words.install(app)
    fragments.install(app)
    numbers.install(app)
    requests.install(app)
    CSRFProtect(app)
    login.install(app)
    guards.install(app)
    gates.install(app)
    last_use.install(app)
    headers.install(app, https=settings.https)
    errors.install(app)
    times.install(app)
    context.install(app)
    for module in BLUEPRINTS:
        app.register_blueprint(import_module(module).bp)
    limits.install(app, settings)
    cli.install(app)
    if settings.behind_proxy:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1, x_host=1)  # type: ignore[method-assign]
    app.wsgi_app = WhiteNoise(app.wsgi_app, root=str(ROOT / "static"), prefix="static/", max_age=3600)  # type: ignore[method-assign]
    return app


def _real_detectors(holder: ModelHolder, policy: Policy) -> Sequence[Detector]:
    """The model loads in the background: until it is ready, posts are held. Commands start it if they need it."""
    if os.environ.get("FLASK_RUN_FROM_CLI") != "true":
        holder.start(after_seconds=HEAD_START_SECONDS)
    return build_detectors(holder, policy, budget_seconds=policy.values.request_budget_seconds)

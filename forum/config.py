"""Settings, all named `HAVEN_…`. A bad value stops the start with a sentence that says what to set."""

from __future__ import annotations

import secrets
from datetime import timedelta
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Annotated

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from forum import webhook

ROOT = Path(__file__).resolve().parent.parent


class Environment(StrEnum):
    """Demo is for trying, test for the suite, production for people."""

    DEMO = "demo"
    TEST = "test"
    PRODUCTION = "production"


class Unfit(Exception):
    """The settings cannot be used; the message says what to set."""


class Settings(BaseSettings):
    """What an organisation chooses. Each field is read from `HAVEN_<NAME>`; docs/settings.md lists them."""

    model_config = SettingsConfigDict(env_prefix="HAVEN_", extra="ignore", env_ignore_empty=True)

    env: Environment = Environment.DEMO
    instance: Annotated[Path, NoDecode] = ROOT / "instance"
    """Where the database, the keys and the stamps live."""
    database_url: str = ""
    """Empty: SQLite at `instance/haven.db`. PostgreSQL: `postgresql+psycopg://…`."""
    keys_dir: Annotated[Path, NoDecode] | None = None
    """Secrets, apart from data. Empty: `instance/keys`."""
    secret_key: str = ""
    """Signs cookies and forms. Demo and test make their own; production must set it."""
    site_name: str = "Haven"
    organisation: str = ""
    """Who runs this; named on the rules and help pages. Production must set it."""
    contact: str = ""
    """How to reach the organisation outside the forum. Production must set it."""
    base_url: str = "http://127.0.0.1:8000"
    country: str = Field(default="GB", pattern="^[A-Z]{2}$")
    timezone: str = "Europe/London"
    sign_up: str = Field(default="invitation", pattern="^(open|invitation)$")
    minimum_age: int = Field(default=18, ge=13, le=99)
    hold_everything: bool = False
    """Every post waits for a person, whatever software says: for services that can staff it."""
    leave_url: str = "https://www.bbc.co.uk/weather"
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=1, le=65535)
    threads: int = Field(default=4, ge=1, le=64)
    behind_proxy: bool = False
    """Set when a proxy in front ends TLS and sets X-Forwarded-For and -Proto."""
    policy_file: Annotated[Path, NoDecode] | None = None
    """Empty: the newest policy that ships."""
    model_dir: Annotated[Path, NoDecode] | None = None
    """Empty: the model that ships."""
    embedded_worker: bool = True
    """Run the worker's loop in a thread of the web process. Off where `flask worker` runs by itself."""
    paging_url: str = ""
    """Where a crisis is announced outside the site: `https://…`. Empty: nowhere."""
    paging_secret: str = ""
    """Signs what is sent there, so that the receiver knows whose it is."""
    rate_limit_storage: str = "memory://"
    """Redis or Valkey (`redis://…`) where several processes serve."""
    rate_limits: bool | None = None
    """Empty: on, but off in the test suite."""
    undo_seconds: int | None = Field(default=None, ge=0, le=600)
    """Seconds in which a decision can be taken back before anybody is told. Empty: 10, but 0 in the test suite."""
    log_level: str = Field(default="INFO", pattern="^(DEBUG|INFO|WARNING|ERROR)$")

    @property
    def url(self) -> str:
        """The database's address for SQLAlchemy."""
        if self.database_url:
            return self.database_url.replace("postgresql://", "postgresql+psycopg://", 1)
        return f"sqlite:///{self.instance / 'haven.db'}"

    @property
    def keys(self) -> Path:
        """The folder of secrets."""
        return self.keys_dir or self.instance / "keys"

    @cached_property
    def cookie_secret(self) -> str:
        """`secret_key`, or one made at random and kept in the keys folder for demo and test."""
        if self.secret_key:
            return self.secret_key
        if self.env is Environment.TEST:
            return "test-only"
        return secret_file(self.keys / "cookie-secret")

    @property
    def pages_outside(self) -> bool:
        """Whether a crisis is announced outside the site."""
        return bool(self.paging_url)

    @property
    def limits_on(self) -> bool:
        """Whether rate limits apply."""
        return self.env is not Environment.TEST if self.rate_limits is None else self.rate_limits

    @property
    def waiting_writers(self) -> int | None:
        """How many threads may wait long for a locked database; the others are kept free for readers."""
        return None if self.env is Environment.TEST else max(1, self.threads // 2)

    @property
    def undo_wait(self) -> timedelta:
        """How long a decision waits before it shows anything or tells anybody."""
        suite = self.env is Environment.TEST
        return timedelta(seconds=(0 if suite else 10) if self.undo_seconds is None else self.undo_seconds)

    @property
    def https(self) -> bool:
        """Whether cookies may insist on an encrypted connection."""
        return self.base_url.startswith("https://")


def secret_file(path: Path) -> str:
    """Read a secret, or make one of 32 random bytes, readable by this user alone."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        scratch = path.with_suffix(f".{secrets.token_hex(4)}")
        scratch.touch(mode=0o600)
        scratch.write_text(secrets.token_urlsafe(32), encoding="ascii")
        try:
            path.hardlink_to(scratch)
        except FileExistsError:
            pass
        finally:
            scratch.unlink()
    return path.read_text(encoding="ascii").strip()


def load() -> Settings:
    """Settings from the environment, checked. Raises `Unfit` with a sentence for each thing to set."""
    try:
        settings = Settings()
    except ValidationError as error:
        raise Unfit(
            "\n".join(_sentence(problem["loc"], problem["msg"]) for problem in error.errors())
        ) from None
    problems = paging_problems(settings)
    if settings.env is Environment.PRODUCTION:
        problems += production_problems(settings)
    if problems:
        raise Unfit("\n".join(problems))
    return settings


def _sentence(location: tuple[int | str, ...], message: str) -> str:
    return f"HAVEN_{'_'.join(str(part) for part in location).upper()} is not usable: {message}."


def paging_problems(settings: Settings) -> list[str]:
    """What keeps pages from being sent as they should, a sentence each."""
    problems = []
    if settings.paging_url and not webhook.fits(settings.paging_url):
        problems.append(
            "HAVEN_PAGING_URL must start with https:// and hold no name or password. Only an address of this "
            "machine itself may start with http://."
        )
    if settings.paging_url and len(settings.paging_secret) < webhook.SHORTEST_SECRET:
        problems.append(
            "HAVEN_PAGING_SECRET is missing or short. Set it to at least 32 random characters, and give the same to "
            "the receiver at HAVEN_PAGING_URL."
        )
    if settings.paging_secret and not settings.paging_url:
        problems.append("HAVEN_PAGING_SECRET is set without HAVEN_PAGING_URL. Set both, or neither.")
    return problems


def production_problems(settings: Settings) -> list[str]:
    """What stands between these settings and real people, a sentence each."""
    problems = []
    if len(settings.secret_key) < 32:
        problems.append(
            "HAVEN_SECRET_KEY is missing or short. Set it to at least 32 random characters, for example the "
            "output of: python -c 'import secrets; print(secrets.token_urlsafe(48))'"
        )
    if not settings.organisation:
        problems.append(
            "HAVEN_ORGANISATION is missing. Set it to the name of the organisation that runs this."
        )
    if not settings.contact:
        problems.append(
            "HAVEN_CONTACT is missing. Set it to an e-mail address or phone number that people can reach."
        )
    if not settings.https:
        problems.append(
            "HAVEN_BASE_URL must start with https://. Set it to the address that people will open."
        )
    return problems

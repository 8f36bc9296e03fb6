"""The database: one engine, one door for changes, one for reads, and the migrations.

SQLite: the driver is left in autocommit and BEGIN is sent by SQLAlchemy, BEGIN IMMEDIATE for changes, so
that two writers wait for each other at the start and never fail in the middle.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from forum.patience import FULL_SECONDS, Patience
from moderation.keys import Keyring

if TYPE_CHECKING:
    from alembic.config import Config

__all__ = ["Database", "Session", "alembic_config", "migrate"]

ROOT = Path(__file__).resolve().parent.parent
WRITES = "haven_writes"
WAITS = "haven_waits"


class Database:
    """An engine with its two doors. `url` is SQLAlchemy's; `patience` says how long a writer waits.

    `keyring` goes with every session (`session.info`), where the audit and the commitments find it.
    """

    def __init__(self, url: str, *, keyring: Keyring | None = None, patience: Patience | None = None) -> None:
        self.url = url
        self.info = {"keyring": keyring}
        self.patience = patience or Patience()
        self.keyring = keyring
        self.engine = _engine(url, self.patience.full)
        self._writers: dict[float, Engine] = {}

    @property
    def is_sqlite(self) -> bool:
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def transaction(self, *, at_most: float | None = None) -> Iterator[Session]:
        """A session for changes: commits at the end, takes everything back on an exception.

        It waits for other writers as long as `patience` lets it, and `at_most` so many seconds.
        """
        with self.patience.change() as seconds:
            waits = seconds if at_most is None else min(seconds, at_most)
            with (
                Session(self._writer(waits), expire_on_commit=False, info=self.info) as session,
                session.begin(),
            ):
                yield session

    def _writer(self, waits: float) -> Engine:
        """The engine as writers use it, one for each length of wait: there are a handful."""
        if waits not in self._writers:
            self._writers[waits] = self.engine.execution_options(**{WRITES: True, WAITS: waits})
        return self._writers[waits]

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that only reads; nothing written in it is kept."""
        with Session(self.engine, expire_on_commit=False, autoflush=False, info=self.info) as session:
            yield session

    def for_a_worker(self) -> Database:
        """The same database with connections of its own: work behind the pages takes nobody's place there."""
        return Database(self.url, keyring=self.keyring)

    def dispose(self) -> None:
        self.engine.dispose()


def _engine(url: str, patience: float) -> Engine:
    if not url.startswith("sqlite"):
        engine = create_engine(
            url,
            pool_pre_ping=True,
            hide_parameters=True,
            connect_args={"options": f"-c lock_timeout={_milliseconds(patience)} -c timezone=UTC"},
        )
        event.listen(engine, "begin", partial(_begin_postgres, usual=patience))
        return engine
    path = url.removeprefix("sqlite:///")
    if path and ":memory:" not in path:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(
        url, hide_parameters=True, connect_args={"timeout": patience, "isolation_level": None}
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", partial(_begin_sqlite, usual=patience))
    return engine


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "foreign_keys=ON", "secure_delete=ON", "synchronous=FULL"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection, usual: float) -> None:
    options = connection.get_execution_options()
    waits = options.get(WAITS, usual)
    if waits != connection.info.get(WAITS, usual):
        connection.exec_driver_sql(f"PRAGMA busy_timeout = {_milliseconds(waits)}")
        connection.info[WAITS] = waits
    connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get(WRITES) else "BEGIN")


def _begin_postgres(connection: Connection, usual: float) -> None:
    waits = connection.get_execution_options().get(WAITS, usual)
    if waits != usual:
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = {_milliseconds(waits)}")


def _milliseconds(seconds: float) -> int:
    return int(seconds * 1000)


def alembic_config(url: str) -> Config:
    """Alembic pointed at this project's migrations and at `url`."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    config.attributes["url"] = url
    return config


def migrate(url: str) -> None:
    """Bring the database at `url` to the newest schema. Alembic is loaded only where there is something to do."""
    if url.startswith("sqlite:///"):
        Path(url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
    if not is_newest(url):
        from alembic import command

        command.upgrade(alembic_config(url), "head")


def is_newest(url: str) -> bool:
    """Whether the database stands at the last migration by number, as their files are named."""
    newest = max(path.stem.partition("_")[0] for path in (ROOT / "migrations" / "versions").glob("[0-9]*.py"))
    engine = _engine(url, patience=FULL_SECONDS)
    try:
        with engine.connect() as connection:
            present = connection.execute(text("SELECT version_num FROM alembic_version")).scalars().all()
    except DBAPIError:  # no such table: nothing was ever migrated here
        return False
    finally:
        engine.dispose()
    return list(present) == [newest]


def behind(url: str) -> list[str]:
    """The migrations that the database at `url` still needs, the oldest first."""
    from alembic.runtime.migration import MigrationContext
    from alembic.script import ScriptDirectory

    scripts = ScriptDirectory.from_config(alembic_config(url))
    engine = _engine(url, patience=FULL_SECONDS)
    try:
        with engine.connect() as connection:
            present = MigrationContext.configure(connection).get_current_heads()
    finally:
        engine.dispose()
    return [step.revision for step in reversed(list(scripts.iterate_revisions("heads", present or "base")))]

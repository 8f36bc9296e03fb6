"""What a web process loads before its first page: each library here costs memory in every process, and time."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from alembic import command
from sqlalchemy import text

from forum.config import ROOT
from forum.db import Database, alembic_config, behind, is_newest, migrate

NOT_NEEDED = (
    "alembic",
    "bleach",
    "forum.backup",
    "forum.loading",
    "markdown_it",
    "numpy",
    "onnxruntime",
    "rich",
    "tokenizers",
    "torch",
    "transformers",
)
START = """
import sys
import wsgi
from forum.cli import serve
from forum.db import migrate
from forum.web.parts import KEY
migrate(wsgi.app.extensions[KEY].settings.url)
wsgi.app.test_client().get("/help")
print(" ".join(sys.modules))
"""


def test_a_web_process_loads_nothing_that_its_first_page_does_not_need(tmp_path: Path) -> None:
    migrate(f"sqlite:///{tmp_path / 'haven.db'}")
    surroundings = {
        **os.environ,
        "FLASK_RUN_FROM_CLI": "true",
        "HAVEN_ENV": "test",
        "HAVEN_INSTANCE": str(tmp_path),
        "HAVEN_DATABASE_URL": "",
        "PYTHONPATH": str(ROOT),
    }
    ran = subprocess.run(
        [sys.executable, "-c", START],
        env=surroundings,
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
    )
    loaded = set(ran.stdout.split())
    assert "forum.web.guards" in loaded
    assert not loaded & set(NOT_NEEDED)


def test_the_quick_look_at_the_schema_says_what_alembic_says(database_url: str) -> None:
    assert is_newest(database_url)
    assert behind(database_url) == []
    database = Database(database_url)
    with database.transaction() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    database.dispose()
    assert not is_newest(database_url)
    assert behind(database_url)


def test_an_empty_database_is_not_the_newest(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'new.db'}"
    assert not is_newest(url)
    command.upgrade(alembic_config(url), "0002")
    assert not is_newest(url)
    migrate(url)
    assert is_newest(url)

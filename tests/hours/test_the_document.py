"""The receiver and the count that the document gives to organisations work as they stand there."""

from __future__ import annotations

import json
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from forum import clock, webhook
from forum.config import ROOT
from forum.webhook import Outcome
from tests.hours.test_webhook import SECRET

BLOCKS = re.findall(
    r"```python\n(.*?)```", (ROOT / "docs" / "out-of-hours.md").read_text(encoding="utf-8"), re.DOTALL
)
PAGE = b'{"event": "crisis", "item": 12, "on_call": [5]}'


@pytest.fixture
def receiver(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """The document's receiver on a free port: its address, and what it said."""
    (source,) = [block for block in BLOCKS if "HTTPServer" in block]
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    said = tmp_path / "said"
    with said.open("w") as out:
        program = subprocess.Popen(
            [sys.executable, "-c", source.replace("9000", str(port))],
            stdout=out,
            stderr=subprocess.DEVNULL,
            env={"HAVEN_PAGING_SECRET": SECRET},
        )
    try:
        _until_it_listens(port)
        yield f"http://127.0.0.1:{port}/haven", said
    finally:
        program.terminate()
        program.wait(10)


def _until_it_listens(port: int) -> None:
    for _try in range(200):
        with socket.socket() as knock:
            if knock.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError("the document's receiver does not start")


def send(url: str, secret: str = SECRET, at: datetime | None = None) -> webhook.Answer:
    return webhook.send(url, secret, PAGE, delivery="page-12", at=at or clock.now())


def test_the_documents_receiver_rings_once_and_refuses_what_is_not_ours(receiver: tuple[str, Path]) -> None:
    url, said = receiver

    assert send(url, secret="another-secret-of-more-than-32-characters").status == 403
    assert send(url, at=clock.now() - timedelta(hours=1)).status == 403
    assert send(url).outcome is Outcome.DELIVERED
    assert send(url).outcome is Outcome.DELIVERED
    assert said.read_text() == "Page: crisis 12 for [5]\n"


def test_the_documents_count_finds_the_false_alarms(tmp_path: Path) -> None:
    (source,) = [block for block in BLOCKS if "night_rule.applied" in block]
    moment = datetime(2026, 6, 10, tzinfo=UTC).isoformat()
    events = [
        {"verb": "night_rule.applied", "occurred_at": moment, "fields": {"item": 1}},
        {"verb": "night_rule.applied", "occurred_at": moment, "fields": {"item": 2}},
        {"verb": "decision.made", "occurred_at": moment, "fields": {"item": 1, "action": "show"}},
        {"verb": "decision.made", "occurred_at": moment, "fields": {"item": 2, "action": "remove"}},
        {"verb": "decision.made", "occurred_at": moment, "fields": {"item": 3, "action": "show"}},
        {"trailer": {}},
    ]
    (tmp_path / "audit.jsonl").write_text("".join(json.dumps(event) + "\n" for event in events))

    done = subprocess.run(
        [sys.executable, "-c", source], cwd=tmp_path, capture_output=True, text=True, check=True
    )

    assert done.stdout == "2 held at night, 1 of them within the rules\n"

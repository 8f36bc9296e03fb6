"""Several processes count together, through Redis, and go on without it when it is gone."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from forum.app import create_app
from forum.config import Settings
from forum.web.parts import KEY
from tests.support.client import CheckingClient

pytestmark = pytest.mark.redis
TOO_MANY = 429


@contextmanager
def a_process(settings: Settings, storage: str) -> Iterator[CheckingClient]:
    """A browser at one of several web processes."""
    app = create_app(
        settings.model_copy(update={"rate_limits": True, "rate_limit_storage": storage}), detectors=()
    )
    try:
        yield CheckingClient(app)
    finally:
        app.extensions[KEY].database.dispose()


def knock(client: CheckingClient) -> int:
    """Try the door once with a name that nobody has."""
    client.get("/sign-in")
    return client.post("/sign-in", {"name": "nobody", "passphrase": "none"}, status=None).status


@pytest.fixture
def narrow_door(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("forum.web.limits.DOORS", {"account.sign_in": "2 per hour"})


@pytest.mark.usefixtures("narrow_door")
def test_what_one_process_counted_the_other_knows(
    settings: Settings, redis_server: tuple[str, subprocess.Popen[bytes]]
) -> None:
    address, _ = redis_server
    with a_process(settings, address) as one, a_process(settings, address) as other:
        before = [knock(one), knock(other)]

        assert TOO_MANY not in before
        assert knock(one) == TOO_MANY
        assert knock(other) == TOO_MANY


@pytest.mark.usefixtures("narrow_door")
def test_the_site_goes_on_when_redis_is_gone(
    settings: Settings, redis_server: tuple[str, subprocess.Popen[bytes]]
) -> None:
    address, server = redis_server
    with a_process(settings, address) as client:
        knock(client)
        server.terminate()
        server.wait(10)

        assert knock(client) in {200, 422}

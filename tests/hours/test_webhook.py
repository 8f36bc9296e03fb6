"""What leaves the house: signed, to the one address that was set, without a redirect, a proxy or a word of a post."""

from __future__ import annotations

import hashlib
import hmac
import socket
import threading
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from forum import config, webhook
from forum.config import Settings
from forum.webhook import Outcome
from tests.hours.receiver import Receiver, a_receiver

SECRET = "a-secret-of-more-than-32-characters"
NOW = datetime(2026, 6, 10, 2, 0, tzinfo=UTC)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with a_receiver() as one:
        yield one


def send(url: str, body: bytes = b'{"event":"test"}', patience: float = 5.0) -> webhook.Answer:
    return webhook.send(url, SECRET, body, delivery="page-1", at=NOW, patience=patience)


def test_the_receiver_can_tell_whose_it_is_and_how_old(receiver: Receiver) -> None:
    answer = send(receiver.url)

    (got,) = receiver.got
    stamp, given = (part.partition("=")[2] for part in got.headers["Haven-Signature"].split(","))
    expected = hmac.new(SECRET.encode(), f"{stamp}.".encode() + got.body, hashlib.sha256).hexdigest()
    assert given == expected
    assert int(stamp) == int(NOW.timestamp())
    assert got.headers["Haven-Delivery"] == "page-1"
    assert (answer.outcome, answer.status) == (Outcome.DELIVERED, 204)


def test_another_body_or_another_time_has_another_signature() -> None:
    first = webhook.signature(SECRET, 100, b"a")

    assert first != webhook.signature(SECRET, 100, b"b")
    assert first != webhook.signature(SECRET, 101, b"a")
    assert first != webhook.signature(SECRET + "x", 100, b"a")


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_redirect_is_followed(receiver: Receiver, status: int) -> None:
    with a_receiver() as elsewhere:
        receiver.status, receiver.location = status, elsewhere.url

        answer = send(receiver.url)

        assert (answer.outcome, answer.status) == (Outcome.REDIRECTED, status)
        assert not elsewhere.got


def test_no_proxy_of_the_environment_is_asked(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    with a_receiver() as proxy:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
            monkeypatch.setenv(name, proxy.url)
        monkeypatch.setenv("no_proxy", "")

        assert send(receiver.url).outcome is Outcome.DELIVERED
        assert not proxy.got


@pytest.mark.parametrize("status", [400, 401, 404, 429, 500, 503])
def test_what_the_receiver_refuses_counts_as_refused(receiver: Receiver, status: int) -> None:
    receiver.status = status

    answer = send(receiver.url)

    assert (answer.outcome, answer.status) == (Outcome.REFUSED, status)


def test_a_receiver_that_hangs_is_left_behind(receiver: Receiver) -> None:
    receiver.wait = 1.0

    answer = send(receiver.url, patience=0.1)

    assert (answer.outcome, answer.status) == (Outcome.LATE, None)
    assert answer.milliseconds < 900


def test_nobody_there_is_said_plainly() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]

    assert send(f"http://127.0.0.1:{port}/").outcome is Outcome.UNREACHABLE


def test_a_receiver_that_breaks_off_is_no_fault_of_ours() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(5)
        url = f"http://127.0.0.1:{listening.getsockname()[1]}/"

        def hang_up() -> None:
            listening.accept()[0].close()

        helper = threading.Thread(target=hang_up)
        helper.start()
        assert send(url).outcome is Outcome.UNREACHABLE
        helper.join()


@pytest.mark.parametrize(
    ("url", "fits"),
    [
        ("https://pager.example/haven", True),
        ("https://pager.example:8443/haven?team=3", True),
        ("http://127.0.0.1:9000/", True),
        ("http://[::1]:9000/", True),
        ("http://localhost/", True),
        ("http://pager.example/", False),
        ("http://127.0.0.1.pager.example/", False),
        ("http://localhost.pager.example/", False),
        ("https://name:word@pager.example/", False),
        ("http://192.168.0.4/", False),
        ("https:///page", False),
        ("https://pager.example:port/", False),
        ("ftp://pager.example/", False),
        ("file:///etc/passwd", False),
        ("pager.example", False),
        ("", False),
    ],
)
def test_a_page_goes_over_https_or_stays_on_this_machine(url: str, fits: bool) -> None:
    assert webhook.fits(url) is fits
    if not fits:
        with pytest.raises(ValueError, match="https"):
            send(url)


def test_the_start_stops_with_a_sentence_for_what_cannot_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HAVEN_PAGING_URL", "http://pager.example/")
    with pytest.raises(config.Unfit, match="HAVEN_PAGING_URL must start with https") as found:
        config.load()
    assert "HAVEN_PAGING_SECRET is missing or short" in str(found.value)

    monkeypatch.setenv("HAVEN_PAGING_URL", "https://pager.example/")
    monkeypatch.setenv("HAVEN_PAGING_SECRET", "short")
    with pytest.raises(config.Unfit, match="HAVEN_PAGING_SECRET is missing or short"):
        config.load()

    monkeypatch.delenv("HAVEN_PAGING_URL")
    with pytest.raises(config.Unfit, match="without HAVEN_PAGING_URL"):
        config.load()

    monkeypatch.setenv("HAVEN_PAGING_URL", "https://pager.example/")
    monkeypatch.setenv("HAVEN_PAGING_SECRET", SECRET)
    assert config.load().pages_outside
    assert not Settings().model_copy(update={"paging_url": ""}).pages_outside

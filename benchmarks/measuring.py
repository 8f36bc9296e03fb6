"""How long pages take, how many there are in a second, and what a reply costs."""

from __future__ import annotations

import re
import secrets
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import urlencode

from benchmarks.community import Community
from benchmarks.servers import Connection, Server
from forum.loading.pool import content
from tests.support.statements import counted

CLIENTS = 4
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')

Request = Callable[[Connection], int]
"""One request on an open connection; gives the bytes of the answer."""


class Unexpected(Exception):
    """A page answered with another status."""


@dataclass(frozen=True, slots=True)
class Result:
    """One line of the table. Times are milliseconds."""

    page: str
    statements: int
    cpu: float
    p50: float
    p95: float
    per_second: float
    bytes: int

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Page:
    """What is measured: whose cookie, the address, and what one request does."""

    name: str
    cookie: str
    address: str
    writes: bool = False

    def request(self, words: Sequence[str]) -> Request:
        return _replying(self.address, words) if self.writes else _reading(self.address)


def pages_of(where: Community) -> list[Page]:
    """Every page of the table."""
    return [
        Page("group page", where.member, where.group),
        Page("thread, first page", where.member, where.thread),
        Page("thread, last page of 5,000", where.member, f"{where.thread}?page={where.last_page}"),
        Page("review queue", where.moderator, "/review"),
        Page("audit", where.auditor, "/audit"),
        Page("search of the audit", where.auditor, f"/audit?verb={where.verb}&reason=graphic"),
        Page("post a reply", where.member, f"/t/{where.reply_to}/reply", writes=True),
    ]


def measure(where: Community, server: Server, page: Page, *, requests: int, seconds: float) -> Result:
    """One by one for the times, then from several clients at once for the number in a second."""
    words = content()["plain"]
    request = page.request(words)
    connection = Connection(server.port, page.cookie)
    for _warm in range(10):
        size = request(connection)
    before, times = server.cpu(), []
    for _number in range(requests):
        began = time.perf_counter()
        size = request(connection)
        times.append((time.perf_counter() - began) * 1000)
    cpu = (server.cpu() - before) * 1000 / requests
    times.sort()
    return Result(
        page=page.name,
        statements=statements(where, page),
        cpu=cpu,
        p50=times[len(times) // 2],
        p95=times[int(len(times) * 0.95)],
        per_second=_per_second(server, page, words, seconds),
        bytes=size,
    )


def statements(where: Community, page: Page) -> int:
    """How many the page sends, counted in this process on the same database."""
    client = where.app.test_client()
    name, _, value = page.cookie.partition("=")
    client.set_cookie(name, value)
    found = TOKEN.search(client.get(page.address).text)
    with counted(where.database) as seen:
        if page.writes:
            fields = _fields(found[1] if found else "", content()["plain"][0])
            client.post(page.address, data=fields, headers={"Sec-Fetch-Site": "same-origin"})
        else:
            client.get(page.address)
    return len(seen)


def _per_second(server: Server, page: Page, words: Sequence[str], seconds: float) -> float:
    ends = time.perf_counter() + seconds
    done = [0] * CLIENTS

    def go(place: int) -> None:
        connection, request = Connection(server.port, page.cookie), page.request(words)
        while time.perf_counter() < ends:
            request(connection)
            done[place] += 1

    began = time.perf_counter()
    clients = [threading.Thread(target=go, args=(place,)) for place in range(CLIENTS)]
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    return sum(done) / (time.perf_counter() - began)


def _reading(address: str) -> Request:
    def request(connection: Connection) -> int:
        status, body = connection.get(address)
        if status != 200:
            raise Unexpected(f"{address} answered {status}")
        return len(body)

    return request


def _replying(address: str, words: Sequence[str]) -> Request:
    """Each reply is a form of its own, sent with the token of a page that was opened once."""
    tokens: dict[int, str] = {}

    def request(connection: Connection) -> int:
        if id(connection) not in tokens:
            _status, page = connection.get(address)
            found = TOKEN.search(page.decode())
            if found is None:
                raise Unexpected(f"{address} has no form")
            tokens[id(connection)] = found[1]
        said = f"{secrets.choice(words)}\n\n{secrets.choice(words)}"
        status, body = connection.post(address, urlencode(_fields(tokens[id(connection)], said)))
        if status != 303:
            raise Unexpected(f"a reply was answered with {status}")
        return len(body)

    return request


def _fields(token: str, said: str) -> dict[str, str]:
    return {"csrf_token": token, "submission": secrets.token_urlsafe(18), "text": said, "note": ""}

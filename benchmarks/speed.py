"""How Haven's two most read pages compare with the yardstick, in CPU, interleaved in one run.

    python -m benchmarks.speed [--folder DIR] [--rounds N]

Asserts nothing and exits with 0: machines differ. docs/benchmarks.md says what is aimed for.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from benchmarks import community, pages, servers
from benchmarks.community import Community
from benchmarks.servers import Connection, Server

SMALL, LARGE = 20_000, 200_000
AT_ONCE = 50
"""Requests to each server, one after the other, before the next page."""
PAGES = ("group page", "thread, first page", "thread, last page")
Measured = dict[tuple[str, str], float]


def addresses(where: Community) -> Mapping[str, str]:
    """The address of each page."""
    return dict(
        zip(PAGES, (where.group, where.thread, f"{where.thread}?page={where.last_page}"), strict=True)
    )


@contextmanager
def filled(folder: Path | None) -> Iterator[dict[int, Community]]:
    """Both communities; those that stand in `folder` already are used again."""
    place = folder or Path(tempfile.mkdtemp(prefix="haven-bench-"))
    found = {}
    try:
        for posts in (SMALL, LARGE):
            instance = place / str(posts)
            if not (instance / "filled").exists():
                community.fill(posts, "", instance)
                (instance / "filled").touch()
            found[posts] = community.opened(posts, "", instance)
        yield found
    finally:
        for one in found.values():
            one.database.dispose()
        if folder is None:
            shutil.rmtree(place, ignore_errors=True)


def same_bytes(where: Community, around: Path) -> Iterator[str]:
    """Give the yardstick what stands around Haven's lists, and say where its lists differ from Haven's."""
    from benchmarks.bare import create_app

    shown = {}
    client = where.app.test_client()
    name, _, value = where.member.partition("=")
    client.set_cookie(name, value)
    for page, address in addresses(where).items():
        kind, key = _named(page, where)
        shown[page] = pages.cut(client.get(address).text, kind)
        pages.keep_around(around, key, shown[page])
    yardstick = create_app(where.url, around).test_client()
    for page, address in addresses(where).items():
        kind, _key = _named(page, where)
        if pages.cut(yardstick.get(address).text, kind).listed != shown[page].listed:
            yield page


def _named(page: str, where: Community) -> tuple[str, str]:
    if page == PAGES[0]:
        return "group", "group"
    return "thread", f"thread-{1 if page == PAGES[1] else where.last_page}"


def measure(
    places: Mapping[str, tuple[Server, Mapping[str, str], str]], rounds: int
) -> tuple[Measured, Measured]:
    """CPU milliseconds a request and bytes of each (server, page)."""
    cpu: Measured = defaultdict(float)
    size: Measured = {}
    browsers = {
        name: [Connection(server.port, cookie) for _ in range(servers.PROCESSES)]
        for name, (server, _addresses, cookie) in places.items()
    }
    for turn in range(-1, rounds):
        for page in PAGES:
            before = {name: server.cpu() for name, (server, _where, _cookie) in places.items()}
            for number in range(AT_ONCE):
                for name, (_server, where, _cookie) in places.items():
                    status, body = browsers[name][number % servers.PROCESSES].get(where[page])
                    assert status == 200, (name, page, status)
                    size[name, page] = len(body)
            for name, (server, _where, _cookie) in places.items():
                if turn >= 0:  # the first turn only warms up
                    cpu[name, page] += (server.cpu() - before[name]) * 1000 / (rounds * AT_ONCE)
    return cpu, size


def compare(found: Mapping[int, Community], rounds: int) -> tuple[Measured, Measured, list[str]]:
    """Start the three servers, measure, stop them."""
    large = found[LARGE]
    around = large.instance / "around"
    differing = list(same_bytes(large, around))
    started = {
        "haven": servers.haven(large.url, large.instance, model=False),
        "haven, small": servers.haven(found[SMALL].url, found[SMALL].instance, model=False),
        "bare": servers.bare(large.url, around),
    }
    try:
        started["haven"].wait("/help")
        started["haven, small"].wait("/help")
        started["bare"].wait(large.group)
        places = {
            "haven": (started["haven"], addresses(large), large.member),
            "haven, small": (started["haven, small"], addresses(found[SMALL]), found[SMALL].member),
            "bare": (started["bare"], addresses(large), ""),
        }
        return *measure(places, rounds), differing
    finally:
        for server in started.values():
            server.stop()


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--folder", type=Path, help="keep the filled databases here, and use them again")
    asked.add_argument("--rounds", type=int, default=8)
    given = asked.parse_args()
    with filled(given.folder) as found:
        cpu, size, differing = compare(found, given.rounds)
    print(
        f"{'CPU ms a request':<20} {'haven':>7} {'bare':>7} {'times':>6} {'20,000':>7} {'growth':>7} {'bytes':>7}"
    )
    for page in PAGES:
        haven, bare, small = (cpu[name, page] for name in ("haven", "bare", "haven, small"))
        print(
            f"{page:<20} {haven:7.2f} {bare:7.2f} {haven / bare:6.2f} {small:7.2f} {haven / small:7.2f}"
            f" {size['haven', page]:7.0f}"
        )
    if differing:
        print(f"The yardstick's list differs on: {', '.join(differing)}.")


if __name__ == "__main__":
    main()

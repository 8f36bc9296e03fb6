"""What the pages cost: `make bench`.

    python -m benchmarks.bench [--json FILE] [--short] [--only sqlite|postgresql]

Fills 20,000 and 200,000 posts on SQLite and, where it is installed, on PostgreSQL, serves each with two processes,
and prints a table. Under 25 minutes on two processors; `--short` takes three. docs/benchmarks.md explains.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks import community, databases, servers
from benchmarks.community import Community
from benchmarks.measuring import Result, measure, pages_of
from benchmarks.servers import Memory

SIZES, SHORT_SIZES = (20_000, 200_000), (2_000, 20_000)
SYSTEMS = {"sqlite": databases.sqlite, "postgresql": databases.postgresql}
STARTS = 3
HEAD = f"{'page':<28} {'SQL':>4} {'CPU ms':>7} {'p50 ms':>7} {'p95 ms':>7} {'a second':>9} {'bytes':>7}"


@dataclass(frozen=True, slots=True)
class Run:
    """One community on one database."""

    system: str
    posts: int
    filled_in: float
    """Seconds."""
    first_page: tuple[float, ...]
    """Seconds from the start of the command to its first answer, with the model loading behind it."""
    before_model: Memory
    with_model: Memory
    results: list[Result]

    def as_json(self) -> dict[str, Any]:
        return {
            "system": self.system,
            "posts": self.posts,
            "filled_in_seconds": round(self.filled_in, 1),
            "first_page_seconds": [round(seconds, 2) for seconds in self.first_page],
            "memory_before_model_mb": _memory(self.before_model),
            "memory_with_model_mb": _memory(self.with_model),
            "pages": [result.as_json() for result in self.results],
        }


def run(system: str, posts: int, *, requests: int, seconds: float) -> Run:
    """Fill, serve, measure, and take everything away again."""
    with _folder() as folder, SYSTEMS[system](folder) as url:
        instance = folder / "instance"
        began = time.perf_counter()
        community.fill(posts, url, instance)
        filled_in = time.perf_counter() - began
        where = community.opened(posts, url, instance)
        try:
            first_page = tuple(_first_page(where) for _start in range(STARTS))
            with _serving(where, model=False) as server:
                for page in pages_of(where):
                    if not page.writes:
                        measure(where, server, page, requests=20, seconds=0.5)
                before_model = server.memory()
            with _serving(where, model=True) as server:
                _wait_for_the_model(server)
                results = []
                for page in pages_of(where):
                    results.append(measure(where, server, page, requests=requests, seconds=seconds))
                    _say(f"  {page.name}")
                with_model = server.memory()
        finally:
            where.database.dispose()
    return Run(system, posts, filled_in, first_page, before_model, with_model, results)


@contextmanager
def _folder() -> Iterator[Path]:
    place = Path(tempfile.mkdtemp(prefix="haven-bench-"))
    place.chmod(0o755)  # PostgreSQL's own user must reach what is inside
    try:
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)


@contextmanager
def _serving(where: Community, *, model: bool) -> Iterator[servers.Server]:
    server = servers.haven(where.url, where.instance, model=model)
    try:
        server.wait("/help")
        yield server
    finally:
        server.stop()


def _first_page(where: Community) -> float:
    server = servers.haven(where.url, where.instance)
    try:
        return server.wait("/help")[0]
    finally:
        server.stop()


def _wait_for_the_model(server: servers.Server) -> None:
    """Until the workers have stopped working by themselves."""
    quiet = 0
    while quiet < 3:
        before = server.cpu()
        time.sleep(1)
        quiet = quiet + 1 if server.cpu() - before < 0.1 else 0


def machine() -> dict[str, Any]:
    """What kind of machine this is; nothing that names it."""
    megabytes = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "processors": os.cpu_count(),
        "kind": platform.machine(),
        "memory_mb": megabytes,
        "python": platform.python_version(),
        "load_before": round(os.getloadavg()[0], 2),
    }


def table(found: Run) -> str:
    """One run in lines of text."""
    lines = [
        f"{found.system}, {found.posts:,} posts (filled in {found.filled_in:.0f} s)",
        HEAD,
        *(
            f"{one.page:<28} {one.statements:4d} {one.cpu:7.2f} {one.p50:7.2f} {one.p95:7.2f}"
            f" {one.per_second:9.0f} {one.bytes:7d}"
            for one in found.results
        ),
        f"first page after start: {', '.join(f'{seconds:.2f} s' for seconds in found.first_page)}",
        f"memory before the model: {_said(found.before_model)}",
        f"memory with the model:   {_said(found.with_model)}",
    ]
    return "\n".join(lines)


def _said(memory: Memory) -> str:
    each = " + ".join(f"{one:.0f}" for one in memory.resident)
    return f"{memory.together:.0f} MB together, shared pages once ({each} resident)"


def _memory(memory: Memory) -> dict[str, Any]:
    return {"together": round(memory.together), "resident": [round(one) for one in memory.resident]}


def _say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--json", type=Path, help="also write the numbers to this file")
    asked.add_argument("--short", action="store_true", help="a tenth of the posts and of the time")
    asked.add_argument("--only", choices=sorted(SYSTEMS), help="one of the two databases")
    given = asked.parse_args()
    here = machine()
    systems = [given.only] if given.only else list(SYSTEMS)
    if "postgresql" in systems and (why := databases.why_not_postgresql()):
        _say(why)
        systems.remove("postgresql")
    requests, seconds = (40, 1.0) if given.short else (200, 5.0)
    runs = []
    for system in systems:
        for posts in SHORT_SIZES if given.short else SIZES:
            _say(f"{system}, {posts:,} posts")
            runs.append(run(system, posts, requests=requests, seconds=seconds))
            print(f"{table(runs[-1])}\n", flush=True)
    if given.json:
        found = {"machine": here, "runs": [one.as_json() for one in runs]}
        given.json.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

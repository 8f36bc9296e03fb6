"""kill -9 of web and worker while people write, decide and appeal: nothing is lost, doubled, or shown too early."""

from __future__ import annotations

import random
import time
from datetime import timedelta

import pytest

from forum import clock, worker
from tests.proofs import checks
from tests.proofs.people import Load, Wanted
from tests.proofs.running import (
    Site,
    a_chance,
    finish,
    require_sound_audit,
    wait_for_promised_work,
    wait_until_a_job_is_under_way,
)

pytestmark = pytest.mark.proof

ROUNDS = 10
WANTED = Wanted(posts=200, decisions=50, reports=12, appeals=20)


def test_nothing_is_lost_doubled_or_shown_early_when_web_and_worker_are_killed(
    site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    seed, chance = a_chance()
    lost = 0
    for number in range(1, ROUNDS + 1):
        load = site.load(WANTED)
        crew = site.crew(load, chance)
        began = time.monotonic()
        for person in crew:
            person.start()
        killed = _kill_in_the_middle(site, load, chance)
        finish(site, crew, load)
        took = time.monotonic() - began
        wait_for_promised_work(site.database)
        lost += sum(person.browser.lost for person in crew)
        with capsys.disabled():
            print(  # noqa: T201  (whoever looks into a failure needs the seed)
                f"\nround {number} on {site.database.engine.dialect.name}, seed {seed}: {took:.1f} s, "
                f"killed {', '.join(killed)}; so far {lost} answers lost, "
                f"{site.ledger.sent_again} acknowledged when sent again",
                end="",
            )
        with site.database.reading() as session:
            assert not checks.problems(session, site.ledger)
        require_sound_audit(site.parts)
    assert site.ledger.undone, "nothing was taken back"
    assert lost > ROUNDS, "hardly anything was in flight when the processes were killed"
    worker.keep_record(site.parts, now=clock.now() + timedelta(hours=2))
    require_sound_audit(site.parts, digests=1)
    assert not site.place.faults()


def _kill_in_the_middle(site: Site, load: Load, chance: random.Random) -> list[str]:
    """Kill at moments that nobody chose, the worker with a job in its hands, and start again at once."""
    web, worker = site.place.web, site.place.worker
    targets = {"web": [web], "worker": [worker], "both": [web, worker]}
    killed = []
    moments = sorted(chance.uniform(0.05, 0.85) for _ in targets)
    for moment, which in zip(moments, chance.sample(sorted(targets), len(targets)), strict=True):
        while load.progress < moment and not load.late:
            time.sleep(0.005)
        time.sleep(chance.uniform(0, 0.1))
        if worker in targets[which]:
            wait_until_a_job_is_under_way(site.database)
            time.sleep(chance.uniform(0, 0.015))
        for program in targets[which]:
            program.kill()
        for program in targets[which]:
            program.start()
        killed.append(f"{which} at {load.progress:.2f}")
    return killed

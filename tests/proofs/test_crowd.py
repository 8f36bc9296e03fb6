"""250 people at three web processes at once, for 15 places, by every way in that the site has (`capacity_holds`)."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from forum import clock
from forum.actions import groups, waiting
from forum.models import Group, Member, Membership, MembershipState, WaitingEntry, WaitingState
from forum.web.parts import KEY, Parts
from moderation.audit import Actor
from moderation.models import AuditEvent
from moderation.policy import load_policy
from tests.proofs.browser import Browser
from tests.proofs.processes import Program, free_port, wait_until_it_answers
from tests.proofs.running import Place, require_sound_audit
from tests.support.client import CheckingClient
from tests.support.making import a_group, a_member

pytestmark = pytest.mark.proof

CROWD, PLACES, PROCESSES = 250, 15, 3
POLICY = load_policy()
WAYS = ("/join", "/offer/take", "/return", "/wait")
"""What somebody presses who wants in: the first of these that the page offers."""


@pytest.fixture
def parts(app: Flask) -> Parts:
    made: Parts = app.extensions[KEY]
    return made


@pytest.fixture
def ports(parts: Parts, tmp_path: Path) -> Iterator[list[int]]:
    """Three web processes, one with a worker inside, on one database."""
    place = Place(parts.settings.url, parts.settings.keys, tmp_path / "instance")
    served: list[tuple[int, Program]] = []
    try:
        for number in range(PROCESSES):
            port = free_port()
            program = place.program(
                "serve", "--port", str(port), HAVEN_EMBEDDED_WORKER="true" if number == 0 else "false"
            )
            served.append((port, program))
            program.start()
        for port, program in served:
            wait_until_it_answers(port, program)
        yield [port for port, _program in served]
        assert not [fault for _port, program in served for fault in program.faults()]
    finally:
        for _port, program in served:
            program.stop()


class Crowd:
    """People with a browser each, spread over the processes."""

    def __init__(self, client: CheckingClient, ports: list[int], people: list[Member]) -> None:
        self.browsers = {}
        for number, person in enumerate(people):
            client.sign_in(person)
            self.browsers[person.id] = Browser(ports[number % len(ports)], client.cookie())

    def press_at_once(self, group: Group, *, also: tuple[str, ...] = ()) -> None:
        """Open the group's page, wait for all others, press; who finds it full presses the list's button."""
        start = threading.Barrier(len(self.browsers))

        def press(browser: Browser) -> None:
            page = browser.get(f"/g/{group.slug}/about")
            form = next(found for way in (*also, *WAYS) if (found := page.form(way)) is not None)
            start.wait(120)
            answer = browser.send(form)
            if (wait := answer.form("/wait")) is not None:
                answer = browser.send(wait)
            assert answer.status == 303, (answer.path, answer.status)

        with ThreadPoolExecutor(len(self.browsers)) as everybody:
            for done in [everybody.submit(press, browser) for browser in self.browsers.values()]:
                done.result()


def members_of(parts: Parts, group: Group) -> int:
    with parts.database.reading() as session:
        live = select(func.count()).where(
            Membership.group_id == group.id, Membership.state != MembershipState.LEFT
        )
        return session.scalar(live) or 0


def require_order(parts: Parts, group: Group) -> None:
    """The list is in the order in which the record was sealed, and the record never tells of one too many."""
    with parts.database.reading() as session:
        events = session.scalars(
            select(AuditEvent).where(AuditEvent.group_ref == group.id).order_by(AuditEvent.seq)
        ).all()
        listed = session.scalars(
            select(WaitingEntry.id).where(WaitingEntry.group_id == group.id).order_by(WaitingEntry.id)
        ).all()
    asked = [event.fields["entry"] for event in events if event.verb == "waiting.joined"]
    assert asked == list(listed)
    counted = [event.fields for event in events if "offers" in event.fields]
    assert max(fields["live"] + fields["offers"] for fields in counted) == PLACES
    offered = [event.fields["entry"] for event in events if event.verb == "offer.made"]
    assert offered == sorted(offered)


def test_two_hundred_and_fifty_joins_at_three_processes(
    parts: Parts, client: CheckingClient, ports: list[int]
) -> None:
    with parts.database.transaction() as session:
        people = [a_member(session) for _ in range(CROWD)]
        group = a_group(session, capacity=PLACES)
    Crowd(client, ports, people).press_at_once(group)

    assert members_of(parts, group) == PLACES
    with parts.database.reading() as session:
        states = session.scalars(select(WaitingEntry.state)).all()
    assert states == [WaitingState.WAITING] * (CROWD - PLACES)
    require_order(parts, group)


def test_every_way_in_at_once(parts: Parts, client: CheckingClient, ports: list[int]) -> None:
    """Four places kept by offers are taken, four resting members come back, three leave, and the rest press Join."""
    now = clock.now()
    with parts.database.transaction() as session:
        inside = [a_member(session) for _ in range(PLACES)]
        group = a_group(session, capacity=PLACES, members=tuple(inside))
        line = [a_member(session) for _ in range(8)]
        strangers = [a_member(session) for _ in range(CROWD - len(inside) - len(line))]
        for person in line:
            waiting.ask(session, actor=_actor(person), group_id=group.id, policy=POLICY, at=now)
        for person in inside[:4]:
            groups.leave(session, actor=_actor(person), group_id=group.id, policy=POLICY, at=now)
        for person in inside[4:8]:
            groups.rest(session, actor=_actor(person), group_id=group.id, weeks=2, longest=8, at=now)
    leaving = inside[8:11]
    crowd = Crowd(client, ports, [*line[:4], *inside[4:8], *strangers])
    goers = Crowd(client, ports, leaving)
    gone = threading.Thread(target=lambda: goers.press_at_once(group, also=("/leave",)))
    gone.start()
    crowd.press_at_once(group)
    gone.join()

    with parts.database.reading() as session:
        entries = {
            entry.member_id: entry.state
            for entry in session.scalars(select(WaitingEntry).where(WaitingEntry.group_id == group.id))
        }
    assert [entries[person.id] for person in line] == (
        [WaitingState.JOINED] * 4 + [WaitingState.OFFERED] * 3 + [WaitingState.WAITING]
    )
    assert all(entries[person.id] is WaitingState.WAITING for person in strangers)
    assert members_of(parts, group) == PLACES - 3
    require_order(parts, group)
    require_sound_audit(parts)


def _actor(member: Member) -> Actor:
    return Actor(member.id, member.role.value)

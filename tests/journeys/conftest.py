"""A group with its people, and a browser window for each of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

import pytest
from flask import Flask

from forum.db import Database
from forum.models import Group, Member, Role
from tests.journeys.auditor import Auditor
from tests.journeys.member import MemberOfAGroup
from tests.journeys.somebody import Somebody
from tests.journeys.staff import Admin, Facilitator, Reviewer
from tests.support.client import CheckingClient
from tests.support.databases import SqliteCopies
from tests.support.making import a_group, a_member
from tests.support.visitor import Look, Visitor

GROUP = "Evenings"
Person = TypeVar("Person", bound=Somebody)


@pytest.fixture
def database_url(sqlite_copies: SqliteCopies) -> Iterator[str]:
    """What a browser sees does not depend on the database."""
    with sqlite_copies.fresh() as url:
        yield url


@dataclass(frozen=True)
class People:
    """Who is there before the story begins."""

    group: Group
    author: Member
    facilitator: Member
    lead: Member
    clinician: Member
    auditor: Member
    admin: Member


@pytest.fixture
def people(database: Database) -> People:
    with database.transaction() as session:
        facilitator = a_member(session, "Wren", role=Role.FACILITATOR)
        author = a_member(session, "TeaAndRain")
        return People(
            group=a_group(session, GROUP, facilitator=facilitator, members=(author,)),
            author=author,
            facilitator=facilitator,
            lead=a_member(session, "Rowan", role=Role.LEAD),
            clinician=a_member(session, "Linden", role=Role.CLINICIAN),
            auditor=a_member(session, "Hazel", role=Role.AUDITOR),
            admin=a_member(session, "Elm", role=Role.ADMIN),
        )


class Cast:
    """Opens a window for each person. `careful=False` leaves axe to the long stories."""

    def __init__(self, app: Flask, visit: Callable[[Look], Visitor], look: Look, *, careful: bool) -> None:
        self.app = app
        self.visit = visit
        self.look = look
        self.careful = careful
        self.seen: set[tuple[str, str]] = set()

    def stranger(self) -> MemberOfAGroup:
        return MemberOfAGroup(self.visit(self.look), careful=self.careful, seen=self.seen)

    def new_staff(self) -> Reviewer:
        return Reviewer(self.visit(self.look), careful=self.careful, seen=self.seen)

    def member(self, who: Member) -> MemberOfAGroup:
        return self._signed_in(MemberOfAGroup, who)

    def facilitator(self, who: Member) -> Facilitator:
        return self._signed_in(Facilitator, who)

    def reviewer(self, who: Member) -> Reviewer:
        return self._signed_in(Reviewer, who)

    def auditor(self, who: Member) -> Auditor:
        return self._signed_in(Auditor, who)

    def admin(self, who: Member) -> Admin:
        return self._signed_in(Admin, who)

    def _signed_in(self, kind: type[Person], who: Member) -> Person:
        client = CheckingClient(self.app)
        client.sign_in(who)
        visitor = self.visit(self.look)
        visitor.take_cookie(client.cookie())
        person = kind(visitor, careful=self.careful, seen=self.seen)
        person.goes_to("/")
        return person


@pytest.fixture
def careful() -> bool:
    """Whether every page is shown to axe."""
    return True


@pytest.fixture
def cast(app: Flask, visit: Callable[[Look], Visitor], look: Look, careful: bool) -> Cast:
    return Cast(app, visit, look, careful=careful)

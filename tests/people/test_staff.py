"""The admins' desk: staff, accounts and invitations, each act on record with its reason."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from forum import clock
from forum.actions import invitations, staff
from forum.actions.accounts import Names, Place
from forum.db import Database
from forum.models import Facilitation, Invitation, Member, MemberState, Role
from forum.permissions import Refused
from forum.staff_reasons import UnknownReason
from moderation import audit
from moderation.audit import Actor
from moderation.models import AuditEvent
from tests.people.people import NAMES, PHRASE, fill_account, sign_in
from tests.support.client import CheckingClient
from tests.support.making import a_group, a_member
from tests.support.page import Page

HERE = Place("GB", "Europe/London")


def _actor(member: Member) -> Actor:
    return Actor(member.id, member.role.value)


def _admin(database: Database) -> Member:
    with database.transaction() as session:
        return a_member(session, role=Role.ADMIN)


def _events(database: Database, verb: str) -> list[AuditEvent]:
    with database.reading() as session:
        return list(session.scalars(select(AuditEvent).where(AuditEvent.verb == verb)))


def _new_staff(client: CheckingClient, **changes: str) -> Page:
    page = client.get("/admin/staff/new")
    values = {"pseudonym": "Ana", "sign_in_name": "ana-desk", "role": "moderator", "reason": "joined_team"}
    return page.submit(page.form("Make the account").fill(**{**values, **changes}))


def test_a_new_moderator_comes_in_by_a_pass_phrase_for_once(
    client: CheckingClient, another_client: CheckingClient, database: Database
) -> None:
    client.sign_in(_admin(database))
    page = _new_staff(client)
    assert page.h1 == "The account is made"
    first = page.text.split("First pass-phrase:\n")[1].split("\n")[0]
    assert len(_events(database, "staff.created")) == 1
    assert first not in client.get(page.path).body

    sign_in(another_client, "ana-desk", first)
    another_client.signed_in = True
    page = another_client.get("/review")
    assert page.path == "/account/pass-phrase?next=/review"
    form = page.form("Set the new pass-phrase")
    form.fill(pass_phrase=first, how="own", new_pass_phrase=PHRASE, new_pass_phrase_again=PHRASE)
    page = page.submit(form)
    assert page.path.startswith("/account/second-step")


def test_staff_may_be_called_what_members_may_not(client: CheckingClient, database: Database) -> None:
    client.sign_in(_admin(database))
    assert _new_staff(client, pseudonym="Moderator Ana").h1 == "The account is made"
    taken = _new_staff(client, pseudonym="moderator-ana", sign_in_name="other-desk")
    assert taken.errors() == ["Somebody has this name, or one that looks like it."]
    assert _new_staff(client, sign_in_name="", reason="").status == 422


def test_private_names_are_on_no_page_until_asked_for(client: CheckingClient, database: Database) -> None:
    admin = _admin(database)
    with database.transaction() as session:
        member = a_member(session)
        member.sign_in_name = "canary-door-name"
    client.sign_in(admin)
    address = f"/admin/accounts/{member.id}"
    page = client.get(address)
    for path in ("/admin", "/admin/staff", address, "/admin/invitations"):
        assert "canary-door-name" not in client.get(path).body
    assert not _events(database, "identity.read")

    page = client.get(address)
    page.submit(page.form("Read it"), status=422)
    page = page.submit(page.form("Read it").fill(reason="safeguarding"))
    assert page.has("canary-door-name")
    event = _events(database, "identity.read")[0]
    assert (event.reason_code, event.fields["what"]) == ("safeguarding", "sign_in_name")
    assert "canary" not in str(event.fields)
    assert "canary-door-name" not in client.get(address).body


def test_the_last_admin_stays(session: Session) -> None:
    first, second = a_member(session, role=Role.ADMIN), a_member(session, role=Role.ADMIN)
    now = clock.now()
    staff.close(session, actor=_actor(first), member_id=second.id, reason="left_team", at=now)
    with pytest.raises(staff.LastAdmin):
        staff.close(session, actor=audit.COMMAND, member_id=first.id, reason="left_team", at=now)
    with pytest.raises(staff.LastAdmin):
        staff.change_role(
            session, actor=audit.COMMAND, member_id=first.id, role=Role.AUDITOR, reason="left_team", at=now
        )
    with pytest.raises(staff.OwnAccount):
        staff.close(session, actor=_actor(first), member_id=first.id, reason="left_team", at=now)


def test_members_and_staff_stay_apart(session: Session) -> None:
    admin, member = a_member(session, role=Role.ADMIN), a_member(session)
    helper = a_member(session, role=Role.FACILITATOR)
    for who, role in ((member, Role.MODERATOR), (helper, Role.MEMBER)):
        with pytest.raises(staff.NotStaff):
            staff.change_role(
                session,
                actor=_actor(admin),
                member_id=who.id,
                role=role,
                reason="joined_team",
                at=clock.now(),
            )


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMIN])
def test_only_admins_look_after_accounts(session: Session, role: Role) -> None:
    actor, other = a_member(session, role=role), a_member(session)
    now = clock.now()
    with pytest.raises(Refused):
        staff.close(session, actor=_actor(actor), member_id=other.id, reason="security", at=now)
    with pytest.raises(Refused):
        staff.read_sign_in_name(session, actor=_actor(actor), member_id=other.id, reason="security", at=now)
    with pytest.raises(Refused):
        staff.create(
            session,
            actor=_actor(actor),
            called=Names("Ana", "ana-desk"),
            role=Role.ADMIN,
            place=HERE,
            reason="joined_team",
            at=now,
        )


def test_an_act_without_a_reason_does_not_happen(session: Session) -> None:
    admin, other = a_member(session, role=Role.ADMIN), a_member(session)
    with pytest.raises(UnknownReason):
        staff.close(session, actor=_actor(admin), member_id=other.id, reason="because", at=clock.now())
    assert other.state is MemberState.ACTIVE


def test_a_facilitator_who_takes_another_role_hands_the_groups_back(session: Session) -> None:
    admin, helper = a_member(session, role=Role.ADMIN), a_member(session, role=Role.FACILITATOR)
    a_group(session, facilitator=helper)
    staff.change_role(
        session,
        actor=_actor(admin),
        member_id=helper.id,
        role=Role.MODERATOR,
        reason="joined_team",
        at=clock.now(),
    )
    assert session.scalars(select(Facilitation)).one().ended_at is not None


def test_closing_and_resetting_through_the_pages(
    client: CheckingClient, another_client: CheckingClient, database: Database
) -> None:
    admin = _admin(database)
    with database.transaction() as session:
        other = a_member(session, role=Role.LEAD)
    another_client.sign_in(other)
    client.sign_in(admin)
    page = client.get(f"/admin/accounts/{other.id}")
    page = page.submit(page.form("Take it off").fill(reason="lost_device"))
    assert page.has("The second step is off.")
    assert another_client.get("/account").path.startswith("/sign-in")
    page = page.submit(page.form("Change the role").fill(role="auditor", reason="joined_team"))
    assert page.has("The role is changed.")
    page = page.submit(page.form("Close the account").fill(reason="left_team"))
    assert page.path == "/admin/staff"
    client.get(f"/admin/accounts/{other.id}", status=404)
    for verb in ("second_factor.reset", "role.changed", "account.closed"):
        assert len(_events(database, verb)) == 1


def test_accounts_are_found_by_public_name_only(client: CheckingClient, database: Database) -> None:
    client.sign_in(_admin(database))
    for odd in ("nobody", "x" * 10_000, "\u202e", "%", "'; --", "a\ufffe\x9bb"):
        assert client.get("/admin/accounts", query={"name": odd}).errors()
    client.get("/admin/accounts/99999999999999999999", status=404)
    client.get("/admin/accounts/99999999", status=404)


def test_an_invitation_is_shown_once_and_works_as_often_as_it_says(
    client: CheckingClient, database: Database
) -> None:
    with database.transaction() as session:
        lead = a_member(session, role=Role.LEAD)
    client.sign_in(lead)
    page = client.get("/admin/invitations")
    for bad in ("", "0", "101", "-1", "1e3", "x" * 10_000, "１"):
        page.submit(page.form("Make an invitation").fill(uses=bad), status=422)
    page = page.submit(page.form("Make an invitation").fill(uses="2", days="3"))
    code = re.findall(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}\b", page.text)[0]
    assert code not in client.get("/admin/invitations").body
    now = clock.now()
    with database.transaction() as session:
        assert session.scalars(select(Invitation)).one().code_hash != code
        assert invitations.usable(session, f" {code.lower().replace('-', '')} ", at=now)
        invitations.redeem(session, code, at=now)
        invitations.redeem(session, code, at=now)
        with pytest.raises(invitations.InvitationUnusable):
            invitations.redeem(session, code, at=now)


def test_a_withdrawn_or_late_invitation_does_not_work(session: Session) -> None:
    lead = _actor(a_member(session, role=Role.LEAD))
    now = clock.now()
    code = invitations.make(session, actor=lead, uses=1, days=1, at=now)
    made = session.scalars(select(Invitation)).one()
    assert not invitations.usable(session, code, at=made.expires_at)
    assert not invitations.usable(session, "", at=now)
    assert not invitations.usable(session, "\x00" * 10_000, at=now)
    invitations.revoke(session, actor=lead, invitation_id=made.id, at=now)
    invitations.revoke(session, actor=lead, invitation_id=made.id, at=now)
    assert not invitations.usable(session, code, at=now)
    with pytest.raises(invitations.NoSuchInvitation):
        invitations.revoke(session, actor=lead, invitation_id=made.id + 1, at=now)


def test_joining_by_invitation(client: CheckingClient, database: Database, settings: object) -> None:
    settings.sign_up = "invitation"  # type: ignore[attr-defined]
    with database.transaction() as session:
        code = invitations.make(session, actor=audit.COMMAND, uses=1, days=1, at=clock.now())
    page = client.get("/join")
    for bad in ("", "ABCD-ABCD-ABCD", "x" * 10_000):
        page = page.submit(page.form("Go on").fill(age="old_enough", invitation=bad), status=422)
    page = page.submit(page.form("Go on").fill(age="old_enough", invitation=code.lower()))
    page = page.submit(page.form("Agree and go on").fill(agree="yes"))
    assert fill_account(page).h1 == "Your recovery codes"
    with database.reading() as session:
        assert session.scalars(select(Invitation)).one().uses_left == 0
        assert session.scalars(select(Member)).one().sign_in_name == NAMES["sign_in_name"]

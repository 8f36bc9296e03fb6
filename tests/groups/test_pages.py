"""Members and groups, through the checking client: look, join, read, rest, come back, leave."""

from __future__ import annotations

from datetime import timedelta

import pytest

from forum import clock
from forum.db import Database
from forum.models import Facilitation, Group, Intake, MembershipState, Role
from moderation.models import Restriction
from tests.groups.conftest import live, send
from tests.support.client import CheckingClient
from tests.support.making import a_group, a_member, a_place, a_thread


def test_a_stranger_is_told_what_this_is_and_where_help_is(client: CheckingClient) -> None:
    page = client.get("/")
    assert page.h1 == "You are welcome here"
    assert page.has("It is not a crisis line")
    assert page.has("Software reads each post first")
    assert page.has("You need to be 18 or older.")
    assert page.link("Join").href == "/join"
    assert page.link("Sign in").href.startswith("/sign-in")


def test_members_begin_at_their_groups(client: CheckingClient, database: Database) -> None:
    with database.transaction() as session:
        member = a_member(session)
        mine = a_group(session, "Morning group", members=(member,))
        a_group(session, "Evening group")
    client.sign_in(member)
    page = client.get("/")
    assert page.path == "/groups"
    assert page.has("Your groups")
    assert (
        page.text.index("Morning group") < page.text.index("Other groups") < page.text.index("Evening group")
    )
    assert page.link("Morning group").href == f"/g/{mine.slug}"


@pytest.mark.parametrize(
    ("role", "place"), [(Role.MODERATOR, "/review"), (Role.AUDITOR, "/audit"), (Role.ADMIN, "/admin")]
)
def test_staff_begin_at_their_desk(
    client: CheckingClient, database: Database, role: Role, place: str
) -> None:
    with database.transaction() as session:
        person = a_member(session, role=role)
    client.sign_in(person)
    assert client.get("/", status=303).location == place


def test_groups_say_what_they_are_for_who_holds_them_and_how_much_room_there_is(
    client: CheckingClient, database: Database
) -> None:
    with database.transaction() as session:
        member, holder = a_member(session), a_member(session, "Calm Otter", role=Role.FACILITATOR)
        a_group(session, "Roomy", capacity=3, facilitator=holder)
        a_group(session, "Nearly full", capacity=2, members=(a_member(session),))
        a_group(session, "Full", capacity=1, members=(a_member(session),))
        a_group(session, "Shut", intake=Intake.CLOSED)
        a_group(session, "Unheld", facilitated=False)
    client.sign_in(member)
    page = client.get("/groups")
    for words in (
        "You have no group yet",
        "A place to talk about hard days.",
        "Calm Otter",
        "3 free places",
        "One free place",
        "Full just now",
        "Not taking new people just now",
        "nobody at the moment",
        "For reading only just now",
    ):
        assert page.has(words), words


def test_no_groups_yet_is_said_kindly(client: CheckingClient, database: Database) -> None:
    with database.transaction() as session:
        member = a_member(session)
    client.sign_in(member)
    assert client.get("/groups").has("There are no groups yet.")


def test_hundreds_of_groups_are_paged_forwards_and_back(client: CheckingClient, database: Database) -> None:
    names = [f"Group {number:03}" for number in range(45)]
    with database.transaction() as session:
        member, holder = a_member(session), a_member(session, role=Role.FACILITATOR)
        for name in reversed(names):
            a_group(session, name, facilitator=holder)
    client.sign_in(member)
    page, seen = client.get("/groups"), []
    while True:
        seen.append([link.words for link in page.links if link.words.startswith("Group ")])
        if not any("More groups" in link.words for link in page.links):
            break
        page = page.follow("More groups")
    assert [name for listed in seen for name in listed] == names
    assert [len(listed) for listed in seen] == [20, 20, 5]
    page = page.follow("Groups before")
    assert [link.words for link in page.links if link.words.startswith("Group ")] == seen[1]
    page = page.follow("Groups before")
    assert [link.words for link in page.links if link.words.startswith("Group ")] == seen[0]
    assert not any("Groups before" in link.words for link in page.links)


def test_a_broken_page_address_is_the_first_page(client: CheckingClient, database: Database) -> None:
    with database.transaction() as session:
        member = a_member(session)
        group = a_group(session, "Only one", members=(member,))
        a_thread(session, group, member)
    client.sign_in(member)
    for query in ("after=0", "after=x", "after=-1", "before=99999999999999999999", "after=%00"):
        assert client.get(f"/groups?{query}").has("Only one"), query
        assert client.get(f"/g/{group.slug}?{query}").has("A hard week"), query


def test_join_read_rest_come_back_and_leave(client: CheckingClient, database: Database) -> None:
    with database.transaction() as session:
        member, other = a_member(session), a_member(session)
        group = a_group(session, "Evenings", members=(other,))
        a_thread(session, group, other, title="First evening")
    client.sign_in(member)
    page = client.get(f"/g/{group.slug}")
    assert page.path == f"/g/{group.slug}/about"
    assert not page.has("First evening")

    page = page.submit(page.form("Join this group"), status=200)
    assert page.has("You have a place.")
    assert page.has("First evening")
    page = page.follow("Your place: rest, come back or leave")

    page = page.submit(page.form("Rest").fill(weeks="4"), status=200)
    assert page.has("Your place is kept")
    assert page.has("First evening")
    assert not any(link.words == "Start a thread" for link in page.links)
    page = page.submit(page.form("Come back"), status=200)
    assert page.link("Start a thread").href == f"/g/{group.slug}/new"

    page = client.get(f"/g/{group.slug}/about")
    page = page.submit(page.form("Leave this group"), status=200)
    assert page.path == "/groups"
    assert page.has("You have left the group.")
    with database.reading() as session:
        assert live(session, group) == 1


def test_pressing_twice_is_harmless(client: CheckingClient, database: Database) -> None:
    with database.transaction() as session:
        member = a_member(session)
        group = a_group(session)
    client.sign_in(member)
    join = client.get(f"/g/{group.slug}/about").form("Join this group")
    assert client.page is not None
    first = client.page
    assert first.submit(join).has("You have a place.")
    assert first.submit(join).has("You are in this group already.")
    with database.reading() as session:
        assert live(session, group) == 1
    about = client.get(f"/g/{group.slug}/about")
    leave = about.form("Leave this group")
    assert about.submit(leave).has("You have left the group.")
    assert about.submit(leave).has("Nothing was changed.")


def test_a_full_group_says_so_kindly_and_shows_others_with_room(
    client: CheckingClient, database: Database
) -> None:
    with database.transaction() as session:
        member = a_member(session)
        group = a_group(session, "Popular", capacity=2, members=(a_member(session),))
        a_group(session, "Roomy")
        a_group(session, "Shut", intake=Intake.CLOSED)
        a_group(session, "Unheld", facilitated=False)
        last = a_member(session)
    client.sign_in(member)
    page = client.get(f"/g/{group.slug}/about")
    with database.transaction() as session:
        a_place(session, group, last)
    page = page.submit(page.form("Join this group"), status=409)
    assert page.h1 == "This group is full just now"
    assert page.has("That is not about you")
    assert page.has("Roomy")
    assert not page.has("Shut")
    assert not page.has("Unheld")
    assert not client.get(f"/g/{group.slug}/about").main_text.count("Join this group")


def test_a_closed_or_ended_group_takes_nobody(client: CheckingClient, database: Database) -> None:
    with database.transaction() as session:
        member = a_member(session)
        shut = a_group(session, intake=Intake.CLOSED)
        ended = a_group(session, "Ended one")
        session.merge(ended).archived_at = clock.now()
    client.sign_in(member)
    for group in (shut, ended):
        page = send(client, f"/g/{group.slug}/join", status=409)
        assert page.h1 == "This group takes no new people just now"
    assert not client.get("/groups").has("Ended one")
    assert client.get(f"/g/{ended.slug}/about").has("This group has ended")


def test_an_ended_group_can_be_read_by_those_who_were_in_it(
    client: CheckingClient, database: Database
) -> None:
    with database.transaction() as session:
        member = a_member(session)
        group = a_group(session, members=(member,))
        a_thread(session, group, member)
        session.merge(group).archived_at = clock.now()
    client.sign_in(member)
    page = client.get(f"/g/{group.slug}")
    assert page.has("This group has ended.")
    assert page.has("A hard week")
    assert not any(link.words == "Start a thread" for link in page.links)


def test_a_rest_of_no_length_asks_again(client: CheckingClient, database: Database) -> None:
    with database.transaction() as session:
        member = a_member(session)
        group = a_group(session, members=(member,))
    client.sign_in(member)
    for weeks in ("", "0", "9", "x", "-1", "99999999999999999999"):
        client.get(f"/g/{group.slug}/about")
        page = client.post(f"/g/{group.slug}/rest", {"weeks": weeks}, status=422)
        assert page.errors() == ["Please choose how long you would like to rest."]


def test_without_a_place_there_is_nothing_to_rest_from(client: CheckingClient, database: Database) -> None:
    with database.transaction() as session:
        member = a_member(session)
        group = a_group(session)
    client.sign_in(member)
    for path in ("rest", "return"):
        for weeks in ("2", ""):  # what is missing from the form cannot be put right either
            page = send(client, f"/g/{group.slug}/{path}", {"weeks": weeks}, status=409)
            assert page.h1 == "You have no place in this group"


def test_a_rest_that_is_over_asks_whether_to_come_back(client: CheckingClient, database: Database) -> None:
    with database.transaction() as session:
        member = a_member(session)
        group = a_group(session)
        place = a_place(session, group, member, state=MembershipState.RESTING)
        place.rest_until = clock.now() - timedelta(days=1)
    client.sign_in(member)
    page = client.get(f"/g/{group.slug}/about")
    assert page.has("Your rest is over. Your place is still here.")


def test_an_unknown_group_is_not_found(client: CheckingClient, database: Database) -> None:
    with database.transaction() as session:
        member = a_member(session)
    client.sign_in(member)
    for slug in ("nowhere", "%00", "UPPER", "a" * 300, "..%2F..", "%F0%9F%98%80"):
        client.get(f"/g/{slug}", status=404)
        client.get(f"/g/{slug}/about", status=404)
        for verb in ("join", "leave", "rest", "return"):
            send(client, f"/g/{slug}/{verb}", status=404)


def test_a_group_without_an_active_facilitator_says_why_nobody_can_write(
    client: CheckingClient, database: Database
) -> None:
    with database.transaction() as session:
        member = a_member(session)
        group = a_group(session, members=(member,))
        for held in session.query(Facilitation).filter_by(group_id=group.id):
            held.away_until = clock.now() + timedelta(days=1)
    client.sign_in(member)
    page = client.get(f"/g/{group.slug}")
    assert page.has("No facilitator is here at the moment")
    assert page.has("(away)")
    assert not any(link.words == "Start a thread" for link in page.links)


def test_a_pause_in_posting_is_explained_with_help_beside_it(
    client: CheckingClient, database: Database
) -> None:
    with database.transaction() as session:
        member = a_member(session)
        group = a_group(session, members=(member,))
        session.add(
            Restriction(
                member_ref=member.id,
                decision_id=1,
                reason_code="hostility",
                starts_at=clock.now(),
                ends_at=clock.now() + timedelta(days=2),
            )
        )
    client.sign_in(member)
    page = client.get(f"/g/{group.slug}")
    assert page.has("Your posting is paused until")
    assert not any(link.words == "Start a thread" for link in page.links)


def test_forged_requests_change_nothing(client: CheckingClient, database: Database) -> None:
    with database.transaction() as session:
        member = a_member(session)
        group = a_group(session)
    client.sign_in(member)
    client.get(f"/g/{group.slug}/about")
    client.post(f"/g/{group.slug}/join", status=400, forge=True)
    with database.reading() as session:
        assert live(session, group) == 0


def test_only_members_join(client: CheckingClient, database: Database) -> None:
    with database.transaction() as session:
        people = [a_member(session, role=role) for role in Role if role is not Role.MEMBER]
        group = a_group(session)
    for person in people:
        client.sign_in(person)
        assert not client.get(f"/g/{group.slug}/about").main_text.count("Join this group")
        send(client, f"/g/{group.slug}/join", status=403)
    with database.reading() as session:
        assert live(session, group) == 0


def test_signed_out_people_see_no_group(client: CheckingClient, database: Database) -> None:
    with database.transaction() as session:
        group: Group = a_group(session)
    for path in ("/groups", f"/g/{group.slug}", f"/g/{group.slug}/about"):
        assert client.get(path, status=303).location.startswith("/sign-in")

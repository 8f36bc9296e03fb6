"""Which helplines may be shown, and when. Nobody is sent to a line that nobody has checked."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forum import signposts
from forum.opening import HoursKind
from forum.resources import HIDE_AFTER, WARN_AFTER, ChannelKind, Kind, Malformed, Resource
from forum.signposts import Expired, Signpost

LONDON = ZoneInfo("Europe/London")
CHECKED = datetime(2026, 11, 24, 0, 30, tzinfo=UTC)
ENTRIES = [entry for country in signposts.load().values() for entry in country.resources]


def an_entry(kind: Kind) -> Resource:
    return next(entry for entry in ENTRIES if entry.kind is kind)


def test_the_seed_covers_these_countries() -> None:
    assert set(signposts.load()) == {"AU", "CA", "GB", "IE", "NZ", "US"}


@pytest.mark.parametrize("code", signposts.load())
def test_every_country_has_an_emergency_number_and_a_line_day_and_night(code: str) -> None:
    lines = signposts.always_on(code)

    assert lines[0].resource.kind is Kind.EMERGENCY
    assert lines[0].resource.call is not None
    assert any(line.resource.kind is Kind.NATIONAL and line.resource.call for line in lines)
    assert [line.resource.kind for line in signposts.emergency(code)] == [Kind.EMERGENCY]


def test_emergency_comes_first_then_lines_that_always_answer() -> None:
    kinds = [signpost.resource.kind for signpost in signposts.choose("GB", CHECKED, LONDON)]

    assert kinds == sorted(kinds, key=signposts.ORDER.index)
    assert kinds[0] is Kind.EMERGENCY


def test_an_unknown_country_gets_nothing_that_might_be_wrong() -> None:
    assert signposts.choose("XX", CHECKED, LONDON) == []
    assert signposts.always_on("XX") == ()


def test_other_lines_hide_180_days_after_their_check_and_national_ones_stay() -> None:
    last_day, too_late = CHECKED + HIDE_AFTER, CHECKED + HIDE_AFTER + timedelta(days=1)

    assert "gb-papyrus" in {one.resource.id for one in signposts.choose("GB", last_day, LONDON)}
    assert all(one.resource.never_hides for one in signposts.choose("GB", too_late, LONDON))


@given(st.dates(), st.dates(), st.sampled_from(ENTRIES))
def test_an_expired_entry_cannot_become_a_signpost(verified_on: date, today: date, entry: Resource) -> None:
    entry = replace(entry, verified_on=verified_on)
    checked_lately = timedelta(days=-1) <= today - verified_on <= HIDE_AFTER
    expired = not entry.never_hides and not checked_lately

    if expired:
        with pytest.raises(Expired):
            Signpost(entry, "Anywhere", today)
    else:
        assert Signpost(entry, "Anywhere", today).resource is entry


def test_without_a_day_only_lines_that_never_hide_can_be_shown() -> None:
    with pytest.raises(Expired):
        Signpost(an_entry(Kind.OTHER), "Anywhere")


def test_the_admin_is_warned_after_90_days() -> None:
    late = CHECKED + WARN_AFTER + timedelta(days=2)

    assert signposts.due(CHECKED + WARN_AFTER) == []
    assert {entry.id for _, entry in signposts.due(late)} == {entry.id for entry in ENTRIES}


def test_a_check_dated_in_the_future_is_a_slip_and_hides() -> None:
    entry = replace(an_entry(Kind.OTHER), verified_on=date(2062, 11, 24))

    assert not entry.shows_on(CHECKED.date())
    assert entry.due_on(CHECKED.date())


def test_no_line_is_called_always_open_unless_it_is() -> None:
    assert all(entry.hours.kind is HoursKind.ALWAYS for entry in ENTRIES if entry.never_hides)


def test_every_link_is_a_call_a_text_or_an_encrypted_page() -> None:
    starts = {ChannelKind.CALL: "tel:", ChannelKind.TEXT: "sms:", ChannelKind.WEB: "https://"}

    for entry in ENTRIES:
        for channel in entry.channels:
            assert channel.href.startswith(starts[channel.kind])


def test_every_bad_file_is_named_at_once(tmp_path: Path) -> None:
    for name in ("aa", "bb"):
        (tmp_path / f"{name}.toml").write_text("nothing = 1", encoding="utf-8")

    with pytest.raises(Malformed, match=r"(?s)aa\.toml.*bb\.toml"):
        signposts.load(tmp_path)


def test_an_empty_folder_is_an_error_not_an_empty_page(tmp_path: Path) -> None:
    with pytest.raises(Malformed, match="No resources"):
        signposts.load(tmp_path)

"""A helpline's entry is read strictly: a slip of the keyboard must not send somebody to a wrong number."""

from __future__ import annotations

from datetime import time
from pathlib import Path

import pytest

from forum.opening import HoursKind
from forum.resources import ChannelKind, Malformed, read_country

HEAD = 'code = "IE"\nname = "Ireland"\ntime_zone = "Europe/Dublin"\n'
EMERGENCY = """
[[resources]]
id = "one"
kind = "emergency"
name = "Emergency services"
about = "They can send an ambulance."
audience = "Anyone"
hours = "always"
channels = [{ kind = "call", value = "11 2" }]
languages = ["English"]
source = "https://example.org/"
verified_on = 2026-11-24
"""
CALL = '[{ kind = "call", value = "11 2" }]'
OTHER = EMERGENCY.replace('"one"', '"two"').replace('"emergency"', '"other"')
WEEKLY = '[{ days = ["mon", "tue"], opens = 09:00:00, closes = 17:30:00 }]'


def read(folder: Path, text: str, name: str = "ie.toml") -> object:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return read_country(path)


def test_an_entry_becomes_links_that_a_phone_can_open(tmp_path: Path) -> None:
    path = tmp_path / "ie.toml"
    text = '{ kind = "text", value = "50 00" }, { kind = "web", value = "https://www.example.org/" }'
    entry = EMERGENCY.replace('"11 2" }', f'"11 2", label = "1-1-2" }}, {text}')
    path.write_text(HEAD + entry, encoding="utf-8")

    channels = read_country(path).resources[0].channels

    assert [(one.kind, one.label, one.href) for one in channels] == [
        (ChannelKind.CALL, "1-1-2", "tel:112"),
        (ChannelKind.TEXT, "50 00", "sms:5000"),
        (ChannelKind.WEB, "example.org", "https://www.example.org/"),
    ]


def test_weekly_hours_are_days_and_times_in_the_service_s_zone(tmp_path: Path) -> None:
    path = tmp_path / "ie.toml"
    path.write_text(HEAD + EMERGENCY + OTHER.replace('"always"', WEEKLY), encoding="utf-8")

    hours = read_country(path).resources[1].hours

    assert hours.kind is HoursKind.WEEKLY
    assert [(span.day, span.opens, span.closes) for span in hours.spans] == [
        (0, time(9), time(17, 30)),
        (1, time(9), time(17, 30)),
    ]
    assert str(hours.zone) == "Europe/Dublin"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("code = ", "ie.toml"),
        (HEAD, "resources is missing"),
        (HEAD + OTHER, "no emergency number"),
        (HEAD.replace("IE", "FR") + EMERGENCY, "another country"),
        (HEAD.replace("Europe/Dublin", "Europe/Nowhere") + EMERGENCY, "not a time zone"),
        (HEAD + EMERGENCY + EMERGENCY, "same id"),
        (HEAD + EMERGENCY.replace('"11 2"', '"one one two"'), "not a number"),
        (HEAD + EMERGENCY.replace('"call"', '"fax"'), "fax is none of"),
        (
            HEAD + EMERGENCY.replace('call", value = "11 2', 'web", value = "http://a.b'),
            "not an https address",
        ),
        (HEAD + EMERGENCY.replace("2026-11-24", '"last week"'), "not a date"),
        (HEAD + EMERGENCY.replace("2026-11-24", "2026-11-24T10:00:00Z"), "not a date"),
        (HEAD + EMERGENCY.replace('"always"', '"unstated"'), "must answer at any time"),
        (HEAD + EMERGENCY.replace('"always"', "[]"), "without a day"),
        (HEAD + EMERGENCY + OTHER.replace('"always"', WEEKLY.replace("tue", "tues")), "tues is not a day"),
        (HEAD + EMERGENCY + OTHER.replace('"always"', WEEKLY.replace("09:00:00", '"9"')), "are times"),
        (HEAD + EMERGENCY.replace(CALL, "[]"), "no way to reach"),
        (HEAD + EMERGENCY.replace(CALL, "3"), "not shaped"),
        (HEAD + EMERGENCY + "max_age = 400\n", "max_age is not an age"),
        (HEAD + EMERGENCY + 'phone = "1"\n', "phone is not a field"),
        (HEAD + EMERGENCY.replace('about = "They can send an ambulance."', 'about = " "'), "about is empty"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(Malformed, match=said):
        read(tmp_path, text)

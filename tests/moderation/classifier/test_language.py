"""English is judged; other languages wait for a person; a few letters prove nothing."""

from __future__ import annotations

import pytest

from moderation.classifier.language import guess


@pytest.mark.parametrize(
    "text",
    [
        "I had a difficult night and I did not sleep at all.",
        "cant sleep, brain wont shut up, any1 about to chat?",
        "Ah lads I'm after having a bit of a slip, grand now though.",
        "Och I'm pure scunnered the day, ma heid's burstin wi it all.",
        "first place I say it, in my family we not speak about this",
        "Relapsed again yesterday, feeling rubbish",
        "DBT skills group starts Thursday!!! nervous but hopeful",
    ],
)
def test_english_of_many_kinds_is_english(text: str) -> None:
    assert guess(text) == "en"


@pytest.mark.parametrize(
    "text",
    [
        "Je ne vais pas bien du tout aujourd'hui et je voudrais en parler.",
        "Mir geht es heute nicht gut und ich möchte mit jemandem reden.",
        "Hoy no estoy bien y quiero hablar con alguien sobre esto.",
        "Oggi non sto bene e vorrei parlare con qualcuno di questo.",
        "Nie czuję się dzisiaj dobrze i chciałabym z kimś o tym porozmawiać.",
        "Hoje não estou bem e quero conversar com alguém sobre isso.",
        "Het gaat vandaag niet goed met mij en ik wil met iemand praten.",
        "Мне сегодня плохо, и я хочу с кем-нибудь поговорить.",
        "今天我感觉很不好,想找个人聊聊天,可以吗,谢谢大家一直都在这里",
        "لست بخير اليوم وأريد أن أتحدث مع شخص ما",
        "Tänään minulla menee huonosti ja haluaisin puhua jonkun kanssa, kiitos teille",
    ],
)
def test_other_languages_are_known_as_other(text: str) -> None:
    assert guess(text) == "other"


@pytest.mark.parametrize(
    "text", ["", "ok thanks", "😭😭😭", "123 456", "hmm", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaa"]
)
def test_too_little_to_tell_is_unknown(text: str) -> None:
    assert guess(text) == "unknown"

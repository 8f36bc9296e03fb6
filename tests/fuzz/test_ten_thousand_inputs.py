"""10,000 generated inputs through every form and every parameter, as each kind of person.

No fault of ours, no word lost, no page let out, no word of anybody in the log. PostgreSQL gets a thinner pass:
the pages are the same, but it refuses NUL, holds smaller numbers and knows other times.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from forum.db import Database
from tests.fuzz.campaign import Campaign
from tests.fuzz.people import KINDS, Kind

pytestmark = pytest.mark.proof
INPUTS = 10_000
SHARE = -(-INPUTS // len(KINDS))
THIN = 8


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_ten_thousand_inputs(campaign: Callable[..., Campaign], database: Database, kind: Kind) -> None:
    whole = database.is_sqlite
    run = campaign(kind, share=SHARE if whole else SHARE // THIN, one_in=1 if whole else THIN)
    run.run()
    tally = run.sender.tally

    assert not tally.faults, tally.report()
    assert tally.sent >= run.share
    if whole:
        assert not run.lacking()
        assert not run.left_out()

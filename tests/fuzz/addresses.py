"""Addresses of this site, filled in from what its database holds."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from urllib.parse import quote

from flask import Flask
from sqlalchemy import inspect, text
from werkzeug.routing import Rule

from forum.db import Database

NOT_VIEWS = frozenset({"static"})
MOST = 150
Fitting = Mapping[str, tuple[str, ...]]
NO_ROWS = tuple(str(number) for number in range(1, 9))


def rules_of(app: Flask) -> list[Rule]:
    """Every route of the site, in an order that stays."""
    return sorted((rule for rule in app.url_map.iter_rules() if rule.endpoint not in NOT_VIEWS), key=str)


def fitting_ids(database: Database, rules: Sequence[Rule]) -> Fitting:
    """For each name in an address, what there is to name: the rows of the table that is called like it."""
    tables = sorted(inspect(database.engine).get_table_names(), key=len)
    found: dict[str, tuple[str, ...]] = {}
    for name in sorted({argument for rule in rules for argument in rule.arguments}):
        stem = name.removesuffix("_id")
        table = next((one for one in tables if one.endswith((f"{stem}s", f"{stem[:-1]}ies"))), None)
        if name == "slug":
            query = "SELECT slug FROM groups UNION SELECT slug FROM threads"
        elif name.endswith("_id") and table is not None:
            query = f"SELECT id FROM {table} ORDER BY id LIMIT {MOST}"  # noqa: S608
        else:
            found[name] = NO_ROWS
            continue
        with database.reading() as session:
            rows = {str(row[0]) for row in session.execute(text(query))}
        found[name] = tuple(sorted(rows, key=lambda one: (len(one), one))) or NO_ROWS
    return found


def address(rule: Rule, number: int, fitting: Fitting) -> str:
    """The rule with the `number`-th thing that there is for each of its names."""

    def one(found: re.Match[str]) -> str:
        known = fitting.get(found[1]) or NO_ROWS
        return quote(known[number % len(known)])

    return re.sub(r"<(?:[^:<>]*:)?(\w+)>", one, rule.rule)

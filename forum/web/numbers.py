"""Numbers in addresses and forms: an id that no database could hold is an id that is not there."""

from __future__ import annotations

from typing import Any

from flask import Flask
from werkzeug.routing import IntegerConverter

LARGEST_ID = 2**63 - 1


class IdConverter(IntegerConverter):
    """`<int:…>` in every address: too large a number is "not found" and never reaches the database."""

    def __init__(self, *args: Any, **more: Any) -> None:
        more.setdefault("max", LARGEST_ID)
        super().__init__(*args, **more)


def install(app: Flask) -> None:
    """Bound every number in an address. Before any blueprint is registered."""
    app.url_map.converters["int"] = IdConverter


def read_id(text: str | None) -> int | None:
    """An id from a form or a query; None where it is none."""
    if not text or not text.isascii() or not text.isdigit() or len(text) > 19:
        return None
    number = int(text)
    return number if 0 < number <= LARGEST_ID else None

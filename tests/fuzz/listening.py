"""Which fields and parameters the site asks for, noted while it answers: a new one is met without being listed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from flask import Flask, has_request_context, request
from werkzeug.utils import cached_property

from forum.web.requests import Named


class Asked(NamedTuple):
    """One name that a view looked for, in the address (`query`) or in the form (`form`)."""

    endpoint: str
    where: str
    name: str


class Heard:
    """Everything asked for so far, and how often."""

    def __init__(self) -> None:
        self.names: Counter[Asked] = Counter()

    def note(self, where: str, name: object) -> None:
        if has_request_context() and request.endpoint and isinstance(name, str):
            self.names[Asked(request.endpoint, where, name)] += 1

    def of(self, endpoint: str, where: str) -> tuple[str, ...]:
        """The names that one view asks for."""
        return tuple(
            sorted({one.name for one in self.names if one.endpoint == endpoint and one.where == where})
        )


@contextmanager
def listening(app: Flask) -> Iterator[Heard]:
    """Note every name that is asked for while the block runs."""
    heard, before = Heard(), app.request_class

    class FormFields(Named):
        """A form or a query whose readers are noted."""

        where = "form"

        def __getitem__(self, key: str) -> Any:
            heard.note(self.where, key)
            return super().__getitem__(key)

        def __contains__(self, key: object) -> bool:
            heard.note(self.where, key)
            return super().__contains__(key)

        def getlist(self, key: str, *more: Any, **most: Any) -> list[Any]:
            heard.note(self.where, key)
            return super().getlist(key, *more, **most)

    class QueryFields(FormFields):
        where = "query"

    class ListeningRequest(before):  # type: ignore[valid-type, misc]
        parameter_storage_class = FormFields

        @cached_property
        def args(self) -> Any:
            return QueryFields(super().args)

    app.request_class = ListeningRequest
    try:
        yield heard
    finally:
        app.request_class = before

"""A policy's TOML, read strictly: an unknown, missing or wrong value is an error that says where."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

from moderation.answers import Graded

G = TypeVar("G", bound=Graded)


class PolicyError(Exception):
    """The policy cannot be used; the message names the place and says what is allowed there."""


class Table:
    """One TOML table that knows its own path and which of its keys were read."""

    def __init__(self, path: str, data: Mapping[str, Any]) -> None:
        self._path = path
        self._data = data
        self._read: set[str] = set()

    def where(self, key: str) -> str:
        return f"{self._path}.{key}" if self._path else key

    def fail(self, key: str, sentence: str) -> PolicyError:
        return PolicyError(f"policy: `{self.where(key)}` {sentence}")

    def has(self, key: str) -> bool:
        return key in self._data

    def _take(self, key: str, kind: type | tuple[type, ...], name: str, default: Any = ...) -> Any:
        self._read.add(key)
        if key not in self._data:
            if default is ...:
                raise self.fail(key, "is missing")
            return default
        value = self._data[key]
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            raise self.fail(key, f"must be {name}; it is {value!r}")
        return value

    def text(self, key: str, default: str | None = None) -> str:
        value: str = self._take(key, str, "text", ... if default is None else default)
        if default is None and not value.strip():
            raise self.fail(key, "must not be empty")
        return value

    def flag(self, key: str, default: bool = False) -> bool:
        value: bool = self._take(key, bool, "true or false", default)
        return value

    def whole(self, key: str, *, least: int = 0, most: int | None = None, default: int | None = None) -> int:
        value: int = self._take(key, int, "a whole number", ... if default is None else default)
        self._check_range(key, value, least, most)
        return value

    def number(self, key: str, *, least: float = 0.0, most: float | None = None) -> float:
        value = float(self._take(key, (int, float), "a number"))
        self._check_range(key, value, least, most)
        return value

    def _check_range(self, key: str, value: float, least: float, most: float | None) -> None:
        if value >= least and (most is None or value <= most):
            return
        top = f" and at most {most:g}" if most is not None else ""
        raise self.fail(key, f"must be at least {least:g}{top}; it is {value:g}")

    def graded(self, key: str, kind: type[G]) -> G:
        code = self.text(key)
        try:
            return kind.of(code)
        except ValueError as problem:
            raise self.fail(key, f"{problem}; it is {code!r}") from None

    def texts(self, key: str, default: tuple[str, ...] | None = None) -> tuple[str, ...]:
        values = self._take(key, list, "a list of texts", ... if default is None else list(default))
        if not all(isinstance(value, str) for value in values):
            raise self.fail(key, "must be a list of texts")
        return tuple(values)

    def table(self, key: str) -> Table:
        return Table(self.where(key), self._take(key, dict, "a table"))

    def tables(self, key: str) -> Iterator[Table]:
        """The tables of an array, each with its position in its path."""
        for at, data in enumerate(self._take(key, list, "a list of tables")):
            if not isinstance(data, dict):
                raise self.fail(f"{key}[{at}]", "must be a table")
            yield Table(self.where(f"{key}[{at}]"), data)

    def keys(self) -> tuple[str, ...]:
        return tuple(self._data)

    def done(self) -> None:
        """Refuse what nobody read: a mistyped key must not be a rule that silently does nothing."""
        for key in self._data:
            if key not in self._read:
                raise self.fail(key, "is not a key that a policy has here")


def read(text: str) -> Table:
    """The whole document, or `PolicyError`."""
    try:
        return Table("", tomllib.loads(text))
    except tomllib.TOMLDecodeError as problem:
        raise PolicyError(f"policy: not valid TOML: {problem}") from None

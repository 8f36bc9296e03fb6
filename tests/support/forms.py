"""A form as a person meets it: fill the fields that are there, press a button that is there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from tests.support.markup import elements, visible_text

Value = str | Sequence[str]


@dataclass
class Field:
    """All controls of one name."""

    name: str
    kind: str
    values: list[str] = field(default_factory=list)
    choices: list[str] = field(default_factory=list)
    """What a select, radio or checkbox offers; empty for free text."""
    texts: dict[str, str] = field(default_factory=dict)
    """The visible words of each choice of a select."""


class Form:
    """Fields with their values as the page was served. Filling a field that is not there is a failed test."""

    def __init__(self, element: Element) -> None:
        self.element = element
        self.id = element.get("id") or ""
        self.action = element.get("action") or ""
        self.method = (element.get("method") or "get").lower()
        self.fields: dict[str, Field] = {}
        for control in elements(element, "input", "select", "textarea"):
            if control.get("name") and "disabled" not in control.attrib:
                self._add(control)

    def _add(self, control: Element) -> None:
        name = control.get("name") or ""
        kind = control.tag if control.tag != "input" else (control.get("type") or "text")
        if kind in {"submit", "image", "button", "reset"}:
            return
        found = self.fields.setdefault(name, Field(name, kind))
        if kind == "select":
            self._add_options(found, control)
        elif kind == "textarea":
            # A browser drops one newline after the tag; html5lib has done that already.
            found.values.append("".join(control.itertext()))
        elif kind in {"checkbox", "radio"}:
            value = control.get("value") or "on"
            found.choices.append(value)
            if "checked" in control.attrib:
                found.values.append(value)
        else:
            found.values.append(control.get("value") or "")

    def _add_options(self, found: Field, control: Element) -> None:
        options = list(elements(control, "option"))
        for option in options:
            value = option.get("value", visible_text(option))
            found.choices.append(value)
            found.texts[value] = visible_text(option)
            if "selected" in option.attrib:
                found.values.append(value)
        if not found.values and options and "multiple" not in control.attrib:
            found.values.append(found.choices[0])

    def __getitem__(self, name: str) -> str:
        """The value that a field holds now."""
        values = self._field(name).values
        return values[0] if values else ""

    def _field(self, name: str) -> Field:
        assert name in self.fields, f"the form has no field {name!r}, only {sorted(self.fields)}"
        return self.fields[name]

    def fill(self, **values: Value) -> Form:
        """Type into fields and pick choices. A list picks several, an empty list or string picks none."""
        for name, value in values.items():
            found = self._field(name)
            assert found.kind != "hidden", f"nobody can type into the hidden field {name!r}; use client.post"
            wanted = [value] if isinstance(value, str) else list(value)
            if found.choices:
                wanted = [one for one in wanted if one]
                strangers = set(wanted) - set(found.choices)
                assert not strangers, f"{name!r} offers {found.choices}, not {strangers}"
            found.values = wanted
        return self

    @property
    def data(self) -> dict[str, list[str]]:
        """What a browser would send, without the button."""
        return {name: one.values for name, one in self.fields.items() if one.values}

    def buttons(self) -> list[Element]:
        found = elements(self.element, "button", "input")
        return [one for one in found if one.get("type", "submit" if one.tag == "button" else "") == "submit"]

    def button(self, words: str | None = None) -> Element:
        """The button with these words on it, or with this value; the only one when no words are given."""
        buttons = self.buttons()
        if words is None:
            assert buttons, "the form has no button"
            return buttons[0]
        for one in buttons:
            if words in {visible_text(one), one.get("value")}:
                return one
        said = [visible_text(one) or one.get("value") for one in buttons]
        raise AssertionError(f"no button says {words!r}, only {said}")

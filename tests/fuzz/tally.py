"""What was sent, honestly counted: one for each generated request, none for the redirects that follow."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from tests.fuzz.inputs import Sent
from tests.fuzz.listening import Asked
from tests.fuzz.seen_forms import FormKey


@dataclass
class Tally:
    """`names` counts made-up values by the view that asks for them; `faults` has each kind of fault once."""

    sent: int = 0
    forms: Counter[FormKey] = field(default_factory=Counter)
    names: Counter[Asked] = field(default_factory=Counter)
    statuses: Counter[int] = field(default_factory=Counter)
    taken: Counter[str] = field(default_factory=Counter)
    """Views that took what was sent to them."""
    faults: Counter[str] = field(default_factory=Counter)
    examples: dict[str, str] = field(default_factory=dict)

    def count(self, sent: Sent, endpoint: str, status: int) -> None:
        self.sent += 1
        self.statuses[status] += 1
        if sent.form is not None:
            self.forms[sent.form.key] += 1
        self.names.update(Asked(endpoint, "form", name) for name in sent.names)
        self.names.update(Asked(endpoint, "query", name) for name in sent.asked)
        self.taken[f"{sent.method} {endpoint}"] += status < 400

    def fault(self, what: str, sent: str) -> None:
        self.faults[what] += 1
        self.examples.setdefault(what, sent)

    def report(self) -> str:
        """Each kind of fault once, with what to send to see it."""
        found = (f"{count} × {what}\n    {self.examples[what]}" for what, count in self.faults.most_common())
        return "\n".join(found)

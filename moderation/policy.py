"""The policy: signals and circumstances in, three answers out. Versioned data; every rule only adds."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from moderation.answers import Answer, Display, Row, Support, Urgency
from moderation.classifier.answer import Band, ModelIdentity
from moderation.policy_file import PolicyError, read
from moderation.policy_parts import (
    Thresholds,
    Values,
    decision_reasons_from,
    report_reasons_from,
    rows_from,
    taxonomy_from,
    thresholds_from,
    values_from,
)
from moderation.signals import NoVerdict, Signal, Strength
from moderation.subject import Circumstances
from moderation.taxonomy import DecisionReason, ReportReason, Taxonomy
from moderation.workflow import DecisionAction

__all__ = [
    "FIRST_POLICY",
    "Answer",
    "Display",
    "Policy",
    "PolicyError",
    "PolicyMismatch",
    "Support",
    "Urgency",
    "answer",
    "load_policy",
]

FIRST_POLICY = Path(__file__).parent / "policies" / "v1.toml"

LABELS_CHOSEN = ("author_label", "inherited_label")
"""Rows that follow from somebody's choice of a label, not from what software noticed."""

_RATES_RED = Urgency.RED
"""From here on the words themselves rate red or crisis, and the author gets the help panel at once."""


class PolicyMismatch(Exception):
    """The thresholds were made for another model; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Policy:
    """One immutable version."""

    version: int
    name: str
    toml: str
    """The text it was read from, to be kept with the version."""
    digest: str
    """sha256 of that text."""
    values: Values
    rows: Mapping[str, Row]
    """By reason: `graphic.sure`, `missing.model_late`, `newcomer` …"""
    quoted_at_most: Strength
    bound: Thresholds
    taxonomy: Taxonomy
    decision_reasons: Mapping[str, DecisionReason]
    report_reasons: Mapping[str, ReportReason]

    @property
    def thresholds(self) -> Mapping[str, Band]:
        """`t_low` and `t_high` by head; empty while the policy is bound to no model."""
        return self.bound.bands

    def check_bound(self, identity: ModelIdentity) -> None:
        """Refuse a model that these thresholds were not made for."""
        bound = self.bound
        wanted = (bound.model, bound.engine, bound.normaliser)
        found = (identity.model_id, identity.engine, identity.normaliser)
        if wanted == found:
            return
        names = ("model", "engine", "normaliser")
        differing = [
            f"{name} is {is_!r}, the policy's is {was!r}"
            for name, was, is_ in zip(names, wanted, found, strict=True)
            if was != is_
        ]
        raise PolicyMismatch(
            f"Policy version {self.version} has thresholds for another model ({'; '.join(differing)}). "
            "Make a new policy version whose [thresholds] come from this model's card, "
            "or put the old model back."
        )

    def told(self, reasons: Sequence[str]) -> tuple[str, ...]:
        """What the author is told for these reasons, each sentence once."""
        return self._sentences([row.author for row in self._known(reasons)])

    def why(self, reasons: Sequence[str]) -> tuple[str, ...]:
        """The same for staff."""
        return self._sentences([row.staff for row in self._known(reasons)])

    def asking(self, reasons: Sequence[str]) -> tuple[str, ...]:
        """The reasons for which a person should look: those that hide, hurry or raise, and any this policy lacks.

        A label that the author chose or that came with a quoted post may fold a post and ask nobody anything.
        """
        return tuple(reason for reason in reasons if self._asks(reason))

    def _asks(self, reason: str) -> bool:
        row = self.rows.get(reason)
        silent = Display.COLLAPSE if reason in LABELS_CHOSEN else Display.SHOW
        return row is None or row.display > silent or row.urgency > Urgency.GREEN or row.raises > 0

    def reasons_for(self, action: DecisionAction) -> tuple[DecisionReason, ...]:
        """The reason codes that fit an action, in the policy's order."""
        return tuple(reason for reason in self.decision_reasons.values() if action in reason.actions)

    def aged(self, urgency: Urgency, waited: timedelta) -> Urgency:
        """Where an item stands in the queue after waiting; a place in a line, not a new rating."""
        if waited < self.values.targets[urgency] * self.values.ageing_after_targets:
            return urgency
        return max(urgency, min(urgency.raised(1), self.values.ageing_never_above))

    def _known(self, reasons: Sequence[str]) -> Iterator[Row]:
        return (self.rows[reason] for reason in reasons if reason in self.rows)

    @staticmethod
    def _sentences(sentences: Sequence[str]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(sentence for sentence in sentences if sentence))


def load_policy(source: Path | str | None = None) -> Policy:
    """A policy from a file or its text, by default the one that ships. `PolicyError` says what is wrong."""
    source = FIRST_POLICY if source is None else source
    if isinstance(source, Path):
        try:
            text = source.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as problem:
            raise PolicyError(f"policy: cannot read {source.name}: {type(problem).__name__}") from None
    else:
        text = source
    root = read(text)
    taxonomy = taxonomy_from(root)
    quoted = root.table("quoted")
    at_most = quoted.text("at_most")
    if at_most not in (Strength.SURE, Strength.BAND):
        raise quoted.fail("at_most", "must be sure or band")
    quoted.done()
    policy = Policy(
        version=root.whole("version", least=1),
        name=root.text("name"),
        toml=text,
        digest=hashlib.sha256(text.encode()).hexdigest(),
        values=values_from(root),
        rows=rows_from(root, taxonomy),
        quoted_at_most=Strength(at_most),
        bound=thresholds_from(root),
        taxonomy=taxonomy,
        decision_reasons=decision_reasons_from(root, taxonomy),
        report_reasons=report_reasons_from(root, taxonomy),
    )
    root.done()
    return policy


def answer(policy: Policy, findings: Sequence[Signal | NoVerdict], circumstances: Circumstances) -> Answer:
    """The strictest of everything: no finding and no circumstance ever lowers what another asks for.

    A `raises` row lifts what the other findings ask for by one level, once. It does not lift a newcomer's
    red, which is a place in the queue and says nothing about the words.
    """
    met = [(row, _label(row, finding)) for finding in findings if (row := _row_of(policy, finding))]
    around = list(_circumstance_rows(policy, circumstances))
    rows = [row for row, _ in met] + [row for row, _ in around]

    about_words = max((row.urgency for row, _ in met), default=Urgency.GREEN)
    about_words = about_words.raised(max((row.raises for row, _ in met), default=0))
    display = max((row.display for row in rows), default=Display.SHOW)
    urgency = max((about_words, *(row.urgency for row, _ in around)))
    support = max((row.support for row in rows), default=Support.NONE)
    if about_words >= _RATES_RED:
        support = Support.NOW
    by_software = max((row.display for row, _ in met), default=Display.SHOW)
    return Answer(
        display=display,
        urgency=urgency,
        support=support,
        labels=_once(label for row, label in met if not row.suggest),
        content_labels=_once(
            label for row, label in [*around, *met] if row.display is Display.COLLAPSE and label is not None
        ),
        suggested=_once(label for row, label in met if row.suggest),
        reasons=_once(row.reason for row in sorted(rows, key=_most_protective_first)),
        review=display is Display.HOLD or urgency > Urgency.GREEN or by_software is Display.COLLAPSE,
        ask_first=any(row.ask_first for row in rows),
        score_again=any(row.scored_again for row in rows),
    )


def _row_of(policy: Policy, finding: Signal | NoVerdict) -> Row | None:
    """The row that a finding meets; what no row knows goes to a person."""
    if isinstance(finding, NoVerdict):
        return policy.rows[f"missing.{finding.why}"]
    if finding.strength is Strength.NONE:
        return None
    asked = [finding.strength]
    if finding.quoted and policy.quoted_at_most is Strength.BAND:
        asked.insert(0, Strength.BAND)
    for strength in asked:
        if row := policy.rows.get(f"{finding.name}.{strength}"):
            return row
    return policy.rows["unknown_signal"]


def _label(row: Row, finding: Signal | NoVerdict) -> str | None:
    if row.label is not None:
        return row.label
    return finding.label if isinstance(finding, Signal) else None


def _most_protective_first(row: Row) -> tuple[int, int, int, str]:
    return (-row.display, -row.urgency, -row.raises, row.reason)


def _circumstance_rows(policy: Policy, circumstances: Circumstances) -> Iterator[tuple[Row, str | None]]:
    if circumstances.newcomer:
        yield policy.rows["newcomer"], None
    if circumstances.hold_everything:
        yield policy.rows["hold_everything"], None
    if circumstances.held_by_person:
        yield policy.rows["held_by_person"], None
    if circumstances.held_overnight:
        yield policy.rows["held_overnight"], None
    for name, codes in (
        ("author_label", circumstances.author_labels),
        ("inherited_label", circumstances.inherited_labels),
    ):
        for code in codes:
            if not policy.taxonomy.is_protected(code):
                yield policy.rows[name], code


def _once(values: Iterable[str | None]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for value in values if value))

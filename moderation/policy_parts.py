"""The parts of a policy, each made from its tables and checked against the rules no policy may break."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType

from moderation.answers import Display, Row, Support, Urgency
from moderation.classifier.answer import LABELS, TOPIC, Band
from moderation.policy_file import Table
from moderation.signals import Missing, Strength
from moderation.taxonomy import DecisionReason, Label, ReportReason, Taxonomy
from moderation.workflow import DecisionAction

SIGNALS: Mapping[str, tuple[Strength, ...]] = MappingProxyType(
    {
        **dict.fromkeys(LABELS, (Strength.SURE, Strength.BAND)),
        "rule_crisis": (Strength.SURE,),
        "rule_other": (Strength.SURE,),
        "contact": (Strength.SURE, Strength.BAND),
    }
)
"""Every signal there is, and the strengths that its rows must answer."""

CIRCUMSTANCES = (
    "newcomer",
    "hold_everything",
    "held_by_person",
    "held_overnight",
    "author_label",
    "inherited_label",
)


@dataclass(frozen=True, slots=True)
class Values:
    """The policy's plain numbers."""

    group_capacity: int
    live_group_capacity: int
    claim_minutes: int
    offer_hours: int
    resting_weeks: int
    appeal_days: int
    hold_first_posts: int
    sample_percent: float
    request_budget_seconds: float
    help_panel_quiet_hours: int
    night_reports_on_post: int
    night_reports_on_member: int
    night_people_on_member: int
    targets: Mapping[Urgency, timedelta]
    ageing_after_targets: float
    ageing_never_above: Urgency


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Where scores count, and the one model they were made for. Empty names: for no model yet."""

    model: str
    engine: str
    normaliser: str
    bands: Mapping[str, Band]


def values_from(root: Table) -> Values:
    table, targets, ageing = root.table("values"), root.table("targets_minutes"), root.table("ageing")
    made = Values(
        group_capacity=table.whole("group_capacity", least=1),
        live_group_capacity=table.whole("live_group_capacity", least=1),
        claim_minutes=table.whole("claim_minutes", least=1),
        offer_hours=table.whole("offer_hours", least=1),
        resting_weeks=table.whole("resting_weeks"),
        appeal_days=table.whole("appeal_days", least=1),
        hold_first_posts=table.whole("hold_first_posts"),
        sample_percent=table.number("sample_percent", most=100),
        request_budget_seconds=table.number("request_budget_seconds", least=0.1),
        help_panel_quiet_hours=table.whole("help_panel_quiet_hours"),
        night_reports_on_post=table.whole("night_reports_on_post", least=1),
        night_reports_on_member=table.whole("night_reports_on_member", least=1),
        night_people_on_member=table.whole("night_people_on_member", least=1),
        targets=MappingProxyType(
            {level: timedelta(minutes=targets.whole(level.code, least=1)) for level in reversed(Urgency)}
        ),
        ageing_after_targets=ageing.number("after_targets", least=0.1),
        ageing_never_above=ageing.graded("never_above", Urgency),
    )
    for read in (table, targets, ageing):
        read.done()
    return made


def thresholds_from(root: Table) -> Thresholds:
    table = root.table("thresholds")
    model, engine, normaliser = (table.text(key, default="") for key in ("model", "engine", "normaliser"))
    bands = {}
    for label in LABELS if model else ():
        band = table.table(label)
        low, high = band.number("t_low", most=1), band.number("t_high", most=1)
        if low > high:
            raise band.fail("t_low", "must not be above t_high")
        band.done()
        bands[label] = Band(low, high)
    table.done()
    return Thresholds(model, engine, normaliser, MappingProxyType(bands))


def rows_from(root: Table, taxonomy: Taxonomy) -> Mapping[str, Row]:
    """All rows by reason: signals by strength, missing verdicts, circumstances, the unknown."""
    rows: dict[str, Row] = {}
    signals, missing = root.table("signals"), root.table("no_verdict")
    circumstances = root.table("circumstances")
    for name, strengths in SIGNALS.items():
        table = signals.table(name)
        for strength in strengths:
            reason = f"{name}.{strength}"
            rows[reason] = _row(reason, table.table(strength), taxonomy)
        table.done()
    for why in Missing:
        table = missing.table(why)
        row = rows[f"missing.{why}"] = _row(f"missing.{why}", table, taxonomy)
        if row.display < Display.HOLD or row.urgency < Urgency.AMBER:
            raise table.fail("display", "must hold, amber or above: nothing is shown before it was judged")
    for name in CIRCUMSTANCES:
        rows[name] = _row(name, circumstances.table(name), taxonomy)
    unknown = root.table("unknown_signal")
    rows["unknown_signal"] = _row("unknown_signal", unknown, taxonomy)
    if rows["unknown_signal"].display < Display.HOLD:
        raise unknown.fail("display", "must hold: what the policy does not know, a person looks at")
    for read in (signals, missing, circumstances):
        read.done()
    return MappingProxyType(rows)


def _row(reason: str, table: Table, taxonomy: Taxonomy) -> Row:
    row = Row(
        reason=reason,
        display=table.graded("display", Display),
        urgency=table.graded("urgency", Urgency),
        support=table.graded("support", Support),
        staff=table.text("staff"),
        author=table.text("author", default=""),
        label=table.text("label") if table.has("label") else None,
        suggest=table.flag("suggest"),
        raises=table.whole("raises", most=1, default=0),
        ask_first=table.flag("ask_first"),
        scored_again=table.flag("scored_again"),
    )
    table.done()
    hides = row.display > Display.SHOW
    if row.label is not None and row.label not in taxonomy.labels:
        raise table.fail("label", f"names no label of this policy: {row.label!r}")
    if hides and row.label is not None and taxonomy.is_protected(row.label):
        raise table.fail("display", "must be show: software never hides on account of a protected label")
    if hides and reason.startswith(f"{TOPIC}."):
        raise table.fail("display", "must be show: being about self-harm never hides a post")
    if hides and reason.startswith("rule_other."):
        raise table.fail("display", "must be show: these rules raise the urgency and never hide")
    if hides and not row.author:
        raise table.fail("author", "is missing: holding or collapsing is never silent")
    return row


def taxonomy_from(root: Table) -> Taxonomy:
    chosen, tables = root.table("content_labels"), root.table("labels")
    labels = {code: _label(code, tables.table(code)) for code in tables.keys()}  # noqa: SIM118 - not a dict
    offered = []
    for code in chosen.texts("codes"):
        if code not in labels or not labels[code].author_may_apply:
            raise chosen.fail("codes", f"names {code!r}, which is no label that an author may apply")
        offered.append(labels[code])
    version = chosen.whole("version", least=1)
    chosen.done()
    return Taxonomy(MappingProxyType(labels), version, tuple(offered))


def _label(code: str, table: Table) -> Label:
    may_apply = table.flag("author_may_apply")
    label = Label(
        code=code,
        words=table.text("words"),
        level=table.whole("level", most=4),
        protected=code.startswith("protected."),
        author_may_apply=may_apply,
        reader_may_see=table.flag("reader_may_see", default=may_apply),
        meaning=table.text("meaning"),
        edges=table.texts("edges"),
    )
    table.done()
    if not label.edges:
        raise table.fail("edges", "must not be empty: each label needs its edge cases written down")
    if label.protected and (label.level or may_apply):
        raise table.fail("level", "must be 0, and no author's label: a protected label never hides a post")
    return label


def decision_reasons_from(root: Table, taxonomy: Taxonomy) -> Mapping[str, DecisionReason]:
    reasons: dict[str, DecisionReason] = {}
    for table in root.tables("decision_reasons"):
        names = table.texts("actions")
        unknown = [name for name in names if name not in set(DecisionAction)]
        if unknown or not names:
            raise table.fail("actions", f"must be some of {', '.join(DecisionAction)}")
        reason = DecisionReason(
            code=table.text("code"),
            words=table.text("words"),
            author=table.text("author"),
            rewrite=table.text("rewrite", default=""),
            actions=frozenset(map(DecisionAction, names)),
            ask_illegal=table.flag("ask_illegal"),
            label=table.text("label") if table.has("label") else None,
            needs_note=table.flag("needs_note"),
        )
        table.done()
        _check_reason(table, reason.code, reason.label, taxonomy, reasons)
        reasons[reason.code] = reason
    for action in DecisionAction:
        if not any(action in reason.actions for reason in reasons.values()):
            raise root.fail("decision_reasons", f"has no reason that fits the action {action}")
    return MappingProxyType(reasons)


def report_reasons_from(root: Table, taxonomy: Taxonomy) -> Mapping[str, ReportReason]:
    reasons: dict[str, ReportReason] = {}
    for table in root.tables("report_reasons"):
        reason = ReportReason(
            code=table.text("code"),
            words=table.text("words"),
            urgency=table.graded("urgency", Urgency),
            label=table.text("label") if table.has("label") else None,
            needs_words=table.flag("needs_words"),
        )
        table.done()
        if reason.urgency < Urgency.RED:
            raise table.fail("urgency", "must be red or crisis: a person took the trouble to tell us")
        _check_reason(table, reason.code, reason.label, taxonomy, reasons)
        reasons[reason.code] = reason
    return MappingProxyType(reasons)


def _check_reason(
    table: Table, code: str, label: str | None, taxonomy: Taxonomy, known: Mapping[str, object]
) -> None:
    if code in known:
        raise table.fail("code", f"is there twice: {code!r}")
    if label is not None and label not in taxonomy.labels:
        raise table.fail("label", f"names no label of this policy: {label!r}")

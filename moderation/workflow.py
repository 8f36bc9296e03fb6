"""The life of a review item: which step may follow which. Who may take a step is the queue's question."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class ItemState(StrEnum):
    """Where a review item stands. Only `DECIDED` is finished; every other state is open work."""

    OPEN = "open"
    CLAIMED = "claimed"
    AWAITING_SECOND = "awaiting_second"
    DECIDED = "decided"
    APPEALED = "appealed"


class Step(StrEnum):
    """What can happen to an item."""

    OPEN = "open"
    CLAIM = "claim"
    RELEASE = "release"
    LAPSE = "lapse"
    DECIDE = "decide"
    ASK_SECOND = "ask_second"
    EDIT = "edit"
    REPORT_AGAIN = "report_again"
    APPEAL = "appeal"
    ANSWER = "answer"
    """Another person settles the appeal; nothing else ends an item that is appealed."""
    REOPEN = "reopen"
    """Work is left, or has come back, on an item that was decided."""


class DecisionAction(StrEnum):
    """The fixed actions of a moderator; there is no free-form one."""

    SHOW = "show"
    SHOW_WITH_LABEL = "show_with_label"
    MASK = "mask"
    ASK_EDIT = "ask_edit"
    KEEP_HELD = "keep_held"
    REMOVE = "remove"
    LOCK_THREAD = "lock_thread"
    RESTRICT = "restrict"
    ESCALATE = "escalate"
    CHECK_IN = "check_in"
    APPEAL_UPHELD = "appeal_upheld"
    """On an appeal: the decision stays."""
    APPEAL_OVERTURNED = "appeal_overturned"
    """On an appeal: the decision is taken back, and all is as it was before it."""
    UNDO = "undo"
    """A decision is taken back by the person who made it, or by a lead."""


class ForbiddenStep(Exception):
    """The step does not fit the state; nothing was changed."""

    def __init__(self, state: ItemState | None, step: Step) -> None:
        super().__init__(f"a review item that is {state or 'not yet there'} cannot take the step {step}")
        self.state = state
        self.step = step


NEXT: Mapping[tuple[ItemState | None, Step], ItemState] = {
    (None, Step.OPEN): ItemState.OPEN,
    (ItemState.OPEN, Step.CLAIM): ItemState.CLAIMED,
    # A decision after its claim lapsed counts if nobody claimed since and the version matches (queue checks).
    (ItemState.OPEN, Step.DECIDE): ItemState.DECIDED,
    (ItemState.OPEN, Step.EDIT): ItemState.OPEN,
    (ItemState.OPEN, Step.REPORT_AGAIN): ItemState.OPEN,
    (ItemState.OPEN, Step.APPEAL): ItemState.APPEALED,
    (ItemState.CLAIMED, Step.RELEASE): ItemState.OPEN,
    (ItemState.CLAIMED, Step.LAPSE): ItemState.OPEN,
    (ItemState.CLAIMED, Step.DECIDE): ItemState.DECIDED,
    (ItemState.CLAIMED, Step.ASK_SECOND): ItemState.AWAITING_SECOND,
    # The claim was on words that are gone: the item waits for a fresh look at the new revision.
    (ItemState.CLAIMED, Step.EDIT): ItemState.OPEN,
    (ItemState.CLAIMED, Step.REPORT_AGAIN): ItemState.CLAIMED,
    # An appeal that meets open work on its subject is carried by it, and needs a fresh look by somebody who may.
    (ItemState.CLAIMED, Step.APPEAL): ItemState.APPEALED,
    # These two states remember why the item waits, so a claim is only a lease beside them.
    (ItemState.AWAITING_SECOND, Step.CLAIM): ItemState.AWAITING_SECOND,
    (ItemState.AWAITING_SECOND, Step.RELEASE): ItemState.AWAITING_SECOND,
    (ItemState.AWAITING_SECOND, Step.LAPSE): ItemState.AWAITING_SECOND,
    (ItemState.AWAITING_SECOND, Step.DECIDE): ItemState.DECIDED,
    (ItemState.AWAITING_SECOND, Step.ASK_SECOND): ItemState.AWAITING_SECOND,
    (ItemState.AWAITING_SECOND, Step.EDIT): ItemState.AWAITING_SECOND,
    (ItemState.AWAITING_SECOND, Step.REPORT_AGAIN): ItemState.AWAITING_SECOND,
    (ItemState.AWAITING_SECOND, Step.APPEAL): ItemState.APPEALED,
    (ItemState.DECIDED, Step.APPEAL): ItemState.APPEALED,
    (ItemState.DECIDED, Step.REOPEN): ItemState.OPEN,
    (ItemState.APPEALED, Step.CLAIM): ItemState.APPEALED,
    (ItemState.APPEALED, Step.RELEASE): ItemState.APPEALED,
    (ItemState.APPEALED, Step.LAPSE): ItemState.APPEALED,
    # Other work on the same subject is never blocked by an appeal, and never settles it.
    (ItemState.APPEALED, Step.DECIDE): ItemState.APPEALED,
    (ItemState.APPEALED, Step.ANSWER): ItemState.DECIDED,
    (ItemState.APPEALED, Step.ASK_SECOND): ItemState.APPEALED,
    (ItemState.APPEALED, Step.EDIT): ItemState.APPEALED,
    (ItemState.APPEALED, Step.REPORT_AGAIN): ItemState.APPEALED,
}
"""Every move there is. After `DECIDED` a new report or a new revision opens a new item."""

VOIDS_CLAIM: frozenset[Step] = frozenset(
    {Step.RELEASE, Step.LAPSE, Step.DECIDE, Step.ASK_SECOND, Step.EDIT, Step.APPEAL, Step.ANSWER}
)
"""The steps after which nobody holds the item."""

STEP_OF: Mapping[DecisionAction, Step | None] = {
    DecisionAction.SHOW: Step.DECIDE,
    DecisionAction.SHOW_WITH_LABEL: Step.DECIDE,
    DecisionAction.MASK: Step.DECIDE,
    DecisionAction.ASK_EDIT: Step.DECIDE,
    DecisionAction.KEEP_HELD: Step.DECIDE,
    DecisionAction.REMOVE: Step.DECIDE,
    DecisionAction.ESCALATE: Step.ASK_SECOND,
    DecisionAction.LOCK_THREAD: None,
    DecisionAction.RESTRICT: None,
    DecisionAction.CHECK_IN: None,
    DecisionAction.APPEAL_UPHELD: Step.ANSWER,
    DecisionAction.APPEAL_OVERTURNED: Step.ANSWER,
    DecisionAction.UNDO: Step.REOPEN,
}
"""What each action does to the item. None: it is done beside the item, which stays with whoever holds it."""

ANSWERS: frozenset[DecisionAction] = frozenset(
    {DecisionAction.APPEAL_UPHELD, DecisionAction.APPEAL_OVERTURNED}
)
"""The two ways to settle an appeal."""

ABOUT_DECISIONS: frozenset[DecisionAction] = ANSWERS | {DecisionAction.UNDO}
"""These are about a decision, not about words or a person."""

SHOWS: frozenset[DecisionAction] = frozenset(
    {DecisionAction.SHOW, DecisionAction.SHOW_WITH_LABEL, DecisionAction.MASK}
)
"""After these the group can read the words. What only they do waits until a slip can no longer be taken back."""

ABOUT_WORDS: frozenset[DecisionAction] = frozenset(
    action for action, step in STEP_OF.items() if step in (Step.DECIDE, Step.ASK_SECOND)
)
"""These answer what the item asks; pauses, locks and check-ins are done beside it."""

WHILE_APPEALED: frozenset[DecisionAction] = ANSWERS | {DecisionAction.ESCALATE, DecisionAction.CHECK_IN}
"""All that can be done with an item that is open for its appeal alone."""


def is_open(state: ItemState) -> bool:
    """Whether somebody still has work to do; one subject has at most one such item."""
    return state is not ItemState.DECIDED


def may(state: ItemState | None, step: Step) -> bool:
    """Whether the table allows the step."""
    return (state, step) in NEXT


def fits(state: ItemState, action: DecisionAction, *, other_work: bool = False) -> bool:
    """Whether an action can be taken on an item in this state; `other_work`: an appeal is not all it waits for."""
    if state is ItemState.APPEALED and action not in WHILE_APPEALED and not other_work:
        return False
    step = STEP_OF[action]
    return step is None or may(state, step)


def after(state: ItemState | None, step: Step) -> ItemState:
    """The state after a step, or `ForbiddenStep`."""
    try:
        return NEXT[state, step]
    except KeyError:
        raise ForbiddenStep(state, step) from None

"""`/review/<id>`: one item with all that a decision needs; its words only inside one's own opened claim."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from flask import abort, render_template
from flask.typing import ResponseReturnValue

from forum import clock
from forum.actions.rulings import possible
from forum.console import marking, review_words
from forum.console.appeal_form import OUTCOMES, AnswerForm, reasons_by_outcome
from forum.console.desk import bp
from forum.console.review_forms import CareForm, DecisionForm
from forum.console.undo_panel import panel
from forum.models import Role
from forum.permissions import Action, role_may
from forum.queries.review_item import ItemView, find_item
from forum.queries.review_undo import waiting_here
from forum.web.guards import allows
from forum.web.identity import viewer
from forum.web.parts import database, policy
from forum.web.times import plain_length
from moderation.claims import AlreadyDecided, NotYours
from moderation.decisions import StaleForm
from moderation.signals import Strength
from moderation.subject import Part
from moderation.verdicts import RESTRICTION_DAYS
from moderation.workflow import DecisionAction


@dataclass(frozen=True, slots=True)
class Shown:
    """How the page should stand: which form was sent, what it lacks, what came in between."""

    form: DecisionForm | None = None
    care: CareForm | None = None
    answer: AnswerForm | None = None
    errors: dict[str, str] = field(default_factory=dict)
    conflict: str | None = None
    status: int = 200


@bp.get("/<int:item_id>")
@allows(Action.SEE_QUEUE)
def item(item_id: int) -> ResponseReturnValue:
    """Why it is here, what software and members said, what was decided before. Looking changes nothing."""
    return item_page(load(item_id), Shown())


def load(item_id: int) -> ItemView:
    """The item as this person may see it now, or a page that says that there is none."""
    with database().reading() as session:
        found = find_item(session, viewer().id, item_id, policy(), clock.now())
    if found is None:
        abort(404)
    return found


def item_page(found: ItemView, shown: Shown) -> ResponseReturnValue:
    """The whole page, also as the answer to a form that could not be taken.

    A form that lacks something and is not on the page any more cannot be put right there: what came in between is
    said instead, and what was typed is given back.
    """
    if shown.errors and (gone := _gone(found, shown)) is not None:
        shown = replace(shown, errors={}, conflict=review_words.too_late(gone), status=409)
    rules, words = policy(), found.words
    findings = found.opinion.findings if found.opinion is not None else ()
    form = shown.form or DecisionForm(formdata=None, labels=[code for code, _source in found.labels])
    page = render_template(
        "console/review/item.html",
        item=found,
        waiting=panel(waiting_here(found.past.here, viewer().id, clock.now())),
        level=review_words.urgency(found.urgency),
        reasons=[review_words.why(rules, source, code) for source, code in found.reasons],
        reports=[
            (told, review_words.why(rules, "report", told.reason_code).sentence) for told in found.reports
        ],
        signals=_signals(found),
        parts=[
            (part, marking.marked(text, marking.spans_of(findings, part)))
            for part, text in (words.parts if words is not None else ())
        ],
        sentences=marking.choices(words.of(Part.BODY)) if words is not None else [],
        label_words={code: rules.taxonomy.words(code) for code, _source in found.labels},
        past_words=_past_words(found),
        may_undo=_may_undo(found),
        form=form,
        care=shown.care or CareForm(formdata=None),
        answer=shown.answer or AnswerForm(formdata=None),
        appealed=_appealed(found),
        errors=shown.errors,
        conflict=shown.conflict,
        kept=shown.form if shown.conflict else None,
        chosen=_chosen(shown.form) if shown.form is not None else "",
        kept_care=shown.care if shown.conflict else None,
        kept_answer=shown.answer if shown.conflict else None,
        decides=role_may(Action.DECIDE, viewer().role),
        options=_options(found),
    )
    return page, shown.status


def _gone(found: ItemView, shown: Shown) -> Exception | None:
    """Why the form that was sent is not offered any more, or None."""
    if not found.open:
        return AlreadyDecided(found.id)
    if not found.mine:
        return NotYours(found.id)
    alone = found.appeal is not None and not found.appeal.other_work
    settled = shown.answer is not None and found.appeal is None
    return StaleForm(found.id) if settled or (shown.form is not None and alone) else None


def _chosen(form: DecisionForm) -> str:
    """The step and reason that were sent, in words."""
    reason = policy().decision_reasons.get(form.reason.data or "")
    parts = [review_words.action(form.action.data or ""), reason.words if reason is not None else ""]
    return ", ".join(part for part in parts if part)


def _appealed(found: ItemView) -> dict[str, Any] | None:
    """The appeal's decision in words, and what it can be answered with."""
    if found.appeal is None:
        return None
    reason = policy().decision_reasons.get(found.appeal.reason_code)
    decides = role_may(Action.DECIDE, viewer().role)
    return {
        "decided": review_words.action(found.appeal.action),
        "reason": reason.words if reason is not None else found.appeal.reason_code,
        "told": reason.author if reason is not None else "",
        "outcomes": [(one, name, hint) for one in OUTCOMES for name, hint in [review_words.actions()[one]]],
        "reasons": reasons_by_outcome(),
        "may_answer": found.appeal.may_be_answered_by(decides=decides, about_viewer=found.about_viewer),
    }


def _signals(found: ItemView) -> list[tuple[str, str, list[str]]]:
    """What each detector noticed, how sure it is, and the sentences behind it where the words are open."""
    rules = policy()
    rows: list[tuple[str, str, list[str]]] = []
    for finding in found.opinion.findings if found.opinion is not None else ():
        if "missing" in finding:
            rows.append(
                (rules.rows[f"missing.{finding['missing']}"].staff, review_words.confidence("missing."), [])
            )
            continue
        if finding["strength"] == Strength.NONE:
            continue
        text = found.words.of(Part(finding["part"])) if found.words is not None else ""
        sentences = [text[start:end] for start, end in finding["spans"] if text[start:end].strip()]
        sure = review_words.confidence(f"{finding['name']}.{finding['strength']}")
        rows.append((rules.taxonomy.words(finding["label"]), sure, sentences))
    return rows


def _past_words(found: ItemView) -> dict[int, tuple[str, str]]:
    """What each earlier decision was, and why, in words."""
    reasons = policy().decision_reasons
    everything = (*found.past.here, *found.past.conduct, *found.past.care)
    return {
        past.decision_id: (
            review_words.action(past.action),
            reasons[past.reason_code].words if past.reason_code in reasons else past.reason_code,
        )
        for past in everything
    }


def _may_undo(found: ItemView) -> frozenset[int]:
    """The earlier decisions that this person is offered to take back; whether that can still be done shows then."""
    person = viewer()
    decides, leads = role_may(Action.DECIDE, person.role), person.role is Role.LEAD
    return frozenset(
        past.decision_id
        for past in (*found.past.here, *found.past.conduct, *found.past.care)
        if past.can_be_undone
        and (found.appeal is None or past.decision_id != found.appeal.decision_id)
        and (leads or past.by_ref == person.id)
        and (decides or past.action == DecisionAction.CHECK_IN)
    )


def _options(found: ItemView) -> dict[str, Any]:
    """Everything that can be chosen in the two forms."""
    rules, words = policy(), review_words.actions()
    steps = [step for step in possible(found.post_state) if step is not DecisionAction.CHECK_IN]
    more = {}
    if found.words is not None and found.words.beside_body:
        more[DecisionAction.MASK] = f" {review_words.mask_beside()}"
    return {
        "actions": [(step, words[step][0], words[step][1] + more.get(step, "")) for step in steps],
        "reasons": [(step, words[step][0], rules.reasons_for(step)) for step in steps],
        "labels": [
            (label.code, label.words) for label in rules.taxonomy.labels.values() if label.reader_may_see
        ],
        "days_words": [(days, plain_length(timedelta(days=days))) for days in RESTRICTION_DAYS],
        "views": review_words.views(),
        "offences": review_words.offences(),
        "intentions": review_words.intentions(),
        "care": [(reason.code, reason.words) for reason in rules.reasons_for(DecisionAction.CHECK_IN)],
    }

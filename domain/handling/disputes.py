"""Handling messages about disputes: what they hold, and what their end asks."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from domain import facts as f
from domain import messages as m
from domain.case import Case
from domain.correspondence import letter_owed
from domain.disputes import Dispute
from domain.handling.money import has_been_noticed, own_currency, tell_agency
from domain.handling.refusal import Refused
from domain.handling.tasks import task_done, task_raised
from domain.money import Money
from domain.policy import Policy
from domain.tasks import TaskKind

LIMITED_DAYS = 5
"""Days for which a second dispute, or one raised after the notice, stops anything by itself (practice.md, misuse)."""

OWN_TASKS = (TaskKind.ANSWER_DISPUTE, TaskKind.REVIEW_DISPUTE, TaskKind.DISPUTE_SOON, TaskKind.DISPUTE_LATE)
"""Tasks about a dispute that waits for its answer."""

SELF_SERVICE = ("", "debtor")
"""Actors of what the debtor said himself: nobody of ours has judged it yet."""


def dispute_raised(
    case: Case, policy: Policy, message: m.RaiseDispute, own: str, at: datetime, on: date
) -> tuple[f.Fact, ...]:
    """The debtor disputes the invoice or a part of it: that part is not asked for until it is decided.

    Raises:
        Refused: when nothing is open, the amount is more than that, or its id was used before.
    """
    # The letters name it: a number that a person can say.
    dispute = message.dispute or f"{case.invoice.number[:50]}-D{1 + len(case.disputes)}"
    if f"dispute:{own}" in case.seen:
        return ()
    amount = None if message.amount is None else own_currency(case, message.amount, message.currency)
    known = next((each for each in case.disputes if each.id == dispute), None)
    if known is not None:
        if known.is_open and (known.minor, known.reason) == (amount and amount.minor, message.reason):
            return ()
        raise Refused(f"dispute {dispute} is on record already; give another one an id of its own")
    _must_say_why(message)
    _may_be_disputed(case, amount)
    whole = amount is None or amount >= case.undisputed
    limited = message.actor in SELF_SERVICE and (bool(case.disputes) or has_been_noticed(case))
    raised = f.DisputeRaised(
        id=f"dispute:{own}",
        at=at,
        on=on,
        dispute=dispute,
        amount=amount,
        reason=message.reason,
        answer_by=on + timedelta(days=policy.disputes.answer_within),
        needs_person=limited,
        late=_is_late(case, message.reason, on),
        actor=message.actor,
        note=message.note,
    )
    until = on + timedelta(days=LIMITED_DAYS) if limited else None
    held: tuple[f.Fact, ...] = ()
    if whole and not any(h.kind is f.HoldKind.DISPUTE and h.covers(on) for h in case.holds):
        held = (f.HoldPlaced(id=f"hold:dispute:{own}", at=at, on=on, hold=f.HoldKind.DISPUTE, until=until),)
    return (
        raised,
        *held,
        *task_raised(case, TaskKind.REVIEW_DISPUTE if limited else TaskKind.ANSWER_DISPUTE, None, at, on),
        *letter_owed(case, "dispute_confirmation", dispute, at, on),
        *tell_agency(case, raised.id, at, on),
    )


def dispute_reviewed(case: Case, message: m.CompleteTask, own: str, at: datetime, on: date) -> tuple[f.Fact, ...]:
    """A person looked at a dispute that stopped things for some days only; `accepted` lets it hold until its answer."""
    if message.task != TaskKind.REVIEW_DISPUTE or message.outcome.strip().lower() != "accepted":
        return ()
    facts: list[f.Fact] = []
    for each in case.open_disputes:
        if not each.needs_person:
            continue
        facts.append(
            f.DisputeAccepted(id=f"accepted:{each.id}:{own}", at=at, on=on, dispute=each.id, actor=message.actor)
        )
        if each.minor is None or each.minor >= case.open_minor:
            facts.append(f.HoldPlaced(id=f"hold:accepted:{each.id}:{own}", at=at, on=on, hold=f.HoldKind.DISPUTE))
    return (*facts, *(task_raised(case, TaskKind.ANSWER_DISPUTE, None, at, on) if facts else ()))


def _must_say_why(message: m.RaiseDispute) -> None:
    """A click is no dispute: who disputes it himself gives a reason, and says it in his words (practice.md, misuse)."""
    if message.actor == "debtor" and not ("reason" in message.model_fields_set and message.note.strip()):
        raise Refused("a dispute of the debtor himself needs a reason and his own words; give `reason` and `note`")


def _may_be_disputed(case: Case, amount: Money | None) -> None:
    if case.closed is not None and not case.handed_off:
        raise Refused(f"the case is closed ({case.closed.value}): there is nothing to dispute; refund or credit it")
    if not case.undisputed.is_positive:
        why = "all of it is disputed already" if case.open_minor else "nothing is open"
        raise Refused(f"{why}; there is nothing left to dispute")
    if amount is not None and amount > case.undisputed:
        raise Refused(
            f"{amount.text} is disputed, but only {case.undisputed.text} is open and not disputed; name at most that"
        )


def _is_late(case: Case, reason: f.DisputeReason, on: date) -> bool:
    """Whether goods are complained of later than two months after delivery (BW 7:23): flagged, not refused."""
    delivered = case.invoice.delivered_on or case.invoice.invoice_date
    return case.invoice.goods and reason in ("damaged", "late") and on > delivered + timedelta(days=61)


def dispute_resolved(
    case: Case, policy: Policy, message: m.ResolveDispute, own: str, at: datetime, on: date
) -> tuple[f.Fact, ...]:
    """A dispute is decided: what was upheld is not owed and asks for a credit note, the rest is asked again.

    Raises:
        Refused: when there is no such open dispute, or the amount does not fit the outcome.
    """
    if f"resolved:{own}" in case.seen:
        return ()
    dispute = _named(case, message.dispute)
    disputed = Money.from_minor(dispute.left_minor(case.open_minor), case.ledger.currency)
    upheld = _upheld(case, message, disputed)
    again = message.outcome in ("rejected", "partly") and (upheld is None or upheld < disputed)
    decided = f.DisputeResolved(
        id=f"resolved:{own}",
        at=at,
        on=on,
        dispute=dispute.id,
        outcome=message.outcome,
        upheld=upheld,
        respite_until=on + timedelta(days=policy.disputes.respite) if again else None,
        actor=message.actor,
        note=message.note,
    )
    others = [each for each in case.open_disputes if each.id != dispute.id]
    lifted: tuple[f.Fact, ...] = ()
    if not others and any(h.kind is f.HoldKind.DISPUTE and h.covers(on) for h in case.holds):
        lifted = (f.HoldLifted(id=f"lift:dispute:{own}", at=at, on=on, hold=f.HoldKind.DISPUTE, actor=message.actor),)
    done: tuple[f.Fact, ...] = ()
    if not others:
        done = tuple(
            fact for kind in OWN_TASKS for fact in task_done(case, kind, message.outcome, f"resolved:{own}", at, on)
        )
    credit = () if upheld is None else task_raised(case, TaskKind.SEND_CREDIT_NOTE, None, at, on)
    letter = letter_owed(case, _letter(case, upheld), dispute.id, at, on)
    return (decided, *lifted, *done, *credit, *letter, *tell_agency(case, decided.id, at, on))


def _letter(case: Case, upheld: Money | None) -> str:
    """The letter about the outcome; after a notice one that takes the whole claim back says so."""
    if upheld is not None and upheld >= case.open and has_been_noticed(case):
        return "claim_withdrawn"
    return "dispute_decision"


def credit_note_came(case: Case, credited: f.InvoiceCredited) -> tuple[f.Fact, ...]:
    """The task to send a credit note is done when it came, and booked all that was upheld."""
    wanted = sum(each.contested_minor(case.open_minor) for each in case.disputes if not each.is_open)
    if not wanted or credited.credit_kind == "rebate" or credited.amount.minor < wanted:
        return ()
    return task_done(case, TaskKind.SEND_CREDIT_NOTE, "credited", f"credited:{credited.id}", credited.at, credited.on)


def _named(case: Case, dispute_id: str | None) -> Dispute:
    waiting = case.open_disputes
    if dispute_id is None and len(waiting) == 1:
        return waiting[0]
    found = next((each for each in waiting if each.id == dispute_id), None)
    if found is None:
        names = ", ".join(each.id for each in waiting) or "none"
        asked = (
            "several disputes are open"
            if dispute_id is None and waiting
            else f"there is no open dispute {dispute_id!r}"
        )
        raise Refused(f"{asked}; open: {names}")
    return found


def _upheld(case: Case, message: m.ResolveDispute, disputed: Money) -> Money | None:
    amount = None if message.amount is None else own_currency(case, message.amount, message.currency)
    match message.outcome:
        case "upheld":
            if amount is not None and amount != disputed:
                raise Refused(f"upheld means all that is disputed ({disputed.text}); say partly for {amount.text}")
            # What was paid, or credited, since then was not asked any more.
            return disputed if disputed.is_positive else None
        case "partly":
            if amount is None or amount >= disputed:
                raise Refused(
                    f"partly needs the amount in which he is right, less than {disputed.text}; say upheld for all of it"
                )
            return amount
        case "rejected" | "withdrawn":
            if amount is not None:
                raise Refused(f"{message.outcome} takes no amount; say partly for one in which he is right")
            return None

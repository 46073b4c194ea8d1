"""Handling what takes two people: one asks, and it waits; another signs for it, and it is done as it was asked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal

from domain import facts as f
from domain import messages as m
from domain.case import Case
from domain.handling.envelope import Envelope
from domain.handling.refusal import Refused
from domain.handling.tasks import task_raised, tasks_done
from domain.ledger import EntryKind
from domain.money import Money
from domain.policy import Policy
from domain.policy_parts import TwoPeopleKind
from domain.replacing import replace
from domain.signatures import is_same_person
from domain.tasks import TaskKind

__all__ = ["asked_first", "signed"]

Judge = Callable[[m.Message, Envelope], Sequence[f.Fact]]


def asked_first(
    case: Case, policy: Policy, message: m.Message, envelope: Envelope, follows: tuple[f.Fact, ...]
) -> tuple[f.Fact, ...]:
    """What follows from a message; where that takes two people: only that it is asked.

    Args:
        case: The case.
        policy: Its policy.
        message: What is asked.
        envelope: Who is known to ask.
        follows: What would follow; every other rule allows it.

    Raises:
        Refused: it takes two people, and nobody knows who asks, or the same waits already.
    """
    if not follows or envelope.signed:
        return follows
    kind, amount = _kind_and_amount(case, message)
    # What goes along is handed off by the same decision.
    amount = sum((o.open for each in follows if isinstance(each, f.HandoffApproved) for o in each.others), start=amount)
    limit = None if kind is None else policy.two_people.limit(kind)
    if limit is None or amount.amount <= limit:
        return follows
    shown = Money(limit, amount.currency).text
    if not envelope.by:
        raise Refused(
            f"above {shown} this takes two people, and nobody knows who asks: ask at the desk, over the API or by "
            "command"
        )
    request = message.request_name()
    waiting = next((each for each in case.asked if each.waits and each.request == request), None)
    if waiting is not None:
        raise Refused(f"{waiting.actor} asked for this on {waiting.on}: another person signs for it, or refuses it")
    fact = f.SignatureAsked(
        id=f"signature:{message.id or envelope.id}",
        at=envelope.at,
        on=envelope.on,
        request=request,
        content=message.model_dump_json(exclude_none=True),
        amount=amount,
        actor=message.actor,
        by=envelope.by,
    )
    if fact.id in case.seen:
        return ()
    return (fact, *task_raised(case, TaskKind.SIGN_REQUEST, None, envelope.at, envelope.on))


def signed(case: Case, message: m.SignRequest, own: str, envelope: Envelope, judge: Judge) -> tuple[f.Fact, ...]:
    """Another person signs for what was asked, or refuses it; he who asked may take it back.

    Raises:
        Refused: nothing waits, it has lapsed, nobody knows who signs, or he is the one who asked.
    """
    at, on = envelope.at, envelope.on
    waiting = [each for each in case.asked if each.waits and message.of in (None, each.id)]
    if not waiting:
        raise Refused("nothing waits here for a second person: somebody else has signed for it, or it has lapsed")
    if len(waiting) > 1:
        raise Refused(f"several wait for a second person: name one with `of`: {', '.join(e.id for e in waiting)}")
    (asked,) = waiting
    if not envelope.by:
        raise Refused("nobody knows who signs: sign at the desk, over the API or by command")
    done = f.SignatureSettled(
        id=f"signed:{own}",
        at=at,
        on=on,
        of=asked.id,
        request=asked.request,
        outcome=message.outcome,
        actor=message.actor,
        by=envelope.by,
        note=message.note,
    )
    others = any(each.waits and each is not asked for each in case.asked)
    # One task for all that waits: it is done with the last of them.
    finished = () if others else tasks_done(case, "sign_request", message.outcome, own, at, on)
    if message.outcome == "refused":
        return (done, *finished)
    if is_same_person(asked.by, envelope.by):
        raise Refused(f"{asked.actor} asked for this: another person signs for it")
    if asked.stood != case.standing or on > asked.last_day:
        raise Refused(f"the case is not what it was on {asked.on}, when this was asked: ask for it anew")
    asks = m.read_message(asked.request, asked.content.encode())
    # It is done as it was asked, in the name of who asked; the signature says who the other is.
    follows = judge(asks, replace(envelope, id=asked.id.removeprefix("signature:"), signed=True))
    return (done, *finished, *follows)


def _kind_and_amount(case: Case, message: m.Message) -> tuple[TwoPeopleKind | None, Money]:
    """What a message decides that may take two people, and about how much; what was given away before counts too."""
    match message:
        case m.WriteOff():
            given = case.open if message.amount is None else Money(message.amount, case.ledger.currency)
            return "write_off", given + _before(case, EntryKind.WRITE_OFF)
        case m.RecordRefund():
            return "refund", Money(message.amount, case.ledger.currency) + _before(case, EntryKind.REFUND)
        case m.ApproveHandoff():
            return "handoff", case.open
        case m.ChangePolicy():
            return "change_policy", case.open
        case m.ReissueNotice():
            return "reissue", case.open
        case _:
            return None, Money(Decimal(0), case.ledger.currency)


def _before(case: Case, kind: EntryKind) -> Money:
    """What was given away so before: nobody stays below the amount by cutting it into pieces."""
    return Money.from_minor(
        sum(abs(each.amount.minor) for each in case.ledger.entries if each.kind is kind), case.ledger.currency
    )

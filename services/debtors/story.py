"""What happened with a debtor over all his invoices, the newest first: one message about three of them once."""

from __future__ import annotations

from dataclasses import dataclass

from casefile.of_debtor import SentMessage, facts_of_debtor, messages_of_debtor
from casefile.session import Session
from domain.facts import StepIntended, StepTaken
from services.desk.case_story import Event, bare_event, is_told_by_another

__all__ = ["DebtorEvent", "debtor_story"]


@dataclass(frozen=True, slots=True)
class DebtorEvent:
    """Something that happened.

    Attributes:
        event: What.
        invoices: On which, by case and number.
        messages: What went out with it, to be read with its case.
    """

    event: Event
    invoices: tuple[tuple[str, str], ...]
    messages: tuple[SentMessage, ...]


def debtor_story(session: Session, creditor: str, debtor: str, *, most: int = 400) -> tuple[DebtorEvent, ...]:
    """What happened with a debtor; read in two queries, however many invoices he has.

    Args:
        session: A reading transaction on the case file.
        creditor: Id of his creditor.
        debtor: His number there.
        most: How many facts are looked at, the newest first.
    """
    facts = facts_of_debtor(session, creditor, debtor, most=most)
    sent = {(each.case, each.key): each for each in messages_of_debtor(session, creditor, debtor)}
    # A case has its own step for a message that it shares.
    keys = {
        (each.case, each.fact.step, each.fact.issue): [key for _, key in each.fact.deliveries]
        for each in facts
        if isinstance(each.fact, StepIntended)
    }
    taken: dict[str, set[tuple[str, int]]] = {}
    for each in facts:
        if isinstance(each.fact, StepTaken):
            taken.setdefault(each.case, set()).add((each.fact.step, each.fact.issue))
    found: dict[object, DebtorEvent] = {}
    for each in facts:
        fact = each.fact
        if is_told_by_another(fact, taken.get(each.case, set())):
            continue
        event = bare_event(fact)
        went = keys.get((each.case, fact.step, fact.issue), ()) if isinstance(fact, StepTaken | StepIntended) else ()
        said = (event.on, event.kind, event.by, event.words)
        own = (*said, event.step, *went) if went else (*said, event.text)
        known = found.get(own)
        if known is None:
            messages = tuple(sent[each.case, key] for key in went if (each.case, key) in sent)
            found[own] = DebtorEvent(event, ((each.case, each.number),), messages)
        elif (each.case, each.number) not in known.invoices:
            found[own] = DebtorEvent(known.event, (*known.invoices, (each.case, each.number)), known.messages)
    return tuple(found.values())

"""The rungs of a ladder in words: on which day, to whom and how, with which letter, who decides, what it waits for."""

from __future__ import annotations

from collections.abc import Iterable

from domain.handoffs.approving import APPROVAL_DAYS
from domain.policy import Condition, Policy, Step, When
from domain.tasks import task_text
from services.manual.content import Line, Part
from services.manual.values import amount, channels, days, listed, role, step_name
from speech.words import tr, trn

__all__ = ["rung_of"]


def rung_of(number: int, step: Step, policy: Policy) -> Part:
    """One rung.

    Args:
        number: Its place, from 1.
        step: The rung.
        policy: The policy that it stands in.
    """
    name = step_name(step.id)
    return Part(heading=f"{number}. {name[:1].upper()}{name[1:]}", lines=tuple(_lines(step, policy)))


def _lines(step: Step, policy: Policy) -> Iterable[Line]:
    yield Line(term=tr("Day"), text=_when(step.when, policy))
    if step.task:
        told = task_text(step.task)
        yield Line(term=tr("What"), text=tr("work for a person: {task}", task=told))
        yield Line(term=tr("With whom"), text=role(step.to))
    elif step.hand_off:
        yield Line(term=tr("What"), text=tr("the file goes to {partner}", partner=step.hand_off))
        yield Line(term=tr("What is claimed"), text=_claims(step.claims))
        yield Line(term=tr("Named in it"), text=_announced(step))
        yield Line(term=tr("Contact"), text=role(step.to))
        yield Line(term=tr("Who decides"), text=_approval(step))
    else:
        yield Line(term=tr("How"), text=channels(step.send))
        yield Line(term=tr("To whom"), text=role(step.to))
        yield Line(term=tr("Letter"), text=step_name(step.letter_name))
        yield Line(term=tr("What is claimed"), text=_claims(step.claims))
        yield Line(term=tr("What is announced"), text=_announced(step))
        yield Line(term=tr("Enclosed"), text=tr("the invoice") if step.attach else tr("nothing"))
        if step.term is not None:
            yield Line(term=tr("Term"), text=_term(step.term, policy))
        if step.default_term is not None:
            yield Line(
                term=tr("Consumers with a printed term only"),
                text=tr("this letter is the notice of default, with {days} to pay", days=days(step.default_term)),
            )
        if step.registered_from is not None:
            text = tr("what goes by post goes registered from {amount} on", amount=amount(step.registered_from))
            yield Line(term=tr("Registered"), text=text)
        yield Line(term=tr("Who decides"), text=tr("nobody: it leaves by itself, unless somebody keeps it back"))
    if step.task and (step.claims != "principal" or step.announces):
        yield Line(term=tr("What is claimed"), text=_claims(step.claims))
        yield Line(term=tr("What is announced"), text=_announced(step))
    if step.task and step.wait_for_task is not None:
        text = tr("the ladder waits {days} for it, then goes on", days=days(step.wait_for_task))
        yield Line(term=tr("Waits"), text=text)
    elif step.task:
        yield Line(term=tr("Waits"), text=tr("the ladder goes on without it"))
    yield Line(term=tr("Only if"), text=_condition(step.condition))
    if step.repeat is not None:
        yield Line(term=tr("Again"), text=_repeat(step))


def _when(when: When, policy: Policy) -> str:
    said: list[str] = []
    if when.before_due is not None:
        said.append(tr("{days} before the due date", days=days(when.before_due)))
    if when.after_due is not None:
        text = tr("{days} after the due date", days=days(when.after_due))
        said.append(tr("{day}, moved to the end of that month", day=text) if when.round else text)
    if when.after_invoice_date is not None:
        said.append(tr("{days} after the invoice date", days=days(when.after_invoice_date)))
    if when.after_previous is not None:
        said.append(tr("{days} after the step before it", days=days(when.after_previous)))
    if when.term_expired is not None:
        said.append(_expired(when, policy))
    if len(said) == 1:
        return said[0]
    return tr("the latest of: {dates}", dates=listed(said))


def _expired(when: When, policy: Policy) -> str:
    step = step_name(when.term_expired or "")
    margin = when.margin
    if margin is None and policy.law == "NL":
        margin = 2
    if margin is None:
        return tr("the day after the term of the {step} has run out, once the bank statements cover it", step=step)
    return trn(
        "1 banking day after the term of the {step} has run out, once the bank statements cover it",
        "{number} banking days after the term of the {step} has run out, once the bank statements cover it",
        margin,
        step=step,
    )


def _term(term: int, policy: Policy) -> str:
    if policy.law is None:
        return tr("{days} to pay, from sending", days=days(term))
    return tr("{days} to pay, from receipt; who may be a natural person has 14 days at least", days=days(term))


def _claims(claims: str) -> str:
    match claims:
        case "principal":
            return tr("the invoice alone")
        case "principal+interest":
            return tr("the invoice and interest")
        case _:
            return tr("the invoice, interest and collection costs")


def _announced(step: Step) -> str:
    names = {
        "interest": tr("interest"),
        "costs": tr("collection costs"),
        "handoff": tr("that it will be handed over"),
        "supply_stop": tr("that nothing more is supplied on account"),
    }
    return listed(names[each] for each in step.announces) if step.announces else tr("nothing")


def _approval(step: Step) -> str:
    if step.approval == "required":
        return tr(
            "somebody with the role approve; the approval lapses after {number} days, or when the claim changes",
            number=APPROVAL_DAYS,
        )
    return tr("nobody: it goes by itself")


def _condition(condition: Condition) -> str:
    said: list[str] = []
    if condition.open_at_least is not None:
        text = tr("at least {amount} is open", amount=amount(condition.open_at_least))
        if condition.or_invoices is not None:
            text = tr("{least}, or {number} invoices of the debtor are late", least=text, number=condition.or_invoices)
        said.append(text)
    if condition.open_below is not None:
        said.append(tr("less than {amount} is open", amount=amount(condition.open_below)))
    if not said:
        return tr("always")
    return tr("{conditions}; else it is passed over", conditions=listed(said))


def _repeat(step: Step) -> str:
    assert step.repeat is not None
    every = days(step.repeat.every)
    if step.repeat.at_most is None:
        return tr("every {days}, without an end", days=every)
    return tr("every {days}, {number} times at most", days=every, number=step.repeat.at_most)

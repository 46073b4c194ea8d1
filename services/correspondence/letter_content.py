"""From cases to what a letter says: gathers invoice, parties and claim for the letters room."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import date, time, timedelta
from typing import Any, Literal

from pydantic import ValidationError

from domain.bundle import Member, leading
from domain.case import Case, apply
from domain.claims.claim import Asking, claim_of, fee_of
from domain.facts import Announcement, Asked
from domain.handoffs.with_partner import former_partners
from domain.invoice import ClaimBasis
from domain.law import be
from domain.money import Money, round_half_up
from domain.notices import has_costs, is_protected
from domain.parties import Contact, Creditor, Debtor
from domain.planning.moments import earliest_day
from domain.policy import APOLOGY
from domain.reactions.sending import step_taken
from letters.content import (
    AnnouncedCosts,
    Apology,
    BlockedAccount,
    CreditorParty,
    DebtorParty,
    InterestPeriod,
    InvoiceLine,
    LetterContent,
    Partner,
)
from letters.kinds import LISTS_OTHERS, effective_letter
from letters.references import checked_reference
from services.correspondence.answering import answer_of, counted_until
from services.correspondence.stages import letter_of, numbers_of, payment_reference, reminders_before

_LEAST_NOTICE = 7
"""Days between a final demand and the hand-off that it announces, at the least (practice.md, Hand-off)."""

_PRODUCT = {
    "nl": "de levering of dienst op factuur {number}",
    "fr": "la livraison ou le service de la facture {number}",
    "de": "die Lieferung oder Leistung auf Rechnung {number}",
    "en": "the delivery or service on invoice {number}",
}
"""What was sold, where the invoice says no more."""


def letter_content(
    members: Sequence[Member],
    asked: Sequence[Asked],
    creditor: Creditor,
    debtor: Debtor,
    contact: Contact | None,
    on: date,
    others: Sequence[Case] = (),
    page: Callable[[], str | None] = lambda: None,
    having: Callable[[], str | None] = lambda: None,
) -> LetterContent:
    """What one message to a debtor says about one or more invoices.

    Args:
        members: The cases in the message, each with the step it takes; the firmest step gives the letter.
        asked: What it says of each of them.
        creditor: Who asks.
        debtor: Who is asked.
        contact: The person addressed, if known.
        on: Date of the letter.
        others: Other overdue invoices of the debtor, for a letter that may list them.
        page: Makes the address of the debtor's own page, which shows what is owed then and to which accounts, for all
            his invoices; asked for a letter that prints it only.
        having: Id of the partner who has other invoices of the debtor, and gets this one too; asked for a letter that
            names who takes over.
    """
    lead = leading(members)
    step, policy, status = lead.step, lead.policy, lead.case.invoice.legal_status
    numbers = numbers_of(members)
    lines = tuple(_line(*each) for each in zip(members, asked, numbers, strict=True))
    zero = Money.zero(lead.case.ledger.currency)
    # Each invoice asks what its own step asks: a reminder in the letter of another one asks for its principal.
    told = list(zip(members, asked, strict=True))
    interest = sum((each.interest for p, each in told if p.step.claims != "principal"), zero)
    costs = sum((each.costs for p, each in told if p.step.claims == "all"), zero)
    periods = _periods([p for p in members if p.step.claims != "principal"], on)
    answer = answer_of(members, asked[0], on) if asked else {}
    said: dict[str, object] = dict(
        letter=letter_of(members),
        language=debtor.language,
        on=on,
        law=policy.law,
        creditor=creditor_party(creditor),
        debtor=DebtorParty(name=debtor.name, contact_name=contact.name if contact else None, address=debtor.address),
        lines=lines,
        claims=step.claims,
        claimed=sum((_balance(p, each) for p, each in told), zero),
        interest=interest,
        costs=costs,
        periods=periods,
        interest_paid=_sum_of(periods, zero) - interest or None if periods else None,
        interest_basis=_basis(lead),
        day_count=policy.day_count.value,
        announces=_announces(lead),
        announced_costs=_announced(members, asked, on),
        damages_if_late=_damages(lead, lines, asked),
        product=_product(lead, debtor.language),
        term_days=step.term,
        consumer=is_protected(lead.case, policy),
        natural_person=status.may_be_natural_person,
        partner=_partner(lead, members, creditor, on, having),
        apology=_apology(lead),
        structured_reference=_reference(lead) if len(lines) == 1 else None,
        blocked_account=_blocked(creditor, lead, lines),
        reference=payment_reference(members),
        reminded_before=all(reminders_before(member.case, member.policy) for member in members),
    )
    if step.answers:
        # What it answers decides what it asks: both are looked at together.
        said = {**said, **answer}
        probe: Any = LetterContent.model_construct
        said["claimed"] = probe(**said).due_by
    content = LetterContent.model_validate(said)
    if others and effective_letter(content) in LISTS_OTHERS:
        content = content.model_copy(update={"others": tuple(map(_other, others))})
    if content.claimed.is_positive and content.asks_all:
        with_page = _with_link(content, page())
        if with_page.payment_link is not None:
            return with_page
    # A page to pay on pays the whole sum into the creditor's own account: not where a factor or a G account gets some.
    alone = len(lines) == 1 and content.creditor.factor is None and content.blocked_account is None
    return _with_link(content, lead.case.invoice.payment_link) if alone else content


def _balance(member: Member, asked: Asked) -> Money:
    """What a message asks of an invoice; of a letter beside the ladder what is open, until it says what it answers."""
    if not member.step.answers:
        return asked.claimed
    extras = [] if member.step.claims == "principal" else [asked.interest]
    if member.step.claims == "all":
        extras.append(asked.costs)
    return sum(extras, asked.open)


def _with_link(content: LetterContent, link: str | None) -> LetterContent:
    """The letter with the page to pay on; without one that names the debtor, or can't stand in a letter.

    Names change after an import: a link that fitted then must not stop the letter.
    """
    if link is not None:
        with suppress(ValidationError):
            return LetterContent.model_validate({**dict(content), "payment_link": link})
    return content


def creditor_party(creditor: Creditor) -> CreditorParty:
    """The creditor as letters print him; the account is that of his factor where he has one."""
    factor = creditor.paid_to("factor")
    return CreditorParty(
        name=creditor.name,
        address=creditor.address,
        kvk=creditor.kvk,
        vat=creditor.vat,
        iban=creditor.iban if factor is None else factor.iban,
        bic=creditor.bic if factor is None else factor.bic,
        email=creditor.email,
        phone=creditor.phone,
        enterprise_number=creditor.enterprise_number,
        factor=None if factor is None else factor.name,
    )


def _blocked(creditor: Creditor, lead: Member, lines: Sequence[InvoiceLine]) -> BlockedAccount | None:
    """The part of the invoices that a business pays into the G account; a natural person pays into one account."""
    account = creditor.paid_to("g_account")
    status = lead.case.invoice.legal_status
    if account is None or account.share is None or is_protected(lead.case, lead.policy) or status.may_be_natural_person:
        return None
    zero = Money.zero(lead.case.ledger.currency)
    whole = sum((line.open for line in lines), zero)
    part = round_half_up(whole.amount * account.share / 100, whole.currency)
    return BlockedAccount(iban=account.iban, amount=part) if part.is_positive and part < whole else None


def _line(member: Member, asked: Asked, reminder: int | None) -> InvoiceLine:
    case = member.case
    return InvoiceLine(
        number=case.invoice.number,
        invoice_date=case.invoice.invoice_date,
        due=case.due,
        currency=case.ledger.currency,
        principal=case.invoice.amount,
        open=asked.open,
        step=member.step.id,
        reminder=reminder,
    )


def _other(case: Case) -> InvoiceLine:
    return InvoiceLine(
        number=case.invoice.number,
        invoice_date=case.invoice.invoice_date,
        due=case.due,
        currency=case.ledger.currency,
        principal=case.invoice.amount,
        open=case.undisputed,
        step=case.stage,
    )


def _periods(members: Sequence[Member], on: date) -> tuple[InterestPeriod, ...]:
    """The interest period by period, whether it is paid by now or not."""
    found: list[InterestPeriod] = []
    for p in members:
        claim = claim_of(p.case, p.policy, counted_until(p, on), p.surroundings, taking=p.step)
        found.extend(
            InterestPeriod(
                invoice=p.case.invoice.number,
                first=period.first,
                last=period.last,
                rate=period.rate,
                days=period.days,
                base=period.base,
                amount=period.amount,
            )
            for period in claim.periods
        )
    return tuple(found)


def _sum_of(periods: Sequence[InterestPeriod], zero: Money) -> Money:
    return sum((period.amount for period in periods), zero)


def _basis(lead: Member) -> Literal["statutory", "trade", "contract"]:
    terms, invoice = lead.surroundings.terms, lead.case.invoice
    protected = is_protected(lead.case, lead.policy)
    if terms.contract_rate is not None and (not protected or terms.contract_rate_for_consumers):
        return "contract"
    of_price = invoice.claim_basis is ClaimBasis.PRICE
    return "trade" if invoice.legal_status.trades and of_price and not protected else "statutory"


def _announced(members: Sequence[Member], asked: Sequence[Asked], on: date) -> AnnouncedCosts | None:
    """The exact fee of a 14-day letter, for all its invoices together."""
    if not asked or asked[0].legal != "cost_notice":
        return None
    costs = fee_of([Asking(p.case, p.policy, p.step, p.surroundings) for p in members], on)
    return AnnouncedCosts(amount=costs.amount, vat=costs.vat or None, vat_reason=bool(costs.vat))


def _damages(lead: Member, lines: Sequence[InvoiceLine], asked: Sequence[Asked]) -> Money | None:
    """What the clause will ask of a Belgian consumer; None when there is none that holds."""
    if asked[0].legal != "first_reminder" or not has_costs(lead.case):
        return None
    return be.consumer_damages(lines[0].open, lead.surroundings.terms.damages).amount or None


def _product(lead: Member, language: str) -> str:
    invoice = lead.case.invoice
    return invoice.product or _PRODUCT[language].format(number=invoice.number)


def _announces(lead: Member) -> tuple[Announcement, ...]:
    """What the letter announces; a final demand always the hand-off that its ladder ends in."""
    ends = any(step.hand_off for step in lead.policy.steps)
    if lead.step.letter_name == "final_demand" and ends and "handoff" not in lead.step.announces:
        return (*lead.step.announces, "handoff")
    return lead.step.announces


def _partner(
    lead: Member, members: Sequence[Member], creditor: Creditor, on: date, having: Callable[[], str | None]
) -> Partner | None:
    """Who takes over when nothing happens, and the first day on which the ladder lets him, this message being taken."""
    handoff = next((step for step in lead.policy.steps if step.hand_off), None)
    if handoff is None or "handoff" not in _announces(lead):
        return None
    whole = sum((each.case.open for each in members), start=Money.zero(lead.case.ledger.currency))
    who = creditor.partner_of(lead.case.invoice, whole, lead.policy.law, having(), but=former_partners(lead.case))
    if who is None:
        return None
    noon = lead.policy.sending_calendar.moment(on, time(12))
    taken = step_taken(
        lead.case,
        lead.policy,
        lead.step,
        lead.issue,
        noon,
        channels=lead.step.send,
        message="",
        surroundings=lead.surroundings,
    )
    first = earliest_day(apply(lead.case, taken), lead.policy, lead.surroundings, handoff)
    least = on + timedelta(days=max(_LEAST_NOTICE, (lead.step.term or 0) + 1))
    return Partner(
        name=who.name,
        register_number=who.register_number,
        kind=who.kind,
        takes_over_on=least if first is None else max(first, least),
    )


def _apology(lead: Member) -> Apology | None:
    if lead.step.id != APOLOGY.id or not lead.case.undone:
        return None
    step_id, issue, too_much = lead.case.undone[-1]
    wrong = next(t for t in lead.case.taken if (t.step, t.issue) == (step_id, issue))
    rung = lead.policy.step(step_id)
    return Apology(letter=rung.letter_name if rung else step_id, sent_on=wrong.on, too_much=too_much)


def _reference(lead: Member) -> str | None:
    """The structured reference of the invoice as people read it; one that fails its check is no such reference."""
    written = lead.case.invoice.payment_reference
    if written is None:
        return None
    with suppress(ValueError):
        return checked_reference(written).shown
    return None

"""Where a debtor stands at a creditor: his invoices, what each asks now and why, and what he told us."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from casefile.case_file import Transaction
from casefile.pay_tokens import PayToken
from casefile.surroundings import surroundings_of
from domain.arrangements import Instalment, schedule_of
from domain.blockers import HoldKind
from domain.case import Case
from domain.claims.claim import Claim
from domain.law.interest import Period
from domain.money import Money
from domain.notices import is_protected
from domain.parties import Creditor, Debtor
from domain.reactions.react import react
from domain.views.payer import State, asked_now, state_for_payer
from services.current_case import current_case
from services.reports.case_claim import read_claim

__all__ = ["AskedDispute", "PageInvoice", "Standing", "State", "read_standing", "totals_of"]

_CLOSED_SHOWN = 5
"""Closed invoices that are named, the last ones."""


@dataclass(frozen=True, slots=True)
class AskedDispute:
    """A dispute that waits for its answer.

    Attributes:
        amount: What is disputed and still open.
        answer_by: Day by which the debtor has an answer.
        limited: Whether it stops nothing, or only for some days, until a person looked at it.
    """

    id: str
    amount: Money
    answer_by: date
    limited: bool


@dataclass(frozen=True, slots=True)
class PageInvoice:
    """One invoice of a debtor.

    Attributes:
        invoiced: What it asked at first.
        paid: What of that was paid or credited.
        claim: What is owed today; the same as `maanwerk case claim` says.
        now: What is to be paid now: the claim, or of an arrangement or a settlement what was agreed for now.
        contested: What of it is disputed, or waits for a credit note, and is not asked.
        costs_from: Day of the letter on which collection costs rest, where there is one.
        schedule: The instalments that were agreed, as they stand.
        by: Day by which a settlement is to be paid.
        claimed_until: First day on which we no longer wait for money that he says he paid.
        promised: Day by which he promised to pay.
        proposed_until: First day on which a proposal of his holds no more.
        contact_asked: Whether other contact data wait to be confirmed.
        disputes: What waits for our answer.
        disputable: What he may still dispute; zero: nothing.
        arrangeable: Whether instalments may be proposed.
        protected: Whether the rules for consumers must be kept.
        dispute_number: The number that his next dispute gets.
    """

    case_id: str
    number: str
    invoice_date: date
    due: date
    state: State
    invoiced: Money
    paid: Money
    claim: Claim
    now: Money
    contested: Money
    costs_from: date | None
    schedule: tuple[Instalment, ...]
    by: date | None
    claimed_until: date | None
    promised: date | None
    proposed_until: date | None
    contact_asked: bool
    disputes: tuple[AskedDispute, ...]
    disputable: Money
    arrangeable: bool
    protected: bool
    law: str | None
    reference: str | None
    natural_person: bool
    dispute_number: str

    @property
    def periods(self) -> tuple[Period, ...]:
        """The interest, period by period."""
        return self.claim.periods

    @property
    def is_open(self) -> bool:
        """Whether it is still collected by us."""
        return self.state not in ("paid", "ended", "handed_off")


@dataclass(frozen=True, slots=True)
class Standing:
    """All that a debtor's page shows.

    Attributes:
        on: The day, by the zone of the policy.
        invoices: Those that are not closed, the oldest first.
        closed: The last ones that are closed.
        asks: Whether money may be asked of him at all: not while he is insolvent, say.
    """

    token: PayToken
    creditor: Creditor
    debtor: Debtor
    on: date
    invoices: tuple[PageInvoice, ...]
    closed: tuple[PageInvoice, ...]
    asks: bool

    @property
    def payable(self) -> tuple[PageInvoice, ...]:
        """The invoices on which something is to be paid now."""
        return tuple(each for each in self.early if each.state != "not_due")

    @property
    def early(self) -> tuple[PageInvoice, ...]:
        """The same, and those that may be paid though they are not due yet."""
        return tuple(each for each in self.invoices if each.now.is_positive)

    @property
    def open(self) -> tuple[PageInvoice, ...]:
        """The invoices that we collect still."""
        return tuple(each for each in self.invoices if each.is_open)

    @property
    def disputable(self) -> tuple[PageInvoice, ...]:
        """The invoices that he may dispute."""
        return tuple(each for each in self.invoices if each.disputable.is_positive)

    @property
    def arrangeable(self) -> tuple[PageInvoice, ...]:
        """The invoices that he may propose to pay in instalments, those that are due first; in one currency only."""
        all_of_them = tuple(each for each in self.invoices if each.arrangeable)
        found = tuple(each for each in all_of_them if each.state != "not_due") or all_of_them
        return found if len({each.now.currency for each in found}) == 1 else ()

    def totals(self) -> tuple[Money, ...]:
        """What is to be paid now in all, one sum a currency."""
        return totals_of([each.now for each in self.payable])


def totals_of(amounts: Sequence[Money]) -> tuple[Money, ...]:
    """The sums of amounts, one a currency."""
    sums: dict[str, Money] = {}
    for each in amounts:
        sums[each.currency] = sums.get(each.currency, Money.zero(each.currency)) + each
    return tuple(sums[currency] for currency in sorted(sums))


def read_standing(transaction: Transaction, token: PayToken, now: datetime) -> Standing:
    """Where the debtor of a link stands; nothing is written.

    Args:
        transaction: On the case file.
        token: A link that is in force.
        now: The present moment.
    """
    ids: tuple[str, ...]
    if token.case_id is not None:
        ids = (token.case_id,)
    else:
        ids = transaction.cases.siblings(token.creditor, token.debtor, "")
    found = [_invoice(transaction, each, now) for each in ids]
    found.sort(key=lambda pair: (pair[0].due, pair[0].invoice_date, pair[0].number))
    invoices = tuple(invoice for invoice, _, _ in found if invoice.state not in ("paid", "ended"))
    closed = tuple(invoice for invoice, _, _ in found if invoice.state in ("paid", "ended"))
    days = [on for _, on, _ in found]
    return Standing(
        token=token,
        creditor=transaction.parties.creditor(token.creditor),
        debtor=transaction.parties.debtor(token.creditor, token.debtor) or Debtor(id=token.debtor, name=token.debtor),
        on=max(days, default=now.date()),
        invoices=invoices,
        closed=closed[-_CLOSED_SHOWN:],
        asks=not any(stops for _, _, stops in found),
    )


def _invoice(transaction: Transaction, case_id: str, now: datetime) -> tuple[PageInvoice, date, bool]:
    """An invoice, the day on which it is looked at, and whether the debtor's status forbids to ask for money."""
    current = current_case(transaction, case_id, now)
    policy = current.policy
    surroundings = surroundings_of(transaction, current.as_loaded)
    # With what follows by itself, such as its closing when the last money came.
    case = react(current.case, policy, surroundings, now).case
    on = policy.sending_calendar.local_date(now)
    report = read_claim(transaction, case_id, now)
    claim = report.claim
    stopped = any(each.lasts for each in (*case.statuses, *surroundings.statuses))
    state = state_for_payer(case, claim, on, stopped)
    zero = Money.zero(case.ledger.currency)
    contested = Money.from_minor(case.contested_minor, case.ledger.currency)
    notices = [each for each in report.notices if each.in_force and each.role in ("cost_notice", "first_reminder")]
    invoice = PageInvoice(
        case_id=case_id,
        number=case.invoice.number,
        invoice_date=case.invoice.invoice_date,
        due=case.due,
        state=state,
        invoiced=case.invoice.amount,
        paid=max(zero, case.invoice.amount - case.open),
        claim=claim,
        now=asked_now(case, claim, state, on),
        contested=contested,
        costs_from=date.fromisoformat(notices[-1].sent_on) if notices and claim.costs else None,
        schedule=() if case.arrangement is None else schedule_of(case.arrangement, case.ledger),
        by=next((each.by for each in case.settlements if each.stands), None),
        claimed_until=_until(case, HoldKind.PAYMENT_CLAIMED, on),
        promised=next((each.by for each in case.promises if each.stands), None),
        proposed_until=_until(case, HoldKind.ARRANGEMENT_PROPOSED, on),
        contact_asked=any(each.kind is HoldKind.CONTACT_CHANGED for each in case.holds_on(on)),
        disputes=tuple(
            AskedDispute(
                each.id,
                Money.from_minor(each.left_minor(case.open_minor), case.ledger.currency),
                each.answer_by,
                each.needs_person or not each.stands,
            )
            for each in case.open_disputes
        ),
        disputable=zero if case.closed is not None and not case.handed_off else case.undisputed,
        arrangeable=state in ("open", "not_due", "disputed") and claim.total.is_positive,
        protected=is_protected(case, policy),
        law=policy.law,
        reference=case.invoice.payment_reference,
        natural_person=case.invoice.legal_status.may_be_natural_person,
        dispute_number=f"{case.invoice.number[:50]}-D{1 + len(case.disputes)}",
    )
    return invoice, on, stopped


def _until(case: Case, kind: HoldKind, on: date) -> date | None:
    return next((each.end for each in case.holds_on(on) if each.kind is kind), None)

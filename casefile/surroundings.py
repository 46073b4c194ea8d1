"""What a decision about a case must know outside it."""

from __future__ import annotations

from casefile.case_file import Transaction
from casefile.cases import Loaded
from casefile.debtor_money import loose_money
from casefile.debtor_statuses import statuses_of
from casefile.families import family_of
from casefile.handed_off import cases_that_left
from casefile.payment_runs import payment_run_of
from casefile.sending_stops import stops_of
from domain.debtor_money import unallocated_of
from domain.handoffs.others_with_partner import WithPartner, with_partner_of
from domain.surroundings import Surroundings, held_of, looks_at_siblings
from domain.terms import PLAIN_TERMS

__all__ = ["surroundings_of"]


def surroundings_of(transaction: Transaction, loaded: Loaded) -> Surroundings:
    """What a decision about the case must know outside it."""
    covered = transaction.parties.bank_covered_until(loaded.creditor)
    policy = loaded.policy
    terms = PLAIN_TERMS if policy.law is None else transaction.parties.terms(loaded.creditor)
    overpaid = transaction.cases.overpaid(loaded.creditor, loaded.case.invoice.debtor, loaded.id)
    held = held_of((transaction.cases.fold_of(other)[1] for other in overpaid), loaded.case.ledger.currency)
    statuses = statuses_of(transaction.session, loaded.creditor, loaded.case.invoice.debtor)
    unallocated = unallocated_of(
        loose_money(transaction, loaded.creditor, loaded.case.invoice.debtor), loaded.case.ledger.currency
    )
    run = payment_run_of(transaction.session, loaded.creditor, loaded.case.invoice.debtor)
    stops = stops_of(transaction.session)
    looks = looks_at_siblings(loaded.case, policy)
    if policy.bundle != "debtor" and not policy.debtor_spacing and not looks:
        return Surroundings(
            bank_covered_until=covered,
            terms=terms,
            held=held,
            statuses=statuses,
            unallocated=unallocated,
            payment_run=run,
            stops=stops,
            with_partner=_with_partner(transaction, loaded),
        )
    family = family_of(transaction, loaded.creditor, loaded.case.invoice.debtor)
    return Surroundings(
        covered,
        family.contacted_beside(loaded.id),
        family.reminded_beside(loaded.id),
        terms,
        family.beside(loaded.id) if looks else (),
        held,
        statuses,
        unallocated,
        run,
        stops,
        with_partner_of(each.case for each in family.beside(loaded.id)),
    )


def _with_partner(transaction: Transaction, loaded: Loaded) -> WithPartner | None:
    """What a partner has of the debtor's other cases, where nothing else asks for all of them."""
    left = cases_that_left(transaction.session, loaded.creditor, loaded.case.invoice.debtor)
    return with_partner_of(transaction.cases.fold_of(other)[1] for other in left if other != loaded.id)

"""What a decision about a case must know outside it."""

from __future__ import annotations

from casefile.case_file import Transaction
from casefile.cases import Loaded
from casefile.debtor_money import loose_money
from casefile.debtor_statuses import statuses_of
from casefile.families import family_of
from casefile.payment_runs import payment_run_of
from casefile.sending_stops import stops_of
from domain.debtor_money import unallocated_of
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
    )

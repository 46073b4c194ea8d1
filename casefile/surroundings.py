"""What a decision about a case must know outside it."""

from __future__ import annotations

from datetime import date

from casefile.case_file import Transaction
from casefile.cases import Loaded
from casefile.debtor_money import loose_money
from casefile.debtor_statuses import statuses_of
from casefile.payment_runs import payment_run_of
from casefile.sending_stops import stops_of
from domain.debtor_money import unallocated_of
from domain.surroundings import Sibling, Surroundings, held_of, looks_at_siblings
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
    contacted: date | None = None
    reminded: date | None = None
    siblings: list[Sibling] = []
    for sibling in transaction.cases.siblings(loaded.creditor, loaded.case.invoice.debtor, loaded.id):
        case = transaction.cases.fold_of(sibling)[1]
        if looks and (pinned := transaction.parties.policy(case.policy, case.policy_version)) is not None:
            siblings.append(Sibling(sibling, case, pinned))
        contacts = [(step.on, step.reminds) for step in case.taken if step.kind == "send"]
        if case.attempt is not None and not case.attempt.answers and case.attempt.may_have_reached_debtor:
            contacts.append((case.attempt.on, case.attempt.reminds))
        own = transaction.parties.policy(case.policy, case.policy_version)
        bundles = own is not None and own.bundle == "debtor"
        for on, reminds in contacts:
            contacted = max(contacted or on, on)
            if reminds and bundles:
                reminded = max(reminded or on, on)
    return Surroundings(covered, contacted, reminded, terms, tuple(siblings), held, statuses, unallocated, run, stops)

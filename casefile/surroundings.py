"""What a decision about a case must know outside it."""

from __future__ import annotations

from sqlalchemy import BindParameter, bindparam, exists, func, select

from casefile import outgoing_tables, today_tables
from casefile import tables as t
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
from domain.tasks import TaskKind
from domain.terms import PLAIN_TERMS

__all__ = ["look_around", "surroundings_of"]


def surroundings_of(transaction: Transaction, loaded: Loaded) -> Surroundings:
    """What a decision about the case must know outside it."""
    look_around(transaction, loaded.creditor, loaded.case.invoice.debtor)
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
    beside = family.beside(loaded.id)
    return Surroundings(
        covered,
        family.contacted_beside(loaded.id),
        family.reminded_beside(loaded.id),
        terms,
        beside if looks else (),
        held,
        statuses,
        unallocated,
        run,
        stops,
        with_partner_of(each.case for each in beside.left()),
    )


# Most debtors are in nothing, and paid nothing that is on no invoice: one question tells of all such tables.
_WHO: dict[str, BindParameter[str]] = {"creditor": bindparam("creditor"), "debtor": bindparam("debtor")}
_MONEY, _STATUSES, _RUNS, _CASES = t.debtor_money.c, t.debtor_statuses.c, t.payment_runs.c, t.cases.c
_OF_HIM = (_CASES.creditor == _WHO["creditor"], _CASES.debtor == _WHO["debtor"])
_AROUND = select(
    select(t.creditors.c.covered_until).where(t.creditors.c.id == _WHO["creditor"]).scalar_subquery().label("covered"),
    select(t.creditors.c.body).where(t.creditors.c.id == _WHO["creditor"]).scalar_subquery().label("profile"),
    select(t.debtors.c.body)
    .where(t.debtors.c.creditor == _WHO["creditor"], t.debtors.c.id == _WHO["debtor"])
    .scalar_subquery()
    .label("body"),
    exists().where(_STATUSES.creditor == _WHO["creditor"], _STATUSES.debtor == _WHO["debtor"]).label("statuses"),
    exists().where(_MONEY.creditor == _WHO["creditor"], _MONEY.debtor == _WHO["debtor"]).label("money"),
    exists().where(_RUNS.creditor == _WHO["creditor"], _RUNS.debtor == _WHO["debtor"]).label("run"),
    exists()
    .where(
        t.tasks.c.case_id == _CASES.id,
        t.tasks.c.kind == TaskKind.OVERPAYMENT.value,
        t.tasks.c.done_on.is_(None),
        *_OF_HIM,
    )
    .label("overpaid"),
    exists().where(today_tables.sending_stops.c.id.is_not(None)).label("stops"),
    exists().where(outgoing_tables.subscribers.c.ended_at.is_(None)).label("subscribers"),
    select(func.count()).select_from(t.cases).where(*_OF_HIM).scalar_subquery().label("number"),
    select(func.min(_CASES.id)).where(*_OF_HIM).scalar_subquery().label("first"),
)


def look_around(transaction: Transaction, creditor: str, debtor: str) -> None:
    """Read once a transaction what nearly every one asks of a debtor, and in which tables nothing stands of him.

    Who appends to his cases asks it before, for then less is asked one by one.
    """
    session, who = transaction.session, (creditor, debtor)
    if who in session.known.looked:
        return
    session.known.looked.add(who)
    row = session.connection.execute(_AROUND, {"creditor": creditor, "debtor": debtor}).one()
    session.answered(t.creditors, ("covered", creditor), row.covered)
    session.answered(t.creditors, ("body", creditor), row.profile)
    session.answered(t.debtors, who, row.body)
    if not row.statuses:
        session.answered(t.debtor_statuses, who, ())
    if not row.money:
        session.answered(t.debtor_money, who, ())
    if not row.run:
        session.answered(t.payment_runs, who, None)
    if not row.overpaid:
        session.answered(t.tasks, ("overpaid", *who), ())
    if not row.stops and session.known.stops is None:
        session.known.stops = ()
    if not row.subscribers:
        session.answered(outgoing_tables.subscribers, "told", ())
    if row.number == 1:
        session.answered(t.cases, ("of debtor", *who), (row.first,))


def _with_partner(transaction: Transaction, loaded: Loaded) -> WithPartner | None:
    """What a partner has of the debtor's other cases, where nothing else asks for all of them."""
    debtor = loaded.case.invoice.debtor
    if not transaction.cases.siblings(loaded.creditor, debtor, loaded.id):
        return None
    left = cases_that_left(transaction.session, loaded.creditor, debtor)
    return with_partner_of(transaction.cases.fold_of(other)[1] for other in left if other != loaded.id)

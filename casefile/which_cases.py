"""Which cases a list shows, and in which order: as conditions of a query, so that nothing is read but what is shown.

What is sought is compared in small letters as Python makes them (`casefold`), which no database does: what it is
compared with stands so in columns of its own (`folded`), written with the case and with the debtor.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_CEILING, Decimal
from functools import cache
from typing import Any, Literal

from sqlalchemy import ColumnElement, and_, case, func, literal, not_, or_, select, tuple_

from casefile import list_tables as tl
from casefile import payment_tables as pt
from casefile import tables as t
from casefile.session import Session
from domain.money import OTHER_DIGITS

__all__ = ["Order", "Which", "conditions_of", "folded_text", "in_order"]

Order = Literal["late", "owed", "next", "debtor", "invoice"]
"""The latest, the most owed, what comes next first; or by debtor, or invoice. What is closed comes last."""

_MOST = 2**63 - 1
"""The largest number that a column holds."""


@dataclass(frozen=True, slots=True)
class Which:
    """Which cases a list shows; what is left out is not looked at.

    Attributes:
        creditor: Only of this creditor.
        stage: Only at this stage.
        attention: Those that a person should look at (True), or that none needs to (False).
        attended: Ids of cases that a person should look at for reasons that stand elsewhere than in the case file.
        debtor: Of debtors with this number, or with this in their name.
        search: With this in invoice number, case id, or the debtor's number or name.
        debtor_number: Of debtors with this number.
        hold: Under a hold of this kind.
        held: With a hold (True), or without any (False).
        task: With an open task of this kind.
        marked: Under a hold, or with an open task, of one of these kinds.
        closed: Closed (True), or not (False).
        names: Whether the search looks into the names of debtors, too.
        amounts: The search also finds cases on which one of these is open.
        references: And those whose payment is to carry one of these, as machines write them.
        creditors: And those of these creditors.
        payer_mark: And those of debtors who paid from the account with this mark.
        due_from: Due on this day or later.
        due_until: Due on this day or earlier.
        at_least: With as much open, or more.
        assigned: Of a debtor who is assigned to the user with this id, or with an open task that is; empty: of nobody.
        cases: Only these, by their ids.
        partner_state: That a collection partner has, and whose file stands like this with him.
    """

    creditor: str | None = None
    stage: str | None = None
    attention: bool | None = None
    attended: Collection[str] = ()
    debtor: str | None = None
    search: str | None = None
    debtor_number: str | None = None
    hold: str | None = None
    held: bool | None = None
    task: str | None = None
    marked: Collection[str] = ()
    closed: bool | None = None
    names: bool = True
    amounts: Collection[Decimal] = ()
    references: Collection[str] = ()
    creditors: Collection[str] = ()
    payer_mark: str | None = None
    due_from: date | None = None
    due_until: date | None = None
    at_least: Decimal | None = None
    assigned: str | None = None
    cases: Collection[str] | None = None
    partner_state: str | None = None


def folded_text(*texts: str) -> str:
    """Texts as they are compared with what is sought, a line each."""
    return "\n".join(" ".join(text.split("\n")) for text in texts).casefold()


def conditions_of(session: Session, which: Which) -> list[ColumnElement[bool]]:
    """The conditions under which a case is one of these."""
    return list(_conditions(session.connection.dialect.name, which))


def _conditions(dialect: str, which: Which) -> Iterator[ColumnElement[bool]]:
    c = t.cases.c
    if which.cases is not None:
        yield c.id.in_(list(which.cases))
    if which.creditor is not None:
        yield c.creditor == which.creditor
    if which.stage is not None:
        yield c.stage == which.stage
    if which.partner_state is not None:
        yield c.partner_state == which.partner_state
    if which.attention is not None:
        needs = or_(c.needs_attention, c.id.in_(list(which.attended))) if which.attended else c.needs_attention
        yield needs if which.attention else not_(needs)
    if which.closed is not None:
        yield c.closed.is_not(None) if which.closed else c.closed.is_(None)
    if which.held is not None:
        yield c.holds.is_not(None) if which.held else c.holds.is_(None)
    for kind, column in ((which.hold, c.holds), (which.task, c.open_tasks)):
        if kind is not None:
            # Kinds are small letters and signs: none stands in another with both its quotation marks.
            yield _has(dialect, column, json.dumps(kind))
    if which.marked:
        kinds = [json.dumps(kind) for kind in which.marked]
        yield or_(*(_has(dialect, column, kind) for column in (c.holds, c.open_tasks) for kind in kinds))
    if which.due_from is not None:
        yield c.due >= which.due_from
    if which.due_until is not None:
        yield c.due <= which.due_until
    if which.at_least is not None:
        yield _of_digits({digits: c.open_minor >= _minor_up(which.at_least, digits) for digits in _DIGITS})
    if which.debtor_number is not None:
        yield c.debtor_folded == _sought(which.debtor_number)
    if which.debtor is not None:
        wanted = _sought(which.debtor)
        yield or_(c.debtor_folded == wanted, _named(dialect, wanted))
    if which.assigned is not None:
        yield _assigned(which.assigned)
    if which.search is not None and (wanted := _sought(which.search)):
        yield or_(*_found(dialect, which, wanted))


def _found(dialect: str, which: Which, wanted: str) -> Iterator[ColumnElement[bool]]:
    """What a search finds a case by."""
    c = t.cases.c
    yield _has(dialect, c.folded, wanted)
    yield _has(dialect, c.debtor_folded, wanted)
    if which.names:
        yield _named(dialect, wanted)
    if which.amounts:
        exact = {digits: [_exact(each, digits) for each in which.amounts] for digits in _DIGITS}
        yield _of_digits(
            {digits: c.open_minor.in_([each for each in found if each is not None]) for digits, found in exact.items()}
        )
    if which.references:
        r = pt.payment_references.c
        yield c.id.in_(select(r.case_id).where(r.reference.in_(list(which.references))))
    if which.creditors:
        yield c.creditor.in_(list(which.creditors))
    if which.payer_mark is not None:
        p = pt.provider_payments.c
        paid = select(p.creditor, p.debtor).where(p.payer_mark == which.payer_mark, p.debtor.is_not(None))
        yield tuple_(c.creditor, c.debtor).in_(paid)


def _sought(text: str) -> str:
    return folded_text(text.strip())


def _has(dialect: str, column: ColumnElement[Any], text: str) -> ColumnElement[bool]:
    """Whether a column has a text in it, as it is: LIKE takes capitals of ASCII for small letters on one of the two."""
    place: ColumnElement[int] = func.strpos(column, text) if dialect == "postgresql" else func.instr(column, text)
    return place > 0


def _named(dialect: str, wanted: str) -> ColumnElement[bool]:
    """Whether the name of the debtor has this in it; of whom nothing is known is called by his number."""
    c, debtors = t.cases.c, t.debtors.alias("sought_debtors")
    d = debtors.c
    known = select(d.creditor, d.id).where(_has(dialect, d.folded, wanted))
    of_nobody = and_(
        _has(dialect, c.debtor_folded, wanted),
        ~select(d.id).where(d.creditor == c.creditor, d.id == c.debtor).correlate(t.cases).exists(),
    )
    return or_(tuple_(c.creditor, c.debtor).in_(known), of_nobody)


def _assigned(user: str) -> ColumnElement[bool]:
    c, of, task = t.cases.c, tl.debtor_assignments.c, tl.task_assignments.c
    tasks = (
        select(task.case_id)
        .join(t.tasks, and_(t.tasks.c.case_id == task.case_id, t.tasks.c.id == task.task))
        .where(t.tasks.c.done_on.is_(None))
    )
    debtors = select(of.creditor, of.debtor)
    if not user:
        return not_(or_(tuple_(c.creditor, c.debtor).in_(debtors), c.id.in_(tasks)))
    his = debtors.where(of.user_id == user)
    return or_(tuple_(c.creditor, c.debtor).in_(his), c.id.in_(tasks.where(task.user_id == user)))


# Amounts ---------------------------------------------------------------------------------------------------

_DIGITS = (2, *sorted(set(OTHER_DIGITS.values())))
_OF_DIGITS: Mapping[int, list[str]] = {
    digits: sorted(code for code, its in OTHER_DIGITS.items() if its == digits) for digits in _DIGITS
}


def _of_digits(conditions: Mapping[int, ColumnElement[bool]]) -> ColumnElement[bool]:
    """A condition on minor units, which are another part of the currency in some of them."""
    currency = t.cases.c.currency
    others = [and_(currency.in_(_OF_DIGITS[digits]), conditions[digits]) for digits in _DIGITS if digits != 2]
    return or_(and_(currency.not_in(sorted(OTHER_DIGITS)), conditions[2]), *others)


def _exact(amount: Decimal, digits: int) -> int | None:
    """An amount in minor units, where it is a whole number of them that a column holds."""
    minor = amount.scaleb(digits)
    return int(minor) if minor == minor.to_integral_value() and abs(minor) <= _MOST else None


def _minor_up(amount: Decimal, digits: int) -> ColumnElement[Any] | int:
    minor = int(amount.scaleb(digits).to_integral_value(ROUND_CEILING))
    return literal(None) if minor > _MOST else max(minor, -_MOST)


def _size() -> ColumnElement[Any]:
    """What is open, in ten-thousandths of the currency, so that amounts of all currencies stand in order."""
    c = t.cases.c
    scales = [(c.currency.in_(_OF_DIGITS[digits]), 10 ** (4 - digits)) for digits in _DIGITS if digits != 2]
    return c.open_minor * case(*scales, else_=100)


@cache
def in_order(by: Order) -> tuple[ColumnElement[Any], ...]:
    """The columns that put cases in an order; `debtor` needs the table of debtors beside that of cases."""
    c = t.cases.c
    closed, last = c.closed.is_not(None), (c.number, c.id)
    orders: dict[Order, tuple[ColumnElement[Any], ...]] = {
        # Days late fall where due dates rise.
        "late": (closed, c.due, _size().desc(), *last),
        "owed": (closed, _size().desc(), c.due, *last),
        "next": (closed, c.next_action_at.is_(None), c.next_action_at, *last),
        "debtor": (func.coalesce(t.debtors.c.folded, c.debtor_folded), c.due, *last),
        "invoice": last,
    }
    return orders[by]

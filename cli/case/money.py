"""Behind `maanwerk case pay` and `case refund`: money that a person books, and what it did."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal

import typer

from casefile.case_file import CaseFile
from cli.case.actions import opened_case_file
from cli.case.telling import tell
from cli.failing import refused
from cli.own_name import own_command
from cli.written import plain_amount
from domain.money import Money
from intake.findings import Unreadable
from intake.written.amounts import read_written_amount
from services.reports.case_claim import read_claim
from services.reports.case_report import report_of
from speech.words import tr

__all__ = ["duplicate", "effect_of", "in_money", "pay", "refund"]


def pay(
    case: str,
    amount: str,
    credited: date,
    reference: str,
    method: str | None,
    own: str | None,
    again: bool,
    actor: str | None,
    as_json: bool,
) -> None:
    """Book a payment on a case, and say what it did."""
    content = {
        **_amount(amount, "AMOUNT"),
        "credited_on": credited.isoformat(),
        "reference": reference,
        "method": method,
        "id": own,
        "again": again or None,
    }
    _tell(case, "record_payment", content, actor, as_json)


def refund(
    case: str,
    amount: str,
    of: str,
    on: date,
    reference: str,
    own: str | None,
    again: bool,
    actor: str | None,
    as_json: bool,
) -> None:
    """Book what was given back of an overpayment, and say what is left of it."""
    content = {
        **_amount(amount, "AMOUNT"),
        "refunded_on": on.isoformat(),
        "of": of,
        "reference": reference,
        "id": own,
        "again": again or None,
    }
    _tell(case, "record_refund", content, actor, as_json)


def duplicate(case: str, outcome: str, payment: str | None, note: str, actor: str | None, as_json: bool) -> None:
    """Say whether two payments are one, and say how the case stands then."""
    content = {"outcome": outcome, "payment": payment, "note": note}
    _tell(case, "settle_duplicate", content, actor, as_json)


def _tell(case: str, name: str, content: Mapping[str, object], actor: str | None, as_json: bool) -> None:
    case_id = tell(case, name, content, actor, as_json)
    if not as_json:
        with opened_case_file() as file:
            typer.echo(effect_of(file, case_id))


def effect_of(file: CaseFile, case_id: str) -> str:
    """How the money of a case stands now, with what waits in its inbox: what a booking did to it, in a line."""
    now = datetime.now(UTC)
    with file.read() as transaction:
        report = report_of(transaction, case_id, now)
        claim = read_claim(transaction, case_id, now).claim
    if report.overpaid is not None:
        over = tr(
            "{number}: {amount} {currency} paid too much: give it back ({refund}) or set it off ({allocate})",
            number=report.number,
            amount=report.overpaid,
            currency=report.currency,
            refund=own_command(f"case refund {report.number} {report.overpaid} --on DAY"),
            allocate=own_command(f"pay allocate {report.number} INVOICE"),
        )
        return over
    if report.closed is not None:
        return tr("{number}: closes the case ({reason})", number=report.number, reason=report.closed.replace("_", " "))
    if claim.open.is_zero:
        open_now = tr("{number}: the invoice is paid", number=report.number)
    else:
        amount = f"{report.open} {report.currency}"
        open_now = tr("{number}: a part; {amount} of the invoice is open", number=report.number, amount=amount)
    if claim.interest.is_zero and claim.costs.is_zero:
        return open_now
    return open_now + tr(
        ", {interest} interest and {costs} costs are due", interest=claim.interest.text, costs=claim.costs.text
    )


def in_money(written: str, where: str, otherwise: str) -> Money:
    """An amount as people write it, in the currency that stands beside it, or in another one."""
    read = _amount(written, where)
    try:
        return Money(Decimal(read["amount"]), read.get("currency", otherwise))
    except (ValueError, ArithmeticError):
        refused(tr("{where}: {text!r} is no amount above zero; write it like 100.00", where=where, text=written))


def _amount(written: str, where: str) -> dict[str, str]:
    """What a message says of an amount: the currency only where it was written."""
    try:
        amount = plain_amount(written)
    except ValueError as problem:
        raise typer.BadParameter(str(problem), param_hint=where) from None
    try:
        currency = read_written_amount(written).currency
    except Unreadable:
        currency = None
    return {"amount": amount} if currency is None else {"amount": amount, "currency": currency}

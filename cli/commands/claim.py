"""`maanwerk claim`: what is owed on one claim on one day, with the sums that lead to it."""

import re
from datetime import date
from decimal import Decimal
from typing import Annotated

import typer
from rich.table import Table

from cli.claim_tables import interest_table, moved, payments_table
from cli.failing import refused
from cli.output import console, new_table, print_json, said_here
from cli.written import day_of, plain_amount
from domain.claims.account import Account, Movement
from domain.claims.calculator import DebtorKind, Question, Result, worked_out
from domain.law import be, check_supported
from domain.law.allocation import Allocation
from domain.law.costs import shown
from domain.law.interest import DayCount, agreed_rate
from domain.money import Money
from domain.views.explain import day_text
from speech.words import tr, trn

_PERCENT = re.compile(r"[0-9]{1,4}(?:\.[0-9]{1,6})?")
_FIRST_YEAR, _LAST_YEAR = 1900, 2200
_INVOICES_AT_MOST = 10_000


def claim(
    kind: Annotated[str, typer.Option("--kind", "--debtor", metavar="consumer|business", help="Who owes it.")],
    principal: Annotated[str, typer.Option("--principal", metavar="AMOUNT", help="What was owed, like 1000.00.")],
    due: Annotated[str, typer.Option("--due", metavar="DATE", help="Last day of payment.")],
    as_of: Annotated[str, typer.Option("--as-of", metavar="DATE", help="The day asked about; it counts.")],
    law: Annotated[str, typer.Option("--law", metavar="NL|BE", help="The law of the contract.")] = "NL",
    contract_rate: Annotated[
        str | None, typer.Option("--contract-rate", metavar="PERCENT", help="An agreed rate a year; simple interest.")
    ] = None,
    compound: Annotated[
        bool, typer.Option("--compound", help="The contract says that interest bears interest.")
    ] = False,
    interest_from: Annotated[
        str | None,
        typer.Option("--interest-from", metavar="DATE", help="First interest day; else the day after --due."),
    ] = None,
    day_count: Annotated[
        str, typer.Option("--day-count", metavar="anniversary_year|actual_365", help="How a part of a year counts.")
    ] = "anniversary_year",
    costs_from: Annotated[
        str | None,
        typer.Option(
            "--costs-from",
            metavar="DATE",
            help="First day on which costs are due: for a consumer the day after the term of the letter; "
            "for a business the day after --due by default.",
        ),
    ] = None,
    without_costs: Annotated[bool, typer.Option("--no-costs", help="Ask no costs.")] = False,
    vat_on_costs: Annotated[
        bool, typer.Option("--vat-on-costs", help="The creditor cannot deduct the VAT on them (NL).")
    ] = False,
    clause: Annotated[
        str | None,
        typer.Option("--clause", metavar="legal_maximum|PERCENT", help="Damages as the terms have them (BE)."),
    ] = None,
    invoices: Annotated[int, typer.Option("--invoices", metavar="N", help="Late invoices in the claim.")] = 1,
    payment: Annotated[
        list[str] | None, typer.Option("--payment", metavar="DATE:AMOUNT", help="Day of crediting; may be repeated.")
    ] = None,
    allocation: Annotated[
        str, typer.Option("--allocation", metavar="legal|principal_first", help="What a payment pays first.")
    ] = "legal",
    currency: Annotated[str, typer.Option("--currency", help="Costs are known in EUR only.")] = "EUR",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Work out what is owed on one claim on one day: principal, interest by period, costs, payments."""
    try:
        check_supported(law)
        asked = Question(
            law=law,
            kind=_kind(kind),
            principal=_amount("--principal", principal, currency),
            due=_date("--due", due),
            as_of=_date("--as-of", as_of),
            rate=None if contract_rate is None else agreed_rate(_percent("--contract-rate", contract_rate)),
            compound=compound,
            interest_from=None if interest_from is None else _date("--interest-from", interest_from),
            day_count=DayCount(_one_of("--day-count", day_count, tuple(DayCount))),
            costs_from=None if costs_from is None else _date("--costs-from", costs_from),
            without_costs=without_costs,
            vat=vat_on_costs,
            clause=_clause(clause),
            invoices=invoices,
            payments=tuple(_payment(number, text, currency) for number, text in enumerate(payment or (), 1)),
            allocation=Allocation(_one_of("--allocation", allocation, tuple(Allocation))),
        )
        _check(asked)
        result = worked_out(asked)
    except ValueError as error:
        # Also from the tables (a day before their first row) and from money (an amount that nobody owes).
        refused(f"maanwerk: {error}")
    if as_json:
        print_json(_json(asked, result))
        return
    _print(asked, result)


# Reading the options


def _kind(text: str) -> DebtorKind:
    return "consumer" if _one_of("--kind", text, ("consumer", "business")) == "consumer" else "business"


def _one_of(option: str, text: str, known: tuple[str, ...]) -> str:
    if text not in known:
        raise ValueError(f"{option} {_quoted(text)} is not one of {', '.join(str(each) for each in known)}")
    return text


def _date(option: str, text: str) -> date:
    try:
        day = day_of(text)
    except ValueError as problem:
        raise ValueError(f"{option} {problem}") from None
    if not _FIRST_YEAR <= day.year <= _LAST_YEAR:
        raise ValueError(f"{option} {text} is no day of a claim: give a year from {_FIRST_YEAR} to {_LAST_YEAR}")
    return day


def _amount(option: str, text: str, currency: str) -> Money:
    try:
        amount = Money.parse(plain_amount(text, currency), currency)
    except ValueError as error:
        raise ValueError(f"{option}: {error}") from None
    if not amount.is_positive:
        raise ValueError(f"{option} {_quoted(text)}: an amount above zero is needed")
    return amount


def _percent(option: str, text: str) -> Decimal:
    if not _PERCENT.fullmatch(text):
        raise ValueError(f"{option} {_quoted(text)} is no percentage; write it like 12 or 7.25")
    return Decimal(text)


def _payment(number: int, text: str, currency: str) -> Movement:
    day, colon, amount = text.partition(":")
    if not colon:
        raise ValueError(f"--payment {_quoted(text)} is not DATE:AMOUNT, like 2026-01-05:200.00")
    return Movement(
        id=f"{number:06}", on=_date("--payment", day), amount=_amount("--payment", amount, currency), kind="payment"
    )


def _clause(text: str | None) -> be.Clause:
    if text is None:
        return None
    if text == "legal_maximum":
        return "legal_maximum"
    return be.DamagesClause(percent=_percent("--clause", text))


def _quoted(text: str) -> str:
    """What was typed, on one line and not endlessly."""
    return repr(text if len(text) <= 40 else text[:40] + "…")


def _check(asked: Question) -> None:
    """Refuse options that contradict each other."""
    if asked.as_of < asked.due:
        raise ValueError(f"--as-of {asked.as_of} is before --due {asked.due}: nothing is due on that day")
    if asked.costs_from is not None and asked.without_costs:
        raise ValueError("--costs-from and --no-costs contradict each other: give one of them")
    for option, day in (("--costs-from", asked.costs_from), ("--interest-from", asked.interest_from)):
        if day is not None and day <= asked.due:
            raise ValueError(f"{option} {day} is not after --due {asked.due}: on that day nothing is late")
    if not 1 <= asked.invoices <= _INVOICES_AT_MOST or asked.invoices > asked.principal.minor:
        raise ValueError(
            f"--invoices {asked.invoices}: give 1 to {_INVOICES_AT_MOST}, and no more than there are cents"
        )
    if asked.principal.currency != "EUR" and asked.costs_since is not None:
        raise ValueError(f"costs are known in EUR only: give --no-costs with --currency {asked.principal.currency}")
    if asked.law == "NL" and asked.clause is not None:
        raise ValueError("--clause belongs to the law of BE; under the law of NL the costs are those of the scale")
    if asked.law == "BE":
        if asked.vat:
            raise ValueError("--vat-on-costs belongs to the law of NL")
        if asked.compound:
            raise ValueError("--compound: under the law of BE interest is simple")
        if asked.clause == "legal_maximum" and not asked.consumer:
            raise ValueError("--clause legal_maximum is for consumers; between businesses give the percentage")


# Printing


def _json(asked: Question, result: Result) -> dict[str, object]:
    account = result.account
    return {
        "law": asked.law,
        "kind": asked.kind,
        "due": asked.due.isoformat(),
        "as_of": asked.as_of.isoformat(),
        "currency": asked.principal.currency,
        "principal": account.principal.text,
        "interest": account.interest.text,
        "costs": account.costs.text,
        "costs_if_letter_expired": None if result.if_expired is None else result.if_expired.amount.text,
        "total": account.total.text,
        "overpaid": account.overpaid.text,
        "periods": [
            {
                "from": each.first.isoformat(),
                "to": each.last.isoformat(),
                "rate": str(each.rate),
                "days": each.days,
                "base": each.base.text,
                "amount": each.amount.text,
            }
            for each in account.periods
        ],
        "booked": [
            {
                "on": each.on.isoformat(),
                "amount": moved(each).text,
                "costs": each.costs.text,
                "interest": each.interest.text,
                "principal": each.principal.text,
                "over": each.over.text,
            }
            for each in account.booked
        ],
        "costs_explained": [] if result.if_expired is None else list(result.if_expired.explanation),
        "remarks": list(result.remarks),
    }


def _print(asked: Question, result: Result) -> None:
    account = result.account
    out = console()
    out.print(
        tr(
            "{amount} {currency} of a {kind}, due {due}, on {day}, under the law of {law}",
            amount=shown(asked.principal.amount),
            currency=asked.principal.currency,
            kind=tr(asked.kind),
            due=day_text(asked.due),
            day=day_text(asked.as_of),
            law=asked.law,
        )
    )
    if account.periods:
        out.print()
        out.print(interest_table(account.periods))
    if account.booked:
        out.print()
        out.print(payments_table(account.booked))
    out.print()
    out.print(_sum_table(asked, result))
    for each in result.remarks:
        out.print(f"- {said_here(each)}")


def _sum_table(asked: Question, result: Result) -> Table:
    account = result.account
    table = new_table(tr("Owed on {day}", day=asked.as_of), "", "amount", "how", right=("amount",))
    explanation = "; ".join(map(said_here, result.if_expired.explanation)) if result.if_expired is not None else ""
    due = bool(result.costs.amount)
    table.add_row(
        tr("principal"), shown(account.principal.amount), tr("of {amount}", amount=shown(asked.principal.amount))
    )
    table.add_row(tr("interest"), shown(account.interest.amount), _interest_sentence(account))
    paid = result.costs.amount - account.costs
    less = "; " + tr("less {amount} paid", amount=shown(paid.amount)) if paid else ""
    table.add_row(tr("costs"), shown(account.costs.amount), explanation + less if due else "")
    table.add_row(tr("total"), shown(account.total.amount), "")
    if not due and result.if_expired is not None and result.if_expired.amount:
        would = shown(result.if_expired.amount.amount)
        table.add_row(tr("costs would be"), would, explanation)
    return table


def _interest_sentence(account: Account) -> str:
    if not account.periods:
        return ""
    days = (account.periods[-1].last - account.periods[0].first).days + 1
    run = sum((each.amount for each in account.periods), Money.zero(account.interest.currency))
    paid = run - account.interest
    sentence = trn("1 day", "{number} days", days)
    return (
        f"{sentence}, {shown(run.amount)} {tr('less {amount} paid', amount=shown(paid.amount))}" if paid else sentence
    )

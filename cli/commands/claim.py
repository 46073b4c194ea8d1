"""`maanwerk claim`: what is owed on one claim on one day, with the sums that lead to it."""

import re
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Annotated, Literal, TypeAlias

import typer
from rich.table import Table

from cli.claim_tables import interest_table, moved, payments_table
from cli.failing import refused
from cli.output import console, new_table, print_json
from domain.claims.account import Account, CostsDue, Movement, settle
from domain.law import be, check_supported, nl
from domain.law.allocation import Allocation
from domain.law.costs import Costs, no_costs, shown
from domain.law.dated import BeforeTable, DatedTable
from domain.law.interest import DayCount, InterestRule, agreed_rate
from domain.money import Money
from domain.views.explain import day_text

_DAY = timedelta(days=1)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_PERCENT = re.compile(r"[0-9]{1,4}(?:\.[0-9]{1,6})?")
_FIRST_YEAR, _LAST_YEAR = 1900, 2200
_INVOICES_AT_MOST = 10_000
# A letter of the day after the due date, handed over that day, with 14 days from the next day on.
_DAYS_TO_COSTS = 16

_Kind: TypeAlias = Literal["consumer", "business"]


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
        asked = _Asked(
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
        result = _worked_out(asked)
    except ValueError as error:
        # Also from the tables (a day before their first row) and from money (an amount that nobody owes).
        refused(f"maanwerk: {error}")
    if as_json:
        print_json(_json(asked, result))
        return
    _print(asked, result)


@dataclass(frozen=True, slots=True)
class _Asked:
    """The options, read."""

    law: str
    kind: _Kind
    principal: Money
    due: date
    as_of: date
    rate: DatedTable[Decimal] | None
    compound: bool
    interest_from: date | None
    day_count: DayCount
    costs_from: date | None
    without_costs: bool
    vat: bool
    clause: be.Clause
    invoices: int
    payments: tuple[Movement, ...]
    allocation: Allocation

    @property
    def consumer(self) -> bool:
        """Whether the rules that protect consumers apply."""
        return self.kind == "consumer"

    @property
    def first_interest_day(self) -> date:
        """The day asked for, or the day after the last day of payment."""
        return self.interest_from or self.due + _DAY

    @property
    def costs_since(self) -> date | None:
        """First day on which costs are due; None: they are not."""
        if self.without_costs:
            return None
        if self.costs_from is None and not self.consumer:
            return self.due + _DAY
        return self.costs_from

    def paid_by(self, day: date) -> tuple[Movement, ...]:
        """The payments credited up to a day."""
        return tuple(each for each in self.payments if each.on <= day)


@dataclass(frozen=True, slots=True)
class _Result:
    """The account, and the costs that it holds or would hold."""

    account: Account
    costs: Costs
    """As they were when they fell due; nothing when they are not due."""
    if_expired: Costs | None
    """As they are, or would be on what is open now; None: not known in this currency."""
    remarks: tuple[str, ...]


# Reading the options


def _kind(text: str) -> _Kind:
    return "consumer" if _one_of("--kind", text, ("consumer", "business")) == "consumer" else "business"


def _one_of(option: str, text: str, known: tuple[str, ...]) -> str:
    if text not in known:
        raise ValueError(f"{option} {_quoted(text)} is not one of {', '.join(str(each) for each in known)}")
    return text


def _date(option: str, text: str) -> date:
    if not _DATE.fullmatch(text):
        raise ValueError(f"{option} {_quoted(text)} is no day; write it like 2026-11-21")
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{option} {text} is a day that does not exist") from None
    if not _FIRST_YEAR <= day.year <= _LAST_YEAR:
        raise ValueError(f"{option} {text} is no day of a claim: give a year from {_FIRST_YEAR} to {_LAST_YEAR}")
    return day


def _amount(option: str, text: str, currency: str) -> Money:
    try:
        amount = Money.parse(text, currency)
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


def _check(asked: _Asked) -> None:
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


# Working it out


def _worked_out(asked: _Asked) -> _Result:
    return _belgian_consumer(asked) if asked.law == "BE" and asked.consumer else _ordinary(asked)


def _ordinary(asked: _Asked) -> _Result:
    """Interest from the day after the due date, costs from their day on."""
    rule = _rule(asked, asked.first_interest_day)
    since = asked.costs_since
    costs = no_costs(asked.principal.currency)
    remarks: list[str] = []
    due = since is not None and since <= asked.as_of
    if since is not None and due:
        costs = _costs_due(asked, rule, since)
    account = settle(
        asked.principal,
        asked.payments,
        asked.as_of,
        interest=rule,
        costs=None if since is None else CostsDue(since, costs.amount),
        allocation=asked.allocation,
    )
    if_expired = costs if due else _would_be(asked, account.principal)
    if since is None and asked.consumer and not asked.without_costs:
        remarks.append(
            "a consumer owes no collection costs before the term of a correct 14-day letter has run out "
            "(BW 6:96 lid 6); give --costs-from when it has"
        )
    elif since is not None and not due:
        remarks.append(f"costs are due from {since} on, not yet on {asked.as_of}")
    if asked.law == "NL" and asked.consumer and since is not None and since < asked.due + _DAYS_TO_COSTS * _DAY:
        remarks.append(
            f"no 14-day letter can have run out by then: it is sent after {asked.due}, so costs are due "
            f"from {asked.due + _DAYS_TO_COSTS * _DAY} at the earliest"
        )
    remarks.extend(costs.remarks)
    return _Result(account, costs, if_expired, (*remarks, *_general_remarks(asked, account, rule)))


def _costs_due(asked: _Asked, rule: InterestRule, since: date) -> Costs:
    """The costs as they fall due: on the principal that was open at the end of the day before."""
    before = since - _DAY
    if asked.consumer:
        paid = sum((each.amount for each in asked.paid_by(before)), Money.zero(asked.principal.currency))
        if paid >= asked.principal:
            # The letter asked for the principal: who paid that in time owes no costs, also when the law books
            # a part of it on interest.
            return no_costs(
                asked.principal.currency, "what the letter asked was paid before its term ran out: no costs are due"
            )
    open_ = settle(asked.principal, asked.payments, before, interest=rule, allocation=asked.allocation).principal
    costs = _costs_on(asked, open_, since)
    return no_costs(asked.principal.currency) if costs is None else costs


def _would_be(asked: _Asked, open_: Money) -> Costs | None:
    """What costs would be that day; None: not known in that currency, or the day is before the tables."""
    try:
        return _costs_on(asked, open_, asked.as_of)
    except BeforeTable:
        return None


def _costs_on(asked: _Asked, open_: Money, on: date) -> Costs | None:
    """The costs on an open principal; None: they are not known in its currency."""
    if open_.currency != "EUR":
        return None
    if asked.law == "BE":
        if asked.consumer:
            return be.consumer_damages(open_, asked.clause, on)
        return be.business_compensation(
            _shares(asked, open_), None if asked.clause == "legal_maximum" else asked.clause, on
        )
    return nl.collection_costs(_shares(asked, open_), business=not asked.consumer, on=on, vat=asked.vat)


def _shares(asked: _Asked, open_: Money) -> tuple[Money, ...]:
    """What is open, as that many invoices."""
    return open_.split([1] * asked.invoices)


def _belgian_consumer(asked: _Asked) -> _Result:
    """Nothing but the principal until the term of the first reminder has run out, and then only by a clause.

    What is paid inside the term pays principal, and bears no interest.
    """
    currency = asked.principal.currency
    since = asked.costs_since
    running = since is not None and since <= asked.as_of
    inside = settle(asked.principal, asked.payments, asked.as_of if since is None else min(since - _DAY, asked.as_of))
    remarks: list[str] = []
    costs = no_costs(currency)
    account = inside
    rule: InterestRule | None = None
    if since is not None and running:
        costs = _costs_on(asked, inside.principal, since) or costs
        remarks.extend(costs.remarks)
        # A clause that is refused is no clause.
        by_clause = asked.clause is not None and (bool(costs.amount) or not inside.principal)
        if by_clause:
            rule = _rule(asked, asked.interest_from or since)
            too_high = _above_ceiling(asked, rule)
            if too_high is not None:
                remarks.append(too_high)
                rule = None
        elif asked.clause is not None:
            remarks.append("nor is interest: a clause that is set aside gives none")
        later = tuple(each for each in asked.payments if each.on >= since)
        after = settle(
            inside.principal,
            later,
            asked.as_of,
            interest=rule,
            costs=CostsDue(since, costs.amount),
            allocation=asked.allocation,
        )
        account = replace(after, overpaid=inside.overpaid + after.overpaid, booked=(*inside.booked, *after.booked))
    else:
        remarks.append(
            "a Belgian consumer owes only the principal before the term of a free first reminder has run out "
            "(Book XIX WER); give --costs-from when it has"
            if since is None
            else f"the term of the first reminder runs until {since - _DAY}: nothing but the principal is due"
        )
    if_expired = costs if running else _would_be(asked, account.principal)
    if not running and if_expired is not None:
        remarks.extend(if_expired.remarks)
    return _Result(account, costs, if_expired, (*remarks, *_general_remarks(asked, account, rule)))


def _rule(asked: _Asked, since: date) -> InterestRule:
    if asked.law == "BE":
        return InterestRule(since, asked.rate or be.statutory_rates(True), compound=False, day_count=asked.day_count)
    if asked.rate is not None:
        return InterestRule(since, asked.rate, compound=asked.compound, day_count=asked.day_count)
    return InterestRule(since, nl.statutory_rates(not asked.consumer), day_count=asked.day_count)


def _above_ceiling(asked: _Asked, rule: InterestRule) -> str | None:
    """Why an agreed rate may not be asked of a Belgian consumer."""
    if asked.rate is None:
        return None
    ceiling = be.statutory_rates(True)
    days = (rule.since, *ceiling.changes(rule.since, asked.as_of))
    lowest = min(ceiling.at(day) for day in days)
    agreed = asked.rate.at(rule.since)
    if agreed <= lowest:
        return None
    return (
        f"the agreed rate of {agreed}% is above the legal maximum of {lowest}%: it is refused, and no interest is due"
    )


def _general_remarks(asked: _Asked, account: Account, rule: InterestRule | None) -> list[str]:
    remarks = list(account.remarks)
    late = [each for each in asked.payments if each.on > asked.as_of]
    if late:
        remarks.append(f"{len(late)} payment{'s' * (len(late) > 1)} after {asked.as_of} not counted")
    if rule is not None and asked.as_of < rule.since:
        remarks.append(f"interest runs from {rule.since} on")
    if asked.rate is not None and asked.law == "NL":
        agreed = asked.rate.at(asked.due)
        rates = nl.statutory_rates(not asked.consumer)
        statutory = rates.at(max(asked.first_interest_day, rates.rows[0].since))
        if asked.consumer:
            remarks.append("a judge tests the agreed rate of a consumer for fairness, and may set it aside")
        if agreed < statutory:
            remarks.append(
                f"the agreed rate of {agreed}% is below the statutory rate of {statutory}%: "
                "BW 6:119 lid 3 replaces that one by a higher rate only"
            )
    if account.booked and account.overpaid:
        remarks.append(f"{shown(account.overpaid.amount)} was paid too much; it is held, and no part of the total")
    if account.periods:
        remarks.append(
            "days are counted over the true length (365 or 366) of each year from the first interest day"
            if asked.day_count is DayCount.ANNIVERSARY_YEAR
            else "days are counted over 365, also in leap years"
        )
    if asked.principal.currency != "EUR":
        remarks.append("costs are known in EUR only")
    return remarks


# Printing


def _json(asked: _Asked, result: _Result) -> dict[str, object]:
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


def _print(asked: _Asked, result: _Result) -> None:
    account = result.account
    out = console()
    out.print(
        f"{shown(asked.principal.amount)} {asked.principal.currency} of a {asked.kind}, due {day_text(asked.due)}, "
        f"on {day_text(asked.as_of)}, under the law of {asked.law}"
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
        out.print(f"- {each}")


def _sum_table(asked: _Asked, result: _Result) -> Table:
    account = result.account
    table = new_table(f"Owed on {asked.as_of}", "", "amount", "how", right=("amount",))
    explanation = "; ".join(result.if_expired.explanation) if result.if_expired is not None else ""
    due = bool(result.costs.amount)
    table.add_row("principal", shown(account.principal.amount), f"of {shown(asked.principal.amount)}")
    table.add_row("interest", shown(account.interest.amount), _interest_sentence(account))
    paid = result.costs.amount - account.costs
    less = f"; less {shown(paid.amount)} paid" if paid else ""
    table.add_row("costs", shown(account.costs.amount), explanation + less if due else "")
    table.add_row("total", shown(account.total.amount), "")
    if not due and result.if_expired is not None and result.if_expired.amount:
        would = shown(result.if_expired.amount.amount)
        table.add_row("costs would be", would, explanation)
    return table


def _interest_sentence(account: Account) -> str:
    if not account.periods:
        return ""
    days = (account.periods[-1].last - account.periods[0].first).days + 1
    run = sum((each.amount for each in account.periods), Money.zero(account.interest.currency))
    paid = run - account.interest
    sentence = f"{days} day{'s' * (days > 1)}"
    return f"{sentence}, {shown(run.amount)} less {shown(paid.amount)} paid" if paid else sentence

"""The tables that explain a claim: its interest period by period, and what each payment paid."""

from collections.abc import Sequence

from rich.table import Table

from cli.output import new_table
from domain.claims.account import Booked
from domain.law.costs import shown
from domain.law.interest import Period
from domain.money import Money
from domain.views.explain import day_text

__all__ = ["interest_table", "moved", "payments_table"]


def interest_table(periods: Sequence[Period]) -> Table:
    """The interest, a row for each stretch of days with one base and one rate."""
    right = ("days", "rate", "base", "interest")
    table = new_table("Interest", "from", "to", *right, right=right)
    for each in periods:
        table.add_row(
            day_text(each.first),
            day_text(each.last),
            str(each.days),
            f"{each.rate}%",
            shown(each.base.amount),
            shown(each.amount.amount),
        )
    return table


def payments_table(booked: Sequence[Booked]) -> Table:
    """What each movement paid, in the order in which they counted."""
    right = ("amount", "costs", "interest", "principal", "held")
    table = new_table("Payments, and what they paid", "credited on", *right, right=right)
    for each in booked:
        amounts = (moved(each), each.costs, each.interest, each.principal, each.over)
        table.add_row(day_text(each.on), *(shown(amount.amount) if amount else "–" for amount in amounts))
    return table


def moved(booked: Booked) -> Money:
    """All that a movement moved; negative for a reversal."""
    return booked.costs + booked.interest + booked.principal + booked.over

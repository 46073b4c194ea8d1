"""Prints the claim of a case: what is owed on a day, how it was counted, which letters carry it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from rich.table import Table

from cli.claim_tables import interest_table, payments_table
from cli.output import console, new_table
from domain.claims.claim import Claim
from domain.law.costs import shown
from domain.money import Money
from domain.views.explain import day_text
from services.reports.case_claim import DEADLINES, ROLES, ClaimReport, NoticeLine

__all__ = ["show_claim"]


def show_claim(report: ClaimReport) -> None:
    """Print the claim; nothing where no law says what is owed beside the open amount."""
    if report.law is None:
        return
    out = console()
    claim = report.claim
    # Printed apart: the title of a narrow table is folded.
    out.print(
        f"\nClaim on {day_text(report.as_of)}, in {claim.open.currency}, under the law of {report.law}", style="bold"
    )
    out.print(_sums(claim))
    if claim.periods:
        out.print()
        out.print(interest_table(claim.periods))
    if claim.booked:
        out.print()
        out.print(payments_table(claim.booked))
    if report.notices:
        out.print()
        out.print(_letters(report.notices))
    if report.deadlines:
        table = new_table("\nDeadlines", "day", "what")
        for each in report.deadlines:
            table.add_row(day_text(date.fromisoformat(each.day)), DEADLINES[each.kind])
        out.print(table)
    for remark in report.remarks:
        out.print(f"- {remark}")


def _sums(claim: Claim) -> Table:
    table = new_table("", "", "amount", "how", right=("amount",))
    table.title = None
    days = sum(each.days for each in claim.periods)
    table.add_row("open", shown(claim.open.amount), "")
    table.add_row("interest", shown(claim.interest.amount), f"{days} day{'s' * (days != 1)}" if days else "")
    paid = sum((each.costs for each in claim.booked), Money.zero(claim.open.currency))
    less = (f"less {shown(paid.amount)} paid",) if paid else ()
    table.add_row("costs", shown(claim.costs.amount), "; ".join((*claim.costs_explained, *less)))
    table.add_row("total", shown(claim.total.amount), "")
    if claim.overpaid:
        table.add_row("paid too much", shown(claim.overpaid.amount), "held, and no part of the total")
    return table


def _letters(notices: Sequence[NoticeLine]) -> Table:
    table = new_table("Notices", "step", "what", "sent", "received", "last day", "usable from", "stands")
    for each in notices:
        name = each.step if each.issue == 1 else f"{each.step} {each.issue}"
        table.add_row(
            name,
            ROLES[each.role],
            _day(each.sent_on),
            _received(each),
            _day(each.last_day),
            _day(each.usable_from),
            f"void: {each.void}" if each.void else "in force" if each.in_force else "",
        )
    return table


def _received(notice: NoticeLine) -> str:
    if notice.received == "unknown":
        return "not known whether it was sent"
    return f"{_day(notice.received_on)} {notice.received}" if notice.received_on else "counts from sending"


def _day(text: str | None) -> str:
    return "" if text is None else day_text(date.fromisoformat(text))

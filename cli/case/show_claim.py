"""Prints the claim of a case: what is owed on a day, how it was counted, which letters carry it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from rich.table import Table

from cli.claim_tables import interest_table, payments_table
from cli.output import console, new_table, said_here
from domain.claims.claim import Claim
from domain.law.costs import shown
from domain.money import Money
from domain.views.explain import day_text
from services.reports.case_claim import DEADLINES, ROLES, ClaimReport, NoticeLine
from speech.words import tr, trn

__all__ = ["show_claim"]


def show_claim(report: ClaimReport) -> None:
    """Print the claim; nothing where no law says what is owed beside the open amount."""
    if report.law is None:
        return
    out = console()
    claim = report.claim
    # Printed apart: the title of a narrow table is folded.
    out.print(
        "\n"
        + tr(
            "Claim on {day}, in {currency}, under the law of {law}",
            day=day_text(report.as_of),
            currency=claim.open.currency,
            law=report.law,
        ),
        style="bold",
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
        table = new_table("\n" + tr("Deadlines"), "day", "what")
        for each in report.deadlines:
            table.add_row(day_text(date.fromisoformat(each.day)), tr(DEADLINES[each.kind]))
        out.print(table)
    for remark in report.remarks:
        out.print(f"- {said_here(remark)}")


def _sums(claim: Claim) -> Table:
    table = new_table("", "", "amount", "how", right=("amount",))
    table.title = None
    days = sum(each.days for each in claim.periods)
    table.add_row(tr("open"), shown(claim.open.amount), "")
    table.add_row(tr("interest"), shown(claim.interest.amount), trn("1 day", "{number} days", days) if days else "")
    paid = sum((each.costs for each in claim.booked), Money.zero(claim.open.currency))
    less = (tr("less {amount} paid", amount=shown(paid.amount)),) if paid else ()
    table.add_row(tr("costs"), shown(claim.costs.amount), "; ".join((*map(said_here, claim.costs_explained), *less)))
    table.add_row(tr("total"), shown(claim.total.amount), "")
    if claim.overpaid:
        table.add_row(tr("paid too much"), shown(claim.overpaid.amount), tr("held, and no part of the total"))
    return table


def _letters(notices: Sequence[NoticeLine]) -> Table:
    table = new_table("Notices", "step", "what", "sent", "received", "last day", "usable from", "stands")
    for each in notices:
        name = each.step if each.issue == 1 else f"{each.step} {each.issue}"
        table.add_row(
            name,
            tr(ROLES[each.role]),
            _day(each.sent_on),
            _received(each),
            _day(each.last_day),
            _day(each.usable_from),
            tr("void: {why}", why=tr(each.void)) if each.void else tr("in force") if each.in_force else "",
        )
    return table


def _received(notice: NoticeLine) -> str:
    if notice.received == "unknown":
        return tr("not known whether it was sent")
    return f"{_day(notice.received_on)} {tr(notice.received)}" if notice.received_on else tr("counts from sending")


def _day(text: str | None) -> str:
    return "" if text is None else day_text(date.fromisoformat(text))

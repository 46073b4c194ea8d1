"""Behind `maanwerk figures`: prints the figures of today."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal

from cli.case.actions import opened_case_file
from cli.failing import refused
from cli.output import console, new_table, print_json
from domain.money import Money
from domain.views.explain import day_text
from services.figures.figures import Amounts, Kept
from services.figures.of_creditors import NoSuchCreditor, figures_in
from services.today.day import office_day
from services.today.words import amount_text, kind_text, number_text
from speech.words import tr

__all__ = ["show_figures"]


def show_figures(creditors: Sequence[str], as_json: bool) -> None:
    """Print them, of these creditors or of all."""
    with opened_case_file() as file:
        try:
            found = figures_in(file, office_day(datetime.now(UTC)), creditors)
        except NoSuchCreditor as problem:
            refused(str(problem))
    if as_json:
        print_json(found.model_dump(mode="json"))
        return
    out = console()
    out.print(tr("Figures of {day}", day=day_text(found.on)), style="bold")
    for ageing in found.ageing:
        _amounts(tr("Open by days late, {currency}", currency=ageing.currency), "days late", ageing.buckets)
    for dso in found.dso:
        days = tr("not known") if dso.days is None else tr("{number} days", number=number_text(dso.days))
        out.print(tr("DSO by countback, {currency}: {days}", currency=dso.currency, days=days))
    for each in found.cei:
        out.print(
            tr(
                "Collection effectiveness (CEI), {currency}, {since} to {until}: {percent}",
                currency=each.currency,
                since=each.since,
                until=each.until,
                percent=_percent(each.percent),
            )
        )
    for kept in found.kept:
        out.print(tr("Promises kept in twelve weeks, {currency}: {kept}", currency=kept.currency, kept=_kept(kept)))
    if found.hits:
        table = new_table(
            "Paid within seven days after a step", "step", "taken", "hits", "rate", right=("taken", "hits", "rate")
        )
        for hit in found.hits:
            table.add_row(kind_text(hit.step), str(hit.number), str(hit.hits), _percent(hit.percent))
        out.print(table)
    _amounts(tr("Money by stage"), "stage", found.by_stage)
    _amounts(tr("Money by hold"), "hold", found.by_hold)
    table = new_table(
        "By week",
        "week of",
        "DSO",
        "CEI",
        "promises kept",
        "hit rate",
        "on hold",
        right=("DSO", "CEI", "promises kept", "hit rate", "on hold"),
    )
    for week in found.weeks:
        dso_text = ", ".join("-" if each.days is None else number_text(each.days) for each in week.dso)
        kept_text = ", ".join(_percent(each.percent) for each in week.kept)
        cei_text = ", ".join(_percent(each.percent) for each in week.cei)
        rate = _percent(week.percent) if week.actions else ""
        held = _sum_text(week.by_hold) if week.by_stage else ""
        table.add_row(week.monday.isoformat(), dso_text, cei_text, kept_text, rate, held)
    out.print(table)


def _amounts(title: str, column: str, rows: Sequence[Amounts]) -> None:
    if not rows:
        return
    table = new_table("", column, "cases", "open", right=("cases", "open"))
    table.title = title
    for each in rows:
        table.add_row(kind_text(each.kind), str(each.number), amount_text(each.open))
    console().print(table)


def _sum_text(rows: Sequence[Amounts]) -> str:
    """What stands under any hold, by currency; a case under two holds counts with both."""
    sums: dict[str, Money] = {}
    for each in rows:
        sums[each.open.currency] = sums.get(each.open.currency, Money.zero(each.open.currency)) + each.open
    return ", ".join(map(amount_text, sums.values()))


def _percent(share: Decimal | None) -> str:
    return tr("not known") if share is None else f"{share} %"


def _kept(kept: Kept) -> str:
    return tr(
        "{percent} of {amount} ({kept} of {number})",
        percent=_percent(kept.percent),
        amount=amount_text(kept.amount),
        kept=kept.kept,
        number=kept.number,
    )

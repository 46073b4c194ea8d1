"""The figures by week: CEI of the thirty days until each week's end, and where the money stood by stage and hold."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

from activities.advancing import Advancing
from activities.contracts import AdvanceRequest
from casefile.case_file import CaseFile
from casefile.session import reading
from casefile.standings import keep_standing
from domain.opening import open_case
from services.figures.figures import Figures, figures_of
from tests.casefile.builders import CREDITOR, DEBTOR, opened, reminders
from tests.domain.builders import invoice

CASE = "case:devaart:F-1"


def book(tmp_path: Path) -> CaseFile:
    """1,000.00 of 1 March due on the 31st; 400.00 of it was paid on 10 April, and nothing else ever happened."""
    file = opened(tmp_path / "f.sqlite3")
    at = datetime(2026, 3, 1, 9, tzinfo=UTC)
    with file.write() as transaction:
        transaction.parties.save_creditor(CREDITOR)
        transaction.parties.save_debtor(CREDITOR.id, DEBTOR)
        transaction.parties.save_policy(reminders())
        own = invoice(number="F-1", amount="1000.00", invoice_date="2026-03-01", due="2026-03-31")
        transaction.cases.open(CASE, CREDITOR.id, open_case(own, reminders(), at), at)
        raw = b'{"id": "p", "amount": "400.00", "credited_on": "2026-04-10"}'
        transaction.inbox.accept(CASE, "p", "payment_received", raw, datetime(2026, 4, 10, 9, tzinfo=UTC))
    advance(file, datetime(2026, 4, 10, 9, tzinfo=UTC))
    return file


def advance(file: CaseFile, at: datetime) -> None:
    Advancing(file, "all").advance(AdvanceRequest(case_id=CASE, at=at))


def figures(file: CaseFile, on: date) -> Figures:
    with reading(file.database) as session:
        return figures_of(session, on)


def test_cei_is_told_by_week_of_the_thirty_days_until_its_end(tmp_path: Path) -> None:
    found = figures(book(tmp_path), date(2026, 4, 24))
    by_monday = {week.monday: week.cei for week in found.weeks}
    # The week of 6 April ends on the 12th: opening (13 March) 1,000, closing 600, of which nothing is not late:
    # (1,000 - 600) / (1,000 - 0) = 40 %.
    (one,) = by_monday[date(2026, 4, 6)]
    assert (one.since, one.until, one.percent) == (date(2026, 3, 13), date(2026, 4, 12), Decimal("40.0"))
    # That of 23 March ends on the 29th, before the due date: nothing could be collected.
    (before,) = by_monday[date(2026, 3, 23)]
    assert before.percent is None
    # The last week ends today, and its figure is the one that stands for now.
    assert found.weeks[-1].cei == found.cei
    assert found.cei[0].until == date(2026, 4, 24)


def test_money_by_stage_and_hold_stands_as_it_was_kept_on_the_last_day_of_the_week(tmp_path: Path) -> None:
    file = book(tmp_path)
    assert keep_standing(file, date(2026, 4, 13))
    with file.write(CASE) as transaction:
        transaction.inbox.accept(CASE, "h", "pause_case", b'{"reason": "x"}', datetime(2026, 4, 15, 9, tzinfo=UTC))
    advance(file, datetime(2026, 4, 15, 9, tzinfo=UTC))
    assert keep_standing(file, date(2026, 4, 15))
    assert not keep_standing(file, date(2026, 4, 15)), "once a day"
    weeks = {week.monday: week for week in figures(file, date(2026, 4, 24)).weeks}
    kept = weeks[date(2026, 4, 13)]
    assert [(each.kind, str(each.open)) for each in kept.by_hold] == [("pause", "600.00 EUR")]
    assert sum(each.number for each in kept.by_stage) == 1
    assert weeks[date(2026, 4, 6)].by_stage == (), "of a week in which nobody kept it nothing is known"
    now = figures(file, date(2026, 4, 24))
    assert now.weeks[-1].by_stage == now.by_stage and now.weeks[-1].by_hold == now.by_hold

"""Figures of some creditors: who sees these alone reads what is told to all who ask for these; by week, too."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from activities.advancing import Advancing
from activities.contracts import AdvanceRequest
from casefile.case_file import CaseFile
from casefile.narrowed import narrowed
from casefile.standings import keep_standing
from domain.opening import open_case
from services.figures.figures import Figures, Week
from services.figures.of_creditors import NoSuchCreditor, figures_in
from tests.casefile.builders import CREDITOR, DEBTOR, opened, reminders
from tests.conftest import DATABASES
from tests.domain.builders import invoice

pytestmark = [pytest.mark.usefixtures("kept_in"), pytest.mark.parametrize("kept_in", DATABASES, indirect=True)]
ON = date(2026, 4, 24)
WEEK = date(2026, 4, 13)


def tell(file: CaseFile, case: str, name: str, raw: bytes, at: datetime) -> None:
    with file.write(case) as transaction:
        transaction.inbox.accept(case, f"{name} {at}", name, raw, at)
    Advancing(file, "all").advance(AdvanceRequest(case_id=case, at=at))


def two_creditors(tmp_path: Path) -> CaseFile:
    """1,000.00 owed to De Vaart, paid in full on 14 April; 250.00 owed to Papierhuis, held from that day on.

    Where the money stood was kept on Monday the 13th and on Wednesday the 15th.
    """
    file = opened(tmp_path / "f.sqlite3")
    at = datetime(2026, 3, 1, 9, tzinfo=UTC)
    with file.write() as transaction:
        transaction.parties.save_policy(reminders())
        for creditor, number, amount in (("devaart", "F-1", "1000.00"), ("papierhuis", "P-1", "250.00")):
            transaction.parties.save_creditor(CREDITOR.model_copy(update={"id": creditor}))
            transaction.parties.save_debtor(creditor, DEBTOR)
            own = invoice(number=number, amount=amount, invoice_date="2026-03-01", due="2026-03-31")
            transaction.cases.open(f"case:{creditor}:{number}", creditor, open_case(own, reminders(), at), at)
    assert keep_standing(file, WEEK)
    on = datetime(2026, 4, 14, 9, tzinfo=UTC)
    paid = b'{"id": "p", "amount": "1000.00", "credited_on": "2026-04-14"}'
    tell(file, "case:devaart:F-1", "payment_received", paid, on)
    tell(file, "case:papierhuis:P-1", "pause_case", b'{"reason": "x"}', on)
    assert keep_standing(file, date(2026, 4, 15))
    return file


def week_of(found: Figures) -> Week:
    return next(each for each in found.weeks if each.monday == WEEK)


def test_who_sees_some_creditors_reads_what_is_told_to_all_who_ask_for_these(tmp_path: Path) -> None:
    file = two_creditors(tmp_path)
    for creditor in ("devaart", "papierhuis"):
        own = figures_in(narrowed(file, frozenset((creditor,))), ON)
        assert (
            own
            == figures_in(file, ON, [creditor])
            == figures_in(narrowed(file, frozenset((creditor,))), ON, [creditor])
        )
    assert figures_in(narrowed(file, frozenset(("devaart", "papierhuis"))), ON) == figures_in(file, ON)

    his = week_of(figures_in(file, ON, ["papierhuis"]))
    assert [(each.number, str(each.open)) for each in his.by_stage] == [(1, "250.00 EUR")]
    assert [(each.kind, str(each.open)) for each in his.by_hold] == [("pause", "250.00 EUR")]
    # On Wednesday nothing was open at De Vaart any more: what stood on Monday is not told of that week.
    paid = week_of(figures_in(file, ON, ["devaart"]))
    assert paid.by_stage == paid.by_hold == ()
    assert week_of(figures_in(file, ON)).by_stage == his.by_stage


def test_a_creditor_who_is_not_there_for_who_asks_is_named(tmp_path: Path) -> None:
    file = two_creditors(tmp_path)
    with pytest.raises(NoSuchCreditor, match=r"'mollenhof'.*devaart, papierhuis"):
        figures_in(file, ON, ["mollenhof"])
    with pytest.raises(NoSuchCreditor, match=r"there are: devaart$"):
        figures_in(narrowed(file, frozenset(("devaart",))), ON, ["papierhuis"])

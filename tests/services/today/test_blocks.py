"""Each block of the morning screen shows what a small world was made of, and why."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import event

from casefile.channel_stops import stop_channel
from casefile.planned_sends import keep_plan
from casefile.session import reading
from domain import facts as f
from domain.money import Money
from services.calling.queue import chance_of
from services.figures.figures import figures_of
from services.today.day import OFFICE
from services.today.morning import morning_in, morning_of
from services.today.page import CaseRow, Morning, Reason
from services.today.stopping import CannotStop, resume, stop
from services.today.words import reasons_text
from tests.casefile.builders import CREDITOR
from tests.domain.builders import eur, local
from tests.services.today.world import NOW, TODAY, World

BOTH = pytest.mark.parametrize("kept_in", ["sqlite", "postgresql"], indirect=True)


@pytest.fixture
def world(tmp_path: Path, kept_in: str) -> World:
    """The same world in both databases."""
    return World(tmp_path)


def numbers(rows: tuple[CaseRow, ...]) -> list[str]:
    return [row.number for row in rows]


def morning(world: World) -> Morning:
    return morning_of(world.file, NOW)


# 1 May we send ---------------------------------------------------------------------------------------------


def test_we_may_send_when_nothing_stands_in_the_way(world: World) -> None:
    block = morning(world).may_send
    assert (block.answer, block.but, block.stop, block.tables_past) == ("yes", 0, None, ())
    ((account,),) = (block.accounts,)
    assert (account.iban, account.covered_until, account.missing) == (CREDITOR.iban, None, None)


@BOTH
def test_a_bank_that_does_not_cover_yesterday_says_what_waits_for_it(world: World) -> None:
    world.case("F-1", due="2026-05-08")
    with world.file.write() as transaction:
        transaction.parties.set_bank_coverage(CREDITOR.id, date(2026, 5, 11))
    world.decide(local("2026-05-13", "12:30"))
    block = morning(world).may_send
    ((account,),) = (block.accounts,)
    assert (account.covered_until, account.missing) == (date(2026, 5, 11), date(2026, 5, 12))
    assert (account.waiting.number, account.waiting.amounts) == (1, (eur("1000.00"),))
    assert (block.answer, block.but) == ("yes_but", 1)


def test_a_channel_that_stands_still_is_told_with_its_reason(world: World) -> None:
    with world.file.write() as transaction:
        stop_channel(transaction.session, "email", "receivers refuse our sender", "e1", NOW, NOW)
    block = morning(world).may_send
    assert block.answer == "yes_but"
    assert [(each.code, each.word) for each in block.channels_stopped] == [("email", "receivers refuse our sender")]


def test_a_stop_says_who_when_and_why_and_leaves_the_rows_where_they_are(world: World) -> None:
    world.case("F-1", due="2026-05-08")
    world.decide()
    stop(world.file, "price list is wrong", None, "hendrik", NOW, "s1")
    screen = morning(world)
    assert screen.may_send.answer == "no" and screen.may_send.stop is not None
    placed = screen.may_send.stop
    assert (placed.actor, placed.reason, placed.until) == ("hendrik", "price list is wrong", date(2026, 5, 14))
    assert screen.going_out.number == 1, "what no worker has put off yet"
    assert resume(world.file, "hendrik", NOW)
    assert morning(world).may_send.answer == "yes"


@pytest.mark.parametrize("until", [TODAY, TODAY - timedelta(days=1), TODAY + timedelta(days=32)])
def test_a_stop_ends_within_a_month(world: World, until: date) -> None:
    with pytest.raises(CannotStop, match="give one from 2026-05-14 to 2026-06-13"):
        stop(world.file, "why", until, "hendrik", NOW, "s1")
    with pytest.raises(CannotStop, match="say why"):
        stop(world.file, "  ", None, "hendrik", NOW, "s1")


# 2 Money overnight -----------------------------------------------------------------------------------------


@BOTH
def test_money_since_the_last_banking_day_is_told_by_kind(world: World) -> None:
    first, second = world.case("F-1", due="2026-05-08"), world.case("F-2", due="2026-05-08", debtor="loef")
    world.paid(first, "300.00", on="2026-05-12", known="2026-05-13")
    world.paid(second, "605.00", on="2026-05-08", known="2026-05-11")
    back = f.PaymentReversed(
        id="r1", at=NOW, on=TODAY, of="p1", amount=eur("605.00"), credited_on=date(2026, 5, 12), reason="refused"
    )
    world.happened(second, back)
    block = morning(world).money
    assert block.since == date(2026, 5, 12)
    sums = {each.kind: (each.number, each.amounts) for each in block.sums}
    assert sums["matched"] == (1, (eur("300.00"),)), "what came on Monday is no news"
    assert sums["reversed"] == (1, (-eur("605.00"),))
    assert [(row.number, row.debtor) for row in block.reversed] == [("F-2", "Loef")]


# 3 Going out -----------------------------------------------------------------------------------------------


@BOTH
def test_what_leaves_today_is_counted_by_step_and_what_is_large_is_looked_at_first(world: World) -> None:
    world.case("F-1", due="2026-05-08", amount="200.00")
    world.case("F-2", due="2026-05-08", amount="10000.00", debtor="peeters")
    world.case("F-3", due="2026-05-08", amount="9999.99", debtor="loef")
    world.case("F-4", due="2026-05-20", debtor="later")
    formal = world.case("F-5", due="2026-04-20", amount="50.00", debtor="claes")
    world.taken(formal, "reminder", "2026-04-25")
    world.taken(formal, "call", "2026-04-30", step_kind="task", channels=("task",))
    world.decide()
    block = morning(world).going_out
    assert (block.number, block.amounts) == (4, (eur("20249.99"),))
    assert [(each.kind, each.number, each.amounts) for each in block.steps] == [
        ("reminder", 3, (eur("20199.99"),)),
        ("notice", 1, (eur("50.00"),)),
    ]
    assert [(row.number, row.why[0].code, row.veto_until) for row in block.first] == [
        ("F-2", "large", date(2026, 5, 14)),
        ("F-5", "first_formal", date(2026, 5, 14)),
    ]


def test_a_vetoed_row_is_gone_and_comes_back_the_next_day(world: World) -> None:
    case = world.case("F-1", due="2026-05-08", amount="20000.00")
    world.decide()
    (row,) = morning(world).going_out.first
    hold = f.HoldPlaced(id="h1", at=NOW, on=TODAY, hold=f.HoldKind.PAUSE, until=row.veto_until, actor="marieke")
    world.happened(case, hold)
    world.decide()
    assert morning(world).going_out.number == 0
    later = local("2026-05-14", "08:30")
    world.decide(later)
    assert numbers(morning_of(world.file, later).going_out.first) == ["F-1"]


@BOTH
def test_what_moved_since_yesterday_is_told_with_why(world: World) -> None:
    yesterday = local("2026-05-12", "00:01")
    paid, held, stays = (world.case(f"F-{n}", due="2026-05-08", debtor=f"d{n}") for n in (1, 2, 3))
    world.decide(yesterday)
    assert keep_plan(world.file, date(2026, 5, 12), OFFICE) == 3
    assert keep_plan(world.file, date(2026, 5, 12), OFFICE) is None, "once a day"
    world.paid(paid, "1000.00", on="2026-05-12")
    pause = f.HoldPlaced(id="h1", at=yesterday, on=date(2026, 5, 12), hold=f.HoldKind.PAUSE, until=date(2026, 5, 20))
    world.happened(held, pause)
    world.case("F-4", due="2026-05-07", debtor="d4")
    world.decide()
    moved = morning(world).going_out.moved
    assert (moved.since, moved.came, moved.gone, moved.moved) == (date(2026, 5, 12), 1, 1, 1)
    assert [(row.number, row.why[0].code) for row in moved.rows] == [
        ("F-1", "closed"),
        ("F-2", "pause"),
        ("F-4", "came_due"),
    ]
    assert numbers(moved.rows).count("F-3") == 0 and stays


# 4 Needs me, 5 dates ---------------------------------------------------------------------------------------


@BOTH
def test_what_waits_for_a_person_comes_oldest_first_without_calls_and_deadlines(world: World) -> None:
    case = world.case("F-1", due="2026-05-20")
    for kind, on in (("answer_dispute", "2026-05-04"), ("fix_contact", "2026-04-30"), ("call", "2026-04-01")):
        raised = f.TaskRaised(id=f"t:{kind}", at=local(on, "09:00"), on=date.fromisoformat(on), task=kind)
        world.happened(case, raised)
    late = f.TaskRaised(id="t:late", at=local("2026-05-06", "09:00"), on=date(2026, 5, 6), task="dispute_late")
    soon = f.TaskRaised(id="t:soon", at=local("2026-05-06", "09:00"), on=date(2026, 5, 6), task="limitation_in_7_days")
    world.happened(case, late, soon)
    world.promised(case, "b1", "250.00", by="2026-05-11")
    world.decide(local("2026-05-11", "08:00"))
    block = morning(world).needs_me
    assert [(row.kind, row.since, row.late) for row in block.rows] == [
        ("fix_contact", date(2026, 4, 30), False),
        ("answer_dispute", date(2026, 5, 4), False),
        ("dispute_late", date(2026, 5, 6), True),
        ("promise_due", date(2026, 5, 11), True),
    ]
    assert (block.number, block.late) == (4, 2)
    assert block.rows[3].why == (Reason(code="promise_due", day=date(2026, 5, 11), amount=eur("250.00")),)


def test_the_last_day_of_a_term_is_shown_a_week_ahead(world: World) -> None:
    case = world.case("F-1", due="2026-04-10")
    world.taken(case, "notice", "2026-05-05", term_days=14, legal=None)
    world.decide()
    # A plain policy: the term runs from the day it was sent, 5 May + 14 days.
    (row,) = morning(world).dates.rows
    assert (row.kind, row.day, row.days_left, row.number) == ("term_end", date(2026, 5, 19), 6, "F-1")
    early = morning_of(world.file, local("2026-05-11", "08:30")).dates
    assert early.rows == (), "not earlier"


def test_cases_that_no_worker_has_seen_are_counted_where_their_days_are_missing(world: World) -> None:
    world.case("F-1", due="2026-05-08")
    assert morning(world).dates.unknown == 1
    world.decide()
    assert morning(world).dates.unknown == 0


# 6 Calls ---------------------------------------------------------------------------------------------------


@BOTH
def test_calls_are_ranked_by_open_chance_and_days(world: World) -> None:
    for number, debtor, amount, due in (
        ("F-1", "keeps", "1000.00", "2026-05-03"),
        ("F-2", "breaks", "1000.00", "2026-05-03"),
        ("F-3", "unknown", "1000.00", "2026-04-13"),
    ):
        case = world.case(number, due=due, amount=amount, debtor=debtor)
        on = date(2026, 5, 13)
        world.happened(case, f.TaskRaised(id="t:call", at=NOW, on=on, task="call", step="call"))
        for own in ("b1", "b2"):
            if debtor != "unknown":
                outcome = "kept" if debtor == "keeps" else "broken"
                world.promised(case, own, "10.00", by="2026-05-01", outcome=outcome)
    said = f.CallLogged(id="c1", at=NOW, on=TODAY, outcome="will pay on Friday", note="he waits for his own customer")
    world.happened(world_case(world, "F-1"), said)
    rows = morning(world).calls.rows
    # F-3: 1000 × 1/2 × 30 days = 15,000; F-1: 1000 × 3/4 × 10 = 7,500; F-2: 1000 × 1/4 × 10 = 2,500.
    assert [(row.number, row.rank, row.chance) for row in rows] == [
        ("F-3", Decimal("15000.00"), Decimal("0.50")),
        ("F-1", Decimal("7500.00"), Decimal("0.75")),
        ("F-2", Decimal("2500.00"), Decimal("0.25")),
    ]
    assert (rows[1].phone, rows[1].contact) == ("+31612345678", "Els Keeps")
    assert (rows[1].said, rows[1].said_on) == ("he waits for his own customer", TODAY)
    assert "2 of 2 promises kept" in reasons_text(rows[1].why)


@BOTH
def test_a_debtor_is_called_once_for_all_his_invoices(world: World) -> None:
    for number, amount, due in (("F-1", "100.00", "2026-05-03"), ("F-2", "300.00", "2026-05-08")):
        case = world.case(number, due=due, amount=amount, debtor="bakker")
        world.happened(case, f.TaskRaised(id="t:call", at=NOW, on=TODAY, task="call", step="call"))
    (row,) = morning(world).calls.rows
    # 100 × 10 days + 300 × 5 days, × 1/2; the second weighs more, the first is the oldest.
    assert (row.rank, row.open.text, row.number, row.days_late) == (Decimal("1250.00"), "400.00", "F-2", 10)
    assert len(row.cases) == 2 and row.cases[0] == row.case and morning(world).calls.number == 1


@BOTH
def test_each_currency_is_ranked_by_itself_and_they_take_turns(world: World) -> None:
    """A yen is no cent: nothing says which of two debtors in two currencies is to be called first."""
    for number, amount, currency in (
        ("E-1", "900.00", "EUR"), ("E-2", "800.00", "EUR"), ("E-3", "700.00", "EUR"), ("E-4", "600.00", "EUR"),
        ("Y-1", "990000", "JPY"), ("Y-2", "980000", "JPY"),
    ):  # fmt: skip
        case = world.case(number, due="2026-05-03", amount=amount, debtor=number, currency=currency)
        world.happened(case, f.TaskRaised(id="t:call", at=NOW, on=TODAY, task="call", step="call"))
    rows = morning(world).calls.rows
    assert [row.number for row in rows] == ["E-1", "Y-1", "E-2", "E-3", "Y-2", "E-4"]
    assert rows[1].rank == Decimal("4950000.00") and rows[1].open.currency == "JPY"


@BOTH
def test_who_is_called_again_later_is_counted_and_not_shown(world: World) -> None:
    case = world.case("F-1", due="2026-05-03", debtor="bakker")
    world.happened(
        case,
        f.TaskRaised(id="t:call", at=NOW, on=TODAY, task="call", step="call"),
        f.CallLogged(id="c", at=NOW, on=TODAY, outcome="no answer", again_on=TODAY, again_at="10:00"),
    )
    assert (morning(world).calls.number, morning(world).calls.later) == (0, 1)
    with reading(world.file.database) as session:
        later = morning_in(session, NOW + timedelta(hours=2)).calls
    assert ([row.again for row in later.rows], later.later) == ([f"{TODAY} 10:00"], 0)


def world_case(world: World, number: str) -> str:
    with world.file.read() as transaction:
        (found,) = transaction.cases.find(number)
    return found


def test_the_chance_follows_the_rule_of_succession() -> None:
    assert (chance_of(0, 0), chance_of(3, 3), chance_of(0, 2)) == (Decimal("0.5"), Decimal("0.8"), Decimal("0.25"))


# 7 Stuck money, 8 figures ----------------------------------------------------------------------------------


@BOTH
def test_stuck_money_is_told_per_hold_and_no_case_is_without_a_next_date(world: World) -> None:
    paused = world.case("F-1", due="2026-04-08", amount="100.00")
    both = world.case("F-2", due="2026-03-01", amount="40.00", debtor="loef")
    hold = f.HoldPlaced(id="h1", at=NOW, on=TODAY, hold=f.HoldKind.PAUSE, until=date(2026, 5, 20))
    other = f.HoldPlaced(id="h2", at=NOW, on=TODAY, hold=f.HoldKind.PAYMENT_PENDING, until=date(2026, 5, 18))
    world.happened(paused, hold)
    world.happened(both, hold, other)
    world.decide()
    block = morning(world).stuck
    assert [(each.kind, each.number, each.open, each.oldest_due) for each in block.holds] == [
        ("pause", 2, eur("140.00"), date(2026, 3, 1)),
        ("payment_pending", 1, eur("40.00"), date(2026, 3, 1)),
    ]
    assert (block.without_next_date, block.rows) == (0, ())


@BOTH
def test_figures_of_the_screen_are_those_of_the_figures(world: World) -> None:
    # Invoiced 1,000 on 15 March and 500 on 20 April; 300 of the first came on 1 May. Open: 1,200 on 13 May.
    first = world.case("F-1", due="2026-04-14", amount="1000.00", invoiced="2026-03-15")
    world.case("F-2", due="2026-05-20", amount="500.00", invoiced="2026-04-20", debtor="loef")
    world.paid(first, "300.00", on="2026-05-01")
    world.promised(first, "b1", "200.00", by="2026-05-15")
    world.decide()
    world.promised(first, "b2", "60.00", by="2026-05-01", outcome="kept", on="2026-05-04")
    world.promised(first, "b3", "40.00", by="2026-05-01", outcome="broken", on="2026-05-05")
    block = morning(world).figures
    (ageing,) = block.ageing
    assert {each.kind: each.open for each in ageing.buckets} == {
        "not_due": eur("500.00"),
        "1-30": eur("700.00"),
        "31-60": eur("0.00"),
        "61-90": eur("0.00"),
        "over_90": eur("0.00"),
    }
    assert (ageing.overdue, ageing.total) == (eur("700.00"), eur("1200.00"))
    assert (block.promised_this_week, block.promised_number) == ((eur("200.00"),), 1)
    # Countback: May 0 in 13 days; April 500 in 30 days, 700 left; of March 700 / 1000 of 31 days = 21.7: 64.7 days.
    assert [(each.currency, each.days) for each in block.dso] == [("EUR", Decimal("64.7"))]
    ((kept,),) = (block.kept,)
    assert (kept.number, kept.kept, kept.percent) == (2, 1, Decimal("60.0"))
    with reading(world.file.database) as session:
        figures = figures_of(session, TODAY)
    assert (figures.ageing, figures.dso, figures.kept) == (block.ageing, block.dso, block.kept)
    # CEI from 13 April: open 1,000, invoiced 500, open now 1,200 of which 500 not late: 300 / 1,000.
    assert [each.percent for each in figures.cei] == [Decimal("30.0")]
    assert figures.weeks[-1].monday == date(2026, 5, 11) and len(figures.weeks) == 12


def test_currencies_are_never_added_up(world: World) -> None:
    world.case("F-1", due="2026-05-08", amount="100.00")
    world.case("F-2", due="2026-05-08", amount="90.00", debtor="loef", currency="USD")
    world.decide()
    screen = morning(world)
    assert screen.going_out.amounts == (eur("100.00"), Money.parse("90.00", "USD"))
    assert [each.currency for each in screen.figures.ageing] == ["EUR", "USD"]


@BOTH
def test_the_number_of_queries_does_not_depend_on_the_number_of_cases(world: World) -> None:
    asked: list[str] = []
    event.listen(world.file.database.engine, "before_cursor_execute", lambda *told: asked.append(told[2]))

    def counted() -> int:
        asked.clear()
        morning(world)
        with reading(world.file.database) as session:
            figures_of(session, TODAY)
        return len(asked)

    def grow(first: int, last: int) -> None:
        for number in range(first, last):
            case = world.case(f"F-{number}", due="2026-05-08", debtor=f"d{number}", amount="20000.00")
            task = f.TaskRaised(id="t:call", at=NOW, on=TODAY, task="call", step="call")
            world.happened(case, task, f.TaskRaised(id="t:fix", at=NOW, on=TODAY, task="fix_contact"))
            world.promised(case, "b1", "10.00", by="2026-05-15")
        world.decide()

    grow(0, 2)
    few = counted()
    grow(2, 12)
    assert counted() == few

"""Lists are chosen, put in order and added up by the database as plain reading of the rows does it, on both of them."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import fields
from datetime import date, timedelta
from decimal import Decimal
from functools import cmp_to_key
from pathlib import Path
from typing import Any, get_args

import pytest
from sqlalchemy import insert, select, text

from casefile import list_tables as tl
from casefile import payment_tables as pt
from casefile import tables as t
from casefile.case_file import CaseFile
from casefile.list_columns import fill_lists, lists_of
from casefile.which_cases import Order, Which, folded_text
from domain.money import Money
from domain.opening import open_case
from domain.parties import Debtor
from services.desk.case_lists import AGES, case_listing, of_age
from services.reports.case_list import list_rows
from tests.casefile.builders import CREDITOR, NOW, opened, reminders
from tests.domain.builders import invoice

TODAY = date(2026, 5, 13)
OTHER = CREDITOR.model_copy(update={"id": "zon"})
# Small letters as Python makes them: neither database does so by itself. Signs of LIKE stand for themselves.
NAMES = ("Weiß & Söhne", "WEISS", "İstanbul Tiçaret", "100% Brood_", "漢字 商店", "Ⅷ-hoek", "o'Neill", "ΣΊΣΥΦΟΣ")
SEARCHED = ("weiss", "WEIß", "i̇stanbul", "%", "_", "商", "ⅷ", "'", "f-1", "F-", "case:", "σίσυφος", "d3", "brood")
LATE = (-3, 0, 1, 30, 31, 60, 61, 90, 91)
CURRENCIES = ("EUR", "EUR", "EUR", "JPY", "KWD", "CLF")
HOLDS = (None, None, '["pause"]', '["promise", "dispute"]', '["dispute"]')
TASKS = (None, None, '["call"]', '["call_back", "review"]', '["review"]')


@pytest.fixture
def file(kept_in: str, tmp_path: Path) -> CaseFile:
    file = opened(tmp_path / "f.sqlite3")
    chance = random.Random(20)
    with file.write() as transaction:
        for creditor in (CREDITOR, OTHER):
            transaction.parties.save_creditor(creditor)
            for number, name in enumerate(NAMES):
                transaction.parties.save_debtor(creditor.id, Debtor(id=f"D{number}", name=name))
        connection = transaction.session.connection
        rows = [a_case(number, chance) for number in range(240)]
        connection.execute(insert(t.cases), rows)
        connection.execute(
            insert(pt.payment_references),
            [{"reference": f"RF{n}", "case_id": rows[n]["id"]} for n in range(0, 240, 9)],
        )
        connection.execute(
            insert(tl.debtor_assignments),
            [{"creditor": "zon", "debtor": f"D{n}", "user_id": "els", "at": "x"} for n in (1, 2)],
        )
        paid = {"status": "booked", "provider": "mollie", "creditor": "zon", "first_at": "x", "changed_at": "x"}
        texts = dict.fromkeys(("state", "method", "designation", "reason", "guesses", "actor", "held"), "")
        connection.execute(
            insert(pt.provider_payments),
            [{**paid, **texts, "id": f"mollie:{n}", "debtor": f"D{n}", "payer_mark": f"m{n}"} for n in (3, 4)],
        )
        for number, done in ((3, None), (4, TODAY)):
            task = {"case_id": rows[number]["id"], "id": "t1", "kind": "call", "raised_on": TODAY, "done_on": done}
            connection.execute(insert(t.tasks), task)
            assigned = {"case_id": rows[number]["id"], "task": "t1", "user_id": "els", "at": "x"}
            connection.execute(insert(tl.task_assignments), assigned)
    return file


def a_case(number: int, chance: random.Random) -> dict[str, Any]:
    creditor, debtor = chance.choice(("devaart", "zon")), f"D{chance.randint(0, 9)}"
    own, shown = f"case:{creditor}:{number}", f"F-{number // 2}"
    minor = chance.choice((0, 100, 10_000, 1_000_000, chance.randint(-500, 10**9)))
    planned = chance.choice((None, f"2026-05-{chance.randint(14, 30)}T07:00:00.000000+00:00"))
    return {
        "id": own, "creditor": creditor, "debtor": debtor, "number": shown,
        "stage": chance.choice(("new", "reminder", "closed")),
        "closed": chance.choice((None, None, "paid")), "open_minor": minor, "currency": chance.choice(CURRENCIES),
        "next_action_at": planned, "zone": "Europe/Amsterdam", "needs_attention": chance.random() < 0.3,
        "viewed_at": "x", "listed": "x", "due": TODAY - timedelta(days=chance.choice(LATE)),
        "holds": chance.choice(HOLDS), "open_tasks": chance.choice(TASKS), "quarantined": 0,
        "folded": folded_text(shown, own), "debtor_folded": folded_text(debtor),
        "partner_state": chance.choice((None, "accepted", "paused")),
    }  # fmt: skip


# As one reads it ---------------------------------------------------------------------------------------------


def stored(file: CaseFile) -> list[dict[str, Any]]:
    with file.read() as transaction:
        connection = transaction.session.connection
        rows = [dict(row) for row in connection.execute(select(t.cases)).mappings()]
        carried = connection.execute(select(pt.payment_references.c.case_id, pt.payment_references.c.reference))
        references = {case_id: reference for case_id, reference in carried}
    names = {f"D{number}": name for number, name in enumerate(NAMES)}
    for row in rows:
        row["name"] = names.get(row["debtor"], row["debtor"])
        row["amount"] = Money.from_minor(row["open_minor"], row["currency"]).amount
        row["reference"] = references.get(row["id"])
        row["els"] = (row["creditor"] == "zon" and row["debtor"] in ("D1", "D2")) or row["id"].endswith(":3")
    return rows


def is_meant(row: Mapping[str, Any], which: Which) -> bool:
    attended = row["needs_attention"] or row["id"] in which.attended
    text = (which.search or "").strip().casefold()
    texts = [row["number"], row["id"], row["debtor"], *([row["name"]] if which.names else [])]
    found = (
        any(text in each.casefold() for each in texts)
        or row["amount"] in which.amounts
        or row["reference"] in which.references
        or row["creditor"] in which.creditors
        or (which.payer_mark == "m3" and (row["creditor"], row["debtor"]) == ("zon", "D3"))
    )
    debtor = (which.debtor or "").strip().casefold()
    return (
        which.creditor in (None, row["creditor"])
        and which.stage in (None, row["stage"])
        and which.partner_state in (None, row["partner_state"])
        and which.attention in (None, attended)
        and which.closed in (None, row["closed"] is not None)
        and which.held in (None, row["holds"] is not None)
        and (which.hold is None or f'"{which.hold}"' in (row["holds"] or ""))
        and (which.task is None or f'"{which.task}"' in (row["open_tasks"] or ""))
        and (not which.marked or any(f'"{kind}"' in f"{row['holds']}{row['open_tasks']}" for kind in which.marked))
        and (which.due_from is None or row["due"] >= which.due_from)
        and (which.due_until is None or row["due"] <= which.due_until)
        and (which.at_least is None or row["amount"] >= which.at_least)
        and (which.debtor_number is None or row["debtor"].casefold() == which.debtor_number.casefold())
        and (which.debtor is None or debtor == row["debtor"].casefold() or debtor in row["name"].casefold())
        and (which.assigned is None or row["els"] == (which.assigned == "els"))
        and (which.cases is None or row["id"] in which.cases)
        and (not text or found)
    )


def stands_before(by: Order) -> Any:
    last = ("number", "id")

    def place(row: Mapping[str, Any]) -> tuple[Any, ...]:
        closed, end = row["closed"] is not None, tuple(row[name] for name in last)
        match by:
            case "late":
                return (closed, row["due"], -row["amount"], *end)
            case "owed":
                return (closed, -row["amount"], row["due"], *end)
            case "next":
                return (closed, row["next_action_at"] is None, row["next_action_at"] or "", *end)
            case "debtor":
                return (row["name"].casefold(), row["due"], *end)
            case "invoice":
                return end

    return cmp_to_key(lambda one, other: (place(one) > place(other)) - (place(one) < place(other)))


def asked(chance: random.Random, ids: list[str]) -> Which:
    """A list of some conditions, of which each is used often."""

    def some(value: Any, otherwise: Any = None) -> Any:
        return value if chance.random() < 0.25 else otherwise

    search = some(chance.choice(SEARCHED))
    return Which(
        creditor=some(chance.choice(("devaart", "zon", "nobody"))),
        stage=some(chance.choice(("new", "reminder"))),
        attention=some(chance.random() < 0.5),
        attended=some(tuple(chance.sample(ids, 5)), ()),
        debtor=some(chance.choice(("d3", "weiss", "D9", "%"))),
        search=search,
        debtor_number=some(f"d{chance.randint(0, 9)}"),
        hold=some(chance.choice(("pause", "dispute"))),
        held=some(chance.random() < 0.5),
        task=some(chance.choice(("call", "review"))),
        marked=some(("dispute", "review"), ()),
        closed=some(chance.random() < 0.5),
        names=chance.random() < 0.5,
        amounts=() if search is None else (Decimal(chance.choice(("100", "0.1", "0.0001"))), Decimal(1).scaleb(18)),
        references=() if search is None else ("RF9", "RF18"),
        creditors=() if search is None else some(("zon",), ()),
        payer_mark=None if search is None else some("m3"),
        due_from=some(TODAY - timedelta(days=chance.choice((30, 90)))),
        due_until=some(TODAY - timedelta(days=chance.choice((1, 61)))),
        at_least=some(Decimal(chance.choice(("100", "0.01", "10000", "99999999999999999999")))),
        assigned=some(chance.choice(("els", "els", ""))),
        cases=some(tuple(chance.sample(ids, 60))),
        partner_state=some(chance.choice(("accepted", "paused"))),
    )


def lists(ids: list[str]) -> Iterator[Which]:
    yield Which()
    chance = random.Random(9)
    seen: set[str] = set()
    for _ in range(120):
        which = asked(chance, ids)
        seen |= {each.name for each in fields(which) if getattr(which, each.name) not in (None, (), True, "")}
        yield which
    assert seen == {each.name for each in fields(Which)}, "every condition is tried"


# -------------------------------------------------------------------------------------------------------------


def test_a_list_has_the_cases_that_are_meant_in_the_order_that_is_asked(file: CaseFile) -> None:
    rows = stored(file)
    found_some = 0
    with lists_of(file.database) as session:
        for number, which in enumerate(lists([row["id"] for row in rows])):
            by: Order = get_args(Order)[number % 5]
            expected = [
                row["id"] for row in sorted(filter(lambda row: is_meant(row, which), rows), key=stands_before(by))
            ]
            assert [row.case_id for row in list_rows(session, which, by)] == expected, which
            page = list_rows(session, which, by, offset=2, limit=7)
            assert [row.case_id for row in page] == expected[2:9], which
            found_some += bool(expected)
    assert found_some > 25


def test_what_a_list_comes_to_is_the_sum_of_its_rows(file: CaseFile) -> None:
    rows = stored(file)
    with lists_of(file.database) as session:
        for which in list(lists([row["id"] for row in rows]))[:80]:
            meant = [row for row in rows if is_meant(row, which)]
            listing = case_listing(session, which, "late", TODAY, limit=3)
            assert listing.total == len(meant)
            assert listing.debtors == len({(row["creditor"], row["debtor"]) for row in meant})
            still = [row for row in meant if row["closed"] is None]
            sums = {code: sum(row["amount"] for row in still if row["currency"] == code) for code in CURRENCIES}
            assert {each.currency: each.amount for each in listing.open} == {
                code: total for code, total in sums.items() if any(row["currency"] == code for row in still)
            }
            assert len(listing.rows) == min(3, len(meant))


@pytest.mark.parametrize(
    ("age", "late"),
    [("not_due", {-3, 0}), ("1-30", {1, 30}), ("31-60", {31, 60}), ("61-90", {61, 90}), ("90+", {91})],
)
def test_an_age_has_its_days(file: CaseFile, age: Any, late: set[int]) -> None:
    assert age in AGES
    with lists_of(file.database) as session:
        found = list_rows(session, of_age(Which(), age, TODAY))
    assert {(TODAY - date.fromisoformat(row.due)).days for row in found} == late


def test_a_name_that_changes_is_found_and_the_one_before_no_more(file: CaseFile) -> None:
    with file.write() as transaction:
        transaction.parties.save_debtor("zon", Debtor(id="D0", name="Groen"))
    with lists_of(file.database) as session:
        assert {row.debtor for row in list_rows(session, Which(search="GROEN"))} == {"Groen"}
        assert "zon" not in {row.case_id.split(":")[1] for row in list_rows(session, Which(search="Söhne"))}


def test_what_an_older_process_wrote_meanwhile_is_filled_before_a_list_is_read(file: CaseFile) -> None:
    with file.write() as transaction:
        connection = transaction.session.connection
        connection.execute(text("UPDATE debtors SET folded = NULL WHERE id = 'D1'"))
    with file.write() as transaction:
        transaction.parties.save_policy(reminders())
        transaction.cases.open("case:zon:new", "zon", open_case(invoice(number="N-1"), reminders(), NOW), NOW)
        connection = transaction.session.connection
        connection.execute(text("UPDATE cases SET folded = NULL, debtor_folded = NULL WHERE id = 'case:zon:new'"))
    with lists_of(file.database) as session:
        assert [row.case_id for row in list_rows(session, Which(search="n-1", creditor="zon"))] == ["case:zon:new"]
        assert {row.debtor for row in list_rows(session, Which(search="weiss", names=True))} >= {"WEISS"}
    assert fill_lists(file.database) == 0

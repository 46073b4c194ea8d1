import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from casefile import tables as t
from casefile.case_file import CaseFile, Transaction
from casefile.cases import UnknownCase
from casefile.database import Database
from domain import facts as f
from domain.facts import DeliveryStatus
from domain.messages import inbox_id
from domain.opening import open_case
from domain.reactions.sending import concluded
from tests.at_once import begun, ended
from tests.casefile.builders import CASE, CREDITOR, NOW, furnish, letter, opened, reminders
from tests.domain.builders import eur, invoice, policy, send

ON = date(2026, 3, 1)


def paid(number: int, amount: str = "100.00") -> f.PaymentReceived:
    return f.PaymentReceived(id=f"p{number}", at=NOW, on=ON, amount=eur(amount), credited_on=ON)


def rows(transaction: Transaction, table: Any) -> int:
    return int(transaction.session.connection.scalar(select(func.count()).select_from(table)) or 0)


def ledger_sum(transaction: Transaction, case_id: str = CASE) -> int:
    query = select(func.sum(t.entries.c.amount_minor)).where(t.entries.c.case_id == case_id)
    return int(transaction.session.connection.scalar(query) or 0)


def pay_in_another_process(path: str, number: int) -> None:
    with opened(Path(path)).write() as transaction:
        transaction.cases.append(CASE, (paid(number, "1.00"),))


# Writing twice -----------------------------------------------------------------------------------------------


def test_a_case_is_opened_once(file: CaseFile) -> None:
    with file.write() as transaction:
        assert not transaction.cases.open(CASE, CREDITOR.id, open_case(invoice(amount="5.00"), reminders(), NOW), NOW)
        assert transaction.cases.load(CASE).case.open == eur("1000.00")
        assert (rows(transaction, t.cases), rows(transaction, t.facts), rows(transaction, t.starts)) == (1, 1, 1)


def test_a_case_whose_id_names_another_creditor_is_not_opened(file: CaseFile) -> None:
    """By its id alone it is told whose facts are, and who sees them."""
    facts = open_case(invoice(number="F-2"), reminders(), NOW)
    for other in ("case:papierhuis:2026-F-2", f"case:{CREDITOR.id}-2:2026-F-2", CREDITOR.id):
        with pytest.raises(ValueError, match=f"begins with case:{CREDITOR.id}:"), file.write() as transaction:
            transaction.cases.open(other, CREDITOR.id, facts, NOW)


def test_a_fact_and_its_entry_are_stored_once(file: CaseFile) -> None:
    with file.write() as transaction:
        assert transaction.cases.append(CASE, (paid(1), paid(1))) == (paid(1),)
        assert transaction.cases.append(CASE, (paid(1),)) == ()
    with file.write() as transaction:
        assert transaction.cases.append(CASE, (paid(1), paid(2))) == (paid(2),)
        assert rows(transaction, t.entries) == 3
        assert ledger_sum(transaction) == 80000


def test_a_message_is_kept_once(file: CaseFile) -> None:
    with file.write() as transaction:
        assert transaction.inbox.accept(CASE, "m1", "pause", b"{}", NOW)
        assert not transaction.inbox.accept(CASE, "m1", "pause", b"{}", NOW)
        assert [row.id for row in transaction.inbox.waiting(CASE)] == ["m1"]


def test_a_message_stays_recorded_when_it_comes_again(file: CaseFile) -> None:
    with file.write() as transaction:
        transaction.inbox.accept(CASE, "m1", "pause", b"{}", NOW)
        transaction.inbox.recorded(transaction.inbox.waiting(CASE)[0].seq, NOW, "a rule")
        assert not transaction.inbox.accept(CASE, "m1", "pause", b"{}", NOW)
        assert transaction.inbox.waiting(CASE) == ()
        assert transaction.inbox.undelivered() == ()
        assert transaction.inbox.refusal(CASE, "m1") == "a rule"


def test_a_document_and_a_quarantined_message_are_kept_once(file: CaseFile) -> None:
    with file.write() as transaction:
        for content in (b"first", b"second"):
            transaction.documents.save(CASE, "F-1.pdf", "application/pdf", content)
            transaction.quarantine.keep(CASE, "quarantine:1", "zork", content, "unknown", NOW)
        assert transaction.documents.of_case(CASE) == (("F-1.pdf", "application/pdf", b"first"),)
        assert transaction.quarantine.message(CASE, "quarantine:1") == ("zork", b"first")


def test_the_same_payment_by_two_doors_has_one_id_and_another_content_another() -> None:
    here = inbox_id("payment_received", b'{"id": "tr_1", "amount": "1.00"}', "delivery-1")
    there = inbox_id("payment_received", b'{"amount":"1.00","id":"tr_1"}', "delivery-2")
    other = inbox_id("payment_received", b'{"id": "tr_1", "amount": "2.00"}', "delivery-3")
    assert here == there
    assert other != here


@pytest.mark.parametrize("raw", [None, b"", b"null", b"[]", b'{"id": 5}', b'{"id": ""}', b"{", b"\xff", b"[" * 200_000])
def test_a_message_without_an_id_of_its_own_goes_by_its_delivery(raw: bytes | None) -> None:
    assert inbox_id("payment_received", raw, "delivery-1") == "delivery-1"


# What is sent -------------------------------------------------------------------------------------------------


def test_an_intent_keeps_the_exact_bytes_and_their_hash(file: CaseFile) -> None:
    content = bytes(range(256))
    with file.write() as transaction:
        transaction.deliveries.intend(letter(content=content), [CASE], NOW, NOW)
    with file.read() as transaction:
        (stored,) = transaction.deliveries.of_case(CASE)
    assert stored.content == content
    # sha256 of the bytes 0..255, by coreutils sha256sum.
    assert stored.sha256 == "40aff2e9d2d8922e47afd4648e6967497158785fbd1da870e7110266bf944880"
    assert stored.status == "intended"


@pytest.mark.parametrize("status", [None, *DeliveryStatus])
def test_what_was_or_may_have_been_sent_is_never_intended_again(file: CaseFile, status: DeliveryStatus | None) -> None:
    may_go_again = (DeliveryStatus.NOT_SENT, DeliveryStatus.REFUSED, DeliveryStatus.DROPPED)
    with file.write() as transaction:
        transaction.deliveries.intend(letter(), [CASE], NOW, NOW)
        if status is not None:
            fact = f.DeliveryConcluded(id="c", at=NOW, on=ON, key=letter().key, status=status)
            transaction.cases.append(CASE, (fact,))
        if status in may_go_again:
            transaction.deliveries.intend(letter(content=b"again"), [CASE], NOW, NOW)
            assert transaction.deliveries.of_case(CASE)[0].content == b"again"
            return
        with pytest.raises(ValueError, match="never sent twice"):
            transaction.deliveries.intend(letter(content=b"again"), [CASE], NOW, NOW)
        assert transaction.deliveries.of_case(CASE)[0].content == letter().content


def test_every_outcome_among_the_facts_stands_at_the_delivery_too(file: CaseFile) -> None:
    """Also one that a person settled, or that the closing of the case dropped: both come as facts alone."""
    intended = f.StepIntended(
        id="i", at=NOW, on=ON, step="reminder", issue=1, message="F-1/reminder/1", deliveries=(("email", letter().key),)
    )
    with file.write() as transaction:
        transaction.deliveries.intend(letter(), [CASE], NOW, NOW)
        transaction.cases.append(CASE, (intended,))
        case = transaction.cases.load(CASE).case
        transaction.cases.append(
            CASE, (concluded(case, letter().key, DeliveryStatus.NOT_SENT, NOW, ON, reason="busy"),)
        )
        assert transaction.deliveries.of_case(CASE)[0].status == "not_sent"


def test_a_payment_marks_what_is_under_way_as_crossed(file: CaseFile) -> None:
    with file.write() as transaction:
        transaction.deliveries.intend(letter(), [CASE], NOW, NOW)
        transaction.inbox.accept(CASE, "m1", "payment_received", b"{}", NOW)
        assert transaction.deliveries.of_case(CASE)[0].crossed


# Policies -----------------------------------------------------------------------------------------------------


def test_a_version_of_a_policy_never_changes(file: CaseFile) -> None:
    changed = policy(send("reminder", {"after_due": "6d"}))
    with file.write() as transaction:
        transaction.parties.save_policy(reminders())
        with pytest.raises(ValueError, match="raise `version`"):
            transaction.parties.save_policy(changed)
        transaction.parties.save_policy(policy(send("reminder", {"after_due": "6d"}), version=2))
        assert transaction.parties.policy("test", 1) == reminders()
        newest = transaction.parties.policy("test", None)
        assert newest is not None
        assert newest.version == 2


# Transactions and the cache -----------------------------------------------------------------------------------


def test_what_was_rolled_back_was_never_there(file: CaseFile) -> None:
    with file.write() as transaction:
        transaction.cases.load(CASE)
    with pytest.raises(ZeroDivisionError), file.write() as transaction:
        transaction.cases.append(CASE, (paid(1),))
        assert transaction.cases.load(CASE).case.open == eur("900.00")
        transaction.parties.save_policy(policy(send("other", {"after_due": "1d"}), version=7))
        assert transaction.parties.policy("test", 7) is not None
        raise ZeroDivisionError
    with file.read() as transaction:
        assert transaction.cases.load(CASE).case.open == eur("1000.00")
        assert transaction.parties.policy("test", 7) is None
    with file.write() as transaction:
        # The row that takes the freed number is another fact: it must be read, and counted once.
        transaction.cases.append(CASE, (paid(2, "5.00"),))
    with file.read() as transaction:
        assert transaction.cases.load(CASE).case.open == eur("995.00")
        assert ledger_sum(transaction) == 99500


def test_a_reader_sees_one_state_from_its_first_look_on(file: CaseFile) -> None:
    with file.read() as reader:
        before = reader.cases.facts(CASE)
        with file.write() as writer:
            writer.cases.append(CASE, (paid(1),))
        assert reader.cases.facts(CASE) == before
        assert reader.cases.load(CASE).case.open == eur("1000.00"), (
            "also what the file remembers is not newer than that"
        )
    with file.read() as reader:
        assert reader.cases.load(CASE).case.open == eur("900.00")


def test_two_case_files_see_each_others_facts(file: CaseFile, tmp_path: Path) -> None:
    other = opened(tmp_path / "f.sqlite3")
    for number in range(1, 7):
        writer, reader = (file, other) if number % 2 else (other, file)
        with writer.write() as transaction:
            transaction.cases.append(CASE, (paid(number),))
        with reader.write() as transaction:
            assert transaction.cases.load(CASE).case.open == eur(f"{1000 - 100 * number}.00")
            assert ledger_sum(transaction) == 100000 - 10000 * number


def test_processes_that_write_at_once_lose_nothing(file: CaseFile, tmp_path: Path) -> None:
    processes = begun(pay_in_another_process, [(str(tmp_path / "f.sqlite3"), number) for number in range(3)])
    for number in range(100, 120):
        with file.write() as transaction:
            transaction.cases.append(CASE, (paid(number, "1.00"),))
    assert ended(processes) == [0, 0, 0]
    with file.read() as transaction:
        assert transaction.cases.load(CASE).case.open == eur("977.00")
        assert ledger_sum(transaction) == 97700


IDS = st.sampled_from(["p1", "p2", "p3", "c1", "w1"])
AMOUNTS = st.integers(1, 120_000).map(lambda minor: eur(f"{minor // 100}.{minor % 100:02}"))
MONEY_FACTS = st.one_of(
    st.builds(f.PaymentReceived, id=IDS, at=st.just(NOW), on=st.just(ON), amount=AMOUNTS, credited_on=st.just(ON)),
    st.builds(f.InvoiceCredited, id=IDS, at=st.just(NOW), on=st.just(ON), amount=AMOUNTS),
    st.builds(f.WrittenOff, id=IDS, at=st.just(NOW), on=st.just(ON), amount=AMOUNTS),
    st.builds(
        f.PaymentReversed,
        id=st.sampled_from(["r1", "r2", "r3", "p1"]),
        at=st.just(NOW),
        on=st.just(ON),
        of=IDS,
        amount=st.none() | AMOUNTS,
        credited_on=st.just(ON),
    ),
)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("ledger") / "f.sqlite3"
    opened(path)
    return path


@settings(max_examples=40, deadline=None)
@given(batches=st.lists(st.tuples(st.booleans(), st.lists(MONEY_FACTS, max_size=4)), max_size=5))
def test_the_ledger_that_reports_read_adds_up_to_the_balance_of_the_case(
    shared: Path, batches: list[tuple[bool, list[f.Fact]]]
) -> None:
    here, there, fresh = (CaseFile(Database(f"sqlite:///{shared}")) for _ in range(3))
    with here.write() as transaction:
        case_id = f"{CASE}-{rows(transaction, t.cases)}"
        furnish(transaction, case_id=case_id)
    for by_us, batch in batches:
        with (here if by_us else there).write() as transaction:
            transaction.cases.append(case_id, batch)
    with fresh.read() as transaction:
        case = transaction.cases.load(case_id).case
        assert ledger_sum(transaction, case_id) == case.ledger.balance_minor
    for each in (here, there, fresh):
        each.database.close()


# Finding ------------------------------------------------------------------------------------------------------


def test_a_case_that_does_not_exist_is_said_so(file: CaseFile) -> None:
    with file.read() as transaction, pytest.raises(UnknownCase, match="case:devaart:none"):
        transaction.cases.load("case:devaart:none")


def test_a_case_is_found_by_its_id_and_by_its_invoice_number(file: CaseFile) -> None:
    with file.read() as transaction:
        assert transaction.cases.find("F-1") == transaction.cases.find(CASE) == (CASE,)
        assert transaction.cases.find("F-2") == ()


def test_a_start_is_asked_for_until_it_is_done(file: CaseFile) -> None:
    with file.write() as transaction:
        assert transaction.starts.unstarted() == (CASE,)
        transaction.starts.started(CASE, NOW)
        assert transaction.starts.unstarted() == ()


def test_the_tasks_of_a_case_stand_as_its_facts_say(file: CaseFile) -> None:
    raised = f.TaskRaised(id="task:call:1", at=NOW, on=ON, task="call", step="call")
    done = f.TaskDone(id="done:call:1", at=NOW, on=ON + timedelta(days=1), task="call", outcome="will pay")
    with file.write() as transaction:
        transaction.cases.append(CASE, (raised,))
        transaction.cases.append(CASE, (done,))
        row = transaction.session.connection.execute(select(t.tasks)).one()
    assert (row.kind, row.raised_on, row.done_on, row.outcome) == ("call", ON, ON + timedelta(days=1), "will pay")


def test_a_quarantined_message_keeps_its_bytes_and_how_it_was_settled(file: CaseFile) -> None:
    raw = json.dumps({"a": 1}).encode()
    kept = f.MessageQuarantined(id="quarantine:m1", at=NOW, on=ON, name="zork", sha256="0" * 64, error="unknown")
    settled = f.QuarantineSettled(id="s", at=NOW, on=ON, of="quarantine:m1", outcome="dismissed")
    with file.write() as transaction:
        transaction.inbox.accept(CASE, "m1", "zork", raw, NOW)
        transaction.cases.append(CASE, (kept,))
        assert transaction.quarantine.message(CASE, "quarantine:m1") == ("zork", raw)
        transaction.cases.append(CASE, (settled,))
        assert transaction.session.connection.scalar(select(t.quarantine.c.settled)) == "dismissed"


# Signs that no database keeps ---------------------------------------------------------------------------------


@pytest.mark.parametrize("sign", ["\0", "\x01", "’", "\U0001f4b6"])
def test_any_text_that_comes_from_outside_can_be_kept(file: CaseFile, sign: str) -> None:
    """PostgreSQL keeps no NUL in a text; a signal may bear one in its name, a provider in its answer."""
    name = f"pay{sign}ment"
    raw = json.dumps({"id": f"p{sign}1", "note": sign}).encode()
    message = inbox_id(name, raw, "d1")
    with file.write(CASE) as transaction:
        assert transaction.inbox.accept(CASE, message, name, raw, NOW, problem=f"what is {sign}?")
        assert not transaction.inbox.accept(CASE, message, name, raw, NOW)
        (row,) = transaction.inbox.waiting(CASE)
        assert row.raw == raw, "its bytes are kept as they came"
        transaction.quarantine.keep(CASE, f"quarantine:{row.id}", row.name, row.raw, f"no {sign}", NOW)
        transaction.inbox.recorded(row.seq, NOW, f"no {sign}")
        transaction.inbox.refuse(CASE, message, NOW, f"no {sign}")
        transaction.deliveries.intend(letter(), [CASE], NOW, NOW)
        transaction.deliveries.taken_as(letter().key, f"r{sign}1")
        fact = f.DeliveryConcluded(
            id="c", at=NOW, on=ON, key=letter().key, status=DeliveryStatus.UNKNOWN, reason=f"{sign}?"
        )
        transaction.cases.append(CASE, (fact,))
    with file.read() as transaction:
        assert transaction.inbox.waiting(CASE) == ()
        assert "no" in (transaction.inbox.refusal(CASE, message) or "")
        assert transaction.cases.facts(CASE)[-1] == fact


def test_names_that_differ_only_in_signs_no_database_keeps_stay_apart() -> None:
    raw = b'{"id": "p1"}'
    assert len({inbox_id(name, raw, "d") for name in ("a" * 59 + "\0x", "a" * 59 + "\0y", "a" * 59 + "\x01x")}) == 3


def test_nothing_is_too_long_for_one_database_only(file: CaseFile) -> None:
    """SQLite checks no length: a row that it takes must not jam a case on PostgreSQL."""
    long = "case:devaart:" + "%E2%82%AC" * 100
    with file.write() as transaction:
        furnish(transaction, case_id=long, number="€" * 300)
        assert transaction.inbox.accept(long, "m" * 1000, "n" * 1000, b"{}", NOW)
    with file.read() as transaction:
        assert transaction.cases.load(long).id == long


@pytest.mark.parametrize("count", [1, 300])
def test_a_message_may_serve_many_cases(file: CaseFile, count: int) -> None:
    with file.write() as transaction:
        others = [f"{CASE}-{number}" for number in range(count)]
        for case_id in others:
            transaction.cases.open(case_id, CREDITOR.id, open_case(invoice(), reminders(), NOW), NOW)
        transaction.deliveries.intend(letter(), others, NOW, NOW)
        transaction.cases.append(CASE, ())
        assert len(transaction.deliveries.cases_of(letter().key)) == count

"""The send protocol: intent, one call, outcome; what is proved of it, and what came in between."""

from __future__ import annotations

import email
import email.policy
from hashlib import sha256
from pathlib import Path

import pytest

from services.correspondence.proving import compare
from tests.activities.ladders import PDF, one
from tests.activities.workplace import Workplace
from tests.casefile.builders import CASE


@pytest.mark.parametrize(
    ("channel", "to", "start"),
    [
        ("email", "els@ochtend.example", b"Date: "),
        ("sms", "+31612345678", b""),
        ("post", "Bakkerij Ochtend, Weg 2, 1000 AB Dorp", b"%PDF-"),
        ("registered", "Bakkerij Ochtend, Weg 2, 1000 AB Dorp", b"%PDF-"),
    ],
)
async def test_what_was_sent_can_be_proved_by_its_exact_bytes(
    tmp_path: Path, channel: str, to: str, start: bytes
) -> None:
    work = Workplace(tmp_path, one(channel))
    planned = await work.advance()
    assert planned.action == "send"
    assert str(planned.at) == "2026-03-06 11:00:00+00:00", "due 1 March + 5 days, 12:00 in Amsterdam"
    await work.act()
    assert work.steps() == [f"reminder {channel}"]
    (stored,) = work.deliveries()
    (taken,) = work.taken()
    assert (stored.key, stored.status, stored.recipient) == (f"{CASE}/reminder/1/{channel}/finance", "sent", to)
    assert taken.file.read_bytes() == stored.content
    assert stored.content.startswith(start)
    assert stored.sha256 == taken.sha256 == sha256(stored.content).hexdigest()
    assert stored.reference == taken.reference


async def test_the_invoice_goes_with_a_step_that_says_so(tmp_path: Path) -> None:
    work = Workplace(tmp_path, one("email", attach=["invoice"]))
    with work.file.write() as transaction:
        transaction.documents.save(CASE, "F-1.pdf", "application/pdf", PDF)
    await work.act()
    mail = email.message_from_bytes(work.taken()[0].file.read_bytes(), policy=email.policy.default)
    (attached,) = mail.iter_attachments()
    assert (attached.get_filename(), attached.get_content_type()) == ("F-1.pdf", "application/pdf")
    assert attached.get_content() == PDF


async def test_attachments_have_names_that_are_safe_and_differ(tmp_path: Path) -> None:
    work = Workplace(tmp_path, one("email", attach=["invoice"]))
    names = ("../F-1.pdf", "CON.pdf", "factuur\u202efdp.exe", "a.pdf", "A.PDF", "\u200b", "é" * 300 + ".pdf")
    with work.file.write() as transaction:
        for number, name in enumerate(names):
            transaction.documents.save(CASE, name, "application/pdf", PDF + bytes([number]))
    await work.act()
    mail = email.message_from_bytes(work.taken()[0].file.read_bytes(), policy=email.policy.default)
    attached = [str(part.get_filename()) for part in mail.iter_attachments()]
    assert len({name.casefold() for name in attached}) == len(names)
    assert {"F-1.pdf", "_CON.pdf", "factuur_fdp.exe.pdf", "_.pdf"} <= set(attached)
    assert all(len(name.encode()) <= 120 and name.lower().endswith(".pdf") for name in attached)
    (stored,) = work.deliveries()
    assert stored.proof is not None
    assert [each.name for each in stored.proof.enclosed] == attached
    with work.file.read() as transaction:
        assert compare(transaction, stored).same, "made again from what is kept, it has the same names"


async def test_without_that_word_the_invoice_stays_here(tmp_path: Path) -> None:
    work = Workplace(tmp_path, one("email"))
    with work.file.write() as transaction:
        transaction.documents.save(CASE, "F-1.pdf", "application/pdf", PDF)
    await work.act()
    mail = email.message_from_bytes(work.taken()[0].file.read_bytes(), policy=email.policy.default)
    assert list(mail.iter_attachments()) == []


async def test_a_payment_accepted_after_planning_stops_the_message(tmp_path: Path) -> None:
    work = Workplace(tmp_path, one("email"))
    await work.advance()
    with work.file.write() as transaction:
        transaction.inbox.accept(CASE, "p1", "payment_received", b'{"id": "p1", "amount": "1000.00"}', work.now)
    declined = await work.act()
    assert (declined.action, work.taken(), work.deliveries()) == ("end", (), ())
    assert declined.view is not None
    assert declined.view.closed == "paid"


async def test_a_hold_placed_after_planning_stops_the_message_and_says_why(tmp_path: Path) -> None:
    work = Workplace(tmp_path, one("email"))
    await work.advance()
    with work.file.write() as transaction:
        transaction.inbox.accept(CASE, "h1", "pause", b'{"until": "2026-03-20"}', work.now)
    declined = await work.act()
    assert (work.taken(), declined.action) == ((), "send")
    assert declined.at is not None
    assert declined.at > work.now
    assert declined.view is not None
    assert declined.view.why[0].code == "pause"
    assert declined.view.holds[0].kind == "pause"


async def test_paid_while_unknown_and_it_was_not_sent_it_is_dropped(tmp_path: Path) -> None:
    work = Workplace(tmp_path, one("email"))
    work.faults.next["email"] = ["time_out_before"]
    await work.act()
    told = await work.tell("payment_received", {"id": "p1", "amount": "1000.00"})
    assert told.action == "reconcile", "what may have gone out is found out first"
    done = await work.act()
    assert (done.action, work.taken(), work.steps()) == ("end", (), [])
    assert work.deliveries()[0].status == "dropped"


async def test_paid_while_unknown_and_it_was_sent_the_two_crossed(tmp_path: Path) -> None:
    work = Workplace(tmp_path, one("email"))
    work.faults.next["email"] = ["time_out_after"]
    await work.act()
    await work.tell("payment_received", {"id": "p1", "amount": "1000.00"})
    done = await work.act()
    assert (done.action, len(work.taken()), work.steps()) == ("end", 1, ["reminder email"])
    assert work.deliveries()[0].crossed
    assert any(fact.kind == "message_crossed" for fact in work.facts())


async def test_a_later_message_without_that_payment_is_not_crossed(tmp_path: Path) -> None:
    work = Workplace(tmp_path, one("email"))
    await work.tell("payment_received", {"id": "p1", "amount": "10.00"})
    await work.act()
    assert not work.deliveries()[0].crossed

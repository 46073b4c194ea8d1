"""The send protocol: intent, one call, outcome; and what becomes of every way in which it can go wrong."""

from __future__ import annotations

import email
import email.policy
import json
import zipfile
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from sqlalchemy import update

from casefile import tables as t
from domain.opening import open_case
from domain.parties import Contact, Debtor
from domain.policy import Policy
from domain.reactions.sending import RECONCILE_AFTER
from services.correspondence.proving import compare
from tests.activities.workplace import Mute, Workplace
from tests.casefile.builders import CASE, CREDITOR, DEBTOR
from tests.domain.builders import hand_off, invoice, policy, send

PDF = b"%PDF-1.7 the invoice itself"


def one(channel: str, **more: object) -> Policy:
    return policy(send("reminder", {"after_due": "5d"}, send=[channel], **more))


def two_channels() -> Policy:
    return policy(send("reminder", {"after_due": "5d"}, send=["email", "sms"]))


def notice() -> Policy:
    return policy(send("notice", {"after_due": "5d"}, send=["post"], term="14d"), hand_off({"term_expired": "notice"}))


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


# Unknown outcomes -------------------------------------------------------------------------------------------


async def test_timed_out_before_it_was_taken_it_is_looked_for_and_sent_once(tmp_path: Path) -> None:
    work = Workplace(tmp_path, one("email"))
    work.faults.next["email"] = ["time_out_before"]
    unknown = await work.act()
    assert (unknown.action, unknown.at) == ("reconcile", work.now + RECONCILE_AFTER[0])
    assert (work.deliveries()[0].status, work.steps(), work.taken()) == ("unknown", [], ())
    again = await work.act()
    assert (again.action, again.at) == ("send", work.now)
    await work.act()
    assert (len(work.taken()), work.steps()) == (1, ["reminder email"])
    assert work.deliveries()[0].status == "sent"


async def test_timed_out_after_it_was_taken_it_is_found_and_never_sent_again(tmp_path: Path) -> None:
    work = Workplace(tmp_path, one("email"))
    work.faults.next["email"] = ["time_out_after"]
    assert (await work.act()).action == "reconcile"
    await work.act()
    assert (len(work.taken()), work.steps()) == (1, ["reminder email"])
    assert (work.deliveries()[0].status, work.deliveries()[0].reference) == ("sent", work.taken()[0].reference)


async def test_while_it_is_unknown_nothing_sends_it_again(tmp_path: Path) -> None:
    work = Workplace(tmp_path, one("email"))
    work.faults.next["email"] = ["time_out_before"]
    await work.act()
    for _ in range(3):
        assert (await work.run("send")).action == "reconcile"
    assert work.taken() == ()


async def test_an_intent_whose_worker_died_is_reconciled_and_not_sent_blindly(tmp_path: Path) -> None:
    work = Workplace(tmp_path, one("email"))

    class Killed(BaseException):
        pass

    def die(point: str) -> None:
        if point == "after_intent":
            raise Killed

    work.equip(checkpoint=die)
    with pytest.raises(Killed):
        await work.act()
    work.equip(checkpoint=lambda point: None)
    assert (await work.advance()).action == "reconcile"
    await work.act()
    await work.act()
    assert (len(work.taken()), work.steps()) == (1, ["reminder email"])


async def test_a_notice_that_nobody_can_tell_of_starts_no_term_and_asks_a_person(tmp_path: Path) -> None:
    mute = Mute()
    work = Workplace(tmp_path, notice(), gateways={"post": mute})
    turn = await work.act()
    waits = []
    while turn.action == "reconcile":
        assert turn.at is not None
        waits.append(turn.at - work.now)
        turn = await work.act()
    assert (tuple(waits), mute.asked, len(mute.sent)) == (RECONCILE_AFTER, len(RECONCILE_AFTER), 1)
    assert work.steps() == ["notice? post"]
    assert work.tasks() == ["settle_send"]
    assert (turn.action, turn.at) == ("wait", None), "no term runs, so no hand-off has a day"
    assert turn.view is not None
    assert turn.view.why[0].code == "term_unproven"


async def unproven(tmp_path: Path) -> Workplace:
    work = Workplace(tmp_path, notice(), gateways={"post": Mute()})
    turn = await work.act()
    while turn.action == "reconcile":
        turn = await work.act()
    return work


async def test_a_person_who_saw_it_posted_starts_the_term(tmp_path: Path) -> None:
    work = await unproven(tmp_path)
    answer = await work.tell(
        "settle_send", {"step": "notice", "outcome": "sent", "received_on": "2026-03-10"}, answered=True
    )
    assert answer.answers[0].refusal is None
    assert (work.steps(), work.tasks()) == (["notice post"], [])
    assert work.deliveries()[0].status == "sent"
    # Received 10 March + 14 days = 24 March is the last day; without law it has run out the day after.
    assert (answer.action, str(answer.at)) == ("hand_off", "2026-03-25 11:00:00+00:00")


async def test_a_person_who_says_it_was_not_sent_puts_it_back_on_the_ladder(tmp_path: Path) -> None:
    work = await unproven(tmp_path)
    key = work.deliveries()[0].key
    answer = await work.tell("settle_send", {"step": "notice", "outcome": "not_sent"}, answered=True)
    assert (answer.answers[0].refusal, answer.action, work.tasks()) == (None, "send", [])
    work.equip(gateways={"post": work.outbox})
    await work.act()
    assert work.steps() == ["notice post"]
    assert [taken.key for taken in work.taken()] == [key]


async def test_a_letter_that_nobody_can_prove_starts_no_term_though_the_mail_went_and_goes_out_alone(
    tmp_path: Path,
) -> None:
    ladder = policy(send("notice", {"after_due": "5d"}, send=["post", "email"], letter="notice", term="14d"))
    work = Workplace(tmp_path, ladder)
    work.equip(gateways={"post": Mute(), "email": work.outbox})
    turn = await work.act()
    while turn.action == "reconcile":
        turn = await work.act()
    assert (work.steps(), work.tasks()[0]) == (["notice? post,email"], "settle_send")
    answer = await work.tell("settle_send", {"step": "notice", "outcome": "not_sent"}, answered=True)
    assert (answer.answers[0].refusal, answer.action) == (None, "send")
    work.equip(gateways={"post": work.outbox, "email": work.outbox})
    await work.act()
    assert work.steps() == ["notice post,email"]
    assert sorted(taken.channel for taken in work.taken()) == ["email", "post"]


@pytest.mark.parametrize(("outcome", "sent"), [("sent", 0), ("not_sent", 1)])
async def test_a_person_may_settle_it_before_the_searching_is_over(tmp_path: Path, outcome: str, sent: int) -> None:
    work = Workplace(tmp_path, one("email"))
    work.faults.next["email"] = ["time_out_before"]
    await work.act()
    turn = await work.tell("settle_send", {"step": "reminder", "outcome": outcome}, answered=True)
    assert turn.answers[0].refusal is None
    for _ in range(3):
        if turn.action in ("send", "reconcile"):
            turn = await work.act()
    assert (len(work.taken()), work.steps()) == (sent, ["reminder email"])
    assert work.deliveries()[0].status == "sent"


# Certainly not sent -----------------------------------------------------------------------------------------


async def test_what_a_provider_did_not_take_is_tried_again_when_it_says(tmp_path: Path) -> None:
    work = Workplace(tmp_path, one("email"))
    work.faults.next["email"] = ["not_taken"]
    waiting = await work.act()
    # The outbox asks for a minute (gateways.outbox).
    assert (waiting.action, waiting.at) == ("send", work.now + timedelta(minutes=1))
    assert work.deliveries()[0].status == "not_sent"
    await work.act()
    assert (len(work.taken()), work.steps()) == (1, ["reminder email"])


async def test_a_provider_that_keeps_failing_is_told_to_a_person_and_forgotten_when_it_works(tmp_path: Path) -> None:
    work = Workplace(tmp_path, one("email"))
    work.faults.next["email"] = ["not_taken"] * 3
    for _ in range(3):
        await work.act()
    assert work.tasks() == ["sending_fails"]
    await work.act()
    assert (work.tasks(), work.steps()) == (["decide_next"], ["reminder email"])


async def test_refused_on_one_channel_the_other_takes_the_step(tmp_path: Path) -> None:
    work = Workplace(tmp_path, two_channels())
    work.faults.next["/sms/"] = ["refused"]
    await work.act()
    assert work.steps() == ["reminder email"]
    assert "fix_contact" in work.tasks()
    assert sorted(d.status for d in work.deliveries()) == ["refused", "sent"]


async def test_one_channel_tried_again_leaves_alone_what_the_other_sent(tmp_path: Path) -> None:
    work = Workplace(tmp_path, two_channels())
    work.faults.next["/sms/"] = ["not_taken"]
    await work.act()
    assert work.steps() == []
    await work.act()
    assert work.steps() == ["reminder email,sms"]
    assert sorted(taken.channel for taken in work.taken()) == ["email", "sms"]


async def test_refused_everywhere_a_person_mends_the_contact_and_the_same_key_goes(tmp_path: Path) -> None:
    work = Workplace(tmp_path, one("email"))
    work.faults.next["email"] = ["refused"]
    stuck = await work.act()
    assert (stuck.action, stuck.at, work.tasks()) == ("wait", None, ["fix_contact"])
    work.later(days=2)
    mended = await work.tell("complete_task", {"task": "fix_contact"}, answered=True)
    assert mended.answers[0].refusal is None
    assert mended.action == "send"
    await work.act()
    assert [taken.key for taken in work.taken()] == [f"{CASE}/reminder/1/email/finance"]
    assert work.steps() == ["reminder email"]


async def test_without_an_address_nothing_is_sent_and_a_person_is_asked(tmp_path: Path) -> None:
    nobody = DEBTOR.model_copy(update={"contacts": (Contact(name="Els Ochtend"),)})
    work = Workplace(tmp_path, one("email"), debtor=nobody)
    stuck = await work.act()
    assert (stuck.action, work.tasks(), work.taken(), work.deliveries()) == ("wait", ["fix_contact"], (), ())
    with work.file.write() as transaction:
        transaction.parties.save_debtor(CREDITOR.id, DEBTOR)
    await work.tell("complete_task", {"task": "fix_contact"})
    await work.act()
    assert [taken.to for taken in work.taken()] == ["els@ochtend.example"]


async def test_a_letter_that_would_not_stand_is_told_and_goes_when_it_is_mended(tmp_path: Path) -> None:
    work = Workplace(tmp_path, one("email"))
    with work.file.write() as transaction:
        transaction.parties.save_creditor(CREDITOR.model_copy(update={"iban": "NL91ABNA0417164301"}))
    stuck = await work.act()
    assert (stuck.action, stuck.at, work.tasks(), work.taken()) == ("wait", None, ["mend_letter"], ())
    assert stuck.view is not None
    (why,) = stuck.view.why
    assert why.code == "letter_refused"
    assert "check digits of creditor.iban are wrong" in (why.detail or "")
    with work.file.write() as transaction:
        transaction.parties.save_creditor(CREDITOR)
    await work.tell("complete_task", {"task": "mend_letter"})
    await work.act()
    assert work.steps() == ["reminder email"]


async def test_a_debtor_of_whom_only_the_id_is_known_does_not_jam_the_case(tmp_path: Path) -> None:
    work = Workplace(tmp_path, one("email"), debtor=Debtor(id="somebody-else", name="Other"))
    assert (await work.act()).action == "wait"
    assert work.tasks() == ["fix_contact"]


@pytest.mark.parametrize("number", ["+31 900 1234567", "+32 902 12 345", "+881 6 2345 6789", "+31 84 1234567"])
async def test_a_number_that_nobody_may_text_is_a_contact_to_mend(tmp_path: Path, number: str) -> None:
    costly = DEBTOR.model_copy(update={"contacts": (Contact(phone=number),)})
    work = Workplace(tmp_path, one("sms"), debtor=costly)
    await work.act()
    assert (work.taken(), work.steps(), work.tasks()) == ((), [], ["fix_contact"])
    (stored,) = work.deliveries()
    assert stored.status == "refused"
    assert "number_not_usable" in (stored.reason or "")


async def test_a_mail_to_a_domain_of_mixed_scripts_is_sent_all_the_same(tmp_path: Path) -> None:
    odd = DEBTOR.model_copy(update={"contacts": (Contact(email="els@\u043echtend.example"),)})
    work = Workplace(tmp_path, one("email"), debtor=odd)
    await work.act()
    assert work.steps() == ["reminder email"]


async def test_an_address_that_no_mail_can_have_is_a_contact_to_mend(tmp_path: Path) -> None:
    broken = DEBTOR.model_copy(update={"contacts": (Contact(email="els at ochtend\r\nBcc: x@y.example"),)})
    work = Workplace(tmp_path, one("email"), debtor=broken)
    await work.act()
    assert (work.taken(), work.tasks()) == ((), ["fix_contact"])


async def test_a_channel_without_a_gateway_is_refused(tmp_path: Path) -> None:
    work = Workplace(tmp_path, one("call"))
    await work.act()
    assert (work.taken(), work.tasks()) == ((), ["fix_contact"])


# What came in between ---------------------------------------------------------------------------------------


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


# Bundles ----------------------------------------------------------------------------------------------------


def bundled(*steps: dict[str, object]) -> Policy:
    return policy(*(steps or (send("reminder", {"after_due": "5d"}),)), bundle="debtor")


async def test_two_invoices_of_one_debtor_go_in_one_message(tmp_path: Path) -> None:
    work = Workplace(tmp_path, bundled(), numbers=("F-1", "F-2"))
    await work.act("F-1")
    (taken,) = work.taken()
    assert taken.key == "bundle:devaart/bakker/2026-03-06/email/finance"
    assert (work.steps("F-1"), work.steps("F-2")) == (["reminder email"], ["reminder email"])
    assert work.deliveries("F-1") == work.deliveries("F-2")
    text = email.message_from_bytes(taken.file.read_bytes(), policy=email.policy.default)
    body = text.get_body(("plain",))
    assert body is not None
    assert "F-1" in body.get_content()
    assert "F-2" in body.get_content()
    await work.act("F-2")
    assert len(work.taken()) == 1


async def test_a_bundle_that_timed_out_is_known_to_both_and_sent_once(tmp_path: Path) -> None:
    work = Workplace(tmp_path, bundled(), numbers=("F-1", "F-2"))
    work.faults.next["bundle"] = ["time_out_after"]
    await work.act("F-1")
    assert [(await work.advance(number=number)).action for number in ("F-1", "F-2")] == ["reconcile", "reconcile"]
    await work.act("F-2")
    assert (work.steps("F-1"), work.steps("F-2")) == (["reminder email"], ["reminder email"])
    await work.run("reconcile", "F-1")
    assert len(work.taken()) == 1


async def test_a_bundle_that_was_not_taken_goes_again_as_the_same_bundle(tmp_path: Path) -> None:
    work = Workplace(tmp_path, bundled(), numbers=("F-1", "F-2"))
    work.faults.next["bundle"] = ["not_taken"]
    await work.act("F-1")
    await work.advance(number="F-2")
    await work.act("F-2")
    assert [taken.key for taken in work.taken()] == ["bundle:devaart/bakker/2026-03-06/email/finance"]
    assert (work.steps("F-1"), work.steps("F-2")) == (["reminder email"], ["reminder email"])


async def test_who_has_paid_is_not_in_the_bundle(tmp_path: Path) -> None:
    work = Workplace(tmp_path, bundled(), numbers=("F-1", "F-2"))
    with work.file.write() as transaction:
        paid = b'{"id": "p1", "amount": "1000.00"}'
        transaction.inbox.accept(work.case("F-2"), "p1", "payment_received", paid, work.now)
    await work.act("F-1")
    assert [taken.key for taken in work.taken()] == [f"{CASE}/reminder/1/email/finance"]
    assert work.steps("F-2") == []


async def test_another_invoice_never_joins_a_message_that_is_half_sent(tmp_path: Path) -> None:
    """The e-mail has gone; trying the text again must not send the e-mail again because a sibling joins."""
    rules = bundled(send("reminder", {"after_due": "5d"}, send=["email", "sms"]))
    work = Workplace(tmp_path, rules)
    work.faults.next["/sms/"] = ["not_taken"]
    await work.act("F-1")
    with work.file.write() as transaction:
        transaction.cases.open(
            work.case("F-2"), CREDITOR.id, open_case(invoice(number="F-2"), rules, work.now), work.now
        )
    await work.act("F-1")
    assert work.steps("F-1") == ["reminder email,sms"]
    keys = [taken.key for taken in work.taken()]
    assert sorted(keys) == sorted(set(keys))
    assert sum("email" in key for key in keys) == 1


async def test_an_invoice_with_a_try_of_its_own_does_not_join_another_message(tmp_path: Path) -> None:
    """F-2's e-mail has gone and its text is tried again; F-1's message must not mail F-2 a second time."""
    rules = bundled(send("reminder", {"after_due": "5d"}, send=["email", "sms"]))
    work = Workplace(tmp_path, rules, numbers=("F-2",))
    work.faults.next["/sms/"] = ["not_taken"]
    await work.act("F-2")
    with work.file.write() as transaction:
        transaction.cases.open(CASE, CREDITOR.id, open_case(invoice(number="F-1"), rules, work.now), work.now)
    work.later(minutes=2)
    await work.act("F-1")
    while not work.steps("F-2"):
        await work.act("F-2")
    assert work.steps("F-2") == ["reminder email,sms"]
    mails = [d for d in work.deliveries("F-2") if d.channel == "email" and d.status == "sent"]
    assert len(mails) == 1


# Handing off ------------------------------------------------------------------------------------------------


async def test_the_agency_gets_the_claim_every_message_and_a_hash_of_each(tmp_path: Path) -> None:
    rules = policy(
        send("notice", {"after_due": "5d"}, send=["post", "email"], term="14d"), hand_off({"term_expired": "notice"})
    )
    work = Workplace(tmp_path, rules)
    with work.file.write() as transaction:
        transaction.documents.save(CASE, "F-1.pdf", "application/pdf", PDF)
    await work.act()
    await work.tell("payment_received", {"id": "p1", "amount": "100.00"})
    handed = await work.act()
    assert (handed.action, work.steps()) == ("end", ["notice post,email", "handoff agency"])
    dossier = work.taken()[-1]
    assert dossier.file.parent == tmp_path / "outbox" / "agency"
    with zipfile.ZipFile(dossier.file) as packed:
        manifest = json.loads(packed.read("manifest.json"))
        contents = {name: packed.read(name) for name in packed.namelist()}
    assert manifest["case"] == CASE
    assert manifest["claim"]["principal_open"] == {"amount": "900.00", "currency": "EUR"}
    assert [entry["kind"] for entry in manifest["ledger"]] == ["principal", "payment"]
    assert sorted(m["channel"] for m in manifest["messages"]) == ["email", "post"]
    assert {d["sha256"] for d in manifest["documents"]} == {
        sha256(PDF).hexdigest(),
        *(d.sha256 for d in work.deliveries() if d.channel != "agency"),
    }
    for document in manifest["documents"]:
        assert sha256(contents[document["name"]]).hexdigest() == document["sha256"]


async def test_no_file_of_a_hand_off_names_anybody_in_its_name(tmp_path: Path) -> None:
    creditor = CREDITOR.model_copy(update={"agency": "Incasso Jansen"})
    work = Workplace(tmp_path, notice())
    with work.file.write() as transaction:
        transaction.parties.save_creditor(creditor)
        transaction.documents.save(CASE, "Factuur Bakkerij Ochtend els@ochtend.example.pdf", "application/pdf", PDF)
        transaction.documents.save(CASE, "F-1.xml", "application/xml", b"<Invoice/>")
    await work.act()
    with work.file.write() as transaction:
        # As versions before this one called it.
        transaction.session.connection.execute(
            update(t.deliveries).values(filename_hint="2026-03-06 Bakkerij Ochtend F-1")
        )
    await work.act()
    files = [taken.file for taken in work.taken()]
    with zipfile.ZipFile(files[-1]) as packed:
        names = packed.namelist()
        manifest = json.loads(packed.read("manifest.json"))
    said = " ".join((*(file.name for file in files), *names)).lower()
    assert not {word for word in ("ochtend", "jansen", "els", "f-1", "@", "vaart") if word in said}
    assert sorted(Path(name).suffix for name in names) == [".json", ".pdf", ".pdf", ".txt", ".xml"]
    assert {each.get("title") for each in manifest["documents"]} == {
        None, "Factuur Bakkerij Ochtend els@ochtend.example.pdf", "F-1.xml",
    }  # fmt: skip


async def test_a_hand_off_that_timed_out_is_found_and_handed_off_once(tmp_path: Path) -> None:
    work = Workplace(tmp_path, notice())
    await work.act()
    work.faults.next["agency"] = ["time_out_after"]
    assert (await work.act()).action == "reconcile"
    assert (await work.act()).action == "end"
    assert [taken.channel for taken in work.taken()] == ["post", "agency"]
    assert work.steps() == ["notice post", "handoff agency"]

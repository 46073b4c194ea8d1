"""Certainly not sent: tried again, told to a person, mended."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from domain.parties import Contact, Debtor
from domain.policy import Policy
from tests.activities.ladders import one
from tests.activities.workplace import Workplace
from tests.casefile.builders import CASE, CREDITOR, DEBTOR
from tests.domain.builders import policy, send


def two_channels() -> Policy:
    return policy(send("reminder", {"after_due": "5d"}, send=["email", "sms"]))


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

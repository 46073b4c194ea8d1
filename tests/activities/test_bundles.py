"""Several invoices of one debtor in one message."""

from __future__ import annotations

import email
import email.policy
from pathlib import Path

from domain.opening import open_case
from domain.policy import Policy
from tests.activities.workplace import Workplace
from tests.casefile.builders import CASE, CREDITOR
from tests.domain.builders import invoice, policy, send


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

"""What was sent can be proved: the bytes, what they were made of, how it was counted, and what went along."""

from __future__ import annotations

import json
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from casefile import tables as t
from casefile.deliveries import StoredDelivery
from domain.invoice import ClaimBasis, Kind, TermBasis
from domain.opening import open_case
from domain.policy import Policy
from letters.content import LetterContent
from letters.render import effective_letter, template_version
from services.correspondence.proving import compare, is_intact
from tests.activities.workplace import START, Workplace
from tests.casefile.builders import CASE, CREDITOR
from tests.domain.builders import hand_off, invoice, policy, send

PDF = b"%PDF-1.7 the invoice itself"


def one(channel: str, **more: object) -> Policy:
    return policy(send("reminder", {"after_due": "5d"}, send=[channel], **more))


def calculation(delivery: StoredDelivery) -> dict[str, Any]:
    assert delivery.proof is not None
    said: dict[str, Any] = json.loads(delivery.proof.calculation)
    return said


def enter_in_trade_register(work: Workplace) -> None:
    """A notice names the creditor's number."""
    with work.file.write() as transaction:
        transaction.parties.save_creditor(CREDITOR.model_copy(update={"kvk": "12345678"}))


async def sent(work: Workplace) -> StoredDelivery:
    await work.act()
    (delivery,) = work.deliveries()
    return delivery


@pytest.mark.parametrize("channel", ["email", "sms", "post", "registered"])
async def test_a_letter_made_again_from_what_is_kept_has_the_same_bytes(tmp_path: Path, channel: str) -> None:
    work = Workplace(tmp_path, one(channel, attach=["invoice"]))
    with work.file.write() as transaction:
        transaction.documents.save(CASE, "F-1.pdf", "application/pdf", PDF)
    delivery = await sent(work)
    assert is_intact(delivery)
    with work.file.read() as transaction:
        compared = compare(transaction, delivery)
    assert compared.same is True, compared.says
    assert compared.own == compared.kept


async def test_what_a_letter_says_its_templates_and_its_documents_are_kept_with_it(tmp_path: Path) -> None:
    work = Workplace(tmp_path, one("email", attach=["invoice"]))
    with work.file.write() as transaction:
        transaction.documents.save(CASE, "F-1.pdf", "application/pdf", PDF)
    proof = (await sent(work)).proof
    assert proof is not None
    assert proof.content is not None
    content = LetterContent.model_validate_json(proof.content)
    assert (content.lines[0].number, content.claimed.text) == ("F-1", "1000.00")
    assert proof.template_version == template_version(effective_letter(content), content.language)
    assert [(each.name, each.media_type, each.sha256) for each in proof.enclosed] == [
        ("F-1.pdf", "application/pdf", sha256(PDF).hexdigest())
    ]


async def test_how_an_amount_was_counted_is_kept_with_the_letter(tmp_path: Path) -> None:
    # Business, due Sunday 1 March 2026, agreed by nobody: in default 31 days after the invoice of 1 February, so from
    # Wednesday 4 March (BW 6:119a lid 2). On 25 March 22 days at 10.15% (2.15% ECB and eight points): 1000 × 0.1015 ×
    # 22 / 365 = 6.12.
    rules = policy(
        send("notice", {"after_due": "24d"}, send=["post"], term="14d", claims="principal+interest", letter="notice"),
        law="NL",
    )
    work = Workplace(tmp_path, rules)
    enter_in_trade_register(work)
    said = calculation(await sent(work))
    (case,) = said["cases"]
    assert (said["on"], case["invoice"], case["step"], case["legal"]) == ("2026-03-25", "F-1", "notice", "notice")
    assert case["claimed"] == "1006.12"
    assert (case["claim"]["open"], case["claim"]["interest"], case["claim"]["total"]) == ("1000.00", "6.12", "1006.12")
    assert case["claim"]["periods"] == [
        {"from": "2026-03-04", "to": "2026-03-25", "days": 22, "rate": "10.15", "base": "1000.00", "amount": "6.12"}
    ]


async def test_a_letter_on_damages_names_the_ordinary_rate_also_to_a_business(tmp_path: Path) -> None:
    # The trade rate is for the price only (BW 6:119a): 4% in 2026, and the letter must not call it the trade rate.
    rules = policy(
        send("notice", {"after_due": "24d"}, send=["post"], term="14d", claims="principal+interest", letter="notice"),
        law="NL",
    )
    work = Workplace(tmp_path, rules, numbers=())
    damages = invoice().model_copy(update={"claim_basis": ClaimBasis.DAMAGES, "term_basis": TermBasis.AGREED})
    with work.file.write() as transaction:
        transaction.cases.open(CASE, CREDITOR.id, open_case(damages, rules, START), START)
    enter_in_trade_register(work)
    proof = (await sent(work)).proof
    assert proof is not None
    assert proof.content is not None
    content = LetterContent.model_validate_json(proof.content)
    assert (content.interest_basis, str(content.periods[0].rate)) == ("statutory", "4.00")


async def test_the_fee_that_a_consumer_letter_announces_is_explained(tmp_path: Path) -> None:
    rules = policy(
        send("letter", {"after_due": "5d"}, send=["post"], term="14d", letter="notice", announces=["costs"]),
        law="NL",
        kind="consumer",
    )
    work = Workplace(tmp_path, rules, numbers=())
    agreed = invoice(kind=Kind.CONSUMER).model_copy(update={"term_basis": TermBasis.AGREED})
    with work.file.write() as transaction:
        transaction.cases.open(CASE, CREDITOR.id, open_case(agreed, rules, START), START)
    enter_in_trade_register(work)
    said = calculation(await sent(work))
    # BIK: 15% of 1000.00.
    assert (said["announced_costs"]["amount"], said["cases"][0]["announced_costs"]) == ("150.00", "150.00")
    assert said["announced_costs"]["explained"]


async def test_every_case_of_a_joint_message_is_in_its_calculation(tmp_path: Path) -> None:
    rules = policy(send("reminder", {"after_due": "5d"}), bundle="debtor")
    work = Workplace(tmp_path, rules, numbers=("F-1", "F-2"))
    said = calculation(await sent(work))
    assert [each["invoice"] for each in said["cases"]] == ["F-1", "F-2"]


async def test_a_dossier_keeps_its_calculation_and_the_hash_of_every_document(tmp_path: Path) -> None:
    work = Workplace(tmp_path, policy(hand_off({"after_due": "5d"})))
    with work.file.write() as transaction:
        transaction.documents.save(CASE, "F-1.pdf", "application/pdf", PDF)
    delivery = await sent(work)
    assert delivery.proof is not None
    assert calculation(delivery)["cases"][0]["claim"]["open"] == "1000.00"
    enclosed = [(each.name, each.sha256) for each in delivery.proof.enclosed]
    assert [name for name, _ in enclosed[:2]] == ["01 samenvatting.pdf", "02 vordering.pdf"]
    assert ("F-1.pdf", sha256(PDF).hexdigest()) in enclosed
    with work.file.read() as transaction:
        assert compare(transaction, delivery).same is None


async def test_bytes_that_somebody_changed_are_not_intact_and_not_the_same(tmp_path: Path) -> None:
    work = Workplace(tmp_path, one("sms"))
    delivery = replace(await sent(work), content=b"Betaal niets")
    assert not is_intact(delivery)
    with work.file.read() as transaction:
        assert compare(transaction, delivery).same is False


async def test_other_templates_than_those_of_then_are_named(tmp_path: Path) -> None:
    work = Workplace(tmp_path, one("sms"))
    delivery = await sent(work)
    assert delivery.proof is not None
    older = replace(delivery, content=b"old words", proof=replace(delivery.proof, template_version="0123456789abcdef"))
    with work.file.read() as transaction:
        compared = compare(transaction, older)
    assert (compared.same, compared.templates_changed) == (False, True)
    assert compared.says == (
        f"made again, the bytes differ: the templates changed since: 0123456789abcdef then, {compared.own} now"
    )


async def test_a_document_that_is_gone_is_named(tmp_path: Path) -> None:
    work = Workplace(tmp_path, one("email", attach=["invoice"]))
    with work.file.write() as transaction:
        transaction.documents.save(CASE, "F-1.pdf", "application/pdf", PDF)
    delivery = await sent(work)
    with work.file.write() as transaction:
        transaction.session.connection.execute(update(t.documents).values(content=b"another"))
    with work.file.read() as transaction:
        compared = compare(transaction, delivery)
    assert (compared.same, compared.says) == (
        None,
        "documents that went with it are not in the case file: F-1.pdf",
    )


async def test_a_delivery_from_before_proofs_were_kept_is_read_all_the_same(tmp_path: Path) -> None:
    work = Workplace(tmp_path, one("sms"))
    await sent(work)
    with work.file.write() as transaction:
        transaction.session.connection.execute(update(t.deliveries).values(calculation=None, letter_content=None))
    (old,) = work.deliveries()
    assert (old.proof, is_intact(old)) == (None, True)
    with work.file.read() as transaction:
        assert compare(transaction, old).same is None


async def test_a_try_that_goes_again_keeps_the_proof_of_what_went_out(tmp_path: Path) -> None:
    work = Workplace(tmp_path, one("sms"))
    work.faults.next["sms"] = ["not_taken"]
    await work.act()
    await work.tell("payment_received", {"id": "p1", "amount": "400.00"})
    await work.act()
    (delivery,) = work.deliveries()
    assert (delivery.status, calculation(delivery)["cases"][0]["claim"]["open"]) == ("sent", "600.00")


async def test_the_proof_is_written_with_the_intent_before_anybody_is_called(tmp_path: Path) -> None:
    work = Workplace(tmp_path, one("sms"))

    class Killed(BaseException):
        pass

    def die(point: str) -> None:
        if point == "after_intent":
            raise Killed

    work.equip(checkpoint=die)
    with pytest.raises(Killed):
        await work.act()
    (delivery,) = work.deliveries()
    assert (delivery.status, work.taken()) == ("intended", ())
    assert calculation(delivery)["cases"][0]["claim"]["open"] == "1000.00"
    with work.file.read() as transaction:
        assert compare(transaction, delivery).same is True


# What letters say of how to pay ------------------------------------------------------------------------------


async def content_with(tmp_path: Path, **facts: object) -> LetterContent:
    rules = one("sms")
    work = Workplace(tmp_path, rules, numbers=())
    with work.file.write() as transaction:
        told = invoice().model_copy(update=facts)
        transaction.cases.open(CASE, CREDITOR.id, open_case(told, rules, START), START)
    proof = (await sent(work)).proof
    assert proof is not None
    return LetterContent.model_validate_json(proof.content or "")


async def test_a_belgian_reference_stays_belgian_in_a_letter(tmp_path: Path) -> None:
    """Its twelve digits alone would be taken for a Dutch betalingskenmerk, and refused as one."""
    content = await content_with(tmp_path, payment_reference="+++010/8068/17183+++")
    assert content.structured_reference == "+++010/8068/17183+++"


@pytest.mark.parametrize(
    ("link", "printed"),
    [("https://pay.example/x7Kq", "https://pay.example/x7Kq"), ("https://pay.example/bakkerij-ochtend", None)],
)
async def test_a_link_that_names_the_debtor_is_left_out_and_the_letter_goes(
    tmp_path: Path, link: str, printed: str | None
) -> None:
    assert (await content_with(tmp_path, payment_link=link)).payment_link == printed

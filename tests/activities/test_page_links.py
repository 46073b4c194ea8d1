"""A message carries a link to the debtor's page, made with it; and can be made again from what is kept."""

from __future__ import annotations

import re
from dataclasses import replace
from email import message_from_bytes
from email import policy as email_policy
from pathlib import Path

import pytest

from casefile.deliveries import StoredDelivery
from casefile.pay_tokens import LASTS, PayToken, pay_token_of
from domain.policy import Policy
from services.correspondence.proving import compare
from services.debtor_page.linking import PayPages
from tests.activities.workplace import Workplace
from tests.casefile.builders import CASE
from tests.domain.builders import policy, send

SITE = "https://pay.example.nl"


def ladder(*channels: str) -> Policy:
    return policy(send("reminder", {"after_due": "5d"}, send=list(channels)))


def place(folder: Path, of: Policy, site: str | None = SITE, numbers: tuple[str, ...] = ("F-1",)) -> Workplace:
    found = Workplace(folder, of, numbers=numbers)
    if site is not None:
        found.activities = replace(found.activities, pages=PayPages(site, lambda: found.now))
    return found


def sent(place: Workplace, case_id: str = CASE) -> tuple[StoredDelivery, ...]:
    with place.file.read() as transaction:
        return transaction.deliveries.of_case(case_id)


def text_of(delivery: StoredDelivery) -> str:
    found = message_from_bytes(delivery.content, policy=email_policy.default)
    body = found.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def tokens(place: Workplace, text: str) -> list[PayToken | None]:
    with place.file.read() as transaction:
        secrets = dict.fromkeys(re.findall(rf"{SITE}/pay/([A-Za-z0-9_-]{{43}})(?![A-Za-z0-9_-])", text))
        return [pay_token_of(transaction.session, each) for each in secrets]


async def test_a_mail_carries_a_link_that_opens_the_debtors_page_for_a_year(tmp_path: Path) -> None:
    work = place(tmp_path, ladder("email"))
    await work.act()
    (mail,) = sent(work)
    (token,) = tokens(work, text_of(mail))
    assert token is not None
    assert (token.creditor, token.debtor, token.case_id) == ("devaart", "bakker", None)
    assert token.made_by.startswith("message ")
    assert token.expires_at == work.now + LASTS
    assert token.opens(work.now)


async def test_all_channels_of_one_message_carry_the_same_link(tmp_path: Path) -> None:
    work = place(tmp_path, ladder("email", "post"))
    await work.act()
    links = {
        str(each.proof and re.findall(rf"{SITE}/pay/[A-Za-z0-9_-]+", str(each.proof.content))) for each in sent(work)
    }
    assert len(sent(work)) == 2
    assert len(links) == 1


@pytest.mark.parametrize("channel", ["email", "post"])
async def test_a_kept_letter_is_made_again_byte_for_byte(tmp_path: Path, channel: str) -> None:
    work = place(tmp_path, ladder(channel))
    await work.act()
    with work.file.read() as transaction:
        (letter,) = transaction.deliveries.of_case(CASE)
        assert f"{SITE}/pay/" in str(letter.proof and letter.proof.content)
        assert compare(transaction, letter).same is True


async def test_a_letter_about_several_invoices_carries_one_too(tmp_path: Path) -> None:
    work = place(tmp_path, ladder("email"), numbers=("F-1", "F-2"))
    await work.act()
    (mail,) = sent(work)
    assert len(tokens(work, text_of(mail))) == 1


@pytest.mark.parametrize("site", [None, "http://127.0.0.1:8236"])
async def test_without_an_address_that_the_outside_reaches_a_letter_carries_no_link(
    tmp_path: Path, site: str | None
) -> None:
    work = place(tmp_path, ladder("email"), site)
    await work.act()
    (mail,) = sent(work)
    assert "/pay/" not in text_of(mail)
    with work.file.read() as transaction:
        made = transaction.session.connection.exec_driver_sql("SELECT count(*) FROM pay_tokens").scalar_one()
    assert made == 0


async def test_a_message_whose_intent_was_never_written_leaves_no_link(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    work = place(tmp_path, ladder("email"))

    def fails(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr("casefile.deliveries.Deliveries.intend", fails)
    with pytest.raises(OSError, match="disk full"):
        await work.act()
    with work.file.read() as transaction:
        assert transaction.session.connection.exec_driver_sql("SELECT count(*) FROM pay_tokens").scalar_one() == 0

"""Links of debtors and links of payment providers, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from casefile.case_file import CaseFile
from casefile.pay_tokens import make_pay_token, pay_token_of, pay_tokens_of, revoke_pay_token
from casefile.payment_links import PaymentLink, cases_of_link, end_link, keep_link, links_of_debtor
from domain.money import Money
from tests.casefile.builders import CASE, CREDITOR, DEBTOR, NOW, furnish, opened


@pytest.fixture
def file(tmp_path: Path) -> Iterator[CaseFile]:
    found = opened(tmp_path / "f.sqlite3")
    with found.write() as transaction:
        furnish(transaction)
    yield found
    found.database.close()


def test_a_token_is_256_bits_and_only_its_hash_is_kept(file: CaseFile) -> None:
    with file.write(CASE) as transaction:
        made = [make_pay_token(transaction.session, CREDITOR.id, DEBTOR.id, by="t", at=NOW) for _ in range(50)]
    # 43 signs of base64 are 256 bits.
    assert {len(each.secret) for each in made} == {43}
    assert len({each.secret for each in made}) == 50
    with file.read() as transaction:
        rows = str(transaction.session.connection.exec_driver_sql("SELECT * FROM pay_tokens").all())
        assert [pay_token_of(transaction.session, each.secret) for each in made] == [each.token for each in made]
        assert pay_token_of(transaction.session, made[0].token.id) is None
        assert pay_token_of(transaction.session, "\ud800") is None
    assert not [each for each in made if each.secret in rows]


def test_a_token_opens_until_its_end_or_until_it_is_revoked(file: CaseFile) -> None:
    with file.write(CASE) as transaction:
        session = transaction.session
        made = make_pay_token(session, CREDITOR.id, DEBTOR.id, by="t", at=NOW, lasts=timedelta(days=1))
        assert made.token.opens(NOW + timedelta(hours=23))
        assert not made.token.opens(NOW + timedelta(days=1))
        assert revoke_pay_token(session, made.token.id, NOW)
        assert not revoke_pay_token(session, made.token.id, NOW)
        found = pay_token_of(session, made.secret)
    assert found is not None
    assert not found.opens(NOW)


def test_the_links_that_show_a_case_are_its_own_and_those_of_its_debtor(file: CaseFile) -> None:
    with file.write() as transaction:
        furnish(transaction, case_id=f"{CASE}b", number="F-2")
        session = transaction.session
        own = make_pay_token(session, CREDITOR.id, DEBTOR.id, by="t", at=NOW, case_id=CASE).token
        every = make_pay_token(session, CREDITOR.id, DEBTOR.id, by="t", at=NOW + timedelta(seconds=1)).token
        make_pay_token(session, CREDITOR.id, "slager", by="t", at=NOW)
        assert pay_tokens_of(session, CREDITOR.id, DEBTOR.id, CASE) == (own, every)
        assert pay_tokens_of(session, CREDITOR.id, DEBTOR.id, f"{CASE}b") == (every,)


def test_a_providers_link_names_its_cases_also_after_it_ended(file: CaseFile) -> None:
    with file.write(CASE) as transaction:
        token = make_pay_token(transaction.session, CREDITOR.id, DEBTOR.id, by="t", at=NOW).token
        link = PaymentLink(
            "mollie",
            "pl_1",
            token.id,
            (CASE, "case:2"),
            Money.parse("12.34", "EUR"),
            "https://paymentlink.mollie.com/1",
            NOW,
            NOW + timedelta(days=1),
        )
        for _ in range(2):
            keep_link(transaction, link)
        assert links_of_debtor(transaction, CREDITOR.id, DEBTOR.id) == (link,)
        assert links_of_debtor(transaction, CREDITOR.id, "slager") == ()
        assert link.opens(NOW)
        end_link(transaction, "mollie", "pl_1", NOW)
        (ended,) = links_of_debtor(transaction, CREDITOR.id, DEBTOR.id)
        assert not ended.opens(NOW)
        assert cases_of_link(transaction, "mollie", "pl_1") == (CASE, "case:2")
        assert cases_of_link(transaction, "stripe", "pl_1") is None
        assert cases_of_link(transaction, "mollie", "pl_2") is None

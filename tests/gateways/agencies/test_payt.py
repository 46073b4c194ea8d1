"""Partners in Payt: a debtor and his invoices once, whatever breaks, and what it is told later."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from pydantic import SecretStr

from gateways.agencies.payt import PaytAgency
from gateways.agencies.payt_claim import identifier_of
from services.ports import (
    CannotTell,
    Found,
    NotTaken,
    NotThere,
    OutcomeUnknown,
    Refused,
    SendFailure,
)
from tests.gateways.agencies.payt_double import ADMINISTRATION, TOKEN, Payt, payt
from tests.gateways.agencies.payt_file import DEBTOR, FIRST, KEY, MANIFEST, NOW, SENT, claimed, file, notice, partner


@pytest.fixture
def double() -> Iterator[Payt]:
    with payt() as serving:
        yield serving


async def test_the_debtor_and_his_invoices_are_made_with_what_its_document_names(double: Payt) -> None:
    sent = await partner(double, country="NL").send(file())
    assert sent.reference == "2603746, 2603747"
    ((contact,),), ((debtor,),), ((first, second),) = (
        double.of("/v1/contacts"), double.of("/v1/debtors"), double.of("/v1/invoices"),
    )  # fmt: skip
    number = debtor["debtor_number"]
    assert contact == {
        "contact_identifier": number,
        "default_email_address": "els@ochtend.example",
        "postal_address_street_1": "t.a.v. Els",
        "postal_address_street_2": "Weg 2",
        "postal_address_postal_code": "1000 AB",
        "postal_address_city": "Dorp",
        "postal_address_country_code": "NL",
    }
    assert debtor == {
        "debtor_number": number,
        "debtor_identifier": number,
        "contact_identifier": number,
        "name": "Bakkerij Ochtend",
        "coc_number": "12345678",
        "country_code": "NL",
        "is_company": True,
    }
    assert {name: first[name] for name in first if name not in ("document", "ubl_document")} == {
        "invoice_number": "F-1",
        "invoice_identifier": identifier_of(KEY, FIRST),
        "debtor_number": number,
        "debtor_identifier": number,
        "currency_code": "EUR",
        "invoice_date": "2026-01-02",
        "due_date": "2026-02-01",
        "amount_total": "1210.10",
        "amount_open": "1110.10",
        "book_amount_total": "1210.10",
        "book_amount_open": "1110.10",
        "sent_at": "2026-01-02T00:00:00Z",
    }
    assert (first["document"]["filename"], first["ubl_document"]["filename"]) == (
        "03 factuur a.pdf",
        "04 factuur b.xml",
    )
    assert {
        first["document"]["checksum"]: b"%PDF 3",
        first["ubl_document"]["checksum"]: b"<Invoice/>",
    } == double.documents
    assert (second["amount_open"], "document" in second) == ("350.00", False)


async def test_every_invoice_is_said_to_be_sent_lest_it_is_sent_to_the_debtor_again(double: Payt) -> None:
    await partner(double).send(file())
    assert all(each["sent_at"] for each in double.invoices.values())


async def test_nothing_of_how_we_work_goes_there(double: Payt) -> None:
    await partner(double).send(file())
    told = json.dumps(double.posted)
    assert not [word for word in ("devaart", "handoff", "incasso", "NL001234567B01", "12.34") if word in told]


async def test_what_is_there_is_not_made_again(double: Payt) -> None:
    for _ in range(2):
        assert (await partner(double).send(file())).reference == "2603746, 2603747"
    assert (len(double.of("/v1/invoices")), len(double.of("/v1/debtors"))) == (1, 1)
    assert await partner(double).find(SENT, since=NOW) == Found("2603746, 2603747")


async def test_a_connection_that_breaks_after_it_took_them_leaves_it_unknown_and_asking_finds_them(
    double: Payt,
) -> None:
    double.breaks = {"POST /v1/invoices"}
    with pytest.raises(OutcomeUnknown):
        await partner(double).send(file())
    assert await partner(double).find(SENT, since=NOW) == Found("2603746, 2603747")
    assert len(double.of("/v1/invoices")) == 1


async def test_a_request_that_was_given_up_and_arrives_in_between_is_not_taken_for_somebody_elses(double: Payt) -> None:
    await partner(double).send(file())
    double.unseen = 1
    assert (await partner(double).send(file())).reference == "2603746, 2603747"
    assert len(double.invoices) == 2


@pytest.mark.parametrize("path", ["/v1/contacts", "/v1/debtors", "/v1/files"])
async def test_a_connection_that_breaks_before_the_invoices_has_taken_no_claim(double: Payt, path: str) -> None:
    double.breaks = {f"POST {path}"}
    with pytest.raises(NotTaken):
        await partner(double).send(file())
    assert await partner(double).find(SENT, since=NOW) == NotThere()
    double.breaks = set()
    assert (await partner(double).send(file())).reference and len(double.of("/v1/invoices")) == 1


async def test_of_a_file_of_which_a_part_is_there_only_the_rest_is_made(double: Payt) -> None:
    double.breaks = {"POST /v1/invoices"}
    with pytest.raises(OutcomeUnknown):
        await partner(double).send(file())
    double.breaks = set()
    del double.invoices["F-2"]
    assert await partner(double).find(SENT, since=NOW) == Found("2603746, 2603747")
    assert [[each["invoice_number"] for each in posted] for posted in double.of("/v1/invoices")] == [
        ["F-1", "F-2"],
        ["F-2"],
    ]


@pytest.mark.parametrize("status", [500, 503])
async def test_an_error_of_its_own_when_they_are_to_be_made_leaves_it_unknown(double: Payt, status: int) -> None:
    double.answers = {"POST /v1/invoices": status}
    with pytest.raises(OutcomeUnknown, match=f"{status}: error"):
        await partner(double).send(file())
    assert await partner(double).find(SENT, since=NOW) == NotThere()


@pytest.mark.parametrize(
    ("status", "kind", "says"),
    [
        (401, NotTaken, "check the token"),
        (403, NotTaken, "403: forbidden: check the token"),
        (404, NotTaken, "check the token"),
        (422, Refused, "422: error"),
        (429, NotTaken, "429"),
    ],
)
async def test_what_it_did_not_take_is_told_apart_and_no_sentence_of_its_is_quoted(
    double: Payt, status: int, kind: type[SendFailure], says: str
) -> None:
    for path in ("/v1/debtors", "/v1/invoices"):
        double.answers = {f"POST {path}": status}
        with pytest.raises(kind, match=says) as refused:
            await partner(double).send(file())
        assert "Ochtend" not in str(refused.value)
    assert not double.invoices


async def test_a_permission_that_is_missing_is_named(double: Payt) -> None:
    double.answers, double.message = {"POST /v1/invoices": 403}, "Missing permission: invoices:write"
    with pytest.raises(NotTaken, match=r"403: forbidden: Missing permission: invoices:write$"):
        await partner(double).send(file())


async def test_of_many_invoices_a_few_are_asked_about_at_once(double: Payt) -> None:
    many = [claimed(f"devaart:F-{n}", f"F-{n}", "1.00", "1.00") for n in range(65)]
    await partner(double).send(file({**MANIFEST, "statement": many}))
    assert len(double.invoices) == 65
    asked = [query for path, query in double.asked if path == "GET /v1/invoices"]
    assert len(asked) == 9 and max(len(str(query)) for query in asked) < 3500


async def test_when_it_refuses_one_of_several_the_others_are_blocked_and_the_file_is_refused(double: Payt) -> None:
    double.wrong = {"F-2": ["Due date is invalid", "Ochtend has a wrong address", "jan@example.nl is no address"]}
    with pytest.raises(Refused, match=r"refuses 1 of the invoices: Due date is invalid$") as refused:
        await partner(double).send(file())
    assert "chtend" not in str(refused.value) and "jan" not in str(refused.value)
    assert double.blocked == [identifier_of(KEY, FIRST)]


async def test_an_invoice_that_somebody_else_brought_there_is_not_touched(double: Payt) -> None:
    double.invoices["F-2"] = {
        "id": 7,
        "invoice_number": "F-2",
        "invoice_identifier": "AFAS-2",
        "open_amount": "350.00",
        "updated_at": double.now,
    }
    with pytest.raises(Refused, match="invoice F-2 is in the administration already"):
        await partner(double).send(file())
    assert double.posted == [] and list(double.invoices) == ["F-2"]


async def test_an_invoice_number_that_its_filter_would_split_is_refused(double: Payt) -> None:
    odd = {**MANIFEST, "statement": [claimed(FIRST, "F-1, F-2", "1.00", "1.00")]}
    with pytest.raises(Refused, match="invoice number with a comma"):
        await partner(double).send(file(odd))


async def test_an_administration_in_another_currency_or_not_in_use_gets_nothing(double: Payt) -> None:
    double.currency = "SEK"
    with pytest.raises(Refused, match="the claim is in EUR, the administration is not"):
        await partner(double).send(file())
    double.currency, double.status = "EUR", "inactive"
    for refused in (partner(double).send(file()), partner(double).check()):
        with pytest.raises(NotTaken, match="administration is not active"):
            await refused
    assert double.posted == []


async def test_the_token_goes_to_the_api_alone_and_is_not_quoted(double: Payt) -> None:
    await partner(double).send(file())
    # The two that were uploaded, at addresses that it gave us.
    assert [each.get("authorization") for each in double.headers].count(None) == 2
    with pytest.raises(NotTaken, match="check the token") as refused:
        await partner(double, "another-token").check()
    assert "another-token" not in str(refused.value)
    assert "the administration is active, in EUR" in await partner(double).check()


async def test_a_document_that_it_has_already_is_not_uploaded_again(double: Payt) -> None:
    await partner(double).send(file())
    uploads = [each for each in double.headers if "authorization" not in each]
    double.invoices.clear()
    await partner(double).send(file())
    assert [each for each in double.headers if "authorization" not in each] == uploads


async def test_the_same_debtor_keeps_his_number_and_another_at_his_address_has_his_own(double: Payt) -> None:
    later = claimed("devaart:F-3", "F-3", "10.00", "10.00")
    for debtor in (DEBTOR, {**DEBTOR, "phone": "0201234567"}, {**DEBTOR, "name": "Bakkerij Avond"}):
        double.invoices.clear()
        await partner(double).send(file({**MANIFEST, "debtor": debtor, "statement": [later]}))
    first, again, other = (posted[0]["debtor_number"] for posted in double.of("/v1/debtors"))
    assert first == again != other


# What it is told -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("about", ["payment", "credit", "write_off"])
async def test_what_lowers_the_claim_lowers_what_is_open_there(double: Payt, about: str) -> None:
    way = partner(double)
    await way.send(file())
    await way.tell(SENT, notice(about))
    assert (double.invoices["F-1"]["open_amount"], double.invoices["F-2"]["open_amount"]) == ("910.10", "350.00")


async def test_notices_in_any_order_never_raise_what_is_open_there(double: Payt) -> None:
    way = partner(double)
    await way.send(file())
    for principal in ("610.10", "910.10", "610.10"):
        await way.tell(SENT, notice("payment", principal))
    assert double.invoices["F-1"]["open_amount"] == "610.10"
    with pytest.raises(Refused, match="tell it there"):
        await way.tell(SENT, notice("payment_reversed", "1110.10"))
    assert double.invoices["F-1"]["open_amount"] == "610.10"


@pytest.mark.parametrize("about", ["dispute", "hold", "debtor_status", "recall"])
async def test_a_dispute_a_hold_and_a_recall_block_the_invoice_there(double: Payt, about: str) -> None:
    way = partner(double)
    await way.send(file())
    await way.tell(SENT, notice(about))
    assert double.blocked == [identifier_of(KEY, FIRST)]


@pytest.mark.parametrize("about", ["payment", "recall"])
async def test_a_notice_of_an_invoice_that_is_not_there_any_more_is_left_to_a_person(double: Payt, about: str) -> None:
    with pytest.raises(Refused, match="tell it there"):
        await partner(double).tell(SENT, notice(about))


async def test_a_notice_without_an_answer_is_unknown_and_done_again_it_is_the_same(double: Payt) -> None:
    way = partner(double)
    await way.send(file())
    double.breaks = {"PATCH /v1/invoices"}
    with pytest.raises(OutcomeUnknown):
        await way.tell(SENT, notice("payment"))
    double.breaks = set()
    assert await way.told(SENT, "n1") == NotThere()
    await way.tell(SENT, notice("payment"))
    assert double.invoices["F-1"]["open_amount"] == "910.10"


async def test_a_file_that_is_kept_no_more_can_t_be_sought(double: Payt) -> None:
    way = PaytAgency(
        "payt", double.url, SecretStr(TOKEN), ADMINISTRATION, None, lambda key: None, lambda key: (), timeout=5,
        now=lambda: NOW,
    )  # fmt: skip
    assert isinstance(await way.find(SENT, since=NOW), CannotTell)

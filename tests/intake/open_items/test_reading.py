"""Rules of reading a list of open items: the row as a whole, what it tells of the invoice, and findings."""

from datetime import date, timedelta
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from domain.invoice import ClaimBasis, Kind, TermBasis, YesNoUnknown
from intake.findings import Unreadable
from intake.open_item import NoticeProof, OpenItem, case_key
from intake.open_items.reading import read_open_items
from intake.written.links import read_payment_link
from letters.payment_link import PaymentLink
from tests.intake.open_items.rows import TODAY, dropped, eur, item, only_finding, read, refused, table
from tests.rows import in_rows


def test_a_full_row_is_read_with_dutch_headers() -> None:
    result = read(
        "Factuurnummer;Factuur-ID;Debiteurnummer;Debiteur;Contactpersoon;E-mail;Telefoon;Straat;Huisnummer;"
        "Postcode;Plaats;Land;Taal;Soort;Factuurdatum;Vervaldatum;Bedrag;Openstaand;Valuta;Grondslag termijn;"
        "Ontvangen op;Recht;Labels;Kenmerk;Bijlage;Laatste stap;Laatste contact op;Aanmaning verstuurd op;"
        "Bewijs aanmaning;Toezegging tot;Toegezegd bedrag;Aanhouden;Aanhouden tot;Bij incasso\n"
        "F-7;9f3c;1001;De Korenaar B.V.;Ilse;ilse@korenaar.example;010-1234567;Meelgang;12;7201 KX;Zutphen;"
        "Nederland;Nederlands;zakelijk;1-2-2026;15-2-2026;€ 1.234,50;234,50;EUR;overeengekomen;02-02-2026;NL;"
        "vip, noord;PO 5;pdf\\F-7.pdf;notice;10-03-2026;10-03-2026;bezorgd;10-04-2026;100,00;wacht op CFO;"
        "12-04-2026;nee\n"
    )
    assert result.findings == ()
    assert result.items == (
        OpenItem(
            line=2,
            number="F-7",
            key="9f3c",
            debtor_id="1001",
            debtor_name="De Korenaar B.V.",
            contact_name="Ilse",
            email="ilse@korenaar.example",
            phone="+31101234567",
            street="Meelgang 12",
            postcode="7201 KX",
            city="Zutphen",
            country="NL",
            language="nl",
            kind=Kind.BUSINESS,
            natural_person=YesNoUnknown.NO,
            in_business=YesNoUnknown.YES,
            invoice_date=date(2026, 2, 1),
            due=date(2026, 2, 15),
            amount=eur("1234.50"),
            open=eur("234.50"),
            term_basis=TermBasis.AGREED,
            received_on=date(2026, 2, 2),
            law="NL",
            tags=("vip", "noord"),
            reference="PO 5",
            document="pdf/F-7.pdf",
            last_step="notice",
            last_contact_on=date(2026, 3, 10),
            notice_posted_on=date(2026, 3, 10),
            notice_proof=NoticeProof.DELIVERED,
            promise_until=date(2026, 4, 10),
            promise_amount=eur("100.00"),
            hold="wacht op CFO",
            hold_until=date(2026, 4, 12),
        ),
    )


def test_what_a_row_leaves_open_takes_the_documented_default() -> None:
    read_item = item()
    assert (read_item.open, read_item.currency) == (eur("100.00"), "EUR")
    assert (read_item.term_basis, read_item.law, read_item.handed_off) == (TermBasis.PRINTED, None, False)
    assert not read_item.has_history


def test_the_shipped_sample_is_clean() -> None:
    data = files("samples").joinpath("open_items.csv").read_bytes()
    result = read_open_items(data, file="open_items.csv", today=TODAY)
    assert [str(finding) for finding in result.findings] == []
    assert len(result.items) == 25
    assert len({row.debtor_id for row in result.items}) == 12
    assert len({row.debtor_id for row in result.items if row.kind is Kind.CONSUMER}) == 3
    old = [row for row in result.items if TODAY - row.due > timedelta(days=30)]
    assert [row.has_history for row in old] == [True, False]
    assert all((row.email or "").endswith(".example") for row in result.items)
    assert (min(row.amount for row in result.items), max(row.amount for row in result.items)) == (
        eur("38.50"),
        eur("18450.00"),
    )


def test_what_was_sold_and_how_to_pay_are_read_with_dutch_headers() -> None:
    read_item = item(
        Productnaam="Drie banken",
        Goederen="ja",
        Leverdatum="20-02-2026",
        Contractnummer="C-9",
        **{
            "Grondslag vordering": "schadevergoeding",
            "Betaallink": "https://pay.example/x7Kq",
            "Betalingskenmerk": "5000 0567 8901 2345",
            "Uw referentie": "PO 5",
        },
    )
    assert (read_item.product, read_item.goods, read_item.delivered_on) == ("Drie banken", True, date(2026, 2, 20))
    assert (read_item.contract, read_item.claim_basis) == ("C-9", ClaimBasis.DAMAGES)
    assert (read_item.payment_link, read_item.payment_reference, read_item.reference) == (
        "https://pay.example/x7Kq",
        "5000 0567 8901 2345",
        "PO 5",
    )


def test_without_these_columns_the_price_of_no_goods_is_claimed() -> None:
    read_item = item()
    assert (read_item.product, read_item.goods, read_item.delivered_on, read_item.contract) == (None, False, None, None)
    assert (read_item.claim_basis, read_item.payment_link, read_item.payment_reference) == (
        ClaimBasis.PRICE,
        None,
        None,
    )


@in_rows(
    ("link", "reason"),
    [
        ("http://pay.example/x7Kq", "begins with https://"),
        ("javascript:alert(1)", "begins with https://"),
        ("https://localhost/x7Kq", "begins with https://"),
        ("https://[::1", "begins with https://"),
        ("https://pay.example/x7Kq?amount=100", "holds '@', '?' or '#'"),
        ("https://els@pay.example/x7Kq", "holds '@', '?' or '#'"),
        ("https://pay.example/x7Kq#f", "holds '@', '?' or '#'"),
        ("https://pay.example/x 7Kq", "no spaces"),
        ("https://pay.example/é", "no spaces"),
        ("https://pay.example/" + "x" * 290, "at most 300"),
        ("https://pay.example/de-korenaar/bakkerij-de-korenaar", "a name"),
        ("https://pay.example/261041", "the invoice number"),
    ],
)
def test_a_link_that_may_not_stand_in_a_letter_is_not_used(link: str, reason: str) -> None:
    finding = dropped(payment_link=link, number="26-1041")
    assert (finding.column, reason in finding.reason) == ("payment_link", True), finding.reason


@given(
    st.lists(
        st.sampled_from(
            (
                "https://",
                "HTTPS://",
                "http:",
                "pay",
                ".",
                "example",
                "/",
                "//",
                "[",
                "]",
                ":",
                "443",
                "%",
                "..",
                "x7",
                "é",
            )
        ),
        max_size=8,
    ).map("".join)
)
def test_every_link_that_is_read_may_stand_in_a_letter(link: str) -> None:
    try:
        read_link = read_payment_link(link)
    except Unreadable:
        return
    assert TypeAdapter(PaymentLink).validate_python(read_link) == link


def test_goods_that_are_still_to_come_were_not_delivered() -> None:
    assert "can't have happened yet" in dropped(delivered_on="2026-04-02").reason
    assert item(delivered_on="2026-02-01").delivered_on == date(2026, 2, 1), "before the invoice is usual"


@pytest.mark.parametrize(
    "changes",
    [{"claim_basis": "rent"}, {"goods": "two"}, {"contract": "x" * 65}],
)
def test_a_fact_that_says_nothing_is_refused(changes: dict[str, str]) -> None:
    assert refused(**changes).column == next(iter(changes))


@pytest.mark.parametrize("product", ["–", "x" * 201])
def test_a_product_that_says_nothing_is_not_used(product: str) -> None:
    assert dropped(product=product).column == "product"


def test_a_notice_without_proof_is_read_and_will_be_repeated() -> None:
    result = read(table({"notice_posted_on": "2026-03-20"}))
    assert result.items[0].notice_proof is None
    assert "will be sent again" in only_finding(result).reason


def test_a_promise_never_exceeds_what_is_open() -> None:
    assert refused(promise_until="2026-04-05", promise_amount="100,01").column == "promise_amount"
    assert refused(promise_until="2026-04-05", promise_amount="0").column == "promise_amount"
    assert item(promise_until="2026-04-05").promise_amount is None


def test_a_hold_is_a_reason_and_no_is_none() -> None:
    assert item(hold="overleg").hold == "overleg"
    assert item(hold="nee").hold is None


@pytest.mark.parametrize(
    "cells",
    [
        {"last_step": "reminder"},
        {"last_contact_on": "2026-03-20"},
        {"promise_until": "2026-04-05"},
        {"hold": "overleg"},
        {"handed_off": "ja"},
    ],
)
def test_any_word_of_earlier_collection_is_history(cells: dict[str, str]) -> None:
    assert item(**cells).has_history


def test_the_key_is_the_systems_id_else_year_and_number() -> None:
    assert case_key(item(key="9f3c")) == "9f3c"
    assert case_key(item()) == "2026-F-1"


def test_of_the_same_invoice_on_two_rows_neither_is_used() -> None:
    result = read(table({"number": "F-1"}, {"number": "F-1"}))
    assert result.items == ()
    assert [finding.line for finding in result.findings] == [2, 3]
    assert "stands on line 2 already" in result.findings[1].reason


def test_the_same_number_in_another_year_is_another_invoice() -> None:
    rows = {"number": "F-1"}, {"number": "F-1", "invoice_date": "2025-12-01"}
    assert len(read(table(*rows)).items) == 2


def test_a_bad_row_does_not_stop_the_others_and_all_its_faults_are_told() -> None:
    result = read(table({}, {"due": "soon", "hold_until": "x", "amount": "many"}, {}))
    assert [row.number for row in result.items] == ["F-1", "F-3"]
    assert {finding.column for finding in result.findings} == {"due", "hold_until", "amount"}
    assert result.has_errors


def test_findings_come_in_order_of_line_and_are_one_line_each() -> None:
    result = read(table({"due": "x"}, {"number": ""}, {"amount": "y"}, {"kind": ""}))
    assert [finding.line for finding in result.findings] == [2, 3, 4, 5]
    assert str(result.findings[0]) == "open.csv:2: due: 'x' is not a date: write it like 2026-03-01 or 01-03-2026"
    assert str(only_finding(read(b""))) == "open.csv:1: the file is empty: export the open items again"

"""The summary of a hand-off is one page, however much there is to tell."""

from __future__ import annotations

import io
from typing import get_args

import pypdf
import pytest

from letters.statement.content import Claimed, Complaint, CourtLanguage, Party, SentLetter, Statement
from letters.statement.papers import claim_statement, summary
from tests.domain.builders import day, eur


def claimed(number: int) -> Claimed:
    return Claimed(
        case=f"case:x:{number}",
        number=f"2026-{number:06}",
        invoice_date=day("2026-01-05"),
        due=day("2026-02-04"),
        term_basis="agreed",
        invoiced=eur("1000.00"),
        principal=eur("1000.00"),
        interest=eur("10.00"),
        costs=eur("150.00"),
        total=eur("1160.00"),
        overpaid=eur("0.00"),
        default_since=day("2026-02-05"),
        default_ground="agreed_term",
        notice="fourteen_day_letter",
        notice_sent_on=day("2026-03-01"),
        notice_received_on=day("2026-03-05"),
        notice_received="presumed",
        notice_last_day=day("2026-03-19"),
        interest_ground="nl_ordinary",
        interest_run=eur("10.00"),
        daily=eur("0.11"),
        costs_ground="nl_consumer",
        letters=(SentLetter(letter="reminder", sent_on=day("2026-02-10"), channel="email", recipient="a@b.example"),),
        disputes=(Complaint(on=day("2026-02-12"), reason="damaged", words="w " * 300, outcome="rejected"),),
        without_notice="fraud",
    )


def statement(language: CourtLanguage) -> Statement:
    name = "Bakkerij De Buitengewoon Lange Naam aan de Overkant van het Water " * 2
    return Statement(
        on=day("2026-06-16"),
        language=language,
        law="NL",
        creditor=Party(name="Papierhuis Noorderlicht B.V.", address=("Kade 1", "9723 BX Groningen"), kvk="00000000"),
        debtor=Party(name=name, address=("Straat 1 " * 8, "1000 AA Stad"), kind="unknown"),
        partner=None,
        invoices=tuple(claimed(number) for number in range(1, 15)),
    )


@pytest.mark.parametrize("language", get_args(CourtLanguage))
def test_the_summary_is_one_page(language: CourtLanguage) -> None:
    assert len(pypdf.PdfReader(io.BytesIO(summary(statement(language)))).pages) == 1


def test_the_sum_is_that_of_all_invoices_and_the_statement_has_each() -> None:
    made = claim_statement(statement("nl"), ())
    said = "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(made)).pages).replace("\u00a0", " ")
    # 14 times 1,160.00.
    assert "€ 16.240,00" in said
    assert all(f"2026-{number:06}" in said for number in range(1, 15))

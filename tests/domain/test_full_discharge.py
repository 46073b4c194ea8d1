"""Payments that their payer wants to settle everything are told by what he wrote, and by nothing less."""

import pytest

from domain.full_discharge import asks_full_discharge
from tests.rows import in_rows


@in_rows(
    "written",
    [
        "tegen finale kwijting",
        "TER FINALE KWIJTING FACT. F-1",
        "betaling ter volledige kwijting",
        "F-1 tegen algehele  kwijting",
        "Ter finale afdoening",
        "tot slot van alle rekeningen",
        "pour solde de tout compte",
        "POUR SOLDE DE TOUT COMPTE",
        "quittance définitive",
        "zur Gesamtabgeltung",
        "zur Abgeltung sämtlicher Ansprüche",
        "endgültig abgegolten",
        "in full and final settlement",
        "full & final",
        "final settlement of F-1",
        "accord and satisfaction",
    ],
)
def test_an_offer_to_settle_everything_is_seen_in_each_language_however_a_bank_writes_it(written: str) -> None:
    assert asks_full_discharge(written)


@pytest.mark.parametrize(
    "written",
    ["", "F-1", "finale betaling", "betaling factuur F-1, kwijtingsnr 4", "solde facture F-1", "Rechnung F-1", "full"],
)
def test_what_only_names_an_invoice_is_no_offer(written: str) -> None:
    assert not asks_full_discharge(written)

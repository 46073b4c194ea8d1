"""A second creditor in the world, whose every name is one that a page of another must not show."""

from __future__ import annotations

from datetime import UTC, datetime

from casefile.agency_reports import keep_reports
from casefile.case_file import Transaction
from casefile.debtor_money import MoneyEntry, add_entry
from casefile.notes import keep_note
from casefile.provider_payments import ProviderPayment, add_movements, save_payment
from domain.invoice import Invoice
from domain.money import Money
from domain.opening import open_case
from domain.parties import Contact, Creditor, Debtor, PolicyRule
from domain.provider_money import Designation, Movement
from tests.api.desk.world import CASE, World, rules
from tests.domain.builders import invoice

CANARY = "kanarie"
"""Stands in every name and text of the other creditor."""
OTHER = "kanarievogel"
OTHER_CASE = f"case:{OTHER}:K-1"
OTHER_DEBTOR = "kanariedebiteur"
OTHER_PAYMENT = "mollie:tr_kanarie"
OTHER_QUARANTINED = "kanariebericht"
NOBODYS = "mollie:tr_kanarie_van_niemand"
OURS = "mollie:tr_ours"


def with_another_creditor(world: World) -> World:
    """The world with another creditor: his case, debtor, messages, notes, money and all that waits for a person."""
    opened_at = datetime(2026, 2, 1, 9, tzinfo=UTC)
    creditor = Creditor(
        id=OTHER, name="Kanarie Papier BV", address=("Kanariekade 1", "1000 AA Stad"), iban="NL02ABNA0123456789",
        email="debiteuren@kanarie.example", policies=(PolicyRule(policy="test"),),
    )  # fmt: skip
    debtor = Debtor(
        id=OTHER_DEBTOR, name="Kanarie Afnemer BV", address=("Kanarieweg 2", "1000 AB Dorp"),
        contacts=(Contact(name="Kees Kanarie", email="kees@kanarie.example", phone="+31612345679"),),
    )  # fmt: skip
    with world.file.write() as transaction:
        transaction.parties.save_creditor(creditor)
        transaction.parties.save_debtor(OTHER, debtor)
    for number, own in (("KANARIE-1", OTHER_CASE), ("KANARIE-2", f"case:{OTHER}:K-2")):
        _open(world, invoice(number=number).model_copy(update={"debtor": OTHER_DEBTOR}), own, opened_at)
    world.remind(OTHER_CASE, b"Subject: Herinnering kanarie\r\nContent-Type: text/plain\r\n\r\nkanarie staat open\r\n")
    with world.file.write() as transaction:
        transaction.documents.save(OTHER_CASE, "kanarie.pdf", "application/pdf", b"%PDF kanarie")
        for case, own in ((OTHER_CASE, OTHER_QUARANTINED), (f"case:{OTHER}:nergens", "kanarievreemd")):
            transaction.quarantine.keep(
                case, own, "payment_received", b'{"kanarie": 1}', "kanarie: geen datum", world.now
            )
        for payment, guesses in (
            (OTHER_PAYMENT, (OTHER_CASE,)), (NOBODYS, ()), ("mollie:tr_kanarie_beide", (CASE, OTHER_CASE)),
        ):  # fmt: skip
            unmatched_payment(world, transaction, payment, "kanarie betaalt", guesses)
        unmatched_payment(world, transaction, OURS, "betaling zonder nummer", (CASE,))
        money = Money.parse("77.77", "EUR")
        add_entry(
            transaction,
            MoneyEntry(
                creditor=OTHER, debtor=OTHER_DEBTOR, id="kanarie-los", of="kanarie-los", kind="received", amount=money,
                credited_on=world.now.date(), known_on=world.now.date(), reference="kanarie los",
            ),
            world.now,
        )  # fmt: skip
    keep_reports(world.file, "kanarie", "webhook", [("k1", '{"id": "kanarie", "reference": "kanarie"}')], world.now)
    keep_note(world.file, OTHER_CASE, "n1", "x", "Kanarie Collega", "kanarie notitie", world.now)
    for name, content in (
        ("raise_dispute", {"reason": "wrong_price", "note": "kanarie betwist", "actor": "Kanarie Collega"}),
        ("log_call", {"outcome": "kanarie gebeld", "actor": "Kanarie Collega"}),
        ("payment_received", {"id": "kanarie-betaling", "amount": "1.00", "credited_on": "2026-04-09"}),
    ):
        world._ask(OTHER_CASE, name, dict(content), f"kanarie {name}", None, "")
    world.advance(f"case:{OTHER}:K-2")
    world.told.clear()
    return world


def _open(world: World, found: Invoice, own: str, at: datetime) -> None:
    with world.file.write() as transaction:
        transaction.cases.open(own, OTHER, open_case(found, rules(), at), at)


def unmatched_payment(
    world: World, transaction: Transaction, payment: str, text: str, guesses: tuple[str, ...]
) -> None:
    """A payment of which nobody knows whose it is."""
    kept = ProviderPayment(
        payment, "unmatched", world.now, designation=Designation(texts=(text,)), reason="no case fits", guesses=guesses
    )
    save_payment(transaction, kept, world.now)
    add_movements(
        transaction,
        payment,
        (
            Movement(
                id=f"{payment}:in",
                kind="received",
                amount=Money.parse("12.34", "EUR"),
                at=world.now,
                on=world.now.date(),
            ),
        ),
        world.now,
    )

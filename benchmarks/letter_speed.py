"""Budget: a PDF letter with two QR codes and the invoice inside takes at most 5 ms of one core."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from datetime import date
from statistics import median

from benchmarks.measured import Measured, report
from domain.money import Money
from letters.attachment import Attachment
from letters.content import AnnouncedCosts, CreditorParty, DebtorParty, InvoiceLine, LetterContent
from letters.render import render_email, render_pdf, render_sms

_BUDGET_MS = 5.0
_LETTERS = 100
_INVOICE_BYTES = 50_000


def _letter(number: int) -> LetterContent:
    """The 14-day letter of one consumer: each has another name, invoice, amount and link."""
    amount = Money.from_minor(26_667 + 137 * number, "EUR")
    return LetterContent(
        letter="fourteen_day_letter",
        language="nl",
        on=date(2026, 11, 13),
        creditor=CreditorParty(
            name="Papierhuis Noorderlicht B.V.",
            address=("Drukwerkkade 17", "9723 BX Groningen"),
            kvk="00000000",
            iban="NL91ABNA0417164300",
            bic="ABNANL2A",
            email="debiteuren@papierhuis.example",
            phone="097 000 01 00",
        ),
        debtor=DebtorParty(name=f"M. Jansen {number}", address=(f"Laan {number}", "1000 AA Amsterdam")),
        lines=(
            InvoiceLine(
                number=f"2026-{number:05d}",
                invoice_date=date(2026, 10, 16),
                due=date(2026, 10, 30),
                currency="EUR",
                principal=amount,
                open=amount,
                step="notice",
            ),
        ),
        claimed=amount,
        term_days=14,
        consumer=True,
        natural_person=True,
        law="NL",
        reference=f"2026-{number:05d}",
        announced_costs=AnnouncedCosts(amount=Money.parse("40.00", "EUR")),
        payment_link=f"https://betaal.papierhuis.example/p/{number * 7919:012x}",
    )


def _milliseconds(make: Callable[[LetterContent], object], letters: Sequence[LetterContent]) -> float:
    """Processor time of one letter: the median of five rounds, in milliseconds."""
    for content in letters[:3]:
        make(content)
    rounds = []
    for _ in range(5):
        began = time.process_time()
        for content in letters:
            make(content)
        rounds.append((time.process_time() - began) / len(letters) * 1000)
    return median(rounds)


def measure() -> Measured:
    """Make the letters of a hundred consumers in every form."""
    letters = [_letter(number) for number in range(_LETTERS)]
    # Bytes that cannot be compressed: a real invoice costs less.
    invoice = Attachment("factuur.pdf", "application/pdf", random.Random(1).randbytes(_INVOICE_BYTES))
    whole = _milliseconds(lambda content: render_pdf(content, (invoice,)), letters)
    bare = _milliseconds(render_pdf, letters)
    email = _milliseconds(render_email, letters)
    text = _milliseconds(render_sms, letters)
    return Measured(
        budget="a PDF letter: at most 5 ms, with two QR codes and the invoice inside",
        found=f"{whole:.1f} ms, {1000 / whole:,.0f} letters/s on one core",
        share=whole / _BUDGET_MS,
        command="python -m benchmarks.letter_speed",
        notes=(
            f"14-day letters of {_LETTERS} consumers, an invoice of {_INVOICE_BYTES // 1000} kB in each; "
            f"without it {bare:.1f} ms, an e-mail {email:.1f} ms, a text message {text:.2f} ms; "
            "processor time, median of 5",
        ),
    )


def main() -> None:
    """Measure and print."""
    report(measure())


if __name__ == "__main__":
    main()

"""Budget: a PDF letter with two QR codes and the invoice inside takes at most 7 ms; two cores print 300 a second."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from statistics import median

from benchmarks.measured import Measured, report
from domain.money import Money
from letters.attachment import Attachment
from letters.content import AnnouncedCosts, CreditorParty, DebtorParty, InvoiceLine, LetterContent
from letters.render import render_email, render_paper, render_sms
from services.correspondence.presses import Presses

_BUDGET_MS = 7.0
_BUDGET_A_SECOND = 300
_CROWD = 1200
_THREADS = 4
"""As many as a worker has for its steps."""
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


def _crowding(letters: Sequence[LetterContent], invoice: Attachment) -> float:
    """Letters a second of a worker whose letters crowd: printed by two processes."""
    presses = Presses(2, crowded=1)
    with ThreadPoolExecutor(_THREADS) as threads:

        def print_all(number: int) -> None:
            some = [letters[place % len(letters)] for place in range(number)]
            for _ in threads.map(lambda content: presses.make(render_paper, content, (invoice,)), some):
                pass

        while not presses.are_ready:
            print_all(8)
        print_all(100)
        begun = time.perf_counter()
        print_all(_CROWD)
        seconds = time.perf_counter() - begun
        presses.close()
    return _CROWD / seconds


def measure() -> Measured:
    """Make the letters of a hundred consumers in every form."""
    letters = [_letter(number) for number in range(_LETTERS)]
    # Bytes that cannot be compressed, as nearly all of a PDF.
    invoice = Attachment("factuur.pdf", "application/pdf", random.Random(1).randbytes(_INVOICE_BYTES))
    whole = _milliseconds(lambda content: render_paper(content, (invoice,)), letters)
    bare = _milliseconds(render_paper, letters)
    email = _milliseconds(render_email, letters)
    text = _milliseconds(render_sms, letters)
    a_second = _crowding(letters, invoice)
    return Measured(
        budget=f"a PDF letter: at most {_BUDGET_MS:.0f} ms, with two QR codes and the invoice inside;"
        f" {_BUDGET_A_SECOND} a second on two cores",
        found=f"{whole:.1f} ms; {a_second:,.0f} letters/s in two processes",
        share=max(whole / _BUDGET_MS, _BUDGET_A_SECOND / a_second),
        command="python -m benchmarks.letter_speed",
        notes=(
            f"14-day letters of {_LETTERS} consumers, an invoice of {_INVOICE_BYTES // 1000} kB in each; "
            f"without it {bare:.1f} ms, an e-mail {email:.1f} ms, a text message {text:.2f} ms; "
            f"processor time, median of 5; letters/s on the clock, {_CROWD:,} letters that {_THREADS} threads ask for",
        ),
    )


def main() -> None:
    """Measure and print."""
    report(measure())


if __name__ == "__main__":
    main()

"""What a row of a list says of money: what was invoiced, and what of it is open. What is open is never guessed."""

import re
from dataclasses import dataclass

from domain.money import Money
from intake.findings import Finding, shown
from intake.open_items.cells import Cells
from intake.open_items.words import NO, PAYMENT_STATES, YES, PaymentState, bare_word

__all__ = ["OpenAmounts", "read_amounts"]


@dataclass(frozen=True, slots=True)
class OpenAmounts:
    """The amounts of a row.

    Attributes:
        amount: What was invoiced; None where it can't be read, or is not certain.
        open: What of it is open: above zero, or zero with a remark in `settled`. None where it is not certain.
        settled: The remark that nothing is open.
        over: What was paid beyond the invoice, zero or above; None without `settled`.
        is_credit: Whether the row gives money back.
    """

    amount: Money | None = None
    open: Money | None = None
    settled: Finding | None = None
    over: Money | None = None
    is_credit: bool = False


def read_amounts(cells: Cells) -> OpenAmounts:
    """Read what a row says of money; what is wrong has been said."""
    currency = cells.text("currency") or "EUR"
    if not re.fullmatch(r"[A-Za-z]{3}", currency):
        cells.error("currency", f"{shown(currency)} is not a currency: write its three letters, like EUR")
        return OpenAmounts()
    currency = currency.upper()
    told = cells.cells
    if not told.get("amount") and not told.get("open"):
        cells.error("amount" if "amount" in told else "open", "there is no amount: fill in amount or open")
        return OpenAmounts()
    amount, still_open = cells.money("amount", currency), cells.money("open", currency)
    if (amount is None and told.get("amount")) or (still_open is None and told.get("open")):
        return OpenAmounts()  # unreadable, which has been said
    zero = Money.zero(currency)
    asked = amount if amount is not None else still_open
    if asked is not None and asked < zero:
        return _credit(cells, "amount" if amount is not None else "open", still_open)
    if amount is not None and still_open is None:
        still_open = _worked_out(cells, amount)
    elif amount is not None and still_open is not None:
        _compare_paid(cells, amount, still_open)
    if still_open is None:
        return OpenAmounts()
    amount = still_open if amount is None else amount
    if still_open > amount:
        cells.error(
            "open",
            f"{shown(told.get('open', ''))} is more than the invoice amount {amount.text}:"
            " what is open can't be more than what was invoiced",
        )
        return OpenAmounts()
    if still_open.is_positive:
        return OpenAmounts(amount, still_open)
    over = -still_open
    column = next((name for name in ("open", "paid", "status") if told.get(name)), "amount")
    reason = "nothing is open on this invoice, so it was left out"
    if over.is_positive:
        reason = f"{over.text} {currency} more was paid than invoiced, so nothing is open and it was left out"
    return OpenAmounts(amount, zero, cells.warning(column, reason), over)


def _credit(cells: Cells, column: str, still_open: Money | None) -> OpenAmounts:
    if still_open is not None and still_open.is_zero:
        return OpenAmounts(settled=cells.warning(column, "a credit note of which nothing is open: left out"))
    cells.error(
        column,
        f"{shown(cells.cells[column])} is negative: credit notes come with the UBL import, so leave this row out here",
    )
    return OpenAmounts(is_credit=True)


def _worked_out(cells: Cells, amount: Money) -> Money | None:
    """What is open where no cell says it: less what was paid, else as the status says, else all of it."""
    if "paid" in cells.cells:
        paid = _paid(cells, amount)
        return None if paid is None else amount - paid
    state = _state(cells)
    if state is PaymentState.PAID:
        return Money.zero(amount.currency)
    if state is PaymentState.PARTLY:
        cells.error("status", f"{shown(cells.cells['status'])}, but not how much of it: add a column open (openstaand)")
    elif state is PaymentState.NOT_ASKED:
        cells.error("status", f"{shown(cells.cells['status'])} is no invoice that is open: leave this row out")
    elif state is PaymentState.UNCLEAR:
        cells.error(
            "status",
            f"{shown(cells.cells['status'])} does not tell whether all of it is open: add a column open (openstaand),"
            " or say in a mapping what this status means",
        )
    elif cells.cells.get("paid_on"):
        cells.error(
            "paid_on", f"something was paid on {shown(cells.cells['paid_on'])}, but not how much: add a column open"
        )
    elif "open" in cells.cells:
        cells.error("open", "this is empty, so it is not known what is open: write the amount, or 0,00 when it is paid")
    else:
        return amount
    return None


def _paid(cells: Cells, amount: Money) -> Money | None:
    """What was paid of an amount; None where that can't be told."""
    cell = cells.cells.get("paid", "")
    zero = Money.zero(amount.currency)
    word = bare_word(cell)
    if not cell or (word in NO and not word.isdigit()):
        return zero
    if word in YES and not word.isdigit():
        return amount
    paid = cells.money("paid", amount.currency)
    if paid is not None and paid < zero:
        cells.error("paid", f"{shown(cell)} is negative, so it is not known what is open: add a column open")
        return None
    return paid


def _compare_paid(cells: Cells, amount: Money, still_open: Money) -> None:
    """Remark where what is open and what was paid don't make the invoice; what is open counts."""
    paid = cells.state.amounts.get((cells.line, "paid"))
    if paid is None or isinstance(paid, Exception) or paid < 0 or not cells.cells.get("paid"):
        return
    if amount.amount - paid != still_open.amount:
        cells.warning(
            "paid", f"{amount.text} less {paid} paid is not the {still_open.text} that is open: what is open counts"
        )


def _state(cells: Cells) -> PaymentState | None:
    cell = cells.cells.get("status", "")
    return PAYMENT_STATES.get(bare_word(cell), PaymentState.UNCLEAR) if cell else None

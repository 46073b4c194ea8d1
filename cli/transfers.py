"""Behind `maanwerk agency received` and `agency statement`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path

import typer

from casefile.acts import record_act
from casefile.partner_transfers import partner_accounts
from casefile.session import reading
from cli.case.actions import opened_case_file
from cli.case.telling import act_of
from cli.failing import refused
from cli.output import console, new_table, print_json, said_here
from domain.money import Money
from intake.bank_statements import BadStatement, read_statement
from machine.regular import read_plain
from services.provider_money.bank_lines import BankLine, TakenLine, take_in_line
from speech.words import tr

__all__ = ["take_in_one", "take_in_statement"]

_MOST_BYTES = 20_000_000


def take_in_one(
    partner: str,
    amount: str,
    on: str,
    text: str,
    currency: str,
    own: str,
    creditor: str | None,
    actor: str | None,
    as_json: bool,
) -> None:
    """Take in one transfer."""
    try:
        came = Money(Decimal(amount), currency)
    except (InvalidOperation, ValueError):
        refused(said_here(f"--amount: {amount!r} {currency!r} is no amount; write it like 327.50"))
    if not came.is_positive:
        refused(said_here(f"--amount: {amount!r} {currency!r} is no amount; write it like 327.50"))
    try:
        day = date.fromisoformat(on)
    except ValueError:
        refused(said_here(f"--on: {on!r} is no day; write it like 2026-05-02"))
    if day > datetime.now(UTC).date():
        refused(said_here(f"--on: {on!r} is still to come; give the day of the booking"))
    with opened_case_file() as file, reading(file.database) as session:
        known = [each for each in partner_accounts(session) if each[1] == partner and creditor in (None, each[0])]
    if not known:
        refused(said_here(f"no creditor has a partner {partner!r} with an `iban`: give his account in the profile"))
    if len({account for *_, account in known}) > 1:
        refused(said_here(f"several creditors have a partner {partner!r}; say --creditor"))
    one = known[0][0] if len(known) == 1 else None
    _take_in([BankLine(one, partner, known[0][2], came, day, text, own)], 0, partner, actor, as_json)


def take_in_statement(path: Path, actor: str | None, as_json: bool) -> None:
    """Take in the transfers of partners in a bank statement."""
    try:
        content = read_plain(path, _MOST_BYTES + 1)
    except OSError as problem:
        refused(f"{path}: {problem.strerror or problem}")
    if len(content) > _MOST_BYTES:
        refused(said_here(f"{path}: larger than 20 MB: divide it"))
    try:
        lines = read_statement(content, path.name)
    except BadStatement as problem:
        refused(said_here(str(problem)))
    with opened_case_file() as file, reading(file.database) as session:
        accounts = {account: (own, partner) for own, partner, account in partner_accounts(session)}
        several = Counter(account for *_, account in partner_accounts(session))
    taken: list[BankLine] = []
    alike: Counter[tuple[str, date, Money]] = Counter()
    for line in lines:
        account = next((each for each in line.accounts if each in accounts), None)
        if account is None:
            continue
        own, partner = accounts[account]
        alike[partner, line.on, line.amount] += 1
        which = str(alike[partner, line.on, line.amount])
        creditor = own if several[account] == 1 else None
        taken.append(BankLine(creditor, partner, account, line.amount, line.on, line.text[:500], which))
    _take_in(taken, len(lines) - len(taken), path.name, actor, as_json)


def _take_in(lines: Sequence[BankLine], others: int, subject: str, actor: str | None, as_json: bool) -> None:
    now = datetime.now(UTC)
    with opened_case_file() as file:
        act = act_of(file, actor, "agency_transfer", subject[:200])
        with file.write() as transaction:
            results = [take_in_line(transaction, each, now) for each in lines]
        record_act(file, act, now, "accepted")
    if as_json:
        print_json({"transfers": [_row(*each) for each in zip(lines, results, strict=True)], "of_others": others})
        return
    out = console()
    table = new_table("Transfers of partners", "partner", "on", "amount", "found", right=("amount",))
    for line, result in zip(lines, results, strict=True):
        found = tr("remittance {number}", number=result.remittance) if result.remittance else said_here(result.reason)
        table.add_row(line.partner, line.on.isoformat(), f"{line.amount.text} {line.amount.currency}", found)
    if lines:
        out.print(table)
    else:
        out.print(tr("Nothing in it is from the account of a partner."))
    if others:
        out.print(tr("Of others, left out: {number}", number=others))
    if any(not each.remittance for each in results):
        typer.echo(tr("What is no remittance yet waits in the list of unmatched payments."))


def _row(line: BankLine, result: TakenLine) -> dict[str, object]:
    return {
        "payment": result.payment,
        "partner": line.partner,
        "on": line.on.isoformat(),
        "amount": line.amount.text,
        "currency": line.amount.currency,
        "remittance": result.remittance or None,
        "reason": result.reason,
    }

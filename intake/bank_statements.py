"""What came in by a bank statement: camt.053 (ISO 20022) or MT940. Only what came in is read, and only what is booked.

Statements are read here for the transfers of collection partners alone; what others paid is left where it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from lxml import etree
from stdnum import iban

from domain.money import Money
from intake.findings import Unreadable
from intake.xml_safety import looks_like_xml, parse_xml

__all__ = ["BadStatement", "StatementLine", "read_statement"]

_CAMT = re.compile(r"\{urn:iso:std:iso:20022:tech:xsd:camt\.053\.001\.[0-9]{2}\}Document")
_MT940_LINE = re.compile(
    r"(?P<value>[0-9]{6})(?P<entry>[0-9]{4})?(?P<mark>R?[CD])[A-Z]?(?P<amount>[0-9]{1,12},[0-9]{0,2})"
)
_BALANCE = re.compile(r":60[FM]:[CD][0-9]{6}(?P<currency>[A-Z]{3})")
_ACCOUNT = re.compile(r"(?<![A-Z0-9])[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}(?![A-Z0-9])")


class BadStatement(ValueError):
    """It is no statement that can be read; the text says what is wrong and what would be right."""


@dataclass(frozen=True, slots=True)
class StatementLine:
    """Money that came in.

    Attributes:
        on: Day of the booking.
        accounts: IBANs that stand with it: the payer's, as a rule.
        text: What stands with it.
    """

    on: date
    amount: Money
    accounts: tuple[str, ...]
    text: str


def read_statement(content: bytes, name: str) -> tuple[StatementLine, ...]:
    """Read what came in.

    Args:
        content: The file.
        name: Its name, for what is said of it.

    Raises:
        BadStatement: it is neither camt.053 nor MT940, or something in it can't be read.
    """
    if looks_like_xml(content):
        try:
            root = parse_xml(content)
        except Unreadable as problem:
            raise BadStatement(f"{name}: {problem}") from None
        if not _CAMT.fullmatch(str(root.tag)):
            raise BadStatement(f"{name}: {root.tag} is no camt.053; ask the bank for camt.053 or MT940")
        return tuple(_of_camt(root, name))
    text = content.decode("utf-8", errors="replace")
    if ":61:" not in text or _BALANCE.search(text) is None:
        raise BadStatement(f"{name}: neither camt.053 nor MT940; ask the bank for one of them")
    return tuple(_of_mt940(text, name))


def _of_camt(root: etree._Element, name: str) -> Iterator[StatementLine]:
    for number, entry in enumerate(root.iterfind(".//{*}Stmt/{*}Ntry"), start=1):
        if _said(entry, "Sts/Cd", "Sts") not in ("BOOK", "") or _said(entry, "CdtDbtInd") != "CRDT":
            continue
        place = f"{name}: entry {number}"
        on = _day(_said(entry, "BookgDt/Dt", "BookgDt/DtTm", "ValDt/Dt", "ValDt/DtTm")[:10], place)
        details = entry.findall("{*}NtryDtls/{*}TxDtls") or [entry]
        for each in details:
            amount = each.find("{*}AmtDtls/{*}TxAmt/{*}Amt")
            if amount is None:
                amount = each.find("{*}Amt")
            if amount is None and len(details) == 1:
                amount = entry.find("{*}Amt")
            if amount is None:
                raise BadStatement(f"{place}: a transaction without an amount; ask the bank to give each its own")
            paid = _money((amount.text or "").strip(), amount.get("Ccy", ""), place)
            account = _said(each, "RltdPties/DbtrAcct/Id/IBAN")
            texts = [
                (part.text or "").strip()
                for path in ("RmtInf/Ustrd", "RmtInf/Strd/CdtrRefInf/Ref", "Refs/EndToEndId")
                for part in each.iterfind("/".join(f"{{*}}{step}" for step in path.split("/")))
            ]
            yield StatementLine(on, paid, (account,) if account else (), " ".join(filter(None, texts)))


def _said(element: etree._Element, *paths: str) -> str:
    """The first text at one of these places; empty where none has one."""
    for path in paths:
        found = element.find("/".join(f"{{*}}{step}" for step in path.split("/")))
        if found is not None and (found.text or "").strip():
            return str(found.text).strip()
    return ""


def _of_mt940(text: str, name: str) -> Iterator[StatementLine]:
    blocks = re.split(r"(?m)^(?=:[0-9]{2}[A-Z]?:)", text)
    currency, line = "", 1
    for block, following in zip(blocks, [*blocks[1:], ""], strict=True):
        place = f"{name}: line {line}"
        line += block.count("\n")
        balance = _BALANCE.match(block)
        if balance is not None:
            currency = balance["currency"]
        if not block.startswith(":61:"):
            continue
        found = _MT940_LINE.match(block[4:])
        if found is None:
            raise BadStatement(f"{place}: :61: can't be read; it begins with a day, C or D, and an amount")
        if found["mark"] not in ("C", "RD"):
            continue
        # The bank breaks the text behind it anywhere.
        behind = "".join(following[4:].splitlines()) if following.startswith(":86:") else ""
        said = " ".join(f"{block[4 + found.end() :]} {behind}".split())
        accounts = tuple(each for each in _ACCOUNT.findall(said) if iban.is_valid(each))
        amount = _money(found["amount"].replace(",", "."), currency, place)
        yield StatementLine(_booked(found["value"], found["entry"], place), amount, accounts, said)


def _booked(value: str, entry: str | None, place: str) -> date:
    """The day of the booking, which has no year: that of the value day, but at the turn of the year."""
    on = _day(f"20{value[:2]}-{value[2:4]}-{value[4:]}", place)
    if not entry:
        return on
    year = on.year + {("12", "01"): 1, ("01", "12"): -1}.get((value[2:4], entry[:2]), 0)
    return _day(f"{year}-{entry[:2]}-{entry[2:]}", place)


def _day(written: str, place: str) -> date:
    try:
        return date.fromisoformat(written)
    except ValueError:
        raise BadStatement(f"{place}: {written!r} is no day") from None


def _money(written: str, currency: str, place: str) -> Money:
    if not re.fullmatch(r"[0-9]{1,12}(\.[0-9]{0,5})?", written) or not re.fullmatch("[A-Z]{3}", currency):
        raise BadStatement(f"{place}: {written!r} {currency!r} is no amount with its currency")
    try:
        return Money(Decimal(written), currency)
    except ValueError as problem:
        raise BadStatement(f"{place}: {problem}") from None

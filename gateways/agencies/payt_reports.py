"""What Payt says of invoices that we brought: how they stand, what was paid over its links, and what was deleted.

Source: as `gateways.agencies.payt` (getV1Invoices, getV1Payments, getV1InvoicesDeleted; pagination and syncing). Three
lists are read as far as something changed, each behind a moment of its own.

Money goes to the creditor. What his bank or his bookkeeping tells Payt stands in our own books; what the debtor paid
over a link of Payt comes with the sum of a payment provider, and is known by Payt alone: only that is reported.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, timedelta

from gateways.agencies.asking import AgencyLine, NeverAsked, NoAnswer
from gateways.agencies.payt_claim import OURS, case_mark
from gateways.told import Told
from services.ports import AgencyPage, CannotReadNow, Unreadable

__all__ = ["PaytReports"]

_PAGE, _MOST_PAGES = 200, 100
_AT_ONCE = 50
"""Ids in one question."""
_OVERLAP = timedelta(minutes=1)
"""A record may be written a little after its moment; read twice, a report counts once."""
_FIRST = timedelta(days=7)
"""How far the first reading goes back: before a partner was set up nothing of ours was there."""
_INVOICE = (
    "id", "invoice_number", "invoice_identifier", "currency_code", "updated_at", "payment_date", "paused_at",
    "bailiff_at", "debt_collection_at", "latest_reminder_at", "active_credit_case_id", "active_payment_plan_id",
)  # fmt: skip
_PAYMENT = ("id", "invoice_id", "total_amount", "payment_date", "transaction_type", "cost_type", "updated_at")
_PSP = {"psp_transaction": ["id", "currency_code"]}
_NOT_OF_THE_CLAIM = "administration_costs"
"""A cost that Payt adds itself, and that we never claimed."""
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_MONEY = re.compile(r"-?[0-9]{1,12}\.[0-9]{2}", re.ASCII)

Record = Mapping[str, object]


class PaytReports:
    """Reads the lists of an administration."""

    def __init__(
        self,
        line: AgencyLine,
        administration: str,
        cases: Callable[[str], tuple[str, ...]],
        now: Callable[[], datetime],
    ) -> None:
        """Nothing is asked yet.

        Args:
            line: To Payt.
            administration: Id of the administration.
            cases: Gives the cases of a file, by our key as the partner sees it.
            now: The real clock.
        """
        self._line, self._administration, self._cases, self._now = line, administration, cases, now

    def since(self, cursor: str | None) -> AgencyPage:
        """The reports behind a cursor; called in a thread.

        Raises:
            CannotReadNow: it does not answer.
            Unreadable: what it answers is no list.
        """
        behind = _moments(cursor)
        invoices = self._changed("/v1/invoices", "updated_after", behind, _INVOICE)
        payments = self._changed("/v1/payments", "updated_after", behind, (*_PAYMENT, _PSP))
        deleted = self._changed("/v1/invoices/deleted", "deleted_after", behind, ())
        known = {Told(each).text("id"): each for each in invoices}
        online = [each for each in payments if Told(each).sub("psp_transaction")]
        known |= self._invoices({Told(each).text("invoice_id") for each in online} - known.keys())
        reports = [self._state(each) for each in invoices]
        reports += [self._payment(each, known.get(Told(each).text("invoice_id"), {})) for each in online]
        reports += [self._deleted(each) for each in deleted]
        moved = {
            "/v1/invoices": _latest(invoices, "updated_at"),
            "/v1/payments": _latest(payments, "updated_at"),
            "/v1/invoices/deleted": _latest(deleted, "deleted_at"),
        }
        # An empty answer moves nothing: what is written late would be left out.
        after = {path: max(behind.get(path, ""), moment) for path, moment in moved.items() if moment or path in behind}
        return AgencyPage(tuple(filter(None, reports)), json.dumps(after, sort_keys=True), False)

    def _changed(
        self, path: str, filtered: str, behind: Mapping[str, str], only: Iterable[object]
    ) -> list[Mapping[str, object]]:
        """All of a list that changed behind its moment."""
        since = Told(behind).moment(path)
        begun = self._now() - _FIRST if since is None else since - _OVERLAP
        asked: dict[str, str | int] = {filtered: begun.strftime("%Y-%m-%dT%H:%M:%SZ"), "per_page": _PAGE}
        if only:
            asked["fields"] = json.dumps({"only": list(only)})
        found: list[Mapping[str, object]] = []
        for _ in range(_MOST_PAGES):
            told = self._asked(path, asked)
            listed = told.objects("data")
            if listed is None:
                raise Unreadable(f"{self._line.name}: the answer to GET {path} has no data")
            found += listed
            following = told.sub("pagination").text("cursor")
            if len(listed) < _PAGE or not following or following == asked.get("cursor"):
                return found
            asked["cursor"] = following
        raise Unreadable(f"{self._line.name}: GET {path} has more than {_MOST_PAGES} pages")

    def _invoices(self, ids: Iterable[str]) -> dict[str, Record]:
        """Invoices by Payt's ids."""
        wanted, found = sorted(filter(None, ids)), {}
        for first in range(0, len(wanted), _AT_ONCE):
            asked: dict[str, str | int] = {
                "ids": ",".join(wanted[first : first + _AT_ONCE]),
                "fields": json.dumps({"only": list(_INVOICE)}),
                "per_page": _PAGE,
            }
            for each in self._asked("/v1/invoices", asked).objects("data") or ():
                found[Told(each).text("id")] = each
        return found

    def _asked(self, path: str, asked: Mapping[str, str | int]) -> Told:
        try:
            answer = self._line.api.ask("GET", path, asked={"administration_id": self._administration, **asked})
        except (NeverAsked, NoAnswer) as problem:
            raise CannotReadNow(f"{self._line.name} does not answer: {problem}") from None
        if answer.status != 200:
            raise CannotReadNow(f"{self._line.name} answers {answer.status}{answer.code}", answer.wait)
        return answer.body

    # What it means -----------------------------------------------------------------------------------------------

    def _whose(self, identifier: str) -> dict[str, str] | None:
        """Our key of the file and the case; None: it is not one that we brought."""
        ours = OURS.fullmatch(identifier)
        if ours is None:
            return None
        cases = [each for each in self._cases(ours[1]) if case_mark(each) == ours[2]]
        return {"submission": ours[1], **({"case": cases[0]} if cases else {})}

    def _state(self, invoice: Record) -> dict[str, str] | None:
        """How an invoice stands; None where nothing has happened with it yet."""
        told = Told(invoice)
        whose = self._whose(told.text("invoice_identifier"))
        if whose is None:
            return None
        changed = told.text("updated_at")[:10]
        case = told.text("active_credit_case_id")
        if told.text("payment_date") and not case:
            status, on = "closed", told.text("payment_date")[:10]
        elif told.text("paused_at"):
            status, on = "paused", told.text("paused_at")[:10]
        elif told.text("active_payment_plan_id"):
            status, on = "arrangement", changed
        elif case or any(told.text(name) for name in ("debt_collection_at", "latest_reminder_at", "bailiff_at")):
            status, on = "accepted", changed
        else:
            return None
        if not _is_day(on):
            return None
        bailiff = told.text("bailiff_at")[:10] if status == "accepted" else ""
        return {
            "id": f"{told.text('id')}:{status}:{on}",
            **whose,
            "status": status,
            "on": on,
            **({"code": "paid"} if status == "closed" else {}),
            **({"reason": f"forwarded to a bailiff on {bailiff}"} if bailiff else {}),
        }

    def _payment(self, payment: Record, invoice: Record) -> dict[str, str] | None:
        """A payment over Payt's link, or what came of it later; None where it is not of our claim."""
        told, of = Told(payment), Told(invoice)
        whose = self._whose(of.text("invoice_identifier"))
        if whose is None or told.text("cost_type") == _NOT_OF_THE_CLAIM:
            return None
        own, amount, on = told.text("id"), told.text("total_amount"), told.text("payment_date")[:10]
        report = {"id": f"payment:{own}", **whose, "on": on}
        money = {
            "amount": amount.removeprefix("-"),
            "currency": told.sub("psp_transaction").text("currency_code") or of.text("currency_code"),
        }
        kind = told.text("transaction_type")
        if not own or not _MONEY.fullmatch(amount) or not _is_day(on) or kind not in ("payment", "reversal", ""):
            # A person looks: nobody guesses with money.
            reason = f"Payt has a payment {own} that can't be read: look there"
            return {"id": f"payment:{own}:asks", **whose, "status": "more_wanted", "reason": reason}
        if not _is_reversal(told):
            return {**report, "status": "payment", **money}
        before = self._reversed(payment, of.text("invoice_identifier"))
        return {**report, "status": "payment_reversed", **({"payment": before} if before else {})}

    def _reversed(self, payment: Record, identifier: str) -> str:
        """Our id of the payment that a reversal takes back: the first one of its transaction that no other took."""
        asked: dict[str, str | int] = {
            "invoice_identifiers": identifier,
            "fields": json.dumps({"only": [*_PAYMENT, _PSP]}),
            "per_page": _PAGE,
        }
        mine = Told(payment)
        alike = [each for each in self._asked("/v1/payments", asked).subs("data") if _mark(each) == _mark(mine)]
        paid = [each.text("id") for each in alike if not _is_reversal(each)]
        back = [each.text("id") for each in alike if _is_reversal(each)]
        place = back.index(mine.text("id")) if mine.text("id") in back else len(paid)
        return f"payment:{paid[place]}" if place < len(paid) else ""

    def _deleted(self, invoice: Record) -> dict[str, str] | None:
        """An invoice that somebody deleted there: it is back with us."""
        told = Told(invoice)
        whose, on = self._whose(told.text("origin_identifier")), told.text("deleted_at")[:10]
        if whose is None or not _is_day(on):
            return None
        return {"id": f"{told.text('id')}:recalled", **whose, "status": "recalled", "on": on}


def _is_reversal(payment: Told) -> bool:
    return payment.text("total_amount").startswith("-") or payment.text("transaction_type") == "reversal"


def _mark(payment: Told) -> tuple[str, str, str]:
    """What a payment and its reversal have in common: the transaction, what it is for, and the amount."""
    amount = payment.text("total_amount").removeprefix("-")
    return payment.sub("psp_transaction").text("id"), payment.text("cost_type"), amount


def _moments(cursor: str | None) -> dict[str, str]:
    """How far each list was read; of a cursor that is none: nothing was."""
    try:
        told = json.loads(cursor or "{}")
    except ValueError:
        return {}
    return {name: each for name, each in told.items() if isinstance(each, str)} if isinstance(told, dict) else {}


def _latest(records: Iterable[Record], name: str) -> str:
    moments = {found: Told(each).text(name) for each in records if (found := Told(each).moment(name)) is not None}
    return moments[max(moments)] if moments else ""


def _is_day(text: str) -> bool:
    if not _DAY.fullmatch(text):
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True

"""What an address of a list means: which cases, in which order, with which columns. It can be kept and passed on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import get_args
from urllib.parse import parse_qsl, urlencode

from api.desk.fields import Field, Typed, read_form
from casefile.people import User
from casefile.session import Session
from casefile.which_cases import Order, Which
from services.desk.case_lists import Age, of_age, searching

__all__ = [
    "ASKED",
    "CASE_COLUMNS",
    "ORDERS",
    "Column",
    "ListQuery",
    "columns_in",
    "query_of",
    "read_query",
]

ORDERS: dict[str, Order] = {"nr": "invoice", "debiteur": "debtor", "vervaldag": "late", "open": "owed", "dag": "next"}
"""Orders of a list, by their name in the address."""

ASKED = (
    "zoek", "reden", "taak", "dagen", "vanaf", "stap", "debiteur", "aandacht", "gesloten", "van", "partner", "op",
    "kolommen",
)  # fmt: skip
"""What an address of a list may say."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a list.

    Attributes:
        key: Its name in the address.
        title: In English.
        width: Class of its width; empty for what is left.
        kind: `num` for what stands to the right.
        order: Name of the order that it puts the list in.
        standing: Whether it is shown where the address names none.
    """

    key: str
    title: str
    width: str = ""
    kind: str = ""
    order: str = ""
    standing: bool = True


CASE_COLUMNS = (
    Column("nr", "Invoice", "c-nr", order="nr"),
    Column("debiteur", "Debtor", order="debiteur"),
    Column("debiteurnr", "Debtor number", "c-nr", standing=False),
    Column("vervaldag", "Due date", "c-due", order="vervaldag"),
    Column("dagen", "Late", "c-days", "num"),
    Column("open", "Open", "c-open", "num", order="open"),
    Column("fase", "Last step", "c-stage"),
    Column("reden", "On hold", "c-hold"),
    Column("hierna", "What comes next", "c-stage"),
    Column("dag", "On", "c-date", order="dag"),
    Column("van", "Looked after by", "c-who"),
    Column("partner", "With the partner", standing=False),
)


_OF_THE_LADDER = {"fase", "hierna", "dag"}


@dataclass(frozen=True, slots=True)
class ListQuery:
    """What an address means.

    Attributes:
        asked: What it says, without what is none of its names.
        which: Which cases, but for what is searched for.
        order: In which order.
        problems: What can't be used, by field, in English; it is left out.
    """

    asked: Mapping[str, str]
    which: Which
    order: Order
    problems: Mapping[str, str]

    @property
    def query(self) -> str:
        """The same as a query of an address."""
        return urlencode({name: value for name, value in self.asked.items() if value})

    def searched(self, session: Session) -> Which:
        """Which cases, with what is searched for."""
        return searching(session, self.which, self.which.search or "")


def query_of(text: str, today: date, user: User) -> ListQuery:
    """What the query of an address means.

    Args:
        text: As it stands behind the question mark.
        today: The local day.
        user: Who asks.
    """
    return read_query(dict(parse_qsl(text[:4000], max_num_fields=40)), today, user)


def read_query(given: Mapping[str, str], today: date, user: User) -> ListQuery:
    """The same of what was taken apart already."""
    asked = {name: given[name][:200].replace("\0", "") for name in ASKED if given.get(name)}
    least, problems = _least(asked.get("vanaf", ""))
    order = ORDERS.get(asked.get("op", ""), "late")
    search = asked.get("zoek")
    if search and not set(asked) - {"zoek", "op", "kolommen"}:
        # Who looks for a case does not know whether it is closed.
        return ListQuery(asked, Which(search=search), order, problems)
    reason, of, partner = asked.get("reden", ""), asked.get("van"), asked.get("partner")
    which = Which(
        stage=asked.get("stap"),
        debtor_number=asked.get("debiteur"),
        hold=reason if reason not in ("", "geen", "enige") else None,
        held={"geen": False, "enige": True}.get(reason),
        task=asked.get("taak"),
        attention=True if asked.get("aandacht") == "ja" else None,
        # What a partner has is closed for the ladder.
        closed=None if partner or asked.get("gesloten") == "beide" else asked.get("gesloten") == "ja",
        at_least=least,
        search=search,
        partner_state=partner,
        assigned=None if of is None else {"ik": user.id, "niemand": ""}.get(of, of),
    )
    age: Age | None = next((each for each in get_args(Age) if each == asked.get("dagen")), None)
    return ListQuery(asked, which if age is None else of_age(which, age, today), order, problems)


def columns_in(asked: Mapping[str, str], columns: tuple[Column, ...]) -> tuple[Column, ...]:
    """The columns that an address names, in the order of the list; the first two are always there.

    Where it names none, those that stand there by themselves, and what it chooses by.
    """
    named = set(asked.get("kolommen", "").split("."))
    chosen = {each.key for each in columns if each.key in named}
    if not chosen:
        chosen = {each.key for each in columns if each.standing or asked.get(each.key)}
        # The ladder has nothing to do with what a partner has, and the room is wanted.
        chosen -= _OF_THE_LADDER if asked.get("partner") else set()
    return tuple(each for each in columns if each.key in chosen or each in columns[:2])


def _least(text: str) -> tuple[Decimal | None, Mapping[str, str]]:
    if not text:
        return None, {}
    typed: Typed = read_form((Field("vanaf", "", "money"),), {"vanaf": text})
    value = typed.values.get("vanaf")
    return (None if value is None else Decimal(str(value))), typed.problems

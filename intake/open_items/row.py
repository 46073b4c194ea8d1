"""One row of a list of open items: its cells into an open item, with a remark on everything that is wrong."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import PurePosixPath, PureWindowsPath
from typing import Any, Final

from domain.invoice import ClaimBasis, Kind, TermBasis, YesNoUnknown
from domain.money import Money
from intake.findings import Finding, NotUsed, Unreadable, shown
from intake.open_item import OpenItem, debtor_slug, key_of, plain
from intake.open_items.cells import MOST_ID_CHARACTERS, Cells
from intake.open_items.list_state import STATUS, BrokenRow, ListState, SettledItem
from intake.open_items.open_amounts import OpenAmounts, read_amounts
from intake.open_items.words import (
    CLAIM_BASES,
    COUNTRIES,
    GOVERNMENTS,
    KINDS,
    LANGUAGES,
    LAWS,
    NO,
    PROOFS,
    SOLE_TRADERS,
    TERM_BASES,
    YES_NO,
    YES_NO_UNKNOWN,
    bare_word,
)
from intake.written.contacts import doubt_about, find_email, find_phone, is_nothing
from intake.written.countries import country_named
from intake.written.legal_forms import legal_form
from intake.written.links import names_somebody, read_payment_link

__all__ = ["AS_CONSUMER", "Row"]

AS_CONSUMER: Final = "treated as a consumer in letters and costs until you say so"
_MOST_PRODUCT_CHARACTERS: Final = 200


class Row(Cells):
    """One row being read; every question to it may add a finding."""

    def __init__(self, state: ListState, line: int, cells: Mapping[str, str]) -> None:
        super().__init__(state, line, cells)
        self.amounts = OpenAmounts()
        self._missing_due: Finding | None = None

    def item(self) -> OpenItem | None:
        """The open item of the row; None where it gives none, which has been said and kept in the state."""
        number = self.needed("number", MOST_ID_CHARACTERS)
        key = self.text("key", MOST_ID_CHARACTERS)
        invoice_date = self.day("invoice_date")
        named = None if number is None or (key is None and invoice_date is None) else key_of(key, number, invoice_date)
        item = self._item(number, key, invoice_date, named)
        if item is None and not (self.good and self.amounts.settled is not None):
            self._keep_broken(number, named)
        return item

    def _item(
        self, number: str | None, key: str | None, invoice_date: date | None, named: str | None
    ) -> OpenItem | None:
        if not self.cells.get("invoice_date"):
            self.error("invoice_date", "this is empty: fill it in")
        elif invoice_date is not None and invoice_date > self.state.today:
            self.warning("invoice_date", f"{invoice_date} lies after today ({self.state.today}): check the date")
        due = self.day("due")
        if not self.cells.get("due"):
            self.error("due", "this is empty: fill it in")
            self._missing_due = self.errors[-1]
        elif due is not None and invoice_date is not None and due < invoice_date:
            self.error("due", f"{due} lies before the invoice date {invoice_date}: check both dates")
        if named is not None:
            self._once(named)
        debtor = self._debtor()
        self.amounts = read_amounts(self)
        amount, still_open = self.amounts.amount, self.amounts.open
        if self.amounts.is_credit and number is not None:
            self.state.credited.setdefault(number, self.line)
        if self.amounts.is_credit or self.amounts.settled is not None:
            self._note_settled(number, named, invoice_date, due, debtor)
            return None
        kind, natural_person, in_business, government = self._status()
        street = " ".join(filter(None, (self.text("street"), self.text("house_number"))))
        country = self._country()
        received_on = self.day("received_on")
        if received_on is not None and received_on > self.state.today:
            self.error(
                "received_on",
                f"{received_on} lies after today ({self.state.today}): this can't have happened yet",
            )
        elif received_on is not None and invoice_date is not None and received_on < invoice_date:
            self.warning("received_on", f"{received_on} lies before the invoice date {invoice_date}: check both dates")
        rest: dict[str, object] = {
            "contact_name": self.text("contact_name"),
            "email": self._email(),
            "phone": self._phone(country),
            "street": street or None,
            "postcode": self.text("postcode"),
            "city": self.text("city"),
            "country": country,
            "language": self._language(),
            "term_basis": self.choice("term_basis", TERM_BASES, "agreed, printed, statutory or large_company")
            or TermBasis.PRINTED,
            "received_on": received_on,
            "law": self.choice("law", LAWS, "NL or BE"),
            "tags": self._tags(),
            "reference": self.text("reference"),
            "payment_reference": self.text("payment_reference", MOST_ID_CHARACTERS),
            "payment_link": self._payment_link(),
            "kvk": self._registered("kvk", 8),
            "enterprise_number": self._registered("enterprise_number", 10),
            "product": self._product(),
            **self._goods(),
            "contract": self.text("contract", MOST_ID_CHARACTERS),
            "claim_basis": self.choice("claim_basis", CLAIM_BASES, "price, damages or cancellation_fee")
            or ClaimBasis.PRICE,
            "document": self._document(),
            "last_step": self.text("last_step"),
            "last_contact_on": self.past("last_contact_on", invoice_date),
            **self._notice(invoice_date, due),
            **self._promise(still_open),
            **self._hold(),
            "handed_off": self.choice("handed_off", YES_NO, "yes or no") or False,
        }
        if not self.good or debtor is None:
            return None
        debtor_id, debtor_name = debtor
        told: dict[str, Any] = {
            "line": self.line,
            "number": number,
            "key": key,
            "debtor_id": debtor_id,
            "debtor_name": debtor_name,
            "kind": kind,
            "natural_person": natural_person,
            "in_business": in_business,
            "government": government,
            "invoice_date": invoice_date,
            "due": due,
            "amount": amount,
            "open": still_open,
            **rest,
        }
        return OpenItem(**told)

    def _note_settled(
        self,
        number: str | None,
        named: str | None,
        invoice_date: date | None,
        due: date | None,
        debtor: tuple[str, str | None] | None,
    ) -> None:
        """Keep a paid invoice that can be told from others; a row with an error proves nothing."""
        finding, amount = self.amounts.settled, self.amounts.amount
        if finding is None or amount is None or not self.good or number is None or named is None:
            return
        self.state.settled.append(
            SettledItem(
                self.line,
                named,
                number,
                amount.currency,
                finding,
                self.amounts.over,
                None if debtor is None else debtor[0],
                invoice_date,
                due,
            )
        )

    def _keep_broken(self, number: str | None, named: str | None) -> None:
        """Keep a row that gave no item: what it says of an invoice that is known must not get lost."""
        forgiven = self._missing_due if self.errors == [self._missing_due] else None
        self.state.broken.append(
            BrokenRow(
                self.line,
                named,
                () if number is None else (number,),
                self.amounts.amount,
                self.amounts.open,
                forgiven if self.amounts.open is not None else None,
            )
        )

    def _once(self, named: str) -> None:
        """An invoice on several rows: its terms, or the same twice; see `intake.open_items.instalments`."""
        first = self.state.first_line.setdefault(named, self.line)
        if first != self.line:
            self.state.repeated.setdefault(named, [first]).append(self.line)

    def _debtor(self) -> tuple[str, str | None] | None:
        number, name = self.text("debtor_number", MOST_ID_CHARACTERS), self.text("debtor_name")
        postcode = self.text("postcode")
        if not self.cells.get("debtor_number") and not self.cells.get("debtor_name"):
            column = "debtor_name" if "debtor_name" in self.cells else "debtor_number"
            self.error(column, "there is no debtor: fill in a name or a debtor number")
        if number is None and name is None:
            return None
        debtor_id = number or debtor_slug(name or "", postcode)
        seen = self.state.remarked
        if name is None:
            if debtor_id not in seen and not self.cells.get("debtor_name"):
                self.warning(
                    "debtor_number",
                    f"debtor {shown(debtor_id)} has no name, and no letter goes out without: add it",
                )
                seen.add(debtor_id)
            return debtor_id, None
        if not self.cells.get("debtor_number") and postcode is None and debtor_id not in seen:
            self.warning(
                "debtor_name",
                f"{shown(name)} has no debtor number and no postcode, so all debtors of that name are taken"
                " as one: add one of the two",
            )
            seen.add(debtor_id)
        first_name, line = self.state.names.setdefault(debtor_id, (name, self.line))
        if plain(first_name) != plain(name) and debtor_id not in seen:
            self.warning(
                "debtor_name",
                f"debtor {shown(debtor_id)} is called {shown(name)} here but {shown(first_name)} on line"
                f" {line}: check the debtor number",
            )
            seen.add(debtor_id)
        return debtor_id, name

    def _status(self) -> tuple[Kind | None, YesNoUnknown, YesNoUnknown, YesNoUnknown]:
        yes, no, unknown = YesNoUnknown.YES, YesNoUnknown.NO, YesNoUnknown.UNKNOWN
        person = self.choice("natural_person", YES_NO_UNKNOWN, "yes, no or unknown") or unknown
        business = self.choice("in_business", YES_NO_UNKNOWN, "yes, no or unknown") or unknown
        government = self.choice("government", YES_NO_UNKNOWN, "yes, no or unknown") or unknown
        word = bare_word(self.cells.get("kind", ""))
        if word in SOLE_TRADERS:
            kind: Kind | None = Kind.BUSINESS
            person = yes if person is unknown else person
        elif word in GOVERNMENTS:
            kind, government = None, yes if government is unknown else government
        elif is_nothing(word):
            kind = None
        else:
            kind = self.choice("kind", KINDS, "business or consumer")
        silent = kind is None and unknown == person == business == government
        if silent and self.state.default_kind is not None:
            kind = self.state.default_kind
        form = legal_form(self.cells.get("debtor_name", ""))
        if form is not None and kind is Kind.CONSUMER and silent:
            kind = None
        doubted = kind is Kind.CONSUMER or (kind is None and business is not yes and government is not yes)
        if form is not None and person is not no and doubted:
            self._remark_on_firm(form, told=kind is Kind.CONSUMER)
        if kind is Kind.CONSUMER and (person is no or business is yes or government is yes):
            self.error(
                "kind",
                "a consumer is a person who does not act in business: correct kind or the other columns",
            )
        elif kind is Kind.BUSINESS and business is no:
            self.error("kind", "a business acts in business: correct kind or in_business")
        elif person is yes and government is yes:
            self.error("government", "a public body is not a natural person: correct one of the two columns")
        elif kind is Kind.CONSUMER:
            person, business, government = yes, no, no
        elif kind is Kind.BUSINESS:
            person, business = (no if person is unknown else person), yes
        elif government is yes:
            person = no
        told = any(name in self.cells for name in STATUS)  # else it has been said once for the whole file
        if self.good and told and person is not no and business is not yes and unknown in (person, business):
            column = next(name for name in STATUS if name in self.cells)
            self.warning(
                column,
                f"it is not known whether this debtor is a business or a consumer, so he is {AS_CONSUMER}",
            )
        return kind, person, business, government

    def _remark_on_firm(self, form: str, *, told: bool) -> None:
        """A firm is no consumer: once for each debtor."""
        name = self.cells.get("debtor_name", "")
        if f"firm:{plain(name)}" in self.state.remarked:
            return
        self.state.remarked.add(f"firm:{plain(name)}")
        says = "the list calls him a consumer" if told else f"he is {AS_CONSUMER}"
        self.warning(
            "debtor_name", f"{shown(name)} looks like a firm ({form}), and {says}: say business in the column kind"
        )

    def _country(self) -> str | None:
        cell = self.text("country")
        if cell is None or is_nothing(cell):
            return None
        named = COUNTRIES.get(bare_word(cell))
        if named is None and not re.fullmatch(r"[A-Za-z]{2}", cell):
            named = country_named(cell)
        if named is None and not re.fullmatch(r"[A-Za-z]{2}", cell):
            self.wrong("country", f"{shown(cell)} is not a country: write its two letters, like NL or BE")
            return None
        return named or cell.upper()

    def _language(self) -> str | None:
        cell = self.text("language")
        if cell is None or is_nothing(cell):
            return None
        # Exports also write a region: nl-BE, fr_BE, Nederlands (België).
        if found := re.fullmatch(r"([A-Za-z]{2})(?:[-_][A-Za-z]{2})?", cell):
            return found[1].lower()
        named = LANGUAGES.get(bare_word(re.sub(r"\s*\(.*\)$", "", cell)))
        if named is None:
            self.wrong("language", f"{shown(cell)} is not a language: write its two letters, like nl, fr, de or en")
        return named

    def _email(self) -> str | None:
        email = self._found("email", find_email)
        if email is not None and (doubt := doubt_about(email)) is not None:
            self.warning("email", doubt)
        return email

    def _phone(self, country: str | None) -> str | None:
        return self._found("phone", lambda cell: find_phone(cell, country))

    def _found(self, column: str, find: Callable[[str], tuple[str, str | None]]) -> str | None:
        """The first of several in a cell, with a remark on the others."""
        cell = self.text(column)
        if cell is None or is_nothing(cell):
            return None
        try:
            found, remark = find(cell)
        except NotUsed as problem:
            self.warning(column, str(problem))
            return None
        except Unreadable as problem:
            self.wrong(column, str(problem))
            return None
        if remark is not None:
            self.warning(column, remark)
        return found

    def _link(self) -> str | None:
        cell = self.text("payment_link")
        if cell is None:
            return None
        try:
            return read_payment_link(cell)
        except NotUsed as problem:
            self.warning("payment_link", str(problem))
        except Unreadable as problem:
            self.wrong("payment_link", str(problem))
        return None

    def _tags(self) -> tuple[str, ...]:
        written = re.split(r"[,;|]", self.text("tags") or "")
        return tuple(dict.fromkeys(tag.strip() for tag in written if tag.strip()))

    def _payment_link(self) -> str | None:
        link = self._link()
        if link is None:
            return None
        named = (self.cells.get(column) for column in ("number", "debtor_name", "contact_name"))
        if names_somebody(link, *named):
            self.wrong(
                "payment_link",
                "this holds the invoice number or a name, and links are read by others: make it from a random token",
            )
            return None
        return link

    def _registered(self, column: str, digits: int) -> str | None:
        """The debtor's number in a register of companies, its digits alone."""
        cell = self.text(column, MOST_ID_CHARACTERS)
        if cell is None:
            return None
        bare = re.sub(r"[ .-]|^[A-Z]{2}", "", cell)
        if len(bare) == digits and bare.isascii() and bare.isdecimal():
            return bare
        self.warning(column, f"{shown(cell)} has no {digits} digits: it is not used")
        return None

    def _product(self) -> str | None:
        cell = self.text("product", _MOST_PRODUCT_CHARACTERS)
        if cell is not None and not plain(cell):
            self.wrong("product", f"{shown(cell)} names nothing: say in a few words what was sold, or leave it empty")
            return None
        return cell

    def _goods(self) -> dict[str, object]:
        delivered_on = self.day("delivered_on")
        if delivered_on is not None and delivered_on > self.state.today:
            self.wrong(
                "delivered_on",
                f"{delivered_on} lies after today ({self.state.today}): this can't have happened yet",
            )
            delivered_on = None
        return {
            "goods": self.choice("goods", YES_NO, "yes or no") or False,
            "delivered_on": delivered_on,
        }

    def _document(self) -> str | None:
        cell = self.text("document")
        if cell is None:
            return None
        path = PurePosixPath(cell.replace("\\", "/"))
        if path.is_absolute() or PureWindowsPath(cell).drive or ".." in path.parts or not path.name:
            self.wrong(
                "document",
                f"{shown(cell)} does not lie beside this file: give a file name, or a path in a folder below it",
            )
            return None
        return str(path)

    def _notice(self, invoice_date: date | None, due: date | None) -> dict[str, object]:
        posted_on = self.past("notice_posted_on", invoice_date)
        proof = self.choice("notice_proof", PROOFS, "presumed, delivered or confirmed")
        if self.cells.get("notice_proof") and not self.cells.get("notice_posted_on"):
            self.error("notice_proof", "there is proof of a notice but no day: fill in notice_posted_on as well")
        elif posted_on is not None and not self.cells.get("notice_proof"):
            self.warning("notice_posted_on", "there is no proof of this notice, so it will be sent again")
        elif posted_on is not None and due is not None and posted_on <= due:
            self.warning("notice_posted_on", f"this notice was posted before the invoice was late ({due}): check it")
        return {"notice_posted_on": posted_on, "notice_proof": proof}

    def _promise(self, still_open: Money | None) -> dict[str, object]:
        until = self.day("promise_until")
        amount = None if still_open is None else self.money("promise_amount", still_open.currency)
        if self.cells.get("promise_amount") and not self.cells.get("promise_until"):
            self.error("promise_amount", "there is a promised amount but no day: fill in promise_until as well")
        elif amount is not None and not amount.is_positive:
            self.error(
                "promise_amount",
                f"{shown(self.cells['promise_amount'])} is no promise: write an amount above 0",
            )
        elif amount is not None and still_open is not None and amount > still_open:
            self.error(
                "promise_amount",
                f"{shown(self.cells['promise_amount'])} is more than the {still_open.text} that is open: check both",
            )
        return {"promise_until": until, "promise_amount": amount}

    def _hold(self) -> dict[str, object]:
        hold = self.text("hold")
        if hold is not None and bare_word(hold) in NO:
            hold = None
        until = self.day("hold_until")
        if until is not None and hold is None:
            self.error("hold_until", "there is an end of a hold but no hold: write its reason in the column hold")
        elif until is not None and until <= self.state.today:
            self.warning("hold_until", f"this hold ended on {until}, so it stops nothing")
        return {"hold": hold, "hold_until": until}

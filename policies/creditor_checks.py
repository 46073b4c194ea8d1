"""The numbers and addresses of a creditor's profile: what debtors pay to, write to and call must be right.

A slip in an account sends a debtor's money nowhere, one in a register number makes a letter attackable. Numbers of
zeros only are taken: they are made up, as in the samples.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from stdnum import bic, iban
from stdnum.be import vat as belgian_vat
from stdnum.eu import vat as european_vat
from stdnum.exceptions import InvalidChecksum, InvalidLength, ValidationError

from domain.handoffs.partners import Partner
from domain.parties import Creditor
from policies.problems import Loc

__all__ = ["problems_of_creditor"]

_EMAIL = re.compile(r"[^@\s,;<>]+@[^@\s,;<>.]+(?:\.[^@\s,;<>.]+)+")
_FEWEST_DIGITS, _MOST_DIGITS = 7, 15
_KVK = re.compile(r"[0-9]{8}")
_BANK_IN_IBAN = {"NL"}
"""Countries in whose IBAN the bank stands as the BIC begins."""


def problems_of_creditor(creditor: Creditor) -> Iterator[tuple[Loc, str]]:
    """What is wrong in a profile: the way to the value, and a sentence that says what to do.

    Args:
        creditor: The profile, whose fields are texts of the right form.
    """
    yield from _account((), creditor.iban, creditor.bic)
    for place, other in enumerate(creditor.pay_to):
        yield from _account(("pay_to", place), other.iban, other.bic)
    if creditor.kvk is not None and not _KVK.fullmatch(re.sub(r"[ .]", "", creditor.kvk)):
        yield ("kvk",), f"{creditor.kvk!r} is no number of the Dutch trade register: it has 8 digits"
    if creditor.vat is not None and (why := _why_no_vat(creditor.vat)):
        yield ("vat",), why
    number = creditor.enterprise_number
    if number is not None and not _made_up(number) and not belgian_vat.is_valid(number):
        yield (
            ("enterprise_number",),
            f"{number!r} is no Belgian enterprise number: 10 digits, of which the last two check",
        )
    if not _EMAIL.fullmatch(creditor.email):
        yield ("email",), f"{creditor.email!r} is no e-mail address: give one, like debiteuren@example.nl"
    if creditor.phone is not None and not _FEWEST_DIGITS <= sum(map(str.isdigit, creditor.phone)) <= _MOST_DIGITS:
        yield ("phone",), f"{creditor.phone!r} is no telephone number; write it like +31 50 123 45 67"
    for place, each in enumerate(creditor.partners):
        if each.register_number is not None and not any(map(str.isdigit, each.register_number)):
            yield (
                ("partners", place, "register_number"),
                f"{each.register_number!r} is no register number: give it as the register shows it, or leave it out",
            )
        if each.email is not None and not _EMAIL.fullmatch(each.email):
            yield (
                ("partners", place, "email"),
                f"{each.email!r} is no e-mail address: give one, like zaken@example.nl",
            )
        if each.iban is not None:
            yield from _account(("partners", place), each.iban, None)
        if each.kind == "agency" and each.register_number is None and _takes_dutch_persons(each):
            yield (
                ("partners", place),
                f"{each.id} takes claims on natural persons under Dutch law without register_number: an agency needs "
                "one for those (Wki); give it, or `takes: [{debtor: business}]`",
            )
    partner = creditor.partner
    if partner is not None:
        if not partner.name.strip():
            yield ("partner", "name"), "give the name that letters are to say"
        if partner.register_number is not None and not any(map(str.isdigit, partner.register_number)):
            yield (
                ("partner", "register_number"),
                f"{partner.register_number!r} is no register number: give it as the register shows it, or leave it out",
            )


def _takes_dutch_persons(partner: Partner) -> bool:
    return not partner.takes or any(r.debtor != "business" and r.law in (None, "NL") for r in partner.takes)


def _account(place: Loc, written: str, code: str | None) -> Iterator[tuple[Loc, str]]:
    try:
        account = iban.validate(written.upper(), check_country=False)
    except InvalidChecksum:
        yield (
            (*place, "iban"),
            f"{written!r}: the check digits are wrong: a sign is missing or another one; money would go nowhere",
        )
        return
    except InvalidLength:
        yield (*place, "iban"), f"{written!r} is too long or too short for an IBAN of its country"
        return
    except ValidationError:
        yield (*place, "iban"), f"{written!r} is no IBAN; write it like NL91 ABNA 0417 1643 00"
        return
    if code is None:
        return
    if not bic.is_valid(code):
        yield (*place, "bic"), f"{code!r} is no BIC: 8 or 11 letters and digits, like ABNANL2A; or leave it out"
        return
    bank = bic.compact(code)
    if account[:2] in _BANK_IN_IBAN and (bank[:4], bank[4:6]) != (account[4:8], account[:2]):
        yield (*place, "bic"), f"{code!r} is not of the bank of {written}: mend one of them, or leave it out"


def _why_no_vat(number: str) -> str | None:
    if _made_up(number):
        return None
    country = number[:2]
    if country.isalpha() and country.upper() != "EL" and country.lower() not in european_vat.MEMBER_STATES:
        return None  # Of a country whose numbers we can't check.
    if european_vat.is_valid(number):
        return None
    return f"{number!r} is no VAT number: its form or its check digits are wrong; write it like NL000099998B57"


def _made_up(number: str) -> bool:
    return not any(sign in number for sign in "123456789")

"""Whose money it is: by our own ids that the provider brings back, by references, by numbers, by what somebody wrote.

The surest comes first, and what leads to two debtors leads to nobody: a person is asked, with the best guesses.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from casefile.case_file import Transaction
from casefile.debtor_money import KnownDebtor
from casefile.named_cases import (
    NamedCase,
    case_named,
    cases_numbered,
    cases_open_at,
    debtor_of_cases,
    debtors_numbered,
)
from casefile.payment_links import cases_of_link
from casefile.payment_references import cases_with_reference
from domain.debtor_money import named_in
from domain.money import Money
from domain.provider_money import Designation
from letters.references import checked_reference

__all__ = ["Found", "LinkLookup", "Nobody", "find", "linked_cases", "references_in"]

LinkLookup = Callable[[Transaction, Sequence[str]], tuple[str, ...]]
"""The cases that a payment of ours is for, by the provider's ids of it or of its payment link; none for others."""

_MOST_GUESSES = 5
_SHORTEST_NUMBER = 4
"""Digits alone, and fewer of them, are anything: a day, a flat, an amount."""
_WORD = re.compile(r"[^\s,;:()\[\]\"'#]+")
_MOST_WORDS = 200
_WORDS_OF_A_NUMBER = 3


@dataclass(frozen=True, slots=True)
class Found:
    """Whose money it is.

    Attributes:
        debtor: Who paid, or for whom it was paid.
        case_id: The one case that it is for; None where it is spread over his cases.
        reference: What stands with it: the numbers that it names, then what was written.
        whole: Whether all of it goes to that case whatever is open there: it was asked for it by us.
    """

    debtor: KnownDebtor
    case_id: str | None
    reference: str
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Nobody:
    """It can't be said whose it is: why, and of which cases it may be."""

    reason: str
    guesses: tuple[str, ...] = ()


def linked_cases(transaction: Transaction, names: Sequence[str]) -> tuple[str, ...]:
    """The cases of the payment link that we had made under one of these names, such as `stripe:cs_1`; else none."""
    for name in names:
        provider, _, own = name.partition(":")
        cases = cases_of_link(transaction, provider, own)
        if cases is not None:
            return cases
    return ()


def find(
    transaction: Transaction, said: Designation, names: Sequence[str], amount: Money | None, links: LinkLookup
) -> Found | Nobody:
    """Find whose money it is.

    Args:
        transaction: The case file.
        said: What the payment says about what it is for.
        names: The provider's names of the payment: its own id, and that of its payment link.
        amount: What came in, for guesses.
        links: Finds the case of a payment that we asked for ourselves.
    """
    session = transaction.session
    ours = links(transaction, names) or ((said.case_id,) if said.case_id else ())
    asked = [case for case in (case_named(session, each) for each in ours) if case is not None]
    if asked:
        return _of(transaction, asked, said, whole=len(asked) == 1)
    by_number = cases_numbered(session, said.invoices, said.creditor)
    found = _of_one_debtor(transaction, by_number, said)
    if found is not None:
        return found
    carried = references_in((*said.texts, *said.invoices))
    by_reference = _cases(transaction, cases_with_reference(session, carried), said.creditor)
    found = _of_one_debtor(transaction, by_reference, said)
    if found is not None:
        return found
    in_text = _in_text(transaction, said.texts, said.creditor)
    sure = [each for each in in_text if not _too_short(each.number)]
    found = _of_one_debtor(transaction, sure, said)
    if found is not None:
        return found
    named = debtors_numbered(session, said.debtor, said.creditor) if said.debtor else ()
    if len(named) == 1 and not by_number and not by_reference and not sure:
        return Found(named[0], None, _reference((), said))
    seen = (*by_number, *by_reference, *in_text)
    of_named = [each for each in seen if (each.creditor, each.debtor) in {(d.creditor, d.id) for d in named}]
    if of_named:
        # Numbers of two creditors, of which one knows this debtor.
        found = _of_one_debtor(transaction, of_named, said)
        if found is not None:
            return found
    guesses = dict.fromkeys(each.id for each in seen)
    if amount is not None:
        guesses.update(
            dict.fromkeys(cases_open_at(session, amount.minor, amount.currency, said.creditor, _MOST_GUESSES))
        )
    return Nobody(_why(said, seen, named), tuple(guesses)[:_MOST_GUESSES])


def references_in(texts: Iterable[str]) -> tuple[str, ...]:
    """The structured references in a text whose check digits are right, as machines write them."""
    found: dict[str, None] = {}
    for text in texts:
        words = _WORD.findall(text)[:_MOST_WORDS]
        # People write them in groups: RF18 5390 0754 7034; 6000 0567 8901 2345.
        for start in range(len(words)):
            for count in range(1, 8):
                joined = "".join(words[start : start + count])
                if start + count > len(words) or len(joined) > 30:
                    break
                if count > 1 and not re.fullmatch(r"[0-9A-Za-z+*/]+", joined):
                    break
                try:
                    found[checked_reference(joined).compact] = None
                except ValueError:
                    continue
    return tuple(found)


def _cases(transaction: Transaction, ids: Iterable[str], creditor: str | None) -> tuple[NamedCase, ...]:
    found = [case_named(transaction.session, each) for each in ids]
    return tuple(each for each in found if each is not None and creditor in (None, each.creditor))


def _in_text(transaction: Transaction, texts: Sequence[str], creditor: str | None) -> tuple[NamedCase, ...]:
    """The cases whose invoice number stands in a text as a whole word."""
    candidates: set[str] = set()
    for text in texts:
        words = list(_WORD.finditer(text))[:_MOST_WORDS]
        for start in range(len(words)):
            for last in range(start, min(start + _WORDS_OF_A_NUMBER, len(words))):
                written = text[words[start].start() : words[last].end()]
                candidates.update((written, written.strip(".!?-/")))
    known = cases_numbered(transaction.session, sorted(candidates), creditor)
    named = {number for text in texts for number in named_in(text, [each.number for each in known])}
    return tuple(each for each in known if each.number in named)


def _too_short(number: str) -> bool:
    return number.isdigit() and len(number) < _SHORTEST_NUMBER


def _of_one_debtor(transaction: Transaction, cases: Sequence[NamedCase], said: Designation) -> Found | None:
    """These cases, if all are of one debtor, who is the one that was named too, if anybody was."""
    owners = {(each.creditor, each.debtor) for each in cases}
    if len(owners) != 1 or (said.debtor and {debtor for _, debtor in owners} != {said.debtor}):
        return None
    return _of(transaction, cases, said)


def _of(transaction: Transaction, cases: Sequence[NamedCase], said: Designation, *, whole: bool = False) -> Found:
    first = cases[0]
    debtor = debtor_of_cases(transaction.session, first.creditor, first.debtor)
    only = first.id if len(cases) == 1 else None
    return Found(debtor, only, _reference([each.number for each in cases], said), whole)


def _reference(numbers: Sequence[str], said: Designation) -> str:
    """The numbers that it names, then what was written."""
    text = "; ".join(each.strip() for each in said.texts if each.strip())
    missing = [number for number in numbers if number not in named_in(text, [number])]
    return "; ".join(filter(None, (", ".join(missing), text)))[:300]


def _why(said: Designation, seen: Sequence[NamedCase], named: Sequence[KnownDebtor]) -> str:
    if len({(each.creditor, each.debtor) for each in seen}) > 1:
        return "it names invoices of several debtors"
    if seen and said.debtor:
        return "it names an invoice and another debtor"
    if seen:
        return "it names an invoice by a number that may be anything"
    if len(named) > 1:
        return "several creditors know the debtor that it names"
    if said.case_id or said.invoices or said.debtor:
        return "it names a case, an invoice or a debtor that is not here"
    if said.texts:
        return "nothing in its text is an invoice number or a reference of ours"
    return "it says nothing of what it is for"

"""Holds a letter against `letters.requirements` before it leaves."""

import re
from functools import lru_cache

from stdnum import iban
from stdnum.exceptions import ValidationError

from domain.law import be, nl
from letters.checking_answers import check_answer
from letters.content import ASKS_NOTHING, Language, LetterContent
from letters.errors import VoidLetter
from letters.figures import Figures
from letters.kinds import FEE_LETTERS, LISTS_OTHERS, OVERVIEW, effective_letter
from letters.requirements import limits
from letters.requirements.forbidden import FORBIDDEN, NOT_IN_TEXT_MESSAGES, Forbidden
from letters.requirements.limits import Audience
from letters.requirements.part import Part, Printing
from letters.requirements.required import REQUIRED
from letters.wording import BLOCKS, Wording


def check_content(content: LetterContent, *, paper: bool) -> None:
    """Check that a content holds what its letter must say, before any word of it is made.

    Args:
        content: What the letter says.
        paper: Whether it is printed.

    Raises:
        VoidLetter: something is missing, or is claimed that may not be.
    """
    printing = _printing(content, paper=paper)
    letter = printing.letter
    _check_kind(content, letter)
    _check_term(content, letter)
    _check_claims(content, letter)
    _check_before_due(content, letter)
    _check_lists(content, letter)
    for part in REQUIRED[letter]:
        if part.when(printing) and any(value is None for value in part.values(printing)):
            raise _missing(letter, part)
    _check_account(content, letter)
    _check_fee(content, letter)
    check_answer(content, letter)
    _check_partner(content, letter)


def check_words(content: LetterContent, wording: Wording, text: str, *, paper: bool) -> None:
    """Check the letter as it leaves.

    Args:
        content: What it should say.
        wording: Its words.
        text: All of the printed text.
        paper: Whether it is printed.

    Raises:
        VoidLetter: a part is missing in the text, or it says what it may not.
    """
    printing = _printing(content, paper=paper)
    flat = _flat(text)
    for part in REQUIRED[wording.letter]:
        if not part.when(printing):
            continue
        if any(value and _flat(value) not in flat for value in part.values(printing)):
            raise _missing(wording.letter, part)
        if pattern := part.pattern(content.language):
            said = " ".join(wording.masked[block] for block in part.blocks).replace("\n", " ")
            if not _is_said(pattern, said):
                raise _missing(wording.letter, part)
    _check_amounts(content, wording)
    found = _forbidden(
        wording.letter, content.language, _audience(content), tuple(wording.masked[block] for block in BLOCKS)
    )
    if found is not None:
        entry, phrase = found
        raise VoidLetter(f"{wording.letter}: says {phrase!r}, which is {entry.name}; {entry.instead}")


def check_text_message(content: LetterContent, text: str, *, amounts: bool) -> None:
    """Check a text message as it leaves; others may read it over a shoulder.

    Args:
        content: What it is about.
        text: The message.
        amounts: Whether its wording names an amount.

    Raises:
        VoidLetter: it tells a stranger what the message is about.
    """
    if not (content.consumer or content.natural_person):
        return
    if amounts:
        raise VoidLetter("text message to a natural person: names an amount; leave it out of block `sms`")
    for word in NOT_IN_TEXT_MESSAGES.values():
        if word in text.casefold():
            raise VoidLetter(
                f'text message to a natural person: a name or number puts the word "{word}" in it, and others may '
                "read; give the sender another name or choose another channel"
            )


def _printing(content: LetterContent, *, paper: bool) -> Printing:
    return Printing(content, effective_letter(content), paper, Figures.of(content.language, content.law))


def _missing(letter: str, part: Part) -> VoidLetter:
    return VoidLetter(f"{letter}: {part.name} is missing; {part.give}")


def _flat(text: str) -> str:
    return " ".join(text.replace("\u200b", "").split())


@lru_cache(maxsize=2048)
def _is_said(pattern: re.Pattern[str], said: str) -> bool:
    """Whether a wording without data says something; it repeats itself from letter to letter."""
    return pattern.search(said) is not None


def _audience(content: LetterContent) -> Audience:
    if content.consumer:
        return "consumer"
    return "natural person" if content.natural_person else "everyone"


def _concerns(limit: Audience, content_audience: Audience) -> bool:
    order = ("everyone", "natural person", "consumer")
    return order.index(content_audience) >= order.index(limit)


def _check_kind(content: LetterContent, letter: str) -> None:
    laws = limits.LAW.get(letter)
    if laws is not None and content.law not in laws:
        raise VoidLetter(
            f"{letter}: the law of the claim is {content.law or 'not known'}, and this letter is one of "
            f"{' and '.join(laws)} alone; give law, or choose another letter"
        )
    if letter in limits.TO_CONSUMERS_ONLY and not content.consumer:
        raise VoidLetter(f"{letter}: is for consumers only; a business gets letter `notice`")


def _check_term(content: LetterContent, letter: str) -> None:
    for (name, audience), least in limits.LEAST_TERM.items():
        if name != letter or not _concerns(audience, _audience(content)) or content.term_days is None:
            continue
        if content.term_days < least:
            whom = "a business" if audience == "everyone" and not content.consumer else f"a {_audience(content)}"
            raise VoidLetter(f"{letter}: term_days is {content.term_days}; {whom} has at least {least} days")
    if letter in ASKS_NOTHING and content.term_days is not None:
        raise VoidLetter(f"{letter}: asks nothing, so no term begins with it; leave term_days out")


def _check_claims(content: LetterContent, letter: str) -> None:
    belgian = content.law == "BE"
    allowed = (limits.CLAIMS_OF_BELGIAN_CONSUMERS if belgian else limits.CLAIMS_OF_CONSUMERS).get(letter)
    if not content.consumer or allowed is None or content.claims in allowed:
        return
    if content.claimed_interest is None and content.claimed_costs is None:
        return
    raise VoidLetter(
        f"{letter}: claims {content.claims} of a consumer; it may claim the principal alone, so put claims=principal"
    )


def _check_before_due(content: LetterContent, letter: str) -> None:
    if letter not in limits.BEFORE_DUE:
        return
    if late := [line for line in content.lines if line.due < content.on]:
        raise VoidLetter(
            f"{letter}: invoice {late[0].number} was due on {late[0].due}, and this letter is for before that day; "
            "use letter `reminder`"
        )
    if content.claimed_interest is not None or content.claimed_costs is not None:
        raise VoidLetter(
            f"{letter}: claims {content.claims} before the due date; it may claim the principal alone, so put "
            "claims=principal"
        )


def _check_lists(content: LetterContent, letter: str) -> None:
    """Check that only a letter on which no right hangs lists other invoices, or says which reminder it is of each."""
    if content.others and letter not in LISTS_OTHERS:
        raise VoidLetter(f"{letter}: lists other invoices, and may name only what it asks; leave others out")
    if letter != OVERVIEW and any(line.reminder for line in content.lines):
        raise VoidLetter(f"{letter}: is about invoices at different reminders; use letter `{OVERVIEW}`")


def _check_account(content: LetterContent, letter: str) -> None:
    if not content.claimed.is_positive:
        return
    if not _is_account(content.creditor.iban):
        raise VoidLetter(f"{letter}: the check digits of creditor.iban are wrong; a debtor's money would go nowhere")


@lru_cache(maxsize=256)  # The creditors of a process are few.
def _is_account(account: str) -> bool:
    try:
        iban.validate(account, check_country=False)
    except ValidationError:
        return False
    return True


def _check_fee(content: LetterContent, letter: str) -> None:
    """Check fees and damages against the scale of their law."""
    fee = content.announced_costs
    try:
        if fee is not None and letter in FEE_LETTERS:
            if fee.vat is not None and not fee.vat_reason:
                raise VoidLetter(
                    f"{letter}: VAT on the fee without its reason; it may be added only if a collection service with "
                    "VAT is used that the creditor cannot deduct: say vat_reason=True, or leave vat out"
                )
            if content.law == "NL":
                scale = nl.collection_costs(
                    [line.open for line in content.lines],
                    business=not content.consumer,
                    on=content.on,
                    vat=fee.vat is not None,
                )
                if fee.amount > scale.amount or (fee.vat is not None and fee.vat > scale.vat):
                    raise VoidLetter(
                        f"{letter}: announces costs of {fee.amount}, above the legal scale of {scale.amount} on these "
                        "invoices; announce what the scale allows"
                    )
        if letter == "first_reminder" and content.damages_if_late is not None:
            cap = be.damages_cap(content.open, content.on)
            if content.damages_if_late > cap:
                raise VoidLetter(
                    f"{letter}: damages of {content.damages_if_late} are above the legal maximum of {cap}, so the "
                    "clause is void as a whole; leave damages_if_late out"
                )
        if content.consumer and content.law is not None and (costs := content.claimed_costs) is not None:
            # What was due does not fall when a part is paid later: the highest it can have been is on the principals.
            principals = [line.principal for line in content.lines]
            whole = sum(principals[1:], start=principals[0])
            most = (
                nl.collection_costs(principals, business=False, on=content.on, vat=True).amount
                if content.law == "NL"
                else be.damages_cap(whole, content.on)
            )
            if costs > most:
                raise VoidLetter(
                    f"{letter}: claims costs of {costs} of a consumer, above the {most} that the law allows at most"
                )
    except VoidLetter:
        raise
    except ValueError as error:
        raise VoidLetter(f"{letter}: the costs cannot be checked: {error}") from error


def _check_partner(content: LetterContent, letter: str) -> None:
    if letter != "final_demand" or content.partner is None or content.term_days is None:
        return
    if (content.partner.takes_over_on - content.on).days <= content.term_days:
        raise VoidLetter(
            f"{letter}: the partner takes over on {content.partner.takes_over_on}, before the term of "
            f"{content.term_days} days has run out; give a later day"
        )


def _check_amounts(content: LetterContent, wording: Wording) -> None:
    """Check that the sentences of a 14-day letter name the claim and the fee alone."""
    fee = content.announced_costs
    if wording.letter != "fourteen_day_letter" or fee is None:
        return
    figures = Figures.of(content.language, content.law)
    allowed = {figures.money(money) for money in (content.claimed, fee.amount, fee.vat) if money is not None}
    if not {amount for block in BLOCKS for amount in wording.amounts[block]} <= allowed:
        raise VoidLetter(f"{wording.letter}: names a third amount; say the claim and the exact fee, and no total")


@lru_cache(maxsize=1024)
def _forbidden(
    letter: str, language: Language, audience: Audience, blocks: tuple[str, ...]
) -> tuple[Forbidden, str] | None:
    """Return what may not be said and its words, None if there is nothing; wording without data repeats itself."""
    said = dict(zip(BLOCKS, blocks, strict=True))
    for entry in FORBIDDEN:
        if not _concerns(entry.audience, audience) or letter in entry.except_in:
            continue
        if entry.letters is not None and letter not in entry.letters:
            continue
        for block in entry.blocks or (name for name in BLOCKS if name != "interest_note"):
            if match := entry.pattern(language).search(said[block]):
                return entry, match[0]
    return None

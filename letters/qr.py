"""QR codes of a letter: what they hold, and their drawing."""

import re
from dataclasses import dataclass
from functools import lru_cache

from stdnum import iban

from letters.content import LetterContent
from letters.figures import Figures, grouped, labels
from letters.qr_modules import modules

_EPC_MOST = 331  # bytes, EPC069-12
_WIDEST = 177  # modules of the largest code, version 40
_QUIET = 4  # modules of white around the code, ISO/IEC 18004 §5.3.8
_RUN = re.compile("0+|1+|[^01]")
# Before each row stands a sign of its own, so that all runs of a code are found at once.
_ROWS = [chr(0x100 + y) for y in range(_WIDEST)]
# A run of modules as a command of an SVG path: black ones are drawn, white ones passed over.
_STROKES = {
    **{sign: f"M{_QUIET} {y}.5" for y, sign in enumerate(_ROWS, start=_QUIET)},
    **{"0" * length: f"m{length} 0" for length in range(1, _WIDEST + 1)},
    **{"1" * length: f"h{length}" for length in range(1, _WIDEST + 1)},
}


@dataclass(frozen=True, slots=True)
class Code:
    """A QR code as it is printed.

    Attributes:
        payload: What a reader gets.
        svg: Its drawing: black modules on white, with the quiet zone.
        caption: What to do with it, printed beneath.
        alt: What it holds, for who cannot see it.
    """

    payload: str
    svg: str
    caption: str
    alt: str


def codes(content: LetterContent, letter: str) -> tuple[Code, ...]:
    """Return the codes of a letter in their order, none if nothing is to be paid.

    The payment link first; under Belgian law the transfer first, which the apps of Belgian banks read. Without a
    payment link the transfer alone. A transfer has a code in euros only.

    Args:
        content: What the letter says.
        letter: Name of the letter that it became.
    """
    if not content.claimed.is_positive:
        return ()
    link = _link(content, letter)
    transfer = _transfer(content, letter)
    order = (transfer, link) if content.law == "BE" else (link, transfer)
    return tuple(code for code in order if code is not None)


def _link(content: LetterContent, letter: str) -> Code | None:
    # A link asks for all that is open; an instalment, a promise or a settlement is less.
    if content.payment_link is None or not content.asks_all or letter == "arrangement_confirmation":
        return None
    named = labels(content.language)
    alt = named["alt_link"].format(link=content.payment_link)
    return Code(content.payment_link, _svg(content.payment_link), named["scan_link"], alt)


def _transfer(content: LetterContent, letter: str) -> Code | None:
    """Return the code of a credit transfer in euros: EPC069-12, version 002, SCT, in UTF-8."""
    amount, caption = content.to_own_account, labels(content.language)["scan_bank"]
    if letter == "arrangement_confirmation" and content.arrangement is not None:
        amount = content.arrangement.instalments[0].amount
        caption = f"{caption} ({labels(content.language)['scan_first']})"
    elif content.blocked_account is not None:
        # The other part goes to the blocked account, by a transfer of its own.
        caption = f"{caption}: {Figures.of(content.language, content.law).money(amount)}"
    if amount.currency != "EUR" or not 1 <= amount.minor <= 99_999_999_999:
        return None
    creditor, reference = content.creditor, content.checked_reference
    # Only ISO 11649 is a structured reference of the standard; banks read the national ones from the free text.
    structured = reference.compact if reference and reference.standard == "rf" else ""
    told = reference.shown if reference else content.reference
    lines = [
        "BCD",
        "002",
        "1",
        "SCT",
        (creditor.bic or "").replace(" ", "").upper(),
        creditor.account_name[:70],
        iban.compact(creditor.iban),
        f"EUR{amount.text}",
        "",
        structured,
        "" if structured else told[:140],
    ]
    payload = "\n".join(lines).rstrip("\n")
    if len(payload.encode("utf-8")) > _EPC_MOST:
        return None
    alt = labels(content.language)["alt_bank"].format(
        amount=Figures.of(content.language, content.law).money(amount),
        account=grouped(creditor.iban),
        name=creditor.account_name,
        reference=told,
    )
    return Code(payload, _svg(payload), caption, alt)


@lru_cache(maxsize=64)  # A letter is made more than once: shown, checked, and in several forms.
def _svg(payload: str) -> str:
    """Draw a code: one path of horizontal strokes, each a module high, in modules."""
    rows = modules(payload)
    side = len(rows) + 2 * _QUIET
    runs = _RUN.findall("".join(sign + row.rstrip("0") for sign, row in zip(_ROWS, rows, strict=False)))
    strokes = "".join(map(_STROKES.__getitem__, runs))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}">'
        f'<path fill="#fff" d="M0 0h{side}v{side}H0z"/><path stroke="#000" d="{strokes}"/></svg>'
    )

"""Text messages: the GSM alphabet, and one message of 160 places where the words allow it."""

import unicodedata

from letters.checking import check_text_message
from letters.content import LetterContent
from letters.figures import simple_spaces
from letters.marking import printed, values
from letters.wording import Blocks

# 3GPP TS 23.038 §6.2.1: the default alphabet, and the characters that take two places.
_GSM_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_EXTENDED = frozenset("^{}\\[~]|€")
_LENGTH = 160


def compose_text_message(content: LetterContent) -> str:
    """Return a content as a text message.

    Letters outside the alphabet lose their accent; if the message is too long, the name of the sender is cut, then the
    invoice number. A message that still does not fit is returned as it is.

    Raises:
        UnknownLetter: there is no such letter in this language.
        VoidLetter: it tells a stranger what it is about.
    """
    text, amounts = _text(content, content.creditor.name)
    excess = places(text) - _LENGTH
    if excess > 0:
        text, amounts = _text(content, _cut(content.creditor.name, excess, least=12))
    excess = places(text) - _LENGTH
    if excess > 0 and len(content.lines) == 1:
        line = content.lines[0]
        shorter = line.model_copy(update={"number": _cut(line.number, excess, least=8)})
        text, amounts = _text(
            content.model_copy(update={"lines": (shorter,)}),
            _cut(content.creditor.name, len(content.creditor.name), 12),
        )
    check_text_message(content, text, amounts=amounts)
    return text


def _text(content: LetterContent, sender: str) -> tuple[str, bool]:
    marked = " ".join(Blocks(content, paper=False, sender=sender).marked("sms"))
    return _in_gsm(simple_spaces(printed(marked))), bool(values(marked, "amount"))


def _cut(text: str, excess: int, least: int) -> str:
    """Return the text shortened by `excess` places, with an ellipsis, but never below `least` characters."""
    keep = max(least, len(text) - excess - 3)
    return text if keep + 3 >= len(text) else text[:keep].rstrip() + "..."


def _in_gsm(text: str) -> str:
    def fitting(char: str) -> str:
        if char in _GSM_BASIC or char in _GSM_EXTENDED:
            return char
        parts = unicodedata.normalize("NFKD", char)
        bare = "".join(part for part in parts if not unicodedata.combining(part))
        return bare if bare and all(part in _GSM_BASIC for part in bare) else char

    return "".join(fitting(char) for char in unicodedata.normalize("NFC", text).replace("\u2019", "'"))


def places(text: str) -> int:
    """Return the length of a text message in places of 160; outside the alphabet only 70 characters fit."""
    if not all(char in _GSM_BASIC or char in _GSM_EXTENDED for char in text):
        return len(text.encode("utf-16-be")) // 2 + (_LENGTH - 70)
    return len(text) + sum(char in _GSM_EXTENDED for char in text)

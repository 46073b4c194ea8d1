"""From a letter's content to its forms: e-mail (text and HTML), text message and PDF.

A letter that would not stand is refused (`letters.requirements`), so that what leaves can be shown to a judge.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from letters.address import address_lines
from letters.attachment import Attachment
from letters.checking import check_content, check_words
from letters.content import LetterContent
from letters.errors import UnknownLetter, Unprintable, VoidLetter
from letters.figures import labels, simple_spaces
from letters.kinds import effective_letter
from letters.press import press
from letters.qr import codes
from letters.text_message import compose_text_message
from letters.version import template_version
from letters.wording import Table, Wording, environment, template, word, wordings

__all__ = [
    "Attachment",
    "Email",
    "Paper",
    "UnknownLetter",
    "Unprintable",
    "VoidLetter",
    "effective_letter",
    "known_letters",
    "render_email",
    "render_paper",
    "render_pdf",
    "render_sms",
    "template_version",
]


@dataclass(frozen=True, slots=True)
class Email:
    """An e-mail without its envelope: the same words twice, as plain text and as HTML."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True, slots=True)
class Paper:
    """A letter on paper: its subject, and the PDF."""

    subject: str
    pdf: bytes


def known_letters() -> frozenset[str]:
    """Return the names of all letters that have a wording, as a policy may name them under `letter:`."""
    return frozenset(wordings())


def _checked_words(content: LetterContent, *, paper: bool) -> Wording:
    template(effective_letter(content), content.language)
    check_content(content, paper=paper)
    return word(content, paper=paper)


def render_email(content: LetterContent) -> Email:
    """Return the letter as an e-mail.

    Raises:
        UnknownLetter: there is no such letter in this language.
        VoidLetter: the letter would not stand.
    """
    wording = _checked_words(content, paper=False)
    text = simple_spaces(_text(content, wording))
    check_words(content, wording, f"{wording.subject}\n{text}", paper=False)
    html = (
        environment()
        .get_template("mail.html.j2")
        .render(
            language=content.language,
            creditor=content.creditor,
            payment_link=content.payment_link,
            **_fields(wording),
        )
    )
    return Email(subject=simple_spaces(wording.subject), text=text, html=html + "\n")


def _fields(wording: Wording) -> dict[str, object]:
    return {name: getattr(wording, name) for name in Wording.__slots__ if name not in ("masked", "amounts", "letter")}


def _text(content: LetterContent, wording: Wording) -> str:
    colon = " :" if content.language == "fr" else ":"
    parts = [
        _labelled(wording.meta, colon),
        wording.salutation,
        *wording.opening,
        *((_drawn(wording.table),) if wording.table else ()),
        *((_drawn(wording.interest), wording.interest_note) if wording.interest else ()),
        *wording.request,
        *((_drawn(wording.schedule),) if wording.schedule else ()),
        _labelled(wording.payment, colon),
        wording.warning,
        *((_drawn(wording.others), wording.others_note) if wording.others else ()),
        *wording.body,
        f"{wording.closing}\n{content.creditor.name}",
        # "-- " on a line of its own parts the signature from the message (RFC 3676 §4.3).
        "-- \n" + "\n".join(wording.footer),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _labelled(rows: Sequence[tuple[str, str]], colon: str) -> str:
    width = max((len(label) for label, _ in rows), default=0) + len(colon)
    return "\n".join(f"{label + colon:<{width}} {value}" for label, value in rows)


def _drawn(table: Table) -> str:
    """Draw a table in plain text."""
    rows = [table.head, *table.rows]
    # A label of a sum runs on over the columns beside it: it does not make the first one wider.
    widths = [max(len(row[column]) for row in rows) for column in range(len(table.head))]
    figures = max((len(amount) for _, amount in table.sums), default=0)
    widths[-1] = max(widths[-1], figures)
    besides = sum(widths[:-1]) + 2 * (len(widths) - 2)
    widths[-1] += max(0, max((len(label) for label, _ in table.sums), default=0) + figures - besides - widths[-1])
    whole = besides + 2 + widths[-1]
    drawn = [
        "  ".join(
            cell.ljust(width) if column < table.left else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
    rule = "-" * whole
    drawn.insert(1, rule)
    if table.sums:
        drawn.append(rule)
        drawn += [f"{label}  {amount:>{whole - len(label) - 2}}" for label, amount in table.sums]
    return "\n".join(([table.caption] if table.titled else []) + drawn)


def render_sms(content: LetterContent) -> str:
    """Return the letter as a text message, in the GSM alphabet and within 160 places if its words allow it.

    It points to the letter and is none itself. A natural person reads no amount in it, and never the word "incasso".

    Raises:
        UnknownLetter: there is no such letter in this language.
        VoidLetter: a name puts the word "incasso" before a natural person.
    """
    return compose_text_message(content)


def render_pdf(content: LetterContent, attachments: Sequence[Attachment] = ()) -> bytes:
    """Return the letter as an A4 page of PDF/A-3a and PDF/UA-1, with QR codes to pay.

    The same content gives the same bytes, in any process, on any machine and day.

    Args:
        content: What the letter says.
        attachments: Files that go inside, such as the invoice.

    Raises:
        UnknownLetter: there is no such letter in this language.
        VoidLetter: the letter would not stand.
        Unprintable: a name or number has characters that no bundled font has.
    """
    return render_paper(content, attachments).pdf


def render_paper(content: LetterContent, attachments: Sequence[Attachment] = ()) -> Paper:
    """Return the letter as `render_pdf` does, with its subject."""
    wording = _checked_words(content, paper=True)
    letter = _printed(content, wording)
    check_words(content, wording, "\n".join(_texts(letter)), paper=True)
    return Paper(simple_spaces(wording.subject), press(letter, content.on, attachments))


def _printed(content: LetterContent, wording: Wording) -> Mapping[str, object]:
    """Return the data of the typst layout."""
    named, debtor, creditor = labels(content.language), content.debtor, content.creditor
    attention = (f"{named['attention']} {debtor.contact_name}",) if debtor.contact_name else ()
    data: dict[str, object] = {
        "creditor": creditor.name,
        **{
            name: value
            for name, value in _fields(wording).items()
            if name not in ("table", "interest", "schedule", "others")
        },
        "table": _breakable(_columns(wording.table), longest=24) if wording.table else None,
        "interest": _breakable(_columns(wording.interest), longest=14) if wording.interest else None,
        "schedule": _columns(wording.schedule) if wording.schedule else None,
        "others": _breakable(_columns(wording.others), longest=24) if wording.others else None,
        "address": _breakable(
            [line for line in (debtor.name, *attention, *address_lines(content)) if line], longest=36
        ),
        "sender": " · ".join(part for part in (creditor.name, *creditor.address) if part),
        "page_labels": [named["page"], named["page_of"]],
        "payment_title": named["payment_title"],
    }
    shown = {name: _breakable(value, longest=70) for name, value in data.items()}
    return shown | {
        "language": content.language,
        "title": wording.subject,
        "author": creditor.name,
        # The window of a Belgian envelope stands on the right, that of a Dutch one on the left.
        "window": "right" if content.law == "BE" else "left",
        "codes": [
            {"svg": each.svg, "caption": each.caption, "alt": each.alt} for each in codes(content, wording.letter)
        ],
        "dense": wording.interest is not None or wording.schedule is not None,
        # Room enough for our labels in their size, so that the layout has no need to measure them; a test does.
        "label_width": max((1.45 * len(label) + 6 for label, _ in wording.payment), default=0),
        "attachments": [],
    }


def _columns(table: Table) -> Mapping[str, object]:
    return {name: getattr(table, name) for name in Table.__slots__}


def _texts(value: object) -> Iterator[str]:
    """All texts in the data of the layout."""
    match value:
        case str():
            yield value
        case Mapping():
            for name, item in value.items():
                if name != "codes":
                    yield from _texts(item)
        case list() | tuple():
            for item in value:
                yield from _texts(item)


def _breakable(value: object, longest: int) -> object:
    """Let words without an end (a number, a name) break anywhere rather than run off the page.

    Done here and not by a rule of typst: that costs two milliseconds a letter.
    """
    match value:
        case str():
            # The pattern looks at each word from each of its letters: it is asked where there is a long one.
            if len(value) <= longest or max(map(len, value.split()), default=0) <= longest:
                return value
            return re.sub(rf"[^\s\u200b]{{{longest + 1},}}", lambda word: "\u200b".join(word[0]), value)
        case Mapping():
            return {name: _breakable(item, longest) for name, item in value.items()}
        case list() | tuple():
            return [_breakable(item, longest) for item in value]
        case _:
            return value

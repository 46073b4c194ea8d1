"""From a letter's content to its forms: e-mail (text and HTML), text message and PDF.

The wording of a letter stands once per language, as named blocks in `templates/<letter>.<language>.txt.j2`;
all forms are laid out from those blocks, so that they cannot say different things.
"""

import json
import re
import threading
import unicodedata
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time
from functools import cache
from importlib.resources import files

import typst
import yaml
from babel.dates import format_date
from babel.numbers import format_currency
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from domain.money import Money
from letters.content import Announcement, LetterContent

_TEMPLATES = files("letters") / "templates"
_TEMPLATE_NAME = re.compile(r"(?P<letter>[a-z][a-z0-9_]*)\.(?P<language>[a-z]{2})\.txt\.j2")

# 3GPP TS 23.038 §6.2.1: the default alphabet, and the characters that take two places.
_GSM_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_EXTENDED = frozenset("^{}\\[~]|€")
_SMS_LENGTH = 160

_MISSING_SHAPE = re.compile(r'the text `"(?P<text>.*)"` could not be displayed', re.DOTALL)


class UnknownLetter(ValueError):
    """There is no wording for this letter in this language; the message names what exists."""


class VoidLetter(ValueError):
    """The letter would not stand: something that its kind must say is missing, or it says what it may not."""


class Unprintable(ValueError):
    """The bundled fonts cannot print a text of the letter, so there is no letter; the message names it."""


@dataclass(frozen=True, slots=True)
class Email:
    """An e-mail without its envelope: the same words twice, as plain text and as HTML."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True, slots=True)
class _Table:
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    total: tuple[str, str] | None


@dataclass(frozen=True, slots=True)
class _Wording:
    """The blocks of one letter, filled in; each text is printed as it is."""

    subject: str
    salutation: str
    opening: tuple[str, ...]
    request: tuple[str, ...]
    body: tuple[str, ...]
    closing: str
    table: _Table
    payment: tuple[tuple[str, str], ...]
    footer: tuple[str, ...]


@cache
def _wordings() -> Mapping[str, tuple[str, ...]]:
    """Return the languages of each letter, read from the names in the template folder."""
    found: dict[str, list[str]] = {}
    for entry in _TEMPLATES.iterdir():
        if match := _TEMPLATE_NAME.fullmatch(entry.name):
            found.setdefault(match["letter"], []).append(match["language"])
    return {letter: tuple(sorted(languages)) for letter, languages in sorted(found.items())}


def known_letters() -> frozenset[str]:
    """Return the names of all letters that have a wording, as a policy may name them under `letter:`."""
    return frozenset(_wordings())


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("letters"),
        autoescape=select_autoescape(enabled_extensions=("html.j2",), default=False),
        undefined=StrictUndefined,
        keep_trailing_newline=False,
    )


@cache
def _labels(language: str) -> Mapping[str, str]:
    labels: dict[str, str] = yaml.safe_load((_TEMPLATES / f"labels.{language}.yaml").read_text(encoding="utf-8"))
    return labels


def _money(money: Money, locale: str) -> str:
    # Not quantised: an amount has the decimals of its currency already, and babel would round dinars of Iraq.
    return format_currency(money.amount, money.currency, locale=locale, decimal_quantization=False)


def _day(day: date, locale: str, form: str = "long") -> str:
    # The no-break space keeps "1 maart" together; it is made an ordinary space where that is unwanted.
    return format_date(day, format=form, locale=locale).replace(" ", "\u00a0")


def _plain(text: str) -> str:
    """Return the text with ordinary spaces only, as plain text mail and text messages want it."""
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def _grouped(iban: str) -> str:
    bare = iban.replace(" ", "").replace("\u00a0", "")
    return "\u00a0".join(bare[start : start + 4] for start in range(0, len(bare), 4))


def _announced(content: LetterContent) -> tuple[Announcement, ...]:
    """Return what the letter may announce in words, in the order of the policy, each once."""
    if not content.consumer:
        return tuple(dict.fromkeys(content.announces))
    return tuple(code for code in ("handoff",) if code in content.announces and content.letter == "final_demand")


def _check(content: LetterContent) -> None:
    languages = _wordings().get(content.letter, ())
    if content.language not in languages:
        known = "; ".join(f"{letter} ({', '.join(spoken)})" for letter, spoken in _wordings().items())
        raise UnknownLetter(f"no letter {content.letter!r} in language {content.language!r}; there are: {known}")
    if content.letter == "notice" and content.term_days is None:
        raise VoidLetter("notice: term_days is missing; a notice without a term starts no default, give a term")
    if content.letter == "notice" and content.consumer and content.term_days is not None and content.term_days < 14:
        raise VoidLetter(
            f"notice: term_days is {content.term_days}; a consumer has at least 14 days (art. 6:96 lid 6 BW)"
        )


class _Blocks:
    """The blocks of one wording, filled with one content."""

    def __init__(self, content: LetterContent, *, paper: bool, sender: str | None = None) -> None:
        _check(content)
        locale = _labels(content.language)["locale"]
        first = content.lines[0]
        template = _environment().get_template(f"{content.letter}.{content.language}.txt.j2")
        values = {
            "creditor": content.creditor,
            "debtor": content.debtor,
            "lines": content.lines,
            "many": len(content.lines) > 1,
            "number": first.number,
            "invoice_date": _day(first.invoice_date, locale),
            "due": _day(first.due, locale),
            "claimed": _money(content.claimed, locale),
            "announced": _announced(content),
            "term_days": content.term_days,
            "consumer": content.consumer,
            "paper": paper,
            "sender": content.creditor.name if sender is None else sender,
        }

        # Rendering the whole once fills in the blocks that are taken over from the shared wording.
        self._context = template.new_context(values)
        for _ in template.root_render_func(self._context):
            pass

    def paragraphs(self, name: str) -> tuple[str, ...]:
        """Return the paragraphs of a block: an empty line parts them, other line ends are spaces."""
        text = "".join(self._context.blocks[name][0](self._context))
        parts = (re.sub(r"[ \t]*\n[ \t]*", " ", part).strip(" \t\n") for part in re.split(r"\n[ \t]*\n", text))
        return tuple(part for part in parts if part)

    def line(self, name: str) -> str:
        """Return a block that is one paragraph."""
        return " ".join(self.paragraphs(name))


def _table(content: LetterContent) -> _Table:
    labels = _labels(content.language)
    locale = labels["locale"]
    # The invoice amount is shown only where it says something new: on a letter one amount should catch the
    # eye.
    part_paid = any(line.principal != line.open for line in content.lines)
    head = [labels["invoice"], labels["invoice_date"], labels["due"]]
    head += [labels["principal"]] if part_paid else []
    rows = []
    for line in content.lines:
        row = [line.number, _day(line.invoice_date, locale, "medium"), _day(line.due, locale, "medium")]
        row += [_money(line.principal, locale)] if part_paid else []
        rows.append((*row, _money(line.open, locale)))
    total = (labels["total"], _money(content.claimed, locale)) if len(content.lines) > 1 else None
    return _Table(head=(*head, labels["open"]), rows=tuple(rows), total=total)


def _payment(content: LetterContent) -> tuple[tuple[str, str], ...]:
    labels = _labels(content.language)
    rows = [
        (labels["claimed"], _money(content.claimed, labels["locale"])),
        (labels["account"], _grouped(content.creditor.iban)),
        (labels["account_name"], content.creditor.name),
        (labels["reference"], content.reference),
    ]
    if content.creditor.bic:
        rows.insert(2, (labels["bic"], content.creditor.bic))
    return tuple(rows)


def _footer(content: LetterContent) -> tuple[str, ...]:
    labels, creditor = _labels(content.language), content.creditor
    address = " · ".join(part for part in (creditor.name, *creditor.address) if part)
    contact = [f"{labels['email']} {creditor.email}"]
    contact += [f"{labels['phone']} {creditor.phone}"] if creditor.phone else []
    register = [f"{labels['kvk']} {creditor.kvk}"] if creditor.kvk else []
    register += [f"{labels['vat']} {creditor.vat}"] if creditor.vat else []
    return tuple(line for line in (address, " · ".join(contact), " · ".join(register)) if line)


def _wording(content: LetterContent, *, paper: bool) -> _Wording:
    blocks = _Blocks(content, paper=paper)
    body = (part for name in ("announcement", "reaction", "crossed") for part in blocks.paragraphs(name))
    return _Wording(
        subject=blocks.line("subject"),
        salutation=blocks.line("salutation"),
        opening=blocks.paragraphs("opening"),
        request=blocks.paragraphs("request"),
        body=tuple(body),
        closing=blocks.line("closing"),
        table=_table(content),
        payment=_payment(content),
        footer=_footer(content),
    )


def render_email(content: LetterContent) -> Email:
    """Return the letter as an e-mail.

    Raises:
        UnknownLetter: there is no such letter in this language.
        VoidLetter: the letter would not stand.
    """
    wording = _wording(content, paper=False)
    html = (
        _environment()
        .get_template("mail.html.j2")
        .render(language=content.language, creditor=content.creditor, **_fields(wording))
    )
    return Email(subject=_plain(wording.subject), text=_plain(_text(content, wording)), html=html + "\n")


def _fields(wording: _Wording) -> dict[str, object]:
    return {name: getattr(wording, name) for name in _Wording.__slots__}


def _text(content: LetterContent, wording: _Wording) -> str:
    table = wording.table
    rows = [table.head, *table.rows]
    if table.total:
        rows.append((table.total[0], *("",) * (len(table.head) - 2), table.total[1]))
    widths = [max(len(row[column]) for row in rows) for column in range(len(table.head))]
    drawn = [
        "  ".join(
            cell.rjust(width) if column > 2 else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
    rule = "-" * (sum(widths) + 2 * (len(widths) - 1))
    drawn.insert(1, rule)
    if table.total:
        drawn.insert(-1, rule)
    label_width = max(len(label) for label, _ in wording.payment) + 1
    payment = "\n".join(f"{label + ':':<{label_width}} {value}" for label, value in wording.payment)
    parts = [
        wording.salutation,
        *wording.opening,
        "\n".join(drawn),
        *wording.request,
        payment,
        *wording.body,
        f"{wording.closing}\n{content.creditor.name}",
        # "-- " on a line of its own parts the signature from the message (RFC 3676 §4.3).
        "-- \n" + "\n".join(wording.footer),
    ]
    return "\n\n".join(parts) + "\n"


def render_sms(content: LetterContent) -> str:
    """Return the letter as a text message, in the GSM alphabet and within 160 places if its words allow it.

    Letters outside that alphabet lose their accent; if the message is too long, the name of the sender is
    cut, then the invoice number. A message that still does not fit is returned as it is. A consumer reads no
    amount, and never the word "incasso".

    Raises:
        UnknownLetter: there is no such letter in this language.
        VoidLetter: the letter would not stand, or a name puts the word "incasso" before a consumer.
    """
    text = _sms(content, content.creditor.name)
    excess = _places(text) - _SMS_LENGTH
    if excess > 0:
        text = _sms(content, _cut(content.creditor.name, excess, least=12))
    excess = _places(text) - _SMS_LENGTH
    if excess > 0 and len(content.lines) == 1:
        line = content.lines[0]
        shorter = line.model_copy(update={"number": _cut(line.number, excess, least=8)})
        text = _sms(
            content.model_copy(update={"lines": (shorter,)}),
            _cut(content.creditor.name, len(content.creditor.name), 12),
        )
    if content.consumer and "incasso" in text.casefold():
        raise VoidLetter(
            'text message to a consumer: a name or number puts the word "incasso" in it, and others may '
            "read; give the sender another name or choose another channel"
        )
    return text


def _sms(content: LetterContent, sender: str) -> str:
    return _in_gsm(_plain(_Blocks(content, paper=False, sender=sender).line("sms")))


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


def _places(text: str) -> int:
    """Return the length of a text message in places of 160; outside the alphabet only 70 characters fit."""
    if not all(char in _GSM_BASIC or char in _GSM_EXTENDED for char in text):
        return len(text.encode("utf-16-be")) // 2 + (_SMS_LENGTH - 70)
    return len(text) + sum(char in _GSM_EXTENDED for char in text)


class _Press:
    """The typst compiler of this process, kept because loading its fonts takes longer than a letter."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        # Only the fonts inside typst: the same bytes on every machine.
        # A path and not the bytes: typst 0.15 loses a source given as bytes when the inputs change.
        self._compiler = typst.Compiler(str(_TEMPLATES / "letter.typ"), root=str(_TEMPLATES), ignore_system_fonts=True)

    def print(self, letter: Mapping[str, object], on: date) -> bytes:
        # sys_inputs must be given every time: left out, the compiler prints the previous debtor's letter
        # again.
        try:
            with self._lock:
                pdf, warnings = self._compiler.compile_with_warnings(
                    format="pdf",
                    sys_inputs={"letter": json.dumps(letter, ensure_ascii=False)},
                    pdf_standards=["a-3b"],
                    timestamp=datetime.combine(on, time(), UTC),
                )
        except typst.TypstError as error:
            # PDF/A allows no character without a shape, and a letter to an empty box would be worth nothing.
            if missing := _MISSING_SHAPE.search(error.message):
                raise Unprintable(
                    f"the letter contains {missing['text']!r}, which its fonts cannot print; "
                    "write that name or number in Latin letters"
                ) from error
            raise
        if warnings:
            raise RuntimeError(f"letter.typ: {warnings[0]}; the layout must compile without warnings")
        if not isinstance(pdf, bytes):
            raise RuntimeError(f"letter.typ: typst returned {type(pdf).__name__} instead of one document")
        return pdf


@cache
def _press() -> _Press:
    return _Press()


def render_pdf(content: LetterContent) -> bytes:
    """Return the letter as an A4 PDF/A-3b; the same content gives the same bytes, on any machine and day.

    Raises:
        UnknownLetter: there is no such letter in this language.
        VoidLetter: the letter would not stand.
        Unprintable: a name or number has characters that no bundled font has.
    """
    return _press().print(_printed(content), content.on)


def _printed(content: LetterContent) -> Mapping[str, object]:
    """Return the data of the typst layout."""
    wording, labels, debtor = _wording(content, paper=True), _labels(content.language), content.debtor
    attention = (f"{labels['attention']} {debtor.contact_name}",) if debtor.contact_name else ()
    data: dict[str, object] = {
        "language": content.language,
        "labels": labels,
        "creditor": content.creditor.name,
        "meta": [
            (labels["date"], _day(content.on, labels["locale"])),
            (labels["our_reference"], content.reference),
        ],
        **_fields(wording),
        "table": _breakable(asdict(wording.table), longest=24),
        "address": _breakable([line for line in (debtor.name, *attention, *debtor.address) if line], longest=36),
    }
    shown = {name: _breakable(value, longest=70) for name, value in data.items()}
    return shown | {"title": wording.subject, "author": content.creditor.name}


def _breakable(value: object, longest: int) -> object:
    """Let words without an end (a number, a name) break anywhere rather than run off the page.

    Done here and not by a rule of typst: that costs two milliseconds a letter.
    """
    match value:
        case str():
            return re.sub(rf"[^\s\u200b]{{{longest + 1},}}", lambda word: "\u200b".join(word[0]), value)
        case Mapping():
            return {name: _breakable(item, longest) for name, item in value.items()}
        case list() | tuple():
            return [_breakable(item, longest) for item in value]
        case _:
            return value

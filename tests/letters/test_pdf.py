import hashlib
import io
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
import zxingcpp
from PIL import Image, ImageFont
from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject

from letters import press, render
from letters.attachment import Attachment
from letters.content import DebtorParty, Language, LetterContent
from letters.figures import labels
from letters.kinds import LETTERS
from letters.render import Unprintable, render_pdf
from machine.passing_folders import remove_left_folders
from tests.forking import forked
from tests.letters.builders import (
    BELGIAN_CREDITOR,
    CREDITOR,
    LANGUAGES,
    LINK,
    PERSON,
    euros,
    example,
    invoice,
    letter,
    many,
)
from tests.letters.reading import pdf_of, printed
from tests.letters.varied import variants
from tests.rows import in_rows

ROOT = Path(__file__).parents[2]
PDF = Attachment("factuur C-2026-88.pdf", "application/pdf", b"%PDF-1.7\n\x00\xff\n%%EOF")
XML = Attachment("factuur C-2026-88.xml", "application/xml", "<Invoice>é</Invoice>".encode())


def read(pdf: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(pdf), strict=True)


def pictures(content: LetterContent) -> list[Image.Image]:
    """The pages as a scanner at 150 dots an inch sees them."""
    wording = render._checked_words(content, paper=True)
    folder, compiler = press._ROOM.open()
    (folder / press.DATA).write_text(json.dumps(render._printed(content, wording)))
    found = compiler.compile(format="png", ppi=150)
    (folder / press.DATA).unlink()
    pages = found if isinstance(found, list) else [found]
    return [Image.open(io.BytesIO(page)).convert("L") for page in pages if page is not None]


def codes(content: LetterContent) -> list[str]:
    """What is read from the QR codes on the pages, from left to right."""
    found = [code for page in pictures(content) for code in zxingcpp.read_barcodes(page)]
    return [code.text for code in sorted(found, key=lambda code: code.position.top_left.x)]


def test_the_pdf_is_a_tagged_archive_that_can_be_read_aloud() -> None:
    reader = read(render_pdf(example("notice")))
    metadata = reader.xmp_metadata
    assert metadata is not None
    raw = metadata.stream.get_data().decode()
    assert "<pdfaid:part>3</pdfaid:part>" in raw
    assert "<pdfaid:conformance>A</pdfaid:conformance>" in raw
    assert "<pdfuaid:part>1</pdfuaid:part>" in raw
    root: Any = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"] is True or root["/MarkInfo"]["/Marked"].value is True
    assert root["/Lang"] == "nl"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert [round(float(side)) for side in reader.pages[0].mediabox[2:]] == [595, 842]


def test_the_document_has_title_author_and_the_date_of_the_letter() -> None:
    metadata = read(render_pdf(letter())).metadata
    assert metadata is not None
    assert metadata.title == "Herinnering: factuur F-1 staat nog open"
    assert metadata.author == CREDITOR.name
    assert str(metadata.creation_date).startswith("2026-03-10 00:00:00")


def elements(node: Any) -> Iterator[DictionaryObject]:
    """All elements of the structure that a screen reader follows."""
    node = node.get_object()
    if isinstance(node, ArrayObject):
        for child in node:
            yield from elements(child)
    elif isinstance(node, DictionaryObject):
        if "/S" in node:
            yield node
        if "/K" in node:
            yield from elements(node["/K"])


def test_headings_table_heads_and_pictures_are_marked_for_a_screen_reader() -> None:
    root: Any = read(render_pdf(example("notice"))).trailer["/Root"]
    found = list(elements(root["/StructTreeRoot"]))
    kinds = [str(element["/S"]) for element in found]
    assert kinds.count("/H1") == 1
    assert kinds.count("/Table") == 2
    assert kinds.count("/TH") == 4 + 6
    alts = [str(element["/Alt"]) for element in found if "/Alt" in element]
    assert alts == [
        f"QR-code met de betaallink {LINK}",
        "QR-code voor een overschrijving van €\u00a02.439,31 naar NL91\u00a0ABNA\u00a00417\u00a01643\u00a000, op naam "
        "van Drukkerij De Vaart B.V., onder vermelding van RF18 5390 0754 7034",
    ]


def test_the_embedded_fonts_are_our_own() -> None:
    reader = read(render_pdf(example("notice")))
    names = {
        str(font.get_object()["/BaseFont"]).partition("+")[2].removesuffix("-Identity-H")
        for page in reader.pages
        for font in page["/Resources"]["/Font"].values()  # type: ignore[index]
    }
    assert names == {"SourceSansPro-Regular", "SourceSansPro-Bold"}


def test_other_scripts_than_latin_are_printed_too() -> None:
    name = "Łukasz Ženíšek Γιώργος Иван"
    assert name in printed(render_pdf(letter(debtor=DebtorParty(name=name, address=("Weg 1",)))))


def test_a_name_that_the_fonts_cannot_print_is_refused_by_name() -> None:
    with pytest.raises(Unprintable, match="株"):
        render_pdf(letter(debtor=DebtorParty(name="株式会社")))


def test_the_invoice_is_inside_byte_by_byte() -> None:
    reader = read(render_pdf(example("fourteen_day_letter"), (PDF, XML)))
    assert {name: contents for name, contents in reader.attachments.items()} == {
        PDF.filename: [PDF.content],
        XML.filename: [XML.content],
    }
    root: Any = reader.trailer["/Root"]
    relations = {each.get_object()["/UF"]: each.get_object()["/AFRelationship"] for each in root["/AF"]}
    assert relations == {PDF.filename: "/Supplement", XML.filename: "/Data"}
    assert b"AFRelationship" not in render_pdf(example("fourteen_day_letter"))


def test_two_files_of_one_name_are_both_inside_and_a_name_leads_nowhere() -> None:
    other = Attachment(PDF.filename, PDF.media_type, b"other")
    path = Attachment("../../etc/passwd\n", "text/plain", b"x")
    found = read(render_pdf(example("fourteen_day_letter"), (PDF, other, path))).attachments
    assert found[PDF.filename] == [PDF.content]
    assert found[f"2 {PDF.filename}"] == [b"other"]
    assert found["..-..-etc-passwd"] == [b"x"]


@in_rows("name", LETTERS)
def test_the_same_letter_has_the_same_bytes(name: str) -> None:
    content = example(name)
    first = render_pdf(content, (PDF,))
    render_pdf(letter("generic", debtor=PERSON, consumer=True))
    assert render_pdf(content, (PDF,)) == first


def test_the_same_letter_has_the_same_bytes_in_another_process() -> None:
    program = (
        "import hashlib\n"
        "from letters.kinds import LETTERS\n"
        "from letters.render import render_email, render_pdf, template_version\n"
        "from tests.letters.builders import example\n"
        "from tests.letters.test_pdf import PDF\n"
        "for name in LETTERS:\n"
        "    content = example(name)\n"
        "    parts = render_pdf(content, (PDF,)), render_email(content).html.encode()\n"
        "    print(*(hashlib.sha256(part).hexdigest() for part in parts), template_version(name, 'nl'))\n"
    )
    other = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo", "LC_ALL": "C"},
        capture_output=True,
        text=True,
        check=True,
    )
    expected = []
    for name in LETTERS:
        content = example(name)
        parts = render_pdf(content, (PDF,)), render.render_email(content).html.encode()
        digests = (hashlib.sha256(part).hexdigest() for part in parts)
        expected.append(" ".join((*digests, render.template_version(name, "nl"))))
    assert other.stdout.splitlines() == expected


def test_a_dutch_letter_has_the_payment_link_first_and_the_transfer_second() -> None:
    assert codes(example("fourteen_day_letter")) == [
        LINK,
        # EPC069-12 version 002: service, version, UTF-8, SCT, BIC, name, IBAN, amount, purpose, reference, text.
        "BCD\n002\n1\nSCT\nABNANL2A\nDrukkerij De Vaart B.V.\nNL91ABNA0417164300\nEUR249.00\n\n\nC-2026-88",
    ]


def test_a_belgian_letter_has_the_transfer_first_with_its_reference_as_text() -> None:
    link = "https://betaal.schelde.example/p/7Kq2vXw9Tz"
    content = example("first_reminder").model_copy(update={"payment_link": link})
    assert codes(content) == [
        "BCD\n002\n1\nSCT\nGKCCBEBB\nMeubelhuis Schelde BV\nBE68539007547034\nEUR400.00\n\n\n+++010/8068/17183+++",
        link,
    ]


def test_an_iso_reference_is_the_structured_one_of_the_transfer() -> None:
    transfer = codes(example("notice"))[1]
    assert transfer.splitlines() == [
        "BCD",
        "002",
        "1",
        "SCT",
        "ABNANL2A",
        "Drukkerij De Vaart B.V.",
        "NL91ABNA0417164300",
        "EUR2439.31",
        "",
        "RF18539007547034",
    ]


def test_without_a_payment_link_the_transfer_stands_alone() -> None:
    (transfer,) = codes(letter())
    assert transfer.endswith("\nEUR1234.50\n\n\nF-1")


def test_an_arrangement_has_the_transfer_of_its_first_instalment() -> None:
    (transfer,) = codes(example("arrangement_confirmation"))
    assert "\nEUR1159.62\n" in transfer


def test_the_name_in_a_transfer_has_at_most_seventy_characters() -> None:
    long = CREDITOR.model_copy(update={"name": "Ä" * 90, "bic": None})
    (transfer,) = codes(letter(creditor=long))
    lines = transfer.splitlines()
    assert lines[5] == "Ä" * 70
    assert lines[4] == ""


def test_where_nothing_is_to_be_paid_or_not_in_euros_there_is_no_transfer() -> None:
    paid = invoice(still_open="0.00")
    content = letter("apology", lines=(paid,), claimed=euros("0.00"), term_days=None, payment_link=LINK)
    content = LetterContent.model_validate(
        content.model_dump()
        | {"apology": {"letter": "reminder", "sent_on": date(2026, 3, 9), "too_much": euros("0.00")}}
    )
    assert codes(content) == []
    dollars = {"amount": "1234.50", "currency": "USD"}
    line = invoice().model_dump() | {"currency": "USD", "principal": dollars, "open": dollars}
    foreign = LetterContent.model_validate(
        letter(payment_link=LINK).model_dump() | {"lines": [line], "claimed": dollars}
    )
    assert codes(foreign) == [LINK]


@pytest.mark.parametrize("place", range(12))
def test_every_code_is_read_whatever_it_holds(place: int) -> None:
    # The mask is fixed, so no content may make a pattern that a reader cannot tell from its frame.
    token = hashlib.sha256(str(place).encode()).hexdigest()[: 8 + 2 * place]
    content = letter(payment_link=f"https://betaal.devaart.example/p/{token}", reference=token * (1 + place % 2))
    link, transfer = codes(content)
    assert link == content.payment_link
    assert transfer.endswith(content.reference)


def position(pdf: bytes, wanted: str) -> tuple[float, float]:
    """Where a text begins on the first page: millimetres from the left and from the top."""
    found: list[tuple[float, float]] = []

    def visit(text: str, page: list[float], line: list[float], *_: Any) -> None:
        if wanted in text:
            across = line[4] * page[0] + line[5] * page[2] + page[4]
            up = line[4] * page[1] + line[5] * page[3] + page[5]
            found.append((across / 72 * 25.4, 297 - up / 72 * 25.4))

    read(pdf).pages[0].extract_text(visitor_text=visit)
    return found[0]


def test_the_address_stands_in_the_window_of_the_envelope() -> None:
    # DIN 5008 form B and the Dutch C5/6 envelope: from 45 to 90 mm below the edge, 20 mm from the left.
    left, top = position(render_pdf(example("reminder")), "Dorpsstraat 1")
    assert 20 <= left <= 30
    assert 45 <= top <= 84
    _, heading = position(render_pdf(example("reminder")), "Herinnering: factuur")
    assert heading > 84


def test_a_belgian_address_stands_on_the_right() -> None:
    left, top = position(render_pdf(example("first_reminder")), "Kerkplein 8")
    assert 100 <= left <= 120
    assert 45 <= top <= 84


def test_a_statement_longer_than_a_page_goes_on_with_its_heading_and_page_numbers() -> None:
    content = letter(lines=tuple(invoice(f"F-{number}") for number in range(1, 91)))
    pages = [page.extract_text() for page in read(render_pdf(content)).pages]
    assert len(pages) == 3
    for number, page in enumerate(pages, start=1):
        assert f"Pagina {number} van 3" in page
    assert all("Factuurdatum" in page for page in pages[:2])
    assert all(f"F-{number}" in "".join(pages) for number in range(1, 91))
    assert "Pagina" not in printed(render_pdf(letter()))


@pytest.mark.parametrize("name", LETTERS)
def test_every_letter_is_printed_and_its_last_words_never_stand_alone_on_a_page(name: str) -> None:
    for language in LANGUAGES:
        for content in (example(name, language), many(example(name, language))):
            pages = read(pdf_of(content)).pages
            assert len(pages) <= 2
            if len(pages) == 1:
                continue
            last = pages[-1].extract_text()
            # Two paragraphs, the closing, the name and the footer of three lines.
            assert len(last.splitlines()) >= 7


def with_two_invoices_and_periods(content: LetterContent) -> LetterContent:
    """The letter about its invoice and one of 100.00 with interest of its own."""
    both = many(content)
    first, extra = content.periods[0], both.lines[1]
    assert both.interest is not None
    changes: dict[str, Any] = {
        "periods": (
            first,
            first.model_copy(update={"invoice": extra.number, "base": extra.open, "amount": euros("1.00")}),
        ),
        "interest": both.interest + euros("1.00"),
        "claimed": both.claimed + euros("1.00"),
    }
    return LetterContent.model_validate(both.model_dump() | changes)


DEMANDS = [
    *((f"{name}-{language}", example(name, language)) for name in ("final_demand", "notice") for language in LANGUAGES),
    *((name, content) for name, content in variants() if content.letter in ("final_demand", "notice")),
]


@pytest.mark.parametrize("content", [pytest.param(content, id=name) for name, content in DEMANDS])
def test_a_demand_or_notice_of_two_invoices_with_their_interest_fits_one_page(content: LetterContent) -> None:
    two = with_two_invoices_and_periods(content) if content.periods else many(content)
    assert len(read(render_pdf(two)).pages) == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_label_of_the_payment_reaches_its_value(language: Language) -> None:
    # The layout gives labels a column of fixed width, worked out from the longest one; a point is 1/72 inch.
    font = ImageFont.truetype(str(press.FONTS / "SourceSansPro-Regular.otf"), 950)
    named = labels(language)
    keys = ("claimed", "pay_online", "account", "bic", "account_name", "reference")
    for key in (*keys, "reference_betalingskenmerk", "reference_ogm", "reference_rf"):
        millimetres = font.getlength(named[key]) / 100 / 72 * 25.4
        wording = render._checked_words(letter(language=language), paper=True)
        alone = replace(wording, payment=((named[key], ""),))
        width = render._printed(letter(language=language), alone)["label_width"]
        assert isinstance(width, float)
        assert millimetres + 1 < width


def test_no_running_text_is_smaller_than_nine_and_a_half_points() -> None:
    sizes: dict[str, float] = {}

    def visit(text: str, page: list[float], line: list[float], _: Any, size: float) -> None:
        sizes.update({word: abs(size * line[3] * page[3]) for word in text.split()})

    for content, word in ((example("final_demand"), "onverminderd"), (example("reminder"), "Misschien")):
        read(render_pdf(content)).pages[0].extract_text(visitor_text=visit)
        assert sizes[word] >= 9.49


def test_a_very_long_word_stays_on_the_page() -> None:
    content = letter(debtor=DebtorParty(name="W" * 100), lines=(invoice("9" * 90), invoice("8" * 90)))
    compact = printed(render_pdf(content)).replace(" ", "")
    assert "W" * 100 in compact
    assert "9" * 90 in compact


def test_nothing_of_the_previous_debtor_is_left_in_a_letter() -> None:
    debtors = [DebtorParty(name=f"Klant{mark} B.V.", address=(f"Weg{mark} 1",)) for mark in "ABCDE"]
    prints = [
        printed(render_pdf(letter(debtor=debtor, lines=(invoice(f"N-{place}"),), reference=f"N-{place}"), (PDF,)))
        for place, debtor in enumerate(debtors)
    ]
    for (place, earlier), later in zip(enumerate(debtors), prints[1:], strict=False):
        assert earlier.name not in later
        assert f"N-{place}" not in later
    assert len(set(prints)) == len(prints)


def test_each_letter_holds_its_own_file_and_none_stays_behind() -> None:
    content = example("fourteen_day_letter")
    for number in range(5):
        mine = Attachment(PDF.filename, PDF.media_type, f"invoice {number}".encode())
        assert read(render_pdf(content, (mine,))).attachments[PDF.filename] == [mine.content]
        assert not read(render_pdf(content)).attachments
    folder, _ = press._ROOM.open()
    assert {entry.name for entry in folder.iterdir()} == {press.LAYOUT.name, press.NUMBER_OF_PAGES}


def test_what_one_letter_alone_says_is_no_style_of_its_paragraphs() -> None:
    # typst finds what it laid out by the styles around it: a title among them would have it lay out all anew.
    of_papers = Path(str(files("letters.statement") / "statement.typ"))
    for layout in (press.LAYOUT, press.STATEMENT, of_papers):
        text = layout.read_text("utf-8")
        assert text.count("set document(") == text.count("#[#set document(") == 1
    for layout in (press.LAYOUT, press.STATEMENT):
        text = layout.read_text("utf-8")
        # How many pages there are differs between its two turns: the footer alone asks, when it is laid out.
        assert text.count(f'context {{\n      let pages = json("{press.NUMBER_OF_PAGES}")') == 1
        assert text.count("json(") == 2


def test_letters_of_several_threads_are_the_same_as_of_one() -> None:
    contents = [letter(reference=f"N-{place}", lines=(invoice(f"N-{place}"),)) for place in range(12)]
    alone = [render_pdf(content, (PDF,)) for content in contents]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda content: render_pdf(content, (PDF,)), contents)) == alone


def test_a_folder_that_was_cleaned_away_is_made_again() -> None:
    before = render_pdf(example("reminder"))
    folder, _ = press._ROOM.open()
    shutil.rmtree(folder)
    assert render_pdf(example("reminder")) == before


def test_what_a_killed_process_was_printing_is_gone_when_the_next_one_begins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with forked("tests.letters.killed_press", str(tmp_path)) as process:
        assert process.wait(60) == -signal.SIGKILL
    assert len(list(tmp_path.glob(f"*/{press.DATA}"))) == 1
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    remove_left_folders()
    assert list(tmp_path.iterdir()) == []


def test_a_belgian_footer_has_the_enterprise_number() -> None:
    assert f"Ondernemingsnummer {BELGIAN_CREDITOR.enterprise_number}" in printed(render_pdf(example("first_reminder")))

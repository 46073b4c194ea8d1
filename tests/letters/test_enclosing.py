import io
import random
import zlib

import pytest
from pypdf import PdfReader

from letters.attachment import Attachment
from letters.enclosing import put_in, stand_in
from letters.render import render_pdf
from tests.letters.builders import example

NOISE = random.Random(7)
INVOICE = Attachment("factuur.pdf", "application/pdf", b"%PDF-1.7\n" + NOISE.randbytes(20_000))
TEXT = Attachment("factuur.xml", "application/xml", b"<Invoice>" + b"<Line>one</Line>" * 1000)


def read(pdf: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(pdf), strict=True)


def test_what_is_compressed_already_is_enclosed_byte_for_byte_beside_what_is_not() -> None:
    again = Attachment("nog eens.pdf", INVOICE.media_type, INVOICE.content)
    pdf = render_pdf(example("fourteen_day_letter"), (INVOICE, TEXT, again))
    assert {name: list(found) for name, found in read(pdf).attachments.items()} == {
        INVOICE.filename: [INVOICE.content],
        TEXT.filename: [TEXT.content],
        again.filename: [again.content],
    }
    assert pdf.count(INVOICE.content) == 2  # as it is, for any reader of the bytes
    assert TEXT.content not in pdf


def test_a_letter_with_another_invoice_has_another_id() -> None:
    content = example("fourteen_day_letter")
    other = Attachment(INVOICE.filename, INVOICE.media_type, INVOICE.content[:-1] + b"!")
    ids = [read(render_pdf(content, (each,))).trailer["/ID"] for each in (INVOICE, INVOICE, other)]
    assert ids[0] == ids[1] != ids[2]


@pytest.mark.parametrize("content", [b"", INVOICE.content[:2000], TEXT.content, bytes(50_000)])
def test_what_is_short_or_grows_smaller_is_left_to_typst(content: bytes) -> None:
    assert stand_in(content) == content


def test_a_stand_in_is_as_long_as_its_file_and_tells_it_from_others() -> None:
    found = stand_in(INVOICE.content)
    assert len(found) == len(INVOICE.content)
    assert found != stand_in(INVOICE.content + b"\n")
    assert found not in (INVOICE.content, stand_in(INVOICE.content[::-1]))


def test_a_stand_in_that_did_not_come_back_whole_is_an_error_and_no_letter() -> None:
    found = stand_in(INVOICE.content)
    for lost in (b"", b"%PDF-1.7 and nothing else", zlib.compress(found), found[:-1]):
        with pytest.raises(RuntimeError, match="did not enclose a file as it is"):
            put_in(lost, {found: INVOICE.content})


def test_bytes_of_an_invoice_that_look_like_a_stand_in_stay_as_they_are() -> None:
    twisted = Attachment("gek.pdf", "application/pdf", stand_in(INVOICE.content)[:35] + NOISE.randbytes(20_000))
    found = read(render_pdf(example("fourteen_day_letter"), (twisted, INVOICE))).attachments
    assert found[twisted.filename] == [twisted.content]
    assert found[INVOICE.filename] == [INVOICE.content]

"""What tests read of a PDF is what another reader reads of it (`reading.py`)."""

import io
import re

from pypdf import PdfReader

from letters.content import DebtorParty
from letters.kinds import LETTERS
from letters.render import render_pdf
from tests.letters.builders import LANGUAGES, example, letter
from tests.letters.reading import pdf_of, printed

BRACKETS = r"A (B (C) D) \ ) E ( fi ft €"


def read_by_pypdf(pdf: bytes) -> str:
    # What stands nearer to each other than letters do, it takes for two words.
    return re.sub(r"[\s\u200b]", "", "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages))


def test_the_words_of_a_page_are_those_that_pypdf_reads() -> None:
    for at, name in enumerate(sorted(LETTERS)[::4]):
        pdf = pdf_of(example(name, LANGUAGES[at % len(LANGUAGES)]))
        assert printed(pdf).replace(" ", "") == read_by_pypdf(pdf), name


def test_what_is_written_in_brackets_and_signs_is_read_as_it_is() -> None:
    pdf = render_pdf(letter(debtor=DebtorParty(name=BRACKETS, address=("Weg 1",))))
    assert BRACKETS in printed(pdf)
    assert BRACKETS.replace(" ", "") in read_by_pypdf(pdf)

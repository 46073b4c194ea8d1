"""QR codes are those of segno, which draws each anew, and a reader finds in them what was put in."""

from random import Random

import pytest
import segno
import zxingcpp
from PIL import Image

from letters.qr_modules import modules


def as_segno_draws_it(text: str) -> list[str]:
    code = segno.make(text, error="m", boost_error=False, micro=False, mask=3, encoding="utf-8")
    return ["".join(map(str, row)) for row in code.matrix]


@pytest.mark.parametrize("signs", ["0123456789", "ABC 12:/", "aé€/?.x:1"])
def test_a_code_of_any_length_and_mode_is_the_one_that_segno_draws(signs: str) -> None:
    draw = Random(signs)
    for length in (1, 5, 13, 27, 40, 61, 83, 105, 121, 150, 179, 212, 250, 331, 600):
        text = "".join(draw.choice(signs) for _ in range(length))
        assert modules(text) == as_segno_draws_it(text), length


def test_a_text_that_fills_its_codewords_in_any_way_is_the_code_that_segno_draws() -> None:
    # Byte by byte over the ends of the first versions, and where the number of bytes begins to take two.
    for length in (*range(1, 30), *range(176, 184), 2329, 2330, 2331):
        assert modules("a" * length) == as_segno_draws_it("a" * length), length


def test_a_text_that_no_code_holds_is_refused_with_its_size() -> None:
    with pytest.raises(ValueError, match="2332 bytes, and no QR code holds more than 2331"):
        modules("a" * 2332)


def test_a_reader_finds_the_text() -> None:
    text = "BCD\n002\n1\nSCT\nABNANL2A\nPapierhuis\nNL91ABNA0417164300\nEUR306.67\n\n\n2026-00001"
    rows = modules(text)
    side = len(rows) + 8
    picture = Image.new("L", (side, side), 255)
    for y, row in enumerate(rows, start=4):
        for x, module in enumerate(row, start=4):
            picture.putpixel((x, y), 0 if module == "1" else 255)
    (found,) = zxingcpp.read_barcodes(picture.resize((side * 4, side * 4), Image.Resampling.NEAREST))
    assert found.text == text

import pytest
import segno
import zxingcpp
from PIL import Image

from letters.qr_matrix import MOST_BYTES, matrix

# ISO/IEC 18004 table 7: how many bytes versions 1 to 13 hold at level M.
CAPACITY = (14, 26, 42, 62, 84, 106, 122, 152, 180, 213, 251, 287, 331)


@pytest.mark.parametrize(("version", "size"), list(enumerate(CAPACITY, start=1)))
def test_a_full_code_is_the_one_that_segno_draws(version: int, size: int) -> None:
    # Full, since segno fills up with one empty byte more than the standard has, which readers pass over.
    message = ("https://betaal.devaart.example/p/é" * 12).encode()[: size - 1].decode(errors="ignore")
    message += "x" * (size - len(message.encode()))
    drawn = segno.make(message, error="m", boost_error=False, micro=False, mask=3, encoding="utf-8")
    assert drawn.version == version
    assert matrix(message.encode()) == tuple("".join(str(module) for module in row) for row in drawn.matrix)


@pytest.mark.parametrize("size", [1, 2, 13, 15, 27, 61, 63, 100, 123, 181, 212, 214, 250, 286, 330])
def test_a_code_is_read_whatever_its_length(size: int) -> None:
    message = ("abc/é:1" * 60).encode()[:size].decode(errors="ignore")
    rows = matrix(message.encode())
    white = Image.new("L", (len(rows) + 8, len(rows) + 8), 255)
    drawn = Image.new("L", (len(rows), len(rows)))
    drawn.putdata([255 * (module == "0") for row in rows for module in row])
    white.paste(drawn, (4, 4))
    picture = white.resize((white.width * 4, white.height * 4), Image.Resampling.NEAREST)
    (code,) = zxingcpp.read_barcodes(picture)
    assert code.text == message


def test_a_message_that_is_too_long_is_refused() -> None:
    assert len(matrix(b"x" * MOST_BYTES)) == 17 + 4 * 13
    with pytest.raises(ValueError, match="a message of 332 bytes is too long"):
        matrix(b"x" * (MOST_BYTES + 1))

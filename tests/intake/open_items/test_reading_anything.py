"""Properties: whatever is written reads back equal, or is told; nothing raises."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from intake.open_items.columns import COLUMNS
from tests.intake.open_items.rows import GOOD, read, table

cents = st.integers(min_value=1, max_value=10**13 - 1)


def written_amounts(value: int) -> list[str]:
    """Write an amount in cents in every style, from its digits alone."""
    whole, part = str(value // 100), f"{value % 100:02}"
    groups = [whole[max(0, end - 3) : end] for end in range(len(whole), 0, -3)][::-1]
    marks = {".": ",", ",": ".", " ": ",", "\u00a0": ".", "": ","}
    plain = [thousands.join(groups) + mark + part for thousands, mark in marks.items()]
    return [*plain, f"{whole}.{part}", f"€ {plain[0]}", f"{plain[1]} EUR"]


@given(cents)
def test_every_amount_in_every_style_reads_back_equal(value: int) -> None:
    styles = written_amounts(value)
    result = read(table(*({"amount": style} for style in styles)))
    assert result.findings == ()
    assert [row.amount.minor for row in result.items] == [value] * len(styles)


@given(cents)
def test_every_negative_amount_is_refused(value: int) -> None:
    styles = written_amounts(value)
    rows = [{"amount": form} for style in styles[:6] for form in (f"-{style}", f"{style}-", f"{style} -")]
    result = read(table(*rows))
    assert result.items == ()
    assert all("is negative" in finding.reason for finding in result.findings)
    assert len(result.findings) == len(rows)


@given(st.dates(min_value=date(1990, 1, 1), max_value=date(2100, 12, 31)))
def test_every_date_in_every_form_reads_back_equal(day: date) -> None:
    d, m, y = day.day, day.month, day.year
    forms = [
        day.isoformat(),
        f"{y}{m:02}{d:02}",
        *(f"{d:02}{mark}{m:02}{mark}{y}" for mark in "-/."),
        *(f"{d}{mark}{m}{mark}{y}" for mark in "-/."),
    ]
    result = read(table(*({"invoice_date": "1990-01-01", "due": form} for form in forms)))
    assert [row.due for row in result.items] == [day] * len(forms)


@given(st.binary())
def test_no_bytes_ever_raise(data: bytes) -> None:
    assert read(data).findings


@given(
    st.lists(st.lists(st.text(max_size=12), min_size=7, max_size=9), max_size=4),
    st.sampled_from([",", ";", "\t"]),
    st.sampled_from(["utf-8", "utf-16", "utf-8-sig"]),
)
def test_no_cells_ever_raise_and_every_finding_is_one_line(
    rows: list[list[str]], delimiter: str, encoding: str
) -> None:
    lines = [delimiter.join(GOOD), *(delimiter.join(row) for row in rows)]
    result = read("\n".join(lines).encode(encoding, errors="replace"))
    assert all(len(str(finding).splitlines()) == 1 for finding in result.findings)
    assert list(result.findings) == sorted(result.findings, key=lambda finding: finding.line)


_CELLS = st.sampled_from(
    (
        *("", "x", "-1", "0", "1.234", "9,95", "€", "99999999999999999999", "2026-02-30", "01-03-2026", "ja"),
        *(
            "nee",
            "?",
            "BE",
            "a@b",
            "+31 10 1234567",
            "..",
            "/",
            "\\",
            '"',
            '""',
            "\x1b",
            "é",
            "EUR",
            "JPY",
            "KWD",
        ),
    )
)


@given(st.lists(st.dictionaries(st.sampled_from([column.name for column in COLUMNS]), _CELLS), min_size=1, max_size=4))
def test_no_combination_of_columns_and_odd_values_raises(rows: list[dict[str, str]]) -> None:
    for row in read(table(*rows)).items:
        assert row.open.is_positive
        assert row.open <= row.amount
        assert row.due >= row.invoice_date

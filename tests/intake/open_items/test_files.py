"""The file itself: encodings, separators, quotes, and what is no list."""

import codecs

import pytest

from intake.open_items.csv_records import MAX_BYTES
from tests.intake.open_items.rows import eur, only_finding, read, table


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_separators_line_ends_and_encodings_are_recognised(delimiter: str, newline: str, encoding: str) -> None:
    text = table({"amount": "1234.56", "debtor_name": "Café Één"}).replace(";", delimiter).replace("\n", newline)
    result = read(text.encode(encoding))
    assert result.findings == ()
    assert (result.items[0].debtor_name, result.items[0].amount) == ("Café Één", eur("1234.56"))


def test_utf_16_of_either_byte_order_is_read() -> None:
    data = codecs.BOM_UTF16_BE + table({}).encode("utf-16-be")
    assert read(data).items == read(table({})).items


def test_windows_1252_is_read_with_a_warning() -> None:
    result = read(table({"debtor_name": "Café Één €"}).encode("cp1252"))
    assert result.items[0].debtor_name == "Café Één €"
    assert (only_finding(result).line, only_finding(result).severity) == (1, "warning")


def test_separators_inside_quotes_do_not_decide_or_divide() -> None:
    result = read(
        '"number","due","amount","debtor_name, ""a;b;c;d;e;f""","debtor","kind","invoice_date"\n'
        '"F-1","2026-03-15","1.234,56","","Bakker, ""De"" Zoon","business","2026-03-01"\n'
    )
    assert (result.items[0].debtor_name, result.items[0].amount) == ('Bakker, "De" Zoon', eur("1234.56"))


def test_the_separator_line_of_excel_decides() -> None:
    result = read("sep=;\n" + table({}))
    assert (result.findings, result.items[0].line) == ((), 3)


def test_empty_rows_are_passed_over_and_lines_stay_right() -> None:
    text = table({}, {"due": "soon"})
    header, first, second, _ = text.split("\n")
    result = read("\n".join(["", header, "", first, ";;;;;;", "", second]))
    assert (result.items[0].line, only_finding(result).line) == (4, 7)


def test_a_line_break_inside_quotes_belongs_to_the_cell() -> None:
    result = read(table({"street": '"Meelgang 12\nachterom"'}, {"due": "soon"}))
    assert (result.items[0].street, only_finding(result).line) == ("Meelgang 12 achterom", 4)


def test_a_row_with_a_cell_too_many_says_both_counts() -> None:
    result = read(table({}, {}, {}).replace("F-2;", "F-2;;"))
    assert [row.number for row in result.items] == ["F-1", "F-3"]
    assert "8 cells but the header has 7" in only_finding(result).reason
    assert only_finding(result).line == 3


def test_a_quote_that_is_not_closed_is_reported_where_it_opens() -> None:
    result = read(table({}, {"debtor_name": '"De Korenaar'}, {}))
    assert [row.number for row in result.items] == ["F-1"]
    assert only_finding(result).line == 3
    assert "not closed" in only_finding(result).reason
    assert "lines 3 to 4" in only_finding(result).reason


def test_text_behind_a_quote_costs_one_row_only() -> None:
    result = read(table({}, {"debtor_name": '"De Ster" BV'}, {}))
    assert [row.number for row in result.items] == ["F-1", "F-3"]
    assert "twice" in only_finding(result).reason


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "the file is empty"),
        (b" \r\n\n", "the file is empty"),
        (codecs.BOM_UTF8, "the file is empty"),
        (table({}).split("\n")[0].encode(), "holds no invoices"),
        (table({}).encode() + b"\x00", "not a text file"),
        (b"PK\x03\x04\x14\x00", "Excel workbook"),
        (codecs.BOM_UTF16_LE + b"a", "not a text file"),
        (b"number\x81", "not a text file"),
        (b"hello world\nmore", "no column name was recognised"),
    ],
)
def test_a_file_that_is_no_list_gives_one_finding(data: bytes, said: str) -> None:
    result = read(data)
    assert result.items == ()
    assert said in only_finding(result).reason
    assert only_finding(result).severity == "error"


def test_a_file_over_the_limit_is_refused() -> None:
    assert "larger than 50 MB" in only_finding(read(b"x" * (MAX_BYTES + 1))).reason


def test_a_quote_open_over_many_rows_loses_no_row_silently() -> None:
    rows = [{"debtor_name": '"De Korenaar'}, *[{"reference": "x" * 900}] * 200]
    result = read(table(*rows))
    finding = next(finding for finding in result.findings if finding.line == 2)
    first_read = result.items[0].line
    assert f"lines 2 to {first_read - 1} could not be read" in finding.reason
    assert len(result.items) == 202 - first_read + 1

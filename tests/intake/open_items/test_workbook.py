"""Lists in an Excel workbook."""

import zipfile
from datetime import date
from io import BytesIO

import pytest

from intake.open_items.reading import OpenItemsFile, read_open_items
from tests.intake.open_items.workbooks import Cell, workbook

TODAY = date(2026, 11, 27)
HEAD: list[Cell] = [
    "Factuurnummer",
    "Debiteurnummer",
    "Debiteur",
    "Factuurdatum",
    "Vervaldatum",
    "Bedrag",
    "Openstaand",
]
ROW: list[Cell] = [26700112, 10023.0, "Jansen B.V.", date(2026, 11, 1), date(2026, 11, 15), 1815.0, 10890.5 - 10875.5]


def read(data: bytes, sheet: str | None = None) -> OpenItemsFile:
    return read_open_items(data, file="list.xlsx", today=TODAY, sheet=sheet)


def errors(result: OpenItemsFile) -> list[str]:
    return [each.reason for each in result.findings if each.severity == "error"]


def test_numbers_days_and_texts_of_a_workbook_are_read_as_they_are_meant() -> None:
    (item,) = read(
        workbook(Posten=[["Openstaande posten"], [], HEAD, ROW, ["Totaal", None, None, None, None, 1815.0]])
    ).items
    assert (item.number, item.debtor_id, item.due, item.amount.text, item.open.text) == (
        "26700112",
        "10023",
        date(2026, 11, 15),
        "1815.00",
        "15.00",
    )


@pytest.mark.parametrize(
    ("value", "open_amount"),
    [
        (0.1 + 0.2, "0.30"),
        (1814.9999999999998, "1815.00"),
        (1000, "1000.00"),
        (12.5, "12.50"),
        (1.234, None),
        ("#N/A", None),
    ],
)
def test_an_amount_is_the_one_that_the_sheet_shows_or_none(value: Cell, open_amount: str | None) -> None:
    result = read(workbook(Posten=[HEAD, [*ROW[:6], value]]))
    assert [item.open.text for item in result.items] == ([] if open_amount is None else [open_amount])
    assert bool(errors(result)) == (open_amount is None)


def test_the_sheet_is_the_one_with_the_list_or_the_one_that_is_named() -> None:
    notes: list[list[Cell]] = [["Gemaakt op", date(2026, 11, 27)], ["door", "de boekhouding"]]
    assert len(read(workbook(Toelichting=notes, Posten=[HEAD, ROW])).items) == 1
    both = workbook(Oktober=[HEAD, ROW], November=[HEAD, [26700113, *ROW[1:]]])
    assert "several sheets" in errors(read(both))[0]
    assert [item.number for item in read(both, "november").items] == ["26700113"]
    assert "no sheet 'Mei'" in errors(read(both, "Mei"))[0]


def test_a_workbook_that_would_fill_the_memory_or_is_none_is_refused() -> None:
    far = workbook(Posten=[HEAD, ROW])
    packed = zipfile.ZipFile(BytesIO(far))
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as again:
        for name in packed.namelist():
            content = packed.read(name)
            if name.startswith("xl/worksheets/"):
                content = content.replace(
                    b"</sheetData>", b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
                )
            again.writestr(name, content)
    assert "reaches to row 1048576" in errors(read(out.getvalue()))[0]
    assert errors(read(far[: len(far) // 2])) != []
    assert errors(read(b"PK\x03\x04 no workbook")) != []

"""Small Excel workbooks, made by hand: the tests need no program that writes them."""

import zipfile
from datetime import date
from io import BytesIO
from xml.sax.saxutils import escape

Cell = str | float | date | bool | None
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TYPE = "application/vnd.openxmlformats"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"


def workbook(**sheets: list[list[Cell]]) -> bytes:
    """A workbook with these sheets, each a list of rows."""
    out = BytesIO()
    names = list(sheets)
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        parts = "".join(
            f'<Override PartName="/xl/worksheets/sheet{place}.xml" ContentType="application/vnd.openxmlformats-'
            f'officedocument.spreadsheetml.worksheet+xml"/>'
            for place, _ in enumerate(names, start=1)
        )
        packed.writestr(
            "[Content_Types].xml",
            f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" ContentType="{_TYPE}-package.'
            f'relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="{_TYPE}-officedocument.'
            f'spreadsheetml.sheet.main+xml"/>{parts}</Types>',
        )
        packed.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="r" Type="{_RELS}/officeDocument"'
            ' Target="xl/workbook.xml"/></Relationships>',
        )
        told = "".join(
            f'<sheet name="{escape(name)}" sheetId="{place}" r:id="s{place}"/>'
            for place, name in enumerate(names, start=1)
        )
        packed.writestr(
            "xl/workbook.xml", f'<workbook xmlns="{_MAIN}" xmlns:r="{_RELS}"><sheets>{told}</sheets></workbook>'
        )
        links = "".join(
            f'<Relationship Id="s{place}" Type="{_RELS}/worksheet" Target="worksheets/sheet{place}.xml"/>'
            for place, _ in enumerate(names, start=1)
        )
        styles = f'<Relationship Id="st" Type="{_RELS}/styles" Target="styles.xml"/>'
        packed.writestr(
            "xl/_rels/workbook.xml.rels",
            f'<Relationships xmlns="{_PACKAGE}/relationships">{links}{styles}</Relationships>',
        )
        packed.writestr(
            "xl/styles.xml",
            f'<styleSheet xmlns="{_MAIN}"><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs>'
            "</styleSheet>",
        )
        for place, rows in enumerate(sheets.values(), start=1):
            packed.writestr(f"xl/worksheets/sheet{place}.xml", _sheet(rows))
    return out.getvalue()


def _sheet(rows: list[list[Cell]]) -> str:
    body = "".join(
        f'<row r="{line}">{"".join(_cell(f"{chr(64 + place)}{line}", cell) for place, cell in enumerate(row, 1))}</row>'
        for line, row in enumerate(rows, start=1)
    )
    return f'<worksheet xmlns="{_MAIN}"><sheetData>{body}</sheetData></worksheet>'


def _cell(place: str, cell: Cell) -> str:
    match cell:
        case None:
            return ""
        case bool():
            return f'<c r="{place}" t="b"><v>{int(cell)}</v></c>'
        case date():
            return f'<c r="{place}" s="1"><v>{(cell - date(1899, 12, 30)).days}</v></c>'
        case str() if cell.startswith("#"):
            return f'<c r="{place}" t="e"><v>{cell}</v></c>'
        case str():
            return f'<c r="{place}" t="inlineStr"><is><t>{escape(cell)}</t></is></c>'
        case _:
            return f'<c r="{place}"><v>{cell!r}</v></c>'

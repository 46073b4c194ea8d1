"""The CSV beside the ZIP of a hand-off: a line an invoice, for partners whose programs read no JSON."""

from __future__ import annotations

import csv
import io
import zipfile
from typing import Any

from gateways.agencies.file_content import manifest_of

__all__ = ["COLUMNS", "claim_csv", "csv_beside"]

COLUMNS = (
    "submission",
    "file",
    "case",
    "invoice",
    "invoice_date",
    "due",
    "principal",
    "interest",
    "costs",
    "total",
    "currency",
    "handed_off_on",
    "creditor",
    "creditor_iban",
    "debtor",
    "debtor_kind",
    "debtor_kvk",
    "debtor_enterprise_number",
    "debtor_address",
    "debtor_email",
    "debtor_phone",
)
"""In this order; new ones come behind. `submission` is our key, by which reports name it."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def claim_csv(content: bytes, key: str, file: str) -> bytes:
    """The CSV of a file: UTF-8 with semicolons, amounts with a point.

    Args:
        content: The ZIP.
        key: Our key of it, as the partner sees it.
        file: Name of the ZIP.
    """
    manifest = manifest_of(content)
    creditor, debtor = manifest.sub("creditor"), manifest.sub("debtor")
    written = io.StringIO()
    rows = csv.writer(written, delimiter=";", lineterminator="\r\n")
    rows.writerow(COLUMNS)
    for claimed in manifest.subs("statement"):
        amounts = [claimed.sub(name).text("amount") for name in ("principal", "interest", "costs", "total")]
        address = manifest.mapping("debtor").get("address")
        rows.writerow(
            [
                key,
                file,
                claimed.text("case"),
                claimed.text("number"),
                claimed.text("invoice_date"),
                claimed.text("due"),
                *amounts,
                claimed.sub("total").text("currency"),
                manifest.text("handed_off_on"),
                *map(
                    _cell,
                    (
                        creditor.text("name"),
                        creditor.text("iban"),
                        debtor.text("name"),
                        debtor.text("kind"),
                        debtor.text("kvk"),
                        debtor.text("enterprise_number"),
                        ", ".join(map(str, address)) if isinstance(address, list) else "",
                        debtor.text("email"),
                        debtor.text("phone"),
                    ),
                ),
            ]
        )
    return written.getvalue().encode("utf-8")


def csv_beside(content: bytes, key: str, file: str) -> bytes | None:
    """The same, where it is the file of a hand-off; None where it is something else."""
    if not zipfile.is_zipfile(io.BytesIO(content)):
        return None
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        if "manifest.json" not in packed.namelist():
            return None
    return claim_csv(content, key, file)


def _cell(value: Any) -> str:
    """A text that a spreadsheet does not take for a formula; a telephone number keeps its plus behind an apostrophe."""
    text = str(value).replace("\n", " ").replace("\r", " ")
    return f"'{text}" if text.startswith(_FORMULA) else text

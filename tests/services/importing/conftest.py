"""What the tests of importing share."""

from __future__ import annotations

from functools import cache

import pytest

from intake.e_invoice import read_e_invoice

# Reading an e-invoice, by all rules that there are, takes longer than importing it: the same bytes are read once.
_read_once = cache(read_e_invoice)


@pytest.fixture(autouse=True)
def each_e_invoice_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.importing.e_invoices.read_e_invoice", _read_once)

"""`/debtors`: what is told of a debtor is what the service knows, his account has the sums of his ledgers."""

from __future__ import annotations

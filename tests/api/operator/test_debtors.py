"""`/debtors`: what is told of a debtor is what the service knows, his account has the sums of his ledgers."""

from __future__ import annotations

from services.debtors.account import account_of
from services.debtors.record import debtor_record
from tests.api.operator.standing import Standing

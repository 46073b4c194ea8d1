"""Money on no invoice that an event of a scenario moves, kept in a case file."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from casefile.case_file import CaseFile
from casefile.debtor_money import MoneyEntry, add_entry
from simulation.event_messages import Moved

__all__ = ["keep_moved"]


def keep_moved(file: CaseFile, creditor: str, moved: Sequence[Moved], ids: Mapping[str, str], at: datetime) -> None:
    """Keep it in the case file.

    Args:
        file: The case file.
        creditor: Id of the creditor.
        moved: What came or went.
        ids: Case ids by invoice number.
        at: Moment of the event.
    """
    if not moved:
        return
    with file.write() as transaction:
        for each in moved:
            entry = MoneyEntry(
                creditor=creditor,
                debtor=each.debtor,
                id=f"{each.kind}:{each.id}",
                of=each.payment,
                kind=each.kind,
                amount=each.amount,
                credited_on=each.credited_on,
                known_on=each.on,
                reference=each.reference,
                method=each.method if each.kind == "received" else "",
                case_id=None if each.number is None else ids.get(each.number),
            )
            add_entry(transaction, entry, at)

"""The quarantine over all cases, with the messages for cases that do not exist."""

from cli.case.actions import opened_case_file
from cli.output import console, new_table, print_json, said_here
from cli.own_name import own_command
from speech.words import tr

__all__ = ["dismissed_stranger", "print_quarantine"]


def print_quarantine(as_json: bool) -> None:
    """Print every message in quarantine that nobody has dealt with."""
    with opened_case_file() as file, file.read() as transaction:
        kept = transaction.quarantine.unsettled()
    if as_json:
        print_json(
            [
                {
                    "case": each.case_id,
                    "case_exists": each.known,
                    "id": each.id,
                    "name": each.name,
                    "error": each.error,
                    "sha256": each.sha256,
                    "received_at": each.received_at,
                }
                for each in kept
            ]
        )
        return
    out = console()
    if not kept:
        out.print(tr("The quarantine is empty."))
        return
    table = new_table("Messages that could not be used", "received", "case", "message", "why", "id")
    for each in kept:
        case = each.case_id if each.known else tr("{case} (there is no such case)", case=each.case_id)
        table.add_row(each.received_at[:16].replace("T", " "), case, each.name, said_here(each.error), each.id)
    out.print(table)
    again = own_command("case quarantine resubmit CASE [ID]")
    out.print(tr("Try one again: {again}. Lay one aside: … dismiss CASE [ID].", again=again))
    if any(not each.known for each in kept):
        out.print(tr("What came before its case is the case's own as soon as the invoice is imported."))


def dismissed_stranger(case_id: str, of: str | None) -> bool:
    """Lay aside a message for a case that does not exist; False when there is none such."""
    with opened_case_file() as file:
        with file.read() as transaction:
            strangers = [
                each
                for each in transaction.quarantine.unsettled()
                if not each.known and each.case_id == case_id and of in (None, each.id)
            ]
        if len(strangers) != 1:
            return False
        with file.write(case_id) as transaction:
            transaction.quarantine.dismiss_stranger(case_id, strangers[0].id)
    console().print(
        tr("Laid aside: {name} for {case}. Its bytes stay in the case file.", name=strangers[0].name, case=case_id)
    )
    return True

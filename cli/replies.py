"""Behind `maanwerk reply`: shows mails that name no case, and settles them."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import typer

from casefile.case_file import CaseFile
from casefile.replies import Reply, files_of_reply, settle_reply, unmatched_replies
from casefile.telling import accept_once
from cli.case.actions import find_case, opened_case_file
from cli.case.telling import who
from cli.failing import failed, refused
from cli.output import console, new_table, print_json
from cli.own_name import own_command
from domain.file_names import distinct_filenames
from speech.words import tr

__all__ = ["assign", "dismiss", "read", "show"]


def show(as_json: bool) -> None:
    """List them."""
    with opened_case_file() as file:
        found = unmatched_replies(file)
    if as_json:
        print_json(
            [
                {
                    "id": reply.id,
                    "received_at": reply.received_at.isoformat(),
                    "sender": reply.sender,
                    "subject": reply.subject,
                    "files": reply.files,
                }
                for reply in found
            ]
        )
        return
    if not found:
        typer.echo(tr("No mail waits without a case."))
        return
    table = new_table("", "id", "received", "from", "subject")
    for reply in found:
        table.add_row(reply.id[:8], f"{reply.received_at:%Y-%m-%d}", _shown(reply.sender), _shown(reply.subject))
    console().print(table)


def read(reply_id: str, out: Path | None) -> None:
    """Print one of them."""
    with opened_case_file() as file:
        reply = _found(file, reply_id)
        text, *others = files_of_reply(file, reply.id)
    typer.echo("".join(sign if sign.isprintable() or sign == "\n" else " " for sign in text.content.decode("utf-8")))
    names = distinct_filenames(each.name for each in others)
    for name, each in zip(names, others, strict=True):
        typer.echo(tr("attachment: {name} ({bytes} bytes)", name=name, bytes=len(each.content)))
        if out is not None:
            try:
                out.mkdir(parents=True, exist_ok=True)
                with (out / name).open("xb") as target:
                    target.write(each.content)
            except OSError as problem:
                failed(f"{out / name}: {problem.strerror or problem}")


def assign(reply_id: str, case: str, actor: str | None) -> None:
    """Put one of them into a case."""
    now, by = datetime.now(UTC), who(actor)
    with opened_case_file() as file:
        reply = _found(file, reply_id)
        with file.read() as transaction:
            case_id = find_case(transaction, case)
        with file.write(case_id) as transaction:
            if settle_reply(transaction, reply.id, (case_id,), by, now) is None:
                refused(_gone(reply_id))
            hold = {"id": f"reply:{reply.id}", "hold": "inbox_unread", "actor": by}
            accept_once(transaction, case_id, "place_hold", hold, now)
    typer.echo(tr("It is a paper of {case} now, which waits until it is read.", case=case_id))


def dismiss(reply_id: str, actor: str | None) -> None:
    """Show one of them no more."""
    with opened_case_file() as file:
        reply = _found(file, reply_id)
        with file.write() as transaction:
            if settle_reply(transaction, reply.id, (), who(actor), datetime.now(UTC)) is None:
                refused(_gone(reply_id))
    typer.echo(tr("It is shown no more."))


def _found(file: CaseFile, beginning: str) -> Reply:
    found = [reply for reply in unmatched_replies(file) if reply.id.startswith(beginning)]
    if len(found) != 1 or not beginning:
        refused(_gone(beginning))
    return found[0]


def _gone(reply_id: str) -> str:
    return f"{reply_id!r} is the beginning of no mail without a case, or of several ({own_command('reply list')})"


def _shown(text: str) -> str:
    return "".join(filter(str.isprintable, text))[:80]

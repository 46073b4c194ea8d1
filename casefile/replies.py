"""Mails that came back to us: whose they are by the token in their address, and those that name no case."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Row, func, select, update

from casefile import feedback_tables as t
from casefile.session import Session, moment_text, reading, storable

if TYPE_CHECKING:
    # A list begins quicker without the rules of the trade, and needs none of them.
    from casefile.case_file import CaseFile, Transaction

__all__ = [
    "Reply",
    "ReplyFile",
    "cases_of_token",
    "files_of_reply",
    "keep_reply",
    "new_reply_token",
    "reply_token",
    "settle_reply",
    "unmatched_number",
    "unmatched_replies",
]


@dataclass(frozen=True, slots=True)
class ReplyFile:
    """A text or an attachment."""

    name: str = field(repr=False)
    media_type: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Reply:
    """A mail that came back.

    Attributes:
        id: What makes it the same when it comes again.
        received_at: When it came.
        sender: Who it says that he is.
        subject: Its subject.
        automatic: Whether a machine wrote it.
        files: How many texts and attachments it has.
    """

    id: str
    received_at: datetime
    sender: str = field(repr=False)
    subject: str = field(repr=False)
    automatic: bool
    files: int = 0


def new_reply_token() -> str:
    """A token of 128 random bits."""
    return secrets.token_hex(16)


def reply_token(session: Session, message: str, case_ids: Sequence[str], drawn: str | None = None) -> str:
    """The token of a message to these cases; the same for each try at it.

    Args:
        session: A transaction; of a reader nothing is kept.
        message: Id of the message.
        case_ids: The cases in it.
        drawn: The token of a first try, as `new_reply_token` drew it; None draws one.
    """
    c = t.reply_tokens.c
    token = session.connection.scalar(
        select(c.token).where(c.message == message, c.case_id == case_ids[0]).limit(1)
    ) or (drawn or new_reply_token())
    for case_id in case_ids if session.locked else ():
        row = {"token": token, "case_id": case_id, "message": message}
        session.insert_once(t.reply_tokens, row, ["token", "case_id"])
    return str(token)


def cases_of_token(file: CaseFile, token: str) -> tuple[str, ...]:
    """The cases that a mail with this token was about, none when there is no such token."""
    c = t.reply_tokens.c
    with reading(file.database) as session:
        return tuple(session.connection.scalars(select(c.case_id).where(c.token == token).order_by(c.case_id)))


def keep_reply(
    transaction: Transaction, reply: Reply, files: Sequence[ReplyFile], case_ids: Sequence[str], actor: str
) -> bool:
    """Keep a mail with what is in it: as papers of its cases, or until a person says whose it is.

    Args:
        transaction: It locks the cases.
        reply: The mail.
        files: Its text and attachments.
        case_ids: Its cases; none where it names none.
        actor: Who kept it, in the papers.

    Returns:
        False when it was known already.
    """
    row = {
        "id": reply.id,
        "received_at": moment_text(reply.received_at),
        "case_id": case_ids[0] if case_ids else None,
        "sender": storable(reply.sender),
        "subject": storable(reply.subject),
        "automatic": reply.automatic,
        "files": len(files),
    }
    if not transaction.session.insert_once(t.replies, row, ["id"]):
        return False
    if case_ids:
        _as_papers(transaction, files, case_ids, actor, reply.received_at)
        return True
    for position, each in enumerate(files):
        kept = {
            "reply": reply.id,
            "position": position,
            "name": storable(each.name)[:400],
            "media_type": storable(each.media_type)[:100],
            "content": each.content,
        }
        transaction.session.insert_once(t.reply_files, kept, ["reply", "position"])
    return True


def _as_papers(
    transaction: Transaction, files: Sequence[ReplyFile], case_ids: Sequence[str], actor: str, at: datetime
) -> None:
    for case_id in case_ids:
        for each in files:
            name, media_type = storable(each.name)[:400], storable(each.media_type)[:100]
            transaction.papers.keep(case_id, name, media_type, each.content, about="", actor=actor, at=at)


def unmatched_replies(file: CaseFile) -> tuple[Reply, ...]:
    """Those that name no case and that nobody has settled, the oldest first; of automatic ones nobody is told."""
    c = t.replies.c
    with reading(file.database) as session:
        rows = session.connection.execute(select(t.replies).where(*_unmatched()).order_by(c.received_at, c.id))
        return tuple(_reply(row) for row in rows)


def unmatched_number(session: Session) -> int:
    """How many they are."""
    return session.connection.scalar(select(func.count()).select_from(t.replies).where(*_unmatched())) or 0


def files_of_reply(file: CaseFile, reply_id: str) -> tuple[ReplyFile, ...]:
    """What is in a mail that names no case."""
    with reading(file.database) as session:
        return _files(session, reply_id)


def settle_reply(
    transaction: Transaction, reply_id: str, case_ids: Sequence[str], actor: str, at: datetime
) -> Reply | None:
    """A person says whose a mail is, or that it is nobody's (no case): it is shown no more.

    Returns:
        The mail; None when there is no such one that waits.
    """
    c = t.replies.c
    session = transaction.session
    row = session.connection.execute(select(t.replies).where(c.id == reply_id, *_unmatched())).first()
    if row is None:
        return None
    session.connection.execute(
        update(t.replies)
        .where(c.id == reply_id)
        .values(case_id=case_ids[0] if case_ids else None, settled_at=moment_text(at), settled_by=storable(actor)[:200])
    )
    reply = _reply(row)
    if case_ids:
        _as_papers(transaction, _files(session, reply_id), case_ids, actor, reply.received_at)
    return reply


def _unmatched() -> tuple[Any, ...]:
    c = t.replies.c
    return (c.case_id.is_(None), c.settled_at.is_(None), c.automatic.is_(False))


def _files(session: Session, reply_id: str) -> tuple[ReplyFile, ...]:
    c = t.reply_files.c
    rows = session.connection.execute(
        select(c.name, c.media_type, c.content).where(c.reply == reply_id).order_by(c.position)
    )
    return tuple(ReplyFile(row.name, row.media_type, bytes(row.content)) for row in rows)


def _reply(row: Row[Any]) -> Reply:
    return Reply(
        id=row.id,
        received_at=datetime.fromisoformat(row.received_at),
        sender=row.sender,
        subject=row.subject,
        automatic=bool(row.automatic),
        files=row.files,
    )

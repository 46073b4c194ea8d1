"""Whether a command means the case file that the running cases live on.

What is written into another one no worker ever reads, and what is shown of it says nothing of the cases that run.
"""

from __future__ import annotations

from temporalio.client import Client
from temporalio.service import RPCError

from casefile.identity import id_of
from casefile.opening import is_new, open_database
from casefile.whereabouts import whereabouts
from engine.namespace_memory import Kept, NamespaceMemory, NotReadable

__all__ = ["unlike_the_running"]


async def unlike_the_running(client: Client, url: str, task_queue: str) -> str | None:
    """Why a command must not go on: its case file is not the one of the worker; None when it is, or nobody knows.

    Args:
        client: A client on the namespace.
        url: URL of the case file that the command means.
        task_queue: Task queue of the cases.

    Raises:
        NoCaseFile: the case file of the command can't be opened.
    """
    memory = NamespaceMemory(client, task_queue)
    try:
        kept = await memory.kept()
    except (RPCError, NotReadable):
        return None  # Whoever may not be asked, or keeps nothing that can be read, is the worker's to complain about.
    if kept is None:
        return None
    where, file = whereabouts(url)
    what = _what_is_wrong(url, where, file, kept)
    if what is None:
        return None
    theirs = kept.where or f"the case file {kept.id}"
    return (
        f"this command is for the case file {where}, {what}, and the worker on {memory.name} uses {theirs}: "
        f"{_what_to_do(kept)}"
    )


def _what_is_wrong(url: str, where: str, file: str, kept: Kept) -> str | None:
    if is_new(url):
        return "in which there is nothing yet"
    database = open_database(url, create=False)
    try:
        own = id_of(database)
    finally:
        database.close()
    if own is None:
        return None  # The worker says so, and what to do.
    if own != kept.id:
        return f"which is another one ({own})"
    # In the same place it is the same, or a backup that was put there; a server has many names. Elsewhere it is a copy.
    of_sqlite = file or kept.file
    if of_sqlite and kept.where and where != kept.where and file != kept.file:
        return "which is a copy"
    return None


def _what_to_do(kept: Kept) -> str:
    right = f"MAANWERK_DATABASE=sqlite:///{kept.where}" if kept.file else "MAANWERK_DATABASE"
    return f"give it in the folder of that one, or set {right}; where you mean another Temporal, set TEMPORAL_ADDRESS"

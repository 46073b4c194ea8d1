"""Writing down what came of a call, and undoing it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from api.desk.acting import Outcome, acted, message_id, tell
from api.desk.calls.call_showing import CallState
from api.desk.visiting import Visit
from api.operator.problems import Problem
from casefile.acts import Recorded, acts
from casefile.call_claims import release_call
from domain.messages import FACTS
from services.calling.wrong_numbers import allow_again, call_no_more
from services.desk.undoing import undoing_of

__all__ = ["Done", "record_call", "undo_call"]

_BLOCK = "block_number"


@dataclass(frozen=True, slots=True)
class Done:
    """What was written down: the numbers of its rows in the log, or why it was not."""

    acts: tuple[int, ...] = ()
    problem: str = ""


async def record_call(visit: Visit, state: CallState) -> Done:
    """Tell each case what was shown. What was told under this form before counts once."""
    done: list[int] = []
    for case, every in state.told.items():
        for told in every:
            # Of one form each message has an id of its own, which follows from it.
            own = message_id(visit, f"{state.id} {told.name}", case)
            content = {name: value for name, value in told.content.items() if name not in ("actor", "id")}
            if told.name in FACTS:
                content["id"] = own
            outcome = await tell(visit, case, told.name, content, message=own, mark=None)
            if not outcome.is_done:
                # Cases of one debtor are told one after the other: what was told stands, and is said.
                return Done(tuple(done), outcome.says)
            done.append(outcome.seq)
    what = state.typed.what
    if what is not None and what.outcome == "wrong_number":
        done.append(await _block(visit, next(iter(state.told)), what.number, state.id))
    await asyncio.to_thread(release_call, visit.desk.inside.file, visit.user.id)
    return Done(tuple(done))


async def _block(visit: Visit, case: str, number: str, form: str) -> int:
    file, source = visit.desk.inside.file, message_id(visit, form, "number")

    async def do() -> Outcome:
        await asyncio.to_thread(call_no_more, file, case, number, source, visit.now)
        return Outcome("done")

    return (await acted(visit, _BLOCK, case, do, source)).seq


async def undo_call(visit: Visit, asked: str) -> None:
    """Undo what one wrote down of a call; the call itself was made, so it is asked for again."""
    file = visit.desk.inside.file
    rows = await asyncio.to_thread(_own, visit, asked)
    if not rows:
        raise Problem(404, "no_such_act", "there is nothing of that kind to undo")
    content: dict[str, object]
    for row in rows:
        if row.act == _BLOCK:
            await _allow(visit, row)
            continue
        if row.act == "log_call":
            name, content = "raise_task", {"task": "call_again"}
        else:
            with file.read() as transaction:
                found = undoing_of(transaction, row.subject, row.detail)
            if found is None:
                continue
            name, content = found
        own = message_id(visit, f"undo {row.seq}", row.subject)
        if name in FACTS:
            content = {"id": own, **content}
        outcome = await tell(visit, row.subject, name, content, message=own, mark=None)
        if outcome.code == "refused":
            raise Problem(409, "refused_by_rule", outcome.says)


async def _allow(visit: Visit, row: Recorded) -> None:
    async def do() -> Outcome:
        gone = await asyncio.to_thread(allow_again, visit.desk.inside.file, row.subject, row.detail)
        return Outcome("done" if gone else "refused")

    await acted(visit, "allow_number", row.subject, do, row.detail)


def _own(visit: Visit, asked: str) -> tuple[Recorded, ...]:
    """These acts, the last first; only those of this user that were done."""
    wanted = {int(each) for each in asked.split(".")[:40] if each.isascii() and each.isdecimal() and len(each) < 10}
    if not wanted:
        return ()
    rows = acts(visit.desk.inside.file, before=max(wanted) + 1, most=200, key_id=visit.user.id)
    return tuple(row for row in rows if row.seq in wanted and row.outcome in ("accepted", "written", "done"))

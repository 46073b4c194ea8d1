"""The page of a case: where it stands, what happened, what went out to be read in place, and the form that is open."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from uuid import uuid4

from fastapi.responses import Response

from api.desk.cases.case_form import CaseForm
from api.desk.cases.case_forms import FORMS, NOTE, forms_for
from api.desk.fields import Typed
from api.desk.visiting import Visit
from api.operator.inside import found_case
from api.operator.telling import ADMIN
from casefile.acts import Recorded, acts
from casefile.assignments import looked_after
from casefile.case_file import CaseFile, Transaction
from casefile.news import last_fact
from casefile.people import DeskRole
from domain.blockers import HOLDS_OF_INTAKE
from services.desk.case_story import Event, Part
from services.desk.signing import waiting_for_signature
from services.desk.trying import Effect
from services.desk.undoing import undoing_of
from services.desk.whole_case import WholeCase, read_whole_case
from services.desk.written import is_readable_paper

__all__ = ["OpenForm", "role_of_form", "role_of_message", "show_case"]

_SHOWN = ("accepted", "written", "done")

PARTS: dict[str, Part] = {"berichten": "messages", "geld": "money", "besluiten": "decisions"}
"""The parts of the story, by their name in the address."""

_LIFTED_BY = {"pause": "hervatten", "dispute": "betwisting-beslist", "arrangement": "regeling-einde"}
"""The form that ends a hold, where it is another one than `opheffen`."""
_BY_INTAKE = frozenset(kind.value for kind in HOLDS_OF_INTAKE)


@dataclass(frozen=True, slots=True)
class OpenForm:
    """A form that is open on the page of a case.

    Attributes:
        form: Which.
        typed: What was filled in.
        effect: What it would do; None while that is not known.
        seen: What the effect was worked out for: only that is recorded without being shown again.
        id: Its own id: sent twice it counts once.
        problem: Why it was not done, in English.
        changed: Whether somebody else changed the case meanwhile.
        since: What happened in between, the newest first.
    """

    form: CaseForm
    typed: Typed = field(default_factory=Typed)
    effect: Effect | None = None
    seen: str = ""
    id: str = ""
    problem: str = ""
    changed: bool = False
    since: tuple[Event, ...] = ()


def role_of_form(form: CaseForm) -> DeskRole:
    """Who may send a form: what needs the highest role over HTTP is for who approves, and some for who administers."""
    return DeskRole.ADMIN if form.admin else role_of_message(form.message)


def role_of_message(name: str) -> DeskRole:
    """Who may send a message: what needs the highest role over HTTP is for who approves."""
    return DeskRole.APPROVE if name in ADMIN else DeskRole.WORK


async def show_case(
    visit: Visit, case_id: str, opened: OpenForm | None = None, status: int = 200, note: Mapping[str, str] | None = None
) -> Response:
    """The page of a case.

    Args:
        visit: Who looks.
        case_id: The case, by its id or its invoice number.
        opened: The form that is open on it.
        status: The HTTP status.
        note: What can't be used of a note, by field.
    """
    asked = visit.request.query_params
    seq, part = asked.get("gedaan", ""), asked.get("toon", "")
    claim_on = _day(asked.get("op", ""))

    def look() -> tuple[WholeCase, int, Recorded | None, bool, tuple[str, Mapping[str, str]]]:
        file = visit.desk.inside.file
        with file.read() as transaction:
            own = found_case(transaction, case_id)
            whole = read_whole_case(transaction, own, visit.now, claim_on)
            done = _done(file, whole, seq)
            undoes = done is not None and _undoes(visit, transaction, done)
            keepers = looked_after(transaction.session, whole.creditor, whole.debtor_number)
            return whole, last_fact(transaction.session, own), done, undoes, keepers

    whole, mark, done, undoes, keepers = await asyncio.to_thread(look)
    forms = tuple(form for form in forms_for(whole) if visit.may(role_of_form(form)))
    if opened is not None and opened.form not in forms:
        forms = (*forms, opened.form)
    return visit.page(
        "case",
        status,
        whole=whole,
        keepers=keepers,
        report=whole.report,
        claim=whole.claim,
        forms=forms,
        story=tuple(each for each in whole.story if part not in PARTS or PARTS[part] in each.is_of),
        part=part,
        wrote=tuple(each for each in reversed(whole.papers.sent) if is_readable_paper(each))[:10],
        form_of_hold={each.kind: key for each in whole.report.holds if (key := _lifting(each.kind, forms))},
        opened=opened,
        note_field=NOTE,
        note={"text": "", "problem": "", **(note or {})},
        done=done,
        waits=done is not None
        and f"signature:{done.detail}" in {each.id for each in waiting_for_signature(whole.case)},
        undoes=undoes and visit.may(DeskRole.WORK),
        # Of two forms for one message the usual one stands first.
        titles={form.message: form.title for form in reversed(FORMS)},
        news=mark,
        form_id=uuid4().hex,
    )


def _lifting(kind: str, forms: tuple[CaseForm, ...]) -> str:
    """The form that ends a hold of this kind, as far as there is one for who looks."""
    key = _LIFTED_BY.get(kind, "opheffen" if kind in _BY_INTAKE else "")
    return key if key in {form.key for form in forms} else ""


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _done(file: CaseFile, whole: WholeCase, seq: str) -> Recorded | None:
    """The act of which the page is to say that it was done; only one on this case."""
    if not seq.isascii() or not seq.isdecimal() or len(seq) > 9:
        return None
    row = next(iter(acts(file, before=int(seq) + 1, most=1)), None)
    if row is None or row.seq != int(seq) or row.subject != whole.report.case_id or row.outcome not in _SHOWN:
        return None
    return row


def _undoes(visit: Visit, transaction: Transaction, done: Recorded) -> bool:
    if done.act == "note":
        return True
    found = undoing_of(transaction, done.subject, done.detail)
    return found is not None and visit.may(role_of_message(found[0]))

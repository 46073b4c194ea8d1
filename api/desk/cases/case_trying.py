"""Forms of a case before they are sent: what stands in them at first, and what they would do."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from uuid import uuid4

from api.desk.cases.case_form import CaseForm
from api.desk.cases.case_showing import OpenForm
from api.desk.fields import Typed, read_form
from api.desk.visiting import Visit
from api.operator.inside import found_case
from domain.messages import Unreadable, read_message
from services.desk.bulk_policies import know_shipped
from services.desk.trying import effect_of
from services.desk.whole_case import read_whole_case

__all__ = ["content_of", "opened", "tried"]


def opened(visit: Visit, case_id: str, form: CaseForm, asked: Mapping[str, str]) -> OpenForm:
    """A form that was just opened: with what stands in it at first, and what it would do, where that can be said."""
    with visit.desk.inside.file.read() as transaction:
        own = found_case(transaction, case_id)
        whole = read_whole_case(transaction, own, visit.now)
    begun = {each.name: asked.get(each.name) or each.begins(whole) for each in form.fields}
    typed = read_form(form.fields, begun, whole)
    if typed.problems:
        # Nothing was typed yet, so nothing is wrong.
        return OpenForm(form, Typed(typed.texts), id=uuid4().hex)
    return tried(visit, own, form, typed, uuid4().hex)


def tried(visit: Visit, case_id: str, form: CaseForm, typed: Typed, form_id: str) -> OpenForm:
    """A form with what it would do."""
    try:
        content = content_of(visit, case_id, form, typed)
        read_message(form.message, json.dumps(content).encode())
        with visit.desk.inside.file.read() as transaction:
            if form.message == "change_policy":
                know_shipped(transaction, str(content["policy"]))
            effect = effect_of(
                transaction, case_id, form.message, {**content, "actor": visit.actor}, visit.now, visit.by
            )
    except (Unreadable, ValueError) as problem:
        return OpenForm(form, typed, id=form_id, problem=str(problem))
    seen = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
    return OpenForm(form, typed, effect, seen, form_id)


def content_of(visit: Visit, case_id: str, form: CaseForm, typed: Typed) -> dict[str, object]:
    """What the message says."""
    with visit.desk.inside.file.read() as transaction:
        content = form.build(typed.values, transaction, case_id, visit.now)
    return content

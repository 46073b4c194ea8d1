"""What lists and people read of a case, as its last decision left it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select, update

from casefile import listing
from casefile import tables as t
from casefile.session import Session, moment_text, one_or_many
from domain.case import Case
from domain.views.ahead import Ahead
from domain.views.case_view import CaseView

__all__ = ["ShownCase", "Views"]

# Building a statement takes longer than running it: those of every turn are built once.
_VIEW = select(t.cases.c.view).where(t.cases.c.id == bindparam("of"))
_WAKES_AT = select(t.cases.c.wakes_at).where(t.cases.c.id == bindparam("of"))
_WAKES_OF_DEBTOR = select(t.cases.c.id, t.cases.c.wakes_at).where(
    t.cases.c.creditor == bindparam("creditor"), t.cases.c.debtor == bindparam("debtor")
)
_SHOW = update(t.cases).where(t.cases.c.id == bindparam("of"))


@dataclass(frozen=True, slots=True)
class ShownCase:
    """What lists and people read of a case.

    Attributes:
        case_id: The case.
        view: How it stands.
        ahead: What lies ahead of it.
        wakes_at: When it looks again by itself; None when only a message changes anything.
    """

    case_id: str
    view: CaseView
    ahead: Ahead | None
    wakes_at: datetime | None


class Views:
    """The last view of each case."""

    def __init__(self, session: Session) -> None:
        """In a transaction."""
        self._session = session

    def write(
        self,
        case_id: str,
        view: CaseView,
        at: datetime,
        ahead: Ahead | None = None,
        wakes_at: datetime | None = None,
    ) -> None:
        """Write what lists and people read of a case.

        Args:
            case_id: The case.
            view: How it stands.
            at: When that was decided.
            ahead: What lies ahead of it.
            wakes_at: When it looks again by itself; None when only a message changes anything.
        """
        self.write_each([ShownCase(case_id, view, ahead, wakes_at)], at)

    def write_each(self, shown: Sequence[ShownCase], at: datetime) -> None:
        """The same of several cases, in one statement: it takes longer to begin than a row to write."""
        if not shown:
            return
        for each in shown:
            view = each.view
            self._session.known.ahead[each.case_id] = view.step if view.next in ("send", "hand_off") else None
        self._session.connection.execute(_SHOW, one_or_many([_columns(each, at) for each in shown]))

    def write_listed(self, case_id: str, view: CaseView, at: datetime) -> None:
        """Write what lists read beside a view that a process of a version before wrote.

        Args:
            case_id: The case.
            view: How it stands.
            at: When that was decided.
        """
        self._session.connection.execute(_SHOW, {"of": case_id, **listing.of_view(view, moment_text(at))})

    def write_opened(self, case_id: str, case: Case, last_fact: int) -> None:
        """Write what lists read of a case that was opened, until its first decision.

        Args:
            case_id: The case.
            case: As it was opened.
            last_fact: Number of its last fact.
        """
        self._session.connection.execute(_SHOW, {"of": case_id, **listing.of_opened(case, last_fact)})

    def of_case(self, case_id: str) -> CaseView | None:
        """The last view of a case, None before its first decision."""
        body = self._session.connection.scalar(_VIEW, {"of": case_id})
        return None if body is None else CaseView.model_validate_json(body)

    def wakes_at(self, case_id: str) -> datetime | None:
        """When a case looks again by itself, as it was decided last; None when it waits for a message."""
        at = self._session.connection.scalar(_WAKES_AT, {"of": case_id})
        return None if at is None else datetime.fromisoformat(at)

    def wakes_of_debtor(self, creditor: str, debtor: str) -> dict[str, datetime | None]:
        """The same of each case of a debtor, by its id."""
        rows = self._session.connection.execute(_WAKES_OF_DEBTOR, {"creditor": creditor, "debtor": debtor})
        return {own: None if at is None else datetime.fromisoformat(at) for own, at in rows}

    def viewed_at(self, case_id: str) -> datetime | None:
        """When a case was last decided about, in its own time; None before its first decision."""
        at = self._session.connection.scalar(select(t.cases.c.viewed_at).where(t.cases.c.id == case_id))
        return None if at is None else datetime.fromisoformat(at)

    def all(self, creditor: str | None = None) -> tuple[tuple[str, str, CaseView | None], ...]:
        """Id, invoice number and last view of every case."""
        query = select(t.cases.c.id, t.cases.c.number, t.cases.c.view).order_by(t.cases.c.number, t.cases.c.id)
        if creditor is not None:
            query = query.where(t.cases.c.creditor == creditor)
        return tuple(
            (row.id, row.number, None if row.view is None else CaseView.model_validate_json(row.view))
            for row in self._session.connection.execute(query)
        )


def _columns(shown: ShownCase, at: datetime) -> dict[str, object]:
    view, wakes_at = shown.view, shown.wakes_at
    return {
        "of": shown.case_id,
        "stage": view.stage,
        "closed": view.closed.value if view.closed else None,
        "open_minor": view.open.minor,
        "next_action_at": moment_text(view.at) if view.at else None,
        "wakes_at": moment_text(wakes_at) if wakes_at else None,
        "needs_attention": view.needs_attention,
        "view": view.model_dump_json(exclude_unset=True),
        "viewed_at": moment_text(at),
        **listing.of_view(view, moment_text(at)),
        **listing.of_ahead(shown.ahead),
    }

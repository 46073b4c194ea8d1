"""The case file as somebody sees it who sees some creditors only: whatever he reads, the others are not there.

Whoever reads asks for tables by name. Before each of his statements stands what these names mean to him: a table
without the rows of other creditors. So no page, no list and no sum has to think of it, and none can forget it. What is
nobody's alone (users, stops of all sending, rules) he sees whole; a table that is in none of the lists below fails a
test. He writes only to cases that he sees, and changes nothing of another creditor.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from weakref import WeakKeyDictionary

from casefile.case_file import CaseFile, Transaction

__all__ = ["BY_CASE", "BY_CREDITOR", "OTHERWISE", "SHARED", "NotSeen", "narrowed", "sees_all"]

BY_CREDITOR = (
    "cases", "debtors", "debtor_statuses", "payment_runs", "unallocated_credits", "debtor_money", "taken_lists",
    "pay_tokens", "debtor_credit", "debtor_assignments", "call_claims", "uploads", "list_readings", "kept_mappings",
    "remittances", "remitted",
)  # fmt: skip
"""Tables that say of which creditor a row is."""
BY_CASE = (
    "facts", "ledger_entries", "delivery_cases", "tasks", "documents", "papers", "starts", "remarks",
    "payment_references", "reply_tokens", "planned_sends", "case_notes", "replies", "outgoing_events", "searched_runs",
    "task_assignments", "bulk_cases",
)  # fmt: skip
"""Tables that say of which case a row is; a row of none is of nobody whom he sees."""
_OWN = {
    "creditors": "id IN ({creditors})",
    # What could not be used may be for a case that does not exist: its id says whose it would be.
    "inbox": "EXISTS (SELECT 1 FROM cases AS own WHERE own.id = {table}.case_id) OR ({of_no_case})",
    "quarantine": "EXISTS (SELECT 1 FROM cases AS own WHERE own.id = {table}.case_id) OR ({of_no_case})",
    "deliveries": "EXISTS (SELECT 1 FROM delivery_cases AS own WHERE own.key = {table}.key)",
    # Money of which nobody knows whose it is may be anybody's, unless all who come into question are his.
    "provider_payments": "creditor IN ({creditors}) OR (creditor IS NULL AND case_id IS NULL AND guesses <> '[]' "
    "AND {all_guessed_are_his})",
    "provider_movements": "EXISTS (SELECT 1 FROM provider_payments AS own WHERE own.id = {table}.payment)",
    "provider_events": "1 = 0",
    "payment_links": "EXISTS (SELECT 1 FROM pay_tokens AS own WHERE own.id = {table}.token)",
    "reply_files": "EXISTS (SELECT 1 FROM replies AS own WHERE own.id = {table}.reply)",
    "upload_files": "EXISTS (SELECT 1 FROM uploads AS own WHERE own.id = {table}.upload_id)",
    # A job, and what a colleague named, is his where all of it is.
    "bulk_jobs": 'NOT EXISTS (SELECT 1 FROM "{schema}".bulk_cases AS all_of_it WHERE all_of_it.job = {table}.id '
    "AND NOT EXISTS (SELECT 1 FROM cases AS own WHERE own.id = all_of_it.case_id))",
    "saved_views": "NOT shared",
    # A partner may work for several creditors: what nobody knows whose it is may be anybody's.
    "agency_reports": "1 = 0",
    "agency_links": "EXISTS (SELECT 1 FROM delivery_cases AS own WHERE own.key = {table}.delivery)",
    # Sums of a day over all creditors: nobody can tell any more what of them was whose.
    "standings": "1 = 0",
    "audit": "EXISTS (SELECT 1 FROM cases AS own WHERE own.id = {table}.subject)",
}
OTHERWISE = tuple(_OWN)
"""Tables that say it in a way of their own."""
SHARED = (
    "policies", "identity", "secrets", "mail_events", "phone_events", "channel_stops", "blocked_addresses",
    "sending_stops", "subscribers", "api_keys", "idempotent_answers", "users", "desk_sessions", "sign_in_links",
    "wrong_passwords", "agency_cursors", "agency_files",
)  # fmt: skip
"""Tables that are nobody's alone. What providers tell of a message is found by its send key, which he must know."""

_READS = ("SELECT", "WITH", "(", "VALUES")
_CONTROLS = ("BEGIN", "SAVEPOINT", "RELEASE", "ROLLBACK", "SET", "SHOW", "PRAGMA")
_ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")


class NotSeen(LookupError):
    """Somebody wants to write where he sees nothing: for him there is no such case."""


def sees_all(file: CaseFile) -> bool:
    """Whether this is the whole case file, and not what somebody sees of it."""
    return not isinstance(file, _Part)


def narrowed(file: CaseFile, creditors: frozenset[str] | None) -> CaseFile:
    """The case file as somebody sees it.

    Args:
        file: The case file.
        creditors: The creditors whom he sees; None: all of them.
    """
    if creditors is None:
        return file
    # Made once for each who sees the same: what was folded is kept with it.
    kept = _PARTS.setdefault(file, {})
    return kept.get(creditors) or kept.setdefault(creditors, _Part(file, creditors))


class _Part(CaseFile):
    """A case file of which a part is read, and cases of that part are written."""

    def __init__(self, whole: CaseFile, creditors: frozenset[str]) -> None:
        ids = tuple(sorted(creditors))
        super().__init__(
            whole.database.rewritten(
                lambda schema, text: _as_he_sees_it(ids, schema, text), lambda table, values: _his(ids, table, values)
            )
        )
        self._whole = whole

    @contextmanager
    def write(self, of: str | None = None) -> Iterator[Transaction]:
        """A transaction that locks the cases of a debtor whom he sees.

        Raises:
            NotSeen: the case is another's; or the whole file was asked for, which is nobody's alone.
        """
        if of is None:
            raise NotSeen("this touches all creditors: it is for who sees all of them")
        with self.read() as transaction:
            if transaction.session.debtor_of(of) is None:
                raise NotSeen("there is no such case")
        with self._whole.write(of) as transaction:
            yield transaction


_PARTS: WeakKeyDictionary[CaseFile, dict[frozenset[str], _Part]] = WeakKeyDictionary()


def _his(creditors: tuple[str, ...], table: str, values: Mapping[str, object]) -> None:
    """Refuse to write what names another creditor, or a case of another: by its id, which says whose it is.

    Raises:
        NotSeen: it does.
    """
    column = "creditor" if table in BY_CREDITOR else "case_id" if table in BY_CASE else None
    if column is None:
        return
    # A value in a condition has the name of its column, and a number.
    named = [value for name, value in values.items() if name == column or name.startswith(f"{column}_")]
    starts = tuple(f"case:{each}:" for each in creditors)
    for value in (each for one in named for each in (one if isinstance(one, list | tuple) else (one,))):
        if value not in creditors if column == "creditor" else not str(value).startswith(starts):
            raise NotSeen("there is no such creditor, and no such case")


def _as_he_sees_it(creditors: tuple[str, ...], schema: str, statement: str) -> str:
    """A statement behind what the names of tables mean to him.

    Raises:
        NotSeen: it writes.
    """
    text = statement.lstrip()
    word = text[:9].upper()
    if word.startswith(_CONTROLS):
        return statement
    if not word.startswith(_READS):
        raise NotSeen("who sees some creditors only reads here, and writes nothing")
    tables = _tables(creditors, schema)
    if not word.startswith("WITH"):
        return f"WITH {tables} {text}"
    own = text[4:].lstrip()
    recursive = own[:9].upper() == "RECURSIVE"
    return f"WITH RECURSIVE {tables}, {own[9:]}" if recursive else f"WITH {tables}, {own}"


@cache
def _tables(creditors: tuple[str, ...], schema: str) -> str:
    """What tables mean to who sees these creditors."""
    # Ids of creditors are small letters, digits and signs that need no quoting anywhere (`domain.parties.Creditor`).
    bad = [each for each in creditors if not _ID.fullmatch(each)]
    if bad:
        raise ValueError(f"no creditor has such an id: {', '.join(bad)}")
    starts = [f"case:{each}:" for each in creditors]
    guessed = "guesses"
    for each in starts:
        guessed = f"replace({guessed}, '\"{each}', '')"
    said = {
        "creditors": ", ".join(f"'{each}'" for each in creditors) or "NULL",
        "of_no_case": " OR ".join(f"substr(case_id, 1, {len(each)}) = '{each}'" for each in starts) or "1 = 0",
        "schema": schema,
        "all_guessed_are_his": f"replace({guessed}, '\"case:', '') = {guessed}",
    }
    rules = {
        **dict.fromkeys(BY_CREDITOR, "creditor IN ({creditors})"),
        **dict.fromkeys(BY_CASE, "EXISTS (SELECT 1 FROM cases AS own WHERE own.id = {table}.case_id)"),
        **_OWN,
    }
    return ", ".join(
        f'{table} AS NOT MATERIALIZED (SELECT * FROM "{schema}".{table} '
        f"WHERE {rules[table].format(table=table, **said)})"
        for table in sorted(rules, key=lambda name: (_RANK.get(name, 9), name))
    )


_RANK = {"cases": 0, "delivery_cases": 1, "pay_tokens": 1, "replies": 1, "provider_payments": 2, "uploads": 1}
"""PostgreSQL knows in a definition only those before it: first what others are told by."""

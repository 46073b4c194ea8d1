"""The case file as somebody sees it who sees some creditors only: whatever he reads, the others are not there.

Whoever reads asks for tables by name. Before each of his statements stands what these names mean to him: a table
without the rows of other creditors. So no page, no list and no sum has to think of it, and none can forget it. What is
nobody's alone (users, stops of all sending, rules) he sees whole; a table that is in none of the lists below fails a
test. He writes only to cases that he sees, and changes nothing of another creditor, whatever a statement says.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from weakref import WeakKeyDictionary

from sqlalchemy import Delete, Table, Update, false, func, or_

from casefile.case_file import CaseFile, Transaction
from casefile.database import Database

__all__ = ["BY_CASE", "BY_CREDITOR", "OTHERWISE", "SHARED", "NotSeen", "looked_after", "narrowed", "sees_all"]

BY_CREDITOR = (
    "cases", "debtors", "debtor_statuses", "payment_runs", "unallocated_credits", "debtor_money", "taken_lists",
    "pay_tokens", "debtor_credit", "debtor_assignments", "call_claims", "uploads", "list_readings", "kept_mappings",
    "begun_imports", "standings", "remittances", "remitted", "partner_transfers",
)  # fmt: skip
"""Tables that say of which creditor a row is."""
BY_CASE = (
    "facts", "ledger_entries", "delivery_cases", "tasks", "documents", "papers", "starts", "remarks",
    "payment_references", "reply_tokens", "planned_sends", "case_notes", "replies", "outgoing_events", "searched_runs",
    "task_assignments", "bulk_cases",
)  # fmt: skip
"""Tables that say of which case a row is, by its id, which says whose the case is (`domain/case_ids.py`); a row of none
is of nobody whom he sees."""
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

_WRITTEN_UNDER_THE_LOCK = frozenset(
    (
        *BY_CREDITOR, *BY_CASE, "creditors", "inbox", "quarantine", "upload_files", "provider_payments",
        "provider_movements",
    )
)  # fmt: skip
"""What an import writes, which locks the whole file; anything else is for who sees all."""
_OF_A_CASE = frozenset((*BY_CASE, "inbox", "quarantine", "provider_payments"))

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
        file: The case file, or what somebody sees of it: of that no more is seen.
        creditors: The creditors whom he sees; None: all of them.
    """
    if creditors is None:
        return file
    if isinstance(file, _Part):
        return narrowed(file.whole, creditors & frozenset(file.creditors))
    # Made once for each who sees the same: what was folded is kept with it.
    kept = _PARTS.setdefault(file, {})
    return kept.get(creditors) or kept.setdefault(creditors, _Part(file, creditors))


def looked_after(file: CaseFile, user_id: str) -> Database:
    """The case file as far as a user looks after it, to be read: cases of his debtors, tasks of his, and their cases.

    Args:
        file: The case file, or what somebody sees of it.
        user_id: The user.

    Raises:
        ValueError: no user has such an id.
    """
    if not _ID.fullmatch(user_id):
        raise ValueError("no user has such an id")
    whole, ids = (file.whole, file.creditors) if isinstance(file, _Part) else (file, None)
    made = _LOOKED_AFTER.setdefault(file, {})
    return made.get(user_id) or made.setdefault(
        user_id,
        whole.database.rewritten(
            lambda dialect, schema, text: _as_he_sees_it(ids, dialect, schema, text, user_id),
            _nothing,
            lambda statement: statement,
        ),
    )


def _nothing(table: str, values: Mapping[str, object]) -> None:
    raise NotSeen("what somebody looks after is read here, and not written")


class _Part(CaseFile):
    """A case file of which a part is read, and cases of that part are written."""

    def __init__(self, whole: CaseFile, creditors: frozenset[str]) -> None:
        ids = tuple(sorted(creditors))

        def part(writing: Callable[[tuple[str, ...], str, Mapping[str, object]], None]) -> Database:
            return whole.database.rewritten(
                lambda dialect, schema, text: _as_he_sees_it(ids, dialect, schema, text),
                lambda table, values: writing(ids, table, values),
                lambda statement: _of_his_rows(ids, statement),
            )

        super().__init__(part(_his))
        self.whole, self.creditors = whole, ids
        self._locking = CaseFile(part(_his_under_the_lock))

    @contextmanager
    def write(self, of: str | None = None) -> Iterator[Transaction]:
        """A transaction that locks the cases of a debtor whom he sees, or the whole file.

        The rules read all of it under the lock, for money of nobody may be for a case of his. Under the lock of the
        whole file he writes what an import writes, and only rows of his.

        Raises:
            NotSeen: the case is another's; or something is written that is not his.
        """
        if of is None:
            with self._locking.write() as transaction:
                yield transaction
            return
        with self.read() as transaction:
            if transaction.session.debtor_of(of) is None:
                raise NotSeen("there is no such case")
        with self.whole.write(of) as transaction:
            yield transaction


_PARTS: WeakKeyDictionary[CaseFile, dict[frozenset[str], _Part]] = WeakKeyDictionary()
_LOOKED_AFTER: WeakKeyDictionary[CaseFile, dict[str, Database]] = WeakKeyDictionary()


def _his(creditors: tuple[str, ...], table: str, values: Mapping[str, object]) -> None:
    """Refuse to write what names another creditor, or a case of another: by its id, which says whose it is.

    Raises:
        NotSeen: it does.
    """
    column = "creditor" if table in BY_CREDITOR else "case_id" if table in _OF_A_CASE else None
    if column is None:
        return
    if table == "provider_payments" and values.get("creditor") not in (None, *creditors):
        raise NotSeen("there is no such creditor, and no such case")
    # A value in a condition has the name of its column, and a number.
    named = [value for name, value in values.items() if name == column or name.startswith(f"{column}_")]
    starts = tuple(f"case:{each}:" for each in creditors)
    for value in (each for one in named for each in (one if isinstance(one, list | tuple) else (one,))):
        if value is None and table == "provider_payments":
            continue
        if value not in creditors if column == "creditor" else not str(value).startswith(starts):
            raise NotSeen("there is no such creditor, and no such case")


def _his_under_the_lock(creditors: tuple[str, ...], table: str, values: Mapping[str, object]) -> None:
    """The same where the whole file is locked: what no import writes touches all creditors.

    Raises:
        NotSeen: it does.
    """
    if table not in _WRITTEN_UNDER_THE_LOCK or (table == "creditors" and values.get("id") not in creditors):
        raise NotSeen("this touches all creditors: it is for who sees all of them")
    _his(creditors, table, values)


def _of_his_rows(creditors: tuple[str, ...], statement: Update | Delete) -> Update | Delete:
    """A statement that changes rows, of which those of others are none."""
    table = statement.table
    if not isinstance(table, Table):
        raise NotSeen("who sees some creditors only changes one table at a time")
    if table.name in BY_CREDITOR:
        return statement.where(table.c.creditor.in_(creditors))
    if table.name in BY_CASE:
        starts = [f"case:{each}:" for each in creditors]
        return statement.where(or_(*(func.substr(table.c.case_id, 1, len(each)) == each for each in starts), false()))
    return statement


def _as_he_sees_it(creditors: tuple[str, ...] | None, dialect: str, schema: str, statement: str, user: str = "") -> str:
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
    definitions = _definitions(creditors, dialect, schema, user)
    # A table that is asked for stands in the text. All of them take PostgreSQL longer to read than the answer takes.
    named = frozenset(name for name in definitions if name in text.lower())
    if not named:
        return statement
    tables = _tables(creditors, dialect, schema, user, named)
    if not word.startswith("WITH"):
        return f"WITH {tables} {text}"
    own = text[4:].lstrip()
    recursive = own[:9].upper() == "RECURSIVE"
    return f"WITH RECURSIVE {tables}, {own[9:]}" if recursive else f"WITH {tables}, {own}"


@cache
def _tables(creditors: tuple[str, ...] | None, dialect: str, schema: str, user: str, named: frozenset[str]) -> str:
    """What these tables mean to who sees these creditors, and those by which they are told."""
    definitions, wanted = _definitions(creditors, dialect, schema, user), set(named)
    while more := {name for name in definitions for each in wanted if name in definitions[each]} - wanted:
        wanted |= more
    return ", ".join(text for name, text in definitions.items() if name in wanted)


@cache
def _definitions(creditors: tuple[str, ...] | None, dialect: str, schema: str, user: str) -> Mapping[str, str]:
    """What tables mean to who sees these creditors (None: all), and of whom is read what he looks after.

    They stand in the order in which they tell each other.
    """
    rules = {} if creditors is None else _rules_of(creditors, dialect, schema)
    if user:
        # Whose a case is does not say who looks after it.
        of_case = "EXISTS (SELECT 1 FROM cases AS own WHERE own.id = {}.case_id)"
        rules = {"cases": "1 = 1", **rules, **{table: of_case.format(table) for table in BY_CASE}}
        rules["cases"] = f"({rules['cases']}) AND ({_LOOKED_AFTER_BY})".format(user=user, schema=schema)
        rules["tasks"] = f"({rules['tasks']}) AND ({_TASKS_OF})".format(user=user, schema=schema, table="tasks")
    return {
        table: f'{table} AS NOT MATERIALIZED (SELECT * FROM "{schema}".{table} WHERE {rules[table]})'
        for table in sorted(rules, key=lambda name: (_RANK.get(name, 9), name))
    }


_LOOKED_AFTER_BY = (
    '(creditor, debtor) IN (SELECT d.creditor, d.debtor FROM "{schema}".debtor_assignments AS d '
    "WHERE d.user_id = '{user}') OR id IN (SELECT a.case_id FROM \"{schema}\".task_assignments AS a "
    'JOIN "{schema}".tasks AS k ON k.case_id = a.case_id AND k.id = a.task '
    "WHERE a.user_id = '{user}' AND k.done_on IS NULL)"
)
# A task's own user goes before its debtor's.
_TASKS_OF = (
    'COALESCE((SELECT a.user_id FROM "{schema}".task_assignments AS a WHERE a.case_id = {table}.case_id '
    'AND a.task = {table}.id), (SELECT d.user_id FROM "{schema}".debtor_assignments AS d '
    'JOIN "{schema}".cases AS c ON c.creditor = d.creditor AND c.debtor = d.debtor '
    "WHERE c.id = {table}.case_id)) = '{user}'"
)


def _rules_of(creditors: tuple[str, ...], dialect: str, schema: str) -> dict[str, str]:
    """What keeps a row of each table from who does not see its creditor, with a place for its own name."""
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
    of_all = {
        **dict.fromkeys(BY_CREDITOR, "creditor IN ({creditors})"),
        **dict.fromkeys(BY_CASE, _of_his_cases(starts, dialect)),
        **_OWN,
    }
    return {table: rule.format(table=table, **said) for table, rule in of_all.items()}


def _of_his_cases(starts: Sequence[str], dialect: str) -> str:
    """Whether a row is of a case of his, by how its id starts: of many rows no case has to be looked up.

    SQLite must not take this for a way to find rows, which it does badly where there are several; PostgreSQL must know
    how many rows there are to be.
    """
    if not starts:
        return "1 = 0"
    if dialect == "postgresql":
        # The sign after ":" in the order of code points, in which all ids are sorted.
        return " OR ".join(f"(case_id >= '{each}' AND case_id < '{each[:-1]};')" for each in starts)
    lengths = sorted({len(each) for each in starts})
    named = {size: ", ".join(f"'{each}'" for each in starts if len(each) == size) for size in lengths}
    return " OR ".join(f"substr(case_id, 1, {size}) IN ({named[size]})" for size in lengths)


_RANK = {"cases": 0, "delivery_cases": 1, "pay_tokens": 1, "replies": 1, "provider_payments": 2, "uploads": 1}
"""PostgreSQL knows in a definition only those before it: first what others are told by."""

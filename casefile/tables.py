"""The tables of the case file. The migrations under `migrations/` make them; a test holds the two together."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TextClause,
    UniqueConstraint,
    func,
    text,
)

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_name)s",
    }
)


def words(length: int) -> String:
    """A short text. SQLite checks no length; on PostgreSQL none is set either, lest only one of them refuse a row.

    Sorted by code point on both: the order of cases in a message must not depend on how a cluster was set up.
    """
    return String(length).with_variant(Text(collation="C"), "postgresql")


def counted() -> BigInteger:
    """A number that the database gives out itself, of 63 bits: 31 are full within years where ten millions are open.

    SQLite's `INTEGER` has as many, and only under that name it counts by itself.
    """
    return BigInteger().with_variant(Integer(), "sqlite")


PARTIAL: list[tuple[Index, TextClause]] = []
"""Indexes of some rows only, and of which."""


def partial(index: Index, where: TextClause) -> None:
    """Say of which rows an index is; to SQLAlchemy `casefile.all_tables` says it, for who compares or makes tables.

    It would import all of PostgreSQL's dialect, with every driver, and commands begin quicker without.
    """
    PARTIAL.append((index, where))


# Moments are stored as ISO 8601 text in UTC: the same in SQLite and PostgreSQL, sortable, and readable by a person.
MOMENT = words(32)

creditors = Table(
    "creditors",
    metadata,
    Column("id", words(64), primary_key=True),
    Column("body", Text, nullable=False),
    Column("covered_until", Date),
)
"""Profiles, and the last day that the bank statements cover (none: no bank feed is watched)."""

policies = Table(
    "policies",
    metadata,
    Column("name", words(100), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("sha256", words(64), nullable=False),
    Column("body", Text, nullable=False),
)
"""Every version of every policy that a case was ever pinned to."""

debtors = Table(
    "debtors",
    metadata,
    Column("creditor", words(64), ForeignKey("creditors.id"), primary_key=True),
    Column("id", words(200), primary_key=True),
    Column("body", Text, nullable=False),
    Column("folded", words(400)),
    Index("ix_debtors_folded", "creditor", "id", "folded").ddl_if(dialect="sqlite"),
)
_unfolded = text("folded IS NULL")
partial(Index("ix_debtors_unfolded", debtors.c.creditor, debtors.c.id), _unfolded)
"""Names, addresses and contacts: the only place where they stand. `folded` is the name as it is sought."""

debtor_statuses = Table(
    "debtor_statuses",
    metadata,
    Column("creditor", words(64), primary_key=True),
    Column("debtor", words(200), primary_key=True),
    Column("report", words(200), primary_key=True),
    Column("status", words(32), nullable=False),
    Column("since", Date, nullable=False),
    Column("reported_on", Date, nullable=False),
    Column("proven", Boolean, nullable=False, server_default="0"),
    Column("actor", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("ended_on", Date),
    Column("ended_for", words(32)),
    Column("ended_by", Text, nullable=False),
    Column("ended_note", Text, nullable=False),
)
"""What a debtor is, or was, in: debt help, insolvency, death… It holds for all his cases, also those opened later."""

payment_runs = Table(
    "payment_runs",
    metadata,
    Column("creditor", words(64), primary_key=True),
    Column("debtor", words(200), primary_key=True),
    Column("day", Integer),
    Column("told_at", words(32), nullable=False),
    Column("fact", words(700), nullable=False),
)
"""On which day of the month a debtor pays, by the last that a person said of it (no day: on none any more)."""

debtor_credit = Table(
    "debtor_credit",
    metadata,
    Column("creditor", words(64), primary_key=True),
    Column("debtor", words(200), primary_key=True),
    Column("body", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("at", MOMENT, nullable=False),
)
"""What people keep of a debtor's credit: limit, insurance, rating. No rule reads it."""

cases = Table(
    "cases",
    metadata,
    Column("id", words(400), primary_key=True),
    Column("creditor", words(64), nullable=False),
    Column("debtor", words(200), nullable=False),
    Column("number", words(200), nullable=False),
    Column("stage", words(64), nullable=False, server_default="new"),
    Column("closed", words(32)),
    Column("open_minor", BigInteger, nullable=False, server_default="0"),
    Column("currency", words(3), nullable=False),
    Column("next_action_at", MOMENT),
    Column("wakes_at", MOMENT),
    Column("needs_attention", Boolean, nullable=False, server_default="0"),
    Column("view", Text),
    Column("viewed_at", MOMENT),
    Column("due", Date),
    Column("step", words(64)),
    Column("zone", words(64)),
    Column("holds", Text),
    Column("open_tasks", Text),
    Column("quarantined", Integer),
    Column("listed", words(32)),
    Column("next_action", words(16)),
    Column("why", Text),
    Column("kept_by", words(32)),
    Column("first_formal", Boolean),
    Column("dates", Text),
    Column("dates_from", Date),
    Column("folded", words(700)),
    Column("debtor_folded", words(200)),
    Column("partner", words(64)),
    Column("partner_state", words(32)),
    Index("ix_cases_debtor", "creditor", "debtor"),
    Index("ix_cases_number", "creditor", "number"),
    Index("ix_cases_next_action_at", "next_action", "next_action_at"),
    Index("ix_cases_dates_from", "dates_from"),
    Index("ix_cases_due", "due"),
    Index(
        "ix_cases_standing", "closed", "currency", "stage", "holds", "due", "open_minor", "next_action_at", "creditor"
    ),
)
_kept = text("kept_by IS NOT NULL")
partial(Index("ix_cases_kept_by", cases.c.kept_by), _kept)
_with_partner = text("partner_state IS NOT NULL")
partial(Index("ix_cases_partner_state", cases.c.partner_state), _with_partner)
STALE = text("folded IS NULL OR (viewed_at IS NOT NULL AND (listed IS NULL OR listed <> viewed_at))")
"""Of which cases the columns of lists do not tell as the last view does."""
partial(Index("ix_cases_stale", cases.c.id), STALE)
UNSEEN = text("viewed_at IS NULL")
partial(Index("ix_cases_unseen", cases.c.id, cases.c.listed), UNSEEN)
# Indexes that hold all that lists ask, so that no view is read past; PostgreSQL refuses long texts in an index.
_asked = ("due", "open_minor", "stage", "needs_attention", "holds", "open_tasks", "folded", "debtor_folded")
Index(
    "ix_cases_asked",
    *(
        cases.c[name]
        for name in ("currency", "closed", *_asked, "number", "id", "next_action_at", "creditor", "debtor")
    ),
).ddl_if(dialect="sqlite")
Index(
    "ix_cases_asked_by_debtor", *(cases.c[name] for name in ("creditor", "debtor", "closed", *_asked, "currency"))
).ddl_if(dialect="sqlite")
"""One row a case, with its last view, and in columns what lists show of it, also while no worker runs.

`holds` and `open_tasks` are JSON lists of kinds. `listed` says of what the columns tell: the `viewed_at` of the view,
or of a case without one the number of its last fact. Any other value: a worker of a version before wrote since.
`next_action` is what comes next, `why` a JSON list of the codes that keep it back, `kept_by` the one of them that many
cases share (bank, stop, unknown outcome); `first_formal` whether it is the first letter with a meaning in law. `dates`
is a JSON list of `[kind, day, minor units]` (`domain/views/ahead.py`) and `dates_from` the first day on which one of
them is shown; both are empty until a worker has seen the case. `folded` is number and id, `debtor_folded` the debtor's
number, as they are sought (`casefile/which_cases.py`). `partner` and `partner_state` say how it stands with the
collection partner who has it.
"""

facts = Table(
    "facts",
    metadata,
    Column("seq", counted(), primary_key=True, autoincrement=True),
    Column("case_id", words(400), ForeignKey("cases.id"), nullable=False),
    Column("id", words(700), nullable=False),
    Column("kind", words(64), nullable=False),
    Column("body", Text, nullable=False),
    UniqueConstraint("case_id", "id"),
    Index("ix_facts_case_id", "case_id", "seq"),
)
_promised = text("kind IN ('promise_made', 'promise_judged')")
partial(Index("ix_facts_promises", facts.c.seq), _promised)
"""What happened, append-only: the truth of a case."""

entries = Table(
    "ledger_entries",
    metadata,
    Column("case_id", words(400), ForeignKey("cases.id"), primary_key=True),
    Column("id", words(400), primary_key=True),
    Column("of", words(400)),
    Column("kind", words(32), nullable=False),
    Column("amount_minor", BigInteger, nullable=False),
    Column("currency", words(3), nullable=False),
    Column("credited_on", Date, nullable=False),
    Column("known_on", Date, nullable=False),
    Column("source", words(64)),
    Index("ix_ledger_entries_known_on", "known_on", "kind"),
    Index("ix_ledger_entries_credited_on", "credited_on", "currency", "kind", "amount_minor"),
)
"""The ledger: signed entries whose sum is the balance; `source` is the partner to whom a payment was made."""

inbox = Table(
    "inbox",
    metadata,
    Column("seq", counted(), primary_key=True, autoincrement=True),
    Column("case_id", words(400), nullable=False),
    Column("id", words(700), nullable=False),
    Column("name", words(200), nullable=False),
    Column("body", LargeBinary),
    Column("problem", Text),
    Column("answered", Boolean, nullable=False, server_default="0"),
    Column("received_at", MOMENT, nullable=False),
    Column("recorded_at", MOMENT),
    Column("refusal", Text),
    Column("by", Text),
    UniqueConstraint("case_id", "id"),
    Index("ix_inbox_waiting", "recorded_at", "case_id"),
)
"""Everything a case was ever told, durable before it is acknowledged; the quarantine's bytes are here too.

`by` is who was known to bring it, told by the door by which it came; empty of what nobody is known to have told."""

deliveries = Table(
    "deliveries",
    metadata,
    Column("key", words(700), primary_key=True),
    Column("message", words(400), nullable=False),
    Column("step", words(64), nullable=False),
    Column("issue", Integer, nullable=False),
    Column("letter", words(64), nullable=False),
    Column("channel", words(16), nullable=False),
    Column("recipient", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("media_type", words(100), nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("sha256", words(64), nullable=False),
    Column("filename_hint", Text, nullable=False),
    Column("status", words(16), nullable=False),
    Column("tries", Integer, nullable=False, server_default="1"),
    Column("intended_at", MOMENT, nullable=False),
    Column("intended_real", MOMENT, nullable=False),
    Column("concluded_at", MOMENT),
    Column("reference", Text),
    Column("reason", Text),
    Column("crossed", Boolean, nullable=False, server_default="0"),
    Column("hashed_key", words(64)),
    Column("letter_content", Text),
    Column("calculation", Text),
    Column("template_version", words(64)),
    Column("enclosed", Text),
    Column("partner", words(64)),
    Column("way", words(16)),
    Index("ix_deliveries_message", "message"),
    Index("ix_deliveries_hashed_key", "hashed_key"),
    Index("ix_deliveries_concluded_at", "concluded_at"),
)
_under_way = text("status IN ('intended', 'unknown')")
partial(Index("ix_deliveries_under_way", deliveries.c.status), _under_way)
_mails = text("channel = 'email'")
partial(Index("ix_deliveries_address", func.lower(deliveries.c.recipient), deliveries.c.intended_real), _mails)
partial(Index("ix_deliveries_reference", deliveries.c.reference), _mails)
_of_partners = text("partner IS NOT NULL")
partial(Index("ix_deliveries_partner", deliveries.c.partner, deliveries.c.reference), _of_partners)
"""Each message over each channel under its send key: exact bytes, hash, outcome, and how it came about."""

delivery_cases = Table(
    "delivery_cases",
    metadata,
    Column("key", words(700), ForeignKey("deliveries.key"), primary_key=True),
    Column("case_id", words(400), ForeignKey("cases.id"), primary_key=True),
    Index("ix_delivery_cases_case_id", "case_id"),
)
"""Which cases a delivery serves."""

tasks = Table(
    "tasks",
    metadata,
    Column("case_id", words(400), ForeignKey("cases.id"), primary_key=True),
    Column("id", words(400), primary_key=True),
    Column("kind", words(100), nullable=False),
    Column("step", words(64)),
    Column("raised_on", Date, nullable=False),
    Column("done_on", Date),
    Column("outcome", Text),
    Column("again_on", Date),
    Column("again_at", words(5)),
)
_open_ones = text("done_on IS NULL")
partial(Index("ix_tasks_open", tasks.c.raised_on, tasks.c.kind), _open_ones)
"""Work for people. A call that is put off is to be made on `again_on`, at the local hour `again_at` if there is one."""

quarantine = Table(
    "quarantine",
    metadata,
    Column("case_id", words(400), primary_key=True),
    Column("id", words(700), primary_key=True),
    Column("name", words(200), nullable=False),
    Column("body", LargeBinary),
    Column("sha256", words(64), nullable=False),
    Column("error", Text, nullable=False),
    Column("received_at", MOMENT, nullable=False),
    Column("settled", words(16)),
)
"""Messages that could not be used, with their bytes; also those for cases that do not exist."""

documents = Table(
    "documents",
    metadata,
    Column("case_id", words(400), ForeignKey("cases.id"), primary_key=True),
    Column("name", words(400), primary_key=True),
    Column("media_type", words(100), nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("sha256", words(64), nullable=False),
)
"""Documents of a case, such as the invoice itself."""

papers = Table(
    "papers",
    metadata,
    Column("case_id", words(400), ForeignKey("cases.id"), primary_key=True),
    Column("sha256", words(64), primary_key=True),
    Column("name", words(400), nullable=False),
    Column("media_type", words(100), nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("about", words(200), nullable=False),
    Column("actor", words(200), nullable=False),
    Column("received_at", MOMENT, nullable=False),
)
"""What a debtor sent about a case, `about` one of his disputes: it goes to nobody by itself."""

starts = Table(
    "starts",
    metadata,
    Column("case_id", words(400), ForeignKey("cases.id"), primary_key=True),
    Column("created_at", MOMENT, nullable=False),
    Column("started_at", MOMENT),
)
"""Outbox of workflow starts: a row without `started_at` is swept up at the next start of a worker."""

unallocated_credits = Table(
    "unallocated_credits",
    metadata,
    Column("creditor", words(64), ForeignKey("creditors.id"), primary_key=True),
    Column("id", words(400), primary_key=True),
    Column("number", words(200), nullable=False),
    Column("issued_on", Date, nullable=False),
    Column("debtor", words(200), nullable=False),
    Column("amount_minor", BigInteger, nullable=False),
    Column("currency", words(3), nullable=False),
    Column("names", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("file", Text, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("sha256", words(64), nullable=False),
    Column("received_at", MOMENT, nullable=False),
    Column("case_id", words(400), ForeignKey("cases.id")),
    Column("allocated_at", MOMENT),
)
"""Credit notes that could not be booked on one invoice: held and shown, until `case_id` says on which they are."""

debtor_money = Table(
    "debtor_money",
    metadata,
    Column("creditor", words(64), ForeignKey("creditors.id"), primary_key=True),
    Column("debtor", words(200), primary_key=True),
    Column("id", words(400), primary_key=True),
    Column("of", words(400), nullable=False),
    Column("kind", words(16), nullable=False),
    Column("amount_minor", BigInteger, nullable=False),
    Column("currency", words(3), nullable=False),
    Column("credited_on", Date, nullable=False),
    Column("known_on", Date, nullable=False),
    Column("reference", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("case_id", words(400), ForeignKey("cases.id")),
    Column("recorded_at", MOMENT, nullable=False),
    Column("method", words(16)),
)
"""Payments of debtors that came without an invoice, and what became of them; append-only.

Signed entries of one payment share `of`, its id: `received` adds, `allocated` (to `case_id`), `refunded` and
`reversed` (by the bank) take away.
Their sum is what stands on no invoice.
"""

remarks = Table(
    "remarks",
    metadata,
    Column("case_id", words(400), ForeignKey("cases.id"), primary_key=True),
    Column("document", words(400), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("place", Text, nullable=False),
    Column("reason", Text, nullable=False),
)
"""What the checks had to say of a document when it came in: for people, and never sent along with it."""

mail_events = Table(
    "mail_events",
    metadata,
    Column("id", words(200), primary_key=True),
    Column("key", words(64), nullable=False),
    Column("kind", words(32), nullable=False),
    Column("reference", words(200), nullable=False),
    Column("at", MOMENT, nullable=False),
    Index("ix_mail_events_key", "key", "at"),
    Index("ix_mail_events_reference", "reference"),
)
"""What a mail provider told of mails, by the hash of the send key; also of keys that no delivery has."""

identity = Table(
    "identity",
    metadata,
    Column("row", Integer, primary_key=True, autoincrement=False),
    Column("id", words(32), nullable=False),
    Column("created_at", MOMENT, nullable=False),
    Column("epoch", BigInteger, nullable=False, server_default="0"),
)
"""Which case file this is, in one row: its id, made with the tables, and when it was last accepted (0: never)."""

secrets = Table(
    "secrets",
    metadata,
    Column("name", words(64), primary_key=True),
    Column("secret", words(200), nullable=False),
)
"""Secrets that belong to this case file and were made with it, by name."""

searched_runs = Table(
    "searched_runs",
    metadata,
    Column("run_id", words(64), primary_key=True),
    Column("case_id", words(400), nullable=False),
    Column("ended", words(32), nullable=False),
    Column("searched_at", MOMENT, nullable=False),
    Column("found", Integer, nullable=False),
    Column("rescued", Integer, nullable=False),
    Index("ix_searched_runs_case_id", "case_id"),
)
"""Runs of Temporal that ended from outside, whose whole histories were searched for messages: never read twice."""

taken_lists = Table(
    "taken_lists",
    metadata,
    Column("creditor", words(64), primary_key=True),
    Column("sha256", words(64), primary_key=True),
    Column("taken_at", MOMENT, primary_key=True),
    Column("name", Text, nullable=False),
    Column("invoices", Integer, nullable=False),
)
"""Lists of open items that were taken: by which one the cases of a creditor stand, when a later one is refused."""

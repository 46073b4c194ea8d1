import traceback
from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, event, insert, inspect, text
from sqlalchemy.exc import ArgumentError, IntegrityError, InternalError, OperationalError, SQLAlchemyError

from casefile import database as database_module
from casefile import tables as t
from casefile.all_tables import metadata
from casefile.case_file import CaseFile
from casefile.database import Database, _alembic, database_url
from casefile.intake_tables import standings
from casefile.payment_references import cases_with_reference
from casefile.payment_runs import payment_run_of
from casefile.standings import Standing, standings_since
from domain.blockers import HoldKind
from domain.facts import HoldPlaced
from domain.opening import open_case
from tests.casefile.builders import CASE, CREDITOR, DEBTOR, NOW, furnish, opened, reminders, url_of
from tests.casefile.disk import as_in_production
from tests.domain.builders import invoice
from tests.postgresql import PostgresqlServer

ADDRESS = "els@ochtend.example"


@pytest.fixture
def url(kept_in: str, tmp_path: Path, request: pytest.FixtureRequest) -> str:
    """A database without tables."""
    if kept_in == "postgresql":
        server: PostgresqlServer = request.getfixturevalue("postgresql")
        return server.blank()
    return f"sqlite:///{tmp_path / 'case-file.sqlite3'}"


@pytest.fixture
def whole(kept_in: str, tmp_path: Path, request: pytest.FixtureRequest) -> str:
    """A database with our tables, as they are made: a copy of one."""
    if kept_in == "postgresql":
        server: PostgresqlServer = request.getfixturevalue("postgresql")
        return server.fresh()
    return url_of(tmp_path / "case-file.sqlite3")


def migrate(of: str) -> None:
    Database(of).migrate()


def tables(of: str) -> list[str]:
    database = Database(of)
    names = sorted(inspect(database.engine).get_table_names())
    database.close()
    return names


def _is_of(connection: Connection) -> Callable[..., bool]:
    """Leaves out the indexes that only the other database has."""

    def of_this(found: object, name: str | None, kind: str, reflected: bool, _: object) -> bool:
        only = getattr(found, "_ddl_if", None) if kind == "index" and not reflected else None
        return only is None or only.dialect == connection.dialect.name

    return of_this


def differences(of: str) -> list[object]:
    """Between what the migrations made and what the code names."""
    database = Database(of)
    with database.read() as connection:
        options = {"compare_type": True, "compare_server_default": True, "include_object": _is_of(connection)}
        context = MigrationContext.configure(connection, opts=options)
        found: list[object] = compare_metadata(context, metadata)
    database.close()
    return found


# Migrations --------------------------------------------------------------------------------------------------


def test_the_migrations_make_the_tables_that_the_code_names(url: str, tmp_path: Path) -> None:
    migrate(url)
    assert differences(url) == []


def test_migrating_again_changes_nothing(url: str, tmp_path: Path) -> None:
    migrate(url)
    before = tables(url)
    migrate(url)
    assert tables(url) == before
    assert "facts" in before


def test_where_nothing_is_to_migrate_nobody_waits(tmp_path: Path) -> None:
    """Every command begins so, also while an import holds the file."""
    with opened(tmp_path / "f.sqlite3").database.write():
        opened(tmp_path / "f.sqlite3").database.migrate()


def test_migrations_go_down_and_up_again(whole: str, tmp_path: Path) -> None:
    before = tables(whole)
    database = Database(whole)
    database.migrate_down("0001")
    assert "facts" in tables(whole)
    database.migrate_down()
    assert tables(whole) == ["alembic_version"]
    database.migrate()
    database.close()
    assert tables(whole) == before
    assert differences(whole) == []


def test_a_delivery_from_before_its_proof_was_kept_stays_readable(whole: str, tmp_path: Path) -> None:
    """Migration 0004 adds columns that a worker of the version before leaves empty."""
    database = Database(whole)
    database.migrate_down("0003")
    row = {
        "key": "k", "message": "m", "step": "reminder", "issue": 1, "letter": "reminder", "channel": "email",
        "recipient": ADDRESS, "subject": "s", "media_type": "message/rfc822", "content": b"Beste Els",
        "sha256": sha256(b"Beste Els").hexdigest(), "filename_hint": "f", "status": "sent",
        "intended_at": NOW.isoformat(), "intended_real": NOW.isoformat(),
    }  # fmt: skip
    columns = ", ".join(row)
    with database.write() as connection:
        connection.execute(text(f"INSERT INTO deliveries ({columns}) VALUES (:{', :'.join(row)})"), row)
    database.migrate()
    with CaseFile(database).read() as transaction:
        stored = transaction.deliveries.delivery("k")
    database.close()
    assert stored is not None
    assert (stored.content, stored.status, stored.proof) == (b"Beste Els", "sent", None)


@pytest.mark.parametrize(("creditors", "whose"), [(("devaart",), "devaart"), (("devaart", "papierhuis"), "")])
def test_where_the_money_stood_is_his_who_was_the_only_creditor(
    whole: str, tmp_path: Path, creditors: tuple[str, ...], whose: str
) -> None:
    """Migration 0035; going back, what is kept by creditor is added up."""
    database = Database(whole)
    file = CaseFile(database)
    with file.write() as transaction:
        for each in creditors:
            transaction.parties.save_creditor(CREDITOR.model_copy(update={"id": each}))
        for each in ("devaart", "papierhuis"):
            row = {"day": NOW.date(), "of": "stage", "kind": "new", "currency": "EUR", "creditor": each}
            transaction.session.connection.execute(insert(standings), {**row, "number": 2, "open_minor": 100})
    database.migrate_down("0034")
    database.migrate()
    with file.read() as transaction:
        kept = standings_since(transaction.session, NOW.date())
    database.close()
    assert kept == (Standing(NOW.date(), "stage", "new", "EUR", whose, 4, 200),)


def test_cases_of_before_are_found_by_the_reference_that_their_payment_carries(whole: str, tmp_path: Path) -> None:
    database = Database(whole)
    file = CaseFile(database)
    with file.write() as transaction:
        furnish(transaction)
        owed = invoice(number="F-2").model_copy(update={"payment_reference": "+++010/8068/17183+++"})
        transaction.cases.open("case:devaart:2026-F-2", CREDITOR.id, open_case(owed, reminders(), NOW), NOW)
    database.migrate_down("0016")
    database.migrate()
    with file.read() as transaction:
        assert cases_with_reference(transaction.session, ["010806817183"]) == ("case:devaart:2026-F-2",)
    database.close()


def test_a_payment_run_that_one_case_was_told_before_becomes_one_of_the_debtor(whole: str, tmp_path: Path) -> None:
    """Migration 0027: the last word of a person, and none of the debtor himself."""
    database = Database(whole)
    file = CaseFile(database)
    with file.write() as transaction:
        furnish(transaction)
        for number, (pays_on, actor, hours) in enumerate((("5", "els", 2), ("25", "els", 3), ("9", "debtor", 4))):
            at = NOW + timedelta(hours=hours)
            own = {"id": f"hold:{number}", "hold": HoldKind.PAYMENT_RUN, "about": pays_on, "actor": actor}
            transaction.cases.append(CASE, (HoldPlaced.model_validate({**own, "at": at, "on": at.date()}),))
        kept = payment_run_of(transaction.session, CREDITOR.id, DEBTOR.id)
    database.migrate_down("0022")
    database.migrate()
    with file.read() as transaction:
        assert payment_run_of(transaction.session, CREDITOR.id, DEBTOR.id) == kept
    assert kept is not None and kept.day == 25
    database.close()


def test_a_migration_that_breaks_leaves_nothing_behind(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = Database(url)
    with pytest.raises(ZeroDivisionError), database.write() as connection:
        command.upgrade(_alembic(connection), "head")
        raise ZeroDivisionError
    assert tables(url) == []
    database.migrate()
    database.close()
    assert "facts" in tables(url)


def test_on_postgresql_ids_are_sorted_as_on_sqlite(whole: str, only_postgresql: None, tmp_path: Path) -> None:
    """By code point: the order of invoices in a letter must not depend on the language of a cluster."""
    database = Database(whole)
    query = "SELECT collation_name FROM information_schema.columns WHERE (table_name, column_name) = (%s, %s)"
    with database.read() as connection:
        for column in (("cases", "id"), ("cases", "number"), ("facts", "id"), ("deliveries", "key")):
            assert connection.exec_driver_sql(query, column).scalar() == "C"
    database.close()


# Transactions ------------------------------------------------------------------------------------------------


def test_an_acknowledged_row_survives_a_power_cut() -> None:
    """SQLite: with WAL, only synchronous=FULL (2) writes the log through to the disk at each commit."""
    with TemporaryDirectory() as folder, as_in_production():
        survives_on_sqlite(opened(Path(folder) / "f.sqlite3").database)


def survives_on_sqlite(database: Database) -> None:
    with database.read() as connection:
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1


def test_on_postgresql_too_whatever_is_set_for_the_role(url: str, only_postgresql: None, tmp_path: Path) -> None:
    database = Database(url)
    name = database.engine.url.database
    with database.write() as connection:
        connection.exec_driver_sql(f'ALTER DATABASE "{name}" SET synchronous_commit = off')
        connection.exec_driver_sql(f"""ALTER DATABASE "{name}" SET default_transaction_isolation = 'serializable'""")
    database.close()
    with database.write() as connection:
        assert connection.exec_driver_sql("SHOW synchronous_commit").scalar() == "on"
        assert connection.exec_driver_sql("SHOW transaction_isolation").scalar() == "read committed"
    with database.read() as connection:
        assert connection.exec_driver_sql("SHOW transaction_isolation").scalar() == "repeatable read"
        with pytest.raises(InternalError, match="read-only transaction"):
            connection.exec_driver_sql("CREATE TABLE x (y int)")
    with database.write() as connection:
        assert connection.exec_driver_sql("SHOW transaction_isolation").scalar() == "read committed"
    database.close()


def test_a_writer_locks_before_it_reads(tmp_path: Path, kept_in: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database_module, "BUSY_SECONDS", 0.01)
    database = opened(tmp_path / "f.sqlite3").database
    other = opened(tmp_path / "f.sqlite3").database
    if kept_in == "postgresql":
        event.listen(other.engine, "connect", lambda connection, _: connection.execute("SET lock_timeout = '1ms'"))
    with database.write() as connection:
        connection.exec_driver_sql("SELECT 1")
        with pytest.raises(OperationalError, match="lock"), other.write():
            raise AssertionError("nobody comes in here")
    with other.write():
        pass


def test_what_broke_a_transaction_is_what_one_hears_of(tmp_path: Path) -> None:
    database = opened(tmp_path / "f.sqlite3").database
    with pytest.raises(ZeroDivisionError), database.write() as connection:
        connection.exec_driver_sql("INSERT INTO creditors (id, body) VALUES ('x', '{}')")
        raise ZeroDivisionError
    with database.write() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM creditors").scalar() == 0


def test_a_row_without_its_case_is_refused_and_the_error_names_no_values(tmp_path: Path) -> None:
    """What stands in an error comes into logs and histories: never what was to be stored."""
    file = opened(tmp_path / "f.sqlite3")
    with pytest.raises(IntegrityError) as caught, file.write() as transaction:
        transaction.documents.save(f"case:{ADDRESS}", ADDRESS, "text/plain", b"x")
    assert ADDRESS not in "".join(traceback.format_exception(caught.value))
    with pytest.raises(IntegrityError) as caught, file.write() as transaction:
        transaction.session.connection.execute(insert(t.creditors), {"id": ADDRESS, "body": None})
    assert ADDRESS not in "".join(traceback.format_exception(caught.value))
    assert "null" in str(caught.value).lower(), "what is wrong is said all the same"


def test_after_an_error_the_next_transaction_works(tmp_path: Path) -> None:
    file = opened(tmp_path / "f.sqlite3")
    for _ in range(3):
        with pytest.raises(SQLAlchemyError), file.write() as transaction:
            transaction.session.connection.exec_driver_sql("SELECT nothing FROM nowhere")
    with file.write() as transaction:
        assert transaction.inbox.accept("case:a:1", "m1", "nudge", None, NOW)


# URLs --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_postgresql_may_be_spelled_in_three_ways(scheme: str) -> None:
    url = database_url(f"{scheme}://maanwerk:s%40cret@db:5433/cases?sslmode=require")
    assert url.render_as_string(hide_password=False) == (
        "postgresql+psycopg://maanwerk:s%40cret@db:5433/cases?sslmode=require"
    )


@pytest.mark.parametrize("url", ["mysql://db/cases", "postgresql+asyncpg://db/cases", "cases", ""])
def test_another_database_is_refused_and_one_is_told_what_to_write(url: str) -> None:
    with pytest.raises(ArgumentError) as caught:
        Database(url)
    if "://" in url:
        assert "write sqlite:///path or postgresql://user@host/database" in str(caught.value)

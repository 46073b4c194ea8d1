"""What comes back without our ids is looked up by an index: by address and time, or by the provider's name."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from casefile.case_file import CaseFile
from casefile.stray_bounces import StrayBounce, cases_written_to, served_by_name_or_time
from tests.casefile.builders import opened

AT = datetime(2026, 3, 10, 9, tzinfo=UTC)


@pytest.fixture
def file(kept_in: str, tmp_path: Path) -> CaseFile:
    return opened(tmp_path / "cases.sqlite3")


def add(file: CaseFile, rows: Sequence[Mapping[str, object]]) -> None:
    """Put deliveries into the file, with anything where nothing is said."""
    whole = [
        {
            **dict.fromkeys(("message", "step", "letter", "subject", "media_type", "sha256", "filename_hint"), "x"),
            **{"issue": 1, "content": b"", "status": "sent", "reference": None},
            **dict.fromkeys(("intended_at", "intended_real"), "2026-03-01T09:00:00+00:00"),
            **row,
        }
        for row in rows
    ]
    names = ", ".join(whole[0])
    values = ", ".join(f":{name}" for name in whole[0])
    with file.write() as transaction:
        transaction.session.connection.execute(text(f"INSERT INTO deliveries ({names}) VALUES ({values})"), whole)


def plan(file: CaseFile, where: str) -> str:
    """How the database would look up one of a thousand mails: among none, any index is as good to PostgreSQL."""
    mails = ({"key": f"k{n}", "recipient": f"to{n}@post.example", "reference": f"SG.{n}"} for n in range(1000))
    add(file, [{"channel": "email", **mail} for mail in mails])
    explain = "EXPLAIN QUERY PLAN" if file.database.engine.dialect.name == "sqlite" else "EXPLAIN"
    with file.database.write() as connection:
        connection.execute(text("ANALYZE deliveries"))
        return "\n".join(map(str, connection.execute(text(f"{explain} SELECT key FROM deliveries WHERE {where}"))))


def test_an_address_and_a_time_are_looked_up_by_the_index(file: CaseFile) -> None:
    where = "channel = 'email' AND lower(recipient) = 'els@ochtend.example' AND intended_real >= '2026-03-01'"
    assert "ix_deliveries_address" in plan(file, where)


def test_the_provider_s_name_is_looked_up_by_the_index(file: CaseFile) -> None:
    assert "ix_deliveries_reference" in plan(file, "channel = 'email' AND reference = 'SG.1'")


def test_a_long_postal_address_is_no_matter(file: CaseFile) -> None:
    address = "Straat 1\n" * 2000
    add(file, [{"key": "x", "channel": "post", "recipient": address}])
    assert cases_written_to(file, address) == ()


def test_who_was_never_written_to_is_nobody(file: CaseFile) -> None:
    assert served_by_name_or_time(file, StrayBounce("e1", "nobody@nowhere.example", None, AT)) is None
    assert served_by_name_or_time(file, StrayBounce("e2", "nobody@nowhere.example", "SG.9", AT)) is None

"""No case file is begun where one is only away."""

from pathlib import Path

import pytest

from casefile.case_file import CaseFile
from casefile.database import Database
from casefile.opening import NoCaseFile, is_new, open_case_file
from tests.casefile.builders import NOW, furnish


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "case-file.sqlite3"


def test_what_is_not_there_or_has_0_bytes_is_new(path: Path) -> None:
    url = f"sqlite:///{path}"
    assert is_new(url)
    path.touch()
    assert is_new(url)
    open_case_file(url, create=True).database.close()
    assert not is_new(url)


@pytest.mark.parametrize("url", ["postgresql://db.example/cases", "sqlite://", "sqlite:///:memory:", "no url"])
def test_what_is_no_file_is_never_new(url: str) -> None:
    assert not is_new(url)


@pytest.mark.parametrize("left", ["nothing", "0 bytes"])
def test_a_log_without_its_file_is_not_written_over(path: Path, left: str) -> None:
    """SQLite deletes the log when a new file is begun there; put the file back, and all is there."""
    database = Database(f"sqlite:///{path}")
    database.migrate()
    file = CaseFile(database)
    with file.write() as transaction:
        furnish(transaction)
        transaction.inbox.accept("case:a:1", "m1", "payment_received", b"{}", NOW)
    elsewhere = path.rename(path.with_name("elsewhere.sqlite3"))
    if left == "0 bytes":
        path.touch()
    with pytest.raises(NoCaseFile, match=r"what was last written into one \(.*-wal\): put the file back"):
        open_case_file(f"sqlite:///{path}", create=True)
    elsewhere.replace(path)
    again = open_case_file(f"sqlite:///{path}", create=True)
    with again.read() as transaction:
        assert len(transaction.cases.ids()) == 1
        assert transaction.inbox.undelivered() == ("case:a:1",)
    again.database.close()
    database.close()

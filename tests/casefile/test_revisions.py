"""How far the tables are, on both databases."""

from pathlib import Path

import pytest

from casefile.opening import NoCaseFile
from casefile.revisions import revisions_of, take_back_to
from tests.casefile.builders import url_of


def test_tables_that_the_migrations_made_are_up_to_date(tmp_path: Path) -> None:
    have, latest = revisions_of(url_of(tmp_path / "f.sqlite3"))
    assert have == latest
    assert have is not None


@pytest.mark.parametrize("url", ["mysql://somewhere/x", "no url", "sqlite:////no/such/folder/f.sqlite3"])
def test_what_is_no_case_file_is_named_in_one_line(url: str) -> None:
    with pytest.raises(NoCaseFile) as read:
        revisions_of(url)
    with pytest.raises(NoCaseFile) as written:
        take_back_to(url, "base")
    assert str(read.value) == str(written.value)
    assert len(str(read.value).splitlines()) == 1

"""`maanwerk demo --live`: real time, a real server with its web page, and an end that needs nobody."""

import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.running import Run


@pytest.mark.long
def test_a_few_days_live(maanwerk: Run, tmp_path: Path) -> None:
    out = tmp_path / "out"
    ran = maanwerk("demo", "--live", "--no-wait", "--until", "2026-04-03", "--out", out)
    assert ran.code == 0
    assert re.search(r"Watch it here: http://127\.0\.0\.1:\d+/namespaces/default/workflows", ran.out)
    assert "How it stands after Fri 2026-04-03" in ran.out
    assert str(out / "report.html") in ran.out
    assert re.search(r"^(All 26|\d+ of 26) invoices end as in the virtual quarter", ran.out, re.MULTILINE)
    assert (out / "report.html").stat().st_size > 10_000
    # On which day a step falls hangs on the machine; that a payment is known and closes its case does not.
    with closing(sqlite3.connect(out / "case-file.sqlite3")) as file:
        paid = {row[0] for row in file.execute("SELECT number FROM cases WHERE closed = 'paid'")}
        views = file.execute("SELECT count(*) FROM cases WHERE view IS NOT NULL").fetchone()
    assert "261055" in paid
    assert views == (26,)


def test_a_last_day_outside_the_quarter_is_refused(maanwerk: Run, tmp_path: Path) -> None:
    for day in ("2026-07-01", "soon"):
        ran = maanwerk("demo", "--until", day, "--out", tmp_path / "out")
        assert ran.code == 2
        assert "2026-04-01 to 2026-06-30" in ran.err
        assert not (tmp_path / "out").exists()

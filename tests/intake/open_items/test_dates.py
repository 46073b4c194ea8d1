"""Dates as they are written, and those that are refused."""

from datetime import date

import pytest

from tests.intake.open_items.rows import item, only_finding, read, refused, table
from tests.rows import in_rows


@pytest.mark.parametrize(
    "written",
    ["2026-03-20", "20-03-2026", "20/03/2026", "20.3.2026", "20260320", "2026/3/20", "2026-03-20 00:00:00"],
)
def test_a_date_is_read_in_every_usual_form(written: str) -> None:
    assert item(due=written).due == date(2026, 3, 20)


def test_the_day_always_comes_first() -> None:
    assert item(due="4/3/2026").due == date(2026, 3, 4)


def test_a_date_with_the_month_first_is_refused_and_explained() -> None:
    finding = refused(due="03/13/2026")
    assert "no month 13" in finding.reason
    assert "13/03/2026 or 2026-03-13" in finding.reason


def test_a_column_with_the_month_first_makes_its_other_dates_suspect() -> None:
    result = read(table({"due": "04/03/2026"}, {"due": "03/13/2026"}))
    assert [(finding.line, finding.severity) for finding in result.findings] == [(3, "warning"), (3, "error")]
    assert "check line 2" in result.findings[0].reason


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("46082", "day number of a spreadsheet"),
        ("30-02-2026", "does not exist"),
        ("15-03-1926", "check the year"),
        ("0000-00-00", "this is empty"),
        ("soon", "is not a date"),
        ("2026-03-20T23:30:00Z", "is not a date"),
        ("20-03/2026", "is not a date"),
    ],
)
def test_what_is_no_date_is_refused(written: str, said: str) -> None:
    assert said in refused(due=written).reason


def test_an_invoice_is_not_due_before_its_date() -> None:
    assert refused(invoice_date="2026-03-01", due="2026-02-28").column == "due"


@pytest.mark.parametrize("column", ["received_on", "last_contact_on", "notice_posted_on"])
def test_what_has_happened_lies_not_after_today(column: str) -> None:
    assert "lies after today" in refused(**{column: "2026-04-02", "notice_proof": ""}).reason


def test_an_invoice_of_tomorrow_is_read_with_a_warning() -> None:
    result = read(table({"invoice_date": "2026-04-02", "due": "2026-04-30"}))
    assert (len(result.items), only_finding(result).severity) == (1, "warning")


@in_rows(
    "written",
    [
        *(
            "3-apr-26",
            "3 april 2026",
            "03.04.26",
            "3-4-2026 0:00",
            "2026-04-03T00:00:00+02:00",
            "/Date(1775174400000)/",
        ),
        *("3 avril 2026", "3. April 2026", "3-4-2026 00:00:00", "4/3/26 12:00 AM"),
    ],
)
def test_a_day_is_read_as_people_and_programs_write_it(written: str) -> None:
    expected = date(2026, 3, 4) if written.startswith("4/3") else date(2026, 4, 3)
    assert item(due=written).due == expected


def test_a_year_of_two_digits_is_asked_about_once_where_it_may_come_first() -> None:
    result = read(table({"due": "25-9-26"}, {"due": "25-9-27"}))
    (finding,) = [each for each in result.findings if each.severity == "error"]
    assert (finding.line, finding.column, result.items) == (1, "due", ())
    assert len(read(table({"due": "25-9-26"}, {"due": "4-sep-26"})).items) == 2, "the column shows it"

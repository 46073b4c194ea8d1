"""docs/scale.md says what the calculation says, and the calculation what was reckoned by hand.

Prices are checked with the examples of Temporal's own page (documentation, cloud/pricing, read 2026-11-28).
"""

from __future__ import annotations

import pytest

from benchmarks.cloud_price import price_of_actions, price_of_month, price_of_storage
from benchmarks.portfolio_lives import PAYING, Lives, portfolio_lives
from benchmarks.scale import DOCUMENT, put_into, tables
from benchmarks.scale_constants import CONSTANTS
from benchmarks.scale_model import Scale, limits

BY_HAND = Lives(
    cases=100,
    by_steps={0: 50, 4: 50},
    handed_off=0,
    left=0,
    days_open=50.0,
    steps=2.0,
    sends=1.0,
    papers=0.0,
    enclosed=0.5,
    steps_while_open=1.0,
    busiest=0.5,
)
"""Half of the cases take four steps, half none; each is open for 50 days; every second step falls on one weekday."""


@pytest.fixture(scope="module")
def lives() -> Lives:
    return portfolio_lives()


def test_the_document_holds_the_tables_of_the_command(lives: Lives) -> None:
    document = DOCUMENT.read_text(encoding="utf-8")
    assert put_into(document, tables(lives)) == document, "python -m benchmarks.scale write"


def test_a_table_without_a_place_is_refused() -> None:
    with pytest.raises(ValueError, match="no place for a table: write <!-- load -->"):
        put_into("# Scale\n", {"load": "| a |"})


def test_each_table_has_its_own_place() -> None:
    document = "<!-- a -->\nold\n<!-- end -->\n<!-- b -->\n<!-- end -->\n"
    assert put_into(document, {"a": "A", "b": "B"}) == "<!-- a -->\nA\n<!-- end -->\n<!-- b -->\nB\n<!-- end -->\n"


@pytest.mark.parametrize(
    ("millions", "dollars"),
    [
        (0, 0),
        (5, 250),
        (10, 475),  # 5 × 50 + 5 × 45
        (11.25, 525),  # the example of the page: 250 + 225 + 50
        (200, 5925),  # 250 + 225 + 400 + 1050 + 1500 + 2500
        (300, 8425),  # no price is published above 200 M: at most 100 × 25 more
    ],
)
def test_actions_cost_what_the_published_tiers_say(millions: float, dollars: float) -> None:
    assert price_of_actions(millions * 1e6) == pytest.approx(dollars)


def test_storage_costs_what_the_published_example_says() -> None:
    assert price_of_storage(720, 3_600) == pytest.approx(34.02)


def test_a_month_leaves_out_what_the_plan_includes() -> None:
    month = price_of_month(4.5e6, 12.5e9, 1_100e9)
    assert month.actions == pytest.approx(100)  # 2.0 M × 50
    assert month.storage == pytest.approx(312.48 + 781.20)  # 10 GB × 744 h × 0.042, 1,000 GB × 744 h × 0.00105
    assert month.total == pytest.approx(100 + 1_093.68 + 500)


def test_the_plan_costs_a_tenth_of_a_large_bill() -> None:
    month = price_of_month(202.5e6, 0, 0)  # 200 M beyond the plan's
    assert month.plan == pytest.approx(592.50)


def test_a_morning_follows_from_how_long_cases_are_open() -> None:
    scale = Scale(1_000_000, BY_HAND)
    assert scale.opened_a_day == pytest.approx(20_000)  # 1,000,000 / 50
    assert scale.busiest_steps == pytest.approx(140_000)  # 20,000 × 7 days × 2 steps × 1/2
    assert scale.steps_a_second == pytest.approx(5.5556, abs=1e-3)  # over 25,200 s
    assert scale.steps_in_an_hour == pytest.approx(38.889, abs=1e-3)


def test_what_is_asked_too_much_of_grows_with_the_cases_and_stands_first() -> None:
    small, large = (limits(Scale(size, BY_HAND)) for size in (1_000_000, 10_000_000))
    assert [each.times for each in small] == sorted((each.times for each in small), reverse=True)
    assert {each.what: each.times for each in large} == pytest.approx({each.what: each.times * 10 for each in small})


def test_every_figure_says_whether_it_was_measured_and_how() -> None:
    assert len({each.name for each in CONSTANTS}) == len(CONSTANTS)
    for each in CONSTANTS:
        assert each.source
        if each.origin == "measured":
            assert "python -m benchmarks." in each.source or each.source.startswith("docs/")


def test_the_portfolio_pays_as_it_is_assumed_to(lives: Lives) -> None:
    assert sum(share for share, _, _ in PAYING) == pytest.approx(0.96)
    ended = sum(lives.by_steps.values())
    assert ended + lives.handed_off + lives.left == lives.cases
    # 55 of 100 pay by the due date, and no step but a call comes before it: at least so many end without one.
    assert lives.by_steps[0] / lives.cases > 0.5

"""One arrangement over several invoices: each instalment goes where a payment without a name would go (BW 6:43)."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from domain.instalment_plan import instalment_plan
from domain.law.allocation import OpenClaim, spread
from domain.money import Money
from domain.shared_arrangements import shares
from services.arranging import total_of
from tests.domain.builders import day, eur

ON = day("2026-09-01")


def claim(key: str, due: str, amount: str) -> OpenClaim:
    return OpenClaim(key, day(due), day(due) - timedelta(days=14), eur(amount))


def test_the_oldest_is_paid_first_and_an_instalment_may_pay_two() -> None:
    claims = [claim("old", "2026-07-01", "150.00"), claim("new", "2026-08-01", "150.00")]
    plan = instalment_plan(total_of(claims), ON, instalments=3, pay_day=15)
    found = shares(plan, claims)
    assert [each.amount.text for each in found["old"]] == ["100.00", "50.00"]
    assert [(str(each.due), each.amount.text) for each in found["new"]] == [
        ("2026-10-15", "50.00"),
        ("2026-11-16", "100.00"),
    ]


@given(
    st.lists(st.tuples(st.integers(1, 500_000), st.integers(0, 60)), min_size=1, max_size=6),
    st.integers(1, 24),
)
def test_shares_add_up_to_the_cent_both_ways_and_are_what_a_payment_would_pay(
    owed: list[tuple[int, int]], count: int
) -> None:
    claims = [
        OpenClaim(f"c{index}", ON - timedelta(days=age + 1), date(2026, 5, 1), Money.from_minor(minor, "EUR"))
        for index, (minor, age) in enumerate(owed)
    ]
    total = total_of(claims)
    plan = instalment_plan(total, ON, instalments=min(count, total.minor))
    found = shares(plan, claims)
    for each in claims:
        assert sum(part.amount.minor for part in found[each.key]) == each.open.minor
    for instalment in plan:
        parts = [part.amount.minor for of in found.values() for part in of if part.due == instalment.due]
        assert sum(parts) == instalment.amount.minor
    paid, _ = spread(plan[0].amount, claims, plan[0].due)
    assert dict(paid) == {key: of[0].amount for key, of in found.items() if of and of[0].due == plan[0].due}

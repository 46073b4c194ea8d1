"""The sums of the claim statement are those of the claim, to the cent."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from casefile.surroundings import surroundings_of
from domain import facts as f
from domain.bundle import Member
from domain.invoice import Kind, TermBasis
from domain.opening import open_case
from domain.policy import Policy
from services.handoffs.claimed import claimed_of
from services.reports.case_claim import read_claim
from tests.casefile.builders import CREDITOR, opened
from tests.domain.builders import Life, business_ladder, consumer_ladder, day, invoice, local

ladders = st.one_of(
    st.sampled_from(["from_notice_expiry", "at_handoff", "never"]).map(
        lambda charged: business_ladder(charge_costs=charged)
    ),
    st.sampled_from(["never", "with_notice"]).map(lambda forty: business_ladder(charge_40=forty)),
    st.sampled_from(["principal_first", "legal"]).map(lambda how: business_ladder(allocation=how)),
    st.sampled_from(["principal_first", "legal"]).map(lambda how: consumer_ladder(allocation=how)),
)
money = st.lists(
    st.tuples(
        st.sampled_from(["payment_received", "invoice_credited"]),
        st.integers(0, 75),
        st.sampled_from(["0.01", "10.00", "99.99", "333.33"]),
        st.integers(-9, 0),
    ),
    max_size=4,
)


def lived(ladder: Policy, amount: str, moved: list[tuple[str, int, str, int]]) -> tuple[Life, int | None]:
    """A case up to its hand-off, and how many facts it had just before that."""
    kind = Kind.CONSUMER if ladder.kind is Kind.CONSUMER else Kind.BUSINESS
    inv = invoice("2026-04-20", "2026-05-05", amount, kind).model_copy(update={"term_basis": TermBasis.AGREED})
    life = Life(ladder, inv, opened="2026-04-20")
    start = day("2026-05-06")
    for number, (name, after, part, known) in enumerate(sorted(moved, key=lambda each: each[1])):
        on = start + timedelta(days=after)
        if on > life.today:
            life.live(str(on - timedelta(days=1)))
        life.at(str(on), "08:00")
        told: dict[str, Any] = {"id": f"m{number}", "amount": part}
        if name == "payment_received":
            told["credited_on"] = str(on + timedelta(days=known))
        life.hear(name, told)
    for _ in range(30):
        life.live(str(life.today + timedelta(days=3)))
        life.hear("approve_handoff", {"actor": "j.devries"})
        if any(isinstance(each, f.StepTaken) and each.step_kind == "hand_off" for each in life.facts):
            break  # What follows it is claimed by nobody.
    handed = (n for n, each in enumerate(life.facts) if isinstance(each, f.StepTaken) and each.step_kind == "hand_off")
    return life, next(handed, None)


def test_what_is_claimed_at_the_hand_off_is_what_case_claim_says_of_that_day(tmp_path: Path) -> None:
    file = opened(tmp_path / "case-file.sqlite3")
    with file.write() as transaction:
        transaction.parties.save_creditor(CREDITOR)
    seen = 0

    @settings(max_examples=60, deadline=None, derandomize=True)
    @given(ladders, st.sampled_from(["249.00", "1000.00", "2420.00", "12345.67"]), money)
    def random(ladder: Policy, amount: str, moved: list[tuple[str, int, str, int]]) -> None:
        nonlocal seen
        life, place = lived(ladder, amount, moved)
        if place is None:
            return
        seen += 1
        handed = life.facts[place]
        version = ladder.model_copy(update={"version": seen})
        before = [*open_case(life.case.invoice, version, local("2026-04-20")), *life.facts[:place]]
        case_id = f"case:devaart:2026-F-{seen}"
        with file.write() as transaction:
            transaction.parties.save_policy(version)
            transaction.cases.open(case_id, CREDITOR.id, before, local("2026-04-20"))
            loaded = transaction.cases.load(case_id)
            step = next(s for s in version.steps if s.hand_off)
            leaving = Member(case_id, loaded.case, version, step, 1, surroundings_of(transaction, loaded))
            claimed = claimed_of(transaction, leaving, handed.on, {}, "nl")
            transaction.cases.append(case_id, (handed,))
            claim = read_claim(transaction, case_id, handed.at).claim
        said = (claimed.principal, claimed.interest, claimed.costs, claimed.total)
        assert said == (claim.open, claim.interest, claim.costs, claim.total)
        assert (
            sum((p.amount for p in claimed.interest_periods), claim.interest - claim.interest) == claimed.interest_run
        )

    random()
    assert seen > 20

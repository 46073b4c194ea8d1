"""A change of policy never repeats a class of letter that was sent, whatever its step is called."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain import facts as f
from domain.invoice import Kind, TermBasis
from domain.policy import Policy
from tests.domain.builders import Life, hand_off, invoice, policy, send

HOURS = {"holidays": "NL", "days": ["tue", "wed", "thu", "fri"], "until": "16:00"}


def ladder(name: str, ids: dict[str, str], **fields: Any) -> Policy:
    """One ladder with its steps under other ids."""

    def own(step: str) -> str:
        return ids.get(step, step)

    steps = policy(
        send(own("reminder"), {"after_due": "5d"}, letter="reminder"),
        send(own("second"), {"after_due": "9d"}, letter="second_reminder"),
        send(own("notice"), {"after_due": "14d"}, send=["post"], letter="notice", announces=["costs"], term="14d"),
        send(own("final"), {"term_expired": own("notice")}, letter="final_demand", claims="all"),
        hand_off({"after_previous": "10d", "term_expired": own("notice")}),
        **{"law": "NL", "kind": "consumer", "calendar": HOURS, **fields},
    )
    return steps.model_copy(update={"policy": name})


def life(rules: Policy, kind: Kind) -> Life:
    inv = invoice("2026-10-16", "2026-10-30", "249.00", kind).model_copy(update={"term_basis": TermBasis.AGREED})
    return Life(rules, inv, "2026-10-30")


def move(lived: Life, target: Policy) -> None:
    lived.lookup.policies[target.policy, target.version] = target
    assert lived.ask("change_policy", {"policy": target.policy}).refusal is None
    lived.policy = target


NAMES = st.dictionaries(
    st.sampled_from(("reminder", "second", "notice", "final")),
    st.sampled_from(("a", "b", "c", "d", "letter14")),
    max_size=4,
).filter(lambda ids: len(set(ids.values())) == len(ids))


@settings(max_examples=60, deadline=None, derandomize=True)
@given(NAMES, st.sampled_from(("2026-11-05", "2026-11-11", "2026-11-20", "2026-12-05", "2026-12-09")), st.booleans())
def test_every_class_goes_once_whenever_the_policy_changes(ids: dict[str, str], on: str, consumer: bool) -> None:
    kind = Kind.CONSUMER if consumer else Kind.BUSINESS
    lived = life(ladder("old", {}, kind=kind.value), kind)
    alone = [entry[:10] for entry in life(lived.policy, kind).live("2027-02-15").steps]
    lived.live(on)
    move(lived, ladder("new", ids, kind=kind.value))
    lived.live("2027-02-15")
    assert [entry[:10] for entry in lived.steps] == alone


def test_the_term_of_the_letter_goes_on_under_its_new_id() -> None:
    lived = life(ladder("old", {}), Kind.CONSUMER).live("2026-11-20")
    move(lived, ladder("new", {"notice": "letter14"}))
    assert lived.live("2027-02-15").steps == [
        "2026-11-04 reminder",
        "2026-11-10 second",
        "2026-11-13 letter14",
        "2026-12-04 final",
        "2026-12-15 handoff",
    ]


def test_a_letter_that_became_void_is_given_again_under_the_new_id() -> None:
    lived = life(ladder("old", {}), Kind.CONSUMER).live("2026-11-20")
    move(lived, ladder("new", {"notice": "letter14"}))
    lived.hear("invoice_credited", {"id": "c1", "amount": "49.00", "kind": "correction"})
    lived.live("2026-11-27")
    letters = [x for x in lived.facts if isinstance(x, f.StepTaken) and x.legal == "cost_notice"]
    assert [(x.step, x.issue) for x in letters] == [("notice", 1), ("letter14", 2)]


@pytest.mark.parametrize("kind", list(Kind))
def test_a_plain_notice_is_no_14_day_letter(kind: Kind) -> None:
    lived = life(ladder("old", {}, charge_costs="never", kind=kind.value), kind).live("2026-11-20")
    move(lived, ladder("new", {"notice": "letter14"}, kind=kind.value))
    lived.live("2027-02-15")
    # A notice that announced no costs opens no gate to them: the consumer still gets the letter that does.
    notices = [x.step for x in lived.facts if isinstance(x, f.StepTaken) and x.term_days]
    assert notices == (["notice", "letter14"] if kind is Kind.CONSUMER else ["notice"])

"""A policy as a whole: what no single field can show."""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from domain.policy import Policy
from domain.policy_check import check_policy
from policies.load import part_of, policy_of
from policies.yaml_source import Document, load_yaml_file
from tests.domain.builders import business_ladder, call, hand_off, policy, send
from tests.rows import in_rows

LETTERS = (
    "reminder",
    "second",
    "notice",
    "first_reminder",
    "final_demand",
    "final_words",
    "generic",
    "one",
    "two",
)
ONE = send("one", {"after_due": "5d"})
NOTICE = send("notice", {"after_due": "9d"}, term="14d")


def findings(ladder: Policy) -> list[tuple[str, tuple[str | int, ...], str]]:
    return [(found.severity, found.loc, found.message) for found in check_policy(ladder, LETTERS)]


HOURS = {"holidays": "NL", "days": ["tue", "wed", "sat"], "from": "07:00", "until": "20:00"}
LETTER = send("notice", {"after_due": "14d"}, send=["post", "email"], announces=["costs"], term="14d")
FINAL = send("final_demand", {"term_expired": "notice"}, claims="all", announces=["handoff"])
LAST = hand_off({"after_previous": "7d", "term_expired": "notice"})
FIRST = send("first_reminder", {"after_due": "5d"}, announces=["interest", "costs"], term="14d")
BELGIAN_NOTICE = send(
    "notice", {"term_expired": "first_reminder"}, send=["post"], claims="all", announces=["handoff"], term="15d"
)


def dutch(*steps: dict[str, Any], **fields: Any) -> Policy:
    """A ladder for Dutch consumers."""
    return policy(*steps, **{"law": "NL", "kind": "consumer", "calendar": HOURS, **fields})


def belgian(*steps: dict[str, Any], **fields: Any) -> Policy:
    """A ladder for Belgian consumers."""
    return policy(*steps, **{"law": "BE", "kind": "consumer", "calendar": {**HOURS, "holidays": "BE"}, **fields})


GOOD = [
    business_ladder(),
    dutch(send("reminder", {"after_due": "5d"}, default_term="14d"), LETTER, FINAL, LAST),
    # Without costs nothing needs the 14-day letter; the notice names the hand-off, which claims nothing more.
    dutch(
        send("notice", {"after_due": "9d"}, announces=["handoff"], term="14d"),
        hand_off({"term_expired": "notice"}, claims="principal"),
    ),
    dutch(send("final_demand", {"after_due": "5d"}, claims="all"), charge_costs="never"),
    belgian(send("one", {"before_due": "3d"}), FIRST, BELGIAN_NOTICE, hand_off({"term_expired": "notice"})),
    # The last days are counted over the calls in between.
    dutch(
        LETTER,
        FINAL,
        call("call", {"after_previous": "5d"}),
        hand_off({"after_previous": "2d", "term_expired": "notice"}),
    ),
    dutch(LETTER, {**FINAL, "term": "7d"}, LAST),
]


REFUSED_BY_LETTERS = [
    # Found: the check passed them, the letters refused them, and the ladder stopped without a word.
    (dutch(send("reminder", {"after_due": "5d"}, claims="principal+interest")), "claims", "principal only"),
    (dutch(send("reminder", {"after_due": "5d"}, claims="all"), charge_costs="never"), "claims", "principal only"),
    (policy(send("reminder", {"after_due": "5d"}, announces=["handoff"])), "announces", "nothing follows"),
    (dutch(LETTER, {**FINAL, "when": {"term_expired": "notice"}}), "announces", "nothing follows"),
    (policy(send("notice", {"after_due": "9d"})), 0, "gives a term and this step has none"),
    (policy(send("one", {"after_due": "9d"}, letter="first_reminder")), "letter", "gives a term"),
    (policy(send("sorry", {"after_due": "9d"}, letter="apology")), "letter", "answers something that happened"),
    (policy(send("ask", {"after_due": "9d"}, letter="service_mail")), "letter", "before the due date"),
    (
        policy(send("first_reminder", {"after_due": "9d"}, term="14d"), kind="business"),
        0,
        "a business gets letter 'notice'",
    ),
    (
        dutch({**LETTER, "letter": "reminder"}, {**FINAL, "announces": []}),
        "letter",
        "give `letter: notice`",
    ),
]
ALL_LETTERS = (*LETTERS, "apology", "service_mail")


@in_rows(("ladder", "key", "says"), REFUSED_BY_LETTERS, ids=lambda row: row[-1])
def test_what_no_letter_could_say_is_an_error_of_the_policy(ladder: Policy, key: str | int, says: str) -> None:
    errors = [found for found in check_policy(ladder, ALL_LETTERS) if found.severity == "error"]
    assert [found.loc[-1] for found in errors] == [key]
    assert says in errors[0].message


@pytest.mark.parametrize("ladder", GOOD, ids=[str(number) for number in range(len(GOOD))])
def test_a_good_policy_has_no_findings(ladder: Policy) -> None:
    assert findings(ladder) == []


CASES: list[tuple[Policy, tuple[str | int, ...], str]] = [
    (policy(ONE, ONE), ("steps", 1, "id"), "used twice"),
    (policy(NOTICE, ONE), ("steps", 1, "when"), r"day \+5 from due, before the step above it on day \+9"),
    (
        policy(ONE, send("two", {"before_due": "5d"})),
        ("steps", 1, "when"),
        r"day -5 from due, before the step above it on day \+5",
    ),
    (policy(ONE, hand_off({"after_due": "30d"}), law="NL"), ("steps", 1, "when"), "hand-off without a notice"),
    (
        policy(ONE, hand_off({"term_expired": "notice"}, claims="principal")),
        ("steps", 1, "when", "term_expired"),
        "no step 'notice'",
    ),
    (
        policy(ONE, hand_off({"term_expired": "one"}, claims="principal")),
        ("steps", 1, "when", "term_expired"),
        "sets no term",
    ),
    (
        policy(send("one", {"term_expired": "notice"}), NOTICE),
        ("steps", 0, "when", "term_expired"),
        "comes after this one",
    ),
    (
        dutch(send("one", {"after_due": "1d"}, term="8d")),
        ("steps", 0, "term"),
        "at least 14 days .BW 6:96 lid 6.; this",
    ),
    (policy(hand_off({"after_due": "1d"}, claims="principal"), NOTICE), ("steps", 1), "can't be reached"),
    (policy(send("one", {"after_due": "1d"}, repeat={"every": "7d"}), NOTICE), ("steps", 0, "repeat"), "without end"),
    (policy(send("one", {"after_due": "1d"}, letter="poem")), ("steps", 0, "letter"), "unknown letter 'poem'"),
    (
        policy(send("one", {"after_due": "1d"}, **{"if": {"open_at_least": "5", "open_below": "5"}})),
        ("steps", 0, "if"),
        "never met",
    ),
    # When consumers may be reached: Besluit kwaliteit incassodienstverlening art. 4.2.
    (
        dutch(ONE, calendar={**HOURS, "from": "06:59"}),
        ("calendar", "from"),
        "not reached before 07:00; this says 06:59",
    ),
    (
        dutch(ONE, calendar={**HOURS, "until": "20:01"}),
        ("calendar", "until"),
        "not reached after 20:00; this says 20:01",
    ),
    (dutch(ONE, calendar={**HOURS, "days": ["sat", "sun"]}), ("calendar", "days"), "on Sundays"),
    # The 14-day letter: BW 6:96 lid 6, and what practice.md strikes down.
    (dutch({**LETTER, "term": "13d"}), ("steps", 0, "term"), "at least 14 days"),
    (dutch({**LETTER, "send": ["email"]}), ("steps", 0, "send"), "no proof"),
    (dutch({**LETTER, "claims": "principal+interest"}), ("steps", 0, "claims"), "a second amount"),
    (dutch({**LETTER, "claims": "all"}), ("steps", 0, "claims"), "a second amount"),
    (dutch(send("one", {"after_due": "1d"}, announces=["costs"])), ("steps", 0, "announces"), "only the 14-day letter"),
    (dutch(send("one", {"after_due": "1d"}, claims="all"), LETTER), ("steps", 0, "claims"), "costs are due only after"),
    (
        dutch(LETTER, send("one", {"after_due": "40d"}, claims="all")),
        ("steps", 1, "claims"),
        "costs are due only after",
    ),
    (
        dutch({**LETTER, "announces": ["interest"]}, {**FINAL, "announces": []}),
        ("steps", 1, "claims"),
        "would claim nothing more: costs are due only after",
    ),
    (dutch(send("one", {"after_due": "1d"}, default_term="8d")), ("steps", 0, "default_term"), "at least 14 days"),
    (dutch(LETTER, {**FINAL, "term": "6d"}, LAST), ("steps", 1, "term"), "at least 7 days"),
    # The free first reminder: Book XIX WER.
    (belgian({**FIRST, "term": "13d"}), ("steps", 0, "term"), r"at least 14 days \(Book XIX WER\)"),
    (belgian({**FIRST, "claims": "principal+interest"}), ("steps", 0, "claims"), "first reminder is free"),
    (belgian(ONE, {**FIRST, "when": {"after_due": "9d"}}), ("steps", 1), "'one' asks for money before"),
    (belgian(send("one", {"after_due": "1d"}, claims="all")), ("steps", 0, "claims"), "nothing but the principal"),
    (
        policy(send("final_words", {"after_due": "1d"}, repeat={"every": "7d", "at_most": "2"})),
        ("steps", 0, "repeat"),
        "the last goes once",
    ),
]

WARNINGS: list[tuple[Policy, tuple[str | int, ...], str]] = [
    (dutch(ONE, calendar=None), ("calendar",), "any day but Sundays and holidays"),
    (dutch(ONE, calendar={**HOURS, "holidays": "none"}), ("calendar",), "on holidays"),
    (dutch(LETTER, {**LAST, "when": {"term_expired": "notice"}}), ("steps", 1), "final demand"),
    (
        dutch(LETTER, FINAL, {**LAST, "when": {"after_previous": "6d", "term_expired": "notice"}}),
        ("steps", 2),
        "7 days",
    ),
    (policy(ONE, charge_40="with_notice"), ("charge_40",), "does nothing without a law"),
    (policy(ONE, allocation="legal"), ("allocation",), "does nothing without a law"),
    (policy(send("one", {"after_due": "1d"}, claims="all")), ("steps", 0, "claims"), "only the principal is owed"),
    (
        policy(send("one", {"after_due": "1d"}, default_term="8d"), law="NL", kind="business"),
        ("steps", 0, "default_term"),
        "does nothing for a business",
    ),
    (belgian({**ONE, "default_term": "14d"}), ("steps", 0, "default_term"), "but under Dutch law"),
]


@pytest.mark.parametrize(("ladder", "loc", "says"), WARNINGS, ids=[says for _, _, says in WARNINGS])
def test_a_policy_that_is_doubtful_is_told_where(ladder: Policy, loc: Any, says: str) -> None:
    found = check_policy(ladder, LETTERS)
    assert [(f.severity, f.loc) for f in found] == [("warning", loc)]
    assert re.search(says, found[0].message)


@in_rows(("ladder", "loc", "says"), CASES, ids=lambda row: row[-1])
def test_a_policy_that_makes_no_sense_is_told_where(ladder: Policy, loc: Any, says: str) -> None:
    found = check_policy(ladder, LETTERS)
    assert [(f.severity, f.loc) for f in found] == [("error", loc)]
    assert re.search(says, found[0].message)


def _inline_policies() -> dict[str, Document]:
    """The policies that shipped scenarios write out themselves, by the name of the scenario."""
    found = {}
    for entry in sorted((files("samples") / "scenarios").iterdir(), key=lambda each: each.name):
        document = load_yaml_file(Path(str(entry)))
        if isinstance(document.tree, dict) and isinstance(document.tree.get("policy"), dict):
            found[entry.name] = part_of(document, "policy")
    return found


INLINE = _inline_policies()


def test_the_worked_cases_write_out_their_policies() -> None:
    assert {"s1-business.yaml", "s2-consumer.yaml", "s15-belgian-consumer-post.yaml"} <= set(INLINE)


@in_rows("name", INLINE)
def test_the_policy_of_a_worked_case_has_no_errors(name: str) -> None:
    assert policy_of(INLINE[name]).errors == ()


def test_a_step_without_a_letter_of_its_name_gets_a_warning() -> None:
    assert [(s, loc) for s, loc, _ in findings(policy(send("hello", {"after_due": "1d"})))] == [
        ("warning", ("steps", 0))
    ]


def test_a_business_may_have_a_term_of_eight_days() -> None:
    assert findings(policy(send("one", {"after_due": "1d"}, term="8d"), kind="business")) == []


def test_a_call_needs_no_letter() -> None:
    assert findings(policy(call("phone", {"after_due": "1d"}))) == []


def test_a_task_of_the_policy_is_none_of_our_own() -> None:
    found = check_policy(policy(call("c", {"after_due": "1d"}, task="overpayment")), LETTERS)
    assert [(f.severity, f.loc) for f in found] == [("error", ("steps", 0, "task"))]


def test_the_forty_of_a_late_business_must_be_asked_by_a_notice() -> None:
    asks = [
        dutch(send("notice", {"after_due": "28d"}, claims=claims, term="14d"), kind="business", charge_40="with_notice")
        for claims in ("principal+interest", "all")
    ]
    message = "no notice asks for the 40.00; give the notice `claims: all`"
    assert [[found for found in findings(each) if found[1] == ("charge_40",)] for each in asks] == [
        [("warning", ("charge_40",), message)],
        [],
    ]

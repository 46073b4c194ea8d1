"""Policies drawn at random: plain ones with every rule drawn, and ones with Dutch or Belgian law."""

from functools import cache
from typing import Any

from hypothesis import strategies as st

from domain.policy import Policy
from policies.load import shipped_policy
from tests.choices import among

_BROKEN = ("none", "none", "notice", "handoff", "ring")
"""What a broken promise calls for: the next step, one of the ladder, or a task."""


def policy_of(fields: dict[str, Any], *steps: dict[str, Any]) -> Policy:
    """The policy of some fields and steps."""
    return Policy.model_validate({**fields, "steps": steps})


_PLAIN_STEPS: tuple[dict[str, Any], ...] = (
    {"id": "reminder", "when": {"after_due": "3d"}, "send": "email"},
    {"id": "call", "when": {"after_due": "8d"}, "task": "call", "wait_for_task": "4d", "if": {"open_at_least": "100"}},
    {"id": "second_reminder", "when": {"after_due": "9d", "after_previous": "2d"}, "send": ["email", "sms"]},
    {"id": "notice", "when": {"after_due": "16d"}, "send": ["post"], "term": "14d", "if": {"open_at_least": "50"}},
    {"id": "last", "when": {"after_previous": "6d"}, "send": "email", "repeat": {"every": "7d", "at_most": "3"}},
    {
        "id": "handoff",
        "when": {"term_expired": "notice"},
        "hand_off": "agency",
        "claims": "all",
        "approval": "required",
    },
)


HOURS = {"zone": "Europe/Amsterdam", "holidays": "NL", "days": ["tue", "wed", "thu", "fri"], "until": "16:00"}


def _with_law(draw: st.DrawFn) -> Policy:
    """A ladder with law, for consumers or businesses; a consumer's last demand goes with and without costs."""
    law = draw(among(("NL", "NL", "BE")))
    kind = draw(among(("consumer", "consumer", "business")))
    notice = {
        "id": "notice",
        "when": {"after_due": "14d"},
        "send": draw(_SENT),
        "letter": "notice",
        "announces": ["costs"],
        "term": "14d",
    }
    return policy_of(
        {
            "policy": f"{law.lower()}-{kind}",
            "law": law,
            "kind": kind,
            "calendar": HOURS,
            "spacing": draw(among(("0d", "3d"))),
            "bundle": draw(among(("debtor", "none"))),
            "allocation": draw(among(("principal_first", "legal"))),
            "charge_costs": draw(among(("from_notice_expiry", "from_notice_expiry", "at_handoff", "never"))),
            "charge_40": draw(among(("never", "with_notice"))),
            "promises": {"broken": draw(among(_BROKEN))},
            "habit_grace": draw(among(("0d", "0d", "10d"))),
            "check_register": draw(among(("none", "none", "notice", "handoff", "both"))),
            "remainder": {"interest_only": draw(among(("waive", "claim"))), "extras_below": "25.00"},
            "tolerance": draw(among(("0.00", "1.00"))),
            "two_people": draw(_TWO_PEOPLE),
        },
        {"id": "reminder", "when": {"after_due": "5d"}, "send": "email", "letter": "reminder"},
        notice,
        {"id": "final", "when": {"term_expired": "notice"}, "send": "email", "letter": "final_demand", "claims": "all"},
        *({"id": "stop", "when": {"after_previous": "1d"}, "task": "stop_supply"} for _ in range(draw(_COIN))),
        {
            "id": "handoff",
            "when": {"after_previous": "10d", "term_expired": "notice"},
            "hand_off": "agency",
            "claims": "all",
        },
    )


_COIN = st.integers(0, 1)
_SENT = st.sampled_from((["post"], ["post", "email"]))
_CALENDAR = st.sampled_from(
    ("off", {"zone": "Europe/Amsterdam", "holidays": "NL", "days": ["tue", "wed", "thu"], "until": "16:00"})
)
_TWO_PEOPLE = st.sampled_from(({}, {}, {"write_off": "100.00"}, {"write_off": "0.00", "handoff": "50.00"}))


@cache
@st.composite
def policies(draw: st.DrawFn) -> Policy:
    """The Dutch policy for businesses, one with law, or a plain one with every rule drawn."""
    which = draw(st.integers(0, 5))
    if which == 0:
        return shipped_policy("nl-business")
    if which <= 3:
        return _with_law(draw)
    chosen = [step for step in _PLAIN_STEPS if draw(st.integers(0, 4)) or step["id"] in ("notice", "reminder")]
    if chosen[-1]["id"] == "handoff" and draw(st.booleans()):
        chosen[-1] = {**chosen[-1], "approval": "none"}
    return policy_of(
        {
            "policy": "plain",
            "calendar": draw(_CALENDAR),
            "tolerance": draw(among(("0.00", "1.00"))),
            "spacing": draw(among(("0d", "2d", "5d"))),
            "bundle": draw(among(("debtor", "none"))),
            "two_people": draw(_TWO_PEOPLE),
            "catch_up": draw(among(("in_order", "latest", "skip"))),
            "after_hold": draw(among(("shift", "resume"))),
            "promises": {"broken": draw(among(_BROKEN[:3])), "grace": draw(among(("0", "1")))},
        },
        *chosen,
    )

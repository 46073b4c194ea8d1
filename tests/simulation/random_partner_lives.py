"""Random lives with a partner: all that he reports, in any order and twice, and what is done at home meanwhile."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import get_args

from hypothesis import strategies as st

from domain.facts import AgencyStatus, ClosingCode
from domain.invoice import Invoice, Kind, LegalStatus, TermBasis
from domain.money import Money
from simulation.agency_events import AgencyReport, Recall
from simulation.events import Credit, Event, Payment, Reversal, TaskDone
from simulation.scenario import Scenario
from simulation.scenario_invoice import ScenarioInvoice
from simulation.signing_events import WriteOff
from simulation.talk_events import Dispute, Promise, Resolve, Status
from tests.choices import among
from tests.simulation.random_policies import HOURS, policy_of
from tests.simulation.random_scenarios import START, UNTIL

HANDED_OFF = START + timedelta(days=20)
"""About when the first file leaves."""
_REPORTS = ("r1", "r2", "r3", "r4")
_OURS = ("p1", "p2")
_CODES: tuple[ClosingCode, ...] = get_args(ClosingCode)
_STANDS: tuple[AgencyStatus, ...] = (
    *("accepted", "accepted", "more_wanted", "arrangement", "paused", "resumed", "summons", "judgment", "seizure"),
    *("refused", "recalled", "closed", "closed"),
)
_LEAVING = ("refused", "recalled", "closed")
_FORMS = (
    *(["state"] * 6),
    *(["paid there"] * 5),
    *(["back there"] * 3),
    *("costs", "costs"),
    *("recall", "recall", "decided", "decided", "decided", "follow"),
    *("pay", "pay all", "reverse", "credit", "write off"),
    *("dispute", "resolve", "status", "promise"),
)

_WHICH_OF_THREE = st.sampled_from((0, 1, 2))


@st.composite
def partner_lives(draw: st.DrawFn) -> Scenario:
    """One to three invoices of one debtor that go to a partner, and what comes of them for half a year."""
    policy = policy_of(
        {
            "policy": "partner",
            "law": draw(among(("NL", None))),
            "kind": "business",
            "calendar": HOURS,
            "agency": {
                "answers_within": "5 banking days",
                "amicable_within": draw(among(("20d", "92d"))),
                "after_return": draw(among(("ask", "other_partner"))),
            },
        },
        {"id": "notice", "when": {"after_due": "2d"}, "send": "email", "letter": "notice", "term": "8d"},
        {"id": "handoff", "when": {"term_expired": "notice"}, "hand_off": "agency", "claims": "all"},
    )
    collected = []
    for index in range(draw(st.integers(1, 3))):
        issued = START + timedelta(days=draw(among((-30, -30, -30, 20))))
        invoice = Invoice(
            number=f"F-{index + 1}",
            debtor="ann",
            invoice_date=issued,
            due=issued + timedelta(days=30),
            amount=Money.from_minor(draw(among((10_000, 20_000))), "EUR"),
            legal_status=LegalStatus.of_kind(Kind.BUSINESS),
            term_basis=TermBasis.AGREED,
        )
        collected.append(ScenarioInvoice(invoice, policy))
    happened: list[Event] = []
    some = st.sampled_from(collected)
    for n in range(draw(st.integers(2, 14))):
        each = draw(some)
        late = 50 if each.invoice.invoice_date > START else 0
        on = HANDED_OFF + timedelta(days=late + draw(st.integers(0, 60)))
        event = _event(draw, each, on, f"e{n}")
        happened.append(event)
        if isinstance(event, AgencyReport) and event.status in _LEAVING and draw(st.booleans()):
            # A person sends it on to the next.
            soon = on + timedelta(days=draw(st.integers(0, 6)))
            happened.append(TaskDone(soon, f"d{n}", each.number, "decide_after_return"))
        if isinstance(event, AgencyReport) and draw(st.integers(0, 3)) == 0:
            # He tells it again, at once or later.
            again = on + timedelta(days=draw(st.integers(0, 5)))
            happened.append(replace(event, on=again, reported=event.reported or on))
    return Scenario("partner", "partner", START, UNTIL, tuple(collected), tuple(happened))


def _event(draw: st.DrawFn, each: ScenarioInvoice, on: date, own: str) -> Event:
    number, amount = each.number, each.invoice.amount
    part = Money.from_minor((amount.minor, amount.minor // 4, 4_321)[draw(_WHICH_OF_THREE)], "EUR")
    said = on - timedelta(days=draw(among((0, 0, 1, 3))))
    match draw(among(_FORMS)):
        case "state":
            status = draw(among(_STANDS))
            code = draw(among(_CODES)) if status == "closed" else None
            until = on + timedelta(days=20) if status == "paused" else None
            # What a court takes costs something.
            cost = part if status in ("summons", "seizure") else None
            return AgencyReport(on, own, number, status, None, cost, None, said, until, code, "", "NK-1")
        case "paid there":
            return AgencyReport(on, draw(among(_REPORTS)), number, "payment", None, part, None, said)
        case "back there":
            whole = draw(st.sampled_from((None, None, part)))
            of = draw(among(_REPORTS))
            return AgencyReport(on, own, number, "payment_reversed", None, whole, of, said)
        case "costs":
            return AgencyReport(on, own, number, "costs", None, part, None, said)
        case "recall":
            return Recall(on, own, number, draw(among(("disputed", "other_partner"))), "els")
        case "decided":
            return TaskDone(on, own, number, "decide_after_return")
        case "follow":
            return TaskDone(on, own, number, "let_follow")
        case "pay":
            return Payment(on, draw(among(_OURS)), number, part, None, said)
        case "pay all":
            # With interest and costs it is never more than twice.
            return Payment(on, own, number, amount + amount, None, said)
        case "reverse":
            return Reversal(on, own, number, draw(among(_OURS)), None)
        case "credit":
            return Credit(on, own, number, part, "correction")
        case "write off":
            return WriteOff(on, own, number, part, "els")
        case "dispute":
            return Dispute(on, own, number, "d1", "damaged", None, "els")
        case "resolve":
            return Resolve(on, own, number, "d1", "rejected", None)
        case "status":
            ended = draw(st.booleans())
            return Status(on, own, number, "debt_help", None, proven=True, ended=ended)
        case _:
            return Promise(on, own, number, own, on + timedelta(days=5), None, False, "els")

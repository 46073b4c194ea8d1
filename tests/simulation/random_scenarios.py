"""Random scenarios for properties: of every runner, so nothing in here looks at how one works.

A scenario has up to six invoices of up to three debtors, under a plain policy or one with Dutch or Belgian law, for
businesses or consumers, and up to twelve events of every form. Families have `debtor_spacing`, too.
"""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from functools import cache

from hypothesis import strategies as st

from domain.facts import AgencyStatus, ClosingCode
from domain.invoice import Invoice, Kind, LegalStatus, TermBasis
from domain.money import Money
from domain.statuses import StatusKind
from domain.terms import PLAIN_TERMS, CreditorTerms
from simulation.agency_events import AgencyReport, Recall
from simulation.events import (
    Approve,
    BankCovers,
    Credit,
    Event,
    Pause,
    Payment,
    Resume,
    ResumeSending,
    Reversal,
    StopSending,
    TaskDone,
)
from simulation.feedback_events import Delivery
from simulation.money_events import Allocate, Duplicate, Refund
from simulation.scenario import Scenario
from simulation.scenario_invoice import ScenarioInvoice
from simulation.signing_events import Sign, WriteOff
from simulation.talk_events import (
    Arrangement,
    ArrangementProposal,
    Dispute,
    EndArrangement,
    Hold,
    Promise,
    Resolve,
    Settlement,
    Status,
    Unhold,
    WithdrawPromise,
    WrittenInstalment,
)
from tests.choices import among
from tests.simulation.random_policies import HOURS, policies, policy_of

START = date(2026, 2, 16)
UNTIL = date(2026, 7, 31)

_TASKS = (
    "answer_proposal",
    "call",
    "review_dispute",
    "send_credit_note",
    "approve_handoff",
    "decide_next",
    "overpayment",
    "review_pause",
    *("call", "review_dispute", "send_credit_note", "approve_handoff", "decide_next", "overpayment", "review_pause"),
    "allocate_money",
)
_FORMS = (
    *("pay", "pay", "pay all", "pay debtor", "reverse", "credit", "pause", "resume", "approve", "done", "bank"),
    *("dispute", "resolve"),
    *("promise", "settlement", "withdraw promise"),
    *("hold", "unhold", "status", "status", "done too"),
    *("arrange", "arrange", "propose", "end arrangement"),
    *("pay named", "bounce", "refund", "refund loose", "reverse loose", "reverse loose", "allocate"),
    *("pay by", "pay run"),
    *("pay twice", "pay twice", "duplicate"),
    *("told", "told"),
    *("write off", "sign", "sign"),
    *("agency", "agency", "agency money", "agency money", "recall"),
)
"""What may happen, as often as it is named."""
_DISPUTES = ("d1", "d2")
_TASKS_OF_HOLDS = (
    "check_payment",
    "fix_contact",
    "fresh_look",
    "read_reply",
    "review_stop",
    "file_claim",
    "find_heirs",
    "check_register",
    "check_register",
    "answer_discharge",
    "stop_supply",
    "decide_after_return",
    "agency_silent",
)
_SMALL_HOLDS = (
    "payment_claimed",
    "payment_pending",
    "set_off",
    "invoice_not_received",
    "contact_changed",
    "post_returned",
    "inbox_unread",
)
_AGENCY: tuple[AgencyStatus, ...] = (
    *("accepted", "accepted", "refused", "more_wanted", "arrangement", "paused", "resumed", "summons", "closed"),
    "recalled",
)
_ARRANGEMENTS = ("a1", "a2", "a3")
_PAYMENT_IDS = ("p1", "p2", "p3")


# A strategy that is made anew for each draw is looked through anew, which takes longer than the draw.


@cache
def amounts(most: int = 40_000) -> st.SearchStrategy[Money]:
    """Amounts in euros; often one that makes a payment exact."""
    cents = st.one_of(st.sampled_from((1, 100, 10_000, 25_000)), st.integers(1, most))
    return cents.map(lambda minor: Money.from_minor(minor, "EUR"))


_PERHAPS = st.none() | amounts()


@cache
def _days(first: date = START, last: date = UNTIL - timedelta(days=30)) -> st.SearchStrategy[date]:
    return st.dates(first, last)


_CONSUMER = LegalStatus.of_kind(Kind.CONSUMER)
_STATUSES = st.sampled_from((LegalStatus.of_kind(Kind.BUSINESS), _CONSUMER, _CONSUMER, LegalStatus()))
_ISSUED = st.dates(START - timedelta(days=45), START + timedelta(days=20))
_RULES = st.lists(policies(), min_size=1, max_size=2)


_TERMS = (
    PLAIN_TERMS,
    CreditorTerms.model_validate({"mail": [{"days": 2}], "damages_clause": "legal_maximum", "interest_clause": True}),
    CreditorTerms(damages_clause="legal_maximum", interest_clause=True, clauses_reviewed_on=START),
    CreditorTerms(contract_rate=Decimal("12"), vat_on_costs=True),
)


@cache
@st.composite
def invoices(draw: st.DrawFn) -> tuple[ScenarioInvoice, ...]:
    """One to six invoices of one to three debtors, all under one policy or two."""
    rules = st.sampled_from(draw(_RULES))
    found = []
    for index in range(draw(st.integers(1, 6))):
        issued = draw(_ISSUED)
        due = issued + timedelta(days=draw(among((0, 8, 14, 30))))
        invoice = Invoice(
            number=f"F-{index + 1}",
            debtor=draw(among(("ann", "bob", "cas"))),
            invoice_date=issued,
            due=due,
            amount=draw(amounts()),
            legal_status=draw(_STATUSES),
            term_basis=draw(among((TermBasis.AGREED, TermBasis.AGREED, TermBasis.PRINTED))),
            contract=draw(among((None, None, "rent"))),
        )
        found.append(ScenarioInvoice(invoice, draw(rules)))
    return tuple(found)


@st.composite
def events(draw: st.DrawFn, collected: tuple[ScenarioInvoice, ...]) -> tuple[Event, ...]:
    """Up to twelve events of every form, each after the date of its invoice."""
    found: list[Event] = []
    some = st.sampled_from(collected)
    for index in range(draw(st.integers(0, 12))):
        each = draw(some)
        on = draw(_days(max(START, each.invoice.invoice_date)))
        if draw(st.integers(0, 11)) == 0:
            found.append(_over_several(draw, collected, each.number, on, f"e{index}"))
        else:
            found.append(_event(draw, each, on, f"e{index}"))
    return tuple(found)


def _event(draw: st.DrawFn, each: ScenarioInvoice, on: date, own: str) -> Event:
    number, amount = each.number, each.invoice.amount
    form = draw(among(_FORMS))
    match form:
        case "pay":
            # The same id again is the same payment, whatever it says.
            payment = draw(among(_PAYMENT_IDS))
            return Payment(on, payment, number, draw(amounts()), None, on - timedelta(days=draw(st.integers(0, 2))))
        case "pay twice":
            # Of the amount that another source tells of too, as often as not within three days.
            source = draw(among(("bank", "mollie")))
            credited = on - timedelta(days=draw(st.integers(0, 2)))
            return Payment(on, f"{source}:{own}", number, Money(Decimal("25.00"), "EUR"), None, credited)
        case "duplicate":
            return Duplicate(on, own, number, draw(among(("one", "two"))))
        case "pay all":
            return Payment(on, own, number, amount)
        case "pay debtor":
            return Payment(on, own, None, draw(amounts(90_000)), each.invoice.debtor)
        case "pay by":
            # All of it or a part, in a way that may be taken back; some think that it settles everything.
            method = draw(among(("sdd_core", "sdd_core", "wero", "sdd_b2b", "ideal", "")))
            told = draw(among(("", "tegen finale kwijting")))
            return Payment(
                on, draw(among(_PAYMENT_IDS)), number, draw(st.sampled_from((amount, draw(amounts())))),
                reference=told, method=method,
            )  # fmt: skip
        case "pay run":
            who = draw(among(("", "debtor", "els", "els")))
            return Hold(on, own, number, "payment_run", None, who, None, draw(st.integers(1, 31)))
        case "reverse":
            part = draw(_PERHAPS)
            return Reversal(on, own, number, draw(among(_PAYMENT_IDS)), part)
        case "credit":
            part_of = draw(among((1, 2, 4)))
            credit = Money(max(Decimal("0.01"), (amount.amount / part_of).quantize(Decimal("0.01"))), "EUR")
            return Credit(on, own, number, credit, draw(among(("correction", "return", "rebate"))))
        case "pay named":
            named = draw(among((number, "F-1", "F-2 / F-3", "dank u")))
            return Payment(on, own, None, draw(amounts(90_000)), each.invoice.debtor, None, named)
        case "bounce":
            reason = draw(among(("AM04", "MD06", "AC04")))
            return Reversal(on, own, number, draw(among(_PAYMENT_IDS)), None, reason)
        case "refund":
            of = draw(among((None, None, *_PAYMENT_IDS)))
            return Refund(on, own, number, draw(amounts()), None, of)
        case "reverse loose":
            part = draw(_PERHAPS)
            of = draw(among((*_PAYMENT_IDS, f"e{draw(st.integers(0, 11))}")))
            return Reversal(on, own, None, of, part, "", each.invoice.debtor)
        case "refund loose":
            return Refund(on, own, None, draw(amounts()), each.invoice.debtor)
        case "allocate":
            part = draw(_PERHAPS)
            return Allocate(on, own, number, f"e{draw(st.integers(0, 11))}", part)
        case "pause":
            length = draw(st.none() | st.integers(1, 30))
            return Pause(on, own, number, None if length is None else on + timedelta(days=length))
        case "resume":
            return Resume(on, own, number)
        case "approve":
            return Approve(on, own, number, "handoff", draw(among(("", "els", "jan"))))
        case "write off":
            return WriteOff(on, own, number, draw(amounts()), draw(among(("els", "jan"))))
        case "sign":
            outcome = draw(among(("confirmed", "confirmed", "refused")))
            return Sign(on, own, number, outcome, draw(among(("els", "jan", "ELS "))))
        case "dispute":
            actor = draw(among(("", "els")))
            return Dispute(on, own, number, draw(among(_DISPUTES)), "damaged", draw(_PERHAPS), actor)
        case "resolve":
            outcome = draw(among(("upheld", "partly", "rejected", "rejected", "withdrawn")))
            right = draw(amounts()) if outcome == "partly" else None
            return Resolve(on, own, number, draw(among((None, *_DISPUTES))), outcome, right)
        case "promise":
            part, who = draw(_PERHAPS), draw(among(("", "els")))
            by = on + timedelta(days=draw(st.integers(-1, 14)))
            return Promise(on, own, number, draw(among(("w1", own))), by, part, draw(st.booleans()), who)
        case "withdraw promise":
            return WithdrawPromise(on, own, number, draw(among((None, "w1"))), draw(st.booleans()), "els")
        case "settlement":
            by = on + timedelta(days=draw(st.integers(0, 20)))
            least = Money((amount.amount / 2).quantize(Decimal("0.01")) + Decimal("0.01"), "EUR")
            return Settlement(on, own, number, draw(among(("s1", own))), by, least, "bos", "els")
        case "hold":
            kind = draw(among(_SMALL_HOLDS))
            length = draw(st.none() | st.integers(1, 20))
            until = None if length is None else on + timedelta(days=length)
            return Hold(on, own, number, kind, until, draw(among(("", "debtor", "els"))))
        case "unhold":
            return Unhold(on, own, number, draw(among((*_SMALL_HOLDS, "payment_run"))))
        case "status":
            status = draw(among(("debt_help", "debt_help", "bankruptcy", *StatusKind)))
            since = draw(st.none() | st.integers(-2, 30))
            return Status(
                on,
                own,
                number,
                str(status),
                None if since is None else on - timedelta(days=since),
                proven=draw(st.booleans()),
                ended=draw(st.integers(0, 2)) == 0,
            )
        case "done too":
            return TaskDone(on, own, number, draw(among(_TASKS_OF_HOLDS)))
        case "arrange":
            # Mostly of all that was invoiced: the principal, as long as nothing was paid.
            total = draw(st.sampled_from((amount, amount, amount, draw(amounts()))))
            return _arrangement(draw, number, total, on, own)
        case "propose":
            return ArrangementProposal(on, own, number, draw(among(("", "els"))))
        case "told":
            step = draw(st.sampled_from([rung.id for rung in each.policy.steps if rung.send]))
            status = draw(among(("bounced", "bounced", "unreached", "unreached", "sender_refused", "delivered")))
            return Delivery(on, own, number, step, status, draw(among((None, None, "email", "sms", "post"))))
        case "agency":
            status = draw(among(_AGENCY))
            codes: tuple[ClosingCode, ...] = ("paid", "uncollectable", "other")
            code = draw(among(codes)) if status == "closed" else None
            until = on + timedelta(days=20) if status == "paused" else None
            said = on - timedelta(days=draw(st.integers(0, 3)))
            return AgencyReport(on, own, number, status, None, None, None, said, until, code)
        case "recall":
            return Recall(on, own, number, "disputed", draw(among(("", "els"))))
        case "agency money":
            payment = draw(among(_PAYMENT_IDS))
            if draw(st.integers(0, 3)) == 0:
                return AgencyReport(on, own, number, "payment_reversed", None, draw(_PERHAPS), payment)
            part = draw(st.sampled_from((amount, draw(amounts()))))
            return AgencyReport(on, payment, number, draw(among(("payment", "payment", "costs"))), None, part)
        case "end arrangement":
            return EndArrangement(on, own, number, draw(among((None, None, *_ARRANGEMENTS))), "els")
        case "done":
            return TaskDone(on, own, number, draw(among(_TASKS)))
        case _:
            what = draw(st.integers(0, 5))
            if what == 0:
                return StopSending(on, own, None, on + timedelta(days=draw(st.integers(1, 6))))
            if what == 1:
                return ResumeSending(on, own, None)
            return BankCovers(on, own, None, on - timedelta(days=draw(st.integers(-40, 5))))


def _arrangement(draw: st.DrawFn, number: str, total: Money, on: date, own: str) -> Arrangement:
    count = min(draw(st.integers(1, 3)), max(1, total.minor // 2_500))
    first = on + timedelta(days=draw(st.integers(0, 14)))
    instalments = tuple(
        WrittenInstalment(first + timedelta(days=20 * index), amount)
        for index, amount in enumerate(total.split([1] * count))
    )
    interest = draw(among((None, "frozen", "reserved", "runs")))
    signed = draw(among(("", "legal")))
    return Arrangement(on, own, number, draw(among(_ARRANGEMENTS)), instalments, interest, signed, "els")


def _over_several(
    draw: st.DrawFn, collected: tuple[ScenarioInvoice, ...], first: str, on: date, own: str
) -> Arrangement:
    """One arrangement over invoices of a debtor, mostly of all that was invoiced on them."""
    about = next(each for each in collected if each.number == first)
    family = [each for each in collected if each.invoice.debtor == about.invoice.debtor and each.number != first]
    others = draw(st.lists(st.sampled_from(family), unique=True, min_size=1)) if family else []
    whole = sum((each.invoice.amount for each in others), start=about.invoice.amount)
    one = _arrangement(draw, first, draw(st.sampled_from((whole, whole, whole, draw(amounts())))), on, own)
    return replace(one, others=tuple(each.number for each in others))


@st.composite
def scenarios(draw: st.DrawFn) -> Scenario:
    """A whole scenario, always awake."""
    collected = draw(invoices())
    terms = draw(among(_TERMS))
    return Scenario("random", "random", START, UNTIL, collected, draw(events(collected)), terms=terms)


# Families: what one invoice does to the others of its debtor --------------------------------------------------


@st.composite
def families(draw: st.DrawFn) -> Scenario:
    """Two to four invoices of one consumer whose letters go long after one another, and money that closes some of them.

    Several joint letters with long gaps, terms of one contract, siblings that are closed and then corrected, pauses:
    what happens to one of them brings the moments of the others forward.
    """
    wait = draw(among((14, 30, 60)))
    policy = policy_of(
        {
            "policy": "family",
            "law": "NL",
            "kind": "consumer",
            "calendar": HOURS,
            "bundle": draw(among(("debtor", "none"))),
            "debtor_spacing": draw(among(("0d", "0d", "4d"))),
            "spacing": draw(among(("0d", "3d"))),
            "allocation": draw(among(("principal_first", "legal"))),
        },
        {"id": "reminder", "when": {"after_due": 5}, "send": "email", "letter": "reminder"},
        {
            "id": "notice",
            "when": {"after_due": wait},
            "send": "post",
            "letter": "notice",
            "announces": ["costs"],
            "term": 14,
        },
        {"id": "final", "when": {"term_expired": "notice"}, "send": "email", "letter": "final_demand", "claims": "all"},
        {
            "id": "handoff",
            "when": {"after_previous": 10, "term_expired": "notice"},
            "hand_off": "agency",
            "claims": "all",
        },
    )
    collected = []
    for index in range(draw(st.integers(2, 4))):
        issued = START + timedelta(days=draw(among((-40, -20, 0, 7, 30, 48, 60))))
        invoice = Invoice(
            number=f"F-{index + 1}",
            debtor="ann",
            invoice_date=issued,
            due=issued + timedelta(days=14),
            amount=Money.from_minor(draw(among((5_000, 20_000, 40_000))), "EUR"),
            legal_status=LegalStatus.of_kind(Kind.CONSUMER),
            term_basis=TermBasis.AGREED,
            contract=draw(among((None, "gym"))),
        )
        collected.append(ScenarioInvoice(invoice, policy))
    some = st.sampled_from(collected)
    happened = tuple(_family_event(draw, draw(some), f"e{n}") for n in range(draw(_COUNT)))
    if draw(st.booleans()):
        # One arrangement over some of them, before or between all that.
        each = draw(some)
        on = max(START, *(one.invoice.invoice_date for one in collected)) + timedelta(days=draw(st.integers(0, 40)))
        happened = (*happened, _over_several(draw, tuple(collected), each.number, on, "shared"))
    return Scenario("family", "family", START, UNTIL, tuple(collected), happened)


_COUNT = st.integers(0, 6)


def _family_event(draw: st.DrawFn, each: ScenarioInvoice, own: str) -> Event:
    first = max(START, each.invoice.invoice_date)
    on = first + timedelta(days=draw(among((5, 20, 33, 40, 55, 70, 90))))
    number, amount = each.number, each.invoice.amount
    match draw(among(("all", "all", "part", "debtor", "correct", "correct", "reverse", "pause", "resume"))):
        case "debtor":
            return Payment(on, own, None, Money.from_minor(amount.minor // 2, "EUR"), each.invoice.debtor)
        case "all":
            return Payment(on, draw(among(("p1", own))), number, amount)
        case "part":
            return Payment(on, own, number, Money.from_minor(amount.minor // 2, "EUR"))
        case "correct":
            return Credit(on, own, number, Money.from_minor(amount.minor // 4, "EUR"), "correction")
        case "reverse":
            return Reversal(on, own, number, "p1", None)
        case "pause":
            length = draw(st.none() | st.integers(3, 40))
            return Pause(on, own, number, None if length is None else on + timedelta(days=length))
        case _:
            return Resume(on, own, number)

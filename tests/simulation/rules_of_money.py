"""No cent is lost or made: what came in is booked, paid too much, on no invoice, or given back.

`test_properties.py` holds these rules against every scenario.
"""

from domain.claims.claim import claim_of
from domain.claims.parts import credited_too_much
from domain.ledger import Entry, EntryKind
from domain.money import Money
from simulation.events import Payment
from simulation.money_events import Allocate, Refund
from simulation.outcome import Outcome
from simulation.scenario import Scenario
from tests.simulation.random_scenarios import UNTIL

ZERO = Money.zero("EUR")


def added(amounts: list[Money]) -> Money:
    return sum(amounts, ZERO)


def what_came_in_on_a_case_is_booked_paid_too_much_or_given_back(scenario: Scenario, outcome: Outcome) -> None:
    for played in outcome.played:
        ledger = played.case.ledger
        kinds = {entry.id: entry.kind for entry in ledger.entries}
        came_in = -ledger.total(EntryKind.PAYMENT)
        came_in -= added([e.amount for e in ledger.entries if e.of and kinds.get(e.of) is EntryKind.PAYMENT
                          and e.kind is EntryKind.REVERSAL])  # fmt: skip
        not_owed = -ledger.total(EntryKind.CREDIT) - ledger.total(EntryKind.WRITE_OFF)
        not_owed -= added([e.amount for e in ledger.entries if e.of and kinds.get(e.of) is EntryKind.CREDIT
                           and e.kind is EntryKind.REVERSAL])  # fmt: skip
        booked = played.case.invoice.amount - not_owed - played.case.open
        assert came_in == booked + played.case.overpaid + ledger.total(EntryKind.REFUND), (played.number, came_in)


def the_claim_counts_every_movement_once(scenario: Scenario, outcome: Outcome) -> None:
    """Each movement's parts add up to it, and what is held is what is over of all of them."""
    for played in outcome.played:
        if played.policy.law is None or played.case.disputes:
            continue
        claim = claim_of(played.case, played.policy, UNTIL)
        entries = {entry.id: entry for entry in played.case.ledger.entries}
        over = credited_too_much(played.case)
        for booked in claim.booked:
            assert booked.costs + booked.interest + booked.principal + booked.over == -entries[booked.id].amount
            over += booked.over
        assert claim.overpaid == over, (played.number, over)


def a_debtors_payment_is_on_his_cases_on_no_invoice_or_given_back(scenario: Scenario, outcome: Outcome) -> None:
    for debtor in scenario.by_debtor:
        seen: dict[str, Money] = {}
        for event in scenario.events:
            if isinstance(event, Payment) and event.debtor == debtor and event.invoice is None:
                seen.setdefault(event.id, event.amount)
        for own, amount in seen.items():
            assert amount == _on_cases(outcome, debtor, own) + _left(outcome, debtor, own) + _given_back(
                scenario, outcome, debtor, own
            )


def _on_cases(result: Outcome, debtor: str, own: str) -> Money:
    entries = _entries(result, debtor)
    payments = [each for each in entries if each.kind is EntryKind.PAYMENT]
    return added([-each.amount for each in payments if each.id == own or each.id.startswith(f"{own}:")])


def _left(result: Outcome, debtor: str, own: str) -> Money:
    return added([each.left for each in result.loose.get(debtor, ()) if each.id == own])


def _given_back(scenario: Scenario, result: Outcome, debtor: str, own: str) -> Money:
    """What was given back of it: worked out anew, the oldest payment first, from the events that were not refused."""
    refused = {(refusal.on, refusal.event, refusal.reason) for refusal in result.refusals}
    left: dict[str, Money] = {}
    given: dict[str, Money] = {}
    numbers = {each.number for each in scenario.by_debtor[debtor]}
    for event in sorted(scenario.events, key=lambda each: each.on):
        if isinstance(event, Payment) and event.invoice is None and event.debtor == debtor and event.id not in left:
            kept = any(on == event.on and reason.endswith("kept, on no invoice") and event.amount.text in reason
                       for on, _, reason in refused)  # fmt: skip
            if kept and _on_cases_at_once(result, debtor, event.id).is_zero:
                left[event.id] = event.amount
        elif isinstance(event, Allocate) and event.invoice in numbers and event.payment in left:
            part = left[event.payment] if event.amount is None else event.amount
            if ZERO < part <= left[event.payment]:
                left[event.payment] -= part
        elif isinstance(event, Refund) and event.invoice is None and event.debtor == debtor:
            wanted = event.amount
            if wanted <= added(list(left.values())):
                for payment, there in left.items():
                    part = min(wanted, there)
                    left[payment] -= part
                    given[payment] = given.get(payment, ZERO) + part
                    wanted -= part
    return given.get(own, ZERO)


def _on_cases_at_once(result: Outcome, debtor: str, own: str) -> Money:
    return added([-each.amount for each in _entries(result, debtor) if each.id == own])


def _entries(result: Outcome, debtor: str) -> list[Entry]:
    cases = [played.case for played in result.played if played.case.invoice.debtor == debtor]
    return [entry for case in cases for entry in case.ledger.entries]

"""What the templates may use of what a letter answers: a payment, a dispute, a promise, an arrangement."""

from collections.abc import Mapping
from datetime import date

from domain.money import Money
from letters.content import LetterContent
from letters.figures import Figures, labels
from letters.marking import mark


def term_of(content: LetterContent, letter: str) -> int | None:
    """Return the days to pay that a letter gives, None if it sets no term."""
    if letter == "arrangement_default" and content.default is not None:
        return content.default.pay_by_days or content.term_days
    return content.term_days


def event_values(content: LetterContent, figures: Figures) -> Mapping[str, object]:
    """Return what happened, by the name of its field; every text of it is marked as data."""

    def amount(money: Money) -> str:
        return mark("amount", figures.money(money))

    def day(value: date | None) -> str:
        return mark("date", figures.day(value) if value else None)

    def number(value: int) -> str:
        return mark("number", str(value))

    found: dict[str, object] = {}
    if (received := content.received) is not None:
        found["received"] = {
            "amount": amount(received.amount),
            "credited_on": day(received.credited_on),
            "rest": amount(received.rest),
            "open": received.rest.is_positive,
        }
    if (apology := content.apology) is not None:
        named = labels(content.language)["letters"]
        found["apology"] = {
            "letter": mark("text", named.get(apology.letter, named["generic"])),
            "sent_on": day(apology.sent_on),
            "too_much": amount(apology.too_much),
            "amount": apology.too_much.is_positive,
        }
    if (arrangement := content.arrangement) is not None:
        found["arrangement"] = {
            "total": amount(arrangement.total),
            "count": number(len(arrangement.instalments)),
            "one": len(arrangement.instalments) == 1,
            "grace_days": mark("number", str(arrangement.grace_days) if arrangement.grace_days else None),
            "one_grace_day": arrangement.grace_days == 1,
            "interest_runs": arrangement.interest_runs,
            "reserves_interest": arrangement.reserves_interest,
            "acknowledges_debt": arrangement.acknowledges_debt,
            "changed": arrangement.ended == "changed",
        }
    if (dispute := content.dispute) is not None:
        found["dispute"] = {
            "id": mark("text", dispute.id),
            "disputed": amount(dispute.disputed),
            "undisputed": amount(dispute.undisputed),
            "rest": dispute.undisputed.is_positive,
            "answer_by": day(dispute.answer_by),
        }
    if (decision := content.decision) is not None:
        found["decision"] = {
            "id": mark("text", decision.id),
            "outcome": decision.outcome,
            "disputed": amount(decision.disputed),
            "upheld": amount(decision.upheld),
            "left": amount(decision.left),
            "whole": not content.open < decision.left,
            "reason": mark("text", decision.reason),
            "decided_on": day(decision.decided_on),
            "new_term": decision.new_term,
        }
    if (promise := content.promise) is not None:
        found["promise"] = {
            "amount": amount(promise.amount),
            "by": day(promise.by),
            "extends_term": promise.extends_term,
            "part": promise.paid.is_positive,
            "paid": amount(promise.paid),
            "missing": amount(promise.missing),
        }
    if (instalment := content.instalment) is not None:
        found["instalment"] = {
            "number": number(instalment.number),
            "of": number(instalment.of),
            "due": day(instalment.due),
            "amount": amount(instalment.amount),
            "part": instalment.paid.is_positive,
            "paid": amount(instalment.paid),
            "grace_until": day(instalment.grace_until),
        }
    if (default := content.default) is not None:
        found["default"] = {
            "agreed_on": day(default.agreed_on),
            "part": default.paid.is_positive,
            "paid": amount(default.paid),
            "one": len(default.missed) == 1,
            "warning": default.warning,
        }
    if (settlement := content.settlement) is not None:
        found["settlement"] = {"by": day(settlement.by), "released": amount(settlement.released)}
    if (returned := content.returned) is not None:
        found["returned"] = {
            "amount": amount(returned.amount),
            "on": day(returned.on),
            "reason": returned.reason,
        }
    if (withdrawn := content.withdrawn) is not None:
        found["withdrawn"] = {"since": day(withdrawn.since), "reason": withdrawn.reason}
    if content.overpaid is not None:
        found["overpaid"] = {"amount": amount(content.overpaid.amount)}
    if content.contact_change is not None:
        found["contact_change"] = {"what": content.contact_change.what}
    return found

"""What holds for the whole ladder, in words: hours, money, disputes, promises, instalments, and what stops it."""

from __future__ import annotations

from collections.abc import Iterable

from domain.blockers import HoldKind, HoldRule
from domain.law.allocation import Allocation
from domain.law.interest import DayCount
from domain.policy import AfterHold, CatchUp, ChargeCosts, Policy
from domain.policy_parts import TwoPeopleKind
from domain.tasks import task_text
from services.manual.content import Line, Part
from services.manual.values import amount, banking_days, days, decimal, listed, step_name
from speech.words import tr

__all__ = ["rules_of"]


def rules_of(policy: Policy) -> tuple[Part, ...]:
    """All of them."""
    return (
        Part(heading=tr("Where it holds"), lines=tuple(_scope(policy))),
        Part(heading=tr("When messages leave"), lines=tuple(_hours(policy))),
        Part(heading=tr("Between two messages"), lines=tuple(_between(policy))),
        Part(heading=tr("Money"), lines=tuple(_money(policy))),
        Part(heading=tr("Who disputes an invoice"), lines=tuple(_disputes(policy))),
        Part(heading=tr("Who promises to pay"), lines=tuple(_promises(policy))),
        Part(heading=tr("Who wants to pay in instalments"), lines=tuple(_arrangements(policy))),
        Part(heading=tr("Who pays less, by agreement"), lines=tuple(_settlements(policy))),
        Part(heading=tr("What takes two people"), lines=tuple(_two_people(policy))),
        Part(heading=tr("When a partner has the case"), lines=tuple(_agency(policy))),
        Part(heading=tr("What a person checks before"), lines=tuple(_checks(policy))),
        Part(
            heading=tr("What stops the ladder"),
            intro=(
                tr("As long as one of these stands, what it names waits. Limitation and the other last days run on."),
            ),
            lines=tuple(_holds(policy)),
        ),
    )


def _scope(policy: Policy) -> Iterable[Line]:
    laws = {"NL": tr("Dutch law"), "BE": tr("Belgian law"), None: tr("none: nothing but the principal is asked")}
    yield Line(term=tr("Law"), text=laws[policy.law])
    kinds = {"business": tr("businesses"), "consumer": tr("consumers")}
    text = kinds[policy.kind.value] if policy.kind is not None else tr("not said: what the invoice says counts")
    yield Line(term=tr("For invoices to"), text=text)


def _hours(policy: Policy) -> Iterable[Line]:
    hours = policy.calendar
    if hours is None:
        yield Line(term=tr("Days"), text=tr("every day, at 12:00, Amsterdam time"))
        return
    names = {
        "mon": tr("Monday"),
        "tue": tr("Tuesday"),
        "wed": tr("Wednesday"),
        "thu": tr("Thursday"),
        "fri": tr("Friday"),
        "sat": tr("Saturday"),
        "sun": tr("Sunday"),
    }
    yield Line(term=tr("Days"), text=listed(names[day] for day in hours.days))
    yield Line(
        term=tr("Hours"),
        text=tr("from {opens} to {closes}", opens=f"{hours.opens:%H:%M}", closes=f"{hours.closes:%H:%M}"),
    )
    countries = {
        "NL": tr("Dutch holidays are kept"),
        "BE": tr("Belgian holidays are kept"),
        None: tr("no holidays are kept"),
    }
    yield Line(term=tr("Holidays"), text=countries[hours.holidays])
    yield Line(term=tr("Time zone"), text=hours.zone)
    yield Line(
        term=tr("Natural persons"),
        text=tr("never outside 07:00 to 20:00, on a Sunday or a holiday, whatever stands here"),
    )


def _between(policy: Policy) -> Iterable[Line]:
    yield Line(term=tr("Least time, one invoice"), text=days(policy.spacing))
    yield Line(term=tr("Least time, one debtor"), text=days(policy.debtor_spacing))
    together = tr("reminders of one debtor on one day go in one message")
    apart = tr("each invoice has messages of its own")
    yield Line(term=tr("Several invoices"), text=together if policy.bundle == "debtor" else apart)
    others = tr("reminders list the other late invoices of the debtor")
    none = tr("reminders name their own invoice alone")
    yield Line(term=tr("Other invoices"), text=others if policy.lists_others else none)
    missed = {
        CatchUp.IN_ORDER: tr("taken one by one, in order"),
        CatchUp.LATEST: tr("only the last of them is taken"),
        CatchUp.SKIP: tr("left out"),
    }
    yield Line(term=tr("Steps whose day passed unseen"), text=missed[policy.catch_up])
    held = {AfterHold.SHIFT: tr("days on hold do not count"), AfterHold.RESUME: tr("days on hold count")}
    yield Line(term=tr("After a hold"), text=held[policy.after_hold])
    grace = tr("{days} at most, for a business that always pays so late", days=days(policy.habit_grace))
    yield Line(term=tr("Habit of paying late"), text=grace if policy.habit_grace else tr("no grace"))
    again = tr("it goes again when the contact is mended within {days}", days=days(policy.send_again_within))
    never = tr("it never goes again")
    yield Line(term=tr("A reminder that came back"), text=again if policy.send_again_within else never)
    full = tr("it is given again, with a full new term, once the contact is mended")
    by_hand = tr("it is given again only when a person asks for it")
    yield Line(term=tr("A notice that came back"), text=full if policy.notice_again == "always" else by_hand)


def _money(policy: Policy) -> Iterable[Line]:
    yield Line(
        term=tr("Rest that is not chased"),
        text=tr("{amount} or less: the case closes", amount=amount(policy.tolerance)),
    )
    charged = {
        ChargeCosts.NEVER: tr("never"),
        ChargeCosts.FROM_NOTICE_EXPIRY: tr("from the day after the term of the notice has run out"),
        ChargeCosts.AT_HANDOFF: tr("at the hand-off"),
    }
    yield Line(term=tr("Collection costs"), text=charged[policy.charge_costs])
    forty = tr("a business owes 40 euro an invoice from the notice on, as a part of the costs")
    yield Line(
        term=tr("The 40 euro"),
        text=forty if policy.charge_40 == "with_notice" else tr("not asked before costs are due"),
    )
    booked = {
        Allocation.PRINCIPAL_FIRST: tr(
            "on the invoice until costs are due or it is handed off; then costs, interest, invoice"
        ),
        Allocation.LEGAL: tr("on costs, then interest, then the invoice, from the first day (BW 6:44)"),
    }
    yield Line(term=tr("Payments are booked"), text=booked[policy.allocation])
    counted = {
        DayCount.ANNIVERSARY_YEAR: tr("by the true length of each year from its first day"),
        DayCount.ACTUAL_365: tr("by 365 days a year, always"),
    }
    yield Line(term=tr("Interest is counted"), text=counted[policy.day_count])
    rest = policy.remainder
    left = tr("waived") if rest.interest_only == "waive" else tr("asked")
    yield Line(term=tr("Only interest is left"), text=left)
    yield Line(
        term=tr("Interest and costs are left"),
        text=tr("waived below {amount} together", amount=amount(rest.extras_below)),
    )
    lost = tr("a discount of {percent} % for paying early is not chased", percent=decimal(rest.lost_discount))
    yield Line(term=tr("Discount taken too late"), text=lost if rest.lost_discount else tr("chased like any rest"))
    receipts = policy.law is not None if policy.receipts is None else policy.receipts
    written = tr("confirmed in writing, with interest and costs reserved")
    yield Line(term=tr("Part payments"), text=written if receipts else tr("not confirmed"))


def _disputes(policy: Policy) -> Iterable[Line]:
    rules = policy.disputes
    text = tr("within {days}, by its owner; after that somebody else is asked", days=days(rules.answer_within))
    yield Line(term=tr("He has an answer"), text=text)
    yield Line(term=tr("Meanwhile"), text=tr("nothing more is asked of what he disputes"))
    yield Line(term=tr("After a rejection"), text=tr("{days} of rest before he hears again", days=days(rules.respite)))


def _promises(policy: Policy) -> Iterable[Line]:
    rules = policy.promises
    yield Line(term=tr("The promised day"), text=tr("{days} ahead at most", days=days(rules.longest)))
    yield Line(term=tr("Kept"), text=tr("if the money is there {days} after it", days=banking_days(rules.grace)))
    yield Line(
        term=tr("Promises that hold a case"),
        text=tr("{number} at most; one of them by the debtor himself", number=rules.at_most),
    )
    yield Line(term=tr("Broken"), text=_goes_on(policy, rules.broken, tr("the ladder goes on with its next step")))


def _arrangements(policy: Policy) -> Iterable[Line]:
    rules = policy.arrangements
    yield Line(term=tr("Last instalment"), text=tr("{number} months after the agreement at most", number=rules.longest))
    yield Line(term=tr("First instalment"), text=tr("within {days}", days=days(rules.first_within)))
    yield Line(term=tr("Least amount"), text=amount(rules.least))
    remind = tr("{days} before each due day", days=days(rules.remind_before))
    yield Line(term=tr("Reminder"), text=remind if rules.remind_before else tr("none"))
    yield Line(term=tr("Missed"), text=tr("{days} after the due day", days=banking_days(rules.grace)))
    interest = {
        "frozen": tr("none runs"),
        "reserved": tr("it runs, and is asked only if the arrangement breaks"),
        "runs": tr("it runs, and is asked after the last instalment"),
        None: tr("it runs; for a consumer none does"),
    }
    yield Line(term=tr("Interest"), text=interest[rules.interest])
    fallback = tr("a new notice where the term of the former had not run out, else the next step")
    yield Line(term=tr("Broken"), text=_goes_on(policy, rules.broken, fallback))
    yield Line(term=tr("After its end"), text=tr("{days} of rest before he hears again", days=days(rules.respite)))
    who = rules.authority
    anything = tr("any sum")
    by_himself = anything if who.debtor is None else tr("up to {amount}", amount=amount(who.debtor))
    by_us = anything if who.staff is None else tr("up to {amount}", amount=amount(who.staff))
    yield Line(term=tr("The debtor may agree himself"), text=by_himself)
    yield Line(term=tr("One of ours may agree"), text=by_us)
    signed = rules.legal_sign_off or tr("not given: consumers pay no interest, and within twelve months")
    yield Line(term=tr("Legal sign-off for consumers"), text=signed)


def _settlements(policy: Policy) -> Iterable[Line]:
    rules = policy.settlements
    most = tr(
        "{percent} % of the claim and {amount} at most; more needs the role approve",
        percent=decimal(rules.most_percent),
        amount=amount(rules.most_amount),
    )
    yield Line(term=tr("Released without approval"), text=most)
    yield Line(term=tr("The agreed day"), text=tr("{days} ahead at most", days=days(rules.longest)))
    yield Line(term=tr("Kept"), text=tr("if the money is there {days} after it", days=banking_days(rules.grace)))


def _two_people(policy: Policy) -> Iterable[Line]:
    kinds: dict[TwoPeopleKind, str] = {
        "write_off": tr("Writing off"),
        "refund": tr("Giving money back"),
        "handoff": tr("Approving a hand-off"),
        "change_policy": tr("Another policy for a case"),
        "reissue": tr("A letter given anew"),
    }
    for kind, name in kinds.items():
        limit = policy.two_people.limit(kind)
        if limit is None:
            yield Line(term=name, text=tr("one person decides, whatever the amount"))
        else:
            yield Line(term=name, text=tr("above {amount} a second person signs", amount=amount(limit)))


def _agency(policy: Policy) -> Iterable[Line]:
    rules = policy.agency
    yield Line(
        term=tr("He answers"),
        text=tr("within {days}; else a person asks him", days=banking_days(rules.answers_within)),
    )
    yield Line(
        term=tr("He tries amicably"),
        text=tr("for {days}; then a person decides", days=days(rules.amicable_within)),
    )
    for each in rules.partners:
        yield Line(term=each.partner, text=tr("for {days}; then a person decides", days=days(each.amicable_within)))
    goes_on = tr("it goes on to another partner, never the same; what we asked back waits for a person")
    waits = tr("nothing is done until a person decides")
    yield Line(term=tr("He gives it back"), text=goes_on if rules.after_return == "other_partner" else waits)


def _checks(policy: Policy) -> Iterable[Line]:
    first = tr("a person finds out whether the invoice is in order before the debtor hears anything")
    yield Line(term=tr("Before the first step"), text=first if policy.check == "first" else tr("nothing"))
    checked = {
        "none": tr("not checked"),
        "notice": tr("before a letter with a term"),
        "handoff": tr("before the hand-off"),
        "both": tr("before a letter with a term, and before the hand-off"),
    }
    yield Line(term=tr("Register of companies"), text=checked[policy.check_register])


def _holds(policy: Policy) -> Iterable[Line]:
    for kind in HoldKind:
        rule: HoldRule = kind.rule
        said = [tr(rule.words) if rule.words else tr(kind.value.replace("_", " ")), _stopped(rule, policy)]
        if rule.lasts is not None:
            lasts = banking_days(rule.lasts) if rule.in_banking_days else days(rule.lasts)
            said.append(tr("it ends after {days}", days=lasts))
        if rule.task is not None:
            said.append(tr("a person is asked: {task}", task=task_text(rule.task)))
        yield Line(term=tr(kind.value.replace("_", " ")), text=listed(said))


def _stopped(rule: HoldRule, policy: Policy) -> str:
    """What a hold stops, by its row of the table."""
    said = [tr("steps wait")] if "sends" in rule.stops else []
    if "answers" in rule.stops:
        said.append(tr("other letters wait"))
    if "frozen" in rule.stops:
        said.append(tr("its days never count"))
    elif "clock" in rule.stops:
        shifts = policy.after_hold is AfterHold.SHIFT
        said.append(tr("its days do not count") if shifts else tr("its days count, as the policy says"))
    return ", ".join(said)


def _goes_on(policy: Policy, broken: str, otherwise: str) -> str:
    if broken == "none":
        return otherwise
    if policy.step(broken) is not None:
        return tr("the ladder goes on at: {step}", step=step_name(broken))
    return tr("a person is asked: {task}", task=task_text(broken))

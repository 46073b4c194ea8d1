"""What must have come of what debtors said, told from the facts of the cases and from what the provider took.

Nothing here asks the planner or the fold: holds, letters and outcomes are counted by rules of their own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date

from casefile.deliveries import StoredDelivery
from domain import facts as f
from domain.calendar import banking_day_after
from tests.chaos.talks import Told, story_of

BECAUSE: Mapping[str, tuple[str, str]] = {
    "receipt": ("payment_received", "id"),
    "dispute_confirmation": ("dispute_raised", "dispute"),
    "dispute_decision": ("dispute_resolved", "dispute"),
    "claim_withdrawn": ("dispute_resolved", "dispute"),
    "promise_confirmation": ("promise_made", "promise"),
    "promise_broken": ("promise_judged", "promise"),
    "arrangement_confirmation": ("arrangement_agreed", "arrangement"),
    "instalment_reminder": ("arrangement_agreed", "arrangement"),
    "instalment_missed": ("arrangement_agreed", "arrangement"),
    "arrangement_default": ("arrangement_broken", "arrangement"),
    "overpayment": ("task_raised", "id"),
}
"""Letters beside the ladder, and the fact without which none of them may be."""

RECORDED = {
    "dispute_raised": ("dispute_raised", "dispute"),
    "dispute_resolved": ("dispute_resolved", "dispute"),
    "promise_made": ("promise_made", "promise"),
    "arrangement_agreed": ("arrangement_agreed", "arrangement"),
    "payment_received": ("payment_received", "id"),
    "payment_reversed": ("payment_reversed", "of"),
    "invoice_credited": ("invoice_credited", "id"),
}
"""The fact that each message makes, and the field by which it names what both are about."""

Place = tuple[str, int]
"""A letter by its name and issue."""


def letters_of(
    case_id: str, facts: Sequence[f.Fact], deliveries: Sequence[StoredDelivery], taken: Mapping[str, int]
) -> Counter[str]:
    """Every letter beside the ladder left once over each channel, or was dropped; returns how many did what.

    Args:
        case_id: The case, for what is said when it is not so.
        facts: Its facts in their order.
        deliveries: Its deliveries.
        taken: How often the provider took each send key.
    """
    figures: Counter[str] = Counter()
    owed: dict[Place, f.LetterOwed] = {}
    for number, fact in enumerate(facts):
        match fact:
            case f.LetterOwed():
                kind, name = BECAUSE[fact.letter]
                of = fact.of.partition("/")[0]
                cause = [each for each in facts[:number] if each.kind == kind and getattr(each, name) == of]
                assert cause, f"{case_id}: {fact.letter} about {fact.of}, of which nothing is recorded"
                owed[fact.letter, fact.issue] = fact
            case f.StepIntended(answers=True):
                assert (fact.step, fact.issue) in owed, f"{case_id}: {fact.step} {fact.issue} left, and nobody asked"
            case _:
                pass
    about = Counter((each.letter, each.of) for each in owed.values())
    assert max(about.values(), default=1) == 1, f"{case_id}: asked for twice: {about}"
    strangers = [d.step for d in deliveries if d.step in BECAUSE and (d.step, d.issue) not in owed]
    assert not strangers, f"{case_id}: letters that nobody asked for: {strangers}"
    for place in owed:
        figures[_what_became_of(case_id, place, facts, deliveries, taken)] += 1
    return figures


def _what_became_of(
    case_id: str,
    place: Place,
    facts: Sequence[f.Fact],
    deliveries: Sequence[StoredDelivery],
    taken: Mapping[str, int],
) -> str:
    left = [each for each in facts if isinstance(each, f.StepTaken) and (each.step, each.issue) == place]
    dropped = [each for each in facts if isinstance(each, f.LetterDropped) and (each.letter, each.issue) == place]
    own = [d for d in deliveries if (d.step, d.issue) == place]
    told = f"{case_id}: {place}, left {len(left)}, dropped {len(dropped)}, {[(d.key, d.status) for d in own]}"
    assert len(left) + len(dropped) == 1, told
    if dropped:
        assert dropped[0].reason, told
        assert not any(taken.get(d.key, 0) for d in own), f"dropped, and the provider has it: {told}"
        return "dropped"
    gone = {d.channel: d for d in own if d.status in ("sent", "unproven")}
    assert set(gone) == set(left[0].channels) == {"email"}, told
    times = {d.channel: sum(taken.get(each.key, 0) for each in own if each.channel == d.channel) for d in own}
    proven = all(d.status == "sent" for d in gone.values())
    assert all(count == 1 or (count == 0 and not proven) for count in times.values()), f"{times}: {told}"
    return "left" if proven else "unproven"


def none_during_a_hold(case_id: str, facts: Sequence[f.Fact]) -> int:
    """No step of the ladder was handed to a provider while a hold stood; returns how many days were held."""
    until: dict[tuple[str, str], date | None] = {}
    holds = 0
    for fact in facts:
        match fact:
            case f.HoldPlaced(noted=False):
                until[fact.hold.value, fact.of] = fact.until
                holds += 1
            case f.HoldLifted():
                for kind, of in [*until]:
                    if kind == fact.hold.value and fact.of in ("", of):
                        del until[kind, of]
            case f.StepIntended(answers=False):
                standing = [kind for (kind, _), end in until.items() if end is None or fact.on < end]
                assert not standing, f"{case_id}: {fact.step} left on {fact.on}, under {standing}"
            case _:
                pass
    return holds


def counted_once(case_id: str, facts: Sequence[f.Fact], told: Sequence[Told]) -> int:
    """Whatever was acknowledged is one fact, or waits for a person; returns how many do that."""
    refused = [each for each in facts if isinstance(each, f.MessageQuarantined)]
    by_name = Counter(each.name for each in refused)
    for each in told:
        kind, name = RECORDED[each.name]
        own = each.content["payment" if name == "of" else name]
        found = [fact for fact in facts if fact.kind == kind and getattr(fact, name) == own]
        if found:
            assert len(found) == 1, f"{case_id}: {each} counts {len(found)} times"
        else:
            assert by_name[each.name] >= 1, f"{case_id}: {each} is not recorded, and nobody was told"
    return len(refused)


def outcome_of(case_id: str, facts: Sequence[f.Fact]) -> str:
    """What came of a case is what its debtor did; returns it in words, or that its words came too late."""
    story = story_of(int(case_id.rpartition("-")[2]))
    of_kind = {
        kind: [each for each in facts if each.kind == kind]
        for kind in ("dispute_resolved", "promise_made", "promise_judged", "arrangement_agreed", "payment_received")
    }
    paid = [each.on for each in of_kind["payment_received"]]
    what, _, expected = story.partition(" ")
    ended: list[str] = []
    match what:
        case "dispute":
            ended = [each.outcome for each in facts if isinstance(each, f.DisputeResolved)]
            expected = expected.rpartition(", ")[2]
        case "promise":
            ended = [each.outcome for each in facts if isinstance(each, f.PromiseJudged)]
            made = next((each for each in facts if isinstance(each, f.PromiseMade)), None)
            if expected == "kept" and made is not None and paid[0] > made.grace_until:
                expected = "broken"  # No worker recorded it in time.
        case "arrangement":
            ended = [each.kind for each in facts if isinstance(each, f.ArrangementKept | f.ArrangementBroken)]
            ended = [each.removeprefix("arrangement_") for each in ended]
            if expected == "kept":
                expected = _of_arrangement(facts, ended)
        case _:
            return story
    if not ended and (any(isinstance(each, f.MessageQuarantined) for each in facts) or _said_after_hand_off(facts)):
        return "too late"
    assert ended == [expected], f"{case_id}: {story}, and it ended {ended}"
    return f"{what} {expected}"


def _of_arrangement(facts: Sequence[f.Fact], ended: Sequence[str]) -> str:
    """How one ends whose debtor paid in time: broken, if a worker looked at it first when the grace was over.

    Where none did, the money that came late found it standing: then it is as it ended.
    """
    agreed = next((each for each in facts if isinstance(each, f.ArrangementAgreed)), None)
    if agreed is None:
        return "kept"
    paid = [each for each in facts if isinstance(each, f.PaymentReceived)]
    for payment, instalment in zip(paid, agreed.instalments, strict=False):
        grace = banking_day_after(instalment.due, 3)
        if payment.on > grace:
            seen = any(each.on > grace and each.at < payment.at for each in facts)
            return "broken" if seen or ended == ["broken"] else "kept"
    return "kept"


def _said_after_hand_off(facts: Sequence[f.Fact]) -> bool:
    """Whether what he promised or agreed came when his file was on its way: it is no longer ours to judge."""
    on_its_way = [each for each in facts if isinstance(each, f.StepIntended) and each.step == "handoff"]
    said = [each for each in facts if isinstance(each, f.PromiseMade | f.ArrangementAgreed)]
    return bool(on_its_way and said) and facts.index(on_its_way[0]) < facts.index(said[0])

"""A letter about several invoices says what is true of each; due days are counted by hand."""

from __future__ import annotations

import email
import email.policy
from pathlib import Path

from domain.bundle import Member
from domain.opening import open_case
from domain.policy import Policy
from domain.surroundings import NOTHING_SPECIAL
from letters.content import LetterContent
from services.correspondence.stages import payment_reference, reminders_before
from tests.activities.workplace import START, Workplace
from tests.casefile.builders import CREDITOR
from tests.domain.builders import Life, eur, invoice, policy, send

LADDER = (
    send("reminder", {"after_due": "5d"}, send=["email"]),
    send("second_reminder", {"after_due": "12d"}, send=["email"]),
)
BUNDLED = policy(*LADDER, bundle="debtor")


def workplace(folder: Path, ladder: Policy, **due: str) -> Workplace:
    """F-1 is due on 1 March; the others as given."""
    work = Workplace(folder, ladder)
    with work.file.write() as transaction:
        for name, day in due.items():
            number = name.replace("_", "-")
            facts = open_case(invoice("2026-02-01", day, number=number), ladder, START)
            transaction.cases.open(work.case(number), CREDITOR.id, facts, START)
    return work


def content_of(work: Workplace, number: str, place: int = -1) -> LetterContent:
    proof = work.deliveries(number)[place].proof
    assert proof is not None and proof.content is not None
    return LetterContent.model_validate_json(proof.content)


async def test_a_letter_lists_the_other_overdue_invoices_and_each_keeps_its_clock(tmp_path: Path) -> None:
    # found/scenarios/s03: the reminders of two overdue invoices fall on other days.
    work = workplace(tmp_path, BUNDLED, F_2="2026-03-04")
    await work.act("F-1")
    first = content_of(work, "F-1")
    assert ([line.number for line in first.lines], [line.number for line in first.others]) == (["F-1"], ["F-2"])
    assert (first.claimed, first.reference) == (eur("1000.00"), "F-1")
    assert work.steps("F-2") == [], "it was not asked for"
    await work.act("F-2")
    assert [line.number for line in content_of(work, "F-2").others] == ["F-1"]
    assert [str(step.on) for step in work.loaded("F-2").case.taken] == ["2026-03-09"]
    mail = email.message_from_bytes(work.taken()[0].file.read_bytes(), policy=email.policy.default)
    body = mail.get_body(("plain",))
    assert body is not None and "Ook nog niet betaald" in body.get_content()


async def test_what_is_paid_held_or_not_late_is_not_listed(tmp_path: Path) -> None:
    work = workplace(tmp_path, BUNDLED, F_2="2026-03-04", F_3="2026-03-04", F_4="2026-03-06")
    await work.tell("payment_received", {"id": "p", "amount": "1000.00"}, number="F-2")
    await work.tell("pause", number="F-3")
    await work.act("F-1")
    assert content_of(work, "F-1").others == ()


async def test_a_policy_may_say_that_nothing_else_is_listed_or_that_it_is(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    silent = workplace(tmp_path / "a", policy(*LADDER, bundle="debtor", other_invoices="none"), F_2="2026-03-04")
    await silent.act("F-1")
    assert content_of(silent, "F-1").others == ()
    listing = workplace(tmp_path / "b", policy(*LADDER, other_invoices="list"), F_2="2026-03-04")
    await listing.act("F-1")
    assert [line.number for line in content_of(listing, "F-1").others] == ["F-2"]


async def test_invoices_at_different_reminders_go_in_an_overview(tmp_path: Path) -> None:
    work = workplace(tmp_path, BUNDLED, F_3="2026-03-08")
    await work.act("F-1")
    await work.act("F-1")  # 13 March: the second of F-1 and the first of F-3
    content = content_of(work, "F-3")
    assert content.letter == "generic"
    assert [(line.number, line.reminder) for line in content.lines] == [("F-1", 2), ("F-3", 1)]
    assert (content.reference, content.structured_reference) == ("F-1, F-3", None)
    assert work.deliveries("F-3")[0].subject == "Overzicht van uw 2 openstaande facturen"


async def test_invoices_at_the_same_reminder_keep_its_letter(tmp_path: Path) -> None:
    work = workplace(tmp_path, BUNDLED, F_2="2026-03-01")
    await work.act("F-1")
    assert content_of(work, "F-1").letter == "reminder"
    await work.act("F-1")
    content = content_of(work, "F-2")
    assert (content.letter, [line.reminder for line in content.lines]) == ("second_reminder", [None, None])
    assert work.deliveries("F-2")[-1].subject.startswith("Tweede herinnering")


async def test_a_second_reminder_without_a_first_does_not_call_itself_so(tmp_path: Path) -> None:
    work = Workplace(tmp_path, policy(LADDER[1]))
    await work.act()
    assert work.deliveries()[0].subject.startswith("Herinnering: factuur F-1")


def test_what_came_back_or_came_before_the_due_date_was_no_reminder() -> None:
    ladder = policy(send("service_mail", {"before_due": "5d"}, send=["email"]), *LADDER)
    life = Life(ladder).live("2026-03-06")
    assert life.steps == ["2026-02-24 service_mail", "2026-03-06 reminder"]
    assert reminders_before(life.case, ladder) == 1
    life.hear("delivery_reported", {"key": "F-1/reminder/1/email", "status": "bounced"})
    assert reminders_before(life.case, ladder) == 0


def test_too_many_numbers_for_a_transfer_are_the_debtors_number() -> None:
    def members(count: int) -> list[Member]:
        found = []
        for place in range(count):
            case = Life(BUNDLED, invoice(number=f"2026-{place:05}")).case
            found.append(Member(str(place), case, BUNDLED, BUNDLED.steps[0], 1, NOTHING_SPECIAL))
        return found

    # Ten digits and a comma with a space: eleven are 11 x 12 - 2 = 130 characters, twelve 142.
    assert len(payment_reference(members(11))) == 130
    assert payment_reference(members(12)) == members(1)[0].case.invoice.debtor

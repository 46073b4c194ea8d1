"""`maanwerk case letter` and the claim in `case show`: what was sent, what proves it, and what is owed."""

from __future__ import annotations

import asyncio
import json
import os
import stat
import subprocess
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from casefile import tables as t
from domain.invoice import Kind, TermBasis
from domain.opening import open_case
from domain.policy import Policy
from engine.embedded import free_port
from tests.activities.workplace import START, Workplace
from tests.casefile.builders import CASE, CREDITOR
from tests.cli.running import Run
from tests.domain.builders import invoice, local, policy, send
from tests.forking import forked

Desk = Callable[..., Workplace]


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A case file in which a policy has taken so many steps; the command line finds it, and no Temporal."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MAANWERK_DATABASE", f"sqlite:///{tmp_path / 'case-file.sqlite3'}")
    monkeypatch.setenv("TEMPORAL_ADDRESS", f"127.0.0.1:{free_port()}")

    def furnished(rules: Policy, steps: int = 1, numbers: tuple[str, ...] = ("F-1",), **facts: object) -> Workplace:
        work = Workplace(tmp_path, rules, numbers=())
        with work.file.write() as transaction:
            transaction.parties.save_creditor(CREDITOR.model_copy(update={"kvk": "12345678"}))
            for number in numbers:
                told = invoice(number=number).model_copy(update=facts)
                transaction.cases.open(work.case(number), CREDITOR.id, open_case(told, rules, START), START)
        for _ in range(steps):
            asyncio.run(work.act())
        return work

    return furnished


def reminders(*channels: str) -> Policy:
    return policy(send("reminder", {"after_due": "5d"}, send=list(channels)), bundle="debtor")


def notice(**more: object) -> Policy:
    """A notice on 25 March, 24 days after the due date."""
    step = send("notice", {"after_due": "24d"}, send=["post"], term="14d", claims="principal+interest", letter="notice")
    return policy(step, law="NL", **more)


def stored(work: Workplace, channel: str) -> bytes:
    return next(each.content for each in work.deliveries() if each.channel == channel)


# Letters -----------------------------------------------------------------------------------------------------


def test_a_letter_that_is_given_is_its_owners_alone_and_goes_into_no_pipe(
    desk: Desk, maanwerk: Run, tmp_path: Path
) -> None:
    desk(reminders("post"))
    before = os.umask(0)
    try:
        assert maanwerk("case", "letter", "F-1", "reminder", "--out", "letter.pdf").code == 0
        assert stat.S_IMODE((tmp_path / "letter.pdf").stat().st_mode) == 0o600
        (tmp_path / "letter.pdf").chmod(0o666)
        assert maanwerk("case", "letter", "F-1", "reminder", "--out", "letter.pdf", "--force").code == 0
        assert stat.S_IMODE((tmp_path / "letter.pdf").stat().st_mode) == 0o600
    finally:
        os.umask(before)
    os.mkfifo(tmp_path / "pipe")
    for place, says in (("pipe", "it is a pipe"), ("/dev/null", "it is a device"), (tmp_path, "it is a folder")):
        ran = maanwerk("case", "letter", "F-1", "reminder", "--out", place, "--force")
        assert (ran.code, says in ran.err, len(ran.err.splitlines())) == (2, True, 1)


def test_the_bytes_that_went_out_are_given_back(desk: Desk, maanwerk: Run, tmp_path: Path) -> None:
    work = desk(reminders("email", "post"))
    assert maanwerk("case", "letter", "F-1", "reminder", "--out", "letter.pdf").code == 0
    assert (tmp_path / "letter.pdf").read_bytes() == stored(work, "post"), "of several channels the one with a PDF"
    assert {each.file.read_bytes() for each in work.taken()} == {stored(work, "post"), stored(work, "email")}
    assert maanwerk("case", "letter", CASE, "reminder", "--channel", "email", "--out", "mail.eml").code == 0
    assert (tmp_path / "mail.eml").read_bytes() == stored(work, "email")


def test_into_a_pipe_go_the_bytes_and_nothing_else(desk: Desk) -> None:
    work = desk(reminders("post"))
    with forked("cli.main", "case", "letter", "F-1", "reminder", folder=Path.cwd(), stdout=subprocess.PIPE) as process:
        said, _ = process.communicate(60)
    assert (process.returncode, said) == (0, stored(work, "post"))


def test_a_terminal_gets_no_bytes(desk: Desk, maanwerk: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    desk(reminders("post"))
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    ran = maanwerk("case", "letter", "F-1", "reminder")
    assert (ran.code, ran.out) == (2, "")
    assert "name a file with --out, or pipe it" in ran.err


def test_a_file_that_is_there_is_kept_without_force(desk: Desk, maanwerk: Run, tmp_path: Path) -> None:
    work = desk(reminders("post"))
    (tmp_path / "letter.pdf").write_text("mine")
    ran = maanwerk("case", "letter", "F-1", "reminder", "--out", "letter.pdf")
    assert (ran.code, (tmp_path / "letter.pdf").read_text()) == (2, "mine")
    assert "--force" in ran.err
    assert maanwerk("case", "letter", "F-1", "reminder", "--out", "letter.pdf", "--force").code == 0
    assert (tmp_path / "letter.pdf").read_bytes() == stored(work, "post")


def test_made_again_today_the_letter_is_the_same(desk: Desk, maanwerk: Run) -> None:
    desk(reminders("email", "post"))
    for channel in ("email", "post"):
        ran = maanwerk("case", "letter", "F-1", "reminder", "--channel", channel, "--check")
        assert ran.code == 0
        assert "made again, the bytes are the same" in ran.out


def test_changed_bytes_are_not_given_out(desk: Desk, maanwerk: Run, tmp_path: Path) -> None:
    work = desk(reminders("post"))
    with work.file.write() as transaction:
        transaction.session.connection.execute(update(t.deliveries).values(content=b"%PDF- another"))
    ran = maanwerk("case", "letter", "F-1", "reminder", "--out", "letter.pdf")
    assert ran.code == 1
    assert "somebody changed them" in ran.err
    assert not (tmp_path / "letter.pdf").exists()


def test_a_letter_of_other_templates_is_said_to_be_one(desk: Desk, maanwerk: Run) -> None:
    work = desk(reminders("sms"))
    old = {"template_version": "0123456789abcdef", "content": b"Oud", "sha256": sha256(b"Oud").hexdigest()}
    with work.file.write() as transaction:
        transaction.session.connection.execute(update(t.deliveries).values(**old))
    ran = maanwerk("case", "letter", "F-1", "reminder", "--check")
    assert ran.code == 0
    assert "the templates changed since: 0123456789abcdef then," in ran.out


def test_a_letter_that_comes_out_otherwise_with_the_same_templates_ends_with_1(desk: Desk, maanwerk: Run) -> None:
    work = desk(reminders("sms"))
    with work.file.write() as transaction:
        transaction.session.connection.execute(
            update(t.deliveries).values(content=b"Oud", sha256=sha256(b"Oud").hexdigest())
        )
    ran = maanwerk("case", "letter", "F-1", "reminder", "--check")
    assert ran.code == 1
    assert "the bytes differ though the templates are the same" in ran.out


def test_what_proves_a_letter_is_told_without_its_bytes(desk: Desk, maanwerk: Run) -> None:
    work = desk(notice())
    ran = maanwerk("case", "letter", "F-1", "notice", "--json", "--check")
    assert ran.code == 0
    record: dict[str, Any] = json.loads(ran.out)
    assert (record["recipient"], record["channel"], record["status"]) == (
        "Bakkerij Ochtend, Weg 2, 1000 AB Dorp",
        "post",
        "sent",
    )
    assert record["at"] == local("2026-03-25", "12:00").isoformat()
    assert record["sha256"] == sha256(stored(work, "post")).hexdigest()
    assert record["calculation"]["cases"][0]["claim"]["interest"] == "6.12"
    assert record["check"]["same"] is True
    assert record["check"]["template_version_now"] == record["template_version"]


@pytest.mark.parametrize(
    ("asked", "problem"),
    [
        (("F-9", "reminder"), "there is no case 'F-9'"),
        (("F-1", "notice"), "nothing was sent for F-1 under notice; there is:"),
        (("F-1", "reminder", "--issue", "2"), "nothing was sent for F-1 under reminder, issue 2,; there is:"),
        (("F-1", "reminder", "--channel", "sms"), "reminder was not sent over sms; there is:"),
    ],
)
def test_what_was_not_sent_is_answered_with_what_was(
    desk: Desk, maanwerk: Run, asked: tuple[str, ...], problem: str
) -> None:
    desk(reminders("email", "post"))
    ran = maanwerk("case", "letter", *asked)
    assert ran.code == 2
    assert problem in ran.err
    if "there is:" in problem:
        assert "  reminder --issue 1 --channel email\n  reminder --issue 1 --channel post" in ran.err


def test_a_case_to_which_nothing_was_sent_says_so(desk: Desk, maanwerk: Run) -> None:
    desk(reminders("email"), steps=0)
    assert maanwerk("case", "letter", "F-1", "reminder").err == "nothing was sent for F-1\n"


def test_a_joint_message_is_found_from_each_of_its_cases(desk: Desk, maanwerk: Run, tmp_path: Path) -> None:
    desk(reminders("email"), numbers=("F-1", "F-2"))
    for number in ("F-1", "F-2"):
        assert maanwerk("case", "letter", number, "reminder", "--out", f"{number}.eml").code == 0
    assert (tmp_path / "F-1.eml").read_bytes() == (tmp_path / "F-2.eml").read_bytes()


# The claim ---------------------------------------------------------------------------------------------------


def claim(maanwerk: Run, *more: str) -> dict[str, Any]:
    ran = maanwerk("case", "show", "F-1", "--json", *more)
    assert ran.code == 0
    found: dict[str, Any] = json.loads(ran.out)["claim"]
    return found


def test_the_claim_of_a_business_with_its_interest_and_its_notice(desk: Desk, maanwerk: Run) -> None:
    # Interest from Wednesday 4 March (31 days after the invoice of 1 February; BW 6:119a lid 2), at 10.15%.
    # Posted Wednesday 25 March: the third delivery day after it is Saturday 28 March, 14 days later is Saturday 11
    # April; the second banking day after that is Tuesday 14 April. Costs from 12 April: 15% of 1000.00.
    desk(notice())
    before = claim(maanwerk, "--as-of", "2026-04-11")
    # 39 days: 1000 x 10.15% x 39/365 = 10.85.
    assert (before["open"], before["interest"], before["costs"], before["total"]) == (
        "1000.00",
        "10.85",
        "0.00",
        "1010.85",
    )
    assert before["periods"] == [
        {"from": "2026-03-04", "to": "2026-04-11", "days": 39, "rate": "10.15", "base": "1000.00", "amount": "10.85"}
    ]
    (letter,) = before["notices"]
    assert (letter["step"], letter["role"], letter["sent_on"]) == ("notice", "notice", "2026-03-25")
    assert (letter["received_on"], letter["received"]) == ("2026-03-28", "presumed")
    assert (letter["last_day"], letter["usable_from"]) == ("2026-04-11", "2026-04-14")
    assert (letter["in_force"], letter["void"]) == (True, None)
    after = claim(maanwerk, "--as-of", "2026-04-12")
    assert (after["costs"], after["total"]) == ("150.00", "1161.12")
    assert after["costs_explained"]


def test_payments_are_shown_as_they_were_booked(desk: Desk, maanwerk: Run) -> None:
    work = desk(notice())
    asyncio.run(work.tell("payment_received", {"id": "p1", "amount": "400.00", "credited_on": "2026-03-20"}))
    (booked,) = claim(maanwerk, "--as-of", "2026-04-01")["booked"]
    assert (booked["on"], booked["amount"], booked["principal"]) == ("2026-03-20", "400.00", "400.00")


def test_the_claim_is_a_section_with_aligned_amounts(desk: Desk, maanwerk: Run) -> None:
    desk(notice())
    out = maanwerk("case", "show", "F-1", "--as-of", "2026-04-12").out
    assert "Claim on Sun 2026-04-12, in EUR, under the law of NL" in out
    rows = {line.split()[0]: line for line in out[out.index("Claim on") : out.index("Interest")].splitlines() if line}
    sums = {"open": "1,000.00", "interest": "11.12", "costs": "150.00", "total": "1,161.12"}
    ends = {rows[name].index(amount) + len(amount) for name, amount in sums.items()}
    assert len(ends) == 1, "all amounts end in one column"
    assert "Sat 2026-03-28 presumed" in out
    assert "in force" in out
    # VAT: one year after due (art. 29 Wet OB); limitation: five years (BW 3:307).
    assert "Mon 2027-03-01  last day to reclaim the VAT" in out
    assert "Sat 2031-03-01  last day before the claim is barred" in out


def test_the_first_reminder_of_a_belgian_consumer_counts_from_its_sending(desk: Desk, maanwerk: Run) -> None:
    # By e-mail on Friday 6 March: fourteen days from the next day on, so to Friday 20 March, and usable on the 21st.
    step = send("reminder", {"after_due": "5d"}, term="14d", letter="first_reminder", announces=["costs"])
    work = desk(policy(step, law="BE", kind="consumer"), steps=0, legal_status=invoice(kind=Kind.CONSUMER).legal_status)
    with work.file.write() as transaction:
        transaction.parties.save_creditor(CREDITOR.model_copy(update={"enterprise_number": "0123456749"}))
    asyncio.run(work.act())
    (letter,) = claim(maanwerk)["notices"]
    assert (letter["role"], letter["received_on"], letter["received"]) == ("first_reminder", None, "presumed")
    assert (letter["last_day"], letter["usable_from"], letter["in_force"]) == ("2026-03-20", "2026-03-21", True)
    assert "counts from sending" in maanwerk("case", "show", "F-1").out


def test_a_letter_that_became_void_says_why(desk: Desk, maanwerk: Run) -> None:
    rules = notice(kind="consumer")
    rules = rules.model_copy(
        update={"steps": (rules.steps[0].model_copy(update={"claims": "principal", "announces": ("costs",)}),)}
    )
    facts = {"legal_status": invoice(kind=Kind.CONSUMER).legal_status, "term_basis": TermBasis.AGREED}
    work = desk(rules, **facts)
    (letter,) = claim(maanwerk)["notices"]
    assert (letter["role"], letter["announced_costs"], letter["in_force"]) == ("cost_notice", "150.00", True)
    asyncio.run(work.tell("invoice_credited", {"id": "c1", "amount": "200.00", "kind": "correction"}))
    (letter,) = claim(maanwerk)["notices"]
    assert (letter["void"], letter["in_force"]) == ("the invoice was corrected", False)
    assert "void: the invoice was corrected" in maanwerk("case", "show", "F-1").out


def test_a_policy_without_law_owes_the_open_amount_and_has_no_section(desk: Desk, maanwerk: Run) -> None:
    desk(reminders("email"))
    found = claim(maanwerk)
    assert (found["law"], found["open"], found["total"], found["notices"]) == (None, "1000.00", "1000.00", [])
    assert "Claim on" not in maanwerk("case", "show", "F-1").out


def test_a_day_that_nobody_counts_with_is_refused(desk: Desk, maanwerk: Run) -> None:
    desk(notice(), steps=0)
    assert maanwerk("case", "show", "F-1", "--as-of", "soon").code == 2
    assert maanwerk("case", "show", "F-1", "--as-of", "9999-12-31").code == 2


# Giving a notice again ----------------------------------------------------------------------------------------


def test_a_person_has_the_notice_given_again(desk: Desk, maanwerk: Run) -> None:
    desk(notice())
    ran = maanwerk("case", "reissue", "F-1", "--reason", "it went to the old address", "--actor", "j.devries")
    assert ran.code == 0, ran.err
    assert "written down; takes effect when a worker runs" in ran.out
    (letter,) = claim(maanwerk)["notices"]
    assert (letter["void"], letter["in_force"]) == ("a person asked for a new one", False)
    report = json.loads(maanwerk("case", "show", "F-1", "--json").out)
    assert (report["next"], report["step"]) == ("send", "notice")


def test_the_issue_that_is_given_again_is_a_letter_of_its_own(desk: Desk, maanwerk: Run, tmp_path: Path) -> None:
    work = desk(notice())
    asyncio.run(work.tell("reissue_notice", {"reason": "it went to the old address"}))
    asyncio.run(work.act())
    assert maanwerk("case", "letter", "F-1", "notice", "--out", "new.pdf").code == 0
    assert maanwerk("case", "letter", "F-1", "notice", "--issue", "1", "--out", "old.pdf").code == 0
    old, new = (each.content for each in work.deliveries())
    assert ((tmp_path / "old.pdf").read_bytes(), (tmp_path / "new.pdf").read_bytes()) == (old, new)


def test_without_a_notice_in_force_there_is_nothing_to_give_again(desk: Desk, maanwerk: Run) -> None:
    desk(notice(), steps=0)
    ran = maanwerk("case", "reissue", "F-1", "--reason", "why not")
    assert ran.code == 1
    assert "there is no notice in force" in ran.err
    assert maanwerk("case", "reissue", "F-1").code == 2, "a reason is needed"

"""The demo does what `samples/demo/quarter.yaml` says must happen, on the real engine."""

import json
import zipfile
from datetime import UTC, date, datetime
from pathlib import Path
from urllib.parse import quote

import pytest

from casefile.case_file import CaseFile
from casefile.database import Database
from domain import facts as f
from domain.facts import CloseReason
from domain.money import Money
from gateways.outbox import FileOutbox
from simulation.demo.at_the_desk import DemoDesk, NotPlayed, played
from simulation.demo.partner import Reported
from simulation.demo.provider_posts import NotTaken, ProviderPosts
from simulation.demo.quarter import DemoCase, DemoResult, NotOurFolder, clear_folder, story_of
from simulation.demo.report.page import write_report
from simulation.events import Payment
from tests.api.desk.world import PASSWORD, Browser, words


def of(quarter: DemoResult, number: str) -> DemoCase:
    return next(each for each in quarter.cases if each.number == number)


def sent(each: DemoCase) -> list[f.StepTaken]:
    return [fact for fact in each.facts if isinstance(fact, f.StepTaken) and fact.step_kind == "send"]


def test_every_row_of_the_list_became_a_case(quarter: DemoResult) -> None:
    assert quarter.imported[0].findings == ()
    assert len(quarter.cases) == 26
    assert len({each.case.invoice.debtor for each in quarter.cases}) == 13


def test_an_e_invoice_is_reduced_by_its_credit_notes_and_paid_to_the_cent(quarter: DemoResult) -> None:
    # 1210.00 less 121.00 and 24.20; the note that names no invoice is on none, and says so.
    each = of(quarter, "U-1001")
    assert each.case.closed is CloseReason.PAID
    assert [step.claimed.text for step in sent(each)] == ["1064.80", "1064.80"]
    assert [finding.severity for listed in quarter.imported for finding in listed.findings] == ["warning"]


@pytest.mark.parametrize(
    ("number", "closed"),
    [
        ("261055", CloseReason.PAID),
        ("261046", CloseReason.PAID),
        ("261065", CloseReason.PAID),
        ("261075", CloseReason.PAID),
        ("261082", CloseReason.PAID),
        ("261123", CloseReason.PAID),
        ("261114", CloseReason.PAID),
        ("261048", CloseReason.PAID),
        ("261106", CloseReason.PAID),
        ("261131", CloseReason.CREDITED),
        ("261099", CloseReason.BELOW_TOLERANCE),
        ("261089", CloseReason.HANDED_OFF),
        ("261133", CloseReason.HANDED_OFF),
        ("261109", None),
        ("261097", None),
    ],
)
def test_the_cases_end_as_the_script_says(quarter: DemoResult, number: str, closed: CloseReason | None) -> None:
    assert of(quarter, number).case.closed is closed


def test_nothing_is_sent_after_the_payment_is_known(quarter: DemoResult) -> None:
    for each in quarter.cases:
        closings = [fact for fact in each.facts if isinstance(fact, f.CaseClosed | f.CaseReopened)]
        if closings and isinstance(closings[-1], f.CaseClosed):
            assert all(step.at < closings[-1].at for step in sent(each)), each.number


def test_no_step_of_a_case_is_sent_twice(quarter: DemoResult) -> None:
    for each in quarter.cases:
        steps = [(step.step, step.issue) for step in sent(each)]
        assert len(set(steps)) == len(steps), each.number


def test_nothing_is_sent_while_the_engine_is_lost_and_what_was_paid_meanwhile_is_known(quarter: DemoResult) -> None:
    assert quarter.outage == (date(2026, 5, 6), date(2026, 5, 12))
    for each in quarter.cases:
        assert not [step for step in sent(each) if date(2026, 5, 6) <= step.on < date(2026, 5, 12)]
    paid = [fact for fact in of(quarter, "261123").facts if isinstance(fact, f.PaymentReceived)]
    assert [(payment.id, payment.on) for payment in paid] == [("stripe:pi_0507", date(2026, 5, 12))]


def test_what_providers_tell_comes_in_over_http_is_stored_as_posted_and_counts_once(quarter: DemoResult) -> None:
    posted = {each.payment: each for each in quarter.posted}
    # The payments of quarter.yaml whose ids begin with stripe: or adyen:.
    assert (len(quarter.posted), len(posted), quarter.matched) == (9, 9, 9)
    assert {each.status for each in quarter.posted} == {200, 202}
    paid = [fact for each in quarter.cases for fact in each.facts if isinstance(fact, f.PaymentReceived)]
    assert sorted(fact.id for fact in paid if ":" in fact.id) == sorted(posted)
    for fact in paid:
        if fact.id in posted:
            assert posted[fact.id].amount == f"{fact.amount.text} EUR"
    database = Database(f"sqlite:///{quarter.folder / 'case-file.sqlite3'}")
    with CaseFile(database).read() as transaction:
        rows = transaction.session.connection.exec_driver_sql(
            "SELECT provider, outcome, body FROM provider_events"
        ).all()
    database.close()
    assert sorted((row[0], row[1]) for row in rows) == [("adyen", "read")] * 4 + [("stripe", "read")] * 5
    assert all(json.loads(row[2]) for row in rows)


async def test_a_post_that_nobody_signed_is_not_taken(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'f.sqlite3'}")
    database.migrate()
    posts = ProviderPosts(CaseFile(database), datetime(2026, 4, 1, tzinfo=UTC))
    event = Payment(date(2026, 4, 1), "stripe:pi_1", "F-1", Money.parse("1.00", "EUR"))
    async with posts.open():
        posts._stripe = "whsec_of_somebody_else"
        with pytest.raises(NotTaken, match="401"):
            await posts.post(event)
    database.close()
    assert posts.posted == []


def test_a_pause_keeps_the_ladder_still(quarter: DemoResult) -> None:
    each = of(quarter, "261080")
    assert not [step for step in sent(each) if date(2026, 4, 7) <= step.on < date(2026, 5, 12)]
    assert [step for step in sent(each) if step.on >= date(2026, 5, 12)]


def test_a_payment_taken_back_reopens_the_case_at_its_next_step(quarter: DemoResult) -> None:
    each = of(quarter, "261075")
    kinds = [fact.kind for fact in each.facts if isinstance(fact, f.CaseClosed | f.CaseReopened)]
    assert kinds == ["case_closed", "case_reopened", "case_closed"]
    # Reminder and second reminder went before; after the reversal the notice comes, not the first reminder again.
    assert [step.step for step in sent(each)] == ["reminder", "second_reminder", "notice"]


def test_invoices_of_one_debtor_travel_in_one_mail(quarter: DemoResult) -> None:
    first = {step.message for each in quarter.cases for step in sent(each) if each.case.invoice.debtor == "1001"}
    assert any("2026-04-01" in message for message in first)
    taken = [each for each in FileOutbox(quarter.folder).taken() if each.file.name.startswith("2026-04-01 ")]
    assert [each.to for each in taken].count("crediteuren@korenaar.example") == 1


def test_the_agency_gets_the_files_over_http_and_what_it_reports_reaches_the_cases(quarter: DemoResult) -> None:
    assert quarter.agency == Reported(2, (("accepted", 2), ("more_wanted", 1)))
    reports = [[f.status for f in each.facts if f.kind == "agency_reported"] for each in quarter.cases]
    assert sorted(filter(None, reports)) == [["accepted"], ["accepted", "more_wanted"]]


def test_the_agency_gets_what_it_needs(quarter: DemoResult) -> None:
    files = sorted((quarter.folder / "agency").glob("*.zip"))
    assert len(files) == 2
    # Beside each a line an invoice, for programs that read no JSON.
    lines = (quarter.folder / "agency" / f"{files[0].stem}.csv").read_text("utf-8").splitlines()
    assert len(lines) == 2 and ";261089;" in lines[1] and ";3423.92;EUR;" in lines[1]
    with zipfile.ZipFile(files[0]) as archive:
        manifest = json.loads(archive.read("manifest.json"))
        names = archive.namelist()
    # 2,940.30 due 22 March: 10.15% for 79 days to 9 June is 64.59; 375 and 10% of 440.30 are 419.03.
    assert manifest["claim"]["total"] == {"amount": "3423.92", "currency": "EUR"}
    assert "Factuur 261089.pdf" in [each.get("title") for each in manifest["documents"]]
    assert not [name for name in names if "261089" in name]
    assert [message["step"] for message in manifest["messages"]] == [
        "reminder",
        "second_reminder",
        "notice",
        "notice",
    ]
    # The second one went about two invoices, in a letter for several steps: here it is what it was for this one.
    (invoice,) = manifest["statement"]
    assert [letter["letter"] for letter in invoice["letters"]] == ["reminder", "second_reminder", "notice", "notice"]


def test_every_open_case_says_why_and_what_comes_next(quarter: DemoResult) -> None:
    for each in quarter.cases:
        if each.case.closed is None:
            assert each.view.at is not None or (each.view.why and each.view.tasks), each.number
        assert story_of(each)


def test_the_report_shows_every_case_and_everything_that_was_sent(quarter: DemoResult) -> None:
    text = write_report(quarter, quarter.folder).read_text(encoding="utf-8")
    assert text.count("<article") == 26
    folders = ("emails", "texts", "letters", "agency")
    sent = [path for each in folders for path in (quarter.folder / each).iterdir() if path.suffix != ".csv"]
    assert all(f'href="{quote(path.relative_to(quarter.folder).as_posix())}"' in text for path in sent)


def test_no_name_of_a_file_names_anybody(quarter: DemoResult) -> None:
    said = [
        path.name for folder in ("emails", "texts", "letters", "agency") for path in (quarter.folder / folder).iterdir()
    ]
    for path in (quarter.folder / "agency").glob("*.zip"):
        with zipfile.ZipFile(path) as archive:
            said += archive.namelist()
    words = {word for each in quarter.cases for word in each.debtor.lower().split() if len(word) > 3}
    assert len(said) > 50
    assert not [name for name in said if any(word in name.lower() for word in words)]
    assert not [name for name in said if any(each.number in name for each in quarter.cases)]


def test_a_folder_that_no_demo_made_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("keep me")
    with pytest.raises(NotOurFolder, match="--out"):
        clear_folder(tmp_path)
    assert (tmp_path / "mine.txt").read_text() == "keep me"


def test_debtors_who_talk_are_told_what_became_of_it(quarter: DemoResult) -> None:
    disputed, kept, broken, arranged = (of(quarter, number) for number in ("261126", "261143", "261140", "261097"))
    # 1,089.00 less 89.00 in which she was right; 293.15 of the debtor's 1,000.00 came in for it.
    assert [(d.outcome, d.upheld_minor) for d in disputed.case.disputes] == [("partly", 8900)]
    assert disputed.case.open.text == "706.85"
    assert [(p.outcome, p.minor) for p in (*kept.case.promises, *broken.case.promises)] == [
        ("kept", 21780),
        ("broken", 3850),
    ]
    assert kept.case.closed is CloseReason.PAID
    assert arranged.case.arrangements[0].outcome is None and arranged.case.open.text == "200.00"
    assert [letter.letter for letter in arranged.case.owing] == [
        "arrangement_confirmation",
        "instalment_reminder",
        "instalment_reminder",
    ]
    assert not [step for step in sent(arranged) if step.on >= date(2026, 5, 4)]


async def test_the_quarter_is_at_the_desk_live_and_stays_as_it_was_played(quarter: DemoResult) -> None:
    played_file = (quarter.folder / "case-file.sqlite3").read_bytes()
    desk = DemoDesk.opened(quarter.folder)
    try:
        browser = Browser(desk.app())
        link = desk.link("http://127.0.0.1:8236")
        await browser.get(link.removeprefix("http://127.0.0.1:8236"))
        typed = {"name": "Mies", "login": "mies@x.example", "password": PASSWORD, "again": PASSWORD, "language": "nl"}
        signed_in = await browser.post(link.removeprefix("http://127.0.0.1:8236"), typed)
        page = await browser.follow(signed_in)
        # The same data, on the morning after the last day.
        assert "wo 1 jul" in words(page.text) and page.text.count('class="k"') == 8
        listed = words((await browser.get("/desk/zaken")).text)
        for each in quarter.cases:
            assert (each.number in listed) == (each.case.closed is None), each.number
        # Where the money stood was kept on every day that the clock stopped at: in most weeks.
        figures = (await browser.get("/desk/cijfers?als=json")).json()
        assert sum(bool(week["by_stage"]) for week in figures["weeks"]) >= 10
        # And live: what a person asks is judged at once.
        case_id = next(each.case.invoice.number for each in quarter.cases if each.case.closed is None)
        case = next(key for key in _ids(desk) if key.endswith(case_id))
        await browser.get(f"/desk/zaken/{quote(case, safe='')}?doe=pauze")
        done = await browser.record(f"/desk/zaken/{quote(case, safe='')}/doen/pauze", {"reason": "vakantie"})
        assert done.status_code == 303
        assert "Pauze: vastgelegd." in words((await browser.follow(done)).text)
    finally:
        desk.close()
    assert (quarter.folder / "case-file.sqlite3").read_bytes() == played_file


def _ids(desk: DemoDesk) -> tuple[str, ...]:
    with desk.file.read() as transaction:
        return transaction.cases.open_ids()


def test_a_quarter_that_was_not_played_is_told(tmp_path: Path) -> None:
    clear_folder(tmp_path / "out")
    assert not played(tmp_path / "out")
    with pytest.raises(NotPlayed):
        DemoDesk.opened(tmp_path / "out")

"""The report says what the case file says, stands on its own, and takes data for nothing but data."""

import asyncio
import io
import re
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from casefile.deliveries import StoredDelivery
from domain import facts as f
from domain.case import fold
from domain.invoice import Invoice, Kind, LegalStatus
from domain.money import Money
from domain.parties import Creditor, PolicyRule
from domain.planning.planner import plan
from domain.policy import Policy
from domain.surroundings import NOTHING_SPECIAL
from domain.views.case_view import view_of
from domain.views.timeline import line
from gateways.outbox import FileOutbox
from intake.findings import Finding
from letters.eml import Attachment, compose_email
from letters.render import Email
from services.importing.results import ImportedList
from services.ports import Channel, Outgoing
from simulation.demo.quarter import DemoCase, DemoResult
from simulation.demo.report.page import write_report
from simulation.demo.report.story import story_of_case
from simulation.demo.report.wording import money, short_days, summed

HOSTILE = "\"><script>alert(1)</script>&'{{ 7*7 }}</style></svg><img src=x onerror=alert(2)>"
POLICY = Policy.model_validate(
    {
        "policy": "plain",
        "calendar": {"days": ["tue", "wed", "thu"], "from": "09:00", "until": "16:00"},
        "steps": [
            {"id": "reminder", "when": {"after_due": "5d"}, "send": ["email", "sms"]},
            {"id": "handoff", "when": {"after_due": "60d"}, "hand_off": "agency", "approval": "required"},
        ],
    }
)
CREDITOR = Creditor(id="us", name="Wij B.V.", iban="NL91ABNA0417164300", email="wij@wij.example", policies=(
    PolicyRule(policy="plain"),
))  # fmt: skip
OUTAGE = (date(2026, 4, 13), date(2026, 4, 21))


def eur(text: str) -> Money:
    return Money(Decimal(text), "EUR")


def at(day: date, hour: int = 7) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)


def delivered(channel: Channel, media_type: str, content: bytes, on: date, message: str) -> StoredDelivery:
    return StoredDelivery(
        key=f"{message}/{channel}", message=message, step="reminder", issue=1, letter="reminder", channel=channel,
        recipient=f"to {HOSTILE}", subject=f"About {HOSTILE}", media_type=media_type, content=content, sha256="",
        filename_hint=f"{on} {channel}", status="sent", intended_at=at(on), intended_real=at(on), reference="r",
        crossed=False,
    )  # fmt: skip


def mail(key: str) -> bytes:
    said = Email(subject="Herinnering", text="Beste debiteur,\nbetaal.", html="<p>Beste <b>debiteur</b> &amp; co</p>")
    return compose_email(
        email=said, sender="wij@wij.example", sender_name="Wij", to="a@b.example", key=key, on=at(date(2026, 4, 7)),
        attachments=[Attachment("Factuur 1.pdf", "application/pdf", b"x" * 2000)],
    )  # fmt: skip


def dossier() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("README.txt", "Dit is het dossier.")
        archive.writestr("manifest.json", "{}")
    return packed.getvalue()


def case_of(
    number: str, amount: str, due: date, more: Sequence[f.Fact], deliveries: tuple[StoredDelivery, ...]
) -> DemoCase:
    invoice = Invoice(
        number=number, debtor=number, invoice_date=date(2026, 3, 1), due=due, amount=eur(amount),
        legal_status=LegalStatus.of_kind(Kind.BUSINESS),
    )  # fmt: skip
    start = date(2026, 4, 1)
    opened = f.CaseOpened(id="o", at=at(start), on=start, invoice=invoice, open=eur(amount), policy="plain",
                          policy_version=1)  # fmt: skip
    facts: tuple[f.Fact, ...] = (opened, *more)
    case = fold(facts)
    end = at(date(2026, 6, 30))
    view = view_of(case, POLICY, plan(case, POLICY, NOTHING_SPECIAL, end), end)
    return DemoCase(number, f"Debiteur {HOSTILE}", case, POLICY, view, facts, deliveries)


def taken(message: str, on: date, kind: str, channels: tuple[str, ...], open_: str, step: str = "reminder") -> f.Fact:
    zero = eur("0.00")
    return f.StepTaken.model_validate(
        {
            "id": f"t-{message}", "at": at(on), "on": on, "step": step, "step_kind": kind, "channels": channels,
            "message": message, "open": eur(open_), "interest": zero, "costs": zero, "total": eur(open_),
            "claimed": eur(open_),
        }
    )  # fmt: skip


def paid(id_: str, amount: str, on: date, credited: date | None = None) -> f.Fact:
    return f.PaymentReceived(id=id_, at=at(on, 1), on=on, amount=eur(amount), credited_on=credited or on)


def quarter(folder: Path) -> DemoResult:
    # Due on 2 April, reminded on Tuesday 7 April: five days later, on the day itself.
    told = (
        delivered("email", "message/rfc822", mail("m1"), date(2026, 4, 7), "m1"),
        delivered("sms", "text/plain", b"Bel ons <nu>", date(2026, 4, 7), "m1"),
    )
    part = case_of(
        "F-1", "1000.00", date(2026, 4, 2),
        [
            taken("m1", date(2026, 4, 7), "send", ("email", "sms"), "1000.00"),
            paid("p1", "300.00", date(2026, 4, 21), credited=date(2026, 4, 14)),
            f.PaymentReversed(id="v1", at=at(date(2026, 5, 4)), on=date(2026, 5, 4), of="p1",
                              credited_on=date(2026, 5, 4)),
        ],
        told,
    )  # fmt: skip
    closed = f.CaseClosed(id="c", at=at(date(2026, 4, 9), 2), on=date(2026, 4, 9), reason=f.CloseReason.PAID)
    full = case_of("F-2", "250.50", date(2026, 4, 5), [paid("p2", "250.50", date(2026, 4, 9)), closed], ())
    handed = delivered("agency", "application/zip", dossier(), date(2026, 6, 9), "m3")
    gone = case_of(
        "F-3", "40.00", date(2026, 4, 1),
        [
            taken("m3", date(2026, 6, 9), "hand_off", ("agency",), "40.00", step="handoff"),
            f.CaseClosed(id="c", at=at(date(2026, 6, 9)), on=date(2026, 6, 9), reason=f.CloseReason.HANDED_OFF),
        ],
        (handed,),
    )  # fmt: skip
    outbox = FileOutbox(folder)
    channels: dict[str, Channel] = {"email": "email", "sms": "sms", "agency": "agency"}
    for sent in (*told, handed):
        asyncio.run(
            outbox.send(
                Outgoing(sent.key, channels[sent.channel], sent.recipient, sent.subject, sent.media_type, sent.content,
                         sent.filename_hint)
            )
        )  # fmt: skip
    warning = Finding("note.xml", 1, "/CreditNote", f"it names {HOSTILE}", "warning")
    imported = (ImportedList("list.csv", (), ()), ImportedList("note.xml", (), (warning,), is_invoice=True))
    return DemoResult(
        imported, (part, full, gone), folder, CREDITOR, date(2026, 4, 1), date(2026, 6, 30), OUTAGE, "engine"
    )


class Page(HTMLParser):
    """What a browser would find: elements with their attributes, texts, and whether all that opens closes."""

    VOID = frozenset(("meta", "input", "br", "img"))
    SHAPES = frozenset(("path", "circle", "rect", "line"))

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.open: list[str] = []
        self.wrong: list[str] = []
        self.texts: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        if len(names) != len(set(names)):
            self.wrong.append(f"{tag} says something twice: {names}")
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in self.VOID | self.SHAPES:
            self.wrong.append(f"{tag} may not close itself")

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.wrong.append(f"</{tag}> closes nothing")

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] not in ("style", "script") and data.strip():
            self.texts.append(" ".join(data.split()))

    def values(self, name: str) -> list[str]:
        return [attributes[name] for _, attributes in self.elements if name in attributes]

    @property
    def text(self) -> str:
        return " | ".join(self.texts)


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> DemoResult:
    return quarter(tmp_path_factory.mktemp("report"))


@pytest.fixture(scope="module")
def page(result: DemoResult) -> Page:
    return Page(write_report(result, result.folder).read_text(encoding="utf-8"))


def test_it_is_well_formed_and_every_name_stands_once(page: Page) -> None:
    assert page.wrong == []
    assert page.open == []
    ids = page.values("id")
    assert len(ids) == len(set(ids))


def test_every_link_within_the_page_leads_somewhere(page: Page) -> None:
    targets = {value[1:] for value in page.values("href") if value.startswith("#")}
    assert targets
    assert targets <= set(page.values("id"))
    assert set(page.values("for")) <= set(page.values("id"))


def test_it_needs_nothing_from_elsewhere(page: Page, result: DemoResult) -> None:
    text = (result.folder / "report.html").read_text(encoding="utf-8")
    assert not re.search(r"""(?:src|href|data|action)\s*=\s*["']?(?:https?:)?//""", text)
    assert "@import" not in text and "url(http" not in text
    assert not [tag for tag, _ in page.elements if tag in ("link", "img", "base", "object", "embed")]
    # The policy of the page says so as well.
    (rule,) = [a["content"] for tag, a in page.elements if a.get("http-equiv") == "Content-Security-Policy"]
    assert "connect-src 'none'" in rule and "unsafe-inline" not in rule


def test_its_links_to_files_find_them(page: Page, result: DemoResult) -> None:
    links = {unquote(value) for value in page.values("href") if not value.startswith("#")}
    assert len(links) == 3
    assert all((result.folder / link).is_file() for link in links)


def test_a_hostile_name_stays_a_name(page: Page) -> None:
    assert [tag for tag, _ in page.elements].count("script") == 1
    assert not [name for _, attributes in page.elements for name in attributes if name.startswith("on")]
    assert f"Debiteur {HOSTILE}" in page.texts
    assert any(HOSTILE in text for text in page.texts if text.startswith("About"))
    assert "49" not in page.texts


def test_what_the_import_remarks_is_shown(page: Page) -> None:
    assert {"list.csv", "note.xml", f"Warning: it names {HOSTILE}"} <= set(page.texts)


def test_a_mail_is_shown_in_a_frame_that_may_do_nothing(page: Page) -> None:
    frames = [attributes for tag, attributes in page.elements if tag == "iframe"]
    assert [frame["sandbox"] for frame in frames] == [""]
    assert frames[0]["srcdoc"].strip() == "<p>Beste <b>debiteur</b> &amp; co</p>"
    assert frames[0]["title"]


def test_every_message_can_be_read_in_place(page: Page) -> None:
    assert "Beste debiteur, betaal." in page.texts
    assert "Attached: Factuur 1.pdf" in page.texts
    assert "Bel ons <nu>" in page.texts
    assert {"README.txt", "manifest.json", "Dit is het dossier."} <= set(page.texts)


def test_the_head_adds_up_to_what_was_invoiced(page: Page) -> None:
    # 1000.00 + 250.50 + 40.00; the 300.00 was taken back.
    start = page.texts.index("Invoiced")
    assert page.texts[start : start + 11] == [
        "Invoiced", "€1,290.50", "3 invoices, 3 debtors",
        "Paid", "€250.50", "and nothing too much",
        "Still open", "€1,000.00", "in cases that go on",
        "Handed off", "€40.00",
    ]  # fmt: skip


def test_the_chart_tells_each_week_and_what_was_taken_back(page: Page) -> None:
    # Weeks begin on Wednesday 1 April. 9 and 14 April are in the second, Monday 4 May in the fifth.
    assert "Week of Wed 8 Apr: €550.50; Week of Wed 29 Apr: −€300.00" in page.texts


def test_each_step_says_what_it_asked_and_why_on_that_day(page: Page) -> None:
    assert "Reminder by e-mail and text message" in page.texts
    assert "Asks €1,000.00: the open principal." in page.texts
    assert "5 days after the due date." in page.texts


def test_a_payment_that_came_while_nothing_ran_says_so(page: Page) -> None:
    assert any(text.startswith("On the account since Tue 14 Apr, known to us on Tue 21 Apr.") for text in page.texts)
    assert any("It arrived while nothing ran" in text for text in page.texts)


def test_the_ledger_shows_the_balance_after_every_entry(page: Page) -> None:
    start = page.texts.index("payment p1")
    assert page.texts[start : start + 8] == [
        "payment p1", "14 April 2026", "−€300.00", "€700.00", "reversal of p1", "4 May 2026", "€300.00", "€1,000.00",
    ]  # fmt: skip


def test_an_open_case_says_why_nothing_is_sent_and_what_comes_next(page: Page) -> None:
    assert "Why nothing is sent now" in page.texts
    assert "What comes next" in page.texts
    ended = page.texts.index("How it ended")
    assert page.texts[ended + 1] == "Paid in full."


def test_every_case_has_its_timeline_in_words_too(page: Page) -> None:
    told = [value for value in page.values("aria-label") if value.startswith("Timeline of invoice F-1. ")]
    assert len(told) == 1
    assert "Tue 7 Apr: Reminder by e-mail and text message" in told[0]
    pictures = [attributes for tag, attributes in page.elements if tag == "svg"]
    assert all({"aria-label", "aria-labelledby", "aria-hidden"} & set(attributes) for attributes in pictures)


def test_a_fact_without_words_of_its_own_is_told_by_its_line_of_the_timeline() -> None:
    on = date(2026, 4, 8)
    reported = f.DeliveryReported(id="r", at=at(on), on=on, key="m1-email", status="bounced")
    told = story_of_case((*case_of("F-1", "10.00", on, [], ()).facts, reported), POLICY, (), {}, None, "f-1")[-1]
    assert (told.on, told.look) == (on, "note")
    assert told.title == "Delivery reported: bounced"
    assert line(reported) == "2026-04-08 delivery reported: bounced"


def test_what_the_partner_said_has_words_of_its_own_and_money_is_told_once() -> None:
    on = date(2026, 5, 4)
    noted: dict[str, Any] = {"at": at(on), "on": on, "partner": "n"}
    told = (
        *case_of("F-1", "100.00", on, [], ()).facts,
        f.AgencyReported(
            id="1", report="r1", reference="NK-1", status="accepted", reported_on=date(2026, 5, 1), **noted
        ),
        f.PaymentReceived(id="2", at=at(on), on=on, amount=eur("10.00"), credited_on=on, source="n"),
        f.AgencyReported(id="3", report="r2", status="payment", amount=eur("10.00"), reported_on=on, **noted),
        f.AgencyReported(id="4", report="r3", status="summons", amount=eur("120.00"), reported_on=on, **noted),
        f.RecallAsked(id="5", at=at(on), on=on, reason="disputed"),
        f.AgencyReported(id="6", report="r4", status="closed", code="withdrawn", reported_on=on, **noted),
    )
    story = story_of_case(told, POLICY, (), {}, None, "case-1")[1:]
    assert [each.title for each in story] == [
        "The partner took the file",
        "€10.00 is paid to the partner",
        "The partner had the summons served",
        "The partner is asked for the file back",
        "The partner closed the file",
    ]
    assert (story[0].asked, story[0].why) == ("His reference: NK-1.", "He says it of Fri 1 May.")
    assert story[2].asked == "It cost €120.00, which is never added to the claim."
    assert (story[3].why, story[4].why) == ("Disputed.", "Withdrawn.")


def test_headings_go_down_one_step_at_a_time(page: Page) -> None:
    levels = [int(tag[1]) for tag, _ in page.elements if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_a_quarter_without_outage_draws_none(result: DemoResult, tmp_path: Path) -> None:
    calm = replace(result, outage=None, folder=tmp_path)
    page = Page(write_report(calm, tmp_path).read_text(encoding="utf-8"))
    assert page.wrong == []
    assert "out-band" not in [a.get("class") for tag, a in page.elements if tag == "rect" and "x" in a]
    # The files are not in this folder: nothing pretends that they are.
    assert not [value for value in page.values("href") if not value.startswith("#")]


def test_amounts_and_days_read_as_people_write_them() -> None:
    assert money(eur("-1234.50")) == "−€1,234.50"
    assert summed([eur("1.00"), Money(Decimal("5"), "JPY"), eur("2.00")]) == "€3.00 + JP¥5"
    assert short_days("until Tue 2026-04-07; F 2026-04-07") == "until Tue 7 Apr; F 2026-04-07"

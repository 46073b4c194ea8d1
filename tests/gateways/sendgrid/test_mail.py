"""E-mail through SendGrid: what is stored is what is sent, each answer means one outcome, and nothing leaks."""

from __future__ import annotations

import base64
import json
import logging
import socket
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from gateways.sendgrid.mail import MailEvent, SendgridMail
from letters.eml import Attachment, compose_email
from letters.render import Email
from services.ports import (
    CannotTell,
    Found,
    NotTaken,
    OutcomeUnknown,
    Outgoing,
    Refused,
    SendFailure,
    Sent,
)
from tests.gateways.loopback_vendor import (
    SENDGRID,
    Answer,
    Drop,
    Fault,
    Hang,
    Vendor,
    complaint,
    nobody,
    silent_host,
    slamming_host,
    specification_folder,
    vendor,
)
from tests.gateways.overhearing import overhearing

NOW = datetime(2026, 3, 6, 11, tzinfo=UTC)
HOST = "https://api.sendgrid.com"
API_KEY = "SG.the-very-secret-one"
KEY = "case:devaart:2026-F-1/reminder/1/email/finance"
PDF = b"%PDF-1.7\r\n\x00\xff the invoice itself"
TEXT = "Beste mevrouw Ochtend,\n\nfactuur F-1 van € 1.000,00 staat nog open.\n\n-- \nDe Vaart BV\n"
HTML = "<p>Beste mevrouw Ochtend,</p><p>factuur <b>F-1</b> van € 1.000,00 staat nog open.</p>\n"
PERSONAL = (
    "els@ochtend.example",
    "ochtend.example",
    "Ochtend",
    "debiteuren@devaart.example",
    "De Vaart",
    "1.000,00",
    "F-1",
)


def eml(*attachments: Attachment, text: str = TEXT) -> bytes:
    return compose_email(
        email=Email(subject="Factuur F-1: nog € 1.000,00 open", text=text, html=HTML),
        sender="debiteuren@devaart.example",
        sender_name="De Vaart B.V., afdeling “Débiteuren”",
        to="els@ochtend.example",
        key=KEY,
        on=NOW,
        attachments=attachments,
    )


def mail(content: bytes | None = None) -> Outgoing:
    return Outgoing(
        key=KEY,
        channel="email",
        to="els@ochtend.example",
        subject="Factuur F-1",
        media_type="message/rfc822",
        content=eml() if content is None else content,
        filename_hint="F-1",
    )


def gateway(url: str, *, timeout: float = 5.0, events: dict[str, MailEvent] | None = None) -> SendgridMail:
    return SendgridMail(
        API_KEY, timeout=timeout, now=lambda: NOW, url=url, events=None if events is None else events.get
    )


@pytest.fixture
def sendgrid() -> Iterator[Vendor]:
    with vendor(SENDGRID, HOST, lambda: NOW) as server:
        yield server


async def failure(way: SendgridMail, message: Outgoing | None = None) -> SendFailure:
    with pytest.raises(SendFailure) as raised:
        await way.send(message or mail())
    return raised.value


# What is sent -----------------------------------------------------------------------------------------------


async def test_a_mail_that_is_taken_has_sendgrids_own_name(sendgrid: Vendor) -> None:
    assert await gateway(sendgrid.url).send(mail()) == Sent("sendgrid-1")
    (asked,) = sendgrid.asked
    assert (asked.method, asked.path) == ("POST", "/v3/mail/send")
    assert asked.headers["Authorization"] == f"Bearer {API_KEY}"


async def test_what_is_sent_is_what_is_stored(sendgrid: Vendor) -> None:
    attachments = (
        Attachment("F-1.pdf", "application/pdf", PDF),
        Attachment("F-1.xml", "text/xml", b"<a>\xe2\x82\xac</a>\n"),
    )
    await gateway(sendgrid.url).send(mail(eml(*attachments)))
    sent = sendgrid.taken[0]
    assert sent["from"] == {"email": "debiteuren@devaart.example", "name": "De Vaart B.V., afdeling “Débiteuren”"}
    assert sent["personalizations"][0]["to"] == [{"email": "els@ochtend.example"}]
    assert sent["subject"] == "Factuur F-1: nog € 1.000,00 open"
    # A mail ends its lines with CR LF (RFC 5322 §2.1).
    stored = [("text/plain", TEXT.replace("\n", "\r\n")), ("text/html", HTML.replace("\n", "\r\n"))]
    assert [(part["type"], part["value"]) for part in sent["content"]] == stored
    assert [
        (a["filename"], a["type"], a["disposition"], base64.b64decode(a["content"])) for a in sent["attachments"]
    ] == [
        ("F-1.pdf", "application/pdf", "attachment", PDF),
        ("F-1.xml", "text/xml", "attachment", b"<a>\xe2\x82\xac</a>\n"),
    ]
    assert sent["headers"] == {"Auto-Submitted": "auto-generated"}


async def test_attachments_have_names_that_are_safe_and_differ(sendgrid: Vendor) -> None:
    names = ("../../etc/passwd", "NUL.pdf", "a\u202efdp.exe", "F-1.pdf", "f-1.PDF", "", "x" * 300 + ".pdf")
    await gateway(sendgrid.url).send(mail(eml(*(Attachment(name, "application/pdf", PDF) for name in names))))
    sent = [each["filename"] for each in sendgrid.taken[0]["attachments"]]
    turned = sent.pop(2)
    assert sent[:-1] == ["etc passwd", "_NUL.pdf", "F-1.pdf", "f-1 (2).PDF", "attachment"]
    assert (len(sent[-1]), sent[-1][-4:]) == (120, ".pdf")
    assert turned.isascii(), "no sign that turns the direction of writing"


async def test_sendgrid_adds_nothing_and_follows_nobody(sendgrid: Vendor) -> None:
    await gateway(sendgrid.url).send(mail())
    sent = sendgrid.taken[0]
    assert [kind for kind, setting in sent["tracking_settings"].items() if setting["enable"]] == []
    assert sent["mail_settings"] == {"footer": {"enable": False}}


async def test_of_the_case_sendgrid_learns_a_hash_alone(sendgrid: Vendor) -> None:
    await gateway(sendgrid.url).send(mail())
    sent = sendgrid.taken[0]
    assert sent["personalizations"][0]["custom_args"] == {
        "send_key": "4ad199ad99f5012631bea05de33bfa3e0669a56d4ffc83c1733da36b8a02c006"
    }
    assert "custom_args" not in sent
    assert "categories" not in sent


async def test_a_text_that_looks_like_a_key_of_the_vendor_is_a_text(sendgrid: Vendor) -> None:
    """The library's own mail classes refuse `SG.….…` in a body: an invoice number may look like that."""
    await gateway(sendgrid.url).send(mail(eml(text="factuur SG.2026.17\n")))
    assert sendgrid.taken[0]["content"][0]["value"] == "factuur SG.2026.17\r\n"


@pytest.mark.skipif(
    specification_folder() is None, reason="CONFORMANCE_DATA does not say where SendGrid's specification is"
)
async def test_requests_are_held_to_the_vendors_specification(sendgrid: Vendor) -> None:
    with_pdf = mail(eml(Attachment("F-1.pdf", "application/pdf", PDF)))
    await gateway(sendgrid.url).send(with_pdf)
    (asked,) = sendgrid.asked
    assert complaint(SENDGRID, HOST, asked) is None
    for spoilt in ({"custom_args": {"send_key": "x"}}, {"from": None}, {"subject": 5}):
        assert complaint(SENDGRID, HOST, replace(asked, body=json.dumps(asked.json | spoilt).encode())), spoilt


@pytest.mark.parametrize("content", [b"", b"no mail at all", b"From: a@b.example\r\nSubject: x\r\n\r\nno receiver"])
async def test_what_is_no_mail_is_refused_before_anybody_is_called(sendgrid: Vendor, content: bytes) -> None:
    assert isinstance(await failure(gateway(sendgrid.url), mail(content)), Refused)
    assert sendgrid.asked == []


def test_a_key_never_goes_over_an_open_line() -> None:
    with pytest.raises(ValueError, match="https://"):
        gateway("http://api.sendgrid.com")


# What answers mean ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [400, 413, 415, 422])
async def test_a_mail_that_is_rejected_is_never_sent(sendgrid: Vendor, status: int) -> None:
    sendgrid.faults = [Answer(status, {"errors": [{"message": "els@ochtend.example is bad", "field": None}]})]
    refused = await failure(gateway(sendgrid.url))
    assert (type(refused), refused.reason) == (Refused, f"sendgrid {status}")


async def test_a_rejection_names_the_field_and_not_what_stands_in_it(sendgrid: Vendor) -> None:
    errors = [{"message": "els@ochtend.example is bad", "field": "personalizations.0.to.0.email"}]
    sendgrid.faults = [Answer(400, {"errors": errors})]
    assert (await failure(gateway(sendgrid.url))).reason == "sendgrid 400: personalizations.0.to.0.email"


@pytest.mark.parametrize("status", [401, 403, 404, 405])
async def test_what_the_operator_must_mend_leaves_the_mail_good(sendgrid: Vendor, status: int) -> None:
    sendgrid.faults = [Answer(status, {"errors": [{"message": "no", "field": None}]})]
    later = await failure(gateway(sendgrid.url))
    assert isinstance(later, NotTaken)
    assert later.retry_after == timedelta(hours=1)


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({"Retry-After": "120"}, timedelta(minutes=2)),
        ({"Retry-After": "Fri, 06 Mar 2026 11:05:00 GMT"}, timedelta(minutes=5)),
        ({"Retry-After": "Fri, 06 Mar 2026 10:00:00 GMT"}, timedelta(0)),
        ({"Retry-After": "9" * 400}, timedelta(days=1)),
        ({"X-RateLimit-Reset": str(int(NOW.timestamp()) + 30)}, timedelta(seconds=30)),
        ({"Retry-After": "soon"}, None),
        ({}, None),
    ],
)
async def test_too_many_requests_waits_as_long_as_it_says(
    sendgrid: Vendor, headers: dict[str, str], wait: timedelta | None
) -> None:
    sendgrid.faults = [Answer(429, {"errors": []}, headers)]
    later = await failure(gateway(sendgrid.url))
    assert isinstance(later, NotTaken)
    assert later.retry_after == wait


@pytest.mark.parametrize("status", [500, 502, 503, 504])
@pytest.mark.parametrize("body", [None, {"errors": []}])
async def test_an_error_of_the_server_is_an_unknown_outcome(sendgrid: Vendor, status: int, body: object) -> None:
    sendgrid.faults = [Answer(status, body)]
    assert isinstance(await failure(gateway(sendgrid.url)), OutcomeUnknown)


@pytest.mark.parametrize("fault", [Hang(taken=False), Hang(taken=True), Drop(taken=False), Drop(taken=True)], ids=str)
async def test_no_answer_is_an_unknown_outcome(sendgrid: Vendor, fault: Fault) -> None:
    sendgrid.faults = [fault]
    assert isinstance(await failure(gateway(sendgrid.url, timeout=0.2)), OutcomeUnknown)


async def test_a_connection_that_ends_while_the_mail_is_written_is_an_unknown_outcome() -> None:
    large = mail(eml(Attachment("F-1.pdf", "application/pdf", PDF * 200_000)))
    with slamming_host() as url:
        assert isinstance(await failure(gateway(url), large), OutcomeUnknown)


async def test_a_refused_connection_took_nothing() -> None:
    with nobody() as url:
        assert isinstance(await failure(gateway(url)), NotTaken)


async def test_a_connection_that_never_came_about_took_nothing() -> None:
    with silent_host() as url:
        assert isinstance(await failure(gateway(url, timeout=0.2)), NotTaken)


async def test_a_name_that_nobody_knows_took_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    assert isinstance(await failure(gateway("https://sendgrid.invalid")), NotTaken)


async def test_a_redirect_is_not_followed_with_the_key(sendgrid: Vendor) -> None:
    sendgrid.faults = [Answer(302, None, {"Location": f"{sendgrid.url}/elsewhere"})]
    assert isinstance(await failure(gateway(sendgrid.url)), NotTaken)
    assert len(sendgrid.asked) == 1


@pytest.mark.parametrize("fault", [Answer(429), Answer(500), Answer(503), Answer(400), Drop(taken=False)], ids=str)
async def test_a_request_goes_out_once_whatever_happens(sendgrid: Vendor, fault: Fault) -> None:
    sendgrid.faults = [fault]
    await failure(gateway(sendgrid.url))
    assert len(sendgrid.asked) == 1


# Finding ----------------------------------------------------------------------------------------------------


async def test_an_event_with_the_key_shows_that_it_was_taken(sendgrid: Vendor) -> None:
    await gateway(sendgrid.url).send(mail())
    key = sendgrid.taken[0]["personalizations"][0]["custom_args"]["send_key"]
    events = {key: MailEvent("processed", "sendgrid-1")}
    assert await gateway(sendgrid.url, events=events).find(KEY, since=NOW) == Found("sendgrid-1")


@pytest.mark.parametrize("age", [timedelta(0), timedelta(hours=5), timedelta(hours=7), timedelta(days=30)])
@pytest.mark.parametrize("events", [None, {}])
async def test_silence_never_shows_that_it_was_not(age: timedelta, events: dict[str, MailEvent] | None) -> None:
    finding = await gateway("http://127.0.0.1:1", events=events).find(KEY, since=NOW - age)
    assert isinstance(finding, CannotTell)
    assert ("within 6 hours" in finding.reason) == (age > timedelta(hours=6))


# Silence ----------------------------------------------------------------------------------------------------


async def test_no_secret_and_nothing_personal_is_logged_or_said(
    sendgrid: Vendor, capfd: pytest.CaptureFixture[str]
) -> None:
    sendgrid.faults = [
        Answer(400, {"errors": [{"message": "els@ochtend.example: Ochtend", "field": "els@ochtend.example"}]}),
        Answer(401, {"errors": [{"message": f"{API_KEY} is wrong"}]}),
        Answer(429),
        Answer(500, {"errors": [{"message": TEXT}]}),
        Hang(taken=True),
        Drop(taken=False),
    ]
    way = gateway(sendgrid.url, timeout=0.2)
    with overhearing() as heard:
        for _ in range(6):
            heard.note(await failure(way))
        heard.note(await failure(way, mail(b"From: els@ochtend.example\r\n\r\nOchtend")))
        with nobody() as url:
            heard.note(await failure(gateway(url)))
        await gateway(sendgrid.url).send(mail())
        logging.getLogger("python_http_client.client").debug("heard, outside a call")
    assert heard.words("outside a call") == ["outside a call"]
    assert heard.words(API_KEY, KEY, *PERSONAL) == []
    printed = "".join(capfd.readouterr())
    assert [word for word in (API_KEY, *PERSONAL) if word in printed] == []

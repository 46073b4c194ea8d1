"""Answers to our mails: whose they are, what they hold, and what no machine's answer stops."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import httpx
import pytest
import sendgrid
from sqlalchemy import select
from structlog.testing import capture_logs

from api.webhooks.message_keys import MessageKeys
from api.webhooks.sendgrid_inbound import LARGEST_BODY
from casefile import feedback_tables as t
from casefile.case_file import CaseFile
from casefile.replies import files_of_reply, reply_token, settle_reply, unmatched_replies
from gateways.sendgrid.inbound import NoMail, read_inbound
from tests.api.signing import public, signed
from tests.casefile.builders import CASE, NOW, furnish, opened
from tests.conftest import DATABASES
from worker.door import door_app, webhooks

BOTH = pytest.mark.parametrize("kept_in", DATABASES, indirect=True)
SECRETS = ("n" * 24, "o" * 24)
ROUTE = "/webhooks/sendgrid/inbound"
DOMAIN = "reply.devaart.example"
KIND = "multipart/form-data; boundary=xYzZY"
SAMPLES = Path(sendgrid.__file__).parent / "helpers" / "inbound" / "sample_data"
"""Bodies from SendGrid's own Python library (MIT)."""


def form(*fields: tuple[str, bytes], files: Mapping[str, bytes] | None = None) -> bytes:
    """A form as inbound parse posts it."""
    parts = [(f'form-data; name="{name}"', content) for name, content in fields]
    parts += [
        (f'form-data; name="attachment{number}"; filename="{name}"\r\nContent-Type: image/jpeg', content)
        for number, (name, content) in enumerate((files or {}).items(), start=1)
    ]
    said = b"".join(
        b"--xYzZY\r\nContent-Disposition: " + head.encode() + b"\r\n\r\n" + content + b"\r\n" for head, content in parts
    )
    return said + b"--xYzZY--\r\n"


def mail(
    to: str,
    *,
    headers: str = "Message-ID: <1@ochtend.example>\n",
    subject: str = "Re: Herinnering",
    text: bytes = b"Ik heb al betaald.",
    charsets: Mapping[str, str] | None = None,
    sender: str = "Els <els@ochtend.example>",
    envelope_from: str = "els@ochtend.example",
    files: Mapping[str, bytes] | None = None,
) -> bytes:
    return form(
        ("headers", headers.encode()),
        ("to", to.encode()),
        ("from", sender.encode()),
        ("subject", subject.encode()),
        ("text", text),
        ("envelope", json.dumps({"to": [to], "from": envelope_from}).encode()),
        ("charsets", json.dumps(charsets or {"text": "UTF-8"}).encode()),
        files=files,
    )


class Desk:
    """The door over a case file with one case, to whose debtor a mail went."""

    def __init__(self, file: CaseFile) -> None:
        self.file = file
        self.rung: list[str] = []
        keys = MessageKeys(inbound=SECRETS, reply_domain=DOMAIN)
        self.app = door_app(webhooks(None, file, self.rung.append, lambda: NOW, messages=keys))
        with file.write() as transaction:
            self.address = f"case+{reply_token(transaction.session, 'F-1/reminder/1', (CASE,))}@{DOMAIN}"

    async def post(self, body: bytes, path: str = f"{ROUTE}/{SECRETS[0]}", **headers: str) -> int:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=self.app), base_url="http://desk") as client:
            given = {"Content-Type": KIND} | {name.replace("_", "-"): value for name, value in headers.items()}
            return (await client.post(path, content=body, headers=given)).status_code

    def told(self) -> list[str]:
        with self.file.read() as transaction:
            return [f"{row.name} {(row.raw or b'').decode()}" for row in transaction.inbox.waiting(CASE)]

    def papers(self) -> dict[str, bytes]:
        with self.file.read() as transaction:
            found = transaction.papers.of_case(CASE)
            return {each.name: transaction.papers.content(CASE, each.sha256) or b"" for each in found}

    def rows(self) -> int:
        with self.file.read() as transaction:
            return len(transaction.session.connection.execute(select(t.replies)).all())


@pytest.fixture
def desk(tmp_path: Path, kept_in: str) -> Iterator[Desk]:
    file = opened(tmp_path / "f.sqlite3")
    with file.write() as transaction:
        furnish(transaction)
    yield Desk(file)
    file.database.close()


# Signed, where a security policy is attached ---------------------------------------------------------------------


@pytest.fixture
def strict(desk: Desk) -> Desk:
    """Its inbound parse has a security policy."""
    keys = MessageKeys(inbound=SECRETS, inbound_key=public(), reply_domain=DOMAIN)
    desk.app = door_app(webhooks(None, desk.file, desk.rung.append, lambda: NOW, messages=keys))
    return desk


def by_sendgrid(body: bytes) -> dict[str, str]:
    return {name.replace("-", "_"): value for name, value in signed(body, NOW).items() if name != "Content-Type"}


async def test_with_a_security_policy_only_what_is_signed_is_taken(strict: Desk) -> None:
    # A photo is no UTF-8: it is signed as bytes.
    body = mail(strict.address, files={"foto.jpg": b"\xff\xd8\xff\xe0\x00\xfe"})
    headers = by_sendgrid(body)
    assert await strict.post(body) == 401
    assert await strict.post(body + b" ", **headers) == 401
    assert await strict.post(body, **{**headers, "X_Twilio_Email_Event_Webhook_Timestamp": "1"}) == 401
    assert await strict.post(body, **{**headers, "X_Twilio_Email_Event_Webhook_Signature": "not base64"}) == 401
    assert strict.rows() == 0
    assert await strict.post(body, **headers) == 204
    assert await strict.post(body, **headers) == 204
    assert (strict.rows(), strict.papers()["foto.jpg"][:2]) == (1, b"\xff\xd8")


async def test_the_signature_alone_opens_nothing(strict: Desk) -> None:
    body = mail(strict.address)
    assert await strict.post(body, f"{ROUTE}/{'x' * 24}", **by_sendgrid(body)) == 401


# What an answer does --------------------------------------------------------------------------------------------


@BOTH
async def test_an_answer_holds_its_case_until_it_is_read_and_is_a_paper_of_it(desk: Desk) -> None:
    assert await desk.post(mail(desk.address, files={"bewijs.jpg": b"\xff\xd8\xff\r\n--xYz\x00"})) == 204
    (told,) = desk.told()
    assert told.startswith("place_hold") and '"inbox_unread"' in told
    papers = desk.papers()
    assert papers["bewijs.jpg"] == b"\xff\xd8\xff\r\n--xYz\x00", "byte for byte"
    assert "Ik heb al betaald." in papers["mail.txt"].decode() and "Els <els@ochtend.example>" in str(papers)
    assert desk.rung == [CASE]
    assert "betaald" not in told, "what he wrote goes nowhere else"


@BOTH
async def test_posted_again_it_is_one(desk: Desk) -> None:
    for _ in range(3):
        assert await desk.post(mail(desk.address)) == 204
    assert (desk.rows(), len(desk.told()), len(desk.papers())) == (1, 1, 1)


async def test_the_address_may_be_written_in_capitals_and_beside_others(desk: Desk) -> None:
    assert await desk.post(mail(f'"Boekhouding" <{desk.address.upper()}>, x@y.example')) == 204
    assert len(desk.told()) == 1


AUTOMATIC = [
    {"headers": "Auto-Submitted: auto-replied\n"},
    {"headers": "Auto-Submitted: auto-generated; owner-email=x\n"},
    {"headers": "Precedence: bulk\n"},
    {"headers": "Precedence: Auto_Reply\n"},
    {"headers": "X-Autoreply: yes\n"},
    {"headers": "X-Auto-Response-Suppress: All\n"},
    {"headers": "Content-Type: multipart/report; report-type=delivery-status\n"},
    {"headers": "Return-Path: <>\n"},
    {"envelope_from": ""},
    {"sender": "MAILER-DAEMON@ochtend.example"},
    {"sender": "noreply@ochtend.example"},
    {"subject": "Automatisch antwoord: Herinnering"},
    {"subject": "Re: Out of Office: Herinnering"},
    {"subject": "Automatic reply: Herinnering"},
    {"subject": "Afwezig tot 1 mei"},
    {"subject": "Réponse automatique : Herinnering"},
    {"subject": "Abwesenheitsnotiz"},
    {"sender": f"Wij <case+{'a' * 32}@{DOMAIN}>"},
]


@pytest.mark.parametrize("said", AUTOMATIC)
async def test_what_a_machine_answered_holds_nothing_and_is_kept(desk: Desk, said: dict[str, str]) -> None:
    assert await desk.post(mail(desk.address, **said)) == 204  # type: ignore[arg-type]
    assert (desk.told(), desk.rung, list(desk.papers())) == ([], [], ["mail.txt"])


@pytest.mark.parametrize(
    "said", [{"headers": "Auto-Submitted: no\n"}, {"headers": "Precedence: normal\n"}, {"subject": "Ik was afwezig"}]
)
async def test_what_a_person_answered_holds(desk: Desk, said: dict[str, str]) -> None:
    assert await desk.post(mail(desk.address, **said)) == 204  # type: ignore[arg-type]
    assert len(desk.told()) == 1


async def test_each_field_is_read_with_its_own_character_set(desk: Desk) -> None:
    told = mail(desk.address, text="Één euro: €1".encode("cp1252"), charsets={"text": "windows-1252"})
    assert await desk.post(told) == 204
    assert "Één euro: €1" in desk.papers()["mail.txt"].decode()


@pytest.mark.parametrize("charset", ["utf-8", "no-such-set", "base64", "rot13", "utf-16", "ascii", ""])
async def test_a_wrong_character_set_loses_no_mail(desk: Desk, charset: str) -> None:
    assert await desk.post(mail(desk.address, text=b"caf\xe9 betaald!", charsets={"text": charset})) == 204
    assert (len(desk.told()), len(desk.papers())) == (1, 1)


# What names no case ---------------------------------------------------------------------------------------------


@BOTH
@pytest.mark.parametrize("to", [f"case+{'0' * 32}@{DOMAIN}", f"info@{DOMAIN}", f"case+short@{DOMAIN}", ""])
async def test_what_names_no_case_waits_for_a_person_who_says_whose_it_is(desk: Desk, to: str) -> None:
    assert await desk.post(mail(to, files={"bewijs.jpg": b"foto"})) == 204
    (reply,) = unmatched_replies(desk.file)
    assert (reply.sender, reply.subject, reply.files) == ("Els <els@ochtend.example>", "Re: Herinnering", 2)
    assert [each.name for each in files_of_reply(desk.file, reply.id)] == ["mail.txt", "bewijs.jpg"]
    assert (desk.told(), desk.papers()) == ([], {})
    with desk.file.write() as transaction:
        assert settle_reply(transaction, reply.id, (CASE,), "els", NOW) is not None
        assert settle_reply(transaction, reply.id, (), "els", NOW) is None, "once"
    assert unmatched_replies(desk.file) == () and desk.papers()["bewijs.jpg"] == b"foto"


async def test_a_machines_answer_that_names_no_case_asks_nobody(desk: Desk) -> None:
    assert await desk.post(mail(f"info@{DOMAIN}", headers="Auto-Submitted: auto-replied\n")) == 204
    assert (unmatched_replies(desk.file), desk.rows()) == ((), 1)


# Whose it is ----------------------------------------------------------------------------------------------------


def basic(user: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


async def test_the_secret_stands_in_the_path_or_is_the_password(desk: Desk) -> None:
    body = mail(desk.address)
    assert await desk.post(body, f"{ROUTE}/{SECRETS[1]}") == 204
    assert await desk.post(body, ROUTE, Authorization=basic("sendgrid", SECRETS[0])) == 204


@pytest.mark.parametrize("path", [ROUTE, f"{ROUTE}/wrong", f"{ROUTE}/{'n' * 23}", f"{ROUTE}/%C3%A9", f"{ROUTE}/%ff"])
@pytest.mark.parametrize("given", ["", "Basic", "Basic !!!", "Bearer " + SECRETS[0], basic("x", "wrong"), "Basic /w=="])
async def test_without_it_nothing_is_taken(desk: Desk, path: str, given: str) -> None:
    assert await desk.post(mail(desk.address), path, **({"Authorization": given} if given else {})) == 401
    assert (desk.rows(), desk.papers()) == (0, {})


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", KIND),
        (b"{}", "application/json"),
        (b"text=1", "application/x-www-form-urlencoded"),
        (mail("x@y.example"), "multipart/form-data"),
        (mail("x@y.example"), "multipart/form-data; boundary=other"),
        (mail("x@y.example")[:-40], KIND),
        (mail("x@y.example")[:100], KIND),
        (form(("charsets", b"{}")), KIND),
        (form(*((f"f{number}", b"") for number in range(300))), KIND),
        (b"--xYzZY\r\nContent-Disposition\r\n\r\n", KIND),
    ],
)
async def test_what_is_no_mail_is_refused(desk: Desk, body: bytes, kind: str) -> None:
    assert await desk.post(body, Content_Type=kind) == 400
    assert desk.rows() == 0


async def test_a_mail_of_five_megabytes_is_taken_and_one_that_is_too_large_is_not(desk: Desk) -> None:
    assert await desk.post(mail(desk.address, files={"scan.jpg": b"x" * 5_000_000})) == 204
    assert await desk.post(b"x" * (LARGEST_BODY + 1)) == 413


async def test_no_log_names_a_person_or_a_secret(desk: Desk) -> None:
    with capture_logs() as logs:
        await desk.post(mail(desk.address))
        await desk.post(mail(f"info@{DOMAIN}"))
        await desk.post(mail(desk.address), f"{ROUTE}/wrong-secret")
        await desk.post(b"", Content_Type=KIND)
    assert len(logs) == 4
    assert not any(word in str(logs) for word in ("ochtend", "Els", "betaald", "case+", "wrong-secret", *SECRETS))


@BOTH
async def test_a_mail_and_its_hold_are_stored_together_or_not_at_all(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as during:
        during.setattr("api.webhooks.sendgrid_inbound.accept_once", killed)
        with pytest.raises(KeyboardInterrupt):
            await desk.post(mail(desk.address))
    assert (desk.rows(), desk.papers(), desk.told()) == (0, {}, [])
    assert await desk.post(mail(desk.address)) == 204
    assert (desk.rows(), len(desk.told())) == (1, 1)


async def test_without_the_case_file_sendgrid_is_asked_to_come_again(desk: Desk) -> None:
    with desk.file.database.write() as connection:
        connection.exec_driver_sql("DROP TABLE reply_files")
        connection.exec_driver_sql("DROP TABLE replies")
    assert await desk.post(mail(desk.address)) == 503


# The vendor's own bodies ------------------------------------------------------------------------------------------


def sample(name: str) -> bytes:
    """A body as it was posted: the library keeps it with the line ends of Unix."""
    return (SAMPLES / name).read_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


@pytest.mark.parametrize(
    ("name", "subject", "to", "files"),
    [
        ("default_data.txt", "Testing non-raw", "inbound@inbound.example.com", []),
        ("raw_data.txt", "Inbound Parse Test Raw Data", "inbound@inbound.inbound.com", []),
        (
            "raw_data_with_attachments.txt",
            "Inbound Parse Test Raw Data with Attachment",
            "inbound@inbound.inbound.com",
            [("SendGrid.jpg", "image/jpeg", b"\xff\xd8\xff")],
        ),
    ],
)
def test_the_vendors_samples(name: str, subject: str, to: str, files: list[tuple[str, str, bytes]]) -> None:
    found = read_inbound(sample(name), KIND)
    assert (found.subject, found.sender) == (subject, "Example User <test@example.com>")
    assert found.text.strip() == "Hello Twilio SendGrid!"
    assert to in found.receivers and not found.automatic
    assert [(each.name, each.media_type, each.content[:3]) for each in found.files] == files


@pytest.mark.parametrize("cut", [10, 200, 700, -5])
def test_a_sample_that_breaks_off_is_no_mail(cut: int) -> None:
    with pytest.raises(NoMail):
        read_inbound(sample("default_data.txt")[:cut], KIND)

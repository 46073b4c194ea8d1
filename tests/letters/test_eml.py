from datetime import UTC, datetime
from email import message_from_bytes
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, default
from email.utils import format_datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from letters.eml import Attachment, BadAddress, compose_email
from letters.lines import one_line
from letters.render import Email, render_email
from tests.letters.builders import letter
from tests.rows import in_rows

ON = datetime(2026, 3, 10, 9, 30, tzinfo=UTC)
PDF = Attachment("factuur F-1.pdf", "application/pdf", b"%PDF-1.7\n\x00\xff--=_\n")


def compose(**changes: Any) -> bytes:
    fields: dict[str, Any] = {
        "email": render_email(letter()),
        "sender": "administratie@devaart.example",
        "sender_name": "Drukkerij De Vaart B.V.",
        "to": "els@bakker.example",
        "key": "case:devaart:F-1/reminder/1/email/els",
        "on": ON,
        "attachments": (PDF,),
    }
    return compose_email(**fields | changes)


def read(raw: bytes) -> EmailMessage:
    message = message_from_bytes(raw, policy=default)
    assert isinstance(message, EmailMessage)
    assert not message.defects
    return message


def test_text_html_and_attachments_come_out_as_they_went_in() -> None:
    email = render_email(letter())
    message = read(compose(email=email))
    plain, html = message.get_body(("plain",)), message.get_body(("html",))
    assert plain is not None
    assert html is not None
    assert plain.get_content().replace("\r\n", "\n") == email.text
    assert html.get_content().replace("\r\n", "\n") == email.html
    (attachment,) = message.iter_attachments()
    assert attachment.get_filename() == PDF.filename
    assert attachment.get_content_type() == "application/pdf"
    assert attachment.get_payload(decode=True) == PDF.content


def test_headers_say_who_to_whom_about_what_and_when() -> None:
    message = read(compose())
    assert message["From"] == '"Drukkerij De Vaart B.V." <administratie@devaart.example>'
    assert message["To"] == "els@bakker.example"
    assert message["Subject"] == "Herinnering: factuur F-1 staat nog open"
    assert message["Date"].datetime == ON
    assert message["Message-ID"].endswith("@maanwerk.invalid>")


def test_the_same_mail_has_the_same_bytes() -> None:
    assert compose() == compose()


def test_another_key_gives_another_message_id_and_other_boundaries() -> None:
    one, other = read(compose()), read(compose(key="case:devaart:F-2"))
    assert one["Message-ID"] != other["Message-ID"]
    assert one.get_boundary() != other.get_boundary()


def test_a_mail_without_attachments_is_only_alternatives() -> None:
    assert read(compose(attachments=())).get_content_type() == "multipart/alternative"


def test_a_line_break_in_a_name_or_subject_makes_no_header() -> None:
    email = Email(subject="Herinnering\r\nBcc: a@b.example", text="x\n", html="<p>x</p>\n")
    raw = compose(email=email, sender_name="De Vaart\r\nBcc: c@d.example", attachments=())
    message = read(raw)
    assert message["Bcc"] is None
    assert message["Subject"] == "Herinnering Bcc: a@b.example"
    assert b"\r\nBcc" not in raw


def test_a_name_with_other_letters_is_encoded_and_read_back() -> None:
    raw = compose(sender_name="Café Özgür", attachments=(Attachment("rekening é.pdf", "application/pdf", b"1"),))
    raw.split(b"\r\n\r\n")[0].decode("ascii")
    message = read(raw)
    assert message["From"].addresses[0].display_name == "Café Özgür"
    assert [part.get_filename() for part in message.iter_attachments()] == ["rekening é.pdf"]


def test_a_domain_with_other_letters_is_written_in_ascii() -> None:
    # Punycode (RFC 3492) of bücher is bcher-kva.
    assert read(compose(to="els@bücher.example"))["To"] == "els@xn--bcher-kva.example"


@in_rows(
    "address",
    [
        "",
        "els",
        "els@",
        "@bakker.example",
        "a@b.example\r\nBcc: c@d.example",
        "a@b.example, c@d.example",
        "a@b.example,c@d.example",
        "els <els@bakker.example>",
        "é@bakker.example",
        "a@b@c.example",
        "a@b..example",
    ],
)
def test_what_is_not_one_address_is_refused_without_repeating_it(address: str) -> None:
    with pytest.raises(BadAddress, match=r"^to: ") as refused:
        compose(to=address)
    assert not address or address not in str(refused.value)


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        compose(on=ON.replace(tzinfo=None))


TEXTS = st.text(st.sampled_from("aé=.\u20ac \t\n\r-F\u2028") | st.characters(exclude_categories=["Cs"]), max_size=200)


@settings(max_examples=60, derandomize=True, deadline=None)
@given(text=TEXTS, html=TEXTS, subject=st.text("aé =?_\u20ac", max_size=120), attached=st.booleans())
def test_it_is_written_as_pythons_own_library_writes_it(text: str, html: str, subject: str, attached: bool) -> None:
    email = Email(subject=subject, text=text, html=html)
    enclosed = (PDF, Attachment("é" * 90 + ".xml", "text/xml", b"<x/>")) if attached else ()
    written = compose(email=email, attachments=enclosed, reply_to="case+ab@post.example")
    read_back = message_from_bytes(written)
    message = EmailMessage(policy=SMTP)
    message["Date"] = format_datetime(ON)
    message["From"] = Address("Drukkerij De Vaart B.V.", addr_spec="administratie@devaart.example")
    message["To"] = Address(addr_spec="els@bakker.example")
    message["Reply-To"] = Address(addr_spec="case+ab@post.example")
    message["Subject"] = one_line(subject)
    message["Message-ID"] = read_back["Message-ID"]
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text, cte="quoted-printable")
    message.add_alternative(html, subtype="html", cte="quoted-printable")
    for each in enclosed:
        kind, _, form = each.media_type.partition("/")
        message.add_attachment(each.content, maintype=kind, subtype=form, filename=each.filename, cte="base64")
    for own, other in zip(message.walk(), read_back.walk(), strict=True):
        if own.is_multipart():
            own.set_boundary(str(other.get_boundary()))
    assert written == message.as_bytes()

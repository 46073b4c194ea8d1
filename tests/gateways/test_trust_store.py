"""Whose certificates gateways believe: as each library would by itself, read once a process."""

from __future__ import annotations

import asyncio
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest
from requests import PreparedRequest, Request
from requests.adapters import HTTPAdapter
from requests.utils import DEFAULT_CA_BUNDLE_PATH
from urllib3.util import create_urllib3_context

from gateways.agencies.asking import AgencyApi, NeverAsked
from gateways.mollie.account import MollieAccount, NotThere
from gateways.oidc.provider import OidcProvider
from gateways.sendgrid.mail import SendgridMail
from gateways.subscribers.posting import Subscriber
from gateways.trust_store import trust_store, trust_store_of_requests, trust_store_of_the_system
from gateways.twilio.account import TwilioAccount
from gateways.twilio.connecting import TrustingAdapter
from services.ports import CannotReadNow, NotProven, NotTaken, Outgoing, SendFailure
from tests.api.certificates import certificate_in
from tests.gateways.twilio.builders import NOW, SENDER, TO, Desk

Asking = Callable[[str], None]
_NAMED = ("SSL_CERT_FILE", "SSL_CERT_DIR", "SSLKEYLOGFILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")


class Served:
    """A server that proves itself by a certificate of its own, and knows nothing of what it is asked."""

    def __init__(self, folder: Path) -> None:
        self.certificate, key = certificate_in(folder)
        asked: list[str] = []
        self.asked = asked

        class Answers(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                asked.append(self.path)
                self.rfile.read(int(self.headers.get("Content-Length") or 0))
                self.send_response(404)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", "2")
                self.end_headers()
                self.wfile.write(b"{}")

            do_POST = do_GET

            def log_message(self, *_: object) -> None: ...

        class Quiet(ThreadingHTTPServer):
            # Of those who do not believe it.
            def handle_error(self, *_: object) -> None: ...

        self._server = Quiet(("127.0.0.1", 0), Answers)
        shown = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        shown.load_cert_chain(self.certificate, key)
        # Not at accepting: who breaks off would stop the one thread that accepts.
        self._server.socket = shown.wrap_socket(self._server.socket, server_side=True, do_handshake_on_connect=False)
        self.url = f"https://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    there = Served(tmp_path_factory.mktemp("served"))
    yield there
    there.close()


@pytest.fixture(autouse=True)
def nothing_named(monkeypatch: pytest.MonkeyPatch, served: Served) -> None:
    for name in _NAMED:
        monkeypatch.delenv(name, raising=False)
    served.asked.clear()


def _agency(url: str) -> None:
    try:
        AgencyApi(url, {}, 5, lambda: NOW).ask("GET", "/")
    except NeverAsked:
        return


def _subscriber(url: str) -> None:
    answer = asyncio.run(Subscriber("books", url, (b"k" * 32,), 5).tell("evt_1", b"{}"))
    assert answer.problem in ("it answered 404", "it can't be reached: ConnectError")


def _mollie(url: str) -> None:
    with pytest.raises((NotThere, CannotReadNow)):
        MollieAccount("test_key", url=url, timeout=5).payment("tr_1")


def _sign_in(url: str) -> None:
    provider = OidcProvider(url, "maanwerk", None, "https://desk.example/terug", now=lambda: NOW)
    with pytest.raises(NotProven):
        asyncio.run(provider.leads_to("state", "nonce", "verifier"))


def _sendgrid(url: str) -> None:
    message = Outgoing(
        "key", "email", "els@ochtend.example", "Factuur F-1", "message/rfc822",
        b"From: a@devaart.example\nTo: els@ochtend.example\nSubject: F-1\nContent-Type: text/plain\n\nF-1\n", "F-1",
    )  # fmt: skip
    with pytest.raises(SendFailure):
        asyncio.run(SendgridMail("SG.key", timeout=5, now=lambda: NOW, url=url).send(message))


def _twilio(url: str) -> None:
    account: TwilioAccount = Desk(url).account
    with pytest.raises(NotTaken):
        asyncio.run(account.create(lambda client: str(client.messages.create(to=TO, from_=SENDER, body="F-1").sid)))


ALL: Mapping[str, Asking] = {
    "a partner": _agency,
    "a subscriber": _subscriber,
    "Mollie": _mollie,
    "where people sign in": _sign_in,
    "SendGrid": _sendgrid,
    "Twilio": _twilio,
}
BY_OPENSSLS_NAME = {"a subscriber", "Mollie", "where people sign in", "SendGrid"}
BY_REQUESTS_NAME = {"Twilio"}


@pytest.mark.parametrize("who", ALL)
def test_who_proves_himself_by_a_certificate_of_nobody_is_told_nothing(served: Served, who: str) -> None:
    ALL[who](served.url)
    assert not served.asked


@pytest.mark.parametrize("name", ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"])
@pytest.mark.parametrize("who", ALL)
def test_an_authority_that_the_environment_names_counts_where_the_library_asks_it(
    served: Served, who: str, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Before it is named, too: what was read then is not what counts now.
    ALL[who](served.url)
    monkeypatch.setenv(name, str(served.certificate))
    ALL[who](served.url)
    asks = BY_OPENSSLS_NAME if name == "SSL_CERT_FILE" else BY_REQUESTS_NAME
    assert bool(served.asked) is (who in asks)
    with monkeypatch.context() as counting:
        read = _read_from_now_on(counting)
        ALL[who](served.url)
        assert not read
    monkeypatch.delenv(name)
    served.asked.clear()
    ALL[who](served.url)
    assert not served.asked


@pytest.mark.parametrize("who", ALL)
def test_certificates_are_read_once_however_many_clients_and_calls_there_are(
    served: Served, who: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ALL[who](served.url)
    read = _read_from_now_on(monkeypatch)
    ALL[who](served.url)
    assert not read


def _read_from_now_on(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    read: list[object] = []
    for name in ("load_verify_locations", "load_default_certs"):
        monkeypatch.setattr(ssl.SSLContext, name, lambda *asked, **more: read.append((asked, more)))
    return read


@pytest.mark.parametrize(
    ("kept", "by_itself"),
    [
        (trust_store, httpx.create_ssl_context),
        (lambda: trust_store(environment=False), lambda: httpx.create_ssl_context(trust_env=False)),
        (trust_store_of_the_system, ssl.create_default_context),
        (trust_store_of_requests, lambda: _with_bundle(create_urllib3_context(cert_reqs=ssl.CERT_REQUIRED))),
    ],
)  # fmt: skip
def test_it_is_as_strict_as_the_library_by_itself(
    kept: Callable[[], ssl.SSLContext], by_itself: Callable[[], ssl.SSLContext]
) -> None:
    assert _strictness(kept()) == _strictness(by_itself())
    assert kept().verify_mode == ssl.CERT_REQUIRED
    assert kept().check_hostname


def _with_bundle(context: ssl.SSLContext) -> ssl.SSLContext:
    context.load_verify_locations(DEFAULT_CA_BUNDLE_PATH)
    return context


def _strictness(context: ssl.SSLContext) -> tuple[object, ...]:
    return (
        context.verify_mode, context.check_hostname, context.options, context.verify_flags, context.minimum_version,
        context.maximum_version, context.hostname_checks_common_name, context.get_ciphers(), context.cert_store_stats(),
    )  # fmt: skip


def test_nobody_makes_it_speak_another_protocol_under_those_who_share_it() -> None:
    trust_store().set_alpn_protocols(["http/1.1"])
    with pytest.raises(ValueError, match="make another SSLContext"):
        trust_store().set_alpn_protocols(["h2"])


def _asked_by(verify: object, cert: object = None, url: str = "https://api.example/") -> Mapping[str, object]:
    request: PreparedRequest = Request("GET", url).prepare()
    return TrustingAdapter().build_connection_pool_key_attributes(request, verify, cert)[1]


@pytest.mark.parametrize(
    ("verify", "cert", "url"),
    [
        ("there-is-no-such.pem", None, "https://api.example/"),
        (str(Path(__file__).parent), None, "https://api.example/"),
        (False, None, "https://api.example/"),
        (True, "own.pem", "https://api.example/"),
        (True, None, "http://127.0.0.1/"),
    ],
)
def test_what_is_no_file_of_certificates_or_one_of_ones_own_shares_nothing(
    verify: bool | str, cert: str | None, url: str
) -> None:
    request: PreparedRequest = Request("GET", url).prepare()
    assert _asked_by(verify, cert, url) == HTTPAdapter().build_connection_pool_key_attributes(request, verify, cert)[1]
    assert _asked_by(True)["ssl_context"] is trust_store_of_requests()


def test_what_is_kept_proves_who_answers(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    """By its name too: the certificate is for 127.0.0.1, and the machine has another name as well."""
    monkeypatch.setenv("SSL_CERT_FILE", str(served.certificate))
    with httpx.Client(verify=trust_store(), timeout=5) as client:
        assert client.get(served.url).status_code == 404
        with pytest.raises(httpx.ConnectError, match="localhost"):
            client.get(served.url.replace("127.0.0.1", "localhost"))

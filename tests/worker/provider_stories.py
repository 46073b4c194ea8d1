"""What becomes of many payments at four providers, as these post it, and the ledger of it, counted by hand.

Each payment is refunded in part, charged back, won back, or nothing of it; some name nobody that we know. What it comes
to is counted while the story is told, never by the program.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from random import Random
from typing import Any

from Adyen.util import generate_notification_sig

from api.webhooks.payment_keys import PaymentKeys
from tests.gateways.mollie_fake import Mollie
from tests.worker.paying import SECRET, dispute, intent, refund, signed, stripe_event

__all__ = [
    "ADYEN_KEY",
    "GOCARDLESS_SECRET",
    "GOCARDLESS_TOKEN",
    "KEYS",
    "GoCardless",
    "Post",
    "Stories",
    "accounts",
    "stories",
]

ADYEN_KEY = "44782DEF547AAA06C910C43932B1EB0C71FC68D9D0C057550C48EC2ACF6BA056"
GOCARDLESS_SECRET, GOCARDLESS_TOKEN = "gocardless-secret", "sandbox_token"
KEYS = PaymentKeys(stripe=(SECRET,), adyen=(ADYEN_KEY,), gocardless=(GOCARDLESS_SECRET,), mollie=True)
PROVIDERS = ("stripe", "adyen", "gocardless", "mollie")


@dataclass(frozen=True)
class Post:
    """One request of a provider.

    Attributes:
        provider: Its path.
        body: Byte for byte.
        sign: The headers that prove it, at a moment.
        first: What happened at the provider just before.
    """

    provider: str
    body: bytes
    sign: Callable[[datetime], Mapping[str, str]] = lambda _: {}
    first: Callable[[], None] = lambda: None


@dataclass
class GoCardless:
    """What GoCardless answers when it is asked, by path."""

    known: dict[str, Mapping[str, Any]] = field(default_factory=dict)


@dataclass
class Stories:
    """What is posted, and what must come of it.

    Attributes:
        posts: The requests; of one payment at Mollie what happened there comes in its order, whatever comes first here.
        paid: What stands with us for each invoice in the end, in cents, by number.
        nobodys: What stands with us and names no invoice of ours.
        payments: How many payments there are.
    """

    posts: list[Post] = field(default_factory=list)
    paid: dict[str, int] = field(default_factory=dict)
    nobodys: int = 0
    payments: int = 0


@dataclass(frozen=True)
class _Course:
    """What becomes of one payment.

    Attributes:
        number: Its number.
        cents: What was paid.
        says: What stands with it.
        refunds: Cents of each refund, and whether it failed afterwards.
        charged_back: Cents that the payer took back; 0 where he did not.
        won: Whether that was won back.
    """

    number: int
    cents: int
    says: str
    refunds: tuple[tuple[int, bool], ...]
    charged_back: int
    won: bool

    @property
    def left(self) -> int:
        """What stands with us in the end."""
        refunded = sum(cents for cents, failed in self.refunds if not failed)
        return self.cents - refunded - (0 if self.won else self.charged_back)


def stories(
    random: Random, numbers: Sequence[str], events: int, mollie: Mollie, gocardless: GoCardless, at: datetime
) -> Stories:
    """Tell stories until there are so many requests, a fourth of them brought twice, in any order.

    Args:
        random: Decides.
        numbers: Numbers of the invoices that are paid.
        events: How many requests.
        mollie: Answers for Mollie.
        gocardless: Answers for GoCardless.
        at: When the first payment was made; all that happens to it comes within two hours.
    """
    told = Stories()
    once: list[Post] = []
    while len(once) < events * 3 // 4:
        number = told.payments
        told.payments += 1
        provider = PROVIDERS[number % len(PROVIDERS)]
        named = None if random.random() < 0.1 else random.choice(numbers)
        course = _course(random, number, named, direct_debit=provider == "gocardless")
        once += _TELLERS[provider](course, at, mollie, gocardless)
        if named is None:
            told.nobodys += course.left
        else:
            told.paid[named] = told.paid.get(named, 0) + course.left
    again = [Post(each.provider, each.body, each.sign) for each in random.sample(once, max(0, events - len(once)))]
    told.posts = [*once, *again]
    random.shuffle(told.posts)
    return told


def _course(random: Random, number: int, named: str | None, *, direct_debit: bool) -> _Course:
    cents = random.randrange(500, 4000)
    says = "thanks" if named is None else named
    refunds = [(random.randrange(1, cents // 4), random.random() < 0.3) for _ in range(random.randrange(3))]
    charged = random.random() < 0.3
    if direct_debit and charged:
        # What was charged back by direct debit is all of it: nothing of it was refunded before.
        refunds = []
    left = cents - sum(part for part, failed in refunds if not failed)
    return _Course(number, cents, says, tuple(refunds), left if charged else 0, charged and random.random() < 0.5)


# As each provider tells it ---------------------------------------------------------------------------------

_Teller = Callable[[_Course, datetime, Mollie, GoCardless], list[Post]]


def _stripe(course: _Course, at: datetime, _: Mollie, __: GoCardless) -> list[Post]:
    own, number = f"pi_{course.number}", course.number
    events = [stripe_event("payment_intent.succeeded", intent(course.cents, own, description=course.says), number, at)]
    for each, (cents, failed) in enumerate(course.refunds):
        given = refund(cents, f"re_{number}_{each}", own)
        events.append(stripe_event("refund.created", given, number * 10 + each, _after(at, 1 + each)))
        if failed:
            undone = {**given, "status": "failed"}
            events.append(stripe_event("refund.failed", undone, number * 10 + each, _after(at, 60)))
    if course.charged_back:
        lost = {**dispute(course.charged_back, "needs_response", f"dp_{number}"), "payment_intent": own}
        events.append(stripe_event("charge.dispute.funds_withdrawn", lost, number, _after(at, 90)))
        if course.won:
            events.append(stripe_event("charge.dispute.funds_reinstated", lost, number, _after(at, 120)))
    bodies = [json.dumps(event) for event in events]
    return [Post("stripe", body.encode(), lambda now, body=body: signed(body, now)) for body in bodies]  # type: ignore[misc]


def _adyen(course: _Course, at: datetime, _: Mollie, __: GoCardless) -> list[Post]:
    own = f"PSP{course.number:013}"

    def item(code: str, cents: int, minutes: int, reference: str = "") -> Post:
        told: dict[str, Any] = {
            "pspReference": reference or own,
            "merchantAccountCode": "Maanwerk",
            "merchantReference": course.says,
            "amount": {"value": cents, "currency": "EUR"},
            "eventCode": code,
            "success": "true",
            "eventDate": _after(at, minutes).isoformat(timespec="seconds"),
            "paymentMethod": "ideal",
            "additionalData": {},
        }
        if reference:
            told["originalReference"] = own
        told["additionalData"]["hmacSignature"] = generate_notification_sig(told, ADYEN_KEY).decode()
        return Post(
            "adyen",
            json.dumps({"live": "false", "notificationItems": [{"NotificationRequestItem": told}]}).encode(),
        )

    posts = [item("AUTHORISATION", course.cents, 0)]
    for each, (cents, failed) in enumerate(course.refunds):
        reference = f"REF{course.number:010}{each}"
        posts.append(item("REFUND", cents, 1 + each, reference))
        if failed:
            posts.append(item("REFUND_FAILED", cents, 60, reference))
    if course.charged_back:
        reference = f"DIS{course.number:010}"
        posts.append(item("CHARGEBACK", course.charged_back, 90, reference))
        if course.won:
            posts.append(item("CHARGEBACK_REVERSED", course.charged_back, 120, reference))
    return posts


def _gocardless(course: _Course, at: datetime, _: Mollie, gocardless: GoCardless) -> list[Post]:
    own = f"PM{course.number:08}"
    gocardless.known[f"/payments/{own}"] = {
        "payments": {
            "id": own,
            "amount": course.cents,
            "currency": "EUR",
            "charge_date": at.date().isoformat(),
            "description": course.says,
            "metadata": {},
            "links": {"mandate": "MD1"},
        }
    }

    def event(kind: str, action: str, name: str, about: str, minutes: int) -> Post:
        told = {
            "id": f"EV{course.number:08}{name}",
            "created_at": _after(at, minutes).isoformat().replace("+00:00", "Z"),
            "resource_type": f"{kind}s",
            "action": action,
            "links": {kind: about},
            "details": {"origin": "bank", "cause": action, "scheme": "sepa_core"},
        }
        body = json.dumps({"events": [told]}).encode()
        seal = hmac.new(GOCARDLESS_SECRET.encode(), body, hashlib.sha256).hexdigest()
        return Post("gocardless", body, lambda _: {"Webhook-Signature": seal})

    posts = [event("payment", "confirmed", "a", own, 0)]
    for each, (cents, failed) in enumerate(course.refunds):
        back = f"RF{course.number:08}{each}"
        gocardless.known[f"/refunds/{back}"] = {
            "refunds": {"id": back, "amount": cents, "currency": "EUR", "links": {"payment": own}}
        }
        posts.append(event("refund", "paid", f"r{each}", back, 1 + each))
        if failed:
            posts.append(event("refund", "failed", f"f{each}", back, 60))
    if course.charged_back:
        posts.append(event("payment", "charged_back", "c", own, 90))
        if course.won:
            posts.append(event("payment", "chargeback_cancelled", "w", own, 120))
    return posts


def _mollie(course: _Course, at: datetime, mollie: Mollie, _: GoCardless) -> list[Post]:
    own = f"tr_{course.number}"

    def euros(cents: int) -> str:
        return f"{cents // 100}.{cents % 100:02}"

    def paid() -> None:
        mollie.pay(own, euros(course.cents), description=course.says, paidAt=at.isoformat(), createdAt=at.isoformat())

    def refunded(each: int, cents: int) -> Callable[[], None]:
        return lambda: mollie.refund(own, f"re_{course.number}_{each}", euros(cents))

    def failed(each: int) -> Callable[[], None]:
        def fail() -> None:
            mollie.refunds[own][each]["status"] = "failed"

        return fail

    def charged_back() -> None:
        mollie.charge_back(own, f"chb_{course.number}", euros(course.charged_back))

    def won() -> None:
        mollie.chargebacks[own][0]["reversedAt"] = _after(at, 120).isoformat()

    happens: list[Callable[[], None]] = [paid]
    for each, (cents, is_undone) in enumerate(course.refunds):
        happens += [refunded(each, cents), *([failed(each)] if is_undone else [])]
    if course.charged_back:
        happens += [charged_back, *([won] if course.won else [])]
    coming = iter(happens)
    return [Post("mollie", f"id={own}".encode(), first=lambda: next(coming)()) for _ in happens]


_TELLERS: dict[str, _Teller] = {"stripe": _stripe, "adyen": _adyen, "gocardless": _gocardless, "mollie": _mollie}


def _after(at: datetime, minutes: int) -> datetime:
    return at + timedelta(minutes=minutes)


@contextmanager
def accounts() -> Iterator[tuple[GoCardless, str]]:
    """GoCardless's API on the loopback interface, and its address."""
    found = GoCardless()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            told = found.known.get(self.path)
            body = json.dumps(told or {"error": {"type": "invalid_api_usage", "code": 404, "errors": []}}).encode()
            self.send_response(200 if told else 404)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    try:
        yield found, f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()

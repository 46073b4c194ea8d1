"""Plays `docs/handboek.md`: each of its steps says in a comment what is opened, filled in, pressed and seen.

`<!-- hoofdstuk ROLE -->` begins a chapter, in a world of its own; `met NAME`: with what `prepare` makes.
`<!-- speel … -->` plays a step; its words, with `;` between them:

    open PATH           a page, as from a link that is always there
    volg "TEXT"         the link with this text
    vul NAME = VALUE    a field of the form that is sent next
    vink NAME = VALUE   a box in it, of several with the name
    bestand NAME = FILE a file of `FILES` in such a field
    plak NAME = FILE    the text of a file of `FILES` in a field
    druk "TEXT"         the button with this text, and so its form
    wissel ROLE         somebody else sits down, with this role
    zie "TEXT"          what must be read on the page then
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import httpx
from lxml import html

from casefile.desk_sessions import begin_session
from casefile.people import DeskRole
from domain.facts import TaskRaised
from domain.opening import History, open_case
from domain.reactions.sending import step_taken
from tests.api.desk.other_creditor import unmatched_payment
from tests.api.desk.world import CASE, PASSWORD, World, rules, words
from tests.casefile.builders import CREDITOR
from tests.domain.builders import invoice, policy, send

__all__ = ["BOOK", "FILES", "Chapter", "Reader", "Step", "chapters", "large_one", "money_came", "prepare", "role_of"]

BOOK = Path(__file__).parents[3] / "docs" / "handboek.md"
_HEADER = "factuurnummer;debiteurnummer;debiteur;factuurdatum;vervaldatum;openstaand;soort"
_PROFILE = """\
id: drukker
name: Drukkerij Vlug B.V.
address: [Persweg 4, 1000 AA Stad]
kvk: "12345678"
iban: {iban}
email: debiteuren@drukker.example
policies:
  - {{kind: business, policy: nl-business}}
  - {{policy: nl-consumer}}
"""
FILES: Mapping[str, bytes] = {
    "lijst.csv": "\n".join(
        (
            _HEADER,
            "301;kapper;Kapper Kort BV;01-04-2026;15-04-2026;120,50;bedrijf",
            "302;kapper;Kapper Kort BV;01-04-2026;31-04-2026;80,00;bedrijf",
            "303;hovenier;Hoveniersbedrijf Groen;01-01-2026;15-01-2026;412,00;bedrijf",
        )
    ).encode(),
    "vreemd.csv": b"Boeking;Wie;Geboekt;Uiterlijk;Nog\n401;Kapper Kort BV;01-04-2026;15-04-2026;99,00\n",
    "profiel.yaml": _PROFILE.format(iban="NL20INGB0001234567").encode(),
    "andere-rekening.yaml": _PROFILE.format(iban="NL91ABNA0417164300").encode(),
    "beleid.yaml": (
        b"policy: test\nversion: 2\nlaw: NL\nsteps:\n"
        b"  - {id: reminder, when: {after_due: 5d}, send: email, claims: principal+interest}\n"
        b"  - {id: second_reminder, when: {after_due: 20d}, send: email, claims: principal+interest}\n"
    ),
}
_MARK = re.compile(r"<!-- (hoofdstuk|speel) (.*?) -->", re.S)
_HEAD = re.compile(r"(?P<role>\w+)(?: met (?P<needs>\w+))?")
_TITLE = re.compile(r"^##+ (.+)$", re.M)


@dataclass(frozen=True)
class Step:
    """A step: the line of the book in which it stands, and its words."""

    line: int
    words: tuple[str, ...]


@dataclass(frozen=True)
class Chapter:
    """A chapter.

    Attributes:
        title: Its title.
        role: Of who is signed in when it begins; `niemand` for nobody.
        needs: What is made for it.
        steps: Its steps.
    """

    title: str
    role: str
    needs: str = ""
    steps: list[Step] = field(default_factory=list)


def chapters(text: str | None = None) -> list[Chapter]:
    """The chapters of the book that have steps."""
    book = BOOK.read_text("utf-8") if text is None else text
    found: list[Chapter] = []
    for mark in _MARK.finditer(book):
        if mark[1] == "hoofdstuk":
            title = [each[1] for each in _TITLE.finditer(book, 0, mark.start())][-1]
            told = _HEAD.fullmatch(mark[2].strip())
            assert told is not None, f"handboek.md: {mark[0]}"
            found.append(Chapter(title, told["role"], told["needs"] or ""))
        else:
            line = book.count("\n", 0, mark.start()) + 1
            found[-1].steps.append(Step(line, tuple(part.strip() for part in mark[2].split(" ; "))))
    return found


@dataclass
class Reader:
    """Somebody who does what the book says, in a browser without script."""

    world: World
    client: httpx.AsyncClient
    page: str = ""
    at: str = ""
    filled: dict[str, list[str]] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)

    def sit_down(self, role: DeskRole) -> None:
        """Somebody with a role is signed in at this browser from now on."""
        secret = begin_session(self.world.file, self.world.users[role], self.world.now)
        self.client.cookies.set("desk", secret, domain="127.0.0.1")

    async def play(self, step: Step) -> None:
        for told in step.words:
            verb, _, rest = told.partition(" ")
            try:
                await self._do(verb, rest.strip())
            except LookupError as problem:
                seen = words(self.page)[:2000]
                raise AssertionError(f"handboek.md, line {step.line}: {told}: {problem}\n{seen}") from None

    async def _do(self, verb: str, rest: str) -> None:
        match verb:
            case "open":
                await self._take(await self.client.get(rest))
            case "volg":
                await self._take(await self.client.get(self._link(_quoted(rest))))
            case "vul":
                name, _, value = rest.partition(" = ")
                self.filled[name] = [value.replace("WACHTWOORD", PASSWORD)]
            case "vink":
                name, _, value = rest.partition(" = ")
                self.filled.setdefault(name, []).append(value)
            case "plak":
                name, _, value = rest.partition(" = ")
                self.filled[name] = [FILES[value].decode()]
            case "bestand":
                name, _, value = rest.partition(" = ")
                self.files[name] = value
            case "druk":
                await self._take(await self._pressed(_quoted(rest)))
            case "wissel":
                self.client.cookies.clear()
                self.sit_down(DeskRole(rest))
            case "zie":
                if _quoted(rest) not in words(self.page):
                    raise LookupError("this is not to be read")
            case _:
                raise LookupError("there is no such word")

    async def _take(self, answer: httpx.Response) -> None:
        while answer.status_code == 303:
            answer = await self.client.get(answer.headers["location"])
        if answer.status_code != 200:
            raise LookupError(f"the page says {answer.status_code}")
        self.page, self.at = answer.text, answer.request.url.raw_path.decode()
        while "data-running" in self.page or "data-reload" in self.page:
            # Work that takes longer than the page waits: whoever reads the book looks again.
            self.page = (await self.client.get(self.at)).text
        self.filled, self.files = {}, {}

    def _link(self, text: str) -> str:
        for link in self._tree().iter("a"):
            if _said(link) == text:
                address = (link.get("href") or "").partition("#")[0]
                return self.at.partition("?")[0] + address if address.startswith("?") else address or self.at
        raise LookupError("there is no such link")

    async def _pressed(self, text: str) -> httpx.Response:
        button = next((each for each in self._tree().iter("button") if _said(each) == text), None)
        if button is None:
            raise LookupError("there is no such button")
        form = next(each for each in button.iterancestors("form"))
        sent: dict[str, list[str]] = {}
        for name, value in _values(form):
            sent.setdefault(name, []).append(value)
        fields = {each.get("name") for each in form.iter("input", "select", "textarea")}
        for name in (*self.filled, *self.files):
            if name not in fields:
                raise LookupError(f"the form has no field {name}")
        if button.get("name"):
            sent[button.get("name") or ""] = [button.get("value") or ""]
        sent.update(self.filled)
        address = (button.get("formaction") or form.get("action") or self.at).partition("#")[0]
        files = {name: (file, FILES[file]) for name, file in self.files.items()}
        return await self.client.post(address, data=sent, files=files or None)

    def _tree(self) -> html.HtmlElement:
        return html.document_fromstring(self.page)


def _values(form: html.HtmlElement) -> Iterator[tuple[str, str]]:
    """What a form sends as it stands."""
    for each in form.iter("input", "select", "textarea"):
        name = each.get("name")
        if not name or each.get("type") == "file":
            continue
        if each.get("type") in ("checkbox", "radio"):
            if each.get("checked") is not None:
                yield name, each.get("value") or "on"
        elif each.tag == "select":
            options = list(each.iter("option"))
            chosen = next((one for one in options if one.get("selected") is not None), options[0] if options else None)
            if chosen is not None:
                value = chosen.get("value")
                yield name, (chosen.text or "") if value is None else value
        else:
            yield name, each.get("value") or each.text or ""


def _said(element: html.HtmlElement) -> str:
    """What is read of an element by the eye: without what only a screen reader says, and without keys."""
    texts = [str(text) for text in element.xpath('.//text()[not(ancestor::*[contains(@class, "vh") or self::kbd])]')]
    return " ".join("".join(texts).replace("\u00a0", " ").split())


def _quoted(text: str) -> str:
    if not (text.startswith('"') and text.endswith('"')):
        raise LookupError("write the text between quote marks")
    return text[1:-1]


def role_of(chapter: Chapter) -> DeskRole | None:
    """The role of who is signed in when a chapter begins; None where nobody is."""
    return None if chapter.role == "niemand" else DeskRole(chapter.role)


def prepare(world: World, chapter: Chapter) -> None:
    """What a chapter needs besides, by the name that it gives it."""
    match chapter.needs:
        case "overdracht":
            _hand_off(world)
        case "partner":
            _with_partner(world)
        case "belopdracht":
            _to_be_called(world, CASE, "case:devaart:F-3")
        case "ochtend":
            _morning(world)
        case "oud":
            _old_invoices(world)
        case "tweede":
            _two_people(world)
        case needs:
            assert not needs, f"there is no {needs}"


def _with_partner(world: World) -> None:
    """A case that a collection agency has since an hour ago."""
    _hand_off(world)
    with world.file.write("case:devaart:F-9") as transaction:
        loaded = transaction.cases.load("case:devaart:F-9")
        step = loaded.policy.steps[-1]
        taken = step_taken(
            loaded.case, loaded.policy, step, 1, world.now, channels=("agency",), message="m", partner="noordkade"
        )
        transaction.cases.append("case:devaart:F-9", (taken,))
    world.advance("case:devaart:F-9")


def _to_be_called(world: World, *cases: str) -> None:
    for case_id in cases:
        with world.file.write(case_id) as transaction:
            raised = TaskRaised(id="t:call", at=world.now, on=world.now.date(), task="call")
            transaction.cases.append(case_id, (raised,))
        world.advance(case_id)


def money_came(world: World, case_id: str, guess: str) -> None:
    """What was paid on a case was taken back overnight; another payment names no invoice, and has a proposal."""
    for name, content in (
        ("payment_received", {"id": "p", "amount": "40.00", "credited_on": "2026-04-02"}),
        ("payment_reversed", {"payment": "p", "credited_on": "2026-04-09"}),
    ):
        world._ask(case_id, name, dict(content), name, None, "")
    with world.file.write() as transaction:
        unmatched_payment(world, transaction, "mollie:tr_1", "betaling zonder nummer", (guess,))
    world.told.clear()


def large_one(world: World, case_id: str = "case:devaart:G-1") -> str:
    """A reminder of a large amount leaves today."""
    world.open(invoice(number="G-1", amount="12000.00", due="2026-04-03"), case_id)
    world.advance(case_id)
    return case_id


def _morning(world: World) -> None:
    money_came(world, "case:devaart:F-2", CASE)
    large_one(world)
    _to_be_called(world, "case:devaart:F-3")


def _old_invoices(world: World) -> None:
    for number in range(12):
        found = invoice(number=f"O-{number}", due="2025-11-01", invoice_date="2025-10-01")
        facts = open_case(found, rules(), world.now, history=History(), review=True)
        with world.file.write() as transaction:
            transaction.cases.open(f"case:devaart:O-{number}", CREDITOR.id, facts, world.now)


def _two_people(world: World) -> None:
    ladder = policy(send("reminder", {"after_due": "5d"}), policy="two", two_people={"write_off": "50.00"})
    with world.file.write() as transaction:
        transaction.parties.save_policy(ladder)
        facts = open_case(invoice(number="T-1"), ladder, world.now)
        transaction.cases.open("case:devaart:T-1", CREDITOR.id, facts, world.now)
    world.advance("case:devaart:T-1")


def _hand_off(world: World) -> None:
    ladder = policy(
        send("reminder", {"after_due": "5d"}),
        {"id": "handoff", "when": {"after_due": "20d"}, "hand_off": "agency", "approval": "required"},
    ).model_copy(update={"policy": "short"})
    own = invoice(number="F-9", due="2026-01-05", invoice_date="2025-12-06", amount="500.00")
    at = world.now - timedelta(days=40)
    with world.file.write() as transaction:
        transaction.parties.save_policy(ladder)
        transaction.cases.open("case:devaart:F-9", CREDITOR.id, open_case(own, ladder, at), at)
    world.remind("case:devaart:F-9")
    world.now += timedelta(hours=3)  # Without a calendar of its own a policy acts at noon.
    world.advance("case:devaart:F-9")

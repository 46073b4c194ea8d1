"""What takes long to make is made before a step has the lock; what changed meanwhile is in the message all the same."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from casefile.pay_tokens import pay_token_of, pay_tokens_of
from gateways.dossier import build_dossier
from letters.render import render_paper
from services.correspondence import composing
from services.debtor_page.linking import PayPages
from services.ports import Document
from tests.activities.ladders import notice
from tests.activities.workplace import Workplace
from tests.casefile.builders import CASE, CREDITOR, DEBTOR
from tests.domain.builders import policy, send

PAPER = policy(send("reminder", {"after_due": "5d"}, send=["post"]))
MOVED = DEBTOR.model_copy(update={"address": ("Kade 9", "2000 ZZ Stad")})


@dataclass
class Watched:
    """Makes what it is to make, and does something of others while it makes the first.

    Attributes:
        makes: Really makes it.
        meanwhile: What others do: it writes into the case file, so it would wait for ever under the lock.
        made: What it was made of.
    """

    makes: Callable[..., object]
    meanwhile: Callable[[], None]
    made: list[object] = field(default_factory=list)

    def __call__(self, of: object, others: Sequence[Document] = ()) -> object:
        self.made.append(of)
        if len(self.made) == 1:
            self.meanwhile()
        return self.makes(of, others)


def moves(work: Workplace) -> None:
    with work.file.write() as transaction:
        transaction.parties.save_debtor(CREDITOR.id, MOVED)


def other_moves(work: Workplace) -> None:
    with work.file.write() as transaction:
        transaction.parties.save_debtor(CREDITOR.id, MOVED.model_copy(update={"id": "other"}))


def pays(work: Workplace) -> None:
    raw = json.dumps({"id": "p1", "amount": "100.00", "currency": "EUR"}).encode()
    with work.file.write(CASE) as transaction:
        transaction.inbox.accept(CASE, "p1", "payment_received", raw, work.now)


def printing(monkeypatch: pytest.MonkeyPatch, meanwhile: Callable[[], None]) -> Watched:
    found = Watched(render_paper, meanwhile)
    monkeypatch.setattr(composing, "render_paper", found)
    return found


async def test_a_letter_is_printed_once_and_not_under_the_lock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    work = Workplace(tmp_path, PAPER)
    printed = printing(monkeypatch, lambda: other_moves(work))
    await work.act()
    assert len(printed.made) == 1
    assert work.steps() == ["reminder post"]


async def test_who_moves_while_his_letter_is_printed_gets_it_at_the_new_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    work = Workplace(tmp_path, PAPER)
    printed = printing(monkeypatch, lambda: moves(work))
    await work.act()
    assert len(printed.made) == 2
    (sent,) = work.deliveries()
    assert "Kade 9" in str(sent.proof and sent.proof.content)


async def test_what_is_paid_while_a_letter_is_printed_is_not_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    work = Workplace(tmp_path, PAPER)
    printing(monkeypatch, lambda: pays(work))
    await work.act()
    (sent,) = work.deliveries()
    assert json.loads(str(sent.proof and sent.proof.content))["claimed"] == {"amount": "900.00", "currency": "EUR"}


async def test_a_link_that_was_drawn_before_is_the_one_that_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    work = Workplace(tmp_path, PAPER)
    work.equip(pages=PayPages("https://pay.example.nl", lambda: work.now))
    printed = printing(monkeypatch, lambda: moves(work))
    await work.act()
    assert len(printed.made) == 2
    (sent,) = work.deliveries()
    link = json.loads(str(sent.proof and sent.proof.content))["payment_link"]
    with work.file.read() as transaction:
        assert pay_token_of(transaction.session, link.rpartition("/")[2]) is not None
        assert len(pay_tokens_of(transaction.session, CREDITOR.id, DEBTOR.id, CASE)) == 1


@pytest.mark.parametrize(("meanwhile", "times", "claimed"), [(other_moves, 1, "1000.00"), (pays, 2, "900.00")])
async def test_a_dossier_is_packed_before_and_again_when_it_is_no_longer_so(
    tmp_path: Path, meanwhile: Callable[[Workplace], None], times: int, claimed: str
) -> None:
    work = Workplace(tmp_path, notice())
    packed = Watched(build_dossier, lambda: meanwhile(work))
    work.equip(dossier=packed)
    await work.act()
    await work.act()
    assert work.steps()[-1].startswith("handoff")
    assert len(packed.made) == times
    last = packed.made[-1]
    assert isinstance(last, Mapping)
    assert last["claim"]["principal_open"]["amount"] == claimed

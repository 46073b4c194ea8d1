"""A small world on the morning of Wed 13 May 2026, the day before Ascension, each thing in it put there by hand."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from activities.advancing import Advancing
from casefile.case_file import CaseFile
from domain import facts as f
from domain.case_ids import case_id
from domain.facts import Fact
from domain.invoice import Invoice, Kind, LegalStatus
from domain.money import Money
from domain.opening import open_case
from domain.parties import Contact, Debtor
from domain.policy import Policy
from tests.casefile.builders import CREDITOR, opened
from tests.domain.builders import local, policy, send

TODAY = date(2026, 5, 13)
NOW = local("2026-05-13", "08:30")

RULES = policy(
    send("reminder", {"after_due": "5d"}),
    {"id": "call", "when": {"after_due": "10d"}, "task": "call"},
    send("notice", {"after_due": "20d"}, term="14d", claims="principal+interest"),
    {"id": "handoff", "when": {"after_due": "60d"}, "hand_off": "agency", "approval": "required"},
)


class World:
    """A case file to which cases are added, and which is asked as a worker would ask it."""

    def __init__(self, folder: Path, rules: Policy = RULES) -> None:
        self.file: CaseFile = opened(folder / "case-file.sqlite3")
        self.rules = rules
        with self.file.write() as transaction:
            transaction.parties.save_creditor(CREDITOR)
            transaction.parties.save_policy(rules)

    def case(
        self,
        number: str,
        due: str,
        amount: str = "1000.00",
        debtor: str = "bakker",
        invoiced: str = "2026-01-15",
        currency: str = "EUR",
    ) -> str:
        """A case that was opened on the day it was due, or on the day before today."""
        own = case_id(CREDITOR.id, number)
        invoice = Invoice(
            number=number,
            debtor=debtor,
            invoice_date=date.fromisoformat(invoiced),
            due=date.fromisoformat(due),
            amount=Money.parse(amount, currency),
            legal_status=LegalStatus.of_kind(Kind.BUSINESS),
        )
        at = local(min(date.fromisoformat(due), TODAY - timedelta(days=1)), "09:00")
        contacts = (Contact(name=f"Els {debtor.title()}", email=f"els@{debtor}.example", phone="+31612345678"),)
        with self.file.write() as transaction:
            transaction.parties.save_debtor(CREDITOR.id, Debtor(id=debtor, name=debtor.title(), contacts=contacts))
            transaction.cases.open(own, CREDITOR.id, open_case(invoice, self.rules, at), at)
        return own

    def happened(self, case: str, *facts: Fact) -> None:
        """Something happened to a case."""
        with self.file.write() as transaction:
            transaction.cases.append(case, facts)

    def told(self, case: str, name: str, content: dict[str, Any], at: datetime) -> None:
        """A case was told something that it has yet to record."""
        with self.file.write() as transaction:
            transaction.inbox.accept(case, f"{name}:{at.isoformat()}", name, json.dumps(content).encode(), at)

    def taken(self, case: str, step: str, on: str, **more: Any) -> None:
        """A step was taken on a day."""
        at = local(on, "12:00")
        zero = Money.zero("EUR")
        fact = f.StepTaken(
            id=f"taken:{step}:1:0", at=at, on=date.fromisoformat(on), step=step, message=f"{case}/{step}", open=zero,
            interest=zero, costs=zero, total=zero, claimed=zero,
            **{"step_kind": "send", "channels": ("email",), "reminds": True, **more},
        )  # fmt: skip
        self.happened(case, fact)

    def paid(self, case: str, amount: str, on: str, known: str | None = None, own: str = "p1") -> None:
        """Money came."""
        at = local(known or on, "07:00")
        money = Money.parse(amount, "EUR")
        credited = date.fromisoformat(on)
        self.happened(
            case, f.PaymentReceived(id=own, at=at, on=at.date(), amount=money, credited_on=credited, reference="")
        )

    def promised(self, case: str, own: str, amount: str, by: str, outcome: str | None = None, on: str = "") -> None:
        """The debtor promised, and perhaps kept it."""
        at, day = local("2026-04-20", "10:00"), date.fromisoformat(by)
        money = Money.parse(amount, "EUR")
        self.happened(
            case,
            f.PromiseMade(
                id=f"made:{own}", at=at, on=at.date(), promise=own, amount=money, by=day, grace_until=day, note="Friday"
            ),
        )
        if outcome is not None:
            judged = date.fromisoformat(on or by)
            self.happened(
                case,
                f.PromiseJudged.model_validate(
                    {
                        "id": f"judged:{own}",
                        "at": local(judged, "10:00"),
                        "on": judged,
                        "promise": own,
                        "outcome": outcome,
                        "paid": money if outcome == "kept" else Money.zero("EUR"),
                    }
                ),
            )

    def decide(self, now: datetime = NOW) -> None:
        """A worker looks at every case."""
        with self.file.read() as transaction:
            cases = transaction.cases.open_ids()
        for case in cases:
            self.decide_one(case, now)

    def decide_one(self, case: str, now: datetime = NOW) -> None:
        """A worker looks at one case."""
        with self.file.write(case) as transaction:
            loaded = transaction.cases.load(case)
            Advancing(self.file, "all").decide(transaction, loaded, now, loaded.facts)

"""Intending: under the lock, the bytes of a message and the facts that it is about to leave, for every case in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from casefile.case_file import Transaction
from casefile.cases import Loaded
from casefile.deliveries import Letter
from casefile.surroundings import surroundings_of
from domain.bundle import Member, asked_of, channels_done, claims_of, joining, may_carry, member_of, must_wait_for
from domain.facts import Asked, DeliveryStatus, Fact
from domain.planning.decision import Decision
from domain.policy import PARTNER_NOTICES, Step
from domain.reactions import sending
from domain.surroundings import Sibling, Surroundings
from domain.tasks import TaskKind
from services.correspondence.composing import Composed, compose_message
from services.correspondence.making import Made
from services.debtor_page.linking import PayPages
from services.handoffs.composing import compose_hand_off
from services.handoffs.notices import compose_notice
from services.ports import DossierBuilder

__all__ = ["Intending", "takes_long"]


@dataclass(frozen=True)
class Intending:
    """Writes the intent of a step that is due, in one transaction.

    Attributes:
        transaction: The case file, locked; for `rehearse` a reader's.
        now: Moment of the step.
        real: Real moment, from which the age of the intent counts.
        pages: Makes the link to the debtor's page that a message carries; None: it carries none.
        reply_domain: Where answers to e-mails are taken in; None: their sender gets them.
        made: What was made of the message before the lock.
    """

    transaction: Transaction
    now: datetime
    real: datetime
    pages: PayPages | None = None
    reply_domain: str | None = None
    made: Made = field(default_factory=Made)

    def message(self, loaded: Loaded, decision: Decision, surroundings: Surroundings) -> tuple[Letter, ...] | None:
        """Write the intent of a message; None when it must wait for another case to record what it was told."""
        if decision.step in PARTNER_NOTICES:
            return self._notice(loaded, decision, surroundings)
        travelling = self._travelling(loaded, decision, surroundings)
        if travelling is None:
            return None
        self.transaction.cases.append_each({each.key: each.facts for each in travelling[1:]})
        composed, asked = self._composed(loaded, travelling)
        return self._write(composed, travelling, asked)

    def rehearse(self, loaded: Loaded, decision: Decision, surroundings: Surroundings, dossier: DossierBuilder) -> None:
        """Make what a message or hand-off needs, and write nothing."""
        if decision.action == "hand_off":
            leaving = self._travelling(loaded, decision, surroundings)
            if leaving is not None:
                self._file(loaded, leaving, dossier)
            return
        if decision.step in PARTNER_NOTICES:
            return
        travelling = self._travelling(loaded, decision, surroundings)
        if travelling is not None:
            self._composed(loaded, travelling)

    def _notice(self, loaded: Loaded, decision: Decision, surroundings: Surroundings) -> tuple[Letter, ...]:
        """What the partner who has the case is told; of this case alone, whatever others he has of the debtor."""
        lead = member_of(loaded.id, loaded.case, loaded.policy, surroundings, decision, self.now)
        composed = compose_notice(self.transaction, self.transaction.parties.creditor(loaded.creditor), lead)
        (asked,) = asked_of([lead], loaded.policy.sending_calendar.local_date(self.now))
        return self._write(composed, [lead], [asked])

    def _travelling(self, loaded: Loaded, decision: Decision, surroundings: Surroundings) -> list[Member] | None:
        """The case and those that travel along; None when it must wait for one."""
        lead = member_of(loaded.id, loaded.case, loaded.policy, surroundings, decision, self.now)
        lead = replace(lead, step=self._over(loaded, lead))
        if not may_carry(lead):
            return [lead]
        companions = self._companions(loaded, lead)
        if companions is None:
            return None
        if lead.step.hand_off:
            return [lead, *companions]
        progress = _progress(lead)
        return [lead] + [
            replace(p, step=lead.step) if lead.step.answers else p for p in companions if _progress(p) == progress
        ]

    def _composed(self, loaded: Loaded, travelling: Sequence[Member]) -> tuple[Composed, tuple[Asked, ...]]:
        """Their message, and what it says of each of them."""
        creditor = self.transaction.parties.creditor(loaded.creditor)
        on = loaded.policy.sending_calendar.local_date(self.now)
        claims = claims_of(travelling, on)
        asked = asked_of(travelling, on, claims)
        composed = compose_message(
            self.transaction,
            creditor,
            travelling,
            asked,
            on,
            self.now,
            self.pages,
            reply_domain=self.reply_domain,
            made=self.made,
            claims=claims,
        )
        return composed, asked

    def _over(self, loaded: Loaded, lead: Member) -> Step:
        """The step over the channels that reach him: a letter beside the ladder goes by post where no mail does."""
        step = lead.step
        if not step.answers or step.send != ("email",):
            return step
        debtor = self.transaction.parties.debtor(loaded.creditor, lead.case.invoice.debtor)
        if debtor is None or debtor.address_for("post", step.to) is None:
            return step
        came_back = any("/email/" in key for key in lead.case.bounced)
        is_dead = came_back and lead.case.open_task(TaskKind.FIX_CONTACT) is not None
        if debtor.address_for("email", step.to) is not None and not is_dead:
            return step
        return step.model_copy(update={"send": ("post",)})

    def hand_off(
        self, loaded: Loaded, decision: Decision, surroundings: Surroundings, dossier: DossierBuilder
    ) -> tuple[Letter, ...] | None:
        """Write the intent of a hand-off: one file of all that is ready; None when it must wait for another case."""
        leaving = self._travelling(loaded, decision, surroundings)
        if leaving is None:
            return None
        self.transaction.cases.append_each({each.key: each.facts for each in leaving[1:]})
        composed, asked = self._file(loaded, leaving, dossier)
        return self._write(composed, leaving, asked, composed.partner)

    def _file(
        self, loaded: Loaded, leaving: Sequence[Member], dossier: DossierBuilder
    ) -> tuple[Composed, tuple[Asked, ...]]:
        """Their file, and what is claimed of each of them."""
        creditor = self.transaction.parties.creditor(loaded.creditor)
        on = loaded.policy.sending_calendar.local_date(self.now)
        asked = asked_of(leaving, on)
        return compose_hand_off(self.transaction, creditor, leaving, asked, on, dossier, self.made), asked

    def _companions(self, loaded: Loaded, lead: Member) -> list[Member] | None:
        """The debtor's other cases that travel along; None when one that must is not ready to."""
        found = []
        debtor = loaded.case.invoice.debtor
        waiting = self.transaction.inbox.told(loaded.creditor, debtor)
        for case_id in self.transaction.cases.siblings(loaded.creditor, debtor, loaded.id):
            other = self.transaction.cases.load(case_id)
            sibling, surroundings = Sibling(case_id, other.case, other.policy), surroundings_of(self.transaction, other)
            told = case_id in waiting
            if must_wait_for(lead, sibling, surroundings, told, lead.policy.sending_calendar.local_date(self.now)):
                return None
            if told:
                # What it was told is for its own workflow to record: no other one may make it look done. A reminder
                # goes without it; a letter that must take it in waits.
                continue
            companion = joining(lead, sibling, surroundings, self.now)
            if companion is not None:
                found.append(companion)
        return found

    def _write(
        self, composed: Composed, members: Sequence[Member], asked: Sequence[Asked], partner: str = ""
    ) -> tuple[Letter, ...]:
        """Write the intent for every case in the message; returns what is to be sent now."""
        now = self.now
        served: dict[str, list[str]] = {key: [] for _, key in composed.deliveries}
        own_of: dict[str, list[str]] = {}
        intended: dict[str, list[Fact]] = {}
        for each, said in zip(members, asked, strict=True):
            own = tuple((channel, key) for channel, key in composed.deliveries if channel in each.step.channels)
            done = channels_done(each)
            own = tuple((channel, key) for channel, key in own if channel not in done)
            own_of[each.key] = [key for _, key in own]
            for key in own_of[each.key]:
                served[key].append(each.key)
            on = each.policy.sending_calendar.local_date(now)
            fact = sending.intended(each.case, each.step, each.issue, composed.message, own, now, on, said, partner)
            intended[each.key] = [fact]
        self.transaction.cases.append_each(intended)
        concluded: dict[str, list[Fact]] = {}
        for each in members:
            on = each.policy.sending_calendar.local_date(now)
            case = self.transaction.cases.load(each.key).case
            concluded[each.key] = [
                sending.concluded(case, key, DeliveryStatus.REFUSED, now, on, reason=composed.unusable[key])
                for key in own_of[each.key]
                if key in composed.unusable
            ]
            # What was not sent under another key (with others, who have theirs by now) goes out under this one.
            concluded[each.key] += [
                sending.concluded(case, d.key, DeliveryStatus.DROPPED, now, on)
                for d in (case.attempt.deliveries if case.attempt else ())
                if d.status in (DeliveryStatus.NOT_SENT, DeliveryStatus.REFUSED) and d.key not in own_of[each.key]
            ]
        self.transaction.cases.append_each(concluded)
        letters = tuple(letter for letter in composed.letters if served[letter.key])
        for letter in letters:
            self.transaction.deliveries.intend(letter, served[letter.key], now, self.real)
        return letters


def takes_long(step: Step) -> bool:
    """Whether what a step sends takes longer to make than to rehearse: a letter on paper, a dossier."""
    return bool((step.hand_off and not step.answers) or set(step.send) & {"post", "registered"})


def _progress(member: Member) -> tuple[str, frozenset[str]] | None:
    """How far an earlier try of the step came; only cases that stand alike go on in one message."""
    attempt = member.attempt
    return None if attempt is None else (attempt.message, channels_done(member))

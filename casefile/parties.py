"""Creditors, debtors and policies in the case file."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Collection, Sequence
from datetime import date
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import bindparam, func, select, update

from casefile import tables as t
from casefile.among import among
from casefile.session import Session
from casefile.which_cases import folded_text
from domain.parties import Creditor, Debtor
from domain.policy import Policy
from domain.terms import PLAIN_TERMS, CreditorTerms

__all__ = ["Parties", "creditor_names", "read_creditor"]

# Building a statement takes longer than running it: those of every turn are built once.
_CREDITOR = select(t.creditors.c.body).where(t.creditors.c.id == bindparam("of"))
_COVERED = select(t.creditors.c.covered_until).where(t.creditors.c.id == bindparam("of"))
_DEBTOR = select(t.debtors.c.body).where(
    t.debtors.c.creditor == bindparam("creditor"), t.debtors.c.id == bindparam("debtor")
)
_DEBTOR_SECRET = select(t.secrets.c.secret).where(t.secrets.c.name == "debtor_attribute")
_NEWEST_VERSION = select(func.max(t.policies.c.version)).where(t.policies.c.name == bindparam("name"))
_OF_VERSION = (t.policies.c.name == bindparam("name"), t.policies.c.version == bindparam("version"))
_POLICY = select(t.policies.c.body).where(*_OF_VERSION)
_POLICY_HASH = select(t.policies.c.sha256).where(*_OF_VERSION)


@lru_cache(maxsize=5000)
def _attribute_of(secret: bytes, creditor_id: str, debtor_id: str) -> str:
    """The hash of a debtor; each turn of his cases says it."""
    named = json.dumps([creditor_id, debtor_id]).encode()
    return hmac.new(secret, named, hashlib.sha256).hexdigest()[:20]


@lru_cache(maxsize=256)
def read_creditor(body: str) -> Creditor:
    """A profile; the few that there are are read at every turn."""
    return Creditor.model_validate_json(body)


class Parties:
    """Creditors, debtors, and the policies under which they meet."""

    def __init__(self, session: Session) -> None:
        """In a transaction."""
        self._session = session

    def save_creditor(self, creditor: Creditor) -> None:
        """Store a creditor's profile, replacing an older one."""
        self._session.covers_all()
        self._session.upsert(t.creditors, {"id": creditor.id, "body": creditor.model_dump_json()}, ["id"], ["body"])
        self._session.known.terms.pop(creditor.id, None)

    def creditor(self, creditor_id: str) -> Creditor:
        """The profile of a creditor.

        Raises:
            LookupError: when there is none.
        """
        creditor = self.known_creditor(creditor_id)
        if creditor is None:
            raise LookupError(f"creditor {creditor_id!r} has no profile in the case file")
        return creditor

    def known_creditor(self, creditor_id: str) -> Creditor | None:
        """The profile of a creditor, None when there is none."""
        body = self._session.asked(
            t.creditors,
            ("body", creditor_id),
            lambda: self._session.connection.scalar(_CREDITOR, {"of": creditor_id}),
        )
        return None if body is None else read_creditor(body)

    def terms(self, creditor: str) -> CreditorTerms:
        """What the law must know of a creditor; plain terms while he has no profile."""
        known = self._session.known.terms.get(creditor)
        if known is None:
            profile = self.known_creditor(creditor)
            known = PLAIN_TERMS if profile is None else profile.terms
            self._session.known.terms[creditor] = known
        return known

    def set_bank_coverage(self, creditor: str, until: date) -> None:
        """Record the last day that the bank statements of a creditor cover."""
        self._session.covers_all()
        self._session.written(t.creditors)
        self._session.connection.execute(
            update(t.creditors).where(t.creditors.c.id == creditor).values(covered_until=until)
        )

    def bank_covered_until(self, creditor: str) -> date | None:
        """The last day that the bank statements of a creditor cover."""
        return self._session.asked(
            t.creditors, ("covered", creditor), lambda: self._session.connection.scalar(_COVERED, {"of": creditor})
        )

    def save_debtor(self, creditor_id: str, debtor: Debtor) -> None:
        """Store a debtor, replacing what was known of it."""
        self._session.covers_all()
        self._session.upsert(t.debtors, _row_of(creditor_id, debtor), ["creditor", "id"], ["body", "folded"])

    def save_new_debtors(self, creditor_id: str, debtors: Sequence[Debtor]) -> None:
        """Store debtors of whom it is known, under the lock of the whole file, that none is there."""
        self._session.covers_all()
        self._session.insert_new(t.debtors, [_row_of(creditor_id, each) for each in debtors])

    def debtor(self, creditor_id: str, debtor_id: str) -> Debtor | None:
        """A debtor, None when nothing is known but the id."""
        who = {"creditor": creditor_id, "debtor": debtor_id}
        body = self._session.asked(
            t.debtors, (creditor_id, debtor_id), lambda: self._session.connection.scalar(_DEBTOR, who)
        )
        return None if body is None else Debtor.model_validate_json(body)

    def debtors(self, creditor_id: str, debtor_ids: Collection[str]) -> dict[str, Debtor]:
        """Those of some debtors of whom more is known than the id."""
        asked = {"creditor": creditor_id, "ids": list(debtor_ids)}
        found = self._session.connection.execute(_debtors_among(self._session.connection.dialect.name), asked)
        return {own: Debtor.model_validate_json(body) for own, body in found}

    def debtor_attribute(self, creditor_id: str, debtor_id: str) -> str:
        """How the search attribute `Debtor` names a debtor: a hash that says nothing to who has not this case file.

        Twenty hexadecimal digits of an HMAC with SHA-256: of a million debtors no two have the same.
        """
        return _attribute_of(self._debtor_secret(), creditor_id, debtor_id)

    def _debtor_secret(self) -> bytes:
        """The secret under which Temporal names debtors; it was made with the tables and never changes."""
        memory = self._session.memory
        if memory.debtor_secret is None:
            memory.debtor_secret = bytes.fromhex(self._session.connection.execute(_DEBTOR_SECRET).scalar_one())
        return memory.debtor_secret

    def save_policy(self, policy: Policy) -> None:
        """Store a version of a policy; a version never changes.

        Raises:
            ValueError: when this version is stored with another content.
        """
        self._session.covers_all()
        body = policy.model_dump_json(by_alias=True, exclude_unset=True)
        digest = hashlib.sha256(body.encode()).hexdigest()
        own = {"name": policy.policy, "version": policy.version}
        known = self._session.connection.scalar(_POLICY_HASH, own)
        if known is None:
            row = {"name": policy.policy, "version": policy.version, "sha256": digest, "body": body}
            self._session.insert_once(t.policies, row, ["name", "version"])
        elif known != digest:
            raise ValueError(
                f"policy {policy.policy!r} version {policy.version} is in use with another content; "
                "raise `version` when you change a policy"
            )

    def also_known(self, policy: Policy) -> None:
        """Know a version that nobody stored yet, as long as this transaction reads: to see what it would do."""
        self._session.known.policies[policy.policy, policy.version] = policy

    def policy(self, name: str, version: int | None) -> Policy | None:
        """A version of a policy (None: the newest), None when there is none."""
        if version is None:
            version = self._session.connection.scalar(_NEWEST_VERSION, {"name": name})
            if version is None:
                return None
        cached = self._session.known.policies.get((name, version)) or self._session.memory.policy(name, version)
        if cached is not None:
            return cached
        body = self._session.connection.scalar(_POLICY, {"name": name, "version": version})
        if body is None:
            return None
        policy = Policy.model_validate_json(body)
        # Only what is committed may be remembered beyond this transaction.
        self._session.known.policies[name, version] = policy
        return policy


@cache
def _debtors_among(dialect: str) -> Any:
    """The statement that reads some debtors of a creditor."""
    d = t.debtors.c
    return select(d.id, d.body).where(d.creditor == bindparam("creditor"), among(dialect, d.id))


def _row_of(creditor_id: str, debtor: Debtor) -> dict[str, object]:
    return {
        "creditor": creditor_id,
        "id": debtor.id,
        "body": debtor.model_dump_json(),
        "folded": folded_text(debtor.name),
    }


def creditor_names(session: Session) -> dict[str, str]:
    """The names of all creditors, by their ids."""
    rows = session.connection.execute(select(t.creditors.c.id, t.creditors.c.body).order_by(t.creditors.c.id))
    return {own: str(json.loads(body)["name"]) for own, body in rows}

"""Proving what was sent: the bytes against their hash, and the letter made again from what it was made of."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from email.parser import BytesHeaderParser
from email.policy import default as modern
from hashlib import sha256

from pydantic import ValidationError

from casefile.case_file import Transaction
from casefile.deliveries import StoredDelivery
from letters.attachment import Attachment
from letters.content import LetterContent
from letters.eml import BadAddress
from letters.render import UnknownLetter, Unprintable, VoidLetter, effective_letter, template_version
from services.correspondence.composing import form_of

__all__ = ["Comparison", "compare", "is_intact"]


@dataclass(frozen=True, slots=True)
class Comparison:
    """A stored letter beside the one that this program makes of the same content.

    Attributes:
        same: Whether the bytes are the same; None when the letter can't be made again.
        kept: Mark of the templates that it was made with; None of a letter kept without.
        own: Mark of the templates of this program; None when it has no such letter.
        says: The outcome in a sentence.
    """

    same: bool | None
    kept: str | None
    own: str | None
    says: str

    @property
    def templates_changed(self) -> bool:
        """Whether other templates than those of then explain a difference."""
        return self.kept != self.own


def is_intact(delivery: StoredDelivery) -> bool:
    """Whether the stored bytes have the hash that was written down with them."""
    return sha256(delivery.content).hexdigest() == delivery.sha256


def compare(transaction: Transaction, delivery: StoredDelivery) -> Comparison:
    """Make a letter again from its stored content and documents, and hold the bytes against the stored ones."""
    proof = delivery.proof
    if proof is None:
        return Comparison(None, None, None, "it was sent before the content of letters was kept")
    if proof.content is None:
        return Comparison(None, None, None, "it is no letter but a dossier, which holds what it was made of")
    kept = proof.template_version
    own: str | None = None
    try:
        content = LetterContent.model_validate_json(proof.content)
        own = template_version(effective_letter(content), content.language)
        attachments = _attachments(transaction, delivery)
        form = form_of(
            delivery.channel,
            content,
            delivery.recipient,
            delivery.key,
            delivery.intended_at,
            attachments=attachments,
            reply_to=_reply_to(delivery),
        )
    except ValidationError as error:
        fields = ", ".join(sorted({".".join(str(part) for part in each["loc"]) for each in error.errors()}))
        return Comparison(None, kept, own, f"this program reads its content no more (fields: {fields or 'all'})")
    except _Missing as error:
        return Comparison(None, kept, own, str(error))
    except (UnknownLetter, VoidLetter, Unprintable, BadAddress) as error:
        return Comparison(None, kept, own, f"this program makes no such letter: {error}")
    same = form.content == delivery.content
    return Comparison(same, kept, own, _says(same, kept, own))


def _reply_to(delivery: StoredDelivery) -> str | None:
    """Where an e-mail asked to be answered to: its token stands nowhere else."""
    if delivery.channel != "email":
        return None
    asked = BytesHeaderParser(policy=modern).parsebytes(delivery.content).get("Reply-To")
    return None if asked is None else str(asked)


def _says(same: bool, kept: str | None, own: str) -> str:
    if kept == own:
        of = f"templates {own}"
        return (
            f"made again, the bytes are the same ({of})"
            if same
            else f"made again, the bytes differ though the templates are the same ({of})"
        )
    changed = f"the templates changed since: {kept} then, {own} now"
    return (
        f"made again, the bytes are the same, though {changed}" if same else f"made again, the bytes differ: {changed}"
    )


class _Missing(LookupError):
    """A document that went with the letter is no longer in the case file."""


def _attachments(transaction: Transaction, delivery: StoredDelivery) -> tuple[Attachment, ...]:
    """The documents that went with a letter, known by their hash."""
    proof = delivery.proof
    if proof is None or not proof.enclosed:
        return ()
    kept: dict[str, bytes] = {}
    for case_id in _cases(proof.calculation) or transaction.deliveries.cases_of(delivery.key):
        for _, _, content in transaction.documents.of_case(case_id):
            kept[sha256(content).hexdigest()] = content
    missing = [each.name for each in proof.enclosed if each.sha256 not in kept]
    if missing:
        raise _Missing(f"documents that went with it are not in the case file: {', '.join(missing)}")
    return tuple(Attachment(each.name, each.media_type, kept[each.sha256]) for each in proof.enclosed)


def _cases(calculation: str) -> tuple[str, ...]:
    """Ids of all cases in the message, also of those that this delivery did not serve."""
    said = json.loads(calculation)
    cases = said.get("cases", ()) if isinstance(said, Mapping) else ()
    return tuple(each["case"] for each in cases)

"""The papers of a case: its documents, and what the checks had to say of them when they came in."""

from dataclasses import asdict, dataclass

from casefile import credits as held
from casefile.case_file import Transaction
from casefile.credits import Remark
from casefile.papers import Paper

__all__ = ["Papers", "read_papers"]


@dataclass(frozen=True, slots=True)
class DocumentLine:
    """A document of a case."""

    name: str
    media_type: str
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Papers:
    """The documents of a case and the remarks on them; `sent` is what the debtor sent."""

    documents: tuple[DocumentLine, ...]
    remarks: tuple[Remark, ...]
    sent: tuple[Paper, ...] = ()

    def as_json(self) -> dict[str, object]:
        """The same as JSON values."""
        return asdict(self)


def read_papers(transaction: Transaction, case_id: str) -> Papers:
    """Gather the papers of a case."""
    documents = (DocumentLine(*each) for each in transaction.documents.named_of(case_id))
    return Papers(tuple(documents), held.remarks(transaction, case_id), transaction.papers.of_case(case_id))

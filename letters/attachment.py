"""Files that go with a letter: inside the PDF, or beside an e-mail."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes with a letter.

    Attributes:
        filename: Name that the reader sees.
        media_type: Such as `application/pdf`.
        content: The exact bytes.
    """

    filename: str
    media_type: str
    content: bytes

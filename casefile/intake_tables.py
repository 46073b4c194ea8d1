"""The tables of what is dropped on a page: uploads on their way into the case file, and how lists are to be read."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Date, ForeignKey, Index, Integer, LargeBinary, Table, Text, text

from casefile.tables import MOMENT, metadata, words

uploads = Table(
    "uploads",
    metadata,
    Column("id", words(32), primary_key=True),
    Column("creditor", words(64), nullable=False),
    Column("user_id", words(16), nullable=False),
    Column("actor", words(200), nullable=False),
    Column("sha256", words(64), nullable=False),
    Column("names", Text, nullable=False),
    Column("complete", Boolean, nullable=False),
    Column("state", words(16), nullable=False),
    Column("problem", Text, nullable=False),
    Column("result", Text),
    Column("made_at", MOMENT, nullable=False),
    Column("touched_at", MOMENT, nullable=False),
    Index("ix_uploads_creditor_made_at", "creditor", "made_at"),
)
"""What somebody dropped on a page: what it is, how far it came (`state`), and what became of it (`result`)."""

upload_files = Table(
    "upload_files",
    metadata,
    Column("upload_id", words(32), ForeignKey("uploads.id"), primary_key=True),
    Column("place", Integer, primary_key=True),
    Column("name", Text, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("beside", Boolean, nullable=False),
)
"""The bytes of an upload, as long as they are needed: they go with its end. `beside` are the documents of a list."""

begun_imports = Table(
    "begun_imports",
    metadata,
    Column("creditor", words(64), primary_key=True),
    Column("import_name", words(32), primary_key=True),
    Column("begun_at", MOMENT, nullable=False),
    Column("rows", Integer, nullable=False),
    Column("done", Integer, nullable=False),
)
"""An import on its way: how many rows and e-invoices it has, and how many are in. It goes with its end."""

list_readings = Table(
    "list_readings",
    metadata,
    Column("creditor", words(64), primary_key=True),
    Column("body", Text, nullable=False),
)
"""What the profile of a creditor says of how his lists are read, beside what he is: as it was imported last."""

kept_mappings = Table(
    "kept_mappings",
    metadata,
    Column("creditor", words(64), primary_key=True),
    Column("name", words(64), primary_key=True),
    Column("body", Text, nullable=False),
    Column("actor", words(200), nullable=False),
    Column("kept_at", MOMENT, nullable=False),
)
"""What a person said by hand of the columns of a list."""

standings = Table(
    "standings",
    metadata,
    Column("day", Date, primary_key=True),
    Column("of", words(8), primary_key=True),
    Column("kind", words(64), primary_key=True),
    Column("currency", words(3), primary_key=True),
    Column("creditor", words(64), primary_key=True, server_default=text("''")),
    Column("number", Integer, nullable=False),
    Column("open_minor", BigInteger, nullable=False),
)
"""Where the money stood on a day, by stage and by hold (`of`): kept once a day, for nobody can tell it afterwards.

`creditor` is empty in what was kept before it was told by creditor: of several together."""

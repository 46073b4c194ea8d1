"""Our YAML files, read as they are written: every scalar is text, every value knows its line and column.

YAML's own types would turn `no` into false, `17:00` into 1020 and `1.00` into a float. Here the models decide
what a text means, and when they refuse it, the error names the file, the line and the key.
"""

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeAlias, TypeVar, cast

import yaml
from pydantic import BaseModel, ValidationError

from machine.regular import read_plain

__all__ = ["Document", "Node", "Position", "Problem", "SourceError", "load_yaml", "load_yaml_file"]

Node: TypeAlias = "dict[str, Node] | list[Node] | str | None"
"""What a file holds: mappings, lists, texts and nothings."""

Loc: TypeAlias = Sequence[str | int]
"""A way into the tree: keys of mappings and indexes of lists (from 0)."""

Model = TypeVar("Model", bound=BaseModel)

MAX_BYTES: Final = 5_000_000
"""Largest file that is read, in bytes of UTF-8."""

_MAX_DEPTH: Final = 50
_MAX_ERRORS: Final = 500
_LOADER: Final[Any] = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
_NOTHING: Final = frozenset({"", "~", "null", "Null", "NULL"})
# What YAML 1.1 does not allow in a file, and lone surrogates, which no file can hold.
_LINE_BREAK: Final = re.compile(r"\r\n|[\n\r\x85\u2028\u2029]")
"""What ends a line in YAML 1.1, by which the parser counts."""

_UNPRINTABLE: Final = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")


class Position(NamedTuple):
    """A place in a file, both from 1."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong in a file."""

    file: str
    line: int
    """From 1; 0 when the file as a whole is meant."""
    column: int
    """From 1; 0 when the file as a whole is meant."""
    key: str
    """The way to the value, like `steps[0].when.after_due`; empty for the whole file."""
    message: str

    def __str__(self) -> str:
        """Return `file:line:column: key: message`, without the parts that are not known."""
        place = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        return ": ".join(part for part in (place, self.key, self.message) if part)


class SourceError(ValueError):
    """A file that cannot be used. Its text has one line per problem, in the order of the file."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(
            sorted(problems, key=lambda problem: (problem.file, problem.line, problem.column))
        )
        super().__init__(self.problems)

    def __str__(self) -> str:
        """Return one line per problem."""
        return "\n".join(map(str, self.problems))


@dataclass(frozen=True, slots=True)
class Document:
    """What a YAML file holds, and where."""

    name: str
    """The file, as it is named in errors."""
    tree: Node
    """Its content; None when there is none."""
    positions: Mapping[tuple[str | int, ...], Position] = field(repr=False)
    """Where each value is: of an entry of a mapping its key, of an item of a list the item."""

    def position(self, loc: Loc) -> Position:
        """Where a value is, or else the nearest thing around it that exists."""
        path = tuple(loc)
        while path and path not in self.positions:
            path = path[:-1]
        return self.positions.get(path, Position(1, 1))

    def problem(self, loc: Loc, message: str) -> Problem:
        """Something wrong with a value, for checks that no model can make."""
        line, column = self.position(loc)
        return Problem(self.name, line, column, _key(loc), message)

    def validate(self, model: type[Model]) -> Model:
        """Make a model of the content.

        Args:
            model: reads texts (pydantic's lax mode), so `"3"` becomes 3 and `"2026-03-01"` a date.

        Raises:
            SourceError: the content does not fit, with one problem per thing that is wrong.
        """
        if self.tree is None:
            raise SourceError([self.problem((), "is empty")])
        try:
            return model.model_validate(self.tree)
        except ValidationError as error:
            raise SourceError(_problems(self, model, error)) from error


def load_yaml_file(path: Path) -> Document:
    """Read a YAML file.

    Args:
        path: UTF-8, with or without byte order mark; shown in errors as given.

    Raises:
        SourceError: as `load_yaml`, and when the file is missing, unreadable or not UTF-8.
    """
    name = str(path)
    try:
        content = read_plain(path, MAX_BYTES + 4)
    except FileNotFoundError as error:
        raise SourceError([Problem(name, 0, 0, "", "there is no such file")]) from error
    except OSError as error:
        raise SourceError([Problem(name, 0, 0, "", f"cannot be read: {error.strerror or error}")]) from error
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        # A file cut off at the limit may end inside a character; it is too large anyway.
        if len(content) > MAX_BYTES:
            raise _too_large(name) from error
        place = _end(content[: error.start].decode("utf-8", "replace").removeprefix("\ufeff"))
        message = f"is not UTF-8 (byte 0x{error.object[error.start]:02x}); save the file as UTF-8"
        raise SourceError([Problem(name, *place, "", message)]) from error
    return load_yaml(text, name)


def load_yaml(text: str, name: str) -> Document:
    """Read the text of a YAML file.

    Every scalar stays the text that was written (`on`, `17:00`, `1.00`, `2026-03-01`); an unquoted `~` or
    `null`, or nothing at all, becomes None. What makes a file mean something else than it seems to say is
    refused: keys given twice, anchors and aliases, tags, merge keys, several documents.

    Args:
        text: at most 5 MB.
        name: how the file is named in errors.

    Raises:
        SourceError: no YAML, or YAML of a kind that is refused.
    """
    text = text.removeprefix("\ufeff")
    if len(text) > MAX_BYTES or len(text.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        raise _too_large(name)
    if wrong := _UNPRINTABLE.search(text):
        message = f"the character U+{ord(wrong.group()):04X} is not allowed here; remove it"
        raise SourceError([Problem(name, *_end(text[: wrong.start()]), "", message)])
    reader = _Reader(name)
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            reader.take(event)
    except yaml.MarkedYAMLError as error:
        raise SourceError([_syntax_problem(name, text, error)]) from error
    if reader.problems:
        raise SourceError(reader.problems)
    return Document(name, reader.root, reader.positions)


class _Open:
    """A mapping or list that is being read."""

    __slots__ = ("key", "loc", "node")

    def __init__(self, node: "dict[str, Node] | list[Node]", loc: tuple[str | int, ...]) -> None:
        self.node = node
        self.loc = loc
        self.key: str | None = None


class _Reader:
    """Builds the tree of the parser's events, without recursion and without YAML's idea of types."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.root: Node = None
        self.positions: dict[tuple[str | int, ...], Position] = {}
        self.problems: list[Problem] = []
        self._open: list[_Open] = []
        self._documents = 0

    def take(self, event: Any) -> None:
        """Take in the next event; raise on what is refused."""
        match event:
            case yaml.ScalarEvent():
                self._refuse_tricks(event)
                plain = event.implicit[0]
                self._scalar(event, event.value, plain)
            case yaml.MappingStartEvent() | yaml.SequenceStartEvent():
                self._refuse_tricks(event)
                self._start(event, {} if isinstance(event, yaml.MappingStartEvent) else [])
            case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
                self._open.pop()
            case yaml.AliasEvent():
                raise self._refusal(event, f"aliases (*{event.anchor}) are not allowed; write the value out")
            case yaml.DocumentStartEvent():
                self._documents += 1
                if self._documents > 1:
                    raise self._refusal(event, "a second document starts here; one file holds one document")
            case _:
                pass

    def _refuse_tricks(self, event: Any) -> None:
        if event.anchor is not None:
            raise self._refusal(event, f"anchors (&{event.anchor}) are not allowed; write the value out")
        if event.tag is not None:
            raise self._refusal(event, "tags (!) are not allowed; put the text in quotes if it starts with '!'")

    def _scalar(self, event: Any, value: str, plain: bool) -> None:
        inside = self._open[-1] if self._open else None
        if inside is not None and isinstance(inside.node, dict) and inside.key is None:
            self._take_key(event, inside, value, plain)
            return
        self._put(event, None if plain and value in _NOTHING else value)

    def _take_key(self, event: Any, inside: _Open, key: str, plain: bool) -> None:
        if plain and key == "<<":
            raise self._refusal(event, "merge keys (<<) are not allowed; write the keys out")
        if not key or (plain and key == "~"):
            raise self._refusal(event, "a key is missing before this ':'")
        loc = (*inside.loc, key)
        if key in inside.node:
            first = self.positions[loc].line
            message = f"is given twice; the first is on line {first}"
            self.problems.append(Problem(self.name, *_place(event.start_mark), _key(loc), message))
        else:
            self.positions[loc] = _place(event.start_mark)
        inside.key = key

    def _start(self, event: Any, node: "dict[str, Node] | list[Node]") -> None:
        if len(self._open) >= _MAX_DEPTH:
            message = f"lists and mappings are nested more than {_MAX_DEPTH} deep"
            raise SourceError([*self.problems, Problem(self.name, *_place(event.start_mark), "", message)])
        inside = self._open[-1] if self._open else None
        if inside is not None and isinstance(inside.node, dict) and inside.key is None:
            raise self._refusal(event, "a key must be a plain text; put it in quotes if it starts with [ or {")
        self._open.append(_Open(node, self._put(event, node)))

    def _put(self, event: Any, node: Node) -> tuple[str | int, ...]:
        """Put a value where it belongs, and return its way into the tree."""
        if not self._open:
            self.root = node
            self.positions[()] = _place(event.start_mark)
            return ()
        inside = self._open[-1]
        if isinstance(inside.node, list):
            loc = (*inside.loc, len(inside.node))
            self.positions.setdefault(loc, _place(event.start_mark))
            inside.node.append(node)
            return loc
        key = cast(str, inside.key)
        inside.key = None
        inside.node[key] = node
        return (*inside.loc, key)

    def _refusal(self, event: Any, message: str) -> SourceError:
        loc: Loc = ()
        if self._open:
            inside = self._open[-1]
            loc = inside.loc if inside.key is None else (*inside.loc, inside.key)
        return SourceError([*self.problems, Problem(self.name, *_place(event.start_mark), _key(loc), message)])


def _place(mark: Any) -> Position:
    return Position(mark.line + 1, mark.column + 1)


def _end(text: str) -> Position:
    """Return the place right after a text that starts a file."""
    lines = _LINE_BREAK.split(text)
    return Position(len(lines), len(lines[-1]) + 1)


def _key(loc: Loc) -> str:
    """Write a way into the tree as `steps[0].when`."""
    key = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in loc)
    return key.removeprefix(".")


def _too_large(name: str) -> SourceError:
    return SourceError([Problem(name, 0, 0, "", f"is larger than {MAX_BYTES // 1_000_000} MB")])


# What libyaml says (a part of it), and what a person can do with it.
_PLAIN_WORDS: Final = (
    ("mapping values are not allowed", "a ':' is not expected here; check the indentation, or use quotes"),
    ("could not find expected ':'", "a ':' is missing after the key on this or the line before"),
    ("did not find expected key", "a key is expected here; check the indentation and the quotes"),
    ("did not find expected '-' indicator", "an item with '- ' is expected here; check the indentation"),
    ("block sequence entries are not", "an item with '- ' is not expected here; check the indentation"),
    ("did not find expected node content", "a value is missing here"),
    (
        "found unknown escape character",
        "an unknown escape after a backslash; use single quotes for such a text",
    ),
    ("did not find expected alphabetic or numeric", "put a text that starts with & or * in quotes"),
    ("did not find expected <document start>", "something stands after the end; check the indentation"),
)
# Of what was opened and not closed, the place where it was opened says more than the end of the file.
_UNCLOSED: Final = (
    ("did not find expected ',' or ']'", "the list that starts here lacks a ',' or its ']'"),
    ("did not find expected ',' or '}'", "the mapping that starts here lacks a ',' or its '}'"),
    ("found unexpected end of stream", "the quoted text that starts here is not closed"),
    (
        "found unexpected document indicator",
        "the quoted text that starts here is not closed before --- or ...",
    ),
)


def _syntax_problem(name: str, text: str, error: yaml.MarkedYAMLError) -> Problem:
    """Say in plain words what the parser did not understand, and where."""
    said = error.problem or "unknown reason"
    mark = error.problem_mark or error.context_mark
    place = _place(mark) if mark is not None else Position(1, 1)
    for part, message in _UNCLOSED:
        if part in said:
            place = _place(error.context_mark) if error.context_mark is not None else place
            return Problem(name, *place, "", message)
    message = next((plain for part, plain in _PLAIN_WORDS if part in said), f"is not YAML: {said}")
    if "cannot start any token" in said:
        here = _LINE_BREAK.split(text)[place.line - 1][place.column - 1 : place.column]
        message = f"a text cannot start with {here!r}; put it in quotes"
        if here == "\t":
            message = "a tab cannot be used for indentation; use spaces"
    return Problem(name, *place, "", message)


# From here on: from pydantic's errors to ours.
#
# The way that pydantic gives to an error also holds the tags and type names of unions, which are nowhere in
# the file. Following it through the model's core schema tells the two apart for certain.


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


def _problems(document: Document, model: type[BaseModel], error: ValidationError) -> list[Problem]:
    """Turn pydantic's errors into ours: one per thing that is wrong, in words for who wrote the file."""
    errors = error.errors(include_url=False)
    found = [(each, _trail(model, document.tree, each["loc"])) for each in errors[:_MAX_ERRORS]]
    found = _without_other_choices(document.tree, found)
    said: dict[tuple[str | int, ...], list[str]] = {}
    for each, trail in found:
        message = _message(model, document.tree, each, trail)
        messages = said.setdefault(tuple(trail.path), [])
        if message not in messages:
            messages.append(message)
    problems = [document.problem(path, "; or ".join(messages)) for path, messages in said.items()]
    if len(errors) > _MAX_ERRORS:
        problems.append(Problem(document.name, 0, 0, "", "has more problems than are shown here"))
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

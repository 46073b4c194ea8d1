"""Our YAML files, read as they are written: every scalar is text, every value knows its line and column.

YAML's own types would turn `no` into false, `17:00` into 1020 and `1.00` into a float. Here the models decide
what a text means, and when they refuse it, the error names the file, the line and the key.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, TypeVar, cast

import yaml
from pydantic import BaseModel, ValidationError

from machine.regular import read_plain
from policies.problems import Loc, Node, Position, Problem, SourceError, key_of
from policies.yaml_errors import problems_of

__all__ = ["Document", "load_yaml", "load_yaml_file"]

Model = TypeVar("Model", bound=BaseModel)

MAX_BYTES: Final = 5_000_000
"""Largest file that is read, in bytes of UTF-8."""

_MAX_DEPTH: Final = 50
_LOADER: Final[Any] = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
_NOTHING: Final = frozenset({"", "~", "null", "Null", "NULL"})
_LINE_BREAK: Final = re.compile(r"\r\n|[\n\r\x85\u2028\u2029]")
"""What ends a line in YAML 1.1, by which the parser counts."""

# What YAML 1.1 does not allow in a file, and lone surrogates, which no file can hold.
_UNPRINTABLE: Final = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")


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

    def problem(self, loc: Loc | None, message: str) -> Problem:
        """Something wrong with a value (None: with the file as a whole), for checks that no model can make."""
        if loc is None:
            return Problem(self.name, 0, 0, "", message)
        line, column = self.position(loc)
        return Problem(self.name, line, column, key_of(loc), message)

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
            found = problems_of(self.tree, model, error)
            raise SourceError([self.problem(path, message) for path, message in found]) from error


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
            self.problems.append(Problem(self.name, *_place(event.start_mark), key_of(loc), message))
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
        return SourceError([*self.problems, Problem(self.name, *_place(event.start_mark), key_of(loc), message)])


def _place(mark: Any) -> Position:
    return Position(mark.line + 1, mark.column + 1)


def _end(text: str) -> Position:
    """Return the place right after a text that starts a file."""
    lines = _LINE_BREAK.split(text)
    return Position(len(lines), len(lines[-1]) + 1)


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

from datetime import date, time
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag, field_validator, model_validator

from policies.problems import Position, Problem, SourceError
from policies.yaml_source import MAX_BYTES, Document, load_yaml, load_yaml_file
from tests.rows import in_rows


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Call(Strict):
    id: str
    task: Literal["call", "check"]
    wait: int = 0


class Mail(Strict):
    id: str
    send: tuple[Literal["email", "sms", "post"], ...]
    claims: Annotated[Decimal, Field(ge=0)] = Decimal(0)

    @model_validator(mode="after")
    def names_a_channel(self) -> "Mail":
        if not self.send:
            raise ValueError("a step that sends needs a channel")
        return self


def form(value: Any) -> str | None:
    if isinstance(value, Call | Mail):
        return "task" if isinstance(value, Call) else "send"
    return next((key for key in ("task", "send") if key in value), None) if isinstance(value, dict) else None


Step = Annotated[Annotated[Call, Tag("task")] | Annotated[Mail, Tag("send")], Discriminator(form)]


class Hours(Strict):
    zone: str
    opens: time = Field(alias="from", default=time(9))


class Law(StrEnum):
    NL = "NL"
    BE = "BE"


class Ladder(Strict):
    name: str
    law: Law = Law.NL
    start: date | None = None
    calendar: Literal["off"] | Hours = "off"
    steps: tuple[Step, ...] = ()
    labels: dict[str, list[int]] = {}

    @field_validator("name")
    @classmethod
    def is_one_word(cls, name: str) -> str:
        if " " in name:
            raise ValueError("a name is one word")
        return name


class Circle(Strict):
    kind: Literal["circle"]
    radius: int


class Square(Strict):
    kind: Literal["square"]
    side: int


class Drawing(Strict):
    shape: Annotated[Circle | Square, Field(discriminator="kind")]


def problems(text: str, model: type[BaseModel] | None = None) -> list[str]:
    """The lines of the error, without the file."""
    with pytest.raises(SourceError) as caught:
        document = load_yaml(text, "p.yaml")
        if model is not None:
            document.validate(model)
    lines = str(caught.value).split("\n")
    assert all(line.startswith("p.yaml:") for line in lines)
    assert [str(problem) for problem in caught.value.problems] == lines
    return [line.removeprefix("p.yaml:") for line in lines]


@in_rows(
    "text",
    [
        "on",
        "off",
        "no",
        "yes",
        "true",
        "17:00",
        "1.00",
        "0123",
        "1_000",
        "2026-03-01",
        "1e3",
        ".inf",
        "0x10",
        "=",
    ],
)
def test_a_scalar_stays_the_text_that_was_written(text: str) -> None:
    assert load_yaml(f"a: {text}\n{text}: [{text}, '{text}']", "p.yaml").tree == {
        "a": text,
        text: [text, text],
    }


@pytest.mark.parametrize("nothing", ["", "~", "null", "Null", "NULL"])
def test_nothing_is_none_and_quotes_make_it_text(nothing: str) -> None:
    assert load_yaml(f"a: {nothing}\nb: '{nothing}'", "p.yaml").tree == {"a": None, "b": nothing}


def test_long_texts_keep_their_lines() -> None:
    tree = load_yaml('a: |\n  one\n  two\nb: >-\n  one\n  two\nc: "x\\ty"\n', "p.yaml").tree
    assert tree == {"a": "one\ntwo\n", "b": "one two", "c": "x\ty"}


@pytest.mark.parametrize("text", ["", "\n", "# only a remark\n", "---\n", "~"])
def test_a_file_without_content_holds_nothing(text: str) -> None:
    assert load_yaml(text, "p.yaml").tree is None
    assert [line.split(": ")[-1] for line in problems(text, Ladder)] == ["is empty"]


def test_positions_count_from_one_and_point_at_keys_and_items() -> None:
    document = load_yaml("# remark\nname: é\nsteps:\n  - {é: x, id: y}\n  - - z\n", "p.yaml")
    assert document.position([]) == Position(2, 1)
    assert document.position(["name"]) == Position(2, 1)
    assert document.position(["steps"]) == Position(3, 1)
    assert document.position(["steps", 0]) == Position(4, 5)
    assert document.position(["steps", 0, "id"]) == Position(4, 12)
    assert document.position(["steps", 1, 0]) == Position(5, 7)


def test_the_position_of_what_is_not_there_is_that_of_what_is_around_it() -> None:
    document = load_yaml("name: x\nsteps:\n  - {id: y}\n", "p.yaml")
    assert document.position(["steps", 0, "when", "after_due"]) == Position(3, 5)
    assert document.position(["steps", 7, "id"]) == Position(2, 1)
    assert document.position(["other"]) == Position(1, 1)
    assert load_yaml("", "p.yaml").position(["other"]) == Position(1, 1)


def test_a_problem_found_by_another_check_gets_its_place() -> None:
    document = load_yaml("name: x\nsteps:\n  - {id: y}\n", "p.yaml")
    problem = document.problem(["steps", 0, "id"], "is unreachable")
    assert problem == Problem("p.yaml", 3, 6, "steps[0].id", "is unreachable")
    assert str(problem) == "p.yaml:3:6: steps[0].id: is unreachable"


def test_a_key_given_twice_is_refused_wherever_it_is() -> None:
    assert problems("a: {c: 1}\nb: 2\na: {c: 1}\nd:\n  - {e: 1, e: 1}\n") == [
        "3:1: a: is given twice; the first is on line 1",
        "5:12: d[0].e: is given twice; the first is on line 5",
    ]


@in_rows(
    ("text", "place", "word"),
    [
        ("a: &x 1\nb: *x\n", "1:4: a:", "anchors"),
        ("a: *x\n", "1:4: a:", "aliases"),
        ("a: !!int 1\n", "1:4: a:", "tags"),
        ("a: !!python/object/apply:os.system [x]\n", "1:4: a:", "tags"),
        ("a: !x y\n", "1:4: a:", "tags"),
        ("b:\n  <<: {a: 1}\n", "2:3: b:", "merge keys"),
        ("a: 1\n---\nb: 1\n", "2:1:", "one document"),
        ("? [a]\n: 1\n", "1:3:", "plain text"),
        ("{~: 1}\n", "1:2:", "key is missing"),
        ("'': 1\n", "1:1:", "key is missing"),
        ("[" * 60 + "]" * 60, "1:51:", "nested"),
    ],
)
def test_what_hides_the_meaning_of_a_file_is_refused(text: str, place: str, word: str) -> None:
    [line] = problems(text)
    assert line.startswith(place)
    assert word in line


@in_rows(
    ("text", "line"),
    [
        ("a: b: c", "1:5: a ':' is not expected here"),
        ("a:\n\t- x", "2:1: a tab cannot be used for indentation"),
        ("a: @x", "1:4: a text cannot start with '@'; put it in quotes"),
        ("b: 1\na: [x,\n  y\n", "2:4: the list that starts here"),
        ("a: {x: 1\n", "1:4: the mapping that starts here"),
        ("b: 1\na: 'x\n", "2:4: the quoted text that starts here is not closed"),
        ("- a\nb: 1", "2:1: an item with '- ' is expected here"),
        ("b: 1\na: \x07", "2:4: the character U+0007 is not allowed here"),
        ("a: \ud800", "1:4: the character U+D800 is not allowed here"),
        ('a: "\\q"', "1:5: an unknown escape"),
    ],
)
def test_wrong_yaml_is_explained_in_plain_words_with_its_place(text: str, line: str) -> None:
    [found] = problems(text)
    assert found.startswith(line)


def test_a_file_over_the_limit_is_refused() -> None:
    assert load_yaml("a: " + "x" * (MAX_BYTES - 3), "p.yaml").tree
    for text in ("a: " + "x" * MAX_BYTES, "a: " + "é" * (MAX_BYTES // 2)):
        with pytest.raises(SourceError, match=r"^p\.yaml: is larger than 5 MB$"):
            load_yaml(text, "p.yaml")


def test_a_good_file_becomes_its_model() -> None:
    document = load_yaml(
        """
name: plain
law: BE
start: 2026-03-01
calendar: {zone: Europe/Amsterdam, from: 17:00}
steps:
  - {id: no, send: [email, post], claims: 1.00}
  - {id: on, task: call, wait: 3}
labels: {x: [1, 2]}
""",
        "p.yaml",
    )
    ladder = document.validate(Ladder)
    assert ladder == Ladder(
        name="plain",
        law=Law.BE,
        start=date(2026, 3, 1),
        calendar=Hours.model_validate({"zone": "Europe/Amsterdam", "from": "17:00"}),
        steps=(
            Mail(id="no", send=("email", "post"), claims=Decimal("1.00")),
            Call(id="on", task="call", wait=3),
        ),
        labels={"x": [1, 2]},
    )


def test_every_thing_that_is_wrong_is_named_at_its_place_in_the_order_of_the_file() -> None:
    text = """\
name: two words
law: DE
start: tomorrow
step: []
steps:
  - {id: a, task: call, wait: soon}
  - {id: b, send: [email, fax]}
  - {id: c, send: []}
  - {id: d, send: [email], task_: x}
  - {id: e}
  - f
labels: {x: [1, y]}
"""
    assert problems(text, Ladder) == [
        "1:1: name: a name is one word",
        "2:1: law: 'DE' is not known here; known here: NL, BE",
        "3:1: start: 'tomorrow' is not a date, like 2026-03-01",
        "4:1: step: unknown key; known here: name, law, start, calendar, steps, labels; did you mean steps?",
        "6:25: steps[0].wait: 'soon' is not a whole number",
        "7:27: steps[1].send[1]: 'fax' is not known here; known here: email, sms, post",
        "8:5: steps[2]: a step that sends needs a channel",
        "9:28: steps[3].task_: unknown key; known here: id, send, claims",
        "10:5: steps[4]: has none of the forms known here: task, send",
        "11:5: steps[5]: has none of the forms known here: task, send",
        "12:17: labels.x[1]: 'y' is not a whole number",
    ]


def test_a_tag_that_is_also_a_key_does_not_lead_astray() -> None:
    # pydantic's place is ("steps", 0, "task", "task"): first the form of the step, then the key.
    assert problems("name: x\nsteps:\n  - task: fly\n    id: a\n  - task: call\n", Ladder) == [
        "3:5: steps[0].task: 'fly' is not known here; known here: call, check",
        "5:5: steps[1].id: is missing",
    ]


def test_of_a_union_only_the_choice_that_was_meant_is_spoken_of() -> None:
    assert problems("name: x\ncalendar: of", Ladder) == ["2:1: calendar: 'of' is not known here; known here: off"]
    assert problems("name: x\ncalendar: {zon: x, from: 9 o'clock}", Ladder) == [
        "2:1: calendar.zone: is missing",
        "2:12: calendar.zon: unknown key; known here: zone, from; did you mean zone?",
        '2:20: calendar.from: "9 o\'clock" is not a time of the day, like 09:00',
    ]


def test_a_form_chosen_by_a_key_names_the_forms() -> None:
    assert problems("shape: {kind: circl, radius: 1}", Drawing) == [
        "1:1: shape: 'circl' is not known here as 'kind'; known here: circle, square; did you mean circle?"
    ]
    assert problems("shape: {radius: 1}", Drawing) == ["1:1: shape: needs the key kind, one of: circle, square"]
    assert problems("shape: {kind: circle, radius: x, side: 1}", Drawing) == [
        "1:23: shape.radius: 'x' is not a whole number",
        "1:34: shape.side: unknown key; known here: kind, radius",
    ]


def test_an_empty_value_and_a_wrong_form_say_what_is_expected() -> None:
    assert problems("name:\nsteps: x\nlabels: [a]\n", Ladder) == [
        "1:1: name: is empty; it should be a text",
        "2:1: steps: 'x' should be a list, like [a, b]",
        "3:1: labels: should be a mapping with entries `key: value`",
    ]
    assert problems("- name\n", Hours) == ["1:1: should be a mapping with the keys zone, from"]


def test_what_is_missing_at_the_top_is_placed_at_the_start() -> None:
    assert problems("\n\nlaw: NL\n", Ladder) == ["3:1: name: is missing"]


def test_other_limits_of_a_model_keep_their_words() -> None:
    assert problems("name: x\nsteps: [{id: a, send: [sms], claims: -1.00}]", Ladder) == [
        "2:30: steps[0].claims: '-1.00' should be greater than or equal to 0"
    ]


def test_a_key_that_a_mapping_does_not_allow_is_placed_at_the_key() -> None:
    class Terms(Strict):
        days: dict[Annotated[str, Field(max_length=2)], int | list[int]]

    assert problems("days:\n  a: 1\n  abc: 2\n", Terms) == [
        "3:3: days.abc: 'abc' is wrong as a key: String should have at most 2 characters"
    ]


def test_a_file_that_is_wrong_all_over_gets_a_bounded_answer() -> None:
    lines = problems("name: x\nlabels:\n  a:\n" + "    - x\n" * 2000, Ladder)
    assert len(lines) == 501
    assert lines[0] == " has more problems than are shown here"


def test_a_file_is_read_with_or_without_byte_order_mark(tmp_path: Path) -> None:
    path = tmp_path / "p.yaml"
    for content in (b"name: \xc3\xa9\n", b"\xef\xbb\xbfname: \xc3\xa9\r\n"):
        path.write_bytes(content)
        document = load_yaml_file(path)
        assert document.tree == {"name": "é"}
        assert document.name == str(path)
        assert document.position(["name"]) == Position(1, 1)


def test_a_file_that_is_not_utf_8_names_the_place(tmp_path: Path) -> None:
    path = tmp_path / "p.yaml"
    path.write_bytes("a: 1\nname: café\n".encode("cp1252"))
    with pytest.raises(SourceError) as caught:
        load_yaml_file(path)
    [problem] = caught.value.problems
    assert (problem.file, problem.line, problem.column) == (str(path), 2, 10)
    assert "byte 0xe9" in problem.message
    assert "save the file as UTF-8" in problem.message


def test_a_file_that_is_not_there_or_no_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SourceError) as caught:
        load_yaml_file(tmp_path / "none.yaml")
    assert str(caught.value) == f"{tmp_path / 'none.yaml'}: there is no such file"
    with pytest.raises(SourceError) as caught:
        load_yaml_file(tmp_path)
    assert str(caught.value).startswith(f"{tmp_path}: cannot be read: ")


def test_a_file_over_the_limit_is_not_read_whole(tmp_path: Path) -> None:
    path = tmp_path / "p.yaml"
    path.write_bytes(b"a: " + "é".encode() * MAX_BYTES)
    with pytest.raises(SourceError, match="larger than 5 MB"):
        load_yaml_file(path)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\x85", "\u2028", "\u2029"])
def test_a_place_is_told_by_every_line_break_that_yaml_knows(end: str) -> None:
    with pytest.raises(SourceError, match="a text cannot start with '@'") as caught:
        load_yaml(f"a: b{end}c: @d", "p.yaml")
    assert [(problem.line, problem.column) for problem in caught.value.problems] == [(2, 4)]


@example("\x85@")
@given(st.text(max_size=60))
def test_any_text_at_all_is_read_or_refused_with_a_place(text: str) -> None:
    try:
        document = load_yaml(text, "p.yaml")
        document.validate(Ladder)
    except SourceError as error:
        assert error.problems
        assert all(problem.line >= 1 and problem.column >= 1 for problem in error.problems)


soup = st.lists(
    st.sampled_from(
        [
            "name",
            "steps",
            "task",
            "send",
            "id",
            ": ",
            "- ",
            "\n",
            "\n  ",
            "[",
            "]",
            "{",
            "}",
            ", ",
            "call",
            "'",
            "~",
            "x",
        ]
    ),
    max_size=25,
).map("".join)


@given(soup)
def test_broken_files_never_break_the_loader(text: str) -> None:
    try:
        document = load_yaml(text, "p.yaml")
    except SourceError as error:
        assert error.problems
        return
    assert isinstance(document, Document)
    try:
        document.validate(Ladder)
    except SourceError as error:
        lines = text.split("\n")
        assert all(1 <= problem.line <= len(lines) for problem in error.problems)

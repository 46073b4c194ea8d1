"""The morning screen in words."""

from domain.law import be_tables, nl_tables
from domain.law.dated import DatedTable
from services.today.words import number_text, table_text
from speech.words import speaking


def test_each_dated_table_of_a_law_has_a_dutch_name() -> None:
    tables = [each for laws in (nl_tables, be_tables) for each in vars(laws).values() if isinstance(each, DatedTable)]
    assert len(tables) > 9
    for table in tables:
        assert table_text(table.name) == table.name
        with speaking("nl"):
            assert table_text(table.name) != table.name, table.name


def test_a_number_has_the_sign_of_its_language() -> None:
    assert number_text("57.8") == "57.8"
    with speaking("nl"):
        assert number_text("57.8") == "57,8"

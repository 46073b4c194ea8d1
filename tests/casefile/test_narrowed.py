"""What somebody sees of the case file: on both databases the same words, with the rows of his creditors alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import func, literal, select, update

from casefile import tables as t
from casefile.all_tables import metadata
from casefile.assignments import assign_debtors, assign_task
from casefile.case_file import CaseFile
from casefile.narrowed import BY_CASE, BY_CREDITOR, NotSeen, looked_after, narrowed, sees_all
from domain.opening import open_case
from tests.casefile.builders import CASE, CREDITOR, DEBTOR, NOW, furnish, opened, reminders
from tests.domain.builders import invoice

OTHER = "case:papierhuis:2026-P-1"


def of_two(folder: Path) -> CaseFile:
    """A case file with two creditors, who have a debtor of the same number."""
    file = opened(folder / "f.sqlite3")
    with file.write() as transaction:
        furnish(transaction)
        transaction.parties.save_creditor(CREDITOR.model_copy(update={"id": "papierhuis", "name": "Papierhuis"}))
        transaction.parties.save_debtor("papierhuis", DEBTOR)
        transaction.cases.open(OTHER, "papierhuis", open_case(invoice(number="P-1"), reminders(), NOW), NOW)
        transaction.quarantine.keep("case:papierhuis:none", "q", "pause", b"{", "bad", NOW)
    return file


def test_every_table_is_read_as_he_sees_it(tmp_path: Path) -> None:
    file = of_two(tmp_path)
    seen, none = (narrowed(file, frozenset(who)) for who in (("papierhuis",), ()))
    assert sees_all(file) and not sees_all(seen)
    with seen.database.read() as connection:
        for table in metadata.sorted_tables:
            connection.execute(select(table)).all()
        assert connection.scalars(select(t.cases.c.id)).all() == [OTHER]
        assert {row.case_id for row in connection.execute(select(t.facts.c.case_id))} == {OTHER}
        assert connection.scalars(select(t.quarantine.c.id)).all() == ["q"]
        # Also where a statement brings definitions of its own, also ones that name themselves, and in its inner parts.
        own = select(t.cases.c.id).cte("own")
        assert connection.scalars(select(own.c.id)).all() == [OTHER]
        steps = select(literal(1).label("n")).cte("steps", recursive=True)
        steps = steps.union_all(select(steps.c.n + 1).where(steps.c.n < 2))
        assert connection.execute(select(steps.c.n, t.cases.c.id).join(t.cases, steps.c.n > 0)).all() == [
            (1, OTHER),
            (2, OTHER),
        ]
        both = select(t.cases.c.id).union_all(select(t.tasks.c.case_id), select(t.facts.c.case_id))
        assert set(connection.scalars(both)) == {OTHER}
    with none.database.read() as connection:
        for name in metadata.tables.keys() & {*BY_CREDITOR, *BY_CASE}:
            assert connection.scalar(select(func.count()).select_from(metadata.tables[name])) == 0
    with file.read() as transaction:
        assert transaction.cases.find(CASE) == (CASE,), "who sees all sees as ever, through the same pool"
    with seen.read() as transaction:
        assert transaction.cases.find(CASE) == () and transaction.cases.find(OTHER) == (OTHER,)


def test_creditors_whose_ids_begin_alike_are_kept_apart(tmp_path: Path) -> None:
    file = opened(tmp_path / "f.sqlite3")
    ids = ("papier", "papier-huis", "papierhuis", "pap", "zon")
    with file.write() as transaction:
        transaction.parties.save_policy(reminders())
        for creditor in ids:
            transaction.parties.save_creditor(CREDITOR.model_copy(update={"id": creditor}))
            transaction.parties.save_debtor(creditor, DEBTOR)
            facts = open_case(invoice(number="P-1"), reminders(), NOW)
            transaction.cases.open(f"case:{creditor}:P-1", creditor, facts, NOW)
    for who in (("papier",), ("papier", "zon"), ("pap", "papier-huis", "papierhuis"), ids):
        with narrowed(file, frozenset(who)).database.read() as connection:
            own = {f"case:{creditor}:P-1" for creditor in who}
            assert set(connection.scalars(select(t.facts.c.case_id))) == own
            # A table that stands only behind another one, or in an inner part, is his, too.
            joined = select(t.entries.c.case_id).join(t.cases, t.cases.c.id == t.entries.c.case_id)
            assert set(connection.scalars(joined)) == own
            assert connection.scalar(select(select(func.count()).select_from(t.starts).scalar_subquery())) == len(own)
    assert narrowed(narrowed(file, frozenset(("pap", "zon"))), frozenset(("zon", "papier"))) is narrowed(
        file, frozenset(("zon",))
    )


def test_under_the_lock_of_all_of_it_he_changes_rows_of_his_alone(tmp_path: Path) -> None:
    file = of_two(tmp_path)
    seen = narrowed(file, frozenset({"papierhuis"}))
    with seen.write() as transaction:
        transaction.parties.save_debtor("papierhuis", DEBTOR.model_copy(update={"name": "Nieuw"}))
        transaction.session.connection.execute(update(t.cases).values(zone="Europe/Brussels"))
        transaction.session.connection.execute(update(t.facts).where(t.facts.c.id != "").values(kind="x"))
    with file.read() as transaction:
        theirs = transaction.parties.debtor("devaart", DEBTOR.id)
        assert theirs is not None and theirs.name == DEBTOR.name
        zones = transaction.session.connection.execute(select(t.cases.c.id, t.cases.c.zone)).all()
        assert [own for own, zone in zones if zone == "Europe/Brussels"] == [OTHER]
        changed = select(t.facts.c.case_id).where(t.facts.c.kind == "x").distinct()
        assert transaction.session.connection.scalars(changed).all() == [OTHER]
    with pytest.raises(NotSeen), seen.write() as transaction:
        transaction.parties.save_debtor("devaart", DEBTOR)
    with pytest.raises(NotSeen), seen.write() as transaction:
        transaction.parties.save_creditor(CREDITOR)


def test_what_somebody_looks_after_is_read_by_the_same_words_also_of_some_creditors_only(tmp_path: Path) -> None:
    file = of_two(tmp_path)
    assign_debtors(file, [("papierhuis", DEBTOR.id)], "u1", NOW)
    with file.write() as transaction:
        for case_id in (CASE, OTHER):
            rows = [{"case_id": case_id, "id": kind, "kind": kind, "raised_on": NOW.date()} for kind in ("a", "b")]
            transaction.session.connection.execute(t.tasks.insert(), rows)
    assign_task(file, CASE, "a", "u1", NOW)
    assign_task(file, OTHER, "b", "u2", NOW)

    def tasks(of: CaseFile) -> list[tuple[str, str]]:
        with looked_after(of, "u1").read() as connection:
            for table in metadata.sorted_tables:
                connection.execute(select(table)).all()
            cases = set(connection.scalars(select(t.cases.c.id)))
            found = sorted(map(tuple, connection.execute(select(t.tasks.c.case_id, t.tasks.c.kind))))
            assert {case_id for case_id, _ in found} == cases
            return found

    assert tasks(file) == sorted([(CASE, "a"), (OTHER, "a")])
    assert tasks(narrowed(file, frozenset({"papierhuis"}))) == [(OTHER, "a")]
    assert tasks(narrowed(file, frozenset())) == []

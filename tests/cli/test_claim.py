"""`maanwerk claim`: what is owed on one day, in JSON and for people."""

import json
import re
import shlex
from pathlib import Path
from typing import Any

import pytest

from tests.cli.running import Run

GUIDE = Path(__file__).parents[2] / "docs" / "claim.md"


def claim(maanwerk: Run, options: str) -> dict[str, Any]:
    ran = maanwerk("claim", *shlex.split(options), "--json")
    assert (ran.code, ran.err) == (0, "")
    found: dict[str, Any] = json.loads(ran.out)
    return found


def sums(maanwerk: Run, options: str) -> tuple[str, str, str, str]:
    found = claim(maanwerk, options)
    return (found["principal"], found["interest"], found["costs"], found["total"])


S4 = (
    "--kind consumer --principal 1000.00 --due 2026-09-30 --as-of 2026-11-04 --costs-from 2026-11-03 "
    "--payment 2026-10-20:600.00"
)
S15 = "--law BE --kind consumer --principal 400.00 --due 2026-10-05 --costs-from 2026-10-30 --interest-from 2026-10-14"


def test_the_json_is_a_contract(maanwerk: Run) -> None:
    # practice.md S4, strict 6:44.
    assert claim(maanwerk, S4) == {
        "law": "NL",
        "kind": "consumer",
        "due": "2026-09-30",
        "as_of": "2026-11-04",
        "currency": "EUR",
        "principal": "402.19",
        "interest": "0.66",
        "costs": "60.33",
        "costs_if_letter_expired": "60.33",
        "total": "463.18",
        "overpaid": "0.00",
        "periods": [
            {
                "from": "2026-10-01",
                "to": "2026-10-20",
                "rate": "4.00",
                "days": 20,
                "base": "1000.00",
                "amount": "2.19",
            },
            {
                "from": "2026-10-21",
                "to": "2026-11-04",
                "rate": "4.00",
                "days": 15,
                "base": "402.19",
                "amount": "0.66",
            },
        ],
        "booked": [
            {
                "on": "2026-10-20",
                "amount": "600.00",
                "costs": "0.00",
                "interest": "2.19",
                "principal": "597.81",
                "over": "0.00",
            }
        ],
        "costs_explained": ["15% of 402.19 = 60.33"],
        "remarks": ["days are counted over the true length (365 or 366) of each year from the first interest day"],
    }


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        # practice.md S4, as the bookkeeping has it
        (S4 + " --allocation principal_first", ("400.00", "2.85", "60.00", "462.85")),
        # practice.md S14: the printed term is no default; the statutory one began later
        (
            "--debtor business --principal 600 --due 2026-08-17 --interest-from 2026-09-03 --costs-from 2026-10-03 "
            "--as-of 2026-10-06",
            ("600.00", "5.81", "90.00", "695.81"),
        ),
        # law.md E9, the other day count
        (
            "--kind consumer --principal 10000 --due 2023-12-31 --as-of 2024-12-31 --day-count actual_365",
            ("10000.00", "701.92", "0.00", "10701.92"),
        ),
        # An agreed rate, compound: 120.00 and 134.40
        (
            "--kind business --principal 1000 --due 2023-12-31 --as-of 2025-12-31 --contract-rate 12 --compound "
            "--no-costs",
            ("1000.00", "254.40", "0.00", "1254.40"),
        ),
        # 150.00 and 21% VAT
        (
            "--kind business --principal 1000 --due 2026-09-30 --as-of 2026-10-01 --vat-on-costs",
            ("1000.00", "0.28", "181.50", "1181.78"),
        ),
        # practice.md S15
        (S15 + " --as-of 2026-10-30 --clause legal_maximum", ("400.00", "1.96", "55.00", "456.96")),
        # A Belgian business: the clause of 10%
        (
            "--law BE --kind business --principal 500 --due 2026-10-05 --as-of 2026-10-06 --clause 10 --invoices 2",
            ("500.00", "0.14", "50.00", "550.14"),
        ),
    ],
)
def test_every_option_counts(maanwerk: Run, options: str, expected: tuple[str, str, str, str]) -> None:
    # What is owed, and why, stands in tests/domain/claims/test_calculator.py.
    assert sums(maanwerk, options) == expected


def test_in_another_currency_costs_are_not_known(maanwerk: Run) -> None:
    found = claim(
        maanwerk,
        "--kind business --principal 1000 --due 2026-09-30 --as-of 2026-10-20 --currency USD --no-costs",
    )
    assert (found["currency"], found["costs_if_letter_expired"]) == ("USD", None)


def test_the_table_is_readable(maanwerk: Run) -> None:
    ran = maanwerk("claim", *shlex.split(S4))
    lines = [" ".join(line.split()) for line in ran.out.splitlines()]
    assert (ran.code, ran.err) == (0, "")
    assert lines[0] == "1,000.00 EUR of a consumer, due Wed 2026-09-30, on Wed 2026-11-04, under the law of NL"
    assert "Thu 2026-10-01 Tue 2026-10-20 20 4.00% 1,000.00 2.19" in lines
    assert "Tue 2026-10-20 600.00 – 2.19 597.81 –" in lines
    assert "costs 60.33 15% of 402.19 = 60.33" in lines
    assert "total 463.18" in lines


GOOD = "--kind business --principal 1000.00 --due 2026-09-30 --as-of 2026-10-20"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ("--law DE", "the law of DE is not supported yet; supported are NL and BE"),
        ("--law 'x\ny'", "not supported yet"),
        ("--principal 1e3", "'1e3' is not a plain decimal number"),
        ("--principal -5", "above zero"),
        ("--principal 0", "above zero"),
        ("--principal 1,000", "write 1000.00 if you mean 1000"),
        ("--principal 1.005", "decimals"),
        ("--principal " + "9" * 5000, "not a plain decimal number"),
        ("--principal " + "9" * 30, "more than this program keeps"),
        ("--principal ''", "not a plain decimal number"),
        ("--due 2026-02-30", "2026-02-30 is a day that does not exist"),
        ("--due 12/31/2026", "the day comes first here"),
        ("--due 30-9-26", "write the year in full"),
        ("--as-of tomorrow", "--as-of 'tomorrow' is no day"),
        ("--as-of 9999-12-31", "give a year from 1900 to 2200"),
        ("--as-of 2026-09-29", "--as-of 2026-09-29 is before --due 2026-09-30: nothing is due on that day"),
        ("--due 2010-01-01", "begins on"),
        ("--due 2010-01-01 --no-costs", "the Dutch trade rate (BW 6:119a) begins on 2011-07-01"),
        ("--payment 2026-10-01", "DATE:AMOUNT"),
        ("--payment 2026-10-01:", "not a plain decimal number"),
        ("--payment :5", "is no day"),
        ("--payment 2026-10-01:-5", "above zero"),
        ("--payment " + "x" * 5000, "DATE:AMOUNT"),
        ("--costs-from 2026-10-10 --no-costs", "contradict each other"),
        ("--costs-from 2026-09-30", "is not after --due"),
        ("--interest-from 2026-09-30", "is not after --due"),
        ("--kind friend", "'friend' is not one of consumer, business"),
        ("--allocation fifo", "legal"),
        ("--day-count 30/360", "anniversary_year, actual_365"),
        ("--contract-rate 5%", "no percentage"),
        ("--contract-rate -1", "no percentage"),
        ("--contract-rate 1001", "0 to 1000"),
        (
            "--contract-rate 1000 --compound --as-of 2199-01-01",
            "2853116706110000.00 EUR is more than this program keeps",
        ),
        ("--currency eur", "ISO 4217"),
        ("--currency USD", "costs are known in EUR only"),
        ("--invoices 0", "--invoices 0"),
        ("--invoices many", "--invoices"),
        ("--clause 10", "--clause belongs to the law of BE"),
        ("--law BE --vat-on-costs", "belongs to the law of NL"),
        ("--law BE --contract-rate 10 --compound", "interest is simple"),
        ("--law BE --clause legal_maximum", "is for consumers"),
        ("--law BE --clause 101", "0 to 100"),
        ("--law BE --clause ten", "no percentage"),
        ("--law BE --kind consumer --clause 10 --costs-from 2023-08-01 --due 2023-07-01", "cap on damages"),
        ("--paid 3", "No such option"),
    ],
)
@pytest.mark.parametrize("as_json", [(), ("--json",)])
def test_bad_input_is_exit_2_and_one_line(maanwerk: Run, options: str, said: str, as_json: tuple[str, ...]) -> None:
    ran = maanwerk("claim", *shlex.split(GOOD), *shlex.split(options), *as_json)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err
    assert len(ran.err.splitlines()) == 1 and len(ran.err) < 250


@pytest.mark.parametrize("missing", ["--kind", "--principal", "--due", "--as-of"])
def test_what_is_needed_is_asked_for(maanwerk: Run, missing: str) -> None:
    words = shlex.split(GOOD)
    at = words.index(missing)
    ran = maanwerk("claim", *words[:at], *words[at + 2 :])
    assert (ran.code, len(ran.err.splitlines()), missing in ran.err) == (2, 1, True)


EXAMPLES = re.findall(r"^```sh\nmaanwerk (claim .*?)^```\n\n```\n(.*?)^```", GUIDE.read_text("utf-8"), re.S | re.M)


@pytest.mark.parametrize(("command", "output"), EXAMPLES, ids=range(len(EXAMPLES)))
def test_the_guide_shows_what_is_printed(maanwerk: Run, command: str, output: str) -> None:
    ran = maanwerk(*shlex.split(command.replace("\\\n", " ")))
    assert (ran.code, ran.err) == (0, "")
    assert [line.rstrip() for line in ran.out.splitlines()] == output.splitlines()


def test_the_guide_has_examples() -> None:
    assert len(EXAMPLES) >= 4
    assert len(EXAMPLES) == GUIDE.read_text("utf-8").count("```sh\n")


def test_days_and_amounts_are_read_as_people_write_them(maanwerk: Run) -> None:
    written = shlex.split("--kind consumer --due 30-9-2026 --as-of 4/11/2026 --costs-from 03.11.2026")
    plain = shlex.split("--kind consumer --due 2026-09-30 --as-of 2026-11-04 --costs-from 2026-11-03")
    mine = maanwerk("claim", *written, "--principal", "€ 1.000,00", "--payment", "20-10-2026:600,00", "--json")
    assert mine.code == 0, mine.err
    theirs = maanwerk("claim", *plain, "--principal", "1000.00", "--payment", "2026-10-20:600.00", "--json")
    assert json.loads(mine.out) == json.loads(theirs.out)

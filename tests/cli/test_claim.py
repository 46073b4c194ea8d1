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
        # practice.md S1
        (
            "--kind business --principal 2420.00 --due 2026-09-02 --as-of 2026-10-20",
            ("2420.00", "33.10", "363.00", "2816.10"),
        ),
        # S2: the final letter and the hand-off
        (
            "--kind consumer --principal 249 --due 2026-10-30 --as-of 2026-12-04 --costs-from 2026-12-03",
            ("249.00", "0.96", "40.00", "289.96"),
        ),
        (
            "--kind consumer --principal 249 --due 2026-10-30 --as-of 2026-12-15 --costs-from 2026-12-03",
            ("249.00", "1.26", "40.00", "290.26"),
        ),
        # S4, as the bookkeeping has it
        (S4 + " --allocation principal_first", ("400.00", "2.85", "60.00", "462.85")),
        # S8: the credit as a correction (600 all along)
        (
            "--kind consumer --principal 600 --due 2026-09-15 --as-of 2026-10-27 --costs-from 2026-10-24",
            ("600.00", "2.76", "90.00", "692.76"),
        ),
        # S8: the credit as a rebate counts like a payment
        (
            "--kind consumer --principal 800 --due 2026-09-15 --as-of 2026-10-20 --costs-from 2026-10-17 "
            "--payment 2026-10-05:200 --allocation principal_first",
            ("600.00", "2.74", "90.00", "692.74"),
        ),
        # S14: the printed term is no default; the statutory one began later
        (
            "--kind business --principal 600 --due 2026-08-17 --interest-from 2026-09-03 --costs-from 2026-10-03 "
            "--as-of 2026-10-06",
            ("600.00", "5.81", "90.00", "695.81"),
        ),
        # law.md E2
        (
            "--debtor business --principal 8400 --due 2026-05-29 --as-of 2026-06-20",
            ("8400.00", "51.39", "795.00", "9246.39"),
        ),
        # law.md E4
        (
            "--kind consumer --principal 5000 --due 2024-03-14 --as-of 2026-02-16",
            ("5000.00", "623.82", "0.00", "5623.82"),
        ),
        # law.md E9, both day counts
        (
            "--kind consumer --principal 10000 --due 2023-12-31 --as-of 2024-12-31",
            ("10000.00", "700.00", "0.00", "10700.00"),
        ),
        (
            "--kind consumer --principal 10000 --due 2023-12-31 --as-of 2024-12-31 --day-count actual_365",
            ("10000.00", "701.92", "0.00", "10701.92"),
        ),
        # An agreed rate is simple: 2 × 120.00; compound: 120.00 and 134.40
        (
            "--kind business --principal 1000 --due 2023-12-31 --as-of 2025-12-31 --contract-rate 12 --no-costs",
            ("1000.00", "240.00", "0.00", "1240.00"),
        ),
        (
            "--kind business --principal 1000 --due 2023-12-31 --as-of 2025-12-31 --contract-rate 12 --compound "
            "--no-costs",
            ("1000.00", "254.40", "0.00", "1254.40"),
        ),
        # 150.00 and 21% VAT
        (
            "--kind business --principal 1000 --due 2026-09-30 --as-of 2026-09-30 --costs-from 2026-10-01 "
            "--vat-on-costs",
            ("1000.00", "0.00", "0.00", "1000.00"),
        ),
        (
            "--kind business --principal 1000 --due 2026-09-30 --as-of 2026-10-01 --vat-on-costs",
            ("1000.00", "0.28", "181.50", "1181.78"),
        ),
        # Three invoices of 100.00 of a business: 3 × 40.00
        (
            "--kind business --principal 300 --due 2026-09-30 --as-of 2026-10-01 --invoices 3",
            ("300.00", "0.09", "120.00", "420.09"),
        ),
        # S15: on the last day of the term nothing but the principal; the day after all of it
        (S15 + " --as-of 2026-10-29 --clause legal_maximum", ("400.00", "0.00", "0.00", "400.00")),
        (S15 + " --as-of 2026-10-30 --clause legal_maximum", ("400.00", "1.96", "55.00", "456.96")),
        # S15: a clause of 15% is 60.00, above the cap; paid on 10-29
        (S15 + " --as-of 2026-10-30 --clause 15", ("400.00", "0.00", "0.00", "400.00")),
        (
            S15 + " --as-of 2026-10-30 --clause legal_maximum --payment 2026-10-29:400",
            ("0.00", "0.00", "0.00", "0.00"),
        ),
        # Paid in part inside the term: 250.00 left, 30 + 10% of 100 = 40.00; 250 × 10.5% × 17/365 = 1.22
        (
            S15 + " --as-of 2026-10-30 --clause legal_maximum --payment 2026-10-29:150",
            ("250.00", "1.22", "40.00", "291.22"),
        ),
        # After it: costs, interest, principal: 150 − 55 − 1.96 = 93.04
        (
            S15 + " --as-of 2026-10-30 --clause legal_maximum --payment 2026-10-30:150",
            ("306.96", "0.00", "0.00", "306.96"),
        ),
        (S15 + " --as-of 2026-10-30", ("400.00", "0.00", "0.00", "400.00")),
        # A Belgian business: 400 × 10.5% × 25/365 = 2.88, and 40 or the clause of 10%, never both
        (
            "--law BE --kind business --principal 400 --due 2026-10-05 --as-of 2026-10-30",
            ("400.00", "2.88", "40.00", "442.88"),
        ),
        (
            "--law BE --kind business --principal 500 --due 2026-10-05 --as-of 2026-10-05 --clause 10 --invoices 2",
            ("500.00", "0.00", "0.00", "500.00"),
        ),
        (
            "--law BE --kind business --principal 500 --due 2026-10-05 --as-of 2026-10-06 --clause 10 --invoices 2",
            ("500.00", "0.14", "50.00", "550.14"),
        ),
    ],
)
def test_worked_claims(maanwerk: Run, options: str, expected: tuple[str, str, str, str]) -> None:
    assert sums(maanwerk, options) == expected


def test_a_consumer_owes_no_costs_before_a_letter_ran_out_and_sees_what_they_would_be(maanwerk: Run) -> None:
    found = claim(maanwerk, "--kind consumer --principal 1000 --due 2026-09-30 --as-of 2026-11-04")
    assert (found["costs"], found["costs_if_letter_expired"]) == ("0.00", "150.00")
    assert any("14-day letter" in each and "--costs-from" in each for each in found["remarks"])


def test_costs_stay_as_they_were_when_they_fell_due(maanwerk: Run) -> None:
    # practice.md "What money does": a part payment after the term does not lower them.
    found = claim(
        maanwerk,
        "--kind consumer --principal 1000 --due 2026-09-30 --as-of 2026-10-20 --costs-from 2026-10-17 "
        "--payment 2026-10-20:952.19",
    )
    assert (found["principal"], found["costs"], found["costs_if_letter_expired"]) == ("200.00", "0.00", "150.00")
    assert found["booked"][0]["costs"] == "150.00"


def test_who_pays_inside_the_term_what_the_letter_asked_owes_no_costs(maanwerk: Run) -> None:
    # practice.md "Allocation". By 6:44 the 2.19 interest is paid first; the 40.00 minimum on the rest would be a trap.
    found = claim(
        maanwerk,
        "--kind consumer --principal 1000 --due 2026-09-30 --as-of 2026-11-04 --costs-from 2026-11-03 "
        "--payment 2026-10-20:1000.00",
    )
    assert (found["principal"], found["costs"]) == ("2.19", "0.00")
    assert any("before its term ran out" in each for each in found["remarks"])


def test_what_is_paid_too_much_is_held_and_shown(maanwerk: Run) -> None:
    found = claim(
        maanwerk, "--kind business --principal 100 --due 2026-09-30 --as-of 2026-10-20 --payment 2026-09-30:150"
    )
    assert (found["total"], found["overpaid"], found["booked"][0]["over"]) == ("0.00", "50.00", "50.00")
    assert any("50.00 was paid too much" in each for each in found["remarks"])


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ("--kind business --principal 100 --due 2026-09-30 --as-of 2027-01-01", "checked until 2026-12-31"),
        (
            "--kind business --principal 100 --due 2026-09-30 --as-of 2026-10-01 --payment 2026-10-02:1",
            "1 payment after 2026-10-01 not counted",
        ),
        (
            "--kind business --principal 100 --due 2026-09-30 --as-of 2026-10-10 --day-count actual_365",
            "over 365, also in leap years",
        ),
        (
            "--kind consumer --principal 100 --due 2026-09-30 --as-of 2026-10-10 --costs-from 2026-10-05",
            "costs are due from 2026-10-16 at the earliest",
        ),
        (
            "--kind consumer --principal 100 --due 2026-09-30 --as-of 2026-10-10 --costs-from 2026-10-20",
            "costs are due from 2026-10-20 on, not yet on 2026-10-10",
        ),
        (
            "--kind business --principal 100 --due 2026-09-30 --as-of 2026-10-10 --contract-rate 5",
            "below the statutory rate of 10.40%",
        ),
        (
            "--kind consumer --principal 100 --due 2026-09-30 --as-of 2026-10-10 --contract-rate 12",
            "tests the agreed rate",
        ),
        (S15 + " --as-of 2026-10-30 --clause 15", "refused as a whole"),
        (S15 + " --as-of 2026-10-29 --clause 10", "runs until 2026-10-29: nothing but the principal is due"),
        (S15 + " --as-of 2026-10-30 --clause 10 --contract-rate 12", "above the legal maximum of 10.50%"),
        (
            "--law BE --kind consumer --principal 100 --due 2026-09-30 --as-of 2026-10-10 --clause legal_maximum",
            "free first reminder",
        ),
    ],
)
def test_what_a_person_should_know_is_remarked(maanwerk: Run, options: str, said: str) -> None:
    assert said in "\n".join(claim(maanwerk, options)["remarks"])


def test_in_another_currency_there_is_interest_and_no_costs(maanwerk: Run) -> None:
    found = claim(
        maanwerk,
        "--kind business --principal 1000 --due 2026-09-30 --as-of 2026-10-20 --currency USD --no-costs",
    )
    # 1000 × 10.4% × 20/365
    assert (found["currency"], found["interest"], found["costs"]) == ("USD", "5.70", "0.00")
    assert found["costs_if_letter_expired"] is None
    assert "costs are known in EUR only" in found["remarks"]


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
        ("--principal 1,000.00", "not a plain decimal number"),
        ("--principal 1.005", "decimals"),
        ("--principal " + "9" * 5000, "not a plain decimal number"),
        ("--principal " + "9" * 30, "more than this program keeps"),
        ("--principal ''", "not a plain decimal number"),
        ("--due 2026-02-30", "2026-02-30 is a day that does not exist"),
        ("--due 31-12-2026", "write it like 2026-11-21"),
        ("--due 20260930", "write it like 2026-11-21"),
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
        ("--contract-rate 1000 --compound --as-of 2199-01-01", "not a number that this program keeps"),
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

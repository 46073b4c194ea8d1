"""What came in by a statement, as the banks' own formats write it: camt.053 (ISO 20022) and MT940 (SWIFT)."""

from __future__ import annotations

from datetime import date

import pytest

from domain.money import Money
from intake.bank_statements import BadStatement, StatementLine, read_statement

IBAN = "NL91ABNA0417164300"

CAMT = f"""<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><BkToCstmrStmt><Stmt><Id>1</Id>
<Acct><Id><IBAN>NL20INGB0001234567</IBAN></Id></Acct>
<Ntry><Amt Ccy="EUR">327.50</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>2026-05-02</Dt></BookgDt>
<NtryDtls><TxDtls><Refs><EndToEndId>E2E-1</EndToEndId></Refs><RltdPties><Dbtr><Nm>Noordkade</Nm></Dbtr><DbtrAcct><Id>
<IBAN>{IBAN}</IBAN></Id></DbtrAcct></RltdPties>
<RmtInf><Ustrd>Afdracht 2026-04</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>
<Ntry><Amt Ccy="EUR">99.00</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>2026-05-02</Dt></BookgDt></Ntry>
<Ntry><Amt Ccy="EUR">98.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>PDNG</Sts><BookgDt><Dt>2026-05-02</Dt></BookgDt></Ntry>
</Stmt></BkToCstmrStmt></Document>"""
BATCH = CAMT.replace(
    "<NtryDtls>",
    "<NtryDtls><TxDtls><AmtDtls><TxAmt><Amt Ccy='EUR'>27.50</Amt></TxAmt></AmtDtls><RmtInf><Ustrd>a</Ustrd></RmtInf>"
    "</TxDtls>",
).replace("<TxDtls><Refs>", "<TxDtls><AmtDtls><TxAmt><Amt Ccy='EUR'>300.00</Amt></TxAmt></AmtDtls><Refs>")
LATER = CAMT.replace("camt.053.001.02", "camt.053.001.08").replace("<Sts>BOOK</Sts>", "<Sts><Cd>BOOK</Cd></Sts>")

MT940 = f"""{{1:F01}}{{4:
:20:940S260502
:25:NL20INGB0001234567EUR
:60F:C260501EUR1000,00
:61:2605020502C327,5NTRFEREF//260502
:86:/EREF/E2E-1//CNTP/{IBAN}/ABNANL2A/Noordkade///REMI/USTD//Afdracht 20
26-04/
:61:2605020502D99,00NTRFNONREF
:86:/REMI/USTD//rent/
:61:2512310102C1,00NTRFNONREF
:86:no account
:62F:C260502EUR1229,50
-}}"""

TRANSFER = (date(2026, 5, 2), Money.parse("327.50", "EUR"), (IBAN,))


def said(line: StatementLine) -> tuple[date, Money, tuple[str, ...]]:
    return line.on, line.amount, line.accounts


@pytest.mark.parametrize("content", [CAMT, LATER])
def test_of_camt_what_is_booked_and_came_in_is_read(content: str) -> None:
    (line,) = read_statement(content.encode(), "s.xml")
    assert said(line) == TRANSFER
    assert line.text == "Afdracht 2026-04 E2E-1"


def test_of_a_batch_each_transaction_has_its_own_amount() -> None:
    lines = read_statement(BATCH.encode(), "s.xml")
    assert [(each.amount.text, each.accounts) for each in lines] == [("27.50", ()), ("300.00", (IBAN,))]


def test_of_mt940_the_text_is_joined_as_the_bank_broke_it() -> None:
    line, turn = read_statement(MT940.encode(), "s.sta")
    assert said(line) == TRANSFER
    assert "Afdracht 2026-04" in line.text
    # Value day 31 December, booked on 2 January.
    assert said(turn) == (date(2026, 1, 2), Money.parse("1.00", "EUR"), ())


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("a;b\n", "s: neither camt.053 nor MT940"),
        ("<Document xmlns='urn:iso:std:iso:20022:tech:xsd:camt.052.001.02'/>", "is no camt.053"),
        ("<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", "s: "),
        (CAMT.replace("2026-05-02", "02-05-2026"), "s: entry 1: '02-05-2026' is no day"),
        (CAMT.replace('"EUR"', '""'), "s: entry 1: '327.50' '' is no amount"),
        (MT940.replace(":61:2605020502C327,5", ":61:C327,5"), "s: line 5: :61: can't be read"),
        (MT940.replace(":61:2605020502C327", ":61:2613020502C327"), "s: line 5: '2026-13-02' is no day"),
    ],
)
def test_what_cannot_be_read_says_where(content: str, says: str) -> None:
    with pytest.raises(BadStatement) as wrong:
        read_statement(content.encode(), "s")
    assert says in str(wrong.value)

"""Behind `maanwerk case link`: makes, lists and revokes links to a debtor's page."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import typer

from casefile.case_file import Transaction
from casefile.pay_tokens import PayToken, make_pay_token, pay_tokens_of, revoke_pay_token
from cli.case.actions import find_case, opened_case_file
from cli.case.telling import who
from cli.environment import read_settings
from cli.failing import refused
from cli.output import console, new_table, print_json
from cli.own_name import own_command
from speech.words import tr

__all__ = ["make", "revoke", "show"]


def make(case: str, only_this: bool, days: int, actor: str | None, as_json: bool) -> None:
    """Make a link and print it.

    Args:
        case: The case, as a person names it.
        only_this: Whether it shows this case alone.
        days: For how long.
        actor: Who makes it.
        as_json: Print JSON.
    """
    url = read_settings().public_url
    if url is None:
        refused(tr("MAANWERK_PUBLIC_URL is not set: say under which address debtors reach `maanwerk api`"))
    now = datetime.now(UTC)
    with opened_case_file() as file:
        with file.read() as transaction:
            case_id = find_case(transaction, case)
        with file.write(case_id) as transaction:
            creditor, debtor = _debtor(transaction, case_id)
            made = make_pay_token(
                transaction.session,
                creditor,
                debtor,
                by=who(actor),
                at=now,
                case_id=case_id if only_this else None,
                lasts=timedelta(days=days),
            )
    page = f"{url}/pay/{made.secret}"
    if as_json:
        print_json({**_row(made.token, now), "url": page})
        return
    typer.echo(page)
    typer.echo(
        tr(
            "Link {id}, until {day}. It is shown this once: whoever has it sees what the debtor sees.",
            id=made.token.id,
            day=made.token.expires_at.date(),
        ),
        err=True,
    )


def show(case: str, as_json: bool) -> None:
    """List the links that show a case."""
    now = datetime.now(UTC)
    with opened_case_file(any_one=True) as file, file.read() as transaction:
        found = _links(transaction, find_case(transaction, case))
    if as_json:
        print_json([_row(each, now) for each in found])
        return
    if not found:
        typer.echo(tr("There is no link yet ({command}).", command=own_command("case link ID")))
        return
    table = new_table("", "link", "shows", "made", "by", "until", "state")
    for each in found:
        shows = tr("this invoice") if each.case_id else tr("all of the debtor")
        row = _row(each, now)
        table.add_row(
            each.id,
            shows,
            f"{each.made_at:%Y-%m-%d}",
            each.made_by,
            f"{each.expires_at:%Y-%m-%d}",
            tr(str(row["state"])),
        )
    console().print(table)


def revoke(case: str, named: str, as_json: bool) -> None:
    """Revoke one link that shows a case, or all of them: from now on they open nothing."""
    now = datetime.now(UTC)
    with opened_case_file() as file:
        with file.read() as transaction:
            case_id = find_case(transaction, case)
        with file.write(case_id) as transaction:
            found = [each for each in _links(transaction, case_id) if each.revoked_at is None]
            chosen = [each.id for each in found if named in ("all", each.id)]
            for each in chosen:
                revoke_pay_token(transaction.session, each, now)
    if not chosen:
        refused(tr("there is no link {link} of this case that is not revoked yet", link=named))
    if as_json:
        print_json({"revoked": chosen})
        return
    for each in chosen:
        typer.echo(tr("{id} is revoked: it opens nothing any more.", id=each))


def _debtor(transaction: Transaction, case_id: str) -> tuple[str, str]:
    loaded = transaction.cases.load(case_id)
    return loaded.creditor, loaded.case.invoice.debtor


def _links(transaction: Transaction, case_id: str) -> tuple[PayToken, ...]:
    return pay_tokens_of(transaction.session, *_debtor(transaction, case_id), case_id)


def _row(link: PayToken, now: datetime) -> dict[str, object]:
    state = "revoked" if link.revoked_at else "in force" if link.opens(now) else "expired"
    return {
        "link": link.id,
        "case": link.case_id,
        "state": state,
        "made_by": link.made_by,
        "made_at": link.made_at.isoformat(),
        "expires_at": link.expires_at.isoformat(),
        "revoked_at": None if link.revoked_at is None else link.revoked_at.isoformat(),
    }

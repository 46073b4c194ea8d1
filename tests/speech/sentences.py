"""Every sentence that is made in English and said in another language when it is shown: as it stands in the source."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import count, product
from pathlib import Path

from tests.speech.texts import ROOT

PLACES = (
    "api/desk/calls/call_acting.py",
    "api/desk/calls/call_showing.py",
    "api/desk/calls/calls.py",
    "domain/credit.py",
    "services/calling",
    "api/desk/cases/case_acts.py",
    "api/desk/cases/case_page.py",
    "api/desk/debtors/credit_form.py",
    "api/desk/policies/creditors.py",
    "api/desk/debtors/debtors.py",
    "api/desk/fields.py",
    "api/desk/visiting.py",
    "api/desk/bulk/bulk_pages.py",
    "api/desk/bulk/bulk_running.py",
    "api/desk/bulk/bulk_undoing.py",
    "services/desk/account_search.py",
    "services/desk/undoing.py",
    "api/operator/inside.py",
    "api/desk/intake/importing_page.py",
    "api/desk/money/money.py",
    "api/desk/partners",
    "api/desk/policies/manual_page.py",
    "api/desk/people/people.py",
    "api/desk/policies/policy_page.py",
    "api/desk/money/quarantine.py",
    "api/desk/people/signing_in.py",
    "casefile/people.py",
    "services/passwords.py",
    "intake",
    "policies",
    "services/importing",
    "services/agencies",
    "domain/handoffs/reports.py",
    "services/handoffs/remittances.py",
    "cli/remittances.py",
    "services/recording.py",
    "services/current_case.py",
    "services/debtor_payments.py",
    "services/debtor_status.py",
    "services/today/stopping.py",
    "casefile/sending_stops.py",
    "domain/handoffs/transfers.py",
    "services/provider_money/partner_transfers.py",
    "services/provider_money/finding.py",
    "services/provider_money/booking.py",
    "services/provider_money/unmatched.py",
    "services/correspondence/composing.py",
    "services/correspondence/proving.py",
    "casefile/cases.py",
    "casefile/opening.py",
    "casefile/parties.py",
    "casefile/rescued.py",
    "casefile/revisions.py",
    "domain/bundle.py",
    "domain/case_ids.py",
    "domain/claims",
    "domain/handling",
    "domain/handoffs/advice.py",
    "domain/handoffs/check.py",
    "domain/handoffs/follow.py",
    "domain/handoffs/joint.py",
    "domain/handoffs/whole_check.py",
    "domain/handoffs/partners.py",
    "domain/handoffs/writing_off.py",
    "domain/instalment_plan.py",
    "domain/invoice.py",
    "domain/law/be.py",
    "domain/law/nl.py",
    "domain/letter_names.py",
    "domain/mail_domains.py",
    "domain/money.py",
    "domain/opening.py",
    "domain/parties.py",
    "domain/planning",
    "domain/policy.py",
    "domain/policy_check.py",
    "domain/policy_parts.py",
    "domain/reactions",
    "domain/telephone.py",
    "engine/sweeping.py",
    "engine/runs/repairing.py",
    "engine/same_case_file.py",
    "activities/calling.py",
    "cli",
    "config/addresses.py",
    "config/keys.py",
    "config/providers.py",
    "config/settings.py",
    "config/signing_in.py",
    "config/subscribers.py",
    "config/unknown_names.py",
    "engine/embedded.py",
    "engine/pairing.py",
    "gateways/adyen/reading.py",
    "gateways/gocardless/account.py",
    "gateways/gocardless/reading.py",
    "gateways/mollie/account.py",
    "gateways/mollie/reading.py",
    "gateways/oidc",
    "gateways/pacing.py",
    "gateways/sendgrid/mail.py",
    "gateways/stripe/reading.py",
    "gateways/subscribers",
    "gateways/told.py",
    "gateways/sendgrid/told.py",
    "gateways/twilio/account.py",
    "gateways/twilio/callbacks.py",
    "gateways/twilio/calls.py",
    "gateways/twilio/errors.py",
    "gateways/twilio/messages.py",
    "worker/provider_reading.py",
    "worker/telling_subscribers.py",
    "letters/checking.py",
    "letters/checking_answers.py",
    "letters/requirements",
    "simulation/demo/live.py",
    "simulation/demo/quarter.py",
    "api/desk/people/signing_elsewhere.py",
    "services/signing_in.py",
    "worker/footing.py",
    "worker/standalone.py",
)
"""Where such sentences are made: what a person who commands reads of it."""

NOT_THERE = (
    "intake/open_items/columns.py",
    "intake/open_items/sides.py",
    "intake/open_items/words.py",
    "intake/ubl/rules.py",
    "intake/ubl/schema.py",
    "intake/ubl/schematron.py",
    "intake/written/countries.py",
    "intake/written/dates.py:4",
    "domain/policy_check.py:1:",
)
"""Words that files of others use, and rules of standards."""

_NOT_SAID = {
    "tr",
    "trn",
    "compile",
    "Option",
    "Argument",
    "execute",
    "TaskRule",
    "BlockerRule",
    "HoldRule",
    "getLogger",
}
_NOT_SAID |= {"new_table", "print_long_table", "Dated", "DatedTable", "Path", "import_module", "casefold", "split"}
_NAMES = {"help", "description", "as_fact", "as_request", "pattern", "metavar", "title"}
_WORD = re.compile(r"(?<![\w:/.@<{-])[A-Za-z][a-z']+(?=[\s,;:.?)]|$)")
"""A word of a sentence, and no name of an element, a field or a file."""


_NO_SENTENCE = re.compile(r"[|\\]|\.\*|^\^|^# |: \[|%s")
"""A pattern, a type, YAML or a line of the log."""

TO_PROGRAMMERS = {
    "open items file",
    "typst returned no single document",
    "quarter.yaml, event of {1}: bank_covers needs a bank feed, which the demo has not",
    "{1} was never decided on",
    "an invoice without a key of its own is named by its date",
    "end of data",
    "huge text node",
    "is empty; it ",
    "an opening has a policy or a problem",
    "a case starts with the fact case_opened",
    "{1} flags of instalments for {2} principals",
    "amount {1} is a {2}; only a Decimal can be rounded to money",
    "amount {1} is a {2}; money is made of a Decimal",
    "{1} is no whole number of minor units",
    "{1} minor units of {2} is more than this program keeps",
    "weights {1} must be zero or more, and not all zero",
    "case quarantine resubmit CASE [ID]",
    "MAANWERK_LANGUAGE: there is no {1}; there are: {2}",
    "is not a date",
    "okt oct oktober october octobre",
    "nov november novembre",
    "dec december decembre dez dezember",
    "a record without its moment of creation",
    "openid email profile",
    "sign in elsewhere",
    # What libyaml says, which policies/yaml_source.py says better.
    "mapping values are not allowed",
    "could not find expected ':'",
    "did not find expected key",
    "did not find expected '-' indicator",
    "block sequence entries are not",
    "did not find expected node content",
    "found unknown escape character",
    "did not find expected alphabetic or numeric",
    "did not find expected <document start>",
    "did not find expected ',' or ']'",
    "did not find expected ',' or '}'",
    "found unexpected end of stream",
    "found unexpected document indicator",
    "cannot start any token",
    "sep sept september septembre",
}
"""Texts that no person who commands ever reads."""


@cache
def sentences(root: Path = ROOT, *, words: int = 3) -> Mapping[str, str]:
    """The sentences of so many words at least, `{1}` where their first value stands, each with its place."""
    return {text: place for text, place in _all_of_them(root).items() if _words_of(text) >= words}


def _words_of(text: str) -> int:
    return len(_WORD.findall(re.sub(r"\{\d\}", "", text)))


@cache
def _all_of_them(root: Path) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for place in PLACES:
        path = root / place
        for file in [path] if path.is_file() else sorted(path.rglob("*.py")):
            name = file.relative_to(root).as_posix()
            for text, line in _sentences(ast.parse(file.read_text("utf-8"))):
                if not f"{name}:{line}:".startswith(NOT_THERE):
                    found.setdefault(text, f"{name}:{line}")
    return found


def _sentences(tree: ast.Module) -> Iterator[tuple[str, int]]:
    over = {inner: node for node in ast.walk(tree) for inner in ast.iter_child_nodes(node)}
    for node in ast.walk(tree):
        if not isinstance(node, ast.JoinedStr) and not (isinstance(node, ast.Constant) and isinstance(node.value, str)):
            continue
        outer = over.get(node)
        if isinstance(outer, ast.JoinedStr | ast.FormattedValue | ast.Expr) or _within_f_string(node, over):
            continue
        if (isinstance(outer, ast.keyword) and outer.arg in _NAMES) or _is_of_a_call(node, over):
            continue
        if _is_wording_of_a_letter(node, over):
            continue
        for parts in _forms(node):
            text = _with_places(parts)
            if isinstance(outer, ast.Assign):
                text = _filled_in(text)
            if _NO_SENTENCE.search(text) or text in TO_PROGRAMMERS:
                continue
            yield text, node.lineno


def _within_f_string(node: ast.AST, over: dict[ast.AST, ast.AST]) -> bool:
    """Whether it is a value of an f-string: the f-string as a whole is the sentence."""
    outer = over.get(node)
    while isinstance(outer, ast.IfExp | ast.BinOp):
        outer = over.get(outer)
    return isinstance(outer, ast.FormattedValue | ast.JoinedStr)


def _is_of_a_call(node: ast.AST, over: dict[ast.AST, ast.AST]) -> bool:
    """Whether what it is given to says it in another way, or says nothing."""
    outer = over.get(node)
    while isinstance(outer, ast.IfExp | ast.BinOp | ast.JoinedStr | ast.keyword | ast.Starred | ast.Tuple):
        outer = over.get(outer)
    if not isinstance(outer, ast.Call):
        return False
    return (outer.func.id if isinstance(outer.func, ast.Name) else getattr(outer.func, "attr", "")) in _NOT_SAID


def _is_wording_of_a_letter(node: ast.AST, over: dict[ast.AST, ast.AST]) -> bool:
    """Whether a required part of a letter is known by it (`said={"nl": …, "de": …}`).

    It is a pattern in the language of the letter, also where it holds no sign of one, and is compared with the letter
    only: nobody is told it, and what a person is told of the part, its name and what to give, is said as a sentence.
    """
    table = over.get(node)
    outer = over.get(table) if isinstance(table, ast.Dict) else None
    return isinstance(outer, ast.keyword) and outer.arg == "said"


def _filled_in(text: str) -> str:
    """A sentence with a name, whose `{day}` is filled in where it is raised: it is said with its values."""
    places = count(1)
    return re.sub(r"\{[a-z_]+\}", lambda _: f"{{{next(places)}}}", text)


def _forms(node: ast.AST) -> list[list[str | None]]:
    """What an expression may say; None stands for a value."""
    match node:
        case ast.Constant(value=str() as text):
            return [[text]]
        case ast.IfExp(body=one, orelse=other):
            return _forms(one) + _forms(other)
        case ast.JoinedStr(values=parts):
            inner = [part.value if isinstance(part, ast.FormattedValue) else part for part in parts]
            value: list[list[str | None]] = [[None]]
            choices = [
                _forms(each) if isinstance(each, ast.Constant | ast.IfExp | ast.JoinedStr) else value for each in inner
            ]
            return [[part for one in chosen for part in one] for chosen in product(*choices)]
        case _:
            return [[None]]


def _with_places(parts: list[str | None]) -> str:
    text, places = "", 0
    for part in parts:
        if part is None:
            places += 1
            text += f"{{{places}}}"
        else:
            text += part
    return text


OF_OTHERS = {
    # typer's, as it tells what a command line lacks
    "No such command {1}.",
    "No such command {1}. {2}",
    "No such option: {1}",
    "No such option: {1} {2}",
    "(Possible options: {1})",
    "Did you mean {1}?",
    "Did you mean one of: {1}?",
    "Missing command.",
    "Missing argument {1}.",
    "Missing option {1}.",
    "Missing option {1}. Choose from:\n{2}",
    "Missing argument {1}. Choose from:\n{2}",
    "Invalid value: {1}",
    "Invalid value for {1}: {2}",
    "{1} is not one of {2}.",
    "Option {1} requires an argument.",
    "Option {1} does not take a value.",
    "Got unexpected extra argument(s) ({1})",
    "Value {1} is not a valid {2}.",
    # pydantic's, as typer and policies/yaml_errors.py hand them on
    "Input should be a valid integer, unable to parse string as an integer",
    "Input should be a valid number, unable to parse string as a number",
    "String should have at least 1 character",
    "String should have at most {1} characters",
    "Tuple should have at least 1 item after validation, not 0",
    *(f"{value}should be {what} {{{place}}}" for value, place in (("", 1), ("{1} ", 2)) for what in (
        "greater than", "greater than or equal to", "less than", "less than or equal to")),
    # put together of a value and a row of a table, or of a number and a word
    *(f"{{1}} {text}" for text in (
        "is not yes or no", "is not a date, like 2026-03-01", "is not a moment, like 2026-03-01T09:00:00Z",
        "is not a decimal number, like 1234.50", "is not a number", "is not a whole number",
        "is not a time of the day, like 09:00")),
    "'{1}' of '{2}'",
    "; known here: {1}",
    "; known here: {1}; did you mean {2}?",
    *(f"the promise was {outcome}" for outcome in ("kept", "broken", "replaced", "moot")),
    *(f"{{1}} {noun}" for noun in ("history", "histories", "message", "messages")),
    "Temporal does not answer, or not in time",
    "Temporal does not list all runs in time",
}  # fmt: skip
"""Sentences that our source does not hold as they are said."""

"""Holds what a letter answers against the rest of it: two sums, or two days, in one letter are none."""

from letters.content import LetterContent
from letters.errors import VoidLetter
from letters.requirements import limits


def check_answer(content: LetterContent, letter: str) -> None:
    """Check that amounts and days of an answer are those of its letter.

    Args:
        content: What the letter says.
        letter: Name of the letter that it became.

    Raises:
        VoidLetter: it would say two things.
    """
    match letter:
        case "receipt" if content.received is not None and content.received.rest != content.claimed:
            raise VoidLetter(
                f"{letter}: received.rest is {content.received.rest}, the letter claims {content.claimed}; give the "
                "same"
            )
        case "arrangement_confirmation":
            _check_arrangement(content)
        case "dispute_confirmation" if content.dispute is not None and content.dispute.undisputed != content.open:
            raise VoidLetter(
                f"{letter}: dispute.undisputed is {content.dispute.undisputed}, the lines are open for {content.open}; "
                "a line shows as open what is not disputed"
            )
        case "promise_confirmation" | "promise_broken":
            _check_promise(content, letter)
        case "instalment_reminder" | "instalment_missed":
            _check_instalment(content, letter)
        case "arrangement_default":
            _check_default(content)
        case "settlement_confirmation":
            _check_settlement(content)
        case "claim_withdrawn":
            _check_withdrawal(content)


def _check_arrangement(content: LetterContent) -> None:
    arrangement, letter = content.arrangement, "arrangement_confirmation"
    if arrangement is None:
        return
    if arrangement.total != content.claimed:
        raise VoidLetter(
            f"{letter}: the arrangement is for {arrangement.total}, the letter claims {content.claimed}; a letter "
            "names one sum, so let claims say what the arrangement takes in"
        )
    if not content.consumer or arrangement.signed_off:
        return
    if arrangement.interest_runs or arrangement.reserves_interest:
        raise VoidLetter(
            f"{letter}: interest in a consumer's arrangement makes it credit; say interest_runs=False and "
            "reserves_interest=False"
        )
    days = (arrangement.instalments[-1].due - content.on).days
    if days > limits.LONGEST_ARRANGEMENT_OF_CONSUMERS:
        raise VoidLetter(f"{letter}: a consumer's arrangement of {days} days is credit; keep to twelve months")


def _check_promise(content: LetterContent, letter: str) -> None:
    promise = content.promise
    if promise is None:
        return
    if promise.broken != (letter == "promise_broken"):
        raise VoidLetter(f"{letter}: promise.broken is {promise.broken}; choose the other letter about a promise")
    if promise.broken and promise.by >= content.on:
        raise VoidLetter(f"{letter}: the promise is for {promise.by}, and it cannot be broken on {content.on}")
    if not promise.broken and promise.by < content.on:
        raise VoidLetter(f"{letter}: the promise was for {promise.by}, before the letter of {content.on}")


def _check_instalment(content: LetterContent, letter: str) -> None:
    instalment = content.instalment
    if instalment is None:
        return
    missed = content.on > instalment.due
    if missed != (letter == "instalment_missed"):
        other = "instalment_missed" if missed else "instalment_reminder"
        raise VoidLetter(
            f"{letter}: the instalment is due on {instalment.due}, the letter is of {content.on}; use letter `{other}`"
        )
    if missed and instalment.grace_until is not None and instalment.grace_until < content.on:
        raise VoidLetter(f"{letter}: the grace ended on {instalment.grace_until}; use letter `arrangement_default`")


def _check_default(content: LetterContent) -> None:
    default, letter = content.default, "arrangement_default"
    if default is None:
        return
    if late := [instalment for instalment in default.missed if instalment.due >= content.on]:
        raise VoidLetter(f"{letter}: the instalment of {late[0].due} cannot be missed on {content.on}")
    least = limits.LEAST_WARNING_OF_CONSUMERS
    if content.consumer and default.warning and default.pay_by_days is not None and default.pay_by_days < least:
        raise VoidLetter(
            f"{letter}: pay_by_days is {default.pay_by_days}; a consumer has at least {least} days before his "
            "arrangement ends"
        )
    if default.missed_sum > content.balance:
        raise VoidLetter(
            f"{letter}: instalments of {default.missed_sum} are missed, and only {content.balance} is open; claims has "
            "to take in what the arrangement does"
        )


def _check_settlement(content: LetterContent) -> None:
    settlement, letter = content.settlement, "settlement_confirmation"
    if settlement is None:
        return
    if settlement.by < content.on:
        raise VoidLetter(f"{letter}: the amount was to be paid by {settlement.by}, before the letter of {content.on}")
    if settlement.amount + settlement.released != content.balance:
        raise VoidLetter(
            f"{letter}: {settlement.amount} and {settlement.released} released are not the {content.balance} that is "
            "open; let claims say what the settlement takes in"
        )


def _check_withdrawal(content: LetterContent) -> None:
    if content.balance:
        raise VoidLetter(
            f"claim_withdrawn: {content.balance} is still open, and this letter says that nothing is; use letter "
            "`dispute_decision` or `apology`"
        )

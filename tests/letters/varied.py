"""Letters whose law, addressee or event makes other words of them."""

from collections.abc import Iterator
from datetime import date
from functools import cache

from letters.content import (
    AnnouncedCosts,
    Apology,
    Arrangement,
    Dispute,
    Instalment,
    LetterContent,
    ReceivedPayment,
)
from tests.letters import talking
from tests.letters.builders import (
    BELGIAN_CREDITOR,
    LANGUAGES,
    PARTNER,
    S1,
    S2,
    changed,
    euros,
    example,
    many,
    period,
)


@cache
def variants() -> tuple[tuple[str, LetterContent], ...]:
    """Letters whose law, addressee or event makes other words of them, by a name that says which."""
    return tuple(_variants())


def _variants() -> Iterator[tuple[str, LetterContent]]:
    for language in LANGUAGES:
        fourteen, demand = example("fourteen_day_letter", language), example("final_demand", language)
        yield (
            f"fourteen-with-vat-{language}",
            changed(
                fourteen, announced_costs=AnnouncedCosts(amount=euros("48.40"), vat=euros("8.40"), vat_reason=True)
            ),
        )
        yield (
            f"notice-to-a-sole-trader-{language}",
            changed(
                example("notice", language),
                natural_person=True,
                announced_costs=AnnouncedCosts(amount=euros("363.00")),
            ),
        )
        yield f"notice-of-agreed-interest-{language}", changed(example("notice", language), interest_basis="contract")
        yield (
            f"notice-to-a-belgian-business-{language}",
            changed(
                example("notice", language),
                law="BE",
                creditor=BELGIAN_CREDITOR,
                structured_reference="+++010/8068/17183+++",
                day_count="actual_365",
            ),
        )
        yield (
            f"first-reminder-without-costs-{language}",
            changed(example("first_reminder", language), damages_if_late=None),
        )
        yield (
            f"final-demand-of-a-bailiff-{language}",
            changed(
                demand,
                partner=PARTNER.model_copy(
                    update={"kind": "bailiff", "register_number": None, "takes_over_on": date(2026, 12, 15)}
                ),
            ),
        )
        yield (
            f"final-demand-to-a-business-{language}",
            changed(example("reminder", language), letter="final_demand", announces=("handoff",)),
        )
        belgian = {
            "letter": "final_demand",
            "on": date(2026, 10, 30),
            "claims": "all",
            "interest": euros("1.96"),
            "costs": euros("55.00"),
            "claimed": euros("456.96"),
            # practice.md S15: 17 days from 2026-10-14 at 10.5%, simple.
            "periods": (period("2026/315", date(2026, 10, 14), date(2026, 10, 30), "10.50", "400.00", "1.96"),),
            "interest_basis": "contract",
            "day_count": "actual_365",
            "partner": PARTNER.model_copy(update={"takes_over_on": date(2026, 11, 16)}),
        }
        yield f"final-demand-to-a-belgian-{language}", changed(example("first_reminder", language), **belgian)
        yield (
            f"notice-to-a-belgian-consumer-{language}",
            changed(example("first_reminder", language), **belgian | {"letter": "notice", "term_days": 15}),
        )
        yield (
            f"second-reminder-of-damages-{language}",
            changed(
                example("first_reminder", language),
                **belgian | {"letter": "second_reminder", "term_days": None, "partner": None},
            ),
        )
        yield (
            f"service-mail-to-a-consumer-{language}",
            changed(example("default_notice", language), letter="service_mail", on=date(2026, 10, 27), term_days=None),
        )
        plan = Arrangement(
            total=euros("249.00"),
            instalments=(
                Instalment(due=date(2026, 12, 25), amount=euros("124.50")),
                Instalment(due=date(2027, 1, 25), amount=euros("124.50")),
            ),
            grace_days=1,
            acknowledges_debt=False,
        )
        yield (
            f"arrangement-of-a-consumer-{language}",
            changed(
                example("default_notice", language), letter="arrangement_confirmation", arrangement=plan, term_days=None
            ),
        )
        yield (
            f"arrangement-with-interest-{language}",
            changed(
                example("arrangement_confirmation", language),
                arrangement=Arrangement(
                    total=euros("3478.85"),
                    instalments=(Instalment(due=date(2026, 9, 15), amount=euros("3478.85")),),
                    interest_runs=True,
                ),
            ),
        )
        paid = S2.model_copy(update={"open": euros("0.00")})
        nothing = {"lines": (paid,), "claimed": euros("0.00")}
        yield (
            f"receipt-of-all-{language}",
            changed(
                example("receipt", language),
                **nothing,
                received=ReceivedPayment(amount=euros("249.00"), credited_on=date(2026, 10, 20), rest=euros("0.00")),
            ),
        )
        yield (
            f"dispute-of-all-{language}",
            changed(
                example("dispute_confirmation", language),
                **nothing,
                dispute=Dispute(
                    id="D-18", disputed=euros("249.00"), undisputed=euros("0.00"), answer_by=date(2026, 11, 24)
                ),
            ),
        )
        yield (
            f"apology-and-nothing-to-pay-{language}",
            changed(
                example("apology", language),
                **nothing,
                apology=Apology(letter="reminder", sent_on=date(2026, 12, 4), too_much=euros("0.00")),
            ),
        )
        yield f"reminder-to-a-consumer-{language}", changed(example("default_notice", language), letter="reminder")
        overview = many(example("generic", language))
        stages = tuple(
            line.model_copy(update={"reminder": place}) for line, place in zip(overview.lines, (4, 1), strict=True)
        )
        yield f"overview-{language}", changed(overview, lines=stages, reference="2026-0417, T-2", payment_link=None)
        yield (
            f"second-reminder-without-a-first-{language}",
            changed(example("second_reminder", language), reminded_before=False),
        )
        more = tuple(S1.model_copy(update={"number": f"2026-040{place}"}) for place in (1, 2))
        yield f"reminder-with-others-{language}", changed(example("reminder", language), others=more)
        yield f"reminder-with-another-{language}", changed(example("reminder", language), others=more[:1])
        reserved = example("arrangement_confirmation", language).arrangement
        assert reserved is not None
        yield (
            f"arrangement-with-interest-reserved-{language}",
            changed(
                example("arrangement_confirmation", language),
                arrangement=reserved.model_copy(update={"reserves_interest": True}),
            ),
        )
        yield (
            f"reservation-in-belgium-{language}",
            changed(example("reservation", language), law="BE", creditor=BELGIAN_CREDITOR),
        )
        for which, name, fields in talking.variants(language):
            yield f"{which}-{language}", example(name, language, **fields)

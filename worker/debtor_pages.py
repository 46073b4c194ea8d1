"""The pages of debtors and partners, where it is said under which URL the outside reaches us; and who lets them pay."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from fastapi import APIRouter
from pydantic import SecretStr

from api.debtor.pages import debtor_router
from api.debtor.visit import Pages
from api.operator.asking import Ask
from api.partner.fetching import FilesOfPartners, fetching_router
from casefile.case_file import CaseFile
from config.settings import Settings
from services.debtor_page.paying import Paying
from services.ports import PayLinks

__all__ = ["debtor_pages", "pay_links"]


def debtor_pages(
    settings: Settings, file: CaseFile, ask: Ask, now: Callable[[], datetime], links: PayLinks | None
) -> tuple[APIRouter, ...]:
    """The routes of the pages; none where nobody said under which URL they are reached.

    Args:
        settings: The deployment's settings.
        file: The case file.
        ask: Tells a case something.
        now: The real clock.
        links: Who makes payment links; None: debtors pay by bank.
    """
    if settings.public_url is None:
        return ()
    paying = None if links is None else Paying(file, links, settings.public_url, now)
    files = FilesOfPartners(file, settings.agency_code, settings.public_url, now)
    return (debtor_router(Pages(file, ask, now, settings.public_url, paying)), fetching_router(files))


def pay_links(settings: Settings) -> PayLinks | None:
    """Who makes payment links; None: debtors pay by bank. The keys in this process are for that alone."""
    match settings.pay:
        case "none":
            return None
        case "mollie":
            from gateways.mollie.pay_links import MolliePayLinks

            return MolliePayLinks(_there(settings.mollie_api_key), settings.mollie_url)
        case "stripe":
            from gateways.stripe.pay_links import StripePayLinks

            return StripePayLinks(_there(settings.stripe_api_key), settings.stripe_url)
        case "adyen":
            from gateways.adyen.pay_links import AdyenPayLinks

            merchant = settings.adyen_merchant or ""
            return AdyenPayLinks(_there(settings.adyen_api_key), merchant, settings.adyen_url)


def _there(key: SecretStr | None) -> SecretStr:
    if key is None:
        raise AssertionError("the settings ask for the key of the provider that they name")
    return key

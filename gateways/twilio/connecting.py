"""Connections to Twilio: the vendor's own client makes new ones for each call, and each would read all certificates."""

from __future__ import annotations

import os
from typing import Any

from requests import PreparedRequest
from requests.adapters import HTTPAdapter

from gateways.trust_store import trust_store_of_requests

__all__ = ["TrustingAdapter"]


class TrustingAdapter(HTTPAdapter):
    """As requests has it, with certificates that are read already."""

    def build_connection_pool_key_attributes(
        self, request: PreparedRequest, verify: Any, cert: Any = None
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """See requests."""
        host, pool = super().build_connection_pool_key_attributes(request, verify, cert)
        if _is_shared(request.url, verify, cert):
            pool.pop("ca_certs", None)
            pool["ssl_context"] = trust_store_of_requests(None if verify is True else verify)
        return host, pool

    def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:
        """See requests: here it names the file, which each connection then reads."""
        if not _is_shared(url, verify, cert):
            super().cert_verify(conn, url, verify, cert)


def _is_shared(url: str | None, verify: Any, cert: Any) -> bool:
    """Whether all that is asked for is to believe those in a file; what is none says so as it always did."""
    of_a_file = verify is True or (isinstance(verify, str) and os.path.isfile(verify))
    return of_a_file and not cert and (url or "").lower().startswith("https:")

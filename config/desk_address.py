"""Under which address people reach the desk, for the links that a command prints."""

from __future__ import annotations

from config.settings import Settings

__all__ = ["desk_address"]


def desk_address(settings: Settings) -> str:
    """The address of the desk: where the outside reaches us, else where the API is served."""
    if settings.public_url is not None:
        return f"{settings.public_url}/desk"
    scheme = "http" if settings.api_tls_certificate is None else "https"
    return f"{scheme}://{settings.api}/desk"

"""Law, one file a jurisdiction, with dated tables as data."""

from typing import Final

__all__ = ["SUPPORTED", "UnsupportedLaw", "check_supported"]

SUPPORTED: Final = ("NL", "BE")
"""Laws whose interest and costs can be computed, as ISO 3166 codes."""


class UnsupportedLaw(ValueError):
    """A claim is under a law that this program has no rules of."""


def check_supported(code: str) -> None:
    """Let only the laws through that can be computed.

    Args:
        code: ISO 3166 code in capitals, like NL.

    Raises:
        UnsupportedLaw: any other.
    """
    if code not in SUPPORTED:
        named = code if code.isalpha() and len(code) <= 20 else repr(code[:20])
        raise UnsupportedLaw(f"the law of {named} is not supported yet; supported are {' and '.join(SUPPORTED)}")

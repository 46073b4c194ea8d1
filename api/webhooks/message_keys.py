"""What the webhooks about our messages are checked with."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

__all__ = ["MessageKeys"]


class MessageKeys(BaseModel):
    """A webhook without its key is not there.

    Attributes:
        twilio: Auth tokens, one or two while it is changed.
        public_url: Under which URL the outside reaches us: Twilio's signatures cover it.
        inbound: Secrets in the path of SendGrid's inbound parse, one or two.
        inbound_key: Public key of the security policy of that inbound parse; with it only what is signed counts.
        reply_domain: Where answers to our mails go.
        agencies: Secrets of each partner who takes cases over, one or two.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    twilio: tuple[str, ...] = ()
    public_url: str | None = None
    inbound: tuple[str, ...] = ()
    inbound_key: str | None = None
    reply_domain: str | None = None
    agencies: dict[str, tuple[str, ...]] = {}

    @property
    def any(self) -> bool:
        """Whether there is a webhook."""
        return bool(self.twilio or self.inbound or self.agencies)

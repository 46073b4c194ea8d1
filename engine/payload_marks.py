"""How a payload says that it is encrypted, under which key, and that it is to stay plain."""

ENCRYPTED = b"binary/encrypted"
"""The encoding of an encrypted payload; Temporal's own tools know it by this name."""

KEY_ID = "encryption-key-id"
"""Metadata of an encrypted payload that names its key."""

PLAIN = "maanwerk-plain"
"""Metadata of a payload that holds codes and days only and stays readable; it does not leave this process."""

"""Adyen: payment links, and what it tells of payments."""

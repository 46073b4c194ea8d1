"""Stripe: sessions to pay, and what it tells of payments."""

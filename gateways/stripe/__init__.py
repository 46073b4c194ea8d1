"""Stripe: whether a request is its own, and what its events say of money."""

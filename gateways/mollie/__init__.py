"""Mollie: whether a request is its own, and what its API says of money."""

"""Adyen: whether each item of a request is its own, and what it says of money."""

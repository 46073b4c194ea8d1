"""GoCardless: whether a request is its own, and what its events and its API say of money."""

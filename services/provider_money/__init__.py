"""Money that payment providers told of: whose it is, and what the cases are told."""

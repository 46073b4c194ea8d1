"""The shipped sample data: open items, creditors and scenarios, read as package data."""

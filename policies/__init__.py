"""The shipped escalation ladders, read as package data."""

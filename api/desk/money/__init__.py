"""Payments of nobody, and messages that could not be used."""

"""Payments of which nobody knows whose they are, at the terminal."""

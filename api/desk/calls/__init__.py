"""Calls at the desk: whom, what to say, and what came of it."""

"""Calls to debtors: whom to call first, what to say, and what came of it."""

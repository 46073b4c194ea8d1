"""Importing lists of open items and e-invoices into the case file."""

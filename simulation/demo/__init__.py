"""The demo: a quarter of sample invoices."""

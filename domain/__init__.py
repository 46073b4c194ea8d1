"""The rules of collecting an invoice: pure values and functions, no I/O, no clock, no environment."""

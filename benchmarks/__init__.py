"""Benchmarks: what the budgets of the design come to on this machine. `python -m benchmarks` runs all."""

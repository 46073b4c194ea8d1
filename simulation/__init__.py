"""Scenarios in virtual time: the pure runner, the engine runner and the demo."""

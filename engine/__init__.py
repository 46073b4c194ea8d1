"""Temporal: reaching it, starting it, telling it, looking at what runs there, mending it."""

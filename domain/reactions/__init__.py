"""Reactions: what follows for a case from a moment or from something that happened."""

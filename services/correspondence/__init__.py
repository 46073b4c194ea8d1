"""Correspondence: from a decision to the bytes that leave, and their proof."""

"""Mappings: what the lists of other programs call our columns and values."""

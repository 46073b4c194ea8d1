"""Figures: how old the money is, how fast it comes, and what our steps do; from the case file alone."""

"""Today: the morning screen, and whose it tells of."""

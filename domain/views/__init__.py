"""Views: a case as people and other programs see it."""

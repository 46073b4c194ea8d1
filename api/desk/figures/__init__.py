"""The figures, and how they are drawn."""

"""Claims: what is owed on a day, and how it was counted."""

"""One act over many cases, from its preview to its undoing."""

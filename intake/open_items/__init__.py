"""Lists of open items (CSV): columns, words, rows."""

"""The page on which a partner fetches a file that was mailed to him as a link."""
